"""Where in a market's tick log a moment is. Ticks come in order of time; only so many are kept."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from .domain.quotes import Tick
from .ports import MarketData

_PAGE = 1000


class TickLog:
    """The log of one market up to its newest tick."""

    def __init__(self, store: MarketData, newest: Tick) -> None:
        self._store = store
        self._symbol = newest.quote.symbol
        self.newest = newest
        page = store.ticks(self._symbol, 0, 1)
        self.oldest = page[0] if page else newest

    @property
    def end(self) -> int:
        """The number after the newest tick's."""
        return self.newest.number + 1

    def first_since(self, time: int) -> int:
        """The number of the first tick of a time (ms) or later; `end` when there is none."""
        numbers = range(self.oldest.number, self.end)
        return numbers.start + bisect_left(numbers, time, key=self._time_of)

    def ticks(self, first: int, until: int) -> Iterator[Tick]:
        """Ticks from a number on, up to a time (ms, included), oldest first."""
        while page := self._store.ticks(self._symbol, first - 1, _PAGE):
            for tick in page:
                if tick.quote.timestamp > until:
                    return
                yield tick
            first = page[-1].number + 1

    def _time_of(self, number: int) -> int:
        page = self._store.ticks(self._symbol, number - 1, 1)
        return (page[0] if page else self.newest).quote.timestamp
