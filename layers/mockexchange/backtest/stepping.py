"""The steps of a loop: bars, or moments at which a price came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from ..domain.errors import BadRequest
from .chart import joined, openings
from .flow import Flow
from .history import History


class Bar(NamedTuple):
    """One bar that is over. `timestamp` is its opening (ms); `volume` in the base asset."""

    symbol: str
    timestamp: int
    open: float
    high: float
    low: float
    close: float
    volume: float


class Moment:
    """A price that came, when it did. Prices are in the quote asset, `timestamp` in ms."""

    __slots__ = ("_at", "_history")

    def __init__(self, history: History, number: int) -> None:
        self._history = history
        self._at = number - 1

    @property
    def symbol(self) -> str:
        """The market."""
        return self._history.symbol

    @property
    def timestamp(self) -> int:
        """When it came (ms)."""
        return int(self._history.times[self._at])

    @property
    def bid(self) -> float:
        """The best bid."""
        return float(self._history.bid[self._at])

    @property
    def ask(self) -> float:
        """The best ask."""
        return float(self._history.ask[self._at])

    @property
    def last(self) -> float:
        """The last price."""
        return float(self._history.last[self._at])

    def __repr__(self) -> str:
        return f"Moment({self.symbol!r}, {self.timestamp}, bid={self.bid}, ask={self.ask}, last={self.last})"


class Steps(Protocol):
    """When a strategy is asked, and with what."""

    def walk(self, flow: Flow, *, same_bar: bool) -> Iterator[tuple[int, Any]]:
        """Let time pass from step to step: the time (ms) before which nothing that comes now may be traded at, and the
        step."""
        ...

    def samples(self) -> NDArray[np.int64]:
        """The times (ms) at which an account is valued."""
        ...


def steps_of(histories: Sequence[History], length: int | None, every: int | None) -> Steps:
    """The steps of a run. Raises BadRequest."""
    if every is not None:
        if length is not None:
            raise BadRequest("give timeframe or every, not both")
        if not isinstance(every, int) or every < 1:  # pyright: ignore[reportUnnecessaryIsInstance]  # what people write
            raise BadRequest(f"every must be a whole number from 1 on, was {every}")
        if any(each.legs > 1 for each in histories):  # a step would be in the middle of a candle, at a made-up time
            raise BadRequest("every counts quotes or trades; of candles, make longer bars, as by timeframe='1h'")
        return Moments(histories, every)
    if length is None and all(each.legs == 1 for each in histories):
        return Moments(histories, 1)
    length = length or max(each.base_length for each in histories)
    for each in histories:
        if length % each.base_length:
            raise BadRequest(
                f"bars of {length} ms cannot be made of the data of {each.symbol}, of {each.base_length} ms"
            )
    return Bars(histories, length)


@dataclass
class Bars:
    """A step at the end of each bar that any market had."""

    histories: Sequence[History]
    length: int

    def walk(self, flow: Flow, *, same_bar: bool) -> Iterator[tuple[int, Any]]:
        """See Steps.walk. Unless it is the same bar, the next price is there already."""
        bars = [
            {
                end: Bar(each.symbol, int(row[0]), *row[1:])
                for end, row in zip(self._ends(each).tolist(), self._rows(each), strict=True)
            }
            for each in self.histories
        ]
        single = bars[0] if len(bars) == 1 else None
        last = max(int(each.times[-1]) for each in self.histories)
        for end in self.samples().tolist():
            until = min(end - 1, last)
            if not same_bar:
                flow.advance(until)
                coming = flow.next_time()
                if coming is None:
                    return  # nothing comes any more that an order could fill at
                until = coming
            flow.advance(until)
            if single is not None:
                yield end, single[end]
            else:
                yield end, {bar.symbol: bar for each in bars if (bar := each.get(end))}

    def samples(self) -> NDArray[np.int64]:
        """The ends of all bars."""
        return np.unique(np.concatenate([self._ends(each) for each in self.histories]))

    def _ends(self, history: History) -> NDArray[np.int64]:
        """When each of its bars is over: with the last candle that began in it."""
        opened = history.candles.opened
        ends = np.minimum(opened + history.base_length, np.append(opened[1:], opened[-1] + history.base_length))
        if self.length == history.base_length:
            return ends
        begins = openings(opened, self.length)
        is_last = np.append(begins[1:] != begins[:-1], True)
        return np.maximum(begins[is_last] + self.length, ends[is_last])

    def _rows(self, history: History) -> list[list[float]]:
        return joined(history.candles, self.length, history.base_length)


@dataclass
class Moments:
    """A step at each Nth moment at which a price came."""

    histories: Sequence[History]
    every: int

    def walk(self, flow: Flow, *, same_bar: bool) -> Iterator[tuple[int, Any]]:
        """See Steps.walk. A price that came can be traded at."""
        del same_bar
        if len(self.histories) == 1:
            yield from self._of_one(self.histories[0], flow)
            return
        for time in self._times()[self.every - 1 :: self.every].tolist():
            flow.advance(time)
            came = [line for line in flow.lines if line.shown and line.time(line.shown) == time]
            yield 0, {line.history.symbol: Moment(line.history, line.shown) for line in came}

    def _of_one(self, history: History, flow: Flow) -> Iterator[tuple[int, Moment]]:
        """The same of one market: while nothing can happen to an order, its ticks have only to be shown."""
        times = history.times
        last_at = np.flatnonzero(np.append(times[1:] != times[:-1], True))[self.every - 1 :: self.every]
        quiet, revision = 0, -1
        for number, time in zip((last_at + 1).tolist(), times[last_at].tolist(), strict=True):
            if number > quiet or flow.revision() != revision:
                flow.advance(time)
                quiet, revision = flow.quiet_until(), flow.revision()
            else:
                flow.slip(number, time)
            yield 0, Moment(history, number)

    def _times(self) -> NDArray[np.int64]:
        return np.unique(np.concatenate([each.times for each in self.histories]))

    def samples(self) -> NDArray[np.int64]:
        """The ends of minutes with a price."""
        return np.unique(openings(self._times(), 60_000)) + 60_000
