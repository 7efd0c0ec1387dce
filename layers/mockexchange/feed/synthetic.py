"""`synthetic[:seed]`: invented markets that any number of stateless feeders agree on."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from ..domain.candles import LENGTHS, Candle
from ..domain.errors import BadRequest, BadSymbol
from ..domain.instruments import Instrument
from ..domain.patterns import listed, matches
from ..ports import FeedBatch, FeedState
from .synthetic_candles import candle
from .synthetic_market import INVENTED, SyntheticMarket

_log = logging.getLogger(__name__)

MOST_MISSED = 60
"""Ticks per symbol that one poll gives at most. After downtime the newest of them are made up for: two minutes at the
default interval, twice as long as a quote stays fresh; older ones could meet no order."""


class SyntheticSource:
    """One tick per symbol and interval, at whole multiples of it. `interval` is in ms.

    A tick's position is its time in ms, so that positions still grow when the interval is changed.
    Raises BadRequest and BadSymbol.
    """

    def __init__(self, seed: int, symbols: Sequence[str], interval: int) -> None:
        if interval < 1:
            raise BadRequest(f"the interval of a synthetic feed must be at least 1 ms, was {interval}")
        names = listed(symbols)
        names += [symbol for symbol in INVENTED if symbol not in names and matches(symbol, symbols)]
        if not names:
            raise BadRequest(
                f"a synthetic feed knows no market like {','.join(symbols)}: name them, as in SYMBOLS=BTC/USDT,ETH/USDT"
            )
        self._seed = seed
        self._interval = interval
        self._markets = [SyntheticMarket(seed, symbol) for symbol in names]
        self._by_symbol = {market.symbol: market for market in self._markets}

    @property
    def name(self) -> str:
        """`synthetic:<seed>`."""
        return f"synthetic:{self._seed}"

    def instruments(self) -> Sequence[Instrument]:
        """One market per symbol."""
        return [market.instrument for market in self._markets]

    def start(self, now: int) -> FeedState:
        """Just before the interval that `now` is in, so that the first poll gives one tick per symbol."""
        return FeedState(self.name, wall=now, position=self._slot(now) - 1)

    def poll(self, state: FeedState, now: int) -> FeedBatch:
        """Every symbol's tick for each interval that began after `state`, newest MOST_MISSED at most."""
        newest = self._slot(now)
        oldest = self._slot(state.position) + self._interval
        missed = (newest - oldest) // self._interval + 1
        if missed > MOST_MISSED:
            oldest = newest - (MOST_MISSED - 1) * self._interval
            _log.warning("%s: %d intervals without a feeder, the last %d are given", self.name, missed, MOST_MISSED)
        times = range(oldest, newest + 1, self._interval)
        if not times:
            return FeedBatch((), state)
        ticks = [market.tick(time, self._interval) for time in times for market in self._markets]
        return FeedBatch(ticks, FeedState(self.name, wall=now, position=newest))

    def candles(self, symbol: str, timeframe: str, since: int, limit: int) -> Sequence[Candle]:
        """See ports.CandleSource. It knows no clock: what it is asked for in the future it gives as well.

        No more at once than a small part of the interval is enough for: a candle takes up to 0.7 ms.
        """
        market = self._by_symbol.get(symbol)
        if market is None:
            raise BadSymbol(f"{self.name} has no market {symbol}")
        length = LENGTHS[timeframe]
        first = since + -since % length
        count = min(limit, max(1, self._interval // 8))
        times = range(first, first + count * length, length)
        return [made for time in times if (made := candle(market, time, length, self._interval))]

    def _slot(self, time: int) -> int:
        return time - time % self._interval
