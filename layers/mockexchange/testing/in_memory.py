"""An exchange in memory with ccxt's face, for one test."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any

from ..api import binance_errors as errors
from ..api.chaos_answers import BUSIEST, UNKNOWN
from ..backtest.unified_errors import error, of_wire
from ..backtest.unified_exchange import UnifiedExchange
from ..charts import live_candles
from ..clock import ManualClock
from ..domain.candles import LENGTHS
from ..domain.chaos import INSTEAD, ChaosPlan, Fault
from ..domain.errors import OrderRejected
from ..domain.placing import PlaceOrder
from ..exchange import Exchange
from ..second_charts import SECOND, second_candles
from .faults import ROUTES
from .hand import ACCOUNT, Hand, T, venue
from .terms import Terms

_NAMES = {length: name for name, length in LENGTHS.items()}
_MOST = 1000
"""Candles in one answer."""

_WAIT = ChaosPlan().retry_after


class ExchangeInHand(Hand, UnifiedExchange):
    """An account of an exchange: ccxt's methods, structures and exceptions for the bot, and for the test what Hand
    has. Time stands still but for `advance`, and `sleep` of a bot."""

    def __init__(self, terms: Terms) -> None:
        self._clock = ManualClock(terms.start)
        exchange = venue(terms, self._clock)
        Hand.__init__(self, exchange, terms)
        UnifiedExchange.__init__(self, exchange, ACCOUNT, _Prices(exchange, self._sleep))
        self._begin()

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
        if fault is not Fault.MAINTENANCE and fault not in INSTEAD:
            with suppress(Exception):  # nobody is told what became of it, were it a refusal
                call()
        raise _exception(fault, self._venue.clock.now())

    def _rejecting(self, call: Callable[[], Any]) -> Any:
        before = self._venue.obstruct
        self._venue.obstruct = _reject
        try:
            return call()
        finally:
            self._venue.obstruct = before


class _Prices:
    """What the face asks of its history: here, of the ticks that the test made."""

    def __init__(self, exchange: Exchange, pass_time: Callable[[int], None]) -> None:
        self._exchange = exchange
        self._pass_time = pass_time

    def pass_time(self, milliseconds: int) -> None:
        """Let the test's clock run."""
        self._pass_time(milliseconds)

    def finest(self, symbol: str) -> int:
        """A second, in ms."""
        del symbol
        return SECOND

    def candles(self, symbol: str, length_ms: int, since: int | None, limit: int | None) -> list[list[float]]:
        """Rows of ccxt, oldest first, up to the clock."""
        tick, now, most = self._exchange.market(symbol).tick, self._exchange.now(), _MOST if limit is None else limit
        if tick is None:
            return []
        store = self._exchange.store
        if length_ms == SECOND:
            found = second_candles(store, tick, now, since=since, until=None, limit=most)
        else:
            found = live_candles(store, tick, _NAMES[length_ms], now, since=since, until=None, limit=most)
        return [[each.time, *map(float, (each.open, each.high, each.low, each.close, each.volume))] for each in found]


def _reject(command: PlaceOrder) -> None:
    raise OrderRejected(f"the matching engine took no order on {command.symbol} at this moment; nothing was placed")


def _exception(fault: Fault, now: int) -> Exception:
    """What ccxt's `binance` raises (docs/chaos.md)."""
    match fault:
        case Fault.MAINTENANCE:
            return of_wire(errors.on_maintenance())
        case Fault.UNAVAILABLE:
            return error("ExchangeNotAvailable", "503 Service Temporarily Unavailable")
        case Fault.RATE_LIMITED:
            return _too_often(errors.too_much_weight(BUSIEST, _WAIT))
        case Fault.BANNED:
            return _too_often(errors.banned(now + 1000 * _WAIT, _WAIT))
        case Fault.ERROR:
            return of_wire(errors.internal())
        case Fault.TIMEOUT:
            return of_wire(errors.from_refusal(UNKNOWN))
        case _:
            return error("NetworkError", "the connection ended without an answer")


def _too_often(refused: errors.BinanceError) -> Exception:
    """ccxt tells a 429 and a 418 by their numbers, not by their words."""
    return error("DDoSProtection", json.dumps(refused.body, separators=(",", ":")))


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
