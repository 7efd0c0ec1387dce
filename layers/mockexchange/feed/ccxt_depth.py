"""Books and public trades beside the quotes: a request for each market, so only as many as fit into an interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..domain.errors import BadQuote
from ..domain.quotes import Book, PublicTrade
from .ccxt_calls import CallFailed, CcxtCalls
from .ccxt_quotes import book_of, trades_of

PAUSE = 30_000
"""ms without books and trades after one could not be had; the prices go on meanwhile."""

Seen = tuple[Book | None, tuple[PublicTrade, ...]]


class CcxtDepth:
    """What is read beside the quotes. `levels` of each book (0: none), `budget` in seconds for one poll; the markets
    that did not fit are first in the next."""

    def __init__(
        self, calls: CcxtCalls, levels: int, budget: float, monotonic: Callable[[], float], *, trades: bool
    ) -> None:
        self._calls = calls
        self._levels = levels
        self._trades = trades
        self._budget = budget
        self._monotonic = monotonic
        self._last_ids: dict[str, int] = {}
        self._next = 0
        self._paused_at: int | None = None

    def read(self, symbols: Sequence[str], now: int, rejected: list[str]) -> dict[str, Seen]:
        """Books and new trades by symbol. Raises CallFailed when the exchange wants a pause."""
        if not symbols or not (self._levels or self._trades):
            return {}
        if self._paused_at is not None and self._paused_at <= now < self._paused_at + PAUSE:
            return {}
        self._paused_at = None
        found: dict[str, Seen] = {}
        begin = self._monotonic()
        for _ in symbols:
            if self._monotonic() - begin > self._budget:
                break
            symbol = symbols[self._next % len(symbols)]
            self._next += 1
            try:
                found[symbol] = self._book(symbol), self._new_trades(symbol)
            except BadQuote as refused:
                rejected.append(refused.detail)
            except CallFailed as failure:
                if failure.stay_away:
                    raise
                self._paused_at = now
                rejected.append(f"{symbol}: no book and trades for {PAUSE // 1000} s: {failure.reason}")
                break
        return found

    def _book(self, symbol: str) -> Book | None:
        if not self._levels:
            return None
        return book_of(symbol, self._calls.call("fetch_order_book", symbol, _asked(self._levels)), self._levels)

    def _new_trades(self, symbol: str) -> tuple[PublicTrade, ...]:
        """Those since the last look; none at the first, when nobody knows which are new."""
        if not self._trades:
            return ()
        trades = trades_of(symbol, self._calls.call("fetch_trades", symbol))
        last = self._last_ids.get(symbol)
        if trades:
            self._last_ids[symbol] = max(last or 0, trades[-1].trade_id)
        return tuple(trade for trade in trades if last is not None and trade.trade_id > last)


def _asked(levels: int) -> int:
    """Exchanges take certain sizes only: the next of those that nearly all of them know."""
    return next((size for size in (5, 10, 20, 50, 100, 500, 1000) if size >= levels), levels)
