"""Minutes made of ticks, and what becomes of them when the source knows better."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from mockexchange.domain.candle_blocks import DAYS, HOURS, MINUTES, Blocks, block_of
from mockexchange.domain.candle_building import (
    CandleRecord,
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


def test_days_come_first_then_hours_then_minutes_then_only_new_minutes() -> None:
    now = START + 30 * MINUTE
    record = CandleRecord()

    asked: list[Wanted] = []
    while question := wanted(record, now, SETTLE):
        asked.append(question)
        given = [candle(question.end - question.series.length, "1 1 1 1")]
        record = take(record, question, given, 500, widen=False).record

    assert [question.series for question in asked] == [DAYS, HOURS, MINUTES]
    assert asked[0].since == opening(now - 3 * 365 * DAY, "1d")
    assert asked[1].since == opening(now - 90 * DAY, "1d")  # a day is made of all its hours
    assert asked[2].since == opening(now - 7 * DAY, "1h")  # and an hour of all its minutes
    assert [question.end for question in asked] == [opening(now, "1d"), opening(now, "1h"), now - MINUTE]
    assert wanted(record, now + SETTLE, SETTLE) == Wanted(MINUTES, now - MINUTE, now)
    assert wanted(record, now + SETTLE - 1, SETTLE) is None


def test_hours_and_days_that_minutes_went_through_are_not_asked_for_again() -> None:
    now = START
    record = settled_at(now)
    for _ in range(9 * 24):
        now += HOUR
        question = Wanted(MINUTES, now - HOUR, now)
        assert wanted(record, now + SETTLE, SETTLE) == question
        record = take(record, question, [candle(now - MINUTE, "1 1 1 1")], 500, widen=False).record
    assert wanted(record, now + SETTLE, SETTLE) is None


def test_after_a_long_absence_what_minutes_cannot_reach_is_asked_for() -> None:
    assert wanted(settled_at(START), START + 6 * DAY, SETTLE) == Wanted(MINUTES, START, START + 6 * DAY - MINUTE)
    later = START + 20 * DAY
    assert wanted(settled_at(START), later, SETTLE) == Wanted(HOURS, START, later - HOUR)
    later = START + 200 * DAY
    assert wanted(settled_at(START), later, SETTLE) == Wanted(DAYS, opening(START, "1d"), opening(later, "1d"))


def settled_at(time: int) -> CandleRecord:
    return CandleRecord(settled={"1m": time, "1h": opening(time, "1h"), "1d": opening(time, "1d")})


def test_the_source_s_candle_takes_the_place_of_ours() -> None:
    record = replace(settled_at(START), open=candle(START, "10 12 9 11", "1"))
    question = Wanted(MINUTES, START, START + 2 * MINUTE)
    theirs = [candle(START, "10 11 10 11", "7"), candle(START + MINUTE, "11 11 11 11", "8")]

    taken = take(record, question, theirs, 2, widen=False)
    widened = take(record, question, theirs, 2, widen=True)

    assert taken.record.open is None
    assert taken.record.settled["1m"] == START + 2 * MINUTE
    assert take_into(taken, {}, widen=False)[block_of(MINUTES, START)] == tuple(theirs)
    hour = take_into(taken, {}, widen=False)[block_of(HOURS, START)]
    assert hour == (candle(START, "10 11 10 11", "15"),)
    assert widened.candles[0] == candle(START, "10 12 9 11", "7")
    assert count_ticks(taken.record, [tick(1, START + 30_000, "99")]).record.open is None


def test_what_we_have_of_a_closed_minute_is_widened_by_a_source_that_knows_less() -> None:
    blocks: Blocks = {block_of(MINUTES, START): (candle(START, "10 12 9 11", "1"),)}
    taken = take(
        settled_at(START), Wanted(MINUTES, START, START + MINUTE), [candle(START, "1 11 1 10", "7")], 1, widen=True
    )

    assert take_into(taken, blocks, widen=True)[block_of(MINUTES, START)] == (candle(START, "1 12 1 10", "7"),)


def test_an_open_minute_that_the_source_passes_over_is_kept() -> None:
    record = replace(settled_at(START), open=candle(START, "10 12 9 11", "1"))

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
        taken = take(settled_at(START), Wanted(MINUTES, START, START + MINUTE), [each], 1, widen=False)
        assert taken.candles == ()
        assert taken.record.settled == settled_at(START).settled


def test_a_source_without_a_record_so_old_is_asked_for_what_comes_later() -> None:
    question = Wanted(MINUTES, START, START + 1000 * MINUTE)

    assert take(settled_at(START), question, [], 500, widen=False).record.settled["1m"] == START + 500 * MINUTE
    # the newest two are given time to appear
    assert take(settled_at(START), question, [], 5000, widen=False).record.settled["1m"] == START + 998 * MINUTE
