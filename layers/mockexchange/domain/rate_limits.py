"""How many requests may be made: GCRA, the generic cell rate algorithm. Pure.

A bucket of `burst` requests that fills up at an even rate. All that is kept of it is one moment, when it will be full
again; a request moves that moment on by the time in which one request grows back, and is refused when that would be
more than a whole bucket away. store/lua/admit.lua does the same.
"""

from __future__ import annotations

from dataclasses import dataclass

MINUTE = 60_000_000
"""Microseconds."""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """`burst` requests at once, `per_minute` in the long run; both at least 1."""

    per_minute: int
    burst: int

    @property
    def interval(self) -> int:
        """Microseconds in which one request grows back, rounded up."""
        return -(-MINUTE // self.per_minute)

    @property
    def capacity(self) -> int:
        """Microseconds in which an empty bucket fills up."""
        return self.burst * self.interval


@dataclass(frozen=True, slots=True)
class Spending:
    """What came of one request. `missing`: microseconds until the bucket is full again. `wait`: microseconds after
    which the request can be made, 0 when it was admitted."""

    missing: int
    wait: int

    def left(self, limit: RateLimit) -> int:
        """Requests that can be made at once now."""
        return max(0, limit.capacity - self.missing) // limit.interval


def spend(full_at: int, now: int, limit: RateLimit) -> Spending:
    """One request at `now`, of a bucket that will be full at `full_at` (both microseconds). When it is admitted the
    bucket is full `missing` after now."""
    # A clock that was set back must not make anybody wait for more than a bucket.
    missing = min(max(full_at - now, 0), limit.capacity)
    wait = max(0, missing + limit.interval - limit.capacity)
    return Spending(missing if wait else missing + limit.interval, wait)
