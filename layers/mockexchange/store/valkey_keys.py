"""API keys and rate limits in Valkey. See ports.Store and the key schema in keys.py."""

from __future__ import annotations

from collections.abc import Callable

from ..domain.access import ApiKey
from ..domain.limits import Allowance, RateLimit
from ..domain.transactions import Verdict
from . import records
from .encoding import Batch
from .keys import VenueKeys
from .valkey_connection import Connection, Script

_ADMIT = Script("admit")


class ValkeyApiKeys:
    """The part of a store that knows keys; a part of ValkeyStore."""

    connection: Connection
    keys: VenueKeys
    _call: Callable[[Batch], list[Verdict]]

    def admit(
        self, key_id: str | None, limiter: str, now: int, limit: RateLimit | None
    ) -> tuple[ApiKey | None, Allowance | None]:
        """See ports.Store.admit."""
        command = _ADMIT.command(
            [self.keys.api_keys, self.keys.limiter(limiter)],
            key_id or "",
            now,
            limit.interval if limit else 0,
            limit.burst if limit else 0,
        )
        # A pipe may be sent twice: a request that is counted twice is a smaller harm than one that fails.
        record, *counted = self.connection.pipe([command])[0]
        key = records.read_api_key(key_id, record) if key_id and record else None
        if not counted:
            return key, None
        allowed, remaining, wait, full, paid_until = counted
        return key, Allowance(bool(allowed), remaining, wait, full, paid_until)

    def api_key(self, key_id: str) -> ApiKey | None:
        """See ports.Store.api_key."""
        record = self.connection.run("HGET", self.keys.api_keys, key_id)
        return records.read_api_key(key_id, record) if record else None

    def api_keys(self) -> list[ApiKey]:
        """See ports.Store.api_keys."""
        flat = self.connection.run("HGETALL", self.keys.api_keys)
        return [
            records.read_api_key(key_id.decode(), record) for key_id, record in zip(flat[::2], flat[1::2], strict=True)
        ]

    def put_api_key(self, before: ApiKey | None, after: ApiKey) -> bool:
        """See ports.Store.put_api_key."""
        batch = Batch(self.keys)
        expected = records.write_api_key(before) if before else ""
        batch.add_exchange_of(self.keys.api_keys, after.key_id, expected, records.write_api_key(after))
        return self._call(batch) == [Verdict.COMMITTED]
