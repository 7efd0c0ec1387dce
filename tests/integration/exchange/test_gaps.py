"""Ticks fell off the log before they were matched: the candles that are kept of that time stand in for them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mockexchange.domain.candle_blocks import MINUTES, affected, enter
from mockexchange.domain.candle_building import CandleRecord, Filled
from mockexchange.domain.candles import MINUTE, Candle
from mockexchange.domain.rules import Rules
from mockexchange.exchange import Exchange
from mockexchange.matcher import MatchReport
from mockexchange.ports import CandleChange, FeedTick

from .venue import BTC, START, ClockThatIsAsked, D, Venue, order

FULL = START - START % MINUTE + MINUTE
"""The first full minute."""

MISSED = 300
"""Minutes without a matcher."""


def candle(minute: int, low: str = "100", high: str = "100") -> Candle:
    """A minute after FULL, around 100."""
    return Candle(FULL + minute * MINUTE, D(100), D(high), D(low), D(100), Decimal(1))


def keep(venue: Venue, *candles: Candle) -> None:
    """They are the source's, and settled."""
    names = affected(MINUTES, [each.time for each in candles])
    [read] = venue.store.read_candles([(BTC, names)])
    blocks = enter(read.blocks, MINUTES, candles, lambda old, new: new)
    until = max(each.time for each in candles) + MINUTE
    after = CandleRecord(version=read.record.version + 1, filled={"1m": Filled(FULL - MINUTE, until)})
    assert venue.store.change_candles([CandleChange(BTC, read.record, after, blocks)]) == [True]


def run_on(venue: Venue, minutes: int, per_minute: int = 6, *, left: int = 10) -> None:
    """The feeder goes on for so long, and of all its ticks so few are left in the log."""
    for _ in range(minutes * per_minute):
        venue.clock.time += MINUTE // per_minute
        venue.tick("99", "101")
    venue.trim_log(left)


def met(venue: Venue) -> None:
    """The matcher is well, and meets one more tick."""
    venue.tick("99", "101")
    venue.exchange.match()


@pytest.fixture
def missed(venue: Venue) -> Venue:
    """Alice's orders of before FULL, and hours without a matcher of which the log has the last minutes."""
    venue.exchange.place(order("BUY", "1", "90"))
    venue.exchange.place(order("SELL", "1", "110"))
    met(venue)
    run_on(venue, MISSED)
    return venue


def test_orders_are_judged_by_the_candles_of_the_gap(missed: Venue) -> None:
    prices = {30: ("85", "100"), 200: ("100", "115")}
    keep(missed, *(candle(minute, *prices.get(minute, ("100", "100"))) for minute in range(-1, MISSED)))
    report = missed.exchange.match()
    assert (report.fills, report.late, report.unjudged) == (2, 2, {})
    assert report.gaps == {BTC: MISSED * 6 - 10}
    bought, sold = missed.all_fills()
    assert (bought.price, bought.liquidity, bought.timestamp) == (90, "MAKER", FULL + 30 * MINUTE)
    assert (sold.price, sold.liquidity, sold.timestamp) == (110, "MAKER", FULL + 200 * MINUTE)
    assert bought.source.startswith("candles:")
    assert 1 < bought.tick < sold.tick < MISSED * 6 - 8
    assert missed.exchange.match() == MatchReport()


def test_an_order_that_was_placed_in_the_gap_meets_what_came_after_it(venue: Venue) -> None:
    """On a tick whose number has fallen off the log as well."""
    met(venue)
    run_on(venue, 100)
    venue.exchange.place(order("BUY", "1", "90"))
    run_on(venue, 200)
    prices = {50: "85", 150: "89"}
    keep(venue, *(candle(minute, prices.get(minute, "100")) for minute in range(-1, MISSED)))
    assert venue.exchange.match().fills == 1
    assert venue.all_fills()[0].timestamp == FULL + 150 * MINUTE


def test_an_order_with_a_date_meets_the_candles_before_it(venue: Venue) -> None:
    date = FULL + 150 * MINUTE + 30_000
    for price in ("90", "80", "70"):
        venue.exchange.place(order("BUY", "1", price, expires_at=date))
    met(venue)
    run_on(venue, MISSED)
    prices = {30: "85", 149: "75", 150: "60", 200: "60"}
    keep(venue, *(candle(minute, prices.get(minute, "100")) for minute in range(-1, MISSED)))
    report = venue.exchange.match()
    assert (report.fills, report.late, report.expired) == (2, 2, 1)
    ended = [(each.status.value, each.updated_at) for each in venue.all_orders()]
    assert ended == [("FILLED", FULL + 30 * MINUTE), ("FILLED", FULL + 149 * MINUTE), ("EXPIRED", date)]


def test_a_gap_that_another_matcher_went_through_meanwhile(missed: Venue) -> None:
    """Between two readings of one that is late: nothing of it is left."""
    keep(missed, *(candle(minute, "85" if minute == 30 else "100") for minute in range(-1, MISSED)))
    late = Exchange(missed.store, ClockThatIsAsked(missed.clock.time, missed.exchange.match), Rules())
    report = late.match()
    assert (report.ticks, report.fills, report.lag) == (0, 0, 0)
    assert len(missed.all_fills()) == 1


