"""How old the prices are, over all markets: for whoever watches the exchange."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .exchange import Exchange


@dataclass(frozen=True, slots=True)
class FeedAge:
    """`newest`: seconds since the newest quote of any market, None when there never was one. `stale` counts the markets
    that cannot trade because their price is missing or too old."""

    newest: Decimal | None
    stale: int


def feed_age(exchange: Exchange) -> FeedAge:
    """Of the markets that this exchange trades."""
    symbols = exchange.symbols()
    ticks, now = exchange.ticks(symbols), exchange.now()
    fresh = sum(not tick.is_stale(now, exchange.rules.engine.stale_after) for tick in ticks.values())
    times = [tick.quote.timestamp for tick in ticks.values()]
    newest = Decimal(max(0, now - max(times))).scaleb(-3) if times else None
    return FeedAge(newest, len(symbols) - fresh)
