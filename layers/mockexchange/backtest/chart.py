"""Candles of a history, as they look at a moment: those that are closed, and the one that is in progress."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..domain.candles import FIRST_MONDAY, LENGTHS
from .checking import Floats
from .history import Columns, History

Row = list[float]
"""As ccxt has it: time of the opening (ms), open, high, low, close, volume (base asset)."""


def openings(times: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    """When the candles begin that some times (ms) are in: domain.candles.opening, of many at once."""
    offset = FIRST_MONDAY if length == LENGTHS["1w"] else 0
    return (times - offset) // length * length + offset


def rows(history: History, shown: int, length: int, since: int | None, limit: int | None) -> list[Row]:
    """The candles of a length (ms) when `shown` ticks have come by, oldest first: from `since` (ms) on, or the newest;
    no more than `limit`. The last may be one in progress."""
    base = history.candles
    closed, part = _progress(history, shown)
    first, last = 0, closed
    if since is not None:
        # a longer one that began before and goes on is not from then on
        begin = since if length == history.base_length else int(openings(np.array([since + length - 1]), length)[0])
        first = min(last, int(np.searchsorted(base.opened, begin, side="left")))
    ratio = max(1, length // history.base_length)
    if limit is not None:
        if since is None:
            first = max(first, last - (limit + 1) * ratio)
        else:
            # time may have passed without candles, as before the first one
            until = int(np.searchsorted(base.opened, since + (limit + 1) * length, side="left"))
            last = min(last, max(until, first + (limit + 1) * ratio))
    columns = [base.opened, base.open, base.high, base.low, base.close, base.volume]
    picked = [column[first:last] for column in columns]
    if part is not None and last == closed and (since is None or part[0] >= since or closed > first):
        picked = [np.append(column, value) for column, value in zip(picked, part, strict=True)]
    found = _joined(picked, length, history.base_length)
    if limit is None:
        return found
    return found[-limit:] if since is None else found[:limit]


def _progress(history: History, shown: int) -> tuple[int, Row | None]:
    """How many base candles are closed, and what there is of the next one."""
    if history.legs > 1:
        closed, legs = divmod(shown, history.legs)
        if not legs:
            return closed, None
        start, volume = closed * history.legs, float(history.candles.volume[closed]) * legs / history.legs
    else:
        if not shown:
            return 0, None
        closed = int(np.searchsorted(history.candles.opened, int(history.times[shown - 1]), side="right")) - 1
        start = int(np.searchsorted(history.times, int(history.candles.opened[closed]), side="left"))
        volume = 0.0 if history.traded is None else float(history.traded[start:shown].sum())
    last: Floats = history.last[start:shown]
    opened = float(history.candles.opened[closed])
    return closed, [opened, float(last[0]), float(last.max()), float(last.min()), float(last[-1]), volume]


def joined(base: Columns, length: int, base_length: int) -> list[Row]:
    """All candles of a length."""
    return _joined([base.opened, base.open, base.high, base.low, base.close, base.volume], length, base_length)


def _joined(columns: list[Floats | NDArray[np.int64]], length: int, base_length: int) -> list[Row]:
    opened, first, high, low, close, volume = columns
    if length == base_length or not len(opened):
        merged = columns
    else:
        begins = openings(opened.astype(np.int64), length)
        starts = np.flatnonzero(np.concatenate(([True], begins[1:] != begins[:-1])))
        ends = np.concatenate((starts[1:], [len(begins)])) - 1
        merged = [
            begins[starts],
            first[starts],
            np.maximum.reduceat(high, starts),
            np.minimum.reduceat(low, starts),
            close[ends],
            np.add.reduceat(volume, starts),
        ]
    whole = [int(time) for time in merged[0].tolist()]
    return [[*row] for row in zip(whole, *(column.tolist() for column in merged[1:]), strict=True)]