def test_minutes_without_a_candle_are_told(missed: Venue) -> None:
    keep(missed, *(candle(minute, "85" if minute == 250 else "100") for minute in range(-1, MISSED) if minute % 10))
    report = missed.exchange.match()
    assert report.fills == 0
    assert report.unjudged == {BTC: 30}


def test_without_any_candle_the_gap_is_told_and_jumped_over(missed: Venue) -> None:
    report = missed.exchange.match()
    assert (report.fills, report.gaps) == (0, {BTC: MISSED * 6 - 10})
    assert report.unjudged == {BTC: MISSED - 2}
    missed.tick("89", "90")
    assert missed.exchange.match().fills == 1


def test_candles_that_may_still_change_are_left_out(missed: Venue) -> None:
    """Two matchers would not see the same."""
    keep(missed, *(candle(minute, "100") for minute in range(-1, 100)))
    [read] = missed.store.read_candles([(BTC, affected(MINUTES, [FULL + 150 * MINUTE]))])
    blocks = enter(read.blocks, MINUTES, [candle(150, "85")], lambda old, new: new)
    after = CandleRecord(version=read.record.version + 1, filled=read.record.filled)
    missed.store.change_candles([CandleChange(BTC, read.record, after, blocks)])
    assert missed.exchange.match().fills == 0


def test_too_few_numbers_are_told(venue: Venue) -> None:
    """A price every half minute leaves two numbers a minute: the newer half is judged."""
    venue.exchange.place(order("BUY", "1", "90"))
    venue.exchange.place(order("BUY", "1", "80"))
    met(venue)
    run_on(venue, 100, per_minute=2, left=2)
    prices = {10: "85", 80: "75"}
    keep(venue, *(candle(minute, prices.get(minute, "100")) for minute in range(-1, 100)))
    report = venue.exchange.match()
    assert report.fills == 2  # at the newer one, both
    assert 50 <= report.unjudged[BTC] <= 52
    assert {fill.timestamp for fill in venue.all_fills()} == {FULL + 80 * MINUTE}


def test_two_matchers_at_once_give_the_same(missed: Venue) -> None:
    """Though the log went on between them, and one was held up."""
    for step in range(20):
        missed.exchange.place(order("BUY", "0.1", str(89 - step)))
    lows = {10 * step: str(90 - step) for step in range(21)}
    keep(missed, *(candle(minute, lows.get(minute, "100")) for minute in range(-1, MISSED)))
    other = missed.another()
    for turn in range(30):
        asked = iter(range(2))
        matcher = (missed.exchange, other)[turn % 2]
        matcher.match(keep_on=lambda asked=asked: next(asked, None) is not None)
        missed.tick("99", "101")
        missed.trim_log(10)
    missed.exchange.match()
    # Those that came after the gap have met nothing.
    assert [fill.timestamp for fill in missed.all_fills()] == [FULL]
    assert missed.exchange.match().gaps == {}


def test_a_matcher_that_dies_in_a_gap_is_followed_by_one_that_goes_on(venue: Venue) -> None:
    for step in range(20):
        venue.exchange.place(order("BUY", "0.1", str(90 - step)))
    met(venue)
    run_on(venue, MISSED)
    lows = {10 * step: str(90 - step) for step in range(20)}
    keep(venue, *(candle(minute, lows.get(minute, "100")) for minute in range(-1, MISSED)))
    for _ in range(40):
        asked = iter(range(3))
        venue.another().match(keep_on=lambda asked=asked: next(asked, None) is not None)
        venue.tick("99", "101")
        venue.trim_log(10)
    assert [fill.timestamp for fill in venue.all_fills()] == [FULL + 10 * step * MINUTE for step in range(20)]
    ticks = [fill.tick for fill in venue.all_fills()]
    assert ticks == sorted(set(ticks))


def test_the_journal_gives_the_same_again(missed: Venue) -> None:
    keep(missed, *(candle(minute, "85" if minute == 30 else "100") for minute in range(-1, MISSED)))
    missed.exchange.match()
    missed.check_replay()


def test_a_second_gap_is_judged_as_the_first_was(missed: Venue) -> None:
    keep(missed, *(candle(minute) for minute in range(-1, MISSED)))
    missed.exchange.match()
    run_on(missed, 100)
    keep(missed, *(candle(minute, "85" if minute == MISSED + 50 else "100") for minute in range(MISSED, MISSED + 100)))
    report = missed.exchange.match()
    assert (report.fills, report.unjudged) == (1, {})
    assert missed.all_fills()[0].timestamp == FULL + (MISSED + 50) * MINUTE


def test_a_log_that_was_never_short_has_no_gap(venue: Venue) -> None:
    venue.exchange.place(order("BUY", "1", "90"))
    for _ in range(10):
        venue.clock.time += MINUTE
        venue.store.append(FeedTick(venue.quote("99", "101"), 0), "test", venue.clock.time, serves=False)
    report = venue.exchange.match()
    assert (report.gaps, report.unjudged) == ({}, {})
