"""Who may do what: API keys and their scopes. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """What a key may do. Each includes those before it."""

    READ = "read"
    """see its own account, and prices"""
    TRADE = "trade"
    """place and cancel orders, move paper money, reset and snapshot its own account"""
    ADMIN = "admin"
    """everything, on every account"""

    @property
    def rank(self) -> int:
        """Its place in the order of the scopes."""
        return _RANK[self]

    def includes(self, other: Scope) -> bool:
        """Whether a key with this scope may do what asks for `other`."""
        return self.rank >= other.rank


_RANK = {scope: rank for rank, scope in enumerate(Scope)}


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose behalf a request is carried out. `key_id` names the key that it came with, for limits and logs; it is
    not the key itself."""

    account_id: str
    scope: Scope
    key_id: str
