"""Asking an exchange through ccxt: each call gives its answer, or says why not in one sentence for people."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from importlib import import_module
from threading import Thread
from typing import Any

from ..domain.errors import BadRequest
from .ccxt_class import UNREADABLE, check_exchange, make_exchange

BANNED_FOR = 120_000
"""ms that a ban (418) lasts when the exchange does not say; Binance's shortest."""

LIMITED_FOR = 10_000
"""ms to stay away after a 429 that does not say for how long."""

ADVICE = (
    "Set EXCHANGE to another exchange, EXCHANGE_CONFIG for a proxy, like"
    ' {"httpsProxy": "http://127.0.0.1:3128"}, or FEED=synthetic for invented prices'
)

PROBE_TIMEOUT = 2_000
PROBE_PATIENCE = 3.0
"""ms for one answer, and seconds for all of it, looking up the name included: a start waits for it."""


class CallFailed(Exception):
    """A call that gave nothing. `stay_away` (ms) is what the exchange asks for; `symbols` says that it may be a market
    of ours that it does not know; `unsupported` that it has no such call, or none for those without a key."""

    def __init__(self, reason: str, stay_away: int = 0, *, symbols: bool = False, unsupported: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.stay_away = stay_away
        self.symbols = symbols
        self.unsupported = unsupported


class CcxtCalls:
    """One exchange of ccxt. Nothing is imported, and nothing sent, before the first call.

    Raises BadRequest when ccxt does not know the exchange.
    """

    def __init__(self, exchange_id: str, config: Mapping[str, Any]) -> None:
        check_exchange(exchange_id)
        self.exchange_id = exchange_id
        self._config = config
        self._made: Any = None

    @property
    def exchange(self) -> Any:
        """ccxt's object."""
        if self._made is None:
            self._made = make_exchange(self.exchange_id, self._config)
        return self._made

    @property
    def who(self) -> str:
        """The exchange, with the host that was asked last."""
        host: str = self.exchange.last_host
        return f"{self.exchange_id} ({host})" if host else self.exchange_id

    def has(self, method: str) -> bool:
        """Whether the exchange has a call of its own for this (`fetchTickers`); emulated ones do not count."""
        return self.exchange.has.get(method) is True

    def call(self, method: str, *arguments: Any, **named: Any) -> Any:
        """What ccxt's `method` gives. Raises CallFailed."""
        exchange, ccxt = self.exchange, import_module("ccxt")
        try:
            return getattr(exchange, method)(*arguments, **named)
        except ccxt.BaseError as error:
            raise self._failure(error, ccxt) from error
        except UNREADABLE as error:
            raise CallFailed(f"{self.who} sent what cannot be read: {type(error).__name__}: {error}"[:300]) from error

    def probe(self) -> str | None:
        """None when the exchange answers within a moment, else why not. Never raises and never hangs."""
        try:
            exchange = self.exchange
        except (BadRequest, ImportError) as error:
            return str(error)
        usual, reasons = exchange.timeout, [f"{self.exchange_id} did not answer within {PROBE_PATIENCE:g} s"]
        exchange.timeout = min(usual, PROBE_TIMEOUT)

        def ask() -> None:
            try:
                self.call("fetch_time" if self.has("fetchTime") else "load_markets")
                reasons[:] = []
            except CallFailed as failure:
                reasons[:] = [failure.reason]

        # A name server that does not answer has time-outs of its own, which nothing here can shorten.
        thread = Thread(target=ask, name="probe", daemon=True)
        thread.start()
        thread.join(PROBE_PATIENCE)
        exchange.timeout = usual
        return reasons[0] if reasons else None

    def _failure(self, error: Exception, ccxt: Any) -> CallFailed:
        exchange = self.exchange
        status: int = exchange.last_status
        who = self.who
        if failure := _by_status(who, status, self._retry_after()):
            return failure
        if isinstance(error, ccxt.BadSymbol):
            return CallFailed(f"{who} refuses a market: {_short(error)}", symbols=True)
        if isinstance(error, ccxt.AuthenticationError | ccxt.NotSupported | ccxt.ArgumentsRequired):
            return CallFailed(f"{who}: {_short(error)}", unsupported=True)
        if isinstance(error, ccxt.RequestTimeout):
            return CallFailed(f"{who} did not answer within {exchange.timeout / 1000:g} s. {ADVICE}")
        if isinstance(error, ccxt.BadResponse):
            return CallFailed(f"{who} sent what cannot be read: {_short(error)}")
        if isinstance(error, ccxt.NetworkError) and not status:
            return CallFailed(f"{who} cannot be reached: {_cause(error)}. {ADVICE}")
        return CallFailed(f"{who} refuses (HTTP {status}): {_short(error)}", symbols=status == 400)

    def _retry_after(self) -> int:
        """What Retry-After says, in ms; 0 when it says nothing."""
        headers: Any = self.exchange.last_response_headers or {}
        given = str(headers.get("Retry-After", "")).strip()
        if given.isdecimal():
            return int(given) * 1000
        try:
            then = parsedate_to_datetime(given)
            return max(0, round((then - parsedate_to_datetime(headers.get("Date", ""))).total_seconds() * 1000))
        except (TypeError, ValueError):
            return 0


def _by_status(who: str, status: int, asked: int) -> CallFailed | None:
    """What a status alone says; `asked` is the pause in its Retry-After, ms."""
    match status:
        case 429:
            return CallFailed(f"{who} is asked too often (HTTP 429) and wants a pause", asked or LIMITED_FOR)
        case 418:
            return CallFailed(f"{who} has banned this address for a while (HTTP 418)", asked or BANNED_FOR)
        case 451 | 403:
            return CallFailed(f"{who} does not serve this place (HTTP {status}). {ADVICE}", asked)
        case _ if status >= 500:
            return CallFailed(f"{who} is out of order (HTTP {status})", asked)
        case _:
            return None


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _cause(error: BaseException) -> str:
    """What lies at the bottom of a chain of errors, which is the only part that says what is wrong."""
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__ or error
    reason = getattr(error, "reason", None)
    text = str(reason or error) or type(error).__name__
    return " ".join(text.split())[-160:]
