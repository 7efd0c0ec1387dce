"""Candles of one second. Nobody keeps them: they are made of the tick log, as far back as it goes."""

from __future__ import annotations

from .domain.candle_building import candle_of
from .domain.candles import LENGTHS, SECOND, Candle, aggregate, flat, lengthened, opening, unbroken
from .domain.quotes import Tick
from .ports import MarketData
from .tick_log import TickLog

_LENGTH = LENGTHS[SECOND]

_FEWEST = 3
"""As charts.FEWEST."""


def second_candles(
    store: MarketData, tick: Tick, now: int, *, since: int | None, until: int | None, limit: int
) -> list[Candle]:
    """What charts.live_candles is for all other timeframes."""
    log = TickLog(store, tick)
    present, beginning = opening(now, SECOND), opening(log.oldest.quote.timestamp, SECOND)
    newest = present if until is None else opening(min(until, now), SECOND)
    if since is None:
        oldest = newest - (limit - 1) * _LENGTH
    else:
        oldest = max(opening(since + _LENGTH - 1, SECOND), beginning)
        newest = min(newest, oldest + (limit - 1) * _LENGTH)
    if oldest > newest:
        return []
    first = log.first_since(oldest)
    before = next(log.ticks(first - 1, oldest - 1), None)
    line = [candle_of(each, SECOND) for each in log.ticks(first, newest + _LENGTH - 1)]
    if before is not None and (not line or line[0].time > oldest):
        line.insert(0, flat(oldest, before.quote.last))
    if line and line[-1].time < newest:
        line.append(flat(newest, line[-1].close))
    found = list(unbroken(aggregate(line, SECOND), SECOND))
    missing = _FEWEST - ((present - beginning) // _LENGTH + 1)
    if missing > 0 and found and found[0].time == beginning:
        found = lengthened(found, len(found) + missing, SECOND)
    if since is None:
        return found[-limit:]
    return [candle for candle in found if candle.time >= since][:limit]
