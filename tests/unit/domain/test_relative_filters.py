"""Filters that go by more than the order: the last price, and the orders that are open beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mockexchange.domain.errors import FilterFailure

from .story import Story
from .words import BTC_USDT, D


class TestPercentPrice:
    """Buys between half and twice the last price of 99, sells between 0.9 and three times."""

    NARROW = replace(
        BTC_USDT,
        bid_multiplier_up=D(2),
        bid_multiplier_down=D("0.5"),
        ask_multiplier_up=D(3),
        ask_multiplier_down=D("0.9"),
    )

    def story(self) -> Story:
        return Story("BTC 100, USDT 100000", self.NARROW)

    @pytest.mark.parametrize("order", ["BUY 1 @ 49.5", "BUY 1 @ 198", "SELL 1 @ 89.1", "SELL 1 @ 297"])
    @pytest.mark.parametrize("kind", ["", " IOC", " FOK"])
    def test_the_bounds_themselves_are_within(self, order: str, kind: str) -> None:
        story = self.story()
        story.quote("99 101")
        story.place(order + kind)

    @pytest.mark.parametrize("order", ["BUY 1 @ 49.49", "BUY 1 @ 198.01", "SELL 1 @ 89.09", "SELL 1 @ 297.01"])
    @pytest.mark.parametrize("kind", ["", " IOC", " FOK", " POST"])
    def test_beyond_them_an_order_is_refused(self, order: str, kind: str) -> None:
        story = self.story()
        story.quote("99 101")
        with pytest.raises(FilterFailure) as refused:
            story.place(order + kind)
        assert refused.value.filter_name == "PERCENT_PRICE_BY_SIDE"
        assert (story.orders, story.owned) == ({}, "BTC 100, USDT 100000")

    def test_a_last_price_that_is_stale_still_is_the_last_one(self) -> None:
        story = self.story()
        story.quote("99 101", age=70_000)
        with pytest.raises(FilterFailure, match="PERCENT_PRICE_BY_SIDE"):
            story.place("BUY 1 @ 49.49")
        assert story.place("BUY 1 @ 49.5").unmet

    def test_without_any_price_there_is_nothing_to_compare_with(self) -> None:
        story = self.story()
        assert story.place("BUY 10 @ 1").unmet

    def test_a_market_order_names_no_price_to_compare(self) -> None:
        story = self.story()
        story.quote("99 500")
        assert story.place("BUY 1").status == "FILLED"

    def test_the_newest_price_counts(self) -> None:
        story = self.story()
        story.quote("99 101")
        story.quote("49 50")
        with pytest.raises(FilterFailure, match="is outside 24.5 to 98: the last price is 49"):
            story.place("BUY 1 @ 99")
        story.place("BUY 1 @ 98")

    def test_a_replacement_keeps_to_it_as_well(self) -> None:
        story = self.story()
        story.quote("99 101")
        story.place("BUY 1 @ 90")
        with pytest.raises(FilterFailure, match="PERCENT_PRICE_BY_SIDE"):
            story.replace(1, "BUY 1 @ 49.49")
        assert story.state(1) == "NEW 0/1"


class TestMaxNumOrders:
    """At most two open orders, and two are open."""

    def story(self) -> Story:
        story = Story("BTC 2, USDT 1000", replace(BTC_USDT, max_num_orders=2))
        story.quote("99 101")
        story.place("BUY 1 @ 90")
        story.place("SELL 1 @ 120")
        return story

    @pytest.mark.parametrize("order", ["BUY 1 @ 91", "SELL 1 @ 110", "BUY 1 @ 91 POST"])
    def test_a_third_one_is_refused(self, order: str) -> None:
        story = self.story()
        before = story.owned
        with pytest.raises(FilterFailure, match="MAX_NUM_ORDERS: the account has 2 open orders on BTC/USDT"):
            story.place(order)
        assert (len(story.orders), story.owned) == (2, before)

    @pytest.mark.parametrize("order", ["BUY 1", "SELL for 50", "BUY 1 @ 101", "BUY 1 @ 101 FOK", "BUY 1 @ 91 IOC"])
    def test_one_that_ends_at_once_is_never_open(self, order: str) -> None:
        story = self.story()
        assert not story.place(order).is_open

    def test_one_that_waits_for_a_price_is_open(self) -> None:
        story = self.story()
        story.now += 70_000
        with pytest.raises(FilterFailure, match="MAX_NUM_ORDERS"):
            story.place("BUY 1 @ 91")

    def test_one_that_ended_makes_room(self) -> None:
        story = self.story()
        story.cancel(1)
        story.place("BUY 1 @ 91")
        story.meet("120 121")
        story.place("BUY 1 @ 92")
        states = [story.state(number).split()[0] for number in story.orders]
        assert states == ["CANCELED", "FILLED", "NEW", "NEW"]

    def test_a_replaced_one_makes_room_for_the_other(self) -> None:
        story = self.story()
        story.replace(1, "BUY 1 @ 91")
        story.replace(2, "SELL 1")
        story.place("BUY 1 @ 92")

    def test_a_maximum_that_was_lowered_leaves_no_room_by_a_replacement_either(self) -> None:
        story = self.story()
        story.instrument = replace(story.instrument, max_num_orders=1)
        with pytest.raises(FilterFailure, match="the account has 1 open orders on BTC/USDT; at most 1 may be"):
            story.replace(1, "BUY 1 @ 91")
