"""Stopping and going on, running twice, ticks that are gone, and prices that others wrote."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mockexchange.domain.rules import Rules
from mockexchange.exchange import Exchange
from mockexchange.matcher import TICKS_PER_PASS, MatchReport

from .venue import Venue


def venue_with_backlog() -> Venue:
    """Ten buys at 90, 89, ... 81, and ten ticks of which each fills the next."""
    venue = Venue()
    venue.tick("99 101")
    for price in range(90, 80, -1):
        venue.place(f"BUY 1 @ {price}")
    for price in range(90, 80, -1):
        venue.tick(f"50 {price}")
    return venue


def test_a_run_stops_between_two_ticks_and_the_next_goes_on_there() -> None:
    venue = venue_with_backlog()
    first = venue.match(ticks=4)
    assert (first.fills, first.ticks, venue.done()) == (4, 4, 5)
    second = venue.match(ticks=3)
    assert (second.fills, second.ticks, venue.done()) == (3, 3, 8)
    third = venue.match()
    assert (third.fills, third.ticks, venue.done()) == (3, 3, 11)
    assert [fill.tick for fill in reversed(venue.exchange.trades("alice").items)] == list(range(2, 12))
    venue.audit()


def test_lag_is_what_is_left_for_the_next_run() -> None:
    venue = venue_with_backlog()
    assert venue.match(ticks=4).lag == 6
    assert venue.match(ticks=5).lag == 1
    assert venue.match().lag == 0
    assert venue.match().lag == 0


def test_lag_counts_the_ticks_of_later_passes_and_of_all_symbols() -> None:
    venue = Venue()
    for symbol in ("BTC/USDT", "ETH/USDT"):
        venue.tick("99 101", symbol)
        venue.place("BUY 1 @ 90", symbol)
        for _ in range(TICKS_PER_PASS + 20):
            venue.tick("80 81", symbol)
    # One tick of BTC is held and fills; nothing is left that the rest of this pass could touch.
    stopped = venue.match(ticks=1)
    assert venue.done("BTC/USDT") + venue.done("ETH/USDT") + stopped.lag == 2 * (TICKS_PER_PASS + 21)
    assert venue.match().lag == 0


def test_a_run_that_may_not_start_changes_nothing() -> None:
    venue = venue_with_backlog()
    assert venue.exchange.match(keep_on=lambda: False) == MatchReport()
    assert venue.done() == 1


def test_running_again_changes_nothing() -> None:
    venue = venue_with_backlog()
    venue.match()
    revision = venue.store.revision()
    assert venue.match() == MatchReport()
    assert venue.store.revision() == revision


def test_what_happened_while_the_matcher_was_down_is_not_missed() -> None:
    """The price touched the order and went away again before the matcher ran."""
    venue = Venue()
    venue.tick("99 101")
    venue.place("BUY 1 @ 90")
    venue.tick("89 90")
    venue.tick("99 101")
    assert venue.match().fills == 1
    assert venue.fills() == ["2: 1 @ 90 MAKER: 90, fee 0.001 BTC"]


def test_ticks_that_fell_off_the_log_are_reported_as_a_gap_once() -> None:
    venue = Venue(log_length=10)
    venue.tick("99 101")
    venue.place("BUY 1 @ 90")
    for ask in [90] + [95] * 30:
        venue.tick(f"50 {ask}")
    report = venue.match()
    # Ticks 2 to 32 were logged, 23 to 32 are still there: the touch of tick 2 is gone with 20 others.
    assert (report.gaps, report.ticks, report.fills) == ({"BTC/USDT": 21}, 10, 0)
    assert venue.done() == 32
    assert venue.match().gaps == {}
    venue.tick("50 90")
    assert (venue.match().fills, venue.match().gaps) == (1, {})
    venue.audit()


def test_an_order_placed_on_a_tick_that_fell_off_the_log_fills_on_what_is_left() -> None:
    venue = Venue(log_length=10)
    venue.tick("99 101")
    venue.place("BUY 1 @ 90")
    for _ in range(30):
        venue.tick("50 90")
    assert venue.match().fills == 1
    assert venue.exchange.trades("alice").items[0].tick == 22
    venue.audit()


def test_orders_match_on_when_the_log_was_lost_and_began_anew() -> None:
    """The price server lost its data: tick numbers begin at 1 again, far below the venue's cursor."""
    venue = Venue()
    for _ in range(50):
        venue.tick("99 101")
    venue.place("BUY 1 @ 90")
    venue.match()
    venue.store._feeds.clear()  # pyright: ignore[reportPrivateUsage]  # the loss of a server's data
    venue.tick("89 90")
    assert venue.match().fills == 1
    (fill,) = venue.exchange.trades("alice").items
    assert fill.tick > 50
    venue.tick("99 101")
    assert venue.match().ticks == 1
    venue.audit()


