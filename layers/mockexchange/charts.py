"""Candles and statistics for whoever asks: the kept series read, put together and completed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import chain

from .domain.candle_blocks import HOURS, MINUTES, BlockName, Series, block_of, blocks_between, series_for
from .domain.candles import LENGTHS, MINUTE, MONTH, Candle, aggregate, flat, opening, unbroken
from .domain.quotes import Tick
from .domain.statistics import Statistics, average_price, statistics, window_begin
from .ports import CandleRead, Candles

_LONGEST_MONTH = 31 * LENGTHS["1d"]

_FEWEST = 3
"""Candles that a market shows at once: bots leave out the one that is open, and look at two."""


def candles(
    store: Candles,
    symbol: str,
    timeframe: str,
    now: int,
    *,
    since: int | None,
    until: int | None,
    limit: int,
    offset: int = 0,
    tick: Tick | None = None,
) -> list[Candle]:
    """At most `limit` candles that open from `since` to `until` (ms, both included), oldest first: the first ones from
    `since` on, or, without it, the newest. The open one is the last. `now` is venue time (ms), `offset` (ms) the time
    zone of the grid.

    A stretch without ticks is flat, at the close before, and without volume; nothing stands before the first tick or
    after the last one. While history is being filled, the line begins where it is whole.

    With `tick`, the newest one, the line goes on to `now` and ends at that price, counted already or not; and a market
    that is younger than three candles has flat ones before its first.
    """
    series = series_for(timeframe, offset)
    length = _LONGEST_MONTH if timeframe == MONTH else LENGTHS[timeframe]
    newest = now + length if until is None else min(until, now + length)
    if since is None:
        oldest = newest - (limit + 1) * length
    else:
        # Whoever asks for the very first ones asks for those that are kept.
        oldest = opening(max(since, now - series.kept - series.block), timeframe, offset)
        newest = min(newest, oldest + (limit + 1) * length)
    names = _within(series, oldest, newest + length, now)
    [read] = store.read_candles([(symbol, names)])
    line = _line(read, series, names)
    if not line or line[0].time > oldest or line[-1].time < newest - length:
        # There may be a gap at an end, and what stands beyond it says at which price it is flat.
        names = _within(series, 0, now + series.block, now)
        [read] = store.read_candles([(symbol, names)])
        line = _line(read, series, names)
    if tick is not None and block_of(series, now) in names:
        line = _up_to_now(line, series, tick, now)
    longer = list(unbroken(aggregate(line, timeframe, offset), timeframe, offset))
    if tick is not None:
        longer = _with_a_past(longer, timeframe, offset)
    found = [
        candle
        for candle in longer
        if (since is None or candle.time >= since) and (until is None or candle.time <= until)
    ]
    return found[-limit:] if since is None else found[:limit]


def day_statistics(store: Candles, last: Mapping[str, Decimal], now: int) -> dict[str, Statistics | None]:
    """The 24 hours up to `now` (venue time, ms) of each symbol whose `last` price is given. None: no candles."""
    return statistics_since(store, last, window_begin(now), now)


def statistics_since(store: Candles, last: Mapping[str, Decimal], begin: int, now: int) -> dict[str, Statistics | None]:
    """What each symbol whose `last` price is given did from `begin`, a full minute within the last seven days, to `now`
    (both venue time, ms). None: no candles."""
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


def mean_price(store: Candles, tick: Tick, now: int, minutes: int) -> Decimal:
    """The mean price of the last `minutes`, the open one included, of the market that `tick` is the newest one of."""
    since = opening(now, "1m") - (minutes - 1) * MINUTE
    found = candles(store, tick.quote.symbol, "1m", now, since=since, until=None, limit=minutes, tick=tick)
    return average_price(found, tick.quote.last)


def _up_to_now(line: Sequence[Candle], series: Series, tick: Tick, now: int) -> list[Candle]:
    """A line that reaches to the present, and holds what the newest tick says."""
    present = opening(now, series.timeframe)
    moment = max(min(tick.quote.timestamp, now), now - series.kept)
    seen = flat(opening(moment, series.timeframe), tick.quote.last)
    found = list(line)
    if not found or found[-1].time < seen.time:
        found.append(seen)
    elif found[-1].time == seen.time:
        found[-1] = found[-1].then(seen)
    if found[-1].time < present:
        found.append(flat(present, found[-1].close))
    return found


def _with_a_past(line: list[Candle], timeframe: str, offset: int) -> list[Candle]:
    """A line of at least three candles, if it has any: flat ones come before the first, at its opening price."""
    while 0 < len(line) < _FEWEST:
        first = line[0]
        line = [flat(opening(first.time - 1, timeframe, offset), first.open), *line]
    return line


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
