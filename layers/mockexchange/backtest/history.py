"""One market's recorded prices in columns, and each of its ticks exactly, when it is asked for.

Floats are for finding what matters in many ticks at once; money is counted with the Decimals of `tick`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ..domain.candles import MINUTE
from ..domain.errors import BadRequest
from ..domain.instruments import Instrument
from ..domain.quotes import Tick
from ..feed.columns import Kind
from ..ports import FeedTick
from .candle_paths import CandlePaths
from .checking import Floats, Ints


@dataclass(frozen=True, slots=True)
class Columns:
    """Candles: `opened` in ms, prices in the quote asset, `volume` in the base asset."""

    opened: Ints
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats

    def __len__(self) -> int:
        """How many there are."""
        return len(self.opened)


@dataclass(slots=True, eq=False)
class History:
    """Ticks count from 1: tick n is `times[n - 1]` (ms, never falling). Candles count from 0.

    `bid`, `ask` and `last` are the floats nearest to the exact prices; `low_trade` and `high_trade` the least and the
    greatest price of a tick's public trades, inf and -inf where it has none, `traded` how much they were (base asset;
    None for candles, and where there are none at all). `kind` is None for raw streams. `length`
    (ms) is that of a recorded candle, which is `legs` ticks. `candles` are those of the file, or 1m ones made of its
    ticks. `notices` say what else a reader should know, `rejected` which rows were dropped, and why; `gaps` where
    candles are missing (from, to; ms).
    """

    symbol: str
    source: str
    kind: Kind | None
    length: int | None
    legs: int
    instrument: Instrument
    times: Ints
    bid: Floats
    ask: Floats
    last: Floats
    low_trade: Floats
    high_trade: Floats
    candles: Columns
    notices: list[str]
    rejected: list[str]
    exactly: Callable[[int], FeedTick] = field(repr=False)
    gaps: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    paths: CandlePaths | None = field(default=None, repr=False)
    traded: Floats | None = field(default=None, repr=False)

    def __len__(self) -> int:
        """How many ticks there are."""
        return len(self.times)

    def tick(self, number: int) -> Tick:
        """A tick as the log has it."""
        if not 1 <= number <= len(self.times):
            raise IndexError(f"{self.symbol} has ticks 1 to {len(self.times)}, not {number}")
        found = self.exactly(number)
        return Tick(number, found.quote, self.source, found.quote.timestamp, found.trades, found.book)

    @property
    def base_length(self) -> int:
        """How long its candles are (ms)."""
        return self.length or MINUTE

    def choose(self, candle: int, *, low_first: bool) -> bool:
        """Which extreme of a candle (from 0) is met first, before any of its ticks was met; the columns change in
        place. Whether that is another one now. Raises BadRequest where prices are no candles."""
        if self.paths is None:
            raise BadRequest(f"{self.symbol} has {self.kind or 'raw streams'}: only candles have a path to choose")
        return self.paths.choose(candle, low_first=low_first)


def minutes_of(times: Ints, last: Floats, volumes: Floats | None) -> Columns:
    """1m candles of ticks; a minute without one has none."""
    minutes = times // MINUTE
    begins = np.flatnonzero(np.diff(minutes, prepend=-1))
    ends = np.append(begins[1:], len(times)) - 1
    return Columns(
        minutes[begins] * MINUTE,
        last[begins],
        np.maximum.reduceat(last, begins),
        np.minimum.reduceat(last, begins),
        last[ends],
        np.zeros(len(begins)) if volumes is None else np.add.reduceat(volumes, begins),
    )
