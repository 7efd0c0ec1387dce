"""Prices: a quote is the top of the book at one moment, a tick is a quote with its number in the tick log."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from .candles import opening
from .errors import BadQuote
from .orders import Side

CANDLES = "candles:"
"""How the source of a tick begins that was made of a candle, after a time without prices."""


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

    A tick that is made of a 1m candle (`candles:` and the source) is a price that the market reached while nobody
    looked: one of four, at the end of their minute. It is always logged late, and orders meet it all the same; it is
    never a price to trade at now.
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
        return self.source.removeprefix(CANDLES).startswith("synthetic")

    @property
    def is_of_candle(self) -> bool:
        """Whether it is made of a candle of a time that was missed."""
        return self.source.startswith(CANDLES)

    @property
    def began_at(self) -> int:
        """From when on (ms) its price may have been reached: of a candle's, when the candle opened."""
        return opening(self.quote.timestamp, "1m") if self.is_of_candle else self.quote.timestamp

    def was_stale(self, stale_after: int) -> bool:
        """Whether the quote was already older than `stale_after` ms when it was logged. A candle's never is."""
        return not self.is_of_candle and self.quote.is_stale(self.logged_at, stale_after)

    def is_stale(self, now: int, stale_after: int) -> bool:
        """Whether nobody trades at its price at `now` (ms): it is too old, or a candle's."""
        return self.is_of_candle or self.quote.is_stale(now, stale_after)

    def meets(self, updated_at: int) -> bool:
        """Whether an order that last changed at `updated_at` (ms) was there for all of what the tick stands for. A
        candle's price may be of any moment of its minute."""
        return not self.is_of_candle or updated_at <= self.began_at

    def is_catching_up(self, now: int, stale_after: int) -> bool:
        """Whether it is one of a line of candles that still goes on at `now` (ms): live prices come after them."""
        return self.is_of_candle and now - self.logged_at <= stale_after
