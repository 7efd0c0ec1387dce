"""The fill models and the commission, each on its own."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mockexchange.domain.errors import BadRequest
from mockexchange.domain.fills import Liquidity
from mockexchange.domain.models import Engine, Execution, Meeting, TouchModel, commission, crosses, fill_model, touch
from mockexchange.domain.orders import Side
from mockexchange.domain.rules import Rules

from .words import D, quote, tick

TOUCH = TouchModel()
SIZED = TouchModel(sized=True)


def meeting(shown: str, taken: str = "0") -> Meeting:
    """An order before a tick, on a market with a step size of 0.01."""
    return Meeting(order_id=1, tick=tick(1, shown), taken=D(taken), step_size=D("0.01"), tick_size=D("0.01"))


def test_a_buy_takes_the_ask_and_a_sell_the_bid() -> None:
    assert touch(Side.BUY, quote("99 101")) == 101
    assert touch(Side.SELL, quote("99 101")) == 99


@pytest.mark.parametrize(
    ("side", "limit", "reaches"),
    [
        (Side.BUY, "100.99", False),
        (Side.BUY, "101", True),
        (Side.BUY, "102", True),
        (Side.SELL, "99.01", False),
        (Side.SELL, "99", True),
        (Side.SELL, "98", True),
    ],
)
def test_a_limit_crosses_when_it_reaches_the_opposite_touch(side: Side, limit: str, reaches: bool) -> None:
    assert crosses(side, D(limit), quote("99 101")) is reaches
    taken = TOUCH.take(side, D(limit), D(2), meeting("99 101"))
    made = TOUCH.make(side, D(limit), D(2), meeting("99 101"))
    assert taken == ((Execution(touch(side, quote("99 101")), D(2), Liquidity.TAKER),) if reaches else ())
    assert made == ((Execution(D(limit), D(2), Liquidity.MAKER),) if reaches else ())


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
    limit = touch(side, met.quote)
    for executions in (
        SIZED.take(side, None, D(wanted), met),
        SIZED.take(side, limit, D(wanted), met),
        SIZED.make(side, limit, D(wanted), met),
    ):
        assert [execution.quantity for execution in executions] == ([] if offered is None else [D(offered)])
    assert [execution.quantity for execution in TOUCH.make(side, limit, D(wanted), met)] == [D(wanted)]


def test_models_are_named_by_the_word_that_configures_them() -> None:
    for name, limits in (("touch", False), ("touch-size", True)):
        model = fill_model(name)
        assert (model.name, model.limits_size) == (name, limits)
    with pytest.raises(BadRequest, match="unknown fill model 'depth'; one of: touch, touch-size"):
        fill_model("depth")


@pytest.mark.parametrize(
    ("received", "rate", "scale", "fee"),
    [
        ("2", "0.001", 8, "0.002"),
        ("198", "0.00075", 8, "0.1485"),
        ("0.00080478", "0.001", 8, "0.00000081"),  # 0.00000080478
        ("0.00000001", "0.001", 8, "0.00000001"),  # a unit is the least there is
        ("0.00000001", "0", 8, "0"),
        ("5", "0.001", 0, "1"),
        ("0.000000000000000001", "0.001", 18, "0.000000000000000001"),
        ("123456789012345678901234567890.12345678", "0.001", 8, "123456789012345678901234567.89012346"),
    ],
)
def test_a_commission_is_its_share_of_what_is_received_rounded_up(
    received: str, rate: str, scale: int, fee: str
) -> None:
    assert commission(D(received), D(rate), scale) == D(fee)
    assert commission(D(received), D(rate), scale) <= D(received)


def test_the_defaults_are_those_of_the_documentation() -> None:
    assert (Engine().model.name, Engine().stale_after) == ("touch", 60_000)
    rules = Rules()
    assert (rules.maker_rate, rules.taker_rate) == (Decimal("0.001"), Decimal("0.001"))
    assert (rules.scale("BTC"), Rules(scales={"WEI": 18}).scale("WEI")) == (8, 18)
