"""Candles: what a price did in a stretch of time, and how short stretches become long ones.

Openings stand on Binance's grid: everything up to three days counts from the epoch, weeks begin on Monday 00:00 UTC,
months on their first day. An `offset` (ms) shifts the grid into another time zone: what is ahead of UTC is positive.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .amounts import ZERO, add

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

LENGTHS: Mapping[str, int] = {
    "1m": MINUTE,
    "3m": 3 * MINUTE,
    "5m": 5 * MINUTE,
    "15m": 15 * MINUTE,
    "30m": 30 * MINUTE,
    "1h": HOUR,
    "2h": 2 * HOUR,
    "4h": 4 * HOUR,
    "6h": 6 * HOUR,
    "8h": 8 * HOUR,
    "12h": 12 * HOUR,
    "1d": DAY,
    "3d": 3 * DAY,
    "1w": 7 * DAY,
}
"""Timeframes that are always equally long, in ms."""

MONTH = "1M"

TIMEFRAMES = (*LENGTHS, MONTH)
"""Every timeframe, the shortest first."""

FIRST_MONDAY = 4 * DAY
"""1970-01-05."""

_MONTH_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True)
class Candle:
    """One candle. `time` is its opening in ms; prices are in the quote asset, `volume` in the base asset."""

    time: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal

    def then(self, later: Candle) -> Candle:
        """This one and a later one as one candle, with this one's time."""
        return Candle(
            self.time,
            self.open,
            max(self.high, later.high),
            min(self.low, later.low),
            later.close,
            add(self.volume, later.volume),
        )

    def opened_at(self, time: int) -> Candle:
        """The same with another opening (ms)."""
        return Candle(time, self.open, self.high, self.low, self.close, self.volume)


def flat(time: int, price: Decimal) -> Candle:
    """A candle in which nothing happened: one price, no volume."""
    return Candle(time, price, price, price, price, ZERO)


def opening(time: int, timeframe: str, offset: int = 0) -> int:
    """When the candle that `time` falls into began; both in ms."""
    if timeframe == MONTH:
        return _months_around(time + offset)[0] - offset
    length = LENGTHS[timeframe]
    return time - (time + offset - (FIRST_MONDAY if timeframe == "1w" else 0)) % length


def closing(time: int, timeframe: str, offset: int = 0) -> int:
    """When the candle after the one that `time` falls into begins; both in ms."""
    if timeframe == MONTH:
        return _months_around(time + offset)[1] - offset
    return opening(time, timeframe, offset) + LENGTHS[timeframe]


def aggregate(candles: Iterable[Candle], timeframe: str, offset: int = 0) -> list[Candle]:
    """Longer candles of shorter ones, which come oldest first and fit into the longer ones."""
    found: list[Candle] = []
    end = 0
    for candle in candles:
        if found and candle.time < end:
            found[-1] = found[-1].then(candle)
        else:
            found.append(candle.opened_at(opening(candle.time, timeframe, offset)))
            end = closing(candle.time, timeframe, offset)
    return found


def unbroken(candles: Sequence[Candle], timeframe: str, offset: int = 0) -> Iterator[Candle]:
    """The candles (oldest first) with a flat one, at the close before, for each that is missing between two."""
    for before, candle in zip([None, *candles], candles, strict=False):
        if before is not None:
            time = closing(before.time, timeframe, offset)
            while time < candle.time:
                yield flat(time, before.close)
                time = closing(time, timeframe, offset)
        yield candle


def lengthened(line: Sequence[Candle], fewest: int, timeframe: str, offset: int = 0) -> list[Candle]:
    """The candles (oldest first), at least so many if there are any: flat ones come before the first, at its opening
    price."""
    found = list(line)
    while 0 < len(found) < fewest:
        first = found[0]
        found.insert(0, flat(opening(first.time - 1, timeframe, offset), first.open))
    return found


def in_words(time: int) -> str:
    """A time (ms) as ISO 8601, UTC."""
    year, month, first, _ = _month_of(time // DAY)
    minutes, rest = divmod(time % DAY, MINUTE)
    day = f"{year:04d}-{month:02d}-{time // DAY - first + 1:02d}"
    return f"{day}T{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}.{rest % 1000:03d}Z"


def _months_around(time: int) -> tuple[int, int]:
    """The beginning (ms) of the month that `time` is in, and of the next one."""
    _, _, first, after = _month_of(time // DAY)
    return first * DAY, after * DAY


def _month_of(day: int) -> tuple[int, int, int, int]:
    """Of a day since the epoch: the year, the month (from 1), and the first days of that month and of the next one."""
    year = 1970 + day // 366  # never too late, for no year is longer
    while _first_day(year + 1) <= day:
        year += 1
    first = _first_day(year)
    for month, length in enumerate(_MONTH_LENGTHS, 1):
        after = first + length + (month == 2 and _is_leap(year))
        if day < after:
            return year, month, first, after
        first = after
    raise AssertionError("a day of the year is in one of its months")


def _first_day(year: int) -> int:
    """January 1st, in days since the epoch."""
    past = year - 1
    leap_days = past // 4 - past // 100 + past // 400
    return 365 * (year - 1970) + leap_days - 477  # that many leap days were before 1970


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
