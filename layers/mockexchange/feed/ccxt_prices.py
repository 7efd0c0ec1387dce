"""The prices of many markets by one request, in the best way that an exchange has."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .ccxt_calls import CallFailed, CcxtCalls

_log = logging.getLogger(__name__)

Tickers = Mapping[str, Any]

_WAYS = (
    # prices and sizes without a last one, for a twentieth of what tickers weigh on Binance
    ("fetch_bids_asks", "fetchBidsAsks"),
    ("fetch_tickers", "fetchTickers"),
)
"""Batched requests, the better one first: ccxt's method, and how the exchange says that it has it."""


class CcxtPrices:
    """Reads tickers. The way is found with the first answers: one that needs a key, or that has no bid and ask for any
    market, is left for the next, and at last for a request a market. A way that worked once is kept."""

    def __init__(self, calls: CcxtCalls) -> None:
        self._calls = calls
        self._way = 0
        self._works = False

    def read(self, symbols: Sequence[str], again: Callable[[], Sequence[str]]) -> Tickers:
        """Tickers by symbol. `again` reads the exchange's markets anew and says which of ours still trade, for when it
        refuses one of them. Raises CallFailed."""
        while self._way < len(_WAYS):
            method, name = _WAYS[self._way]
            if self._calls.has(name):
                tickers = self._try(method, symbols, again)
                if self._works or any(ticker.get("bid") is not None for ticker in tickers.values()):
                    self._works = True
                    return tickers
                if any("unreadable" in ticker for ticker in tickers.values()):
                    return tickers
            self._way += 1
            if self._way == len(_WAYS):
                _log.warning(
                    "%s has no bid and ask for many markets at once: one request for each, every time",
                    self._calls.exchange_id,
                )
        return self._one_by_one(symbols)

    def _try(self, method: str, symbols: Sequence[str], again: Callable[[], Sequence[str]]) -> Tickers:
        try:
            return self._batched(method, symbols, again)
        except CallFailed as failure:
            if self._works or not failure.unsupported:
                raise
            return {}

    def _batched(self, method: str, symbols: Sequence[str], again: Callable[[], Sequence[str]]) -> Tickers:
        if not symbols:
            return {}
        try:
            return self._calls.call(method, list(symbols))
        except CallFailed as failure:
            if not failure.symbols:
                raise
        # One of ours is gone, and the exchange refuses all of them: its list of markets says which.
        left = again()
        try:
            return self._calls.call(method, list(left)) if left else {}
        except CallFailed as failure:
            if not failure.symbols:
                raise
        return self._calls.call(method)  # the list does not know yet: ask for every market there is

    def _one_by_one(self, symbols: Sequence[str]) -> Tickers:
        tickers: dict[str, Any] = {}
        for symbol in symbols:
            try:
                tickers[symbol] = self._calls.call("fetch_ticker", symbol)
            except CallFailed as failure:
                if not failure.symbols:
                    raise
        return tickers
