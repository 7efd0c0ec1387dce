"""Prices: a quote is the top of the book at one moment, a tick is a quote with its number in the tick log."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from .errors import BadQuote
from .orders import Side


@dataclass(frozen=True, slots=True)
class Quote:
    """The best bid and ask of one market. Prices are in the quote asset, sizes in the base asset.

    A size of None is unknown, which is not the same as no liquidity. `timestamp` is the source's own time in ms.
    """

    symbol: str
    bid: Decimal
    ask: Decimal
    last: Decimal
    timestamp: int
    bid_size: Decimal | None = None
    ask_size: Decimal | None = None

    def __post_init__(self) -> None:
        """Raises BadQuote when a price is not a positive number or the book is crossed."""
        for name in ("bid", "ask", "last"):
            price: Decimal = getattr(self, name)
            if not price.is_finite() or price <= 0:
                raise BadQuote(f"{self.symbol}: {name} must be a positive number, was {price}")
        if self.bid > self.ask:
            raise BadQuote(f"{self.symbol}: crossed, bid {self.bid} is above ask {self.ask}")
        for size in (self.bid_size, self.ask_size):
            if size is not None and (not size.is_finite() or size <= 0):
                raise BadQuote(f"{self.symbol}: a size must be positive or unknown, was {size}")

    def is_stale(self, now: int, stale_after: int) -> bool:
        """Whether the quote is more than `stale_after` ms old at `now` (ms)."""
        return now - self.timestamp > stale_after


@dataclass(frozen=True, slots=True)
class PublicTrade:
    """One trade of the public tape: price in the quote asset, quantity in the base asset, time in ms.

    `buyer_is_maker` is Binance's word: True when the aggressor sold.
    """

    trade_id: int
    price: Decimal
    quantity: Decimal
    timestamp: int
    buyer_is_maker: bool


Level = tuple[Decimal, Decimal]
"""A price of a book, and the quantity that stands there."""


@dataclass(frozen=True, slots=True)
class Book:
    """Price levels, best first on both sides."""

    bids: tuple[Level, ...]
    asks: tuple[Level, ...]

    def opposite(self, side: Side) -> tuple[Level, ...]:
        """What an order on `side` is met with."""
        return self.asks if side is Side.BUY else self.bids

    def top(self, levels: int) -> Book:
        """The best of it."""
        return Book(self.bids[:levels], self.asks[:levels])


@dataclass(frozen=True, slots=True)
class Tick:
    """A quote as it stands in the tick log.

    `number` counts up by one per symbol, from 1. `source` names the price source ("replay:file", "manual", ...).
    `logged_at` is the venue time (ms) at which it was appended; a quote that was stale by then meets no order. `book`
    is the best levels that the source showed with it, where a fill model wants them.
    """

    number: int
    quote: Quote
    source: str
    logged_at: int
    trades: tuple[PublicTrade, ...] = field(default=())
    book: Book | None = None

    @property
    def is_made_up(self) -> bool:
        """Whether the market is invented, its trades and its book with it."""
        return self.source.startswith("synthetic")

    def was_stale(self, stale_after: int) -> bool:
        """Whether the quote was already older than `stale_after` ms when it was logged."""
        return self.quote.is_stale(self.logged_at, stale_after)
