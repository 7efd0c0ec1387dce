"""Which markets of an exchange are ours, and what they are like: read at the start, and again now and then."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..domain.instruments import Instrument
from ..domain.patterns import is_pattern
from ..domain.quotes import Quote
from .ccxt_calls import CallFailed, CcxtCalls
from .ccxt_markets import TICK_SIZE, choose, instrument_of, spot_symbols

_log = logging.getLogger(__name__)

EVERY = 300_000
SOONER = 60_000
"""ms between two looks at the exchange's markets, and when one of ours has no usable price: it may be halted."""


class CcxtListing:
    """The markets that `names` (SYMBOLS) stand for, at most `limit` of them by pattern."""

    def __init__(self, calls: CcxtCalls, names: Sequence[str], limit: int) -> None:
        self._calls = calls
        self._names = names
        self._limit = limit
        self._markets: Mapping[str, Any] = {}
        self._read_at: int | None = None
        self._known: dict[str, Instrument] = {}
        self.symbols: list[str] = []

    @property
    def found_by_pattern(self) -> tuple[str, ...]:
        """What to remember, so that the same markets are followed after a restart."""
        return tuple(self.symbols) if any(is_pattern(name) for name in self._names) else ()

    @property
    def instruments(self) -> list[Instrument]:
        """Those found so far."""
        return list(self._known.values())

    def read_first(self, kept: Sequence[str], now: int) -> None:
        """Choose the markets, unless that was done; those `kept` from before stay. Raises CallFailed."""
        if self._read_at is not None:
            return
        markets = self._read(reload=False)
        patterns = any(is_pattern(name) for name in self._names)
        tickers: Mapping[str, Any] = {}
        if patterns and self._calls.has("fetchTickers"):
            tickers = self._calls.call("fetch_tickers")
        found = choose(self._names, spot_symbols(markets), tickers, kept, self._limit)
        for name in self._names:
            if not is_pattern(name) and name not in found:
                halted = name in markets
                _log.warning(
                    "%s: %s %s",
                    self._calls.exchange_id,
                    name,
                    "does not trade at the moment" if halted else "is no spot market there",
                )
                found += [name] if halted else []  # it may open again
        if not found:
            raise CallFailed(f"{self._calls.who} has no spot market of SYMBOLS={','.join(self._names)}: change SYMBOLS")
        self.symbols, self._markets, self._read_at = found, markets, now

    def read_again(self, now: int) -> list[str]:
        """Read the exchange's markets anew; ours that still trade. Raises CallFailed."""
        self._markets = self._read(reload=True)
        self._read_at = now
        return self.trading

    def _read(self, *, reload: bool) -> Mapping[str, Any]:
        """Every market of the exchange. ccxt takes an answer that was cut short for one without markets: that is no
        halt of everything. Raises CallFailed."""
        markets: Mapping[str, Any] = self._calls.call("load_markets", reload)
        if not markets:
            raise CallFailed(f"{self._calls.who} sent a list of markets that is empty or cut short")
        return markets

    def refresh(self, now: int, rejected: list[str]) -> None:
        """Read the markets again when it is time, sooner when quotes were `rejected`. Prices go on when that fails, but
        not against an exchange that wants a pause: raises CallFailed then."""
        read, age = self._read_at or 0, SOONER if rejected else EVERY
        if read <= now < read + age:
            return
        try:
            self.read_again(now)
        except CallFailed as failure:
            if failure.stay_away:
                raise
            self._read_at = now
            rejected.append(f"markets: {failure.reason}")

    @property
    def trading(self) -> list[str]:
        """Ours that trade now."""
        return [symbol for symbol in self.symbols if self._trades(symbol)]

    def _trades(self, symbol: str) -> bool:
        market = self._markets.get(symbol)
        return market is not None and market.get("active") is not False

    def changes(self, quotes: Mapping[str, Quote]) -> list[Instrument]:
        """Instruments that are new or no longer what they were. One whose increments may depend on its price waits for
        the first one."""
        changed: list[Instrument] = []
        for symbol in self.symbols:
            known = self._known.get(symbol)
            latest = self._latest(symbol, known, quotes.get(symbol))
            if latest is None or latest == known:
                continue
            if known and known.status != latest.status:
                _log.warning("%s: %s is %s", self._calls.exchange_id, symbol, latest.status)
            self._known[symbol] = latest
            changed.append(latest)
        return changed

    def _latest(self, symbol: str, known: Instrument | None, quote: Quote | None) -> Instrument | None:
        market = self._markets.get(symbol)
        if market is None:
            return replace(known, status="BREAK") if known else None  # the exchange knows it no more
        if known is None and quote is None and self._trades(symbol):
            return None
        mode: int = self._calls.exchange.precisionMode
        latest = instrument_of(market, mode, quote.last if quote else None)
        if known and mode != TICK_SIZE:
            # digits of a price mean another increment at another price: what they meant at first stays
            return replace(latest, tick_size=known.tick_size, step_size=known.step_size)
        return latest
