"""Price sources by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest

from mockexchange.domain.errors import BadRequest
from mockexchange.feed.sources import check_source, price_source


@dataclass(frozen=True)
class Chosen:
    """The settings that sources read."""

    symbols: tuple[str, ...] = ("BTC/USDT", "ETH/USDT")
    exchange: str = "kraken"
    exchange_config: str = "{}"
    symbols_limit: int = 50
    feed_depth: int = 0
    logged_levels: int = 0
    feed_trades: bool = False
    stale_after_sec: float = 60
    interval_sec: float = 2
    seed: int = 5
    speed: float = 1
    replay_columns: Mapping[str, str] = field(default_factory=dict[str, str])
    replay_volume: str = "base"
    replay_spread_bps: Decimal = Decimal(0)
    tick_log_length: int = 10_000


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        ("synthetic", "synthetic:5"),
        ("synthetic:7", "synthetic:7"),
        (" synthetic:-7 ", "synthetic:-7"),
        ("manual", "manual"),
        ("external", "external"),
        ("ccxt", "ccxt:kraken"),
        ("ccxt:binance", "ccxt:binance"),
    ],
)
def test_a_source_is_found_by_its_name(spec: str, name: str) -> None:
    """And records its own."""
    assert price_source(spec, Chosen()).name == name


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ("ccxt:nowhere", "ccxt knows no exchange 'nowhere'"),
        ("ccxt:../binance", "ccxt knows no exchange"),
        ("auto", "unknown price source 'auto'"),
        ("synthetic:x", "whole number"),
        ("replay", "unknown price source 'replay'"),
        ("replay:", "unknown price source"),
        ("manual:1", "unknown price source"),
        ("binance", "one of: auto, ccxt:<exchange id>, synthetic"),
        ("", "unknown price source ''"),
        ("replay:nowhere.csv", "no file 'nowhere.csv'"),
    ],
)
def test_any_other_is_refused_with_what_can_be_named(spec: str, reason: str) -> None:
    """Nothing falls back silently."""
    with pytest.raises(BadRequest, match=reason):
        price_source(spec, Chosen(symbols=("BTC/USDT",)))


def test_auto_is_checked_by_the_exchange_that_it_would_follow() -> None:
    """Without asking it."""
    check_source("auto", Chosen())
    check_source("synthetic:3", Chosen())
    with pytest.raises(BadRequest, match="knows no exchange 'bianance'"):
        check_source("auto", Chosen(exchange="bianance"))


def test_a_replay_is_played_as_the_settings_say(tmp_path: Path) -> None:
    """Columns, spread, volume, speed and interval all arrive."""
    path = tmp_path / "a,b=c:BTC.csv"
    path.write_text("t,open,high,low,close,volume\n1640995200000,10,10,10,10,84\n1640995260000,10,10,10,10,84\n")
    source = price_source(
        f"replay:{path}",
        Chosen(
            symbols=("FOO/BAR",),
            speed=15,
            replay_columns={"time": "t"},
            replay_volume="quote",
            replay_spread_bps=Decimal(100),
        ),
    )
    assert source.name == "replay:a,b=c:BTC.csv"
    first = source.poll(source.start(0), 0)
    quote = first.ticks[0].quote
    assert (quote.symbol, quote.bid, quote.ask) == ("FOO/BAR", Decimal("9.95"), Decimal("10.05"))
    assert first.ticks[0].trades[0].quantity == Decimal("2.1")
    assert len(source.poll(first.state, 2_000).ticks) == 2


def test_manual_has_the_markets_of_the_setting() -> None:
    """Of which `*` names none."""
    assert [each.symbol for each in price_source("manual", Chosen()).instruments()] == ["BTC/USDT", "ETH/USDT"]
    assert not price_source("manual", Chosen(symbols=("*",))).instruments()


@pytest.mark.parametrize("spec", ["manual", "external"])
def test_manual_and_external_poll_nothing(spec: str) -> None:
    """The state stays, so that there is nothing to write."""
    source = price_source(spec, Chosen())
    state = source.start(1_000)
    batch = source.poll(state, 9_000)
    assert (list(batch.ticks), batch.state, batch.market_time) == ([], state, None)
    assert spec == "manual" or not source.instruments()
