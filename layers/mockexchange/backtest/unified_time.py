"""Times and timeframes, as ccxt writes and reads them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from .unified_errors import error

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = 8_640_000_000_000_000
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "M": 2_592_000, "y": 31_536_000}

_written = re.compile(
    r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?:T|\s)([0-9]{2}):?([0-9]{2}):?([0-9]{2})"
    r"(?:\.([0-9]+))?(?:([+-])([0-9]{2}):?([0-9]{2})|Z)?",
    re.IGNORECASE,
)


def iso8601(timestamp: object = None) -> str | None:
    """A time (ms) in words, UTC; None for what is none."""
    if isinstance(timestamp, str) and timestamp.isascii() and timestamp.isdigit():
        timestamp = int(timestamp)
    elif isinstance(timestamp, float) and timestamp - timestamp == 0:  # finite
        timestamp = int(timestamp // 1)
    if isinstance(timestamp, bool) or not isinstance(timestamp, int) or not 0 <= timestamp <= _LATEST:
        return None
    return in_words(timestamp)


@lru_cache(maxsize=4096)
def in_words(timestamp: int) -> str | None:
    """`iso8601` of a number. Whatever happened at one moment asks for it again and again."""
    try:
        moment = _EPOCH + timedelta(milliseconds=timestamp)
    except OverflowError:
        return None
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{timestamp % 1000:03d}Z" if timestamp >= 0 else None


def parse8601(timestamp: str | None = None) -> int | None:
    """The ms of a time in words; what has no zone is UTC. None for what is none."""
    found = _written.search(timestamp) if isinstance(timestamp, str) else None
    if found is None:
        return None
    *parts, fraction, sign, hours, minutes = found.groups()
    try:
        moment = datetime(*(int(part) for part in parts), tzinfo=UTC)
    except ValueError:
        return None
    if sign:
        ahead = timedelta(hours=int(hours), minutes=int(minutes))
        moment += -ahead if sign == "+" else ahead
    return (moment - _EPOCH) // timedelta(seconds=1) * 1000 + int(((fraction or "") + "000")[:3])


def parse_timeframe(timeframe: str) -> int:
    """The seconds of a timeframe such as 15m; a month counts thirty days. Raises NotSupported."""
    seconds = _SECONDS.get(timeframe[-1:])
    if seconds is None:
        raise error("NotSupported", f"timeframe unit {timeframe[-1:]} is not supported")
    return int(timeframe[:-1]) * seconds
