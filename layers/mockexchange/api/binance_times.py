"""Times on the Binance wire: moments, time zones, intervals of candles, lengths of windows."""

from __future__ import annotations

import re

from ..domain.candles import DAY, HOUR, MINUTE, TIMEFRAMES
from ..second_charts import TIMEFRAME
from . import binance_errors as errors
from .binance_errors import BinanceError
from .binance_parameters import Parameter, integer, one_of

MICROSECONDS = 10**15
"""A time from here on counts microseconds: as milliseconds it would be in the year 33658."""

_time_zone = re.compile(r"([+-]?)([0-9]{1,2})(?::([0-9]{2}))?")
_window = re.compile(r"([1-9]|[1-5][0-9])m|([1-9]|1[0-9]|2[0-3])h|([1-7])d")

WEST, EAST = -12 * HOUR, 14 * HOUR
"""How far time zones may be from UTC, in ms."""


def moment(name: str, text: str) -> int:
    """A time in ms; it may be written in microseconds."""
    time = integer(name, text)
    return time // 1000 if time >= MICROSECONDS else time


def time_zone(name: str, text: str) -> int:
    """How many ms a time zone, like 8, -1:00 or 05:45, is ahead of UTC."""
    found = _time_zone.fullmatch(text)
    if not found:
        raise errors.invalid(name)
    sign, hours, minutes = found[1], int(found[2]), int(found[3] or 0)
    offset = (-1 if sign == "-" else 1) * (hours * HOUR + minutes * MINUTE)
    if minutes > 59 or not WEST <= offset <= EAST:
        raise errors.invalid(name)
    return offset


def window(name: str, text: str) -> int:
    """The ms of a window, like 15m, 4h or 7d."""
    found = _window.fullmatch(text)
    if not found:
        raise errors.invalid(name)
    minutes, hours, days = (int(part or 0) for part in found.groups())
    return minutes * MINUTE + hours * HOUR + days * DAY


interval = one_of((TIMEFRAME, *TIMEFRAMES), BinanceError(-1120, "Invalid interval."))

START_TIME = Parameter("startTime", moment)
END_TIME = Parameter("endTime", moment)
TIME_ZONE = Parameter("timeZone", time_zone, default=0)
