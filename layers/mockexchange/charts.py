"""Candles and statistics for whoever asks: the kept series read, put together and completed.

What is kept lags behind the ticks by a moment. The wire's answers (`live_candles`, `statistics_since`, `mean_price`)
hold the ticks of that moment too.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from operator import attrgetter

from .domain.amounts import decimal_places
from .domain.candle_blocks import HOURS, MINUTES, BlockName, Series, block_of, blocks_between, series_for
from .domain.candle_building import count_ticks, with_late
from .domain.candles import LENGTHS, MINUTE, MONTH, Candle, aggregate, closing, flat, lengthened, opening, unbroken
from .domain.quotes import Tick
from .domain.statistics import Statistics, average_price, statistics, window_begin
from .ports import CandleRead, Candles, MarketData

FEWEST = 3
"""Candles that a live market shows at once: bots leave out the one that is open, and look at two."""

UNCOUNTED = 4000
"""Ticks that are looked at beside the candles, of all markets together. Mostly there is one of each, or none; where the
candles lag far behind, as many as can be looked at in a moment."""

_time = attrgetter("time")
_LONGEST_MONTH = 31 * LENGTHS["1d"]


@dataclass(frozen=True, slots=True)
class _Known:
    """A symbol's candles: what is kept, the minutes after that, and what came late; all oldest first."""

    read: CandleRead
    minutes: tuple[Candle, ...]
    late: tuple[Candle, ...] = ()


_Read = Callable[[Sequence[BlockName]], _Known]

ReadStatistics = Callable[[Mapping[str, Decimal], int, int], Mapping[str, Statistics | None]]
"""What symbols whose last prices are given did from a full minute to now (both ms), as `statistics_since` tells it."""


def candles(
    store: Candles, symbol: str, timeframe: str, now: int, *, since: int | None, until: int | None, limit: int
) -> list[Candle]:
    """At most `limit` candles that open from `since` to `until` (ms, both included), oldest first: the first ones from
    `since` on, or, without it, the newest. The open one is the last. `now` is venue time (ms).

    A stretch without ticks is flat, at the close before, and without volume; nothing stands before the first tick or
    after the last one. While history is being filled, the line begins where it is whole.
    """

    def read(names: Sequence[BlockName]) -> _Known:
        return _kept(store.read_candles([(symbol, names)])[0])

    return _candles(read, timeframe, now, since, until, limit)


def live_candles(
    store: MarketData,
    tick: Tick,
    timeframe: str,
    now: int,
    *,
    since: int | None,
    until: int | None,
    limit: int,
    offset: int = 0,
) -> list[Candle]:
    """The candles of a market whose newest tick is `tick`. The line goes on to `now` and ends at that price, counted
    already or not; a market that is younger than three candles has flat ones before its first. `offset` (ms) is the
    time zone of the grid."""
    symbol = tick.quote.symbol

    def read(names: Sequence[BlockName]) -> _Known:
        return _with_uncounted(store, [symbol], store.read_candles([(symbol, names)]))[0]

    return _candles(read, timeframe, now, since, until, limit, offset, tick)


def day_statistics(store: Candles, last: Mapping[str, Decimal], now: int) -> dict[str, Statistics | None]:
    """The 24 hours up to `now` (venue time, ms) of each symbol whose `last` price is given. None: no candles."""
    begin = window_begin(now)
    reads = store.read_candles([(symbol, _names_since(begin, now)) for symbol in last])
    return _statistics(last, [_kept(read) for read in reads], begin, now)


def statistics_since(
    store: MarketData, last: Mapping[str, Decimal], begin: int, now: int
) -> dict[str, Statistics | None]:
    """What each symbol whose `last` price is given did from `begin`, a full minute within the last seven days, to `now`
    (both venue time, ms). None: no candles."""
    reads = store.read_candles([(symbol, _names_since(begin, now)) for symbol in last])
    return _statistics(last, _with_uncounted(store, list(last), reads), begin, now)


def mean_price(store: MarketData, tick: Tick, now: int, minutes: int) -> Decimal:
    """The mean price of the last `minutes`, the open one included, of the market that `tick` is the newest one of."""
    since = opening(now, "1m") - (minutes - 1) * MINUTE
    found = live_candles(store, tick, "1m", now, since=since, until=None, limit=minutes)
    return average_price(found, tick.quote.last, max(8, decimal_places(tick.quote.last)))


