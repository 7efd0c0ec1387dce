"""What a test has in hand: prices, books, trades, the clock, money, faults."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Literal, TypeVar

from ..clock import SystemClock
from ..domain.amounts import add, multiply, text
from ..domain.audit import AuditReport
from ..domain.candle_path import LEGS, candle_prices, leg_time
from ..domain.candles import LENGTHS
from ..domain.depth import DEFAULT_LEVELS, MOST_LEVELS
from ..domain.fill_models import latency_of, named
from ..domain.models import Engine
from ..domain.quotes import Book, Level, PublicTrade, Quote, Tick
from ..domain.rules import Rules
from ..exchange import Exchange
from ..feed.candling import CandleBuilder
from ..ports import Clock
from ..store.memory import MemoryStore
from .faults import Faults
from .terms import Amount, Terms, exact

T = TypeVar("T")

ACCOUNT = "default"
"""The account that a test trades with."""

_HALF = Decimal("0.5")

_NEVER = 10**15
"""ms: no price of a test gets so old."""


def venue(terms: Terms, clock: Clock | None = None) -> Exchange:
    """An exchange of these terms, in memory and without prices yet. Raises BadRequest."""
    model = named(terms.fill_model, levels=DEFAULT_LEVELS, seed=terms.seed)
    stale_after = _NEVER if terms.stale_after is None else terms.stale_after * 1000
    latency = latency_of(terms.fill_model, terms.latency)
    rules = Rules(
        engine=Engine(model, stale_after, latency=latency),
        maker_rate=terms.commission,
        taker_rate=terms.commission,
        symbols=terms.symbols or ("*",),
        book_levels=MOST_LEVELS,
    )
    return Exchange(MemoryStore(levels=MOST_LEVELS), clock or SystemClock(), rules)


class Hand(ABC):
    """Prices, clock, money and faults of one exchange. Amounts are numbers, or text where digits matter."""

    def __init__(self, venue: Exchange) -> None:
        self._venue = venue
        self._faults = Faults()
        self._candle_builder = CandleBuilder(venue.store, venue.clock)
        self._traded = 0

    def _begin(self, terms: Terms) -> None:
        """Open the account, and give markets their first prices."""
        self._venue.open_account(ACCOUNT, terms.balances)
        for symbol, price in terms.prices.items():
            self.price(symbol, price)

    @abstractmethod
    def _do(self, work: Callable[[], T]) -> T:
        """Have this done where nobody else is at work on the exchange."""

    @abstractmethod
    def _move_clock(self, milliseconds: int) -> None:
        """Let so much time be over."""

    # prices

    def price(
        self,
        symbol: str,
        price: Amount | None = None,
        *,
        bid: Amount | None = None,
        ask: Amount | None = None,
        last: Amount | None = None,
        bid_size: Amount | None = None,
        ask_size: Amount | None = None,
    ) -> None:
        """Set a market's price: bid, ask and last are all `price` unless they are named; last is halfway between the
        two when nothing else is said. Orders that it reaches are filled before this returns."""
        best_bid, best_ask = _named(bid, price, "bid"), _named(ask, price, "ask")
        if last is None and price is None:
            traded = multiply(add(best_bid, best_ask), _HALF)
        else:
            traded = _named(last, price, "last")
        sizes = [None if size is None else exact(size) for size in (bid_size, ask_size)]
        self._do(lambda: self._tick(Quote(symbol, best_bid, best_ask, traded, self._venue.now(), *sizes)))

    def book(
        self,
        symbol: str,
        bids: Sequence[tuple[Amount, Amount]],
        asks: Sequence[tuple[Amount, Amount]],
        *,
        last: Amount | None = None,
    ) -> None:
        """Set a market's order book: prices with the amounts there, best first. Orders walk it with the fill model
        `depth`. `last` is the last trade's price; not given, it stays what it was as far as the book allows."""
        if not bids or not asks:
            raise ValueError("a book has one bid and one ask at least; a market with one side only has no price")
        book = Book(_levels(bids)[::-1], _levels(asks))
        (best_bid, bid_size), (best_ask, ask_size) = book.bids[0], book.asks[0]

        def set_book() -> None:
            before = self._newest(symbol)
            traded = exact(last) if last is not None else before.quote.last if before else best_bid
            if last is None:
                traded = min(max(traded, best_bid), best_ask)
            quote = Quote(symbol, best_bid, best_ask, traded, self._venue.now(), bid_size, ask_size)
            self._tick(quote, book=book)

        self._do(set_book)

    def trade(self, symbol: str, price: Amount, amount: Amount, side: Literal["buy", "sell"] = "buy") -> None:
        """Let others trade: `side` is what the one did who came last and took. It is the market's last price from now
        on, and what resting orders get of it is up to the fill model (`depth+queue`, `touch+share=0.1`). A millisecond
        passes first: what trades at the very moment at which an order comes was there before it."""
        if side not in ("buy", "sell"):
            raise ValueError(f"side must be 'buy' or 'sell', was {side!r}")
        traded, quantity = exact(price), exact(amount)
        if quantity <= 0:
            raise ValueError(f"an amount must be above 0, was {amount!r}")

        def let_trade() -> None:
            self._pass(1)
            now, before = self._venue.now(), self._newest(symbol)
            self._traded += 1
            trade = PublicTrade(self._traded, traded, quantity, now, buyer_is_maker=side == "sell")
            if before is None:
                self._tick(Quote(symbol, traded, traded, traded, now), trades=(trade,))
            else:
                quote = replace(before.quote, last=traded, timestamp=now)
                self._tick(quote, trades=(trade,), book=before.book)

        self._do(let_trade)

    def candle(
        self,
        symbol: str,
        open: Amount,  # noqa: A002  # what the price of a candle is called
        high: Amount,
        low: Amount,
        close: Amount,
        timeframe: str = "1m",
    ) -> None:
        """Let a market go through a candle, from now on: its four prices in the order of a replay
        (domain/candle_path.py), and the time that it takes. Orders fill on the way."""
        if timeframe not in LENGTHS:
            raise ValueError(f"a timeframe is one of {', '.join(LENGTHS)}, was {timeframe!r}")
        prices = [exact(price) for price in (open, high, low, close)]
        if not prices[2] <= min(prices) <= max(prices) <= prices[1]:
            raise ValueError(f"high and low hold all prices of a candle, was {', '.join(map(text, prices))}")
        length = LENGTHS[timeframe]
        moments = [leg_time(0, length, leg) for leg in range(LEGS)] + [length]
        for price, (moment, next_one) in zip(candle_prices(*prices), pairwise(moments), strict=True):
            self.price(symbol, price)
            self.advance(milliseconds=next_one - moment)

    def _newest(self, symbol: str) -> Tick | None:
        return self._venue.store.market(symbol).tick

    def _tick(self, quote: Quote, *, trades: tuple[PublicTrade, ...] = (), book: Book | None = None) -> None:
        """Log a price, and hold open orders against it."""
        self._venue.set_price(quote.symbol, quote, trades=trades, book=book)
        self._candle_builder.run()

    # time

    def advance(
        self, *, milliseconds: float = 0, seconds: float = 0, minutes: float = 0, hours: float = 0, days: float = 0
    ) -> None:
        """Let time pass, at once: nothing sleeps. Orders whose time is up expire, and those that were on their way
        arrive, at the price that stands."""
        given = timedelta(milliseconds=milliseconds, seconds=seconds, minutes=minutes, hours=hours, days=days)
        passed = round(given / timedelta(milliseconds=1))
        if passed <= 0:
            raise ValueError(f"time goes on only; advance() was told {passed} ms")
        self._do(lambda: self._pass(passed))

    def _pass(self, milliseconds: int) -> None:
        self._move_clock(milliseconds)
        self._venue.match()
        store = self._venue.store
        symbols = store.symbols()
        for symbol, resting in zip(symbols, store.resting(symbols), strict=True):
            tick = self._newest(symbol)
            if resting.arrivals and tick and not tick.is_stale(self._venue.now(), self._venue.rules.engine.stale_after):
                self._tick(replace(tick.quote, timestamp=self._venue.now()), book=tick.book)
        self._candle_builder.run()

    # money

    def deposit(self, asset: str, amount: Amount) -> None:
        """Paper money in."""
        self._do(lambda: self._venue.deposit(ACCOUNT, asset, exact(amount)))

    def withdraw(self, asset: str, amount: Amount) -> None:
        """Paper money out."""
        self._do(lambda: self._venue.withdraw(ACCOUNT, asset, exact(amount)))

    # faults, and trust

    def fail_next(self, kind: str, times: int = 1, of: str | None = "create_order") -> None:
        """Let the next `times` calls of `of` (ccxt's name; None: whatever is asked next) go wrong in one of the ways
        of docs/chaos.md: `timeout`, `lost` and `error` befall what was carried out, the others come instead of it.
        Raises ValueError for a word that there is not."""
        self._faults.add(kind, times, of)

    def fail_no_more(self) -> None:
        """Forget the faults that have not happened yet."""
        self._faults.clear()

    def audit(self) -> AuditReport:
        """Check every invariant of the books, as happens after the test anyway."""
        return self._do(self._venue.audit)


class BrokenBooks(AssertionError):
    """The books are not right: the exchange is wrong, or the test has reached into it."""


def check_books(hand: Hand) -> None:
    """Raises BrokenBooks unless every invariant holds."""
    problems = hand.audit().problems
    if problems:
        lines = "\n".join(f"- {each}" for each in problems)
        raise BrokenBooks(f"the books of the exchange are broken, says its audit:\n{lines}")


def _levels(given: Sequence[tuple[Amount, Amount]]) -> tuple[Level, ...]:
    """Levels by price. Raises ValueError."""
    levels = sorted((exact(price), exact(size)) for price, size in given)
    for price, size in levels:
        if price <= 0 or size <= 0:
            raise ValueError(f"a level of a book has a price and an amount above 0, was {price}, {size}")
    return tuple(levels)


def _named(given: Amount | None, price: Amount | None, name: str) -> Decimal:
    if given is not None:
        return exact(given)
    if price is None:
        raise ValueError(f"price() needs a price, or bid and ask; {name} is not known")
    return exact(price)
