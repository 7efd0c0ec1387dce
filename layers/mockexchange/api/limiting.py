"""Rate limits as HTTP says them: draft-ietf-httpapi-ratelimit-headers, in the form it has had since draft 08."""

from __future__ import annotations

from ..domain.rate_limits import RateLimit, Spending

SECOND = 1_000_000
"""Microseconds."""

FAILURES = RateLimit(per_minute=60, burst=300)
"""Wrong keys from one address: far above what somebody mistypes, far below what finds a weak key."""

Header = tuple[bytes, bytes]


def policy(limit: RateLimit) -> Header:
    """`"key";q=1000;w=10`: so many requests at once, and in how many seconds all of them grow back."""
    return b"ratelimit-policy", f'"key";q={limit.burst};w={seconds(limit.capacity)}'.encode()


def standing(limit: RateLimit, spending: Spending) -> Header:
    """`"key";r=990;t=1`: what is left, and in how many seconds all of it is there again."""
    return b"ratelimit", f'"key";r={spending.left(limit)};t={seconds(spending.missing)}'.encode()


def seconds(microseconds: int) -> int:
    """In whole seconds, rounded up: whoever waits so long has waited enough."""
    return -(-microseconds // SECOND)
