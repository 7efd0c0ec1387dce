"""Addresses that sent too many wrong keys, and are not listened to for a moment."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

from starlette.types import Scope

from .limiting import FAILURES

MOST_REMEMBERED = 10_000
"""Addresses that this process remembers."""


class ShutOut:
    """Who is not listened to, whatever it sends: right keys neither, or guessing would go on at full speed. This
    machine itself is left alone (its address is None): who is here can read the keys, and one bot with an old key must
    not shut out the others. Times in microseconds, wall."""

    def __init__(self) -> None:
        self._until: dict[str, int] = {}

    def add(self, address: str, now: int, wait: int) -> None:
        """Do not listen to an address for `wait`."""
        if len(self._until) >= MOST_REMEMBERED:
            self._until = {each: until for each, until in self._until.items() if until > now}
        if len(self._until) < MOST_REMEMBERED:
            self._until[address] = now + wait

    def wait(self, address: str | None, now: int) -> int:
        """For how long an address is not listened to; 0: it is."""
        if address is None or not self._until:
            return 0
        until = self._until.get(address)
        if until is None:
            return 0
        # no longer than a bucket, in case the clock was set back
        wait = min(until - now, FAILURES.capacity)
        if wait > 0:
            return wait
        del self._until[address]
        return 0


def address_of(scope: Scope) -> str | None:
    """Where a request comes from, None for this machine itself. All addresses of an IPv6 /64 are one: whoever has one
    of them usually has all."""
    return _address((scope.get("client") or ("",))[0])


@lru_cache(maxsize=1024)
def _address(host: str) -> str | None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host[:60] or None  # a Unix socket has no address
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address
    if address.is_loopback:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(address), 64), strict=False).network_address)
    return str(address)
