"""Candles of one second, made of the tick log when they are asked for: they reach back as far as it does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from .domain.amounts import total
from .domain.candles import Candle, flat
from .domain.quotes import Tick
from .ports import MarketData

TIMEFRAME = "1s"
SECOND = 1000

CHUNK = 1000
"""Ticks read at a time."""


def second_candles(
    data: MarketData, newest: Tick, now: int, *, since: int | None, until: int | None, limit: int
) -> list[Candle]:
    """At most `limit` candles that open from `since` to `until` (ms, both included), oldest first: the first ones from
    `since` on, or, without it, the newest. The open one is the last. `now` is venue time (ms), `newest` the market's
    newest tick. A second without ticks is flat, at the close before. Volumes are those of the trades that came with the
    ticks."""
    last = now - now % SECOND
    if until is not None:
        last = min(last, until - until % SECOND)
    oldest = last - (limit - 1) * SECOND if since is None else since
    line = unbroken(_seconds(_ticks_since(data, newest, oldest)), oldest, last)
    return list(islice(line, limit))


def _ticks_since(data: MarketData, newest: Tick, oldest: int) -> list[Tick]:
    """The ticks from a moment (ms) on, and some before it, whose price holds until then; oldest first."""
    found: list[Tick] = []
    end = newest.number
    while end > 0:
        start = max(0, end - CHUNK)
        page = [tick for tick in data.ticks(newest.quote.symbol, start, CHUNK) if tick.number <= end]
        found[:0] = page
        if not page or page[0].number > start + 1 or page[0].quote.timestamp < oldest:
            break
        end = start
    return found


def _seconds(ticks: Iterable[Tick]) -> Iterator[Candle]:
    """One candle for each second that has ticks. A tick with an older time than the one before counts with that."""
    open_one: Candle | None = None
    for tick in ticks:
        if tick.is_of_candle:
            continue  # it knows its minute, not its second
        second = tick.quote.timestamp - tick.quote.timestamp % SECOND
        price, volume = tick.quote.last, total(trade.quantity for trade in tick.trades)
        seen = Candle(second, price, price, price, price, volume)
        if open_one is not None and second > open_one.time:
            yield open_one
            open_one = None
        open_one = seen if open_one is None else open_one.then(seen)
    if open_one is not None:
        yield open_one


def unbroken(candles: Iterable[Candle], oldest: int, last: int) -> Iterator[Candle]:
    """The line from one moment to another with its gaps filled. What lies outside costs nothing: a market may have been
    silent for months."""
    begin = -(-oldest // SECOND) * SECOND
    before: Candle | None = None
    for candle in candles:
        if candle.time > last:
            break
        if before is not None:
            for time in range(max(begin, before.time + SECOND), candle.time, SECOND):
                yield flat(time, before.close)
        if candle.time >= begin:
            yield candle
        before = candle
    if before is not None:
        for time in range(max(begin, before.time + SECOND), last + SECOND, SECOND):
            yield flat(time, before.close)
