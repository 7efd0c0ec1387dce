"""Ticks that fell off the log before they were matched, made again of the kept candles of their time. Pure.

A gap is laid down once, by its end: the number of the first tick after it, and the minute of that. Each minute before
has four numbers of its own from there, so that every matcher, whenever it comes, gives the same tick the same number.
They are never too early for an order that was placed in that time: prices come more often than four times a minute.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .candle_blocks import MINUTES
from .candle_building import CandleRecord
from .candle_path import LEGS, candle_quotes
from .candles import MINUTE, Candle, opening
from .errors import BadQuote
from .quotes import CANDLES, Tick


@dataclass(frozen=True, slots=True)
class Gap:
    """Ticks above `done` and below `until` that are missing. `done_at` (ms) is when the last tick before them was, 0
    where nobody knows; `minute` (ms) is the one of the first tick after them."""

    done: int
    done_at: int
    until: int
    minute: int

    @property
    def since(self) -> int:
        """The oldest minute (ms) of which something is missing and has a number. When nobody knows where it began, the
        orders themselves do: none meets a candle that is older than it."""
        numbered = self.minute - (-(-(self.until - 1 - self.done) // LEGS) - 1) * MINUTE
        return max(numbered, self._began) if self.done_at else numbered

    @property
    def unnumbered(self) -> int:
        """How many of its minutes have no numbers of their own."""
        if not self.done_at:
            return 0
        return max(0, (self.minute - self._began) // MINUTE + 1 - (self.until - 1 - self.done) // LEGS)

    @property
    def _began(self) -> int:
        return opening(self.done_at + 1, "1m")

    def ticks(self, symbol: str, candles: Iterable[Candle], source: str) -> list[Tick]:
        """The ticks of these candles (oldest first) that are missing. `source` is the feed's."""
        made: list[Tick] = []
        for candle in candles:
            first = self.until - LEGS - (self.minute - candle.time) // MINUTE * LEGS
            try:
                quotes = candle_quotes(symbol, candle, candle.time + MINUTE)
            except BadQuote:
                continue
            made += [
                Tick(number, quote, CANDLES + source, quote.timestamp)
                for number, quote in enumerate(quotes, first)
                if number > self.done and quote.timestamp > self.done_at and candle.time <= self.minute
            ]
        return made


def settled_until(record: CandleRecord) -> int:
    """Up to which time (ms) minutes do not change any more: as far as the source's were taken, or, where it keeps none,
    as far as ticks have closed them."""
    taken = record.filled_with(MINUTES).until
    return taken or (record.open.time if record.open else 0)
