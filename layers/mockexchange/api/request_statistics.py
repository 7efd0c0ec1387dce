"""How many requests there were, how they ended and how long they took, counted in this process.

Counts are by route as it was registered (`GET /orders/{order_id}`), so there are no more of them than routes, and no
key and no part of a path that varies is among them. A duration is counted in one of BOUNDS, so the memory is bounded
too: about 9 kB for a route that is asked all the time.
"""

from __future__ import annotations

import time
from array import array
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

BOUNDS = tuple(int(50 * 2 ** (step / 8)) for step in range(160))
"""Microseconds, each 9 % more than the one before: from 50 us to 48 s. What took longer counts with the last one."""

MINUTES = 5
"""Of which requests are kept apart: the present one, and so many less one before it."""

WIRE_ROUTE = "mockexchange.route"
"""In the ASGI scope of a request of the Binance wire: the path of its endpoint."""

OTHER = "other"
"""What no route was found for: paths that there are not, wrong keys, limits, faults on purpose, the documentation."""

_MICROSECOND = 1_000
_MINUTE = 60 * 10**9

Timer = Callable[[], int]
"""Gives nanoseconds since some moment, and never goes back."""


@dataclass(slots=True)
class Tally:
    """Requests: how many, how many of them were answered with 4xx and with 5xx, and how long they took until the answer
    began; `slowest` in microseconds."""

    count: int = 0
    client_errors: int = 0
    server_errors: int = 0
    slowest: int = 0
    durations: array[int] = field(default_factory=lambda: array("Q", bytes(8 * len(BOUNDS))))

    def add(self, status: int, microseconds: int) -> None:
        """One more."""
        self.count += 1
        if status >= 500:
            self.server_errors += 1
        elif status >= 400:
            self.client_errors += 1
        self.slowest = max(self.slowest, microseconds)
        self.durations[min(bisect_left(BOUNDS, microseconds), len(BOUNDS) - 1)] += 1

    def within(self, share: float) -> int | None:
        """Microseconds that at least this share of them did not exceed, at most 9 % too many; None of none."""
        missing = share * self.count
        for bound, count in zip(BOUNDS, self.durations, strict=True):
            missing -= count
            if count and missing <= 0:
                return min(bound, self.slowest)
        return None


def total(tallies: Iterable[Tally]) -> Tally:
    """All of them as one."""
    found = Tally()
    for each in tallies:
        found.count += each.count
        found.client_errors += each.client_errors
        found.server_errors += each.server_errors
        found.slowest = max(found.slowest, each.slowest)
        found.durations = array("Q", map(int.__add__, found.durations, each.durations))
    return found


class RequestStatistics:
    """Counts requests. One thread at a time: that of the event loop."""

    def __init__(self, timer: Timer = time.perf_counter_ns) -> None:
        self.timer = timer
        self.since_start: dict[str, Tally] = {}
        """By route, since this process began."""
        self._began = timer()
        self._minutes: deque[tuple[int, dict[str, Tally]]] = deque(maxlen=MINUTES)

    def record(self, route: str, status: int, began: int) -> None:
        """A request that came in at `began` is being answered."""
        now = self.timer()
        minute = now // _MINUTE
        if not self._minutes or self._minutes[-1][0] != minute:
            self._minutes.append((minute, {}))
        for tallies in (self.since_start, self._minutes[-1][1]):
            tally = tallies.get(route)
            if tally is None:
                tally = tallies[route] = Tally()
            tally.add(status, (now - began) // _MICROSECOND)

    def recent(self) -> Mapping[str, Tally]:
        """By route, of the last minutes."""
        oldest = self.timer() // _MINUTE - MINUTES
        kept = [tallies for minute, tallies in self._minutes if minute > oldest]
        routes = dict.fromkeys(route for tallies in kept for route in tallies)
        return {route: total(each[route] for each in kept if route in each) for route in routes}

    def seconds(self) -> tuple[int, int]:
        """How long it has counted, and how much of that the last minutes are; at least 1 each."""
        now = self.timer()
        oldest = (now // _MINUTE - MINUTES + 1) * _MINUTE
        whole, recent = now - self._began, now - max(self._began, oldest)
        return max(1, whole // 10**9), max(1, recent // 10**9)


class RequestCounter:
    """ASGI middleware that counts. What is measured ends where the answer begins, so a stream counts like any other. A
    request that nobody waited for any more counts for nothing."""

    def __init__(self, app: ASGIApp, statistics: RequestStatistics) -> None:
        self._app = app
        self._statistics = statistics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        statistics = self._statistics
        began = statistics.timer()

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                statistics.record(_route(scope), message["status"], began)
            await send(message)

        await self._app(scope, receive, send_counted)


def _route(scope: Scope) -> str:
    path: str | None = scope.get(WIRE_ROUTE)
    if path is not None:
        return f"{scope['method']} {path}"
    route = scope.get("route")  # the framework writes it there
    # a path that does not take the method has a route all the same; methods may be called anything
    if route is None or scope["method"] not in route.methods:
        return OTHER
    return f"{scope['method']} {route.path}"
