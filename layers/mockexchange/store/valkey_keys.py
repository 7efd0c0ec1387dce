"""API keys and rate limits of a venue in Valkey. See ports.KeyStore."""

from __future__ import annotations

from ..domain.api_keys import ApiKey
from ..domain.rate_limits import RateLimit, Spending
from ..domain.request_weights import FIRST_BAN, LONGEST_BAN, PATIENCE, RequestLimits, Usage, Weighed, WeightVerdict
from ..ports import Admission, KeyVerdict, Page, WeighedRequest
from .key_records import read_key, write_key
from .keys import VenueKeys
from .paging import span
from .valkey_connection import Connection, Script

_ADMIT = Script("admit")
_WEIGH = Script("weigh")
_KEY = Script("key")
_VERDICTS = {
    1: KeyVerdict.WRITTEN,
    0: KeyVerdict.CONFLICT,
    -1: KeyVerdict.NO_ACCOUNT,
    -2: KeyVerdict.TOO_MANY,
}


class ValkeyKeys:
    """A mixin of the store: it stands on its connection and its key names."""

    connection: Connection
    keys: VenueKeys

    def admit(
        self, digest: str | None, name: str, address: str, limit: RateLimit | None, failures: RateLimit, now: int
    ) -> Admission:
        """See ports.KeyStore.admit."""
        command = _ADMIT.command(
            [self.keys.api_key(digest or ""), self.keys.limit("key", name), self.keys.limit("failures", address)],
            now,
            limit.interval if limit else 0,
            limit.capacity if limit else 0,
            failures.interval,
            failures.capacity,
            int(digest is None),
        )
        # As a read: sent again when its answer is lost, which costs one request of the limit at most.
        record, missing, wait = self.connection.pipe([command])[0]
        return Admission(read_key(record) if record else None, Spending(missing, wait))

    def weigh(
        self,
        digest: str | None,
        client: str,
        address: str,
        weight: int,
        orders: int,
        limits: RequestLimits,
        failures: RateLimit,
        now: int,
    ) -> WeighedRequest:
        """See ports.KeyStore.weigh."""
        command = _WEIGH.command(
            [self.keys.api_key(digest or ""), self.keys.limit("wire", client), self.keys.limit("failures", address)],
            now,
            weight,
            orders,
            limits.weight_per_minute,
            limits.orders_per_10s,
            limits.orders_per_day,
            failures.interval,
            failures.capacity,
            int(digest is None),
            PATIENCE,
            FIRST_BAN,
            LONGEST_BAN,
        )
        # As `admit`: sent again when its answer is lost, which counts the request twice at most.
        record, used, orders_10s, orders_day, verdict, wait = self.connection.pipe([command])[0]
        key = read_key(record) if record else None
        if digest is not None and (key is None or key.revoked_at is not None):
            return WeighedRequest(key, None, wait * 1000)
        usage = Usage(weight=used, orders_10s=orders_10s, orders_day=orders_day)
        return WeighedRequest(key, Weighed(usage, WeightVerdict(verdict), wait))

    def add_api_key(self, key: ApiKey, most: int) -> KeyVerdict:
        """See ports.KeyStore.add_api_key."""
        return self._write(key, None, most)

    def replace_api_key(self, before: ApiKey, after: ApiKey) -> KeyVerdict:
        """See ports.KeyStore.replace_api_key."""
        return self._write(after, before, 0)

    def _write(self, key: ApiKey, before: ApiKey | None, most: int) -> KeyVerdict:
        places = [
            self.keys.account(key.account_id),
            self.keys.key_digests,
            self.keys.api_key(key.digest),
            self.keys.api_key((before or key).digest),
            self.keys.key_ids(None),
            self.keys.key_ids(key.account_id),
        ]
        read = write_key(before) if before else ""
        arguments = [key.key_id, read, write_key(key), key.digest, most]
        return _VERDICTS[self.connection.script(_KEY, places, arguments)]

    def api_key(self, key_id: str) -> ApiKey | None:
        """See ports.KeyStore.api_key."""
        found = self._api_keys([key_id])
        return found[0] if found else None

    def api_keys(self, account_id: str | None, cursor: int | None, limit: int) -> Page[ApiKey]:
        """See ports.KeyStore.api_keys."""
        name = self.keys.key_ids(account_id)
        start, end = span(self.connection.run("LLEN", name), cursor, limit)
        if start == end:
            return Page([])
        ids = [each.decode() for each in self.connection.run("LRANGE", name, start, end - 1)]
        return Page(self._api_keys(ids[::-1]), start or None)

    def _api_keys(self, ids: list[str]) -> list[ApiKey]:
        """The keys with these ids. One that is rotated between the two reads is looked for once more."""
        found: dict[str, ApiKey] = {}
        for _ in range(_TRIES):
            missing = [key_id for key_id in ids if key_id not in found]
            if not missing:
                break
            digests = self.connection.run("HMGET", self.keys.key_digests, *missing)
            known: list[str] = [digest.decode() for digest in digests if digest]
            if not known:
                break
            records = self.connection.run("MGET", *(self.keys.api_key(digest) for digest in known))
            read = [read_key(record) for record in records if record]
            found.update({key.key_id: key for key in read})
        return [found[key_id] for key_id in ids if key_id in found]


_TRIES = 5
"""Readings of a key that is rotated all the time."""
