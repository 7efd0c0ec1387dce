"""API keys and rate limits of a venue in memory. See ports.KeyStore."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod

from ..domain.api_keys import ApiKey
from ..domain.balances import Account
from ..domain.rate_limits import RateLimit, Spending, spend
from ..domain.request_weights import RequestLimits, Usage, Weighed, weigh
from ..ports import Admission, KeyVerdict, Page, WeighedRequest


class MemoryKeys(ABC):
    """A mixin of the store."""

    def __init__(self) -> None:
        self._key_lock = threading.Lock()
        self._keys: dict[str, ApiKey] = {}
        self._ids_by_digest: dict[str, str] = {}
        self._full_at: dict[tuple[str, str], int] = {}
        self._used: dict[str, Usage] = {}

    @abstractmethod
    def account(self, account_id: str) -> Account | None:
        """See ports.Store.account."""

    def admit(
        self, digest: str | None, name: str, address: str, limit: RateLimit | None, failures: RateLimit, now: int
    ) -> Admission:
        """See ports.KeyStore.admit."""
        with self._key_lock:
            key = None if digest is None else self._keys.get(self._ids_by_digest.get(digest, ""))
            right = digest is None or (key is not None and key.revoked_at is None)
            bucket, chosen = (("key", name), limit) if right else (("failures", address), failures)
            if chosen is None:
                return Admission(key, Spending(0, 0))
            spending = spend(self._full_at.get(bucket, 0), now, chosen)
            if spending.wait == 0:
                self._full_at[bucket] = now + spending.missing
            return Admission(key, spending)

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
        with self._key_lock:
            key = None if digest is None else self._keys.get(self._ids_by_digest.get(digest, ""))
            if digest is not None and (key is None or key.revoked_at is not None):
                bucket = ("failures", address)
                spending = spend(self._full_at.get(bucket, 0), now * 1000, failures)
                if spending.wait == 0:
                    self._full_at[bucket] = now * 1000 + spending.missing
                return WeighedRequest(key, None, -(-spending.wait // 1000) * 1000)
            if limits.are_off:
                return WeighedRequest(key, Weighed(Usage()))
            weighed = weigh(self._used.get(client, Usage()), now, weight, orders, limits)
            self._used[client] = weighed.usage
            return WeighedRequest(key, weighed)

    def add_api_key(self, key: ApiKey, most: int) -> KeyVerdict:
        """See ports.KeyStore.add_api_key."""
        with self._key_lock:
            if self.account(key.account_id) is None:
                return KeyVerdict.NO_ACCOUNT
            if sum(each.account_id == key.account_id for each in self._keys.values()) >= most:
                return KeyVerdict.TOO_MANY
            if key.key_id in self._keys or key.digest in self._ids_by_digest:
                return KeyVerdict.CONFLICT
            self._put(key)
            return KeyVerdict.WRITTEN

    def replace_api_key(self, before: ApiKey, after: ApiKey) -> KeyVerdict:
        """See ports.KeyStore.replace_api_key."""
        with self._key_lock:
            if self._keys.get(before.key_id) != before:
                return KeyVerdict.CONFLICT
            if after.digest != before.digest:
                if after.digest in self._ids_by_digest:
                    return KeyVerdict.CONFLICT
                del self._ids_by_digest[before.digest]
            self._put(after)
            return KeyVerdict.WRITTEN

    def _put(self, key: ApiKey) -> None:
        self._keys[key.key_id] = key
        self._ids_by_digest[key.digest] = key.key_id

    def api_key(self, key_id: str) -> ApiKey | None:
        """See ports.KeyStore.api_key."""
        return self._keys.get(key_id)

    def api_keys(self, account_id: str | None, cursor: int | None, limit: int) -> Page[ApiKey]:
        """See ports.KeyStore.api_keys."""
        found = [key for key in self._keys.values() if account_id in (None, key.account_id)]
        end = len(found) if cursor is None else min(cursor, len(found))
        start = max(0, end - limit)
        return Page(found[start:end][::-1], start or None)
