"""Bid and ask around many prices at once: the floats nearest to what feed.recording.Terms.around gives for each."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import cast

import numpy as np

from ..feed.recording import Terms
from .checking import Floats

_HALF_BASIS_POINT = 0.00005
_MOST_TICKS = 2.0**52
"""Prices of more ticks than this are computed exactly, one by one."""


def around(prices: Floats, price: Callable[[int], Decimal], terms: Terms) -> tuple[Floats, Floats]:
    """Bids and asks; `price` gives one of the prices exactly. It is asked where a float is too near to a whole number
    of ticks to say on which side of it the exact one lies."""
    if not terms.spread_bps:
        return prices.copy(), prices.copy()
    tick, half = float(terms.tick_size), float(terms.spread_bps) * _HALF_BASIS_POINT
    low, high = prices * (1 - half) / tick, prices * (1 + half) / tick
    doubtful = _is_near_whole(low) | _is_near_whole(high)
    bids = _as_prices(np.maximum(np.floor(low), 1), terms.tick_size)
    asks = _as_prices(np.ceil(high), terms.tick_size)
    places = np.flatnonzero(doubtful)
    _, first, inverse = np.unique(prices[places], return_index=True, return_inverse=True)
    found = [terms.around(price(int(place))) for place in cast("list[int]", places[first].tolist())]
    if found:
        bids[places] = np.array([float(bid) for bid, _ in found])[inverse]
        asks[places] = np.array([float(ask) for _, ask in found])[inverse]
    return bids, asks


def _is_near_whole(counts: Floats) -> np.typing.NDArray[np.bool_]:
    return (np.abs(counts - np.rint(counts)) <= counts * 1e-14 + 1e-9) | (counts > _MOST_TICKS)


def _as_prices(counts: Floats, tick: Decimal) -> Floats:
    """So many ticks: a quotient of two whole numbers, both exact in floats, is rounded once."""
    _, digits, exponent = tick.as_tuple()
    units = counts * float(int("".join(map(str, digits))))
    power = cast("int", exponent)
    return units / 10.0**-power if power < 0 else units * 10.0**power
