"""History from the source: in pieces, in turn, and with patience when it fails."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

import pytest

from mockexchange import charts
from mockexchange.clock import ManualClock
from mockexchange.domain.candles import DAY, HOUR, LENGTHS, MINUTE, Candle, flat, opening
from mockexchange.domain.errors import BadSymbol, ExchangeNotAvailable
from mockexchange.feed.backfill import (
    CANDLES_PER_QUESTION,
    FIRST_PAUSE,
    QUESTIONS_PER_RUN,
    SETTLE,
    TIME_PER_RUN,
    Backfill,
)
from mockexchange.store.memory import MemoryStore

BTC, ETH, SOL = "BTC/USDT", "ETH/USDT", "SOL/USDT"
NOW = 1_767_225_600_000 + 13 * HOUR + 7 * MINUTE + 20_000


class Source:
    """An exchange that listed its market a hundred days ago; the price is the number of minutes since then.

    Each answer takes `slowness` ms of the clock; while `failing` is set it fails with it.
    """

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.listed = opening(NOW - 100 * DAY, "1d")
        self.ended: int | None = None
        self.asked: list[tuple[str, str, int, int]] = []
        self.slowness = 0
        self.failing: Exception | None = None
        self.broken: str | None = None

    def candles(self, symbol: str, timeframe: str, since: int, limit: int) -> Sequence[Candle]:
        self.asked.append((symbol, timeframe, since, limit))
        self.clock.time += self.slowness
        if self.failing:
            raise self.failing
        if symbol == self.broken:
            raise ExchangeNotAvailable("not this one")
        if symbol == SOL:
            raise BadSymbol("not listed")
        length = LENGTHS[timeframe]
        first = max(since, self.listed)
        times = range(
            first, min(self.ended or self.clock.time, first + limit * length), length
        )  # the last one may be open still
        return [flat(time, Decimal(1 + (time - self.listed) // MINUTE)) for time in times]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def source(clock: ManualClock) -> Source:
    return Source(clock)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def backfill(store: MemoryStore, source: Source, clock: ManualClock) -> Backfill:
    return Backfill(store, source, clock)


def run(backfill: Backfill, *symbols: str, keep_on: bool = True) -> int:
    return backfill.run(symbols or [BTC], lambda: keep_on)


def run_to_the_end(backfill: Backfill, clock: ManualClock, *symbols: str) -> int:
    runs = 1
    while run(backfill, *symbols):
        runs += 1
        clock.time += 1
    return runs


def line(store: MemoryStore, timeframe: str, limit: int, symbol: str = BTC) -> list[Candle]:
    return charts.candles(store, symbol, timeframe, NOW, since=None, until=None, limit=limit)


def test_it_ends_with_everything_that_is_kept(
    backfill: Backfill, store: MemoryStore, clock: ManualClock, source: Source
) -> None:
    run_to_the_end(backfill, clock)

    minutes, hours, days = line(store, "1m", 20_000), line(store, "1h", 5_000), line(store, "1d", 5_000)
    assert (minutes[0].time, minutes[-1].time) == (opening(NOW - 7 * DAY, "1h"), opening(NOW, "1m") - MINUTE)
    assert (hours[0].time, hours[-1].time) == (opening(NOW - 90 * DAY, "1d"), opening(NOW, "1h"))
    assert (days[0].time, days[-1].time) == (source.listed, opening(NOW, "1d"))
    for candles, length in ((minutes, MINUTE), (hours, HOUR), (days, DAY)):
        assert [each.time for each in candles] == list(range(candles[0].time, candles[-1].time + 1, length))
        assert all(each.open == 1 + (each.time - source.listed) // MINUTE for each in candles)
    assert hours[-1].close == minutes[-1].close  # the open hour is made of its minutes


def test_what_charts_show_comes_first_and_without_a_false_flat_line(
    backfill: Backfill, store: MemoryStore, clock: ManualClock, source: Source
) -> None:
    source.slowness = TIME_PER_RUN + 1  # one question a run
    for _ in range(3):
        run(backfill)
        assert [timeframe for _, timeframe, *_ in source.asked] == ["1m", "1h", "1d"][: len(source.asked)]
    seen = set[int]()
    for _ in range(30):
        for timeframe, length in (("1m", MINUTE), ("1h", HOUR), ("1d", DAY)):
            shown = charts.candles(store, BTC, timeframe, clock.time, since=None, until=None, limit=20_000)
            assert len(shown) >= 100
            assert all(each.open == 1 + (each.time - source.listed) // MINUTE for each in shown)
            assert all(before.time + length == after.time for before, after in pairwise(shown))
            seen.add(len(shown))
        run(backfill)
    assert max(seen) > 10_000


def test_a_question_asks_for_closed_candles_and_not_for_too_many(
    backfill: Backfill, clock: ManualClock, source: Source
) -> None:
    run_to_the_end(backfill, clock)

    assert max(limit for *_, limit in source.asked) == CANDLES_PER_QUESTION
    for _, timeframe, since, limit in source.asked:
        assert since + limit * LENGTHS[timeframe] <= NOW
    assert len(source.asked) == 3 + 20 + 4 + 2  # the recent ones, then minutes, hours and days before them


def test_afterwards_there_is_one_question_for_each_minute(
    backfill: Backfill, clock: ManualClock, source: Source
) -> None:
    run_to_the_end(backfill, clock)
    source.asked.clear()

    clock.time = opening(NOW, "1m") + MINUTE
    for _ in range(60):
        clock.time += 1_000
        run(backfill)

    [asked] = source.asked
    assert asked == (BTC, "1m", opening(NOW, "1m"), 1)


def test_a_candle_counts_as_closed_a_little_after_its_end(
    backfill: Backfill, clock: ManualClock, source: Source
) -> None:
    run_to_the_end(backfill, clock)
    clock.time = opening(NOW, "1m") + MINUTE + SETTLE - 1
    assert run(backfill) == 0

    clock.time += 1
    assert run(backfill) == 1


def test_one_run_asks_few_questions_of_every_market_in_turn(
    backfill: Backfill, clock: ManualClock, source: Source
) -> None:
    run(backfill, BTC, ETH)

    assert len(source.asked) == QUESTIONS_PER_RUN
    assert [symbol for symbol, *_ in source.asked[:4]] == [BTC, ETH, BTC, ETH]

    source.asked.clear()
    many = [f"A{number:03d}/USDT" for number in range(25)]
    for _ in range(3):
        run(backfill, *many)
    assert [symbol for symbol, *_ in source.asked[:25]] == many


def test_a_slow_source_gets_little_of_a_run(backfill: Backfill, source: Source) -> None:
    source.slowness = TIME_PER_RUN + 1
    run(backfill)

    assert len(source.asked) == 1


def test_when_the_time_is_up_nothing_is_asked(backfill: Backfill, source: Source) -> None:
    run(backfill, keep_on=False)

    assert source.asked == []


def test_a_source_that_fails_is_left_alone_longer_and_longer_and_said_to_once(
    backfill: Backfill, clock: ManualClock, source: Source, caplog: pytest.LogCaptureFixture
) -> None:
    source.failing = ExchangeNotAvailable("out of order")
    with caplog.at_level(logging.INFO):
        failed_at: list[int] = []
        for _ in range(3_600):
            before = len(source.asked)
            run(backfill, BTC, ETH)
            failed_at += [clock.time] * (len(source.asked) - before)
            clock.time += 1_000
        said = [record.getMessage() for record in caplog.records]
        assert len(said) == 1
        assert "out of order" in said[0]
        apart = [later - earlier for earlier, later in pairwise(failed_at)]
        assert apart[:3] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
        assert len(failed_at) < 15

        source.failing = None
        clock.time += 3_600_000
        assert run(backfill, BTC, ETH) > 0
        again = [record.getMessage() for record in caplog.records][1:]
        assert sorted(again) == [f"candles of {symbol} can be had again" for symbol in (BTC, ETH)]


def test_one_market_that_fails_holds_the_others_up_less_and_less(
    backfill: Backfill, clock: ManualClock, source: Source, caplog: pytest.LogCaptureFixture
) -> None:
    source.broken = ETH
    for _ in range(3_600):
        run(backfill, BTC, ETH)
        clock.time += 1_000

    failures = sum(symbol == ETH for symbol, *_ in source.asked)
    assert failures < 15
    assert len([record for record in caplog.records if record.levelno == logging.WARNING]) == 1
    assert sum(symbol == BTC for symbol, *_ in source.asked) > 60 + 29 - 15


def test_whatever_a_source_raises_the_feed_goes_on(backfill: Backfill, source: Source) -> None:
    source.failing = ZeroDivisionError("somebody else's mistake")

    assert run(backfill) == 0


def test_a_market_that_the_source_does_not_serve_is_asked_about_once(
    backfill: Backfill, clock: ManualClock, source: Source
) -> None:
    run(backfill, SOL)
    clock.time += DAY
    run(backfill, SOL)

    assert len(source.asked) == 1


def test_what_was_missed_while_nothing_ran_is_made_up_for(
    backfill: Backfill, store: MemoryStore, clock: ManualClock, source: Source
) -> None:
    run_to_the_end(backfill, clock)
    clock.time += 3 * HOUR

    run_to_the_end(Backfill(store, source, clock), clock)

    newest = charts.candles(store, BTC, "1m", clock.time, since=NOW - HOUR, until=None, limit=1000)
    assert [each.volume for each in newest] == [0] * len(newest)
    assert newest[-1].time == opening(clock.time, "1m") - MINUTE
    assert all(each.open == 1 + (each.time - source.listed) // MINUTE for each in newest)


def test_a_second_one_at_work_changes_nothing(
    backfill: Backfill, store: MemoryStore, clock: ManualClock, source: Source
) -> None:
    run_to_the_end(backfill, clock)
    before = line(store, "1m", 20_000)
    version = store.read_candles([(BTC, ())])[0].record.version

    run_to_the_end(Backfill(store, source, clock), clock)

    assert line(store, "1m", 20_000) == before
    assert store.read_candles([(BTC, ())])[0].record.version == version


def test_a_market_that_stands_still_gets_its_history_all_the_same(
    backfill: Backfill, store: MemoryStore, clock: ManualClock, source: Source
) -> None:
    source.ended = opening(NOW - 30 * MINUTE, "1m")

    for _ in range(30):
        run(backfill)
        clock.time += 1_000

    assert len(line(store, "1m", 20_000)) == 7 * DAY // MINUTE + 7 - 30
    asked = len(source.asked)
    for _ in range(60):
        run(backfill)
        clock.time += 1_000
    assert len(source.asked) - asked < 10  # now and then, whether it goes on


def test_a_candle_that_appears_late_is_taken_all_the_same(
    backfill: Backfill, store: MemoryStore, clock: ManualClock, source: Source
) -> None:
    run_to_the_end(backfill, clock)
    source.ended = opening(NOW, "1m")
    clock.time = opening(NOW, "1m") + MINUTE + SETTLE
    assert run(backfill) == 0

    source.ended = None
    clock.time += FIRST_PAUSE
    assert run(backfill) == 1
    newest = charts.candles(store, BTC, "1m", clock.time, since=None, until=None, limit=1)
    assert newest[0].time == opening(NOW, "1m")
