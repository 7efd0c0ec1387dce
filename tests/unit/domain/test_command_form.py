"""What any market demands of a command, and the market's filters as a placement meets them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mockexchange.domain.balances import Bucket
from mockexchange.domain.errors import BadRequest, DuplicateOrderId, FilterFailure, InvalidOrder, MarketClosed
from mockexchange.domain.instruments import Instrument
from mockexchange.domain.orders import OrderType, TimeInForce
from mockexchange.domain.placing import check_form, given_order_id

from .story import Story
from .words import BTC_USDT, D, command

MARKET = command("BUY 2")
LIMIT = command("BUY 2 @ 100")


@pytest.mark.parametrize(
    ("base", "changes", "reason"),
    [
        (MARKET, {"price": D(100)}, "a market order takes no price"),
        (MARKET, {"quantity": None}, "either a quantity or a quote quantity"),
        (MARKET, {"quote_quantity": D(100)}, "either a quantity or a quote quantity"),
        (MARKET, {"post_only": True}, "never post-only"),
        (MARKET, {"time_in_force": TimeInForce.IOC}, "takes no time in force"),
        (LIMIT, {"price": None}, "a limit order takes a price and a quantity"),
        (LIMIT, {"quantity": None}, "a limit order takes a price and a quantity"),
        (LIMIT, {"quote_quantity": D(100)}, "a limit order takes no quote quantity"),
        (LIMIT, {"post_only": True, "time_in_force": TimeInForce.IOC}, "a post-only order rests"),
        (LIMIT, {"post_only": True, "time_in_force": TimeInForce.FOK}, "a post-only order rests"),
        (LIMIT, {"quantity": D(0)}, "quantity must be greater than 0, was 0"),
        (LIMIT, {"quantity": D("-0.5")}, "quantity must be greater than 0, was -0.5"),
        (LIMIT, {"price": D(0)}, "price must be greater than 0, was 0"),
        (LIMIT, {"price": D(-1)}, "price must be greater than 0, was -1"),
        (MARKET, {"quantity": None, "quote_quantity": D(0)}, "quote_quantity must be greater than 0, was 0"),
    ],
)
def test_a_command_that_makes_no_sense_is_refused(base: Any, changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidOrder, match=reason):
        check_form(replace(base, **changes))


@pytest.mark.parametrize("client_id", ["a", "A-b_c.1:2/3", "x" * 64, "~!@#$%^&*()", "mx-", "mx-1a", "my-1", "1"])
def test_client_order_ids_of_one_to_64_printable_characters(client_id: str) -> None:
    check_form(replace(LIMIT, client_order_id=client_id))


@pytest.mark.parametrize("client_id", ["", "x" * 65, "tab\t", "new\nline", "naïve", "订单", "\x00", "\x7f"])
def test_other_client_order_ids_are_refused(client_id: str) -> None:
    with pytest.raises(BadRequest, match="a client order id is 1 to 64 printable ASCII characters"):
        check_form(replace(LIMIT, client_order_id=client_id))


@pytest.mark.parametrize("client_id", ["mx-1", "mx-0", "mx-007", "mx-99999999999999999999"])
def test_ids_like_the_exchanges_own_are_refused(client_id: str) -> None:
    with pytest.raises(BadRequest, match=f"'{client_id}' are given by the exchange"):
        check_form(replace(LIMIT, client_order_id=client_id))


def test_a_given_id_names_its_order() -> None:
    assert given_order_id("mx-1") == 1
    assert given_order_id("mx-123456789") == 123_456_789
    assert [given_order_id(other) for other in ("mx-", "mx-1a", "mx--1", "mx-١", "1", "my-1", "")] == [None] * 7


# The bounds of filters.md, small enough for a story: price 1 to 1000 by 0.5, lot 0.1 to 50 by 0.1, market lot 0.2 to 20
# by 0.2, notional 10 to 2000. The touch is 99 / 101, the last price 99.
FILTERED = Instrument(
    symbol="BTC/USDT",
    base_asset="BTC",
    quote_asset="USDT",
    tick_size=D("0.5"),
    step_size=D("0.1"),
    min_notional=D(10),
    min_price=D(1),
    max_price=D(1000),
    min_quantity=D("0.1"),
    max_quantity=D(50),
    market_step_size=D("0.2"),
    market_min_quantity=D("0.2"),
    market_max_quantity=D(15),
    max_notional=D(2000),
)


@pytest.mark.parametrize(
    ("order", "refused_by"),
    [
        ("BUY 10 @ 1", None),
        ("BUY 10 @ 0.5", "PRICE_FILTER"),
        ("SELL 2 @ 1000", None),
        ("SELL 1 @ 1000.5", "PRICE_FILTER"),
        ("BUY 1 @ 90.5", None),
        ("BUY 1 @ 90.25", "PRICE_FILTER"),
        ("BUY 0.1 @ 100", None),
        ("BUY 0.05 @ 100", "LOT_SIZE"),
        ("BUY 0.15 @ 100", "LOT_SIZE"),
        ("BUY 50 @ 20", None),
        ("BUY 50.1 @ 20", "LOT_SIZE"),
        ("BUY 10 @ 1 POST", None),
        ("BUY 9.9 @ 1", "NOTIONAL"),
        ("BUY 20 @ 100", None),
        ("BUY 20 @ 100.5", "NOTIONAL"),
        ("SELL 0.2", None),
        ("SELL 0.1", "MARKET_LOT_SIZE"),  # within LOT_SIZE
        ("SELL 0.3", "MARKET_LOT_SIZE"),
        ("SELL 15", None),
        ("SELL 15.2", "MARKET_LOT_SIZE"),
        ("SELL 0.15", "LOT_SIZE"),
        # 1513 / 101 = 14.98..., cut to the market's step 0.2: 14.8
        ("BUY for 1513", None),
        ("BUY for 1600", "MARKET_LOT_SIZE"),
        ("BUY for 20.2", None),
        ("BUY for 20.19", "LOT_SIZE"),  # does not buy one step
    ],
)
def test_filters_at_and_beyond_their_bounds(order: str, refused_by: str | None) -> None:
    story = Story("BTC 100, USDT 100000", FILTERED)
    story.quote("99 101")
    if refused_by is None:
        story.place(order)
        return
    with pytest.raises(FilterFailure) as refused:
        story.place(order)
    assert refused.value.filter_name == refused_by
    assert (story.orders, story.owned) == ({}, "BTC 100, USDT 100000")


def test_the_notional_of_a_market_order_is_taken_at_the_touch() -> None:
    market = replace(FILTERED, market_step_size=D(0), market_min_quantity=D(0), market_max_quantity=D(0))
    story = Story("BTC 100, USDT 100000", market)
    story.quote("99 101")
    with pytest.raises(FilterFailure, match="NOTIONAL: price x quantity is 9.9, below 10"):
        story.place("SELL 0.1")
    assert story.place("BUY 0.1").status == "FILLED"  # 10.1
    with pytest.raises(FilterFailure, match="NOTIONAL: price x quantity is 2009.9, above 2000"):
        story.place("BUY 19.9")


def test_filters_hold_for_an_order_that_waits_unmet_as_well() -> None:
    story = Story("BTC 100, USDT 100000", FILTERED)
    with pytest.raises(FilterFailure, match="NOTIONAL"):
        story.place("BUY 9.9 @ 1")


def test_a_market_that_does_not_trade_takes_no_orders() -> None:
    story = Story("USDT 1000", replace(BTC_USDT, status="BREAK"))
    story.quote("99 101")
    with pytest.raises(MarketClosed, match="BTC/USDT is BREAK"):
        story.place("BUY 1 @ 90")


# Markets without increments of their own leave only the assets' scales to bound a number's digits.
FREE = Instrument("BTC/USDT", "BTC", "USDT", tick_size=D(0), step_size=D(0), min_notional=D(0))


@pytest.mark.parametrize(
    "order", ["BUY 0.000000001 @ 100", "SELL 0.000000001", "SELL 1.123456789 @ 200", "BUY for 100.000000001"]
)
def test_more_decimal_places_than_the_asset_is_kept_with_are_refused(order: str) -> None:
    story = Story("BTC 2, USDT 1000", FREE)
    story.quote("99 101")
    with pytest.raises(BadRequest, match=r"is kept with 8 decimal places, \S+ has more"):
        story.place(order)


def test_a_market_buy_for_an_amount_never_spends_a_unit_more() -> None:
    """The ask may have more digits than the asset: 3 x 0.333333333333 is just below 1, and rounds up to 1."""
    story = Story("USDT 1000", FREE)
    story.quote("0.3 0.333333333333")
    story.place("BUY for 1")
    assert story.amounts["USDT", Bucket.FREE] >= 999


class TestClientOrderIds:
    """Idempotence on the native door, reuse as on Binance."""

    def story(self) -> Story:
        story = Story("BTC 2, USDT 1000")
        story.quote("99 101")
        return story

    def test_the_same_request_gives_the_first_order_back_whatever_became_of_it(self) -> None:
        story = self.story()
        first = story.place("BUY 1 @ 90", client_id="x")
        assert story.place("BUY 1 @ 90", client_id="x") == first
        canceled = story.cancel(1)
        assert story.place("BUY 1 @ 90", client_id="x") == canceled
        assert (len(story.orders), story.owned) == (1, "BTC 2, USDT 1000")

    @pytest.mark.parametrize(
        "other",
        [
            "SELL 1 @ 90",
            "BUY 2 @ 90",
            "BUY 0.5 @ 90",
            "BUY 1 @ 91",
            "BUY 1",
            "BUY for 90",
            "BUY 1 @ 90 IOC",
            "BUY 1 @ 90 POST",
        ],
    )
    def test_another_request_under_the_same_id_is_refused(self, other: str) -> None:
        story = self.story()
        story.place("BUY 1 @ 90", client_id="x")
        with pytest.raises(DuplicateOrderId, match="client order id 'x' belongs to order 1"):
            story.place(other, client_id="x")

    def test_a_market_order_by_quote_quantity_is_the_same_request_at_another_price(self) -> None:
        story = self.story()
        first = story.place("BUY for 200", client_id="x")
        story.quote("49 51")
        assert story.place("BUY for 200", client_id="x") == first
        for other in ("BUY for 201", "BUY 1.98019"):
            with pytest.raises(DuplicateOrderId):
                story.place(other, client_id="x")

    def test_on_binance_an_id_is_taken_while_its_order_is_open_and_free_afterwards(self) -> None:
        story = self.story()
        story.place("BUY 1 @ 90", client_id="x", reuse=True)
        for order in ("BUY 1 @ 90", "BUY 2 @ 91"):
            with pytest.raises(DuplicateOrderId):
                story.place(order, client_id="x", reuse=True)
        story.cancel(1)
        assert story.place("BUY 1 @ 90", client_id="x", reuse=True).order_id != 1
        assert story.clients == {"x": max(story.orders)}

    def test_a_repeated_request_is_answered_even_when_the_market_has_moved_on(self) -> None:
        """The first answer counts: no filter, no price and no balance is asked again."""
        story = self.story()
        first = story.place("SELL 2 @ 101 POST", client_id="x")
        story.quote("150 151")
        assert story.place("SELL 2 @ 101 POST", client_id="x") == first


def test_market_orders_of_any_type_share_the_commands_form() -> None:
    assert command("BUY for 200").type is OrderType.MARKET
    check_form(command("BUY for 200"))
    check_form(command("SELL 2"))
