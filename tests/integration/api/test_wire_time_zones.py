"""Candles of the Binance wire in other time zones. What is expected is worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from mockexchange.domain.candle_blocks import HOURS

from .candles import candle, lay, ms
from .door import Door
from .wire import refused


def klines(door: Door, query: str) -> Any:
    reply = door.send("GET", f"/api/v3/klines?symbol=BTCUSDT&{query}", key=None)
    assert reply.status == 200, reply.text
    return reply.json


def test_a_time_zone_shifts_the_grid(door: Door) -> None:
    # midnight at +8 is 16:00 UTC; what a day is made of is kept in hours
    lay(
        door,
        [
            candle("2023-11-13T15:00", "10 11 9 10", "1"),
            candle("2023-11-13T16:00", "20 22 19 21", "2"),
            candle("2023-11-14T15:00", "30 33 29 31", "3"),
            candle("2023-11-14T16:00", "40 44 39 41", "4"),
        ],
        HOURS,
    )

    days = klines(door, "interval=1d&timeZone=8")
    assert [line[0] for line in days] == [ms("2023-11-12T16:00"), ms("2023-11-13T16:00"), ms("2023-11-14T16:00")]
    assert days[1][1:7] == [
        "20.00000000",
        "33.00000000",
        "19.00000000",
        "31.00000000",
        "5.00000000",
        ms("2023-11-14T16:00") - 1,
    ]
    assert klines(door, "interval=1d&timeZone=%2B08:00") == days
    # startTime is UTC whatever the zone
    assert [line[0] for line in klines(door, f"interval=1d&timeZone=8&startTime={ms('2023-11-13T16:00')}&limit=1")] == [
        ms("2023-11-13T16:00")
    ]
    [week] = klines(door, "interval=1w&timeZone=8&limit=1")
    assert week[0] == ms("2023-11-12T16:00")  # Monday there
    [month] = klines(door, "interval=1M&timeZone=8&limit=1")
    assert (month[0], month[6]) == (ms("2023-10-31T16:00"), ms("2023-11-30T16:00") - 1)


@pytest.mark.parametrize(
    ("zone", "interval", "opened"),
    [
        ("0", "1d", "2023-11-14T00:00"),
        ("5:45", "1h", "2023-11-14T21:15"),  # 03:00 in Kathmandu
        ("05:45", "1d", "2023-11-14T18:15"),
        ("-1:00", "1d", "2023-11-14T01:00"),
        ("-12", "1d", "2023-11-14T12:00"),
        ("14:00", "12h", "2023-11-14T22:00"),
        ("-3:30", "30m", "2023-11-14T22:00"),
        ("8", "4h", "2023-11-14T20:00"),
    ],
)
def test_zones_of_hours_and_minutes(door: Door, zone: str, interval: str, opened: str) -> None:
    [line] = klines(door, f"interval={interval}&timeZone={zone}&limit=1")

    assert line[0] == ms(opened)


@pytest.mark.parametrize("zone", ["14:01", "-12:01", "15", "5:60", "1:2", "UTC", "8:00:00", "--8"])
def test_what_is_no_time_zone_is_refused(door: Door, zone: str) -> None:
    reply = door.send("GET", f"/api/v3/klines?symbol=BTCUSDT&interval=1d&timeZone={zone}", key=None)

    assert refused(reply) == (400, -1130, "Data sent for parameter 'timeZone' is not valid.")
