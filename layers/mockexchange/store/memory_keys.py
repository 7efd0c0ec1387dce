"""API keys and rate limits in memory. See ports.Store."""

from __future__ import annotations

from ..domain.access import ApiKey
from ..domain.limits import Allowance, RateLimit
from .memory_state import VenueState


class MemoryApiKeys:
    """The part of a store that knows keys; a part of MemoryStore."""

    state: VenueState

    def admit(
        self, key_id: str | None, limiter: str, now: int, limit: RateLimit | None
    ) -> tuple[ApiKey | None, Allowance | None]:
        """See ports.Store.admit."""
        key = self.state.api_keys.get(key_id) if key_id else None
        if limit is None or (key_id and key is None):
            return key, None
        allowance = limit.judge(self.state.limiters.get(limiter, 0), now)
        self.state.limiters[limiter] = allowance.paid_until
        return key, allowance

    def api_key(self, key_id: str) -> ApiKey | None:
        """See ports.Store.api_key."""
        return self.state.api_keys.get(key_id)

    def api_keys(self) -> list[ApiKey]:
        """See ports.Store.api_keys."""
        return list(self.state.api_keys.values())

    def put_api_key(self, before: ApiKey | None, after: ApiKey) -> bool:
        """See ports.Store.put_api_key."""
        if self.state.api_keys.get(after.key_id) != before:
            return False
        self.state.api_keys[after.key_id] = after
        return True
