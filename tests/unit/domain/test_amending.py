"""Make an open order smaller where it stands: scenarios as tables, in the words of words.py."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mockexchange.domain.errors import (
    AmendmentRefused,
    BadRequest,
    DuplicateOrderId,
    ExchangeError,
    FilterFailure,
    InvalidOrder,
    MarketClosed,
    NothingAmended,
    OrderNotOpen,
    QuantityFilled,
    QuantityIncreased,
)
from mockexchange.domain.orders import Amendment

from .story import Story
from .words import BTC_USDT, ETH_BTC, D


def story(order: str = "BUY 2 @ 100", *, sized: bool = False, client_id: str | None = None) -> Story:
    """Order 1 rests, of `BTC 2, USDT 1000`."""
    begun = Story("BTC 2, USDT 1000", sized=sized)
    begun.quote("99 101")
    begun.place(order, client_id=client_id)
    return begun


@pytest.mark.parametrize(
    ("order", "quantity", "owned"),
    [
        ("BUY 2 @ 100", "1.5", "BTC 2, USDT 850+150"),
        ("BUY 2 @ 100", "1.99999", "BTC 2, USDT 800.001+199.999"),
        ("BUY 2 @ 100", "0.05", "BTC 2, USDT 995+5"),
        ("SELL 2 @ 120", "0.5", "BTC 1.5+0.5, USDT 1000"),
        ("BUY 2 @ 100 POST", "1", "BTC 2, USDT 900+100"),
    ],
)
def test_it_releases_what_the_smaller_order_no_longer_holds(order: str, quantity: str, owned: str) -> None:
    begun = story(order)
    before = begun.orders[1]
    begun.now += 5
    after = begun.amend(1, quantity)
    assert begun.owned == owned
    made = Amendment(2, begun.now, before.quantity, D(quantity), "mx-1", "mx-1")
    assert after == replace(before, quantity=D(quantity), updated_at=begun.now, version=2, amendments=(made,))
    begun.cancel(1)
    assert begun.owned == "BTC 2, USDT 1000"


def test_what_rounding_keeps_is_released_to_the_unit() -> None:
    """0.0010001 x 0.01111 is 0.000011111111: each step holds what its own quantity needs, rounded up."""
    begun = Story("BTC 1", replace(ETH_BTC, min_notional=D(0), step_size=D("0.00000001")))
    begun.quote("0.02 0.03")
    begun.place("BUY 0.0010001 @ 0.01111")
    assert begun.owned == "BTC 0.99998888+0.00001112"
    begun.amend(1, "0.00099999")
    assert begun.owned == "BTC 0.99998889+0.00001111"
    begun.amend(1, "0.000999")
    assert begun.owned == "BTC 0.9999889+0.0000111"


def test_what_has_filled_stays_filled_and_paid() -> None:
    begun = story(sized=True)
    begun.meet("99 100x0.5")
    assert (begun.state(1), begun.owned) == ("PARTIALLY_FILLED 0.5/2", "BTC 2.4995, USDT 800+150")
    begun.amend(1, "0.75")
    assert (begun.state(1), begun.owned) == ("PARTIALLY_FILLED 0.5/0.75", "BTC 2.4995, USDT 925+25")
    begun.meet("99 100")
    assert (begun.state(1), begun.owned) == ("FILLED 0.75/0.75", "BTC 2.74925, USDT 925")


def test_it_meets_no_tick_again_and_misses_none() -> None:
    begun = story(sized=True)
    begun.meet("99 100x0.5")
    after = begun.amend(1, "1")
    assert after.met_tick == 2
    assert begun.meet() == [], "the tick that it met"
    begun.quote("98 99")
    begun.amend(1, "0.75")
    assert begun.meet() == ["0.25 @ 100 MAKER: 25, fee 0.00025 BTC"], "one that came before the amendment"


def test_an_order_that_waits_for_its_first_price_may_be_amended() -> None:
    begun = Story("BTC 2, USDT 1000")
    begun.place("BUY 2 @ 100")
    assert begun.amend(1, "1").unmet
    assert begun.owned == "BTC 2, USDT 900+100"
    assert begun.meet("98 99") == ["1 @ 99 TAKER: 99, fee 0.001 BTC"]


@pytest.mark.parametrize(
    ("quantity", "error", "words"),
    [
        ("2.00001", QuantityIncreased, "order 1 is of 2; 2.00001 would be more"),
        ("2", NothingAmended, "order 1 is of 2 already"),
        ("2.000", NothingAmended, "order 1 is of 2 already"),
        ("0.5", QuantityFilled, "0.5 of order 1 has filled; 0.5 would leave nothing of it, cancel it"),
        ("0.25", QuantityFilled, "0.5 of order 1 has filled; 0.25 would leave nothing of it"),
        ("0", InvalidOrder, "quantity must be greater than 0, was 0"),
        ("-1", InvalidOrder, "quantity must be greater than 0, was -1"),
        ("1.000001", FilterFailure, "LOT_SIZE"),
    ],
)
def test_a_quantity_that_is_not_less_or_leaves_nothing_is_refused(
    quantity: str, error: type[ExchangeError], words: str
) -> None:
    begun = story(sized=True)
    begun.meet("99 100x0.5")
    before, owned = begun.orders[1], begun.owned
    with pytest.raises(error, match=words) as refused:
        begun.amend(1, quantity)
    assert type(refused.value) is error
    assert isinstance(refused.value, InvalidOrder)
    assert isinstance(refused.value, AmendmentRefused) == issubclass(error, AmendmentRefused)
    assert (begun.orders, begun.owned) == ({1: before}, owned)


@pytest.mark.parametrize("ended", ["filled", "canceled", "expired"])
def test_a_closed_order_stays_as_it_is(ended: str) -> None:
    begun = story("BUY 2 @ 100 IOC" if ended == "expired" else "BUY 2 @ 100")
    if ended == "filled":
        begun.meet("99 100")
    elif ended == "canceled":
        begun.cancel(1)
    with pytest.raises(OrderNotOpen, match="order 1 is (FILLED|CANCELED|EXPIRED), which never changes"):
        begun.amend(1, "1")


def test_the_filters_of_now_hold_for_the_new_quantity_as_a_whole() -> None:
    begun = story()
    begun.instrument = replace(BTC_USDT, min_quantity=D("0.4"), max_quantity=D(1), min_notional=D(50))
    for quantity, words in (("1.5", "LOT_SIZE"), ("0.3", "LOT_SIZE"), ("0.49", "NOTIONAL: price x quantity is 49")):
        with pytest.raises(FilterFailure, match=words):
            begun.amend(1, quantity)
    begun.amend(1, "0.5")


def test_a_market_that_does_not_trade_amends_nothing() -> None:
    begun = story()
    begun.instrument = replace(BTC_USDT, status="HALT")
    with pytest.raises(MarketClosed, match="BTC/USDT is HALT"):
        begun.amend(1, "1")


def test_no_more_decimal_places_than_the_asset_is_kept_with() -> None:
    begun = Story("USDT 1000", replace(BTC_USDT, step_size=D(0)))
    begun.quote("99 101")
    begun.place("BUY 2 @ 100")
    with pytest.raises(BadRequest, match="BTC is kept with 8 decimal places, 1.000000001 has more"):
        begun.amend(1, "1.000000001")


def test_an_order_may_be_amended_so_many_times() -> None:
    begun = Story("USDT 1000", replace(BTC_USDT, max_num_order_amends=2))
    begun.quote("99 101")
    begun.place("BUY 2 @ 100")
    begun.amend(1, "1.5")
    begun.amend(1, "1")
    with pytest.raises(FilterFailure, match="MAX_NUM_ORDER_AMENDS: the order was amended 2 times") as refused:
        begun.amend(1, "0.5")
    assert refused.value.filter_name == "MAX_NUM_ORDER_AMENDS"
    other = begun.place("BUY 2 @ 90")
    begun.amend(other.order_id, "1")


class TestClientOrderIds:
    """A new name is claimed as a placement's is; the old one is free then."""

    def test_without_a_new_one_it_keeps_its_own(self) -> None:
        begun = story(client_id="x")
        assert begun.amend(1, "1").client_order_id == "x"
        assert begun.amend(1, "0.5", client_id="x").client_order_id == "x"
        assert begun.clients == {"x": 1}

    def test_a_new_one_takes_the_place_of_the_old(self) -> None:
        begun = story(client_id="x")
        after = begun.amend(1, "1", client_id="y")
        assert (after.client_order_id, begun.clients) == ("y", {"y": 1})
        names = [(each.client_order_id_before, each.client_order_id) for each in after.amendments]
        assert names == [("x", "y")]
        other = begun.place("BUY 1 @ 90", client_id="x", reuse=True)
        assert begun.clients == {"y": 1, "x": other.order_id}

    def test_an_order_without_one_of_its_own_gets_one(self) -> None:
        begun = story()
        assert begun.amend(1, "1", client_id="mx-1").client_order_id == "mx-1"
        assert begun.amend(1, "0.5", client_id="y").client_order_id == "y"
        assert begun.clients == {"y": 1}

    def test_that_of_another_open_order_is_refused(self) -> None:
        begun = story(client_id="x")
        other = begun.place("BUY 1 @ 90", client_id="y")
        with pytest.raises(DuplicateOrderId, match=f"client order id 'y' belongs to order {other.order_id}"):
            begun.amend(1, "1", client_id="y")
        assert begun.state(1) == "NEW 0/2"

    def test_that_of_a_closed_order_may_be_taken(self) -> None:
        begun = story(client_id="x")
        begun.cancel(begun.place("BUY 1 @ 90", client_id="y").order_id)
        assert begun.amend(1, "1", client_id="y").client_order_id == "y"
        assert begun.clients == {"y": 1}

    @pytest.mark.parametrize("client_id", ["", "x" * 65, "naïve", "mx-2"])
    def test_it_has_the_form_of_any(self, client_id: str) -> None:
        begun = story()
        with pytest.raises(BadRequest):
            begun.amend(1, "1", client_id=client_id)

    def test_the_placement_repeated_still_gives_the_order_back(self) -> None:
        """Who did not hear of the placement asks for what was asked for then."""
        begun = story(client_id="x")
        begun.amend(1, "1.5")
        amended = begun.amend(1, "1")
        assert begun.place("BUY 2 @ 100", client_id="x") == amended
        for other in ("BUY 1 @ 100", "BUY 1.5 @ 100"):
            with pytest.raises(DuplicateOrderId):
                begun.place(other, client_id="x")
