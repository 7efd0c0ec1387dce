"""The way through each candle: open, its two extremes in one order or the other, close.

With six legs each extreme is met twice, so that what enters at an extreme meets it again. A way may be chosen while a
back-test runs, before any tick of its candle was met.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from hashlib import blake2b

import numpy as np

from ..domain.candle_path import LEGS
from ..domain.quotes import PublicTrade, Quote
from ..feed.columns import exact
from ..feed.recording import RecordedCandles, Terms
from ..feed.rows import Rows
from ..ports import FeedTick
from .checking import Floats, Ints, Truths
from .spreads import around

OPEN, FIRST, SECOND, CLOSE = range(4)


class Path(StrEnum):
    """How a candle becomes ticks."""

    DEFAULT = "default"
    """as domain.candle_path says: the low first when it closed up"""
    RANDOM = "random"
    """either one first, by a seed"""
    OPTIMISTIC = "optimistic"
    """whichever first serves what rests"""
    PESSIMISTIC = "pessimistic"
    """whichever first hurts it, each extreme twice"""


_WAYS = {LEGS: (OPEN, FIRST, SECOND, CLOSE), 6: (OPEN, FIRST, FIRST, SECOND, SECOND, CLOSE)}
"""By the number of legs: what each leg meets."""
_EIGHTHS = {LEGS: (0, 2, 4), 6: (0, 2, 3, 4, 5)}
"""How far in its candle each leg is, but for the last one, which is 1 ms before its end."""


class CandlePaths:
    """The ticks of candles in columns, which change in place, `low_first` too; candles count from 0, ticks from 1.
    `volumes` are in the base asset."""

    def __init__(
        self,
        rows: Rows,
        length: int,
        terms: Terms,
        floats: Mapping[str, Floats],
        volumes: Floats,
        low_first: Truths,
        legs: int,
    ) -> None:
        self.terms = terms
        self._recorded = RecordedCandles(rows, length)
        self._legs, self._way = legs, _WAYS[legs]
        self._low_first = low_first
        self._last_row: tuple[int, tuple[Decimal, ...], Decimal] | None = None
        begins = np.array(rows.times, np.int64)
        lengths = np.minimum(np.append(np.diff(begins), length), length)
        inside = [lengths * eighths // 8 for eighths in _EIGHTHS[legs]]
        self.times: Ints = (begins[:, None] + np.stack([*inside, lengths - 1], 1)).ravel()
        sides = {
            name: around(floats[name], lambda row, at=at: self._recorded.prices(row)[at], terms)
            for at, name in enumerate(("open", "high", "low", "close"))
        }
        self.last = self._along(floats)
        self.bid = self._along({name: side[0] for name, side in sides.items()})
        self.ask = self._along({name: side[1] for name, side in sides.items()})
        first_time = [leg == 0 or self._way[leg] != self._way[leg - 1] for leg in range(self._legs)]
        there = (self._traded(volumes)[:, None] & np.array(first_time)[None, :]).ravel()
        self.low_trade = np.where(there, self.last, np.inf)
        self.high_trade = np.where(there, self.last, -np.inf)

    def tick(self, number: int) -> FeedTick:
        """One of them, exactly."""
        row, leg = divmod(number - 1, self._legs)
        if self._last_row is None or self._last_row[0] != row:
            self._last_row = row, self._recorded.prices(row), self._recorded.traded(row, self.terms)
        _, (opened, high, low, close), quantity = self._last_row
        met = (opened, low, high, close) if self._low_first[row] else (opened, high, low, close)
        price = met[self._way[leg]]
        bid, ask = self.terms.around(price)
        time = int(self.times[number - 1])
        before = self._way[leg - 1] if leg else OPEN
        trades: tuple[PublicTrade, ...] = ()
        if quantity and (not leg or before != self._way[leg]):
            trades = (PublicTrade(number, price, quantity, time, buyer_is_maker=price < met[before]),)
        return FeedTick(Quote(self.terms.symbol, bid, ask, price, time), number, trades)

    def choose(self, candle: int, *, low_first: bool) -> bool:
        """Which extreme of a candle is met first; whether that is another one now."""
        if bool(self._low_first[candle]) == low_first:
            return False
        self._low_first[candle] = low_first
        begin, each = candle * self._legs + 1, self._legs // 2 - 1
        for column in (self.bid, self.ask, self.last, self.low_trade, self.high_trade):
            first = column[begin : begin + each].copy()
            column[begin : begin + each] = column[begin + each : begin + 2 * each]
            column[begin + each : begin + 2 * each] = first
        return True

    def _traded(self, volumes: Floats) -> Truths:
        """In which candles there is a trade: where a quarter of the volume (base asset) is a step at least."""
        steps = volumes * 0.25 / float(self.terms.step_size)
        found = steps >= 1
        for row in np.flatnonzero(np.abs(steps - 1) < 1e-9).tolist():
            found[row] = bool(self._recorded.traded(row, self.terms))
        return found

    def _along(self, prices: Mapping[str, Floats]) -> Floats:
        low, high = prices["low"], prices["high"]
        first, second = np.where(self._low_first, low, high), np.where(self._low_first, high, low)
        met = (prices["open"], first, second, prices["close"])
        return np.stack([met[each] for each in self._way], 1).ravel()


def closed_up(rows: Rows, floats: Mapping[str, Floats]) -> Truths:
    """Which candles meet their low first by default, as domain.candle_path says."""
    opened, close = floats["open"], floats["close"]
    found = close >= opened
    before, after = rows.cells["open"], rows.cells["close"]
    for row in np.flatnonzero(close == opened).tolist():
        # digits that a float has not
        found[row] = before[row] == after[row] or exact(after[row]) >= exact(before[row])
    return found


def by_chance(seed: int, symbol: str, times: Sequence[int]) -> Truths:
    """An order for each candle: a pure function of the seed, the symbol and the time it opened."""
    key = int.from_bytes(blake2b(f"{seed}:{symbol}".encode(), digest_size=8).digest())
    mixed = np.array(times, np.int64).astype(np.uint64) ^ np.uint64(key)
    # the last steps of splitmix64: every bit of the time changes every bit of the result
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return ((mixed ^ (mixed >> np.uint64(31))) & np.uint64(1)).astype(np.bool_)
