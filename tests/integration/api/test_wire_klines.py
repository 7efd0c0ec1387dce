"""Candles of the Binance wire: fields, the grid, pages, time zones. What is expected is worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from mockexchange.domain.candle_blocks import DAYS, HOURS
from mockexchange.domain.candles import DAY, HOUR, MINUTE, TIMEFRAMES, opening
from mockexchange.domain.instruments import default_instrument
from mockexchange.domain.quotes import PublicTrade, Quote
from mockexchange.feed.candling import CandleBuilder
from mockexchange.ports import FeedTick

from .candles import BTC, D, candle, lay, ms
from .door import START, Door
from .wire import refused

BEGIN = opening(START, "1m")
NOTHING = ["0.00000000", "0.00000000", "0.00000000", "0"]


def klines(door: Door, query: str, path: str = "klines") -> Any:
    reply = door.send("GET", f"/api/v3/{path}?symbol=BTCUSDT&{query}", key=None)
    assert reply.status == 200, reply.text
    return reply.json


def times(door: Door, query: str) -> list[int]:
    """Openings in minutes after BEGIN."""
    return [(line[0] - BEGIN) // MINUTE for line in klines(door, f"interval=1m&{query}")]


@pytest.fixture
def hour(door: Door) -> Door:
    """60 closed minutes before BEGIN, whose closes count from 1 to 60, and a price of 60,000 in BEGIN."""
    lay(door, [candle(BEGIN - (61 - number) * MINUTE, f"{number} " * 4, "1") for number in range(1, 61)])
    return door


@pytest.mark.parametrize("path", ["klines", "uiKlines"])
def test_a_kline_has_twelve_fields(door: Door, path: str) -> None:
    lay(door, [candle(BEGIN - MINUTE, "100 110 90 108", "2.5")])

    [found] = klines(door, f"interval=1m&endTime={BEGIN - MINUTE}&limit=1", path)

    # volume at (100 + 110 + 90 + 108) / 4 = 102, and half of both for the takers who bought
    assert found == [
        BEGIN - MINUTE,
        "100.00000000",
        "110.00000000",
        "90.00000000",
        "108.00000000",
        "2.50000000",
        BEGIN - 1,
        "255.00000000",
        1,
        "1.25000000",
        "127.50000000",
        "0",
    ]


def test_the_open_one_is_the_last_and_has_the_newest_price(hour: Door) -> None:
    found = klines(hour, "interval=1m&limit=2")

    assert found == [
        [
            BEGIN - MINUTE,
            *["60.00000000"] * 4,
            "1.00000000",
            BEGIN - 1,
            "60.00000000",
            1,
            "0.50000000",
            "30.00000000",
            "0",
        ],
        [BEGIN, *["60000.00000000"] * 4, "0.00000000", BEGIN + MINUTE - 1, "0.00000000", 0, *NOTHING[1:]],
    ]


def test_ticks_that_nobody_counted_yet_are_in_the_candles(hour: Door) -> None:
    for minute, price in ((0, "60500"), (0, "59000"), (1, "62000"), (1, "61000"), (3, "63000")):
        hour.clock.time = START + minute * MINUTE
        hour.price(price)

    found = klines(hour, f"interval=1m&startTime={BEGIN}")
    assert [[float(price) for price in line[1:5]] for line in found] == [
        [60000, 60500, 59000, 59000],
        [62000, 62000, 61000, 61000],
        [61000] * 4,
        [63000] * 4,
    ]
    [of_hours] = klines(hour, "interval=1h&limit=1")
    assert [float(price) for price in of_hours[1:5]] == [48, 63000, 48, 63000]  # from 22:00, 12 minutes after the first
    builder = CandleBuilder(hour.store, hour.clock)
    assert builder.run().ticks == 6
    assert klines(hour, f"interval=1m&startTime={BEGIN}") == found
    assert klines(hour, "interval=1h&limit=1") == [of_hours]


def test_a_tick_that_comes_late_is_in_its_own_minute(hour: Door) -> None:
    hour.clock.time += MINUTE
    hour.price("61000")
    late = FeedTick(Quote(BTC, D(1), D(1), D("70000"), BEGIN - 2 * MINUTE), 0)
    hour.store.append(late, "test", hour.clock.time, serves=False)

    found = klines(hour, f"interval=1m&startTime={BEGIN - 2 * MINUTE}")

    assert [(line[2], line[4]) for line in found] == [
        ("70000.00000000", "59.00000000"),
        ("60.00000000", "60.00000000"),
        ("60000.00000000", "60000.00000000"),
        ("61000.00000000", "61000.00000000"),
    ]


def test_seconds_are_made_of_ticks(quiet_door: Door) -> None:
    quiet_door.store.put_instruments([default_instrument(BTC)], replace=True)
    for after, price, volume in ((0, "100", "1"), (400, "102", "2"), (900, "101", "0"), (3100, "99", "4")):
        quiet_door.clock.time = START + after
        trades = (PublicTrade(after, D(price), D(volume), START, buyer_is_maker=True),) if volume != "0" else ()
        quote = Quote(BTC, D(price), D(price), D(price), START + after)
        quiet_door.store.append(FeedTick(quote, 0, trades), "test", START + after, serves=False)
    quiet_door.clock.time = START + 5000

    def seconds(query: str) -> list[tuple[int, ...]]:
        return [
            ((line[0] - START) // 1000, *(int(float(each)) for each in line[1:6]))
            for line in klines(quiet_door, f"interval=1s&{query}")
        ]

    whole = [
        (0, 100, 102, 100, 101, 3),
        (1, 101, 101, 101, 101, 0),
        (2, 101, 101, 101, 101, 0),
        (3, 99, 99, 99, 99, 4),
        (4, 99, 99, 99, 99, 0),
        (5, 99, 99, 99, 99, 0),
    ]
    assert seconds("") == whole
    assert seconds("limit=2") == whole[-2:]
    assert seconds("limit=4") == whole[2:]
    assert seconds("startTime=0&limit=2") == whole[:2]
    assert seconds(f"startTime={START + 1}&limit=3") == whole[1:4]
    assert seconds(f"endTime={START + 3500}&limit=2") == whole[2:4]
    assert seconds(f"startTime={START + 2000}&endTime={START + 4000}") == whole[2:5]
    assert seconds(f"startTime={START + 6000}") == seconds(f"endTime={START - 1}") == []
    [newest] = klines(quiet_door, "interval=1s&limit=1")
    assert newest[6] == START + 5999
    assert klines(quiet_door, "interval=1s&limit=1&timeZone=8") == [newest]


def test_a_market_that_stands_still_has_candles_all_the_same(hour: Door) -> None:
    hour.clock.time += 3 * MINUTE

    found = klines(hour, "interval=1m&limit=4")

    assert [line[0] for line in found] == [BEGIN + number * MINUTE for number in range(4)]
    assert all(line[1:5] == ["60000.00000000"] * 4 for line in found)


def test_a_market_that_had_its_first_price_just_now_has_two_closed_candles(door: Door) -> None:
    for timeframe in TIMEFRAMES:
        found = klines(door, f"interval={timeframe}")
        assert len(found) == 3
        assert found[-1][0] == opening(START, timeframe)
        assert [line[6] + 1 for line in found[:-1]] == [line[0] for line in found[1:]]
        assert {price for line in found for price in line[1:5]} == {"60000.00000000"}


def test_a_market_without_a_price_has_none(quiet_door: Door) -> None:
    quiet_door = Door(quiet_door.store, symbols=(BTC,))
    with quiet_door.loop:
        assert klines(quiet_door, "interval=1m") == []


def test_weeks_begin_on_monday_and_months_on_the_first(door: Door) -> None:
    # START is Tuesday, 2023-11-14
    lay(
        door,
        [
            candle("2023-10-31", "10 12 9 11", "1"),
            candle("2023-11-01", "11 20 11 15", "2"),
            candle("2023-11-05", "15 16 14 16", "3"),  # a Sunday
            candle("2023-11-06", "16 30 16 25", "4"),  # a Monday
            candle("2023-11-13", "25 26 5 6", "5"),  # a Monday
        ],
        DAYS,
    )

    weeks = klines(door, "interval=1w")
    assert [line[0] for line in weeks] == [ms("2023-10-30"), ms("2023-11-06"), ms("2023-11-13")]
    assert [[float(each) for each in line[1:6]] for line in weeks] == [
        [10, 20, 9, 16, 6],
        [16, 30, 16, 25, 4],
        [25, 60000, 5, 60000, 5],
    ]
    assert weeks[0][6] == ms("2023-11-06") - 1

    months = klines(door, "interval=1M")
    # two months are fewer than bots look at, so a flat one stands before them
    assert [line[0] for line in months] == [ms("2023-09-01"), ms("2023-10-01"), ms("2023-11-01")]
    assert [[float(each) for each in line[1:6]] for line in months[1:]] == [
        [10, 12, 9, 11, 1],
        [11, 60000, 5, 60000, 14],
    ]
    assert months[-1][6] == ms("2023-12-01") - 1


def test_pages_are_asked_for_as_documented(hour: Door) -> None:
    first, last = BEGIN - 60 * MINUTE, BEGIN

    assert times(hour, "limit=3") == [-2, -1, 0]
    assert times(hour, f"startTime={first}&limit=3") == [-60, -59, -58]
    assert times(hour, f"startTime={first + 1}&limit=1") == [-59]
    assert times(hour, f"endTime={BEGIN - 10 * MINUTE}&limit=2") == [-11, -10]
    assert times(hour, f"endTime={BEGIN - 10 * MINUTE - 1}&limit=1") == [-11]
    assert times(hour, f"startTime={first}&endTime={first + MINUTE}") == [-60, -59]
    assert times(hour, f"startTime={first}&endTime={first}") == [-60]
    assert times(hour, f"startTime={first}&endTime={last}&limit=2") == [-60, -59]
    assert times(hour, f"startTime={last + 1}") == []
    assert times(hour, f"startTime={last}&endTime={first}") == []
    assert times(hour, f"endTime={first - 1}") == []
    assert len(times(hour, "")) == 61


def test_whoever_asks_from_the_beginning_of_time_gets_the_first_there_are(hour: Door) -> None:
    assert times(hour, "startTime=0&limit=2") == [-60, -59]
    assert times(hour, "startTime=1&endTime=2000000000000&limit=1") == [-60]
    assert klines(hour, "interval=1d&startTime=0&limit=1")[0][1] == "1.00000000"


def test_times_may_be_microseconds(hour: Door) -> None:
    assert times(hour, f"startTime={(BEGIN - MINUTE) * 1000}") == [-1, 0]


def test_walking_forward_meets_every_candle_once(hour: Door) -> None:
    seen: list[int] = []
    start = 0
    while page := klines(hour, f"interval=1m&startTime={start}&limit=7"):
        seen += [line[0] for line in page]
        start = page[-1][6] + 1

    assert seen == [BEGIN + number * MINUTE for number in range(-60, 1)]


def test_more_than_1000_are_never_given(door: Door) -> None:
    lay(door, [candle(BEGIN - number * MINUTE, "1 1 1 1") for number in range(1, 1011)])

    assert len(klines(door, "interval=1m&limit=5000")) == 1000
    assert len(klines(door, "interval=1m")) == 500


@pytest.mark.parametrize("interval", ["2s", "1H", "60m", "1y", "2d", "%20"])
def test_other_intervals_are_refused(door: Door, interval: str) -> None:
    reply = door.send("GET", f"/api/v3/klines?symbol=BTCUSDT&interval={interval}", key=None)

    assert refused(reply) == (400, -1120, "Invalid interval.")


def test_a_day_of_three_and_months_of_any_length(door: Door) -> None:
    door.clock.time = ms("2024-03-15T12:00")
    door.price("5")
    lay(door, [candle(ms("2024-01-01") + number * DAY, f"{number + 1} " * 4, "1") for number in range(74)], DAYS)

    months = klines(door, "interval=1M")
    assert [(line[1], line[4], line[5]) for line in months] == [
        ("1.00000000", "31.00000000", "31.00000000"),
        ("32.00000000", "60.00000000", "29.00000000"),  # a leap year
        ("61.00000000", "5.00000000", "14.00000000"),
    ]
    three = klines(door, "interval=3d&limit=2")
    assert [line[0] % (3 * DAY) for line in three] == [0, 0]
    assert three[1][0] == ms("2024-03-15")


def test_hours_beyond_the_minutes_that_are_kept(door: Door) -> None:
    lay(door, [candle(opening(START, "1h") - number * HOUR, f"{number} " * 4) for number in range(1, 2000)], HOURS)

    assert len(klines(door, "interval=1h&limit=1000")) == 1000
    assert klines(door, "interval=2h&startTime=0&limit=1")[0][0] == opening(START, "1h") - 1999 * HOUR - HOUR


def test_candles_of_one_second_come_from_the_ticks(quiet_door: Door) -> None:
    quiet_door.price("60000")
    quiet_door.clock.time += 1500
    quiet_door.price("60010")
    reply = quiet_door.send("GET", "/api/v3/klines?symbol=BTCUSDT&interval=1s", key=None)

    assert [[each[0] - START, each[1], each[4], each[6] - START] for each in reply.json] == [
        [0, "60000.00000000", "60000.00000000", 999],
        [1000, "60010.00000000", "60010.00000000", 1999],
    ]
