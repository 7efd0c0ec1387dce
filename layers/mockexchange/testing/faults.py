"""Faults that a test asks for: the next so many requests of a kind go wrong, and the rest does not."""

from __future__ import annotations

import threading
from collections.abc import Container
from dataclasses import dataclass

from ..domain.chaos import RATED, Fault

WORDS = {each.value: each for each in (Fault.MAINTENANCE, *RATED)} | {
    "timeout-after-accept": Fault.TIMEOUT,
    "lost-after-accept": Fault.LOST,
    "rejection": Fault.REJECTED,
    "5xx": Fault.ERROR,
    "500": Fault.ERROR,
    "503": Fault.UNAVAILABLE,
    "504": Fault.TIMEOUT,
    "429": Fault.RATE_LIMITED,
    "418": Fault.BANNED,
}
"""What `fail_next` takes: the words of docs/chaos.md, and others for the same."""

ROUTES: dict[str, tuple[tuple[str, str], ...]] = {
    "create_order": (("POST", "/api/v3/order"), ("POST", "/orders")),
    "edit_order": (("POST", "/api/v3/order/cancelReplace"), ("PUT", "/api/v3/order/amend/keepPriority")),
    "cancel_order": (("DELETE", "/api/v3/order"), ("POST", "/orders/*/cancel")),
    "cancel_all_orders": (("DELETE", "/api/v3/openOrders"), ("DELETE", "/orders")),
    "fetch_order": (("GET", "/api/v3/order"), ("GET", "/orders/*")),
    "fetch_orders": (("GET", "/api/v3/allOrders"), ("GET", "/orders")),
    "fetch_open_orders": (("GET", "/api/v3/openOrders"),),
    "fetch_my_trades": (("GET", "/api/v3/myTrades"), ("GET", "/trades")),
    "fetch_balance": (("GET", "/api/v3/account"), ("GET", "/balance")),
    "fetch_ticker": (("GET", "/api/v3/ticker/24hr"), ("GET", "/tickers/*")),
    "fetch_tickers": (("GET", "/api/v3/ticker/24hr"), ("GET", "/tickers")),
    "fetch_order_book": (("GET", "/api/v3/depth"), ("GET", "/orderbook/*")),
    "fetch_ohlcv": (("GET", "/api/v3/klines"), ("GET", "/ohlcv/*")),
    "fetch_trades": (("GET", "/api/v3/aggTrades"), ("GET", "/api/v3/trades"), ("GET", "/public_trades/*")),
    "fetch_markets": (("GET", "/api/v3/exchangeInfo"), ("GET", "/markets")),
    "fetch_time": (("GET", "/api/v3/time"),),
}
"""The calls that may fail, by ccxt's names, and the requests that they are over HTTP; `*` is any part of a path."""

_NEW_ORDERS = ("create_order", "edit_order")


@dataclass(slots=True)
class _Due:
    fault: Fault
    times: int
    of: str | None


class Faults:
    """What is still to go wrong, the first that was asked for first. Several threads may look at once."""

    def __init__(self) -> None:
        self._due: list[_Due] = []
        self._lock = threading.Lock()

    def add(self, kind: str, times: int, of: str | None) -> None:
        """Ask for a fault. Raises ValueError for one that there is not."""
        fault = WORDS.get(kind)
        if fault is None:
            raise ValueError(f"unknown fault {kind!r}; one of: {', '.join(WORDS)}")
        if of is not None and of not in ROUTES:
            raise ValueError(f"unknown call {of!r}; None for any, or one of: {', '.join(ROUTES)}")
        if fault is Fault.REJECTED and of not in _NEW_ORDERS:
            raise ValueError(f"only new orders are rejected: of={' or of='.join(map(repr, _NEW_ORDERS))}, was {of!r}")
        if times < 1:
            raise ValueError(f"times must be 1 at least, was {times}")
        with self._lock:
            self._due.append(_Due(fault, times, of))

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        with self._lock:
            self._due.clear()

    def next(self, calls: Container[str]) -> Fault | None:
        """What befalls a request that is one of these calls; it is due once less then."""
        with self._lock:
            for due in self._due:
                if due.of is None or due.of in calls:
                    due.times -= 1
                    if not due.times:
                        self._due.remove(due)
                    return due.fault
        return None


def calls_of(method: str, path: str) -> frozenset[str]:
    """The calls that an HTTP request may be one of."""
    return frozenset(call for call, routes in ROUTES.items() if any(_is(method, path, *route) for route in routes))


def _is(method: str, path: str, wanted: str, route: str) -> bool:
    if method != wanted:
        return False
    before, starred, after = route.partition("*")
    if not starred:
        return path == route
    return len(path) > len(before) + len(after) and path.startswith(before) and path.endswith(after)
