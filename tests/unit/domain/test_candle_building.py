"""Minutes made of ticks, and what becomes of them when the source knows better."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from mockexchange.domain.candle_blocks import ALL_SERIES, DAYS, HOURS, MINUTES, Blocks, block_of
from mockexchange.domain.candle_building import (
    RECENT,
    CandleRecord,
    Filled,
    Wanted,
    candle_of,
    close_minutes,
    count_ticks,
    take,
    take_into,
    wanted,
)
from mockexchange.domain.candles import DAY, HOUR, MINUTE, Candle, opening
from mockexchange.domain.quotes import PublicTrade, Quote, Tick

D = Decimal
START = 1_709_208_000_000  # 2024-02-29 12:00
SETTLE = 5_000


def tick(number: int, time: int, price: str, volume: str | None = None, *, logged_at: int | None = None) -> Tick:
    quote = Quote("BTC/USDT", D(price), D(price), D(price), time)
    trades = (PublicTrade(number, D(price), D(volume), time, buyer_is_maker=True),) if volume else ()
    return Tick(number, quote, "test", time if logged_at is None else logged_at, trades)


def candle(time: int, prices: str, volume: str = "0") -> Candle:
    opened, high, low, close = (D(price) for price in prices.split())
    return Candle(time, opened, high, low, close, D(volume))


def test_ticks_of_one_minute_make_one_candle_that_stays_open() -> None:
    counted = count_ticks(
        CandleRecord(), [tick(1, START, "10", "0.5"), tick(2, START + 20_000, "12"), tick(3, START + 59_999, "9", "1")]
    )

    assert counted.closed == ()
    assert counted.record == CandleRecord(version=1, tick=3, open=candle(START, "10 12 9 9", "1.5"))


def test_a_tick_of_a_later_minute_closes_it_and_none_is_invented_between() -> None:
    counted = count_ticks(CandleRecord(), [tick(1, START, "10"), tick(2, START + 5 * MINUTE, "12")])

    assert counted.closed == (candle(START, "10 10 10 10"),)
    assert counted.record.open == candle(START + 5 * MINUTE, "12 12 12 12")


def test_ticks_that_fell_off_the_log_are_counted_and_not_made_up() -> None:
    first = count_ticks(CandleRecord(), [tick(7, START, "10")])
    second = count_ticks(first.record, [tick(11, START, "12")])

    assert (first.record.lost, second.record.lost) == (0, 3)  # what was before the first one nobody had asked for
    assert second.record.open == candle(START, "10 12 10 12")


def test_a_late_tick_reaches_its_minute_but_not_its_close() -> None:
    closed = close_minutes(count_ticks(CandleRecord(), [tick(1, START, "10", "1"), tick(2, START + MINUTE, "11")]), {})
    record = CandleRecord(tick=2, open=candle(START + MINUTE, "11 11 11 11"))

    counted = count_ticks(record, [tick(3, START + 1, "15", "2", logged_at=START + 2 * MINUTE)])
    changed = close_minutes(counted, closed)

    assert counted.record.open == record.open
    assert changed[block_of(MINUTES, START)] == (candle(START, "10 15 10 10", "3"),)
    assert changed[block_of(DAYS, START)] == (candle(opening(START, "1d"), "10 15 10 10", "3"),)


def test_a_tick_too_late_for_anything_kept_does_not_stand_for_a_whole_hour() -> None:
    record = CandleRecord(tick=2, open=candle(START, "11 11 11 11"))

    counted = count_ticks(record, [tick(3, START - DAY, "15", logged_at=START)])

    assert close_minutes(counted, {}) == {}
    assert counted.record.tick == 3


def test_a_quote_from_the_future_is_one_of_now() -> None:
    assert candle_of(tick(1, START + 10 * DAY, "10", logged_at=START)).time == START


def test_recent_candles_come_first_then_what_is_before_them_then_only_new_minutes() -> None:
    now = START + 30 * MINUTE
    record = CandleRecord()

    asked: list[Wanted] = []
    while question := wanted(record, now, SETTLE):
        asked.append(question)
        given = [candle(question.end - question.series.length, "1 1 1 1")]
        record = take(record, question, given, 500, widen=False).record

    end = {MINUTES: now - MINUTE, HOURS: opening(now, "1h"), DAYS: opening(now, "1d")}
    recent = {
        MINUTES: opening(now - (RECENT + 1) * MINUTE, "1h"),  # an hour is made of all its minutes
        HOURS: opening(end[HOURS] - RECENT * HOUR, "1d"),  # and a day of all its hours
        DAYS: end[DAYS] - RECENT * DAY,
    }
    oldest = {
        MINUTES: opening(now - 7 * DAY, "1h"),
        HOURS: opening(now - 90 * DAY, "1d"),
        DAYS: opening(now - 3 * 365 * DAY, "1d"),
    }
    assert asked == [
        *(Wanted(series, recent[series], end[series]) for series in ALL_SERIES),
        *(Wanted(series, oldest[series], recent[series], past=True) for series in ALL_SERIES),
    ]
    assert all(question.closed <= 500 for question in asked[:3])
    assert wanted(record, now + SETTLE, SETTLE) == Wanted(MINUTES, now - MINUTE, now)
    assert wanted(record, now + SETTLE - 1, SETTLE) is None


def test_hours_and_days_that_minutes_went_through_are_not_asked_for_again() -> None:
    now = START
    record = filled_until(now)
    for _ in range(9 * 24):
        now += HOUR
        question = Wanted(MINUTES, now - HOUR, now)
        assert wanted(record, now + SETTLE, SETTLE) == question
        record = take(record, question, [candle(now - MINUTE, "1 1 1 1")], 500, widen=False).record
    assert wanted(record, now + SETTLE, SETTLE) is None


@pytest.mark.parametrize(
    ("absent", "asked"),
    [
        (5 * HOUR, ["1m"]),
        (2 * DAY, ["1m", "1h", "past 1m"]),
        (20 * DAY, ["1m", "1h", "1d", "past 1m", "past 1h"]),
        (600 * DAY, ["1m", "1h", "1d", "past 1m", "past 1h", "past 1d"]),
    ],
)
def test_after_an_absence_as_much_is_asked_for_as_was_missed(absent: int, asked: list[str]) -> None:
    now, record = START + absent, filled_until(START)
    questions: list[str] = []
    holes: list[int] = []
    while question := wanted(record, now + SETTLE, SETTLE):
        questions.append("past " * question.past + question.series.timeframe)
        given = [candle(question.end - question.series.length, "1 1 1 1")]
        record = take(record, question, given, 500, widen=False).record
        holes.append(record.whole_since(MINUTES))

    assert questions == asked
    assert any(holes) is (len(asked) > 1)
    assert not any(record.whole_since(series) for series in ALL_SERIES)


def test_what_is_made_of_shorter_candles_is_not_taken_from_the_source() -> None:
    now = START + 2 * DAY
    minutes = Wanted(MINUTES, opening(now - RECENT * MINUTE, "1h"), now)
    record = take(filled_until(START), minutes, [candle(now - MINUTE, "1 1 1 1")], 500, widen=False).record
    hours = Wanted(HOURS, START, now)
    assert wanted(record, now + SETTLE, SETTLE) == hours

    taken = take(record, hours, [candle(time, "1 1 1 1") for time in range(START, now, HOUR)], 500, widen=False)

    assert [each.time for each in taken.candles] == list(range(START, minutes.since, HOUR))
    assert taken.record.filled_with(HOURS).until == now


def test_a_hole_that_was_not_filled_yet_grows() -> None:
    record = CandleRecord(filled={"1m": Filled(since=START, until=START + HOUR, past=START - DAY)})
    now = START + 2 * DAY
    question = wanted(record, now + SETTLE, SETTLE)
    assert question
    filled = take(record, question, [candle(now - MINUTE, "1 1 1 1")], 500, widen=False).record.filled_with(MINUTES)

    assert filled == Filled(question.since, now, START - DAY)


def filled_until(time: int) -> CandleRecord:
    return CandleRecord(
        filled={
            name: Filled(opening(time, name), opening(time, name), opening(time, name)) for name in ("1m", "1h", "1d")
        }
    )


def test_the_source_s_candle_takes_the_place_of_ours() -> None:
    record = replace(filled_until(START), open=candle(START, "10 12 9 11", "1"))
    question = Wanted(MINUTES, START, START + 2 * MINUTE)
    theirs = [candle(START, "10 11 10 11", "7"), candle(START + MINUTE, "11 11 11 11", "8")]

    taken = take(record, question, theirs, 2, widen=False)
    widened = take(record, question, theirs, 2, widen=True)

    assert taken.record.open is None
    assert taken.record.filled_with(MINUTES).until == START + 2 * MINUTE
    assert take_into(taken, {}, widen=False)[block_of(MINUTES, START)] == tuple(theirs)
    hour = take_into(taken, {}, widen=False)[block_of(HOURS, START)]
    assert hour == (candle(START, "10 11 10 11", "15"),)
    assert widened.candles[0] == candle(START, "10 12 9 11", "7")
    assert count_ticks(taken.record, [tick(1, START + 30_000, "99")]).record.open is None


def test_what_we_have_of_a_closed_minute_is_widened_by_a_source_that_knows_less() -> None:
    blocks: Blocks = {block_of(MINUTES, START): (candle(START, "10 12 9 11", "1"),)}
    taken = take(
        filled_until(START), Wanted(MINUTES, START, START + MINUTE), [candle(START, "1 11 1 10", "7")], 1, widen=True
    )

    assert take_into(taken, blocks, widen=True)[block_of(MINUTES, START)] == (candle(START, "1 12 1 10", "7"),)


def test_an_open_minute_that_the_source_passes_over_is_kept() -> None:
    record = replace(filled_until(START), open=candle(START, "10 12 9 11", "1"))

    taken = take(
        record, Wanted(MINUTES, START, START + 2 * MINUTE), [candle(START + MINUTE, "5 5 5 5")], 2, widen=False
    )

    assert taken.candles == (record.open, candle(START + MINUTE, "5 5 5 5"))


def test_open_candles_candles_off_the_grid_and_nonsense_are_left_out() -> None:
    nonsense = [
        candle(START + MINUTE, "1 1 1 1"),  # open still
        candle(START - MINUTE, "1 1 1 1"),
        candle(START + 1, "1 1 1 1"),
        candle(START, "1 2 3 1"),
        candle(START, "0 0 0 0"),
        candle(START, "NaN 1 1 1"),
        candle(START, "1 1 1 1", "-1"),
        candle(START, "1 1 1 1", "NaN"),
    ]
    for each in nonsense:
        taken = take(filled_until(START), Wanted(MINUTES, START, START + MINUTE), [each], 1, widen=False)
        assert taken.candles == ()
        assert taken.record.filled == filled_until(START).filled


def test_a_source_without_a_record_so_old_is_asked_for_what_comes_later() -> None:
    record = filled_until(START)
    question = Wanted(MINUTES, START, START + 1000 * MINUTE)

    def reached(question: Wanted, most: int) -> Filled:
        return take(record, question, [], most, widen=False).record.filled_with(MINUTES)

    assert reached(question, 500).until == START + 500 * MINUTE
    assert reached(question, 5000).until == START + 998 * MINUTE  # the newest two are given time to appear
    past = replace(question, since=START - 1000 * MINUTE, end=START, past=True)
    assert reached(past, 500) == Filled(START, START, START - 500 * MINUTE)
    assert reached(past, 5000).past == START
