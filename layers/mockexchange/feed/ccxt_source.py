"""`ccxt:<exchange id>`: live prices of a real exchange.

A poll is one batched request for all markets. A quote's time is when the exchange confirmed it, by our clock: exchanges
mean different things by the time of a ticker (its last trade, the end of a window, nothing at all). A quote that has
not changed is logged again when its confirmation is CONFIRM_EVERY old, so that a quiet market stays fresh.

Positions are the wall time of the poll, or one more than the last where the clock did not move on: they grow whatever
the clock does. What is kept in memory (the last quotes, ids of trades) saves ticks and never decides anything: a
process that starts anew gives each quote once more.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..domain.candles import Candle
from ..domain.errors import BadQuote, BadSymbol, ExchangeNotAvailable
from ..domain.instruments import Instrument
from ..domain.quotes import Book, Quote
from ..ports import FeedBatch, FeedState, FeedTick
from .backoff import wait_after
from .ccxt_calls import CallFailed, CcxtCalls
from .ccxt_depth import CcxtDepth
from .ccxt_listing import CcxtListing
from .ccxt_prices import CcxtPrices
from .ccxt_quotes import candles_of, quote_of

CONFIRM_EVERY = 10_000
"""ms after which an unchanged quote is logged again; a third of STALE_AFTER_SEC where that is less."""


@dataclass(frozen=True, slots=True)
class CcxtOptions:
    """What a live feed brings. `limit` bounds what patterns find, `depth` is in levels (0: no books), `interval` and
    `stale_after` are in ms, `seed` is that of the back-off."""

    symbols: tuple[str, ...]
    limit: int = 50
    depth: int = 0
    trades: bool = False
    interval: int = 2_000
    stale_after: int = 60_000
    seed: int = 0


class CcxtSource:
    """One exchange. Nothing is imported, and nothing sent, before the first poll."""

    def __init__(self, calls: CcxtCalls, options: CcxtOptions, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._calls = calls
        self._listing = CcxtListing(calls, options.symbols, options.limit)
        self._prices = CcxtPrices(calls)
        self._depth = CcxtDepth(calls, options.depth, options.interval / 1000, monotonic, trades=options.trades)
        self._key = f"{options.seed}:{self.name}"
        self._confirm_every = min(CONFIRM_EVERY, options.stale_after // 3)
        self._given: dict[str, tuple[Quote, Book | None]] = {}
        self._returned: FeedState | None = None

    @property
    def name(self) -> str:
        """`ccxt:<exchange id>`."""
        return f"ccxt:{self._calls.exchange_id}"

    def instruments(self) -> Sequence[Instrument]:
        """Those found so far; polls tell of new ones and of changes."""
        return self._listing.instruments

    def start(self, now: int) -> FeedState:
        """There is nothing to go on from: a live feed has no past."""
        return FeedState(self.name, wall=now)

    def probe(self) -> str | None:
        """None when the exchange answers within a moment, else why not."""
        return self._calls.probe()

    def candles(self, symbol: str, timeframe: str, since: int, limit: int) -> Sequence[Candle]:
        """See ports.CandleSource."""
        try:
            return candles_of(symbol, self._calls.call("fetch_ohlcv", symbol, timeframe, since, limit))
        except CallFailed as failure:
            if failure.unsupported:
                raise BadSymbol(failure.reason) from failure
            raise ExchangeNotAvailable(failure.reason) from failure

    def poll(self, state: FeedState, now: int) -> FeedBatch:
        """Quotes that changed, or an outage. While it backs off it asks nothing."""
        # A clock that was set back does not prolong a wait: `wall` is when the wait began.
        if state.failures and state.wall <= now < state.retry_at:
            return FeedBatch((), state)
        if state != self._returned:
            # What was given last may never have been logged, or another feeder was at work: give all of it again.
            self._given.clear()
        try:
            batch = self._ask(state, now)
        except CallFailed as failure:
            failures = state.failures + 1
            wait = wait_after(failures, self._key, at_least=failure.stay_away)
            after = replace(state, wall=now, failures=failures, retry_at=now + wait)
            batch = FeedBatch((), after, outage=failure.reason)
        self._returned = batch.state
        return batch

    def _ask(self, state: FeedState, now: int) -> FeedBatch:
        listing, rejected = self._listing, list[str]()
        listing.read_first(state.symbols, now)
        asked = listing.trading
        quotes = _usable(asked, self._prices.read(asked, lambda: listing.read_again(now)), now, rejected)
        listing.refresh(now, rejected)
        if not quotes and listing.trading:
            raise CallFailed(f"{self._calls.who} gives no usable price: {'; '.join(rejected)[:300]}")
        quotes = {symbol: quotes[symbol] for symbol in listing.trading if symbol in quotes}
        position = max(now, state.position + 1)
        ticks = self._changed(quotes, position, now, rejected)
        after = FeedState(self.name, wall=now, position=position, symbols=listing.found_by_pattern)
        return FeedBatch(ticks, after, rejected=rejected, instruments=listing.changes(quotes))

    def _changed(self, quotes: Mapping[str, Quote], position: int, now: int, rejected: list[str]) -> list[FeedTick]:
        """A tick for each quote that is news: another price, size, book or trade, or a confirmation that is due."""
        beside = self._depth.read(list(quotes), now, rejected)
        ticks: list[FeedTick] = []
        for symbol, asked in quotes.items():
            book, trades = beside.get(symbol, (None, ()))
            quote = replace(asked, last=trades[-1].price) if trades else asked
            before, book_before = self._given.get(symbol, (None, None))
            book_is_news = book is not None and book != book_before
            if before and not (trades or book_is_news) and self._is_known(before, quote):
                continue
            ticks.append(FeedTick(quote, position, trades, book))
            self._given[symbol] = quote, book or book_before
        return ticks

    def _is_known(self, before: Quote, quote: Quote) -> bool:
        """Whether a quote says no more than the one `before`, whose confirmation is fresh enough."""
        unchanged = before == replace(quote, timestamp=before.timestamp)
        return unchanged and 0 <= quote.timestamp - before.timestamp < self._confirm_every


def _usable(symbols: Sequence[str], tickers: Mapping[str, Any], now: int, rejected: list[str]) -> dict[str, Quote]:
    quotes: dict[str, Quote] = {}
    for symbol in symbols:
        try:
            quotes[symbol] = quote_of(symbol, tickers.get(symbol), now)
        except BadQuote as refused:
            rejected.append(refused.detail)
    return quotes