def foreign(venue: Venue, price: str, **changes: str) -> None:
    seconds = str(venue.clock.time / 1000)
    venue.store.write_mailbox("BTC/USDT", {"price": price, "timestamp": seconds, "symbol": "BTC/USDT", **changes})


def test_a_foreign_feed_goes_on_when_the_log_was_lost() -> None:
    """Every run finds a new foreign quote, so each must both adopt it and go on above the cursor."""
    venue = Venue()
    foreign(venue, "100")
    venue.place("BUY 1 @ 90")
    for _ in range(5):
        venue.clock.time += 1000
        foreign(venue, "99")
        venue.match()
    venue.store._feeds.clear()  # pyright: ignore[reportPrivateUsage]  # the loss of a server's data
    foreign(venue, "90")
    assert (venue.match().fills, venue.match().fills) == (1, 0)
    venue.audit()


def test_a_foreign_quote_is_adopted_by_the_matcher_once() -> None:
    venue = Venue()
    foreign(venue, "100")
    venue.place("BUY 1 @ 90")
    foreign(venue, "90")
    report = venue.match()
    assert (report.adopted, report.fills, report.ticks) == (1, 1, 1)
    assert venue.exchange.trades("alice").items[0].source == "external"
    assert venue.match() == MatchReport()
    foreign(venue, "90")  # the same again, to the digit, is no news
    assert venue.match() == MatchReport()
    venue.clock.time += 1000
    foreign(venue, "90")
    assert venue.match().adopted == 1
    venue.audit()


@pytest.mark.parametrize("bad", [{"price": "nan"}, {"price": "-1"}, {"bid": "91", "ask": "89"}, {"bidVolume": "-1"}])
def test_a_foreign_quote_that_is_unusable_is_counted_once_and_the_last_good_one_stays(bad: dict[str, str]) -> None:
    venue = Venue()
    foreign(venue, "100")
    venue.place("BUY 1 @ 90")
    foreign(venue, **{"price": "90", **bad})
    (reason,) = venue.match().rejected
    assert reason.startswith("BTC/USDT: ")
    for _ in range(3):
        assert venue.match() == MatchReport()
    assert venue.store.rejected_quotes("BTC/USDT") == 1
    assert str(venue.exchange.ticks(["BTC/USDT"])["BTC/USDT"].quote.last) == "100"
    venue.audit()


def test_a_symbol_that_is_no_longer_traded_does_not_stop_the_others() -> None:
    """SYMBOLS was narrowed while orders were open: nothing new is accepted, but what is open goes on and can be taken
    back."""
    venue = Venue()
    for symbol in ("BTC/USDT", "ETH/USDT"):
        venue.tick("99 101", symbol)
        venue.place("BUY 1 @ 90", symbol)
        venue.place("BUY 1 @ 80", symbol)
    venue.exchange = Exchange(venue.store, venue.clock, replace(Rules(), symbols=("ETH/USDT",)))
    for symbol in ("BTC/USDT", "ETH/USDT"):
        venue.tick("89 90", symbol)
    assert venue.match().fills == 2
    assert [order.status for order in venue.exchange.cancel_all("alice")] == ["CANCELED", "CANCELED"]
    venue.audit()
