"""An exchange in memory with ccxt's face, for one test."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any

from ..api.chaos_answers import ChaosAnswers, reject
from ..backtest.unified_errors import error, of_wire
from ..backtest.unified_exchange import UnifiedExchange
from ..charts import live_candles
from ..clock import ManualClock
from ..domain.candles import LENGTHS, MINUTE
from ..domain.chaos import AFTERWARDS, ChaosPlan, Fault
from ..exchange import Exchange
from .faults import ROUTES
from .hand import ACCOUNT, Hand, T, venue
from .terms import Terms

_NAMES = {length: name for name, length in LENGTHS.items()}
_MOST = 1000
"""Candles in one answer."""

_ANSWERS = ChaosAnswers(0)


class ExchangeInHand(Hand, UnifiedExchange):
    """An account of an exchange: ccxt's methods, structures and exceptions for the bot, and for the test what Hand
    has. Time stands still but for `advance`, and `sleep` of a bot."""

    def __init__(self, terms: Terms) -> None:
        self._clock = ManualClock(terms.start)
        exchange = venue(terms, self._clock)
        Hand.__init__(self, exchange)
        UnifiedExchange.__init__(self, exchange, ACCOUNT, KeptPrices(exchange, self._sleep))
        self._begin(terms)

    def _do(self, work: Callable[[], T]) -> T:
        return work()

    def _move_clock(self, milliseconds: int) -> None:
        self._clock.time += milliseconds

    def _sleep(self, milliseconds: int) -> None:
        if milliseconds > 0:
            self.advance(milliseconds=milliseconds)

    def _befall(self, fault: Fault, call: Callable[[], Any]) -> Any:
        """What becomes of a call that a fault befalls."""
        if fault is Fault.REJECTED:
            return self._rejecting(call)
        if fault in AFTERWARDS:
            with suppress(Exception):  # nobody is told what became of it, were it a refusal
                call()
        raise _exception(fault, self._venue.clock.now())

    def _rejecting(self, call: Callable[[], Any]) -> Any:
        before = self._venue.obstruct
        self._venue.obstruct = reject
        try:
            return call()
        finally:
            self._venue.obstruct = before


class KeptPrices:
    """What the face asks of its history: here, of the candles that the venue keeps, and of its newest ticks."""

    def __init__(self, exchange: Exchange, pass_time: Callable[[int], None]) -> None:
        self._exchange = exchange
        self._pass_time = pass_time

    def pass_time(self, milliseconds: int) -> None:
        """Let the venue's clock run."""
        self._pass_time(milliseconds)

    def finest(self, symbol: str) -> int:
        """A minute, in ms."""
        del symbol
        return MINUTE

    def candles(self, symbol: str, length_ms: int, since: int | None, limit: int | None) -> list[list[float]]:
        """Rows of ccxt, oldest first, up to the clock."""
        tick, now, most = self._exchange.market(symbol).tick, self._exchange.now(), _MOST if limit is None else limit
        if tick is None:
            return []
        found = live_candles(self._exchange.store, tick, _NAMES[length_ms], now, since=since, until=None, limit=most)
        return [[each.time, *map(float, (each.open, each.high, each.low, each.close, each.volume))] for each in found]


def _exception(fault: Fault, now: int) -> Exception:
    """What ccxt's `binance` raises (docs/chaos.md)."""
    match fault:
        case Fault.UNAVAILABLE:
            return error("ExchangeNotAvailable", "503 Service Temporarily Unavailable")
        case Fault.DROPPED | Fault.LOST:
            return error("NetworkError", "the connection ended without an answer")
        case _:
            return of_wire(_ANSWERS.wire_error(fault, ChaosPlan(), now))


def _may_fail(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    """A method that first looks whether a fault befalls it."""

    @wraps(method)
    def call(self: ExchangeInHand, *arguments: Any, **named: Any) -> Any:
        fault = self._faults.next((name,))  # pyright: ignore[reportPrivateUsage]  # it is a method of this class
        if fault is None:
            return method(self, *arguments, **named)
        return self._befall(fault, lambda: method(self, *arguments, **named))  # pyright: ignore[reportPrivateUsage]

    return call


for _name in ROUTES:
    setattr(ExchangeInHand, _name, _may_fail(_name, getattr(UnifiedExchange, _name)))
