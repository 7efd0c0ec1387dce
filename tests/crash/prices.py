"""A market that swings, so that resting orders fill. Pure: any feeder, at any time, appends the same ticks."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from mockexchange.domain.instruments import Instrument, default_instrument
from mockexchange.domain.quotes import Quote
from mockexchange.ports import FeedBatch, FeedState, FeedTick

INTERVAL = 50
"""Milliseconds between two ticks of a market."""

SWING = 16.0
"""Ticks in which the price goes through one radian: up and down again in five seconds."""


@dataclass(frozen=True, slots=True)
class Market:
    """Prices move `width` tick sizes around `middle` (quote asset). Quantities are multiples of `lot` (base asset)."""

    symbol: str
    middle: Decimal
    width: int
    lot: Decimal

    @property
    def instrument(self) -> Instrument:
        """Its filters."""
        return default_instrument(self.symbol)

    def price(self, level: int) -> Decimal:
        """The price so many tick sizes from the middle."""
        return self.middle + self.instrument.tick_size * level


MARKETS = {
    market.symbol: market
    for market in (
        # One whose notionals fit 8 decimal places, one whose notionals need more and so must be rounded.
        Market("BTC/USDT", Decimal(100), 300, Decimal("0.05")),
        Market("ETH/BTC", Decimal("0.05"), 150, Decimal("0.0123")),
    )
}


class SwingingPrices:
    """See ports.PriceSource."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    @property
    def name(self) -> str:
        return f"swinging:{self._seed}"

    def instruments(self) -> Sequence[Instrument]:
        return [market.instrument for market in MARKETS.values()]

    def start(self, now: int) -> FeedState:
        return FeedState(self.name, wall=now)

    def poll(self, state: FeedState, now: int) -> FeedBatch:
        last = (now - state.wall) // INTERVAL
        ticks = [
            FeedTick(self.quote(symbol, position, state.wall), position)
            for position in range(state.position + 1, last + 1)
            for symbol in MARKETS
        ]
        position = max(last, state.position)
        return FeedBatch(ticks, FeedState(self.name, wall=state.wall, position=position))

    def quote(self, symbol: str, position: int, began: int) -> Quote:
        """The quote at a position, when the feed `began` (ms)."""
        market, chance = MARKETS[symbol], random.Random(f"{self._seed} {symbol} {position}")
        level = round(market.width * math.sin(position / SWING)) + chance.randint(-5, 5)
        bid = market.price(level)
        return Quote(
            symbol=symbol,
            bid=bid,
            ask=bid + market.instrument.tick_size * chance.randint(1, 3),
            last=bid,
            timestamp=began + position * INTERVAL,
            bid_size=_size(market, chance),
            ask_size=_size(market, chance),
        )


def _size(market: Market, chance: random.Random) -> Decimal | None:
    """Often small beside what rests, so that many fills are partial; unknown now and then."""
    return market.lot * chance.choice((3, 30, 300)) if chance.random() < 0.95 else None
