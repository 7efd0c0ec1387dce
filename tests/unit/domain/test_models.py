"""The fill models, each on its own."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from mockexchange.domain.amounts import total
from mockexchange.domain.errors import BadRequest
from mockexchange.domain.fill_models import MODELS, LastModel, configured, fill_model
from mockexchange.domain.fills import Liquidity
from mockexchange.domain.models import Engine, Execution, Meeting, Taken, TouchModel, reaches
from mockexchange.domain.orders import Side
from mockexchange.domain.rules import Rules

from .words import D, quote, tick

TOUCH = TouchModel()
SIZED = TouchModel(sized=True)


def meeting(shown: str, taken: str = "0") -> Meeting:
    """An order before a tick, on a market with a step size of 0.01."""
    return Meeting(order_id=1, tick=tick(1, shown), taken=Taken(D(taken)), step_size=D("0.01"), tick_size=D("0.01"))


def test_a_buy_takes_the_ask_and_a_sell_the_bid() -> None:
    assert TOUCH.touch(Side.BUY, tick(1, "99 101")) == 101
    assert TOUCH.touch(Side.SELL, tick(1, "99 101")) == 99


@pytest.mark.parametrize(
    ("side", "limit", "reached"),
    [
        (Side.BUY, "100.99", False),
        (Side.BUY, "101", True),
        (Side.BUY, "102", True),
        (Side.SELL, "99.01", False),
        (Side.SELL, "99", True),
        (Side.SELL, "98", True),
    ],
)
def test_a_limit_crosses_when_it_reaches_the_opposite_touch(side: Side, limit: str, reached: bool) -> None:
    met = meeting("99 101")
    price = TOUCH.touch(side, met.tick)
    assert reaches(side, D(limit), price) is reached
    taken = TOUCH.take(side, D(limit), D(2), met)
    made = TOUCH.make(side, D(limit), D(2), met)
    assert taken == ((Execution(price, D(2), Liquidity.TAKER),) if reached else ())
    assert made == ((Execution(D(limit), D(2), Liquidity.MAKER),) if reached else ())


@pytest.mark.parametrize(
    ("wanted", "size", "taken", "offered"),
    [
        ("2", "5", "0", "2"),
        ("2", "2", "0", "2"),
        ("2", "1.5", "0", "1.5"),
        ("2", "1.509", "0", "1.50"),
        ("2", "5", "4", "1"),
        ("2", "5", "3", "2"),
        ("2", "5", "5", None),
        ("2", "5", "4.991", None),
        ("2", "5", "7", None),  # the book shrank below what was taken: nothing, not less than nothing
        ("2", None, "100", "2"),
    ],
)
@pytest.mark.parametrize("side", Side)
def test_a_known_size_limits_what_is_left_of_it(
    side: Side, wanted: str, size: str | None, taken: str, offered: str | None
) -> None:
    met = meeting("99 101" if size is None else f"99x{size} 101x{size}", taken)
    limit = SIZED.touch(side, met.tick)
    for executions in (
        SIZED.take(side, None, D(wanted), met),
        SIZED.take(side, limit, D(wanted), met),
        SIZED.make(side, limit, D(wanted), met),
    ):
        assert [execution.quantity for execution in executions] == ([] if offered is None else [D(offered)])
    assert [execution.quantity for execution in TOUCH.make(side, limit, D(wanted), met)] == [D(wanted)]


def test_the_last_price_is_both_sides_whatever_the_book_shows() -> None:
    met = replace(
        meeting("99x1 101x1"), tick=replace(tick(1, "99x1 101x1"), quote=replace(quote("99 101"), last=D(100)))
    )
    for side, beyond, within in ((Side.BUY, "99.99", "100"), (Side.SELL, "100.01", "100")):
        assert LastModel().touch(side, met.tick) == 100
        assert LastModel().take(side, None, D(50), met) == (Execution(D(100), D(50), Liquidity.TAKER),)
        assert LastModel().take(side, D(within), D(50), met) == (Execution(D(100), D(50), Liquidity.TAKER),)
        assert LastModel().make(side, D(within), D(50), met) == (Execution(D(within), D(50), Liquidity.MAKER),)
        assert LastModel().take(side, D(beyond), D(50), met) == LastModel().make(side, D(beyond), D(50), met) == ()


def slipped(side: Side, order_id: int, *, limit: str | None = None, word: str = "touch+slippage=100+seed=7") -> Decimal:
    """What a taker pays where 99 and 101 are shown."""
    met = replace(meeting("99 101"), order_id=order_id)
    (execution,) = fill_model(word).take(side, None if limit is None else D(limit), D(1), met)
    return execution.price


def test_slippage_is_a_share_of_what_is_configured_and_always_the_same_for_one_order_on_one_tick() -> None:
    buys = [slipped(Side.BUY, number) for number in range(1, 2001)]
    sells = [slipped(Side.SELL, number) for number in range(1, 2001)]
    assert buys == [slipped(Side.BUY, number) for number in range(1, 2001)]
    assert (min(buys), max(buys)) == (D("101"), D("102.01"))
    assert (min(sells), max(sells)) == (D("98.01"), D("99"))
    # Each share is as likely: the mean is half of it, and no order follows from the one before.
    assert abs(total(buys) / len(buys) - D("101.505")) < D("0.03")
    assert len(set(buys)) == 102
    assert [slipped(Side.BUY, number, word="touch+slippage=100+seed=8") for number in range(1, 20)] != buys[:19]
    assert slipped(Side.BUY, 1) != slipped(Side.BUY, 2)


def test_slippage_depends_on_the_tick() -> None:
    model = fill_model("touch+slippage=100")
    met = meeting("99 101")
    prices = {
        model.take(Side.BUY, None, D(1), replace(met, tick=tick(number, "99 101")))[0].price for number in range(9)
    }
    assert len(prices) > 4


def test_slippage_is_rounded_away_from_the_taker_and_stops_at_the_limit_and_above_nothing() -> None:
    coarse = replace(meeting("99 101"), tick_size=D(1))
    for side, price in ((Side.BUY, 102), (Side.SELL, 98)):
        found = {
            fill_model("touch+slippage=1").take(side, None, D(1), replace(coarse, order_id=n))[0].price
            for n in range(9)
        }
        assert found == {D(price)}, "a hundredth of a tick is a tick"
    assert {slipped(Side.BUY, number, limit="101.2") for number in range(1, 99)} >= {D("101.2")}
    assert max(slipped(Side.BUY, number, limit="101.2") for number in range(1, 99)) == D("101.2")
    assert min(slipped(Side.SELL, number, limit="98.9") for number in range(1, 99)) == D("98.9")
    cheap = replace(meeting("0.01 0.01"))
    for number in range(9):
        (execution,) = fill_model("touch+slippage=9999").take(Side.SELL, None, D(1), replace(cheap, order_id=number))
        assert execution.price == D("0.01")


def test_makers_do_not_slip() -> None:
    for number in range(1, 20):
        met = replace(meeting("99 100"), order_id=number)
        assert fill_model("touch+slippage=100").make(Side.BUY, D(100), D(1), met) == TOUCH.make(
            Side.BUY, D(100), D(1), met
        )


def test_models_are_named_by_the_word_that_configures_them() -> None:
    for name, model in MODELS.items():
        assert (model.name, fill_model(name)) == (name, model)
        assert (model.limits_size, model.reads_book) == (name in ("touch-size", "depth"), name == "depth")
        assert model.most_executions == (20 if name == "depth" else 1)
        slipping = configured(name, levels=50, slippage=D("2.50"), seed=7)
        assert slipping.name == f"{name}{'+levels=50' if name == 'depth' else ''}+slippage=2.5+seed=7"
        assert fill_model(slipping.name) == slipping
        assert configured(name, levels=20, slippage=D(0), seed=7) == model
    assert fill_model("depth+levels=50").most_executions == 50
    with pytest.raises(
        BadRequest,
        match="one of: last, touch, touch-size, depth, frictionless, ",
    ):
        fill_model("best")
    for word in (
        "touch+slippage=x",
        "touch+slippage=10000",
        "touch+slippage=-1",
        "touch+slippage=nan",
        "depth+levels=0",
        "depth+levels=x",
        "touch+haste=1",
        "touch+seed=1.5",
        "touch+levels=3",
        "touch+queue=yes",
        "touch+queue+queue",
        "touch+slippage=5+slippage=6",
        "touch+slippage=1e-300",
        "touch+slippage=0.000000001",
        "touch+slippage=5_0",
        "touch+slippage=٥",
        "touch+share=1e-400",
        "depth+levels=101",
        "depth+levels=9999999999999999999999",
        "touch+seed=9999999999999999999999",
        "touch+share=0",
        "touch+share=1.1",
        "touch+share=nan",
        "touch+share=x",
    ):
        with pytest.raises(BadRequest, match="option"):
            fill_model(word)


def test_presets_are_models_with_options() -> None:
    def of(word: str, slippage: int = 0) -> str:
        return configured(word, levels=20, slippage=D(slippage), seed=7).name

    assert [of(each) for each in ("frictionless", "realistic", "brutal")] == [
        "last",
        "depth+queue",
        "depth+slippage=10+seed=7",
    ]
    assert of("brutal", 50) == "depth+slippage=50+seed=7"
    strict = configured("brutal", levels=50, slippage=D(0), seed=7, queues=True, share=D("0.10"))
    assert strict.name == "depth+levels=50+queue+share=0.1+slippage=10+seed=7"
    assert fill_model(strict.name) == strict
    with pytest.raises(BadRequest, match="unknown fill model"):
        of("touch+slippage=5", 3)


def test_the_defaults_are_those_of_the_documentation() -> None:
    assert (Engine().model.name, Engine().stale_after) == ("touch", 60_000)
    rules = Rules()
    assert (rules.maker_rate, rules.taker_rate) == (Decimal("0.001"), Decimal("0.001"))
    assert (rules.scale("BTC"), Rules(scales={"WEI": 18}).scale("WEI")) == (8, 18)
