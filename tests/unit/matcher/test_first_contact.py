"""Ticks that touch no order cost nothing, and the first that does is found."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from mockexchange.matcher import TICKS_PER_PASS

from ..domain.words import BTC_USDT
from .venue import Venue


def test_ticks_that_touch_nothing_are_passed_over_without_a_look_at_the_orders() -> None:
    venue = Venue()
    venue.tick("99 101")
    venue.place("BUY 1 @ 90")
    venue.place("SELL 1 @ 110")
    for step in range(300):
        venue.tick(f"{91 + step % 19} {91 + step % 19}")
    report = venue.match()
    assert (report.ticks, report.fills, venue.done()) == (300, 0, 301)
    assert venue.store.asked == {}
    venue.audit()


@pytest.mark.parametrize(("order", "touching"), [("BUY 1 @ 90", "89 90"), ("SELL 1 @ 110", "110 111")])
def test_an_order_fills_on_the_first_tick_that_touches_it(order: str, touching: str) -> None:
    venue = Venue()
    venue.tick("99 101")
    venue.place(order)
    for words in ("99 101", "91 92", "108 109", touching, "50 51", "150 151"):
        venue.tick(words)
    assert venue.match().fills == 1
    assert venue.exchange.trades("alice").items[0].tick == 5
    assert venue.done() == 7
    venue.audit()


def test_after_a_fill_the_next_contact_is_looked_for_again() -> None:
    venue = Venue()
    venue.tick("99 101")
    for price in (90, 80, 70):
        venue.place(f"BUY 1 @ {price}")
    for ask in (95, 90, 85, 85, 80, 75, 75, 75, 70, 69):
        venue.tick(f"60 {ask}")
    report = venue.match()
    assert [fill.tick for fill in venue.exchange.trades("alice").items] == [10, 6, 3]
    assert (report.ticks, report.fills) == (10, 3)
    # Three ticks were held against the orders (each asks both sides, and once more where there was something).
    assert venue.store.asked["arrivals"] == 3
    venue.audit()


def test_an_order_that_waits_for_its_first_tick_meets_each_of_them() -> None:
    venue = Venue()
    venue.tick("99 101", age=61_000)
    venue.place("BUY 1 @ 50")
    venue.tick("99 101", age=61_000)
    venue.tick("99 101")
    venue.match()
    order = venue.exchange.order("alice", 1)
    assert (order.unmet, order.met_tick, venue.done()) == (False, 3, 3)
    venue.audit()


def test_prices_too_close_for_a_double_are_told_apart() -> None:
    """100.00000000000000001 and ...2 are one double: the look at the outermost price lets the tick through, the exact
    test holds it back."""
    venue = Venue(scales={"USDT": 17})
    venue.store.put_instruments([replace(BTC_USDT, tick_size=Decimal("1e-17"))], replace=True)
    assert float(Decimal("100.00000000000000001")) == float(Decimal("100.00000000000000002"))
    venue.tick("99 101")
    venue.place("BUY 1 @ 100.00000000000000001")
    venue.tick("99 100.00000000000000002")
    assert venue.match().fills == 0
    assert venue.store.asked["crossing"] > 0
    venue.tick("99 100.00000000000000001")
    assert venue.match().fills == 1
    venue.audit()


def test_a_tick_that_was_stale_when_it_was_logged_touches_nothing_and_is_done() -> None:
    venue = Venue()
    venue.tick("99 101")
    venue.place("BUY 1 @ 90")
    venue.tick("80 81", age=61_000)
    assert (venue.match().fills, venue.done()) == (0, 2)
    venue.tick("80 81")
    assert (venue.match().fills, venue.done()) == (1, 3)
    venue.audit()


def test_what_happened_before_a_symbols_first_order_is_nobodys_backlog() -> None:
    venue = Venue()
    for _ in range(20):
        venue.tick("50 51")
    assert venue.match() == replace(venue.match(), ticks=0)
    venue.place("BUY 1 @ 50")
    assert (venue.match().ticks, venue.done()) == (0, 20)
    venue.tick("50 51")
    assert (venue.match().ticks, venue.done()) == (1, 21)


def test_more_ticks_than_one_pass_reads_are_worked_off_in_one_run() -> None:
    venue = Venue()
    venue.tick("99 101")
    venue.place("BUY 1 @ 90")
    venue.place("BUY 1 @ 80")
    for _ in range(TICKS_PER_PASS):
        venue.tick("95 96")
    venue.tick("89 90")
    for _ in range(TICKS_PER_PASS):
        venue.tick("95 96")
    venue.tick("79 80")
    report = venue.match()
    assert (report.ticks, report.fills) == (2 * TICKS_PER_PASS + 2, 2)
    assert [fill.tick for fill in venue.exchange.trades("alice").items] == [2 * TICKS_PER_PASS + 3, TICKS_PER_PASS + 2]
    venue.audit()


def test_each_symbol_is_matched_on_its_own_ticks() -> None:
    venue = Venue()
    for symbol in ("BTC/USDT", "ETH/USDT"):
        venue.tick("99 101", symbol)
        venue.place("BUY 1 @ 90", symbol)
    venue.tick("80 81", "ETH/USDT")
    assert venue.match().fills == 1
    assert venue.exchange.trades("alice").items[0].symbol == "ETH/USDT"
    venue.tick("80 81")
    venue.tick("70 71", "ETH/USDT")
    assert venue.exchange.match(["ETH/USDT"]).fills == 0
    assert (venue.done("BTC/USDT"), venue.done("ETH/USDT")) == (1, 3)
    assert venue.match().fills == 1
    venue.audit()
