"""Recorded candles of a real exchange, by ccxt, page by page into a file that grows."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from ..domain.errors import BadRequest, BadSymbol, ExchangeNotAvailable
from .candle_file import CandleFile, Row
from .ccxt_class import UNREADABLE, check_exchange, make_exchange

FALLBACK_PAGE = 500
"""Candles asked for at once where ccxt does not say how many an exchange gives."""

PART = 10_000
"""Candles that are written together: a week of minutes, and a second's work of an exchange."""

WAITS = (1.0, 4.0, 16.0)
"""Seconds before each further attempt at a page that an exchange did not give."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which candles: those that begin from `since` to before `until` (ms)."""

    exchange: str
    symbol: str
    timeframe: str
    since: int
    until: int

    def about(self) -> dict[str, str]:
        """What the file says it holds."""
        return {"exchange": self.exchange, "symbol": self.symbol, "timeframe": self.timeframe}


class HistorySource:
    """One exchange through ccxt, with ccxt's own rate limit. Raises BadRequest when there is none of that name, or ccxt
    is missing, or `config` (EXCHANGE_CONFIG, JSON) does not suit it."""

    def __init__(self, exchange: str, config: str, pause: Callable[[float], None] = time.sleep) -> None:
        check_exchange(exchange)
        # By name: only who fetches pays for the half second and the 80 MB that it takes.
        self._ccxt: Any = import_module("ccxt")
        self._exchange: Any = make_exchange(exchange, json.loads(config))
        self._exchange.enableRateLimit = True
        self._name = exchange
        self._pause = pause

    def close(self) -> None:
        """Let go of its connections."""
        session: Any = self._exchange.session
        if session is not None:
            session.close()

    def length(self, timeframe: str) -> int:
        """How long a candle is, in ms. Raises BadRequest when the exchange has none of that length."""
        known: Any = self._exchange.timeframes or {}
        if not self._exchange.has.get("fetchOHLCV") or timeframe not in known:
            listed = ", ".join(known) or "none"
            raise BadRequest(f"{self._name} has no candles of {timeframe!r}; it has: {listed}")
        return int(self._exchange.parse_timeframe(timeframe)) * 1000

    def page(self, symbol: str, timeframe: str, since: int) -> list[Row]:
        """Candles from `since` (ms) on, oldest first; none when the exchange has none after that.

        Raises BadSymbol, and ExchangeNotAvailable when the exchange does not give them after some attempts.
        """
        limit = self._page_size()
        for wait in (*WAITS, None):
            try:
                found: list[list[Any]] = self._exchange.fetch_ohlcv(symbol, timeframe, since, limit)
                return sorted(([int(row[0]), *map(float, row[1:6])] for row in found), key=lambda row: row[0])
            except self._ccxt.BadSymbol:
                raise BadSymbol(f"{self._name} has no market {symbol}") from None
            except self._ccxt.NetworkError as error:
                if wait is None:
                    raise ExchangeNotAvailable(
                        f"{self._name} could not be reached ({len(WAITS) + 1} attempts): {_short(error)}"
                    ) from error
                self._pause(wait)
            except (self._ccxt.BaseError, *UNREADABLE) as error:
                raise ExchangeNotAvailable(f"{self._name} refused: {_short(error)}") from error
        raise AssertionError("the last attempt returns or raises")

    def _page_size(self) -> int:
        features: Any = self._exchange.features or {}
        try:
            return int(features["spot"]["fetchOHLCV"]["limit"])
        except (KeyError, TypeError, ValueError):
            return FALLBACK_PAGE


def fetch(
    source: HistorySource,
    wanted: Wanted,
    file: CandleFile,
    now: int,
    progress: Callable[[int, int], None],
) -> None:
    """Fetch what the file does not have yet, and join it. `now` (wall ms): a candle that is not over by then is left
    out. `progress` hears up to when (ms) candles are there, and how many, after every page.

    What was fetched before an error, or Ctrl-C, is in the file; the same call again goes on from there.
    """
    length = source.length(wanted.timeframe)
    end = min(wanted.until, now - now % length)
    if file.first is not None and wanted.since < file.first - length:
        raise BadRequest(
            "the file begins later than --since: candles are added at its end only. Fetch the earlier ones into a "
            "file of their own"
        )
    begin = wanted.since if file.last is None else max(wanted.since, file.last + length)
    waiting: list[Row] = []
    progress(begin, file.count)
    try:
        while begin < end:
            page = [row for row in source.page(wanted.symbol, wanted.timeframe, begin) if begin <= row[0] < end]
            if not page:
                break
            waiting += page
            begin = int(page[-1][0]) + length
            if len(waiting) >= PART:
                file.add(waiting)
                waiting = []
            progress(begin, file.count + len(waiting))
    finally:
        _keep(file, waiting)


def _keep(file: CandleFile, waiting: Sequence[Row]) -> None:
    file.add(waiting)
    file.join()


def _short(error: Exception) -> str:
    """One line of what ccxt says; it adds the whole page that an exchange, or a proxy, answered with."""
    return " ".join(str(error).split())[:300] or type(error).__name__
