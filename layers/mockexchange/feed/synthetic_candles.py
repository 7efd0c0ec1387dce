"""The candles of an invented market, computed from its ticks without all of them.

Open and close are those of the first and the last tick. High and low are looked for at a few ticks between, so they may
fall a little short of what a feeder that ran would have seen; nowhere do they say more. A minute's volume is that of
all its trades; a longer candle's is estimated from some ticks.
"""

from __future__ import annotations

from decimal import Decimal

from ..domain.amounts import multiply
from ..domain.candles import HOUR, MINUTE, Candle
from .synthetic_market import SyntheticMarket

_MOST_COUNTED = 60
"""Ticks whose trades are counted at most: a minute of one every second."""


def candle(market: SyntheticMarket, time: int, length: int, interval: int) -> Candle | None:
    """The candle that opens at `time` and lasts `length`, of ticks that come every `interval` (all ms); None when no
    tick falls into it."""
    first = time + -time % interval
    ticks = range(first, time + length, interval)
    if not ticks:
        return None
    # a price takes about 45 us, the trades of a tick 3 us
    looked_at = 4 if length <= MINUTE else 6 if length <= HOUR else 8
    prices = [market.last_price(ticks[place], interval) for place in _spread(len(ticks), looked_at)]
    counted = _spread(len(ticks), _MOST_COUNTED if length <= MINUTE else _MOST_COUNTED // 4)
    steps = sum(market.traded_steps(ticks[place]) for place in counted) * len(ticks) // len(counted)
    return Candle(
        time, prices[0], max(prices), min(prices), prices[-1], multiply(Decimal(steps), market.instrument.step_size)
    )


def _spread(count: int, most: int) -> list[int]:
    """Places from 0 to `count` - 1, both included, evenly: all of them, or `most`."""
    if count <= most:
        return list(range(count))
    return [place * (count - 1) // (most - 1) for place in range(most)]