def _candles(
    read: _Read,
    timeframe: str,
    now: int,
    since: int | None,
    until: int | None,
    limit: int,
    offset: int = 0,
    tick: Tick | None = None,
) -> list[Candle]:
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
    line = _line(read(names), series, names)
    if not line or line[0].time > oldest or (newest < now and line[-1].time < newest - length):
        # There may be a gap at an end, and what stands beyond it says at which price it is flat. Beyond the present
        # nothing stands.
        names = _within(series, 0, now + series.block, now)
        line = _line(read(names), series, names)
    if tick is not None and block_of(series, now) in names:
        line = _up_to_now(line, series, tick, now)
    elif since is not None:
        line = _around(line, closing(since - 1, timeframe, offset), until, limit, length)
    longer = list(unbroken(aggregate(line, timeframe, offset), timeframe, offset))
    if tick is not None:
        longer = lengthened(longer, FEWEST, timeframe, offset)
    found = [
        candle
        for candle in longer
        if (since is None or candle.time >= since) and (until is None or candle.time <= until)
    ]
    return found[-limit:] if since is None else found[:limit]


def _names_since(begin: int, now: int) -> list[BlockName]:
    return [block_of(MINUTES, begin), *blocks_between(HOURS, begin, now)]


def _statistics(
    last: Mapping[str, Decimal], known: Sequence[_Known], begin: int, now: int
) -> dict[str, Statistics | None]:
    """The hour in which a window begins counts from its minute on, the hours after it as a whole."""
    first_hour = opening(begin, "1h")
    minutes, *hours = _names_since(begin, now)
    found: dict[str, Statistics | None] = {}
    for (symbol, price), each in zip(last.items(), known, strict=True):
        boundary = [
            candle for candle in _line(each, MINUTES, [minutes]) if begin <= candle.time < first_hour + HOURS.length
        ]
        rest = [candle for candle in _line(each, HOURS, hours) if candle.time > first_hour]
        found[symbol] = statistics(chain(boundary, rest), price)
    return found


def _kept(read: CandleRead) -> _Known:
    return _Known(read, (read.record.open,) if read.record.open else ())


def _with_uncounted(store: MarketData, symbols: Sequence[str], reads: Sequence[CandleRead]) -> list[_Known]:
    wanted = [(symbol, read.record.tick) for symbol, read in zip(symbols, reads, strict=True)]
    found: list[_Known] = []
    pages = store.ticks_after(wanted, UNCOUNTED // max(len(wanted), 4))
    for read, ticks in zip(reads, pages, strict=True):
        counted = count_ticks(read.record, ticks)
        minute = counted.record.open
        found.append(_Known(read, (*counted.closed, minute) if minute else counted.closed, counted.late))
    return found


def _around(line: Sequence[Candle], begin: int, until: int | None, limit: int, length: int) -> Sequence[Candle]:
    """What of a line says how `limit` candles are, the first of which opens at `begin`, up to `until`: those in them,
    and the one before and the one after, for between those they are flat."""
    first = bisect_left(line, begin, key=_time)
    if not line[first:]:
        return line[-1:]
    end = (begin if first else line[0].time) + limit * length
    if until is not None:
        end = min(end, until + length)
    return line[max(0, first - 1) : bisect_left(line, end, key=_time) + 1]


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


def _within(series: Series, first: int, last: int, now: int) -> list[BlockName]:
    """The blocks between two times (ms) that may exist at `now`."""
    oldest = max(first, now - series.kept - series.block)
    newest = min(last, now + series.block)
    return blocks_between(series, oldest, newest) if oldest <= newest else []


def _line(known: _Known, series: Series, names: Sequence[BlockName]) -> list[Candle]:
    """The candles of these blocks, oldest first, with the minutes that are in no block yet where they belong."""
    line = list(chain.from_iterable(known.read.blocks.get(name, ()) for name in names))
    hole = known.read.record.whole_since(series)
    if hole and line and line[0].time < hole:
        # What is being filled would be flat meanwhile, as if nothing had happened.
        line = [candle for candle in line if candle.time >= hole]
    for minute in known.minutes:
        time = opening(minute.time, series.timeframe)
        if block_of(series, time) not in names:
            continue
        if not line or line[-1].time < time:
            line.append(minute.opened_at(time))
        elif line[-1].time == time and series is not MINUTES:
            line[-1] = line[-1].then(minute)
    for late in known.late:
        time = opening(late.time, series.timeframe)
        line = [with_late(candle, late) if candle.time == time else candle for candle in line]
    return line
