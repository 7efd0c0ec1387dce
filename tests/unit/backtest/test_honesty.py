"""The honesty report: the same bot and prices under every fill model, and nothing else that differs."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from mockexchange.backtest.bots import BOTS
from mockexchange.backtest.honesty import START, Period, Run, compare, engine_named
from mockexchange.backtest.picture import picture
from mockexchange.domain.errors import BadRequest
from mockexchange.domain.fees import FeeOverride, FeeSchedule
from mockexchange.domain.fill_models import MODELS, named
from mockexchange.domain.models import Engine
from mockexchange.domain.rules import Rules
from mockexchange.feed.manual import ManualSource
from mockexchange.feed.sources import price_source
from mockexchange.feed.synthetic import SyntheticSource
from mockexchange.ports import PriceSource
from mockexchange.settings import Settings

D = Decimal
BTC = "BTC/USDT"


def synthetic() -> PriceSource:
    return SyntheticSource(7, (BTC,), 2_000)


def period(**changed: object) -> Period:
    given: dict[str, object] = {
        "symbol": BTC, "source": synthetic, "steps": 300, "interval": 2_000, "equity": D(100_000), "worth": D(20_000),
        "rules": Rules(symbols=(BTC,)), **changed,
    }  # fmt: skip
    return Period(**given)  # pyright: ignore[reportArgumentType]  # fields by name


FREE = Rules(maker_rate=D(0), taker_rate=D(0), symbols=(BTC,))


def of(runs: Sequence[Run], model: str) -> Run:
    return next(run for run in runs if run.model == model)


@pytest.mark.parametrize("bot", sorted(BOTS))
def test_a_run_is_the_same_every_time(bot: str) -> None:
    assert compare(bot, period(), ["touch"]) == compare(bot, period(), ["touch"])


@pytest.mark.parametrize("bot", sorted(BOTS))
def test_every_bot_trades_under_every_model_and_its_sums_add_up(bot: str) -> None:
    told: list[tuple[str, int]] = []
    runs = compare(bot, period(steps=400), [*MODELS, "brutal"], lambda model, steps: told.append((model, steps)))
    assert [run.model for run in runs] == [*MODELS, "brutal"]
    for run in runs:
        assert run.fills > 0
        assert 0 <= run.makers <= run.fills
        assert run.steps == 400
        assert run.curve[0][1] == run.first
        assert run.curve[-1][1] == run.last
        # what it pays to the exchange, at the price of each fill, rounded up for each
        assert 0 <= run.fees - run.traded * D("0.001") < D("0.001") * run.fills
        assert (run.model, 400) in told


def test_fees_are_those_of_the_venue_s_rules() -> None:
    overrides = (FeeOverride(BTC, D("0.0002"), D("0.0005")),)
    rules = Rules(Engine(fees=FeeSchedule(overrides=overrides)), symbols=(BTC,))
    (run,) = compare("taker", period(rules=rules), ["touch"])
    assert run.makers == 0
    assert 0 <= run.fees - run.traded * D("0.0005") < D("0.001") * run.fills


def test_without_fees_a_taker_loses_what_it_pays_against_the_middle() -> None:
    free = period(rules=FREE, steps=600)
    runs = compare("taker", free, ["last", "touch", "touch+slippage=20+seed=1"])
    assert [run.fees for run in runs] == [0, 0, 0]
    assert runs[0].fills == runs[1].fills == runs[2].fills
    assert of(runs, "last").cost < of(runs, "touch").cost < of(runs, "touch+slippage=20+seed=1").cost
    assert of(runs, "last").last > of(runs, "touch").last > of(runs, "touch+slippage=20+seed=1").last


def test_a_large_order_gets_no_more_than_the_touch_shows_where_sizes_count() -> None:
    runs = compare("taker", period(equity=D(400_000), worth=D(50_000)), ["touch", "touch-size"])
    assert of(runs, "touch-size").traded < of(runs, "touch").traded


def test_the_last_prices_of_a_recording_are_met(tmp_path: Path) -> None:
    file = tmp_path / "BTC_USDT-1m.csv"
    rows = [f"{START + 60_000 * n},{p},{p},{p},{p},5" for n, p in enumerate((100, 100, 110))]
    file.write_text("timestamp,open,high,low,close,volume\n" + "\n".join(rows) + "\n")
    source = partial(price_source, f"replay:{file}", Settings(symbols=(BTC,), interval_sec=60, speed=1))
    (run,) = compare("maker", period(source=source, interval=60_000, worth=D(1_000)), ["touch"])
    assert run.fills == 1
    assert (run.spread, run.sizes) == (False, False)
    assert run.last > run.first


def test_a_large_order_walks_the_book_under_depth() -> None:
    large = period(equity=D(4_000_000), worth=D(500_000), rules=FREE)
    runs = compare("taker", large, ["touch", "touch-size", "depth"])
    assert of(runs, "depth").traded > of(runs, "touch-size").traded
    assert of(runs, "depth").cost > of(runs, "touch").cost


def test_who_comes_late_pays_another_price() -> None:
    """A model's own option, or the preset's, which it counts before; the venue's own is not the model's."""
    names = ["touch", "touch+latency=0", "touch+latency=4000", "brutal", "brutal+latency=4000", "brutal+latency=500"]
    runs = compare("taker", period(rules=replace(FREE, engine=replace(FREE.engine, latency=9_000)), steps=600), names)
    costs = {run.model: (run.cost, run.last) for run in runs}
    assert all(run.fills > 0 for run in runs)
    assert costs["touch"] == costs["touch+latency=0"] != costs["touch+latency=4000"]
    assert costs["brutal"] == costs["brutal+latency=500"] != costs["brutal+latency=4000"]


@pytest.mark.parametrize(
    ("name", "model", "latency"),
    [
        ("touch", "touch", 0),
        ("depth", "depth+levels=7", 0),
        ("depth+levels=50", "depth+levels=50", 0),
        ("realistic", "depth+levels=7+queue", 0),
        ("realistic+share=0.2", "depth+levels=7+queue+share=0.2", 0),
        ("touch+slippage=5", "touch+slippage=5+seed=3", 0),
        ("touch+slippage=5+seed=9", "touch+slippage=5+seed=9", 0),
        ("brutal", "depth+levels=7+slippage=10+seed=3", 500),
        ("brutal+slippage=2", "depth+levels=7+slippage=2+seed=3", 500),
        ("brutal+latency=0+queue", "depth+levels=7+queue+slippage=10+seed=3", 0),
        ("touch+latency=60000", "touch", 60_000),
    ],
)
def test_a_model_is_named_as_everywhere_and_has_the_settings_levels_and_seed(
    name: str, model: str, latency: int
) -> None:
    venue = Engine(stale_after=5_000, latency=9_000)
    assert replace(venue, model=named(model, levels=20, seed=0), latency=latency) == engine_named(
        name, venue, levels=7, seed=3
    )


def test_the_period_s_levels_and_seed_are_those_of_its_models() -> None:
    large = period(equity=D(4_000_000), worth=D(500_000), rules=FREE)
    (twenty,), (one,) = (compare("taker", replace(large, levels=levels), ["depth"]) for levels in (20, 1))
    assert twenty.traded > one.traded
    (a, written), (b, _) = (
        compare("taker", replace(large, seed=seed), ["touch+slippage=20", "touch+slippage=20+seed=1"])
        for seed in (1, 2)
    )
    assert a.last == written.last != b.last


def test_a_maker_is_never_a_taker() -> None:
    for run in compare("maker", period(), ["last", "touch", "touch-size"]):
        assert run.makers == run.fills


def test_what_does_not_exist_is_refused() -> None:
    with pytest.raises(BadRequest, match="unknown bot 'x'; one of: maker, taker, bracket"):
        compare("x", period(), ["touch"])
    with pytest.raises(BadRequest, match="unknown fill model"):
        compare("maker", period(), ["touch", "kind"])
    with pytest.raises(BadRequest, match="the options, each at most once"):
        compare("maker", period(), ["touch+queue+delay=5"])
    for latency in (
        "latency=x", "latency=-1", "latency=", "latency", "latency=60001", "latency=" + "9" * 5_000,
        "latency=1+latency=1", "latency=²",
    ):  # fmt: skip
        with pytest.raises(BadRequest, match="ms"):
            compare("maker", period(), [f"touch+{latency}"])
    with pytest.raises(BadRequest, match="more than a quarter of 100000"):
        compare("maker", period(worth=D(25_001)), ["touch"])
    with pytest.raises(BadRequest, match="gives no price"):
        compare("maker", period(source=lambda: ManualSource((BTC,))), ["touch"])


def test_the_picture_has_a_line_for_each_model() -> None:
    runs = compare("maker", period(steps=100), ["last", "touch"])
    drawn = picture("maker <1>", runs)
    tree = ET.fromstring(drawn)  # our own drawing
    lines = [each for each in tree.iter() if each.tag.endswith("polyline")]
    assert [len(line.attrib["points"].split()) for line in lines] == [len(run.curve) for run in runs]
    assert "maker &lt;1&gt;: equity" in drawn
    assert all(run.model in drawn for run in runs)
