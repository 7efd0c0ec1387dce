"""Openings on Binance's grid, candles of candles, and lines without gaps."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from mockexchange.domain.candle_blocks import DAYS, HOURS, MINUTES, Series, series_for
from mockexchange.domain.candles import (
    DAY,
    HOUR,
    LENGTHS,
    MINUTE,
    MONTH,
    TIMEFRAMES,
    Candle,
    aggregate,
    closing,
    flat,
    opening,
    unbroken,
)

D = Decimal


def ms(written: str) -> int:
    return int(datetime.fromisoformat(written).replace(tzinfo=UTC).timestamp() * 1000)


def candle(time: int, prices: str, volume: str = "1") -> Candle:
    opened, high, low, close = (D(price) for price in prices.split())
    return Candle(time, opened, high, low, close, D(volume))


@pytest.mark.parametrize(
    ("timeframe", "time", "opened"),
    [
        ("1m", "2024-02-29T12:34:56.789", "2024-02-29T12:34:00"),
        ("15m", "2024-02-29T12:34:56.789", "2024-02-29T12:30:00"),
        ("4h", "2024-02-29T15:59:59.999", "2024-02-29T12:00:00"),
        ("8h", "2024-02-29T15:59:59.999", "2024-02-29T08:00:00"),
        ("1d", "2024-02-29T15:59:59.999", "2024-02-29T00:00:00"),
        ("3d", "2017-08-18T15:59:59.999", "2017-08-16T00:00:00"),  # Binance's first three days of BTCUSDT
        ("1w", "2024-03-03T23:59:59.999", "2024-02-26T00:00:00"),  # a Sunday, and its Monday
        ("1w", "2024-03-04T00:00:00", "2024-03-04T00:00:00"),
        ("1w", "1970-01-03T00:00:00", "1969-12-29T00:00:00"),
        ("1M", "2024-02-29T23:59:59.999", "2024-02-01T00:00:00"),
        ("1M", "2024-03-01T00:00:00", "2024-03-01T00:00:00"),
        ("1M", "1970-01-31T00:00:00", "1970-01-01T00:00:00"),
        ("1M", "2100-03-01T00:00:00", "2100-03-01T00:00:00"),  # no leap year
    ],
)
def test_openings_stand_on_the_grid(timeframe: str, time: str, opened: str) -> None:
    assert opening(ms(time), timeframe) == ms(opened)


def test_months_are_the_calendar_s_for_two_centuries() -> None:
    for year in range(1970, 2170):
        for month in range(1, 13):
            begins = int(datetime(year, month, 1, tzinfo=UTC).timestamp()) * 1000
            ends = int(datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC).timestamp()) * 1000
            assert opening(begins, MONTH) == opening(ends - 1, MONTH) == begins
            assert closing(begins, MONTH) == closing(ends - 1, MONTH) == ends


@pytest.mark.parametrize("timeframe", TIMEFRAMES)
def test_a_candle_ends_where_the_next_begins(timeframe: str) -> None:
    time = opening(ms("2024-02-15"), timeframe)
    for _ in range(50):
        end = closing(time, timeframe)
        assert end > time
        assert opening(end - 1, timeframe) == time
        assert opening(end, timeframe) == end
        assert timeframe == MONTH or end - time == LENGTHS[timeframe]
        time = end


def test_longer_candles_have_first_highest_lowest_last_and_all_volume() -> None:
    minutes = [
        candle(HOUR, "10 12 9 11", "0.1"),
        candle(HOUR + MINUTE, "11 11 8 9", "0.2"),
        candle(HOUR + 4 * MINUTE, "9 13 9 10", "0.3"),
        candle(HOUR + 5 * MINUTE, "10 10 10 10", "0.4"),
    ]

    assert aggregate(minutes, "5m") == [
        candle(HOUR, "10 13 8 10", "0.6"),
        candle(HOUR + 5 * MINUTE, "10 10 10 10", "0.4"),
    ]
    assert aggregate(minutes, "1m") == minutes
    assert aggregate([], "1h") == []


def test_a_gap_is_flat_at_the_close_before_it() -> None:
    first, last = candle(0, "10 12 9 11"), candle(3 * MINUTE, "20 20 20 20")

    assert list(unbroken([first, last], "1m")) == [first, flat(MINUTE, D(11)), flat(2 * MINUTE, D(11)), last]


def test_months_without_candles_are_months_long() -> None:
    january, april = candle(ms("2024-01-01"), "1 1 1 1"), candle(ms("2024-04-01"), "2 2 2 2")

    assert [each.time for each in unbroken([january, april], MONTH)] == [
        ms(f"2024-0{month}-01") for month in (1, 2, 3, 4)
    ]


def test_nothing_stands_before_the_first_candle_or_after_the_last() -> None:
    only = candle(DAY, "1 1 1 1")

    assert list(unbroken([only], "1d")) == [only]
    assert list(unbroken([], "1d")) == []


@pytest.mark.parametrize(
    ("timeframe", "time", "zone", "opened"),
    [
        ("1d", "2024-02-29T15:59:59.999", 8, "2024-02-28T16:00:00"),
        ("1d", "2024-02-29T16:00:00", 8, "2024-02-29T16:00:00"),
        ("1d", "2024-02-29T00:30:00", -1, "2024-02-28T01:00:00"),
        ("4h", "2024-02-29T12:00:00", 1, "2024-02-29T11:00:00"),
        ("1h", "2024-02-29T12:10:00", 5.75, "2024-02-29T11:15:00"),
        ("5m", "2024-02-29T12:12:00", 5.75, "2024-02-29T12:10:00"),
        ("1w", "2024-03-03T15:59:59.999", 8, "2024-02-25T16:00:00"),  # Monday there
        ("1w", "2024-03-03T16:00:00", 8, "2024-03-03T16:00:00"),
        ("1M", "2024-02-29T15:59:59.999", 8, "2024-01-31T16:00:00"),
        ("1M", "2024-02-29T16:00:00", 8, "2024-02-29T16:00:00"),
        ("1M", "2024-03-01T00:00:00", -5, "2024-02-01T05:00:00"),
    ],
)
def test_a_time_zone_shifts_the_grid(timeframe: str, time: str, zone: float, opened: str) -> None:
    offset = int(zone * HOUR)

    assert opening(ms(time), timeframe, offset) == ms(opened)
    after = closing(ms(time), timeframe, offset)
    assert opening(after, timeframe, offset) == after
    assert opening(after - 1, timeframe, offset) == ms(opened)


def test_candles_of_another_zone_are_made_and_completed_on_its_grid() -> None:
    hours = [candle(ms(f"2024-02-{day}:00"), prices) for day, prices in (("27T15", "1 2 1 2"), ("27T16", "3 4 3 4"))]
    late = candle(ms("2024-03-01T20:00"), "9 9 9 9")

    days = aggregate([*hours, late], "1d", 8 * HOUR)

    assert [(each.time, each.open, each.close) for each in days] == [
        (ms("2024-02-26T16:00"), 1, 2),
        (ms("2024-02-27T16:00"), 3, 4),
        (ms("2024-03-01T16:00"), 9, 9),
    ]
    line = list(unbroken(days, "1d", 8 * HOUR))
    assert [each.time for each in line] == [ms("2024-02-26T16:00") + number * DAY for number in range(5)]
    assert line[2] == flat(ms("2024-02-28T16:00"), D(4))


@pytest.mark.parametrize(
    ("timeframe", "minutes", "series"),
    [
        ("1m", 0, MINUTES),
        ("30m", 345, MINUTES),
        ("1h", 0, HOURS),
        ("4h", 60, HOURS),
        ("4h", 345, MINUTES),
        ("1d", 0, DAYS),
        ("1w", 480, HOURS),
        ("1M", -720, HOURS),
        ("1M", -90, MINUTES),
        ("3d", 24 * 60, DAYS),
    ],
)
def test_what_candles_of_a_zone_are_made_of(timeframe: str, minutes: int, series: Series) -> None:
    assert series_for(timeframe, minutes * MINUTE) is series
