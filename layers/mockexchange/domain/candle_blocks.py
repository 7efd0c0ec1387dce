"""Candles as they are kept: minutes, hours and days, in blocks.

A block of minutes is an hour, so that an hour is made of one block; a block of hours is a day, so that a day is. Every
other timeframe is made of these three when it is asked for.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from .candles import DAY, HOUR, LENGTHS, Candle, aggregate


@dataclass(frozen=True, slots=True)
class Series:
    """One of the three. `block`: how much time (ms) one block holds; `kept`: for how long (ms) candles are kept."""

    timeframe: str
    block: int
    kept: int

    @property
    def length(self) -> int:
        """Of one candle, in ms."""
        return LENGTHS[self.timeframe]


MINUTES = Series("1m", HOUR, 7 * DAY)
HOURS = Series("1h", DAY, 90 * DAY)
DAYS = Series("1d", 30 * DAY, 3 * 365 * DAY)

ALL_SERIES = (MINUTES, HOURS, DAYS)
SERIES_OF: Mapping[str, Series] = {
    **dict.fromkeys(("1m", "3m", "5m", "15m", "30m"), MINUTES),
    **dict.fromkeys(("1h", "2h", "4h", "6h", "8h", "12h"), HOURS),
    **dict.fromkeys(("1d", "3d", "1w", "1M"), DAYS),
}
"""What each timeframe is made of."""


def series_for(timeframe: str, offset: int) -> Series:
    """What a timeframe is made of in a time zone that is `offset` (ms, whole minutes) ahead of UTC: the longest candles
    that fit. A day in Berlin is made of hours, one in Kathmandu of minutes."""
    place = ALL_SERIES.index(SERIES_OF[timeframe])
    while offset % ALL_SERIES[place].length:
        place -= 1
    return ALL_SERIES[place]


class BlockName(NamedTuple):
    """A block of a series: the `number`th since the epoch."""

    series: Series
    number: int


Blocks = dict[BlockName, tuple[Candle, ...]]
"""Candles by block, oldest first."""

Merge = Callable[[Candle, Candle], Candle]
"""What becomes of a candle that is there and one that comes for the same time."""


def block_of(series: Series, time: int) -> BlockName:
    """The block that a time (ms) falls into."""
    return BlockName(series, time // series.block)


def blocks_between(series: Series, first: int, last: int) -> list[BlockName]:
    """The blocks from one time to another (ms), both included."""
    return [BlockName(series, number) for number in range(first // series.block, last // series.block + 1)]


def affected(series: Series, times: Iterable[int]) -> set[BlockName]:
    """Every block that changes when candles of a series do that open at `times` (ms): their own, and those of the
    hours and days that they are part of."""
    above = ALL_SERIES[ALL_SERIES.index(series) :]
    return {block_of(each, time) for time in times for each in above}


def enter(
    blocks: Mapping[BlockName, tuple[Candle, ...]], series: Series, candles: Iterable[Candle], merge: Merge
) -> Blocks:
    """The blocks that change when `candles` are entered into a series; `blocks` holds all that are `affected`.

    An hour is made anew of its minutes, a day of its hours.
    """
    changed: Blocks = {}
    for candle in candles:
        name = block_of(series, candle.time)
        changed[name] = _with(changed.get(name, blocks.get(name, ())), candle, merge)
    if series is not DAYS:
        longer = ALL_SERIES[ALL_SERIES.index(series) + 1]
        made = [whole for block in changed.values() for whole in aggregate(block, longer.timeframe)]
        changed |= enter(blocks, longer, made, _replaced)
    return changed


def oldest_kept(now: int) -> dict[Series, int]:
    """The number of the oldest block of each series that is still kept at `now` (ms)."""
    return {series: (now - series.kept) // series.block for series in ALL_SERIES}


def _replaced(old: Candle, new: Candle) -> Candle:
    del old
    return new


def _with(block: tuple[Candle, ...], candle: Candle, merge: Merge) -> tuple[Candle, ...]:
    place = bisect_left(block, candle.time, key=lambda each: each.time)
    if place < len(block) and block[place].time == candle.time:
        return (*block[:place], merge(block[place], candle), *block[place + 1 :])
    return (*block[:place], candle, *block[place:])
