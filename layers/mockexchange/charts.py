"""Candles and 24 h statistics for whoever asks: the kept series read, put together and completed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import chain

from .domain.candle_blocks import HOURS, MINUTES, SERIES_OF, BlockName, Series, block_of, blocks_between
from .domain.candles import LENGTHS, MONTH, Candle, aggregate, opening, unbroken
from .domain.statistics import Statistics, statistics, window_begin
from .ports import CandleRead, Candles

_LONGEST_MONTH = 31 * LENGTHS["1d"]


def candles(
    store: Candles, symbol: str, timeframe: str, now: int, *, since: int | None, until: int | None, limit: int
) -> list[Candle]:
    """At most `limit` candles that open from `since` to `until` (ms, both included), oldest first: the first ones from
    `since` on, or, without it, the newest. The open one is the last. `now` is venue time (ms).

    A stretch without ticks is flat, at the close before, and without volume; nothing stands before the first tick or
    after the last one. While history is being filled, the line begins where it is whole.
    """
    series = SERIES_OF[timeframe]
    length = _LONGEST_MONTH if timeframe == MONTH else LENGTHS[timeframe]
    newest = now + length if until is None else min(until, now + length)
    oldest = newest - (limit + 1) * length if since is None else opening(since, timeframe)
    if since is not None:
        newest = min(newest, oldest + (limit + 1) * length)
    names = _within(series, oldest, newest + length, now)
    [read] = store.read_candles([(symbol, names)])
    line = _line(read, series, names)
    if not line or line[0].time > oldest or line[-1].time < newest - length:
        # There may be a gap at an end, and what stands beyond it says at which price it is flat.
        names = _within(series, 0, newest + series.kept, now)
        [read] = store.read_candles([(symbol, names)])
        line = _line(read, series, names)
    found = [
        candle
        for candle in unbroken(aggregate(line, timeframe), timeframe)
        if (since is None or candle.time >= since) and (until is None or candle.time <= until)
    ]
    return found[-limit:] if since is None else found[:limit]


def day_statistics(store: Candles, last: Mapping[str, Decimal], now: int) -> dict[str, Statistics | None]:
    """The 24 hours up to `now` (venue time, ms) of each symbol whose `last` price is given. None: no candles."""
    begin = window_begin(now)
    first_hour = opening(begin, "1h")
    minutes = [block_of(MINUTES, begin)]
    hours = blocks_between(HOURS, begin, now)
    reads = store.read_candles([(symbol, [*minutes, *hours]) for symbol in last])
    found: dict[str, Statistics | None] = {}
    for (symbol, price), read in zip(last.items(), reads, strict=True):
        boundary = [
            candle for candle in _line(read, MINUTES, minutes) if begin <= candle.time < first_hour + HOURS.length
        ]
        rest = [candle for candle in _line(read, HOURS, hours) if candle.time > first_hour]
        found[symbol] = statistics(chain(boundary, rest), price)
    return found


def _within(series: Series, first: int, last: int, now: int) -> list[BlockName]:
    """The blocks between two times (ms) that may exist at `now`."""
    oldest = max(first, now - series.kept - series.block)
    newest = min(last, now + series.block)
    return blocks_between(series, oldest, newest) if oldest <= newest else []


def _line(read: CandleRead, series: Series, names: Sequence[BlockName]) -> list[Candle]:
    """The candles of these blocks, oldest first, the open minute included where it belongs."""
    line = list(chain.from_iterable(read.blocks.get(name, ()) for name in names))
    hole = read.record.whole_since(series)
    if hole and line and line[0].time < hole:
        # What is being filled would be flat meanwhile, as if nothing had happened.
        line = [candle for candle in line if candle.time >= hole]
    minute = read.record.open
    if minute is None or block_of(series, minute.time) not in names:
        return line
    time = opening(minute.time, series.timeframe)
    if not line or line[-1].time < time:
        return [*line, minute.opened_at(time)]
    if line[-1].time == time and series is not MINUTES:
        return [*line[:-1], line[-1].then(minute)]
    return line
