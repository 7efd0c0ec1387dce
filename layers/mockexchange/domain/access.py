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


KEY_ID_LENGTH = 16
"""Characters that an API key begins with: its public name. The rest of it is what nobody can guess."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key's record. The key itself is not in it: `digest` is its SHA-256, in hex. `version` counts up with every
    rotation; times are wall ms."""

    key_id: str
    account_id: str
    scope: Scope
    label: str
    version: int
    digest: str
    created_at: int
    revoked_at: int | None = None

    @property
    def caller(self) -> Caller:
        """Who comes with this key."""
        return Caller(self.account_id, self.scope, self.key_id)
