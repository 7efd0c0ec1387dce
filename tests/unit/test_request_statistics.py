"""What the API counts of its requests: bounded, by route, by a timer in the test's hand."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from mockexchange.api.request_statistics import (
    BOUNDS,
    MINUTES,
    OTHER,
    WIRE_ROUTE,
    RequestCounter,
    RequestStatistics,
    Tally,
    total,
)

SECOND = 10**9


class Watch:
    """A timer that stands still unless it is moved."""

    def __init__(self) -> None:
        self.time = 7 * 60 * SECOND

    def __call__(self) -> int:
        return self.time


class Route:
    """What the framework leaves in a scope."""

    methods = frozenset({"GET"})
    path = "/orders/{order_id}"


class App:
    """Answers with `status` after `took` ns; None: not at all."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.status: int | None = 200
        self.took = 0
        self.found: dict[str, Any] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        scope.update(self.found)
        self.watch.time += self.took
        if self.status is not None:
            await send({"type": "http.response.start", "status": self.status})
            self.watch.time += 1000 * SECOND  # a stream that goes on
            await send({"type": "http.response.body"})
            self.watch.time -= 1000 * SECOND


class Counted:
    def __init__(self) -> None:
        self.watch = Watch()
        self.app = App(self.watch)
        self.statistics = RequestStatistics(self.watch)
        self._counter = RequestCounter(self.app, self.statistics)

    def ask(
        self, status: int | None = 200, took: int = 0, method: str = "GET", *, found: dict[str, Any] | None = None
    ) -> None:
        """One request that took so many microseconds; `found`: what is in its scope then."""
        self.app.status, self.app.took, self.app.found = status, took * 1000, found or {}

        async def send(message: Any) -> None:
            pass

        asyncio.run(self._counter({"type": "http", "method": method, "path": "/orders/7"}, None, send))  # pyright: ignore[reportArgumentType]


@pytest.fixture
def counted() -> Counted:
    return Counted()


def test_requests_are_counted_by_route_and_by_how_they_ended(counted: Counted) -> None:
    for status in (200, 201, 404, 422, 429, 500, 503):
        counted.ask(status, found={"route": Route()})
    counted.ask(method="POST", found={WIRE_ROUTE: "/api/v3/order"})

    tallies = counted.statistics.since_start
    assert tallies.keys() == {"GET /orders/{order_id}", "POST /api/v3/order"}
    found = tallies["GET /orders/{order_id}"]
    assert (found.count, found.client_errors, found.server_errors) == (7, 3, 2)
    whole = total(tallies.values())
    assert (whole.count, whole.client_errors, whole.server_errors, sum(whole.durations)) == (8, 3, 2, 8)


def test_there_are_no_more_labels_than_routes(counted: Counted) -> None:
    """Neither what was asked for nor how it was called gets into one."""
    counted.ask(401)
    counted.ask(404)
    counted.ask(405, method="DELETE", found={"route": Route()})
    counted.ask(405, method="x" * 1000, found={"route": Route()})

    assert counted.statistics.since_start.keys() == {OTHER}


def test_nobody_who_went_away_counts(counted: Counted) -> None:
    counted.ask(None)

    assert counted.statistics.since_start == {}


@pytest.mark.parametrize("took", [0, 1, 50, 51, 1_000, 1_234, 65_432, 3_000_000, 48_000_000])
def test_a_duration_is_at_most_nine_percent_too_long(counted: Counted, took: int) -> None:
    counted.ask(took=took)
    counted.ask(took=2 * took + 10_000)  # so that the slowest one is another

    found = counted.statistics.since_start[OTHER].within(0.5)
    assert found is not None
    assert took <= found <= max(BOUNDS[0], took * 1.0906 + 1)


def test_shares_are_of_the_requests_that_there_were(counted: Counted) -> None:
    for took in (1_000,) * 94 + (10_000,) * 5 + (100_000,):
        counted.ask(took=took)

    found = counted.statistics.since_start[OTHER]
    half, most, all_of_them = (found.within(share) or 0 for share in (0.5, 0.95, 1.0))
    assert 1_000 <= half < 1_100
    assert 10_000 <= most < 11_000
    assert (all_of_them, found.slowest) == (100_000, 100_000)
    assert Tally().within(0.5) is None


def test_what_takes_longer_than_any_bound_is_counted(counted: Counted) -> None:
    counted.ask(took=10 * BOUNDS[-1])

    assert counted.statistics.since_start[OTHER].slowest == 10 * BOUNDS[-1]
    assert counted.statistics.since_start[OTHER].count == 1


def test_the_last_minutes_are_kept_apart(counted: Counted) -> None:
    statistics = counted.statistics
    for _ in range(MINUTES + 3):
        counted.ask(500)
        counted.watch.time += 60 * SECOND
    counted.ask(200)

    recent = statistics.recent()[OTHER]
    assert (recent.count, recent.server_errors) == (MINUTES, MINUTES - 1)
    assert statistics.since_start[OTHER].count == MINUTES + 4
    assert statistics.seconds() == ((MINUTES + 3) * 60, (MINUTES - 1) * 60)

    counted.watch.time += 3600 * SECOND
    assert statistics.recent() == {}
    counted.ask(200)
    assert statistics.recent()[OTHER].count == 1
