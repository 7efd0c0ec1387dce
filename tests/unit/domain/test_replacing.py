"""Cancel and place again, in one transaction: both or neither."""

from __future__ import annotations

import pytest

from mockexchange.domain.errors import (
    DuplicateOrderId,
    ExchangeError,
    FilterFailure,
    InvalidOrder,
    MarketClosed,
    OrderImmediatelyFillable,
    OrderNotOpen,
)

from .story import ShortError, Story


def story(first: str = "USDT 200", *, sized: bool = False) -> Story:
    """An open order at 100 that locks all there is."""
    begun = Story(first, sized=sized)
    begun.quote("99x1 101x1" if sized else "99 101")
    begun.place("BUY 2 @ 100", client_id="old")
    return begun


def test_the_old_orders_lock_pays_for_the_new_one() -> None:
    begun = story()
    assert begun.owned == "USDT 0+200"
    begun.replace(1, "BUY 2.5 @ 80")
    assert (begun.state(1), begun.state(2), begun.owned) == ("CANCELED 0/2", "NEW 0/2.5", "USDT 0+200")
    begun.replace(2, "BUY 1 @ 90")
    assert (begun.state(2), begun.state(3), begun.owned) == ("CANCELED 0/2.5", "NEW 0/1", "USDT 110+90")


def test_the_new_order_may_take_at_once() -> None:
    begun = story("USDT 202")
    begun.replace(1, "BUY 2 @ 101")
    assert begun.filled == ["2 @ 101 TAKER: 202, fee 0.002 BTC"]
    assert (begun.state(1), begun.state(2), begun.owned) == ("CANCELED 0/2", "FILLED 2/2", "BTC 1.998")


def test_the_new_order_may_change_sides() -> None:
    begun = story("BTC 1, USDT 200")
    begun.replace(1, "SELL 1")
    assert (begun.state(1), begun.state(2), begun.owned) == ("CANCELED 0/2", "FILLED 1/1", "USDT 298.901")


@pytest.mark.parametrize(
    ("order", "error"),
    [
        ("BUY 2.00001 @ 100", ShortError),
        ("BUY 2", ShortError),
        ("BUY 2 @ 100.001", FilterFailure),
        ("BUY 0.01 @ 100", FilterFailure),
        ("BUY 1 @ 101 POST", OrderImmediatelyFillable),
        ("BUY -1 @ 100", InvalidOrder),
    ],
)
def test_when_the_new_order_is_refused_the_old_one_stands_as_it_was(order: str, error: type[Exception]) -> None:
    begun = story()
    before = begun.orders[1]
    with pytest.raises(error):
        begun.replace(1, order)
    assert begun.orders == {1: before}
    assert begun.owned == "USDT 0+200"


def test_without_a_fresh_price_a_market_order_replaces_nothing() -> None:
    begun = story()
    begun.now += 61_000
    with pytest.raises(MarketClosed):
        begun.replace(1, "BUY 1")
    assert (begun.state(1), begun.owned) == ("NEW 0/2", "USDT 0+200")


def test_a_replacement_is_a_placement_and_meets_no_older_tick() -> None:
    begun = story()
    begun.quote("98 100.5")
    new = begun.replace(1, "BUY 2 @ 99")
    assert (new.met_tick, new.version) == (2, 1)
    assert begun.meet() == []
    assert begun.meet("98 99") == ["2 @ 99 MAKER: 198, fee 0.002 BTC"]


def test_what_was_filled_of_the_old_order_stays_filled() -> None:
    begun = story(sized=True)
    begun.meet("99x1 100x0.5")
    begun.replace(1, "BUY 1 @ 90")
    assert (begun.state(1), begun.state(2)) == ("CANCELED 0.5/2", "NEW 0/1")
    assert begun.owned == "BTC 0.4995, USDT 60+90"


def test_a_client_id_passes_from_the_old_order_to_the_new_one() -> None:
    begun = story()
    begun.replace(1, "BUY 1 @ 90", client_id="old")
    assert begun.clients == {"old": 2}
    assert [order.client_order_id for order in begun.orders.values()] == ["old", "old"]


def test_a_client_id_of_a_third_order_is_refused() -> None:
    begun = story("USDT 400")
    begun.place("BUY 1 @ 90", client_id="other")
    with pytest.raises(DuplicateOrderId, match="'other' belongs to order 2"):
        begun.replace(1, "BUY 1 @ 95", client_id="other")
    assert begun.state(1) == "NEW 0/2"


@pytest.mark.parametrize("ended", ["filled", "canceled"])
def test_a_closed_order_is_not_replaced(ended: str) -> None:
    begun = story("USDT 1000")
    if ended == "filled":
        begun.meet("99 100")
    else:
        begun.cancel(1)
    before = begun.owned
    with pytest.raises(OrderNotOpen, match="order 1 is (FILLED|CANCELED), which never changes") as refused:
        begun.replace(1, "BUY 1 @ 90")
    assert isinstance(refused.value, ExchangeError)
    assert (len(begun.orders), begun.owned) == (1, before)


def test_a_closed_order_is_not_canceled_again() -> None:
    begun = story()
    begun.cancel(1)
    with pytest.raises(OrderNotOpen, match="order 1 is CANCELED"):
        begun.cancel(1)
    assert begun.owned == "USDT 200"
