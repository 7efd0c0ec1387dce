"""A lease: at most one process of a kind at work, most of the time."""

from __future__ import annotations

import secrets
from types import TracebackType

from .valkey_connection import Connection, Script

_LEASE = Script("lease")


class Lease:
    """One process's claim on a lease in Valkey. As a context manager it is given back at the end.

    It saves work, and nothing stands on it: the holder may be slow and the lease run out under it, and then two work at
    once, which changes nothing (ports.Store.commit guards every write).
    """

    def __init__(self, connection: Connection, key: str, time_to_live: int) -> None:
        """`time_to_live` (ms) is how long a holder that died keeps others out."""
        self._connection = connection
        self._key = key
        self._time_to_live = time_to_live
        self._token = secrets.token_hex(16)

    def hold(self) -> bool:
        """Whether this process holds the lease now; it takes a free one and renews its own.
        Raises ExchangeNotAvailable."""
        return self._ask(self._time_to_live) == 1

    def release(self) -> None:
        """Give it back, if it is ours. Raises ExchangeNotAvailable."""
        self._ask(0)

    def _ask(self, time_to_live: int) -> int:
        # Asked twice it answers the same, so it may be: the first thing that a sandbox does when it wakes up is this,
        # on a socket that may be lost.
        return self._connection.pipe([_LEASE.command([self._key], self._token, time_to_live)])[0]

    def __enter__(self) -> Lease:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.release()
        # else: what failed is what should be heard of; the lease runs out by itself
