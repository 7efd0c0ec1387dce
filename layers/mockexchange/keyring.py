"""The use cases of API keys: letting in, making, listing, revoking and rotating them."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

from .domain.access import Scope
from .domain.api_keys import ALPHABET, ID_LENGTH, KEY_LENGTH, ApiKey, derived_secret, digest_of
from .domain.errors import (
    AccountNotFound,
    BadRequest,
    Contention,
    ExchangeError,
    ExchangeNotAvailable,
    KeyNotFound,
)
from .ports import Clock, KeyStore, KeyVerdict, Page

ATTEMPTS = 20
"""How often a change is decided again when others change the same key."""

MOST_KEYS = 1000
"""Of one account, revoked ones counted: whoever may make keys cannot fill the memory with them."""

LONGEST_LABEL = 100

MOST_REMEMBERED = 1000
"""Secrets kept in this process, so that not every request derives its own."""

NO_MASTER = (
    "there is no master key, so the secret of a key cannot be made: set MOCKX_MASTER_KEY to 64 hex digits "
    "(`openssl rand -hex 32` makes some), or start the exchange with `mockx up`, which makes one"
)


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key with what its owner has to keep. Both are shown once; nobody can read them here again."""

    key: ApiKey
    api_key: str
    secret: str

    def __repr__(self) -> str:
        return f"IssuedKey({self.key.key_id}, api_key=..., secret=...)"


def random_key() -> str:
    """A fresh API key: 64 characters of base 62, 381 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(KEY_LENGTH))


class Keyring:
    """The API keys of one venue, the default account's excepted, which stands in the environment."""

    def __init__(
        self,
        store: KeyStore,
        clock: Clock,
        *,
        venue: str = "main",
        master: bytes | None = None,
        new_key: Callable[[], str] = random_key,
    ) -> None:
        """`clock` gives wall time. `master` is what secrets are derived from; without one no key can be made."""
        self.store = store
        self.clock = clock
        self._venue = venue
        self._master = master
        self._new_key = new_key
        self._secrets: dict[tuple[str, int], str] = {}

    def __repr__(self) -> str:
        return f"Keyring({self._venue})"

    def create(self, account_id: str, scope: Scope, label: str = "") -> IssuedKey:
        """A new key of an account. Raises AccountNotFound, BadRequest, ExchangeNotAvailable without a master key."""
        master = self._required_master()
        if len(label) > LONGEST_LABEL or not label.isprintable():
            raise BadRequest(f"label must be at most {LONGEST_LABEL} printable characters, was {label[:60]!r}")
        for _ in range(ATTEMPTS):
            api_key = self._new_key()
            digest = digest_of(api_key.encode())
            key = ApiKey(digest[:ID_LENGTH], account_id, scope, label, 1, self.clock.now(), None, digest)
            match self.store.add_api_key(key, MOST_KEYS):
                case KeyVerdict.WRITTEN:
                    return self._issued(key, api_key, master)
                case KeyVerdict.NO_ACCOUNT:
                    raise AccountNotFound(f"no account {account_id[:60]!r} in this venue; make it first")
                case KeyVerdict.TOO_MANY:
                    raise ExchangeError(
                        f"account {account_id!r} has {MOST_KEYS} keys, the most there may be; rotate one of them"
                    )
                case KeyVerdict.CONFLICT:
                    pass  # another key has this id: one in 2^64
        raise Contention(f"no id is free after {ATTEMPTS} attempts")

    def keys(self, account_id: str | None = None, *, cursor: int | None = None, limit: int = 100) -> Page[ApiKey]:
        """Keys, newest first, revoked ones too."""
        return self.store.api_keys(account_id, cursor, limit)

    def revoke(self, key_id: str) -> ApiKey:
        """The key, which lets nobody in from now on. Repeatable: the first time counts. Raises KeyNotFound."""

        def revoked(key: ApiKey) -> ApiKey:
            return key if key.revoked_at is not None else replace(key, revoked_at=self.clock.now())

        return self._change(key_id, revoked)

    def rotate(self, key_id: str) -> IssuedKey:
        """The key with another API key and another secret; those that it had let nobody in from now on.

        Raises KeyNotFound, ExchangeError when it is revoked, ExchangeNotAvailable without a master key.
        """
        master = self._required_master()
        api_key = self._new_key()
        digest = digest_of(api_key.encode())

        def rotated(key: ApiKey) -> ApiKey:
            if key.revoked_at is not None:
                raise ExchangeError(f"key {key_id} is revoked, for ever; make another one for {key.account_id!r}")
            return replace(key, version=key.version + 1, digest=digest)

        return self._issued(self._change(key_id, rotated), api_key, master)

    def secret_of(self, key: ApiKey) -> str:
        """The secret that belongs to a key. Raises ExchangeNotAvailable without a master key."""
        name = (key.key_id, key.version)
        secret = self._secrets.get(name)
        if secret is None:
            secret = derived_secret(self._required_master(), self._venue, key.key_id, key.version)
            if len(self._secrets) >= MOST_REMEMBERED:
                self._secrets.clear()
            self._secrets[name] = secret
        return secret

    def _change(self, key_id: str, changed: Callable[[ApiKey], ApiKey]) -> ApiKey:
        for _ in range(ATTEMPTS):
            before = self.store.api_key(key_id)
            if before is None:
                raise KeyNotFound(
                    f"no key {key_id[:60]!r} in this venue; the default account's own key is set by MOCKX_API_KEY"
                )
            after = changed(before)
            if after == before or self.store.replace_api_key(before, after) is KeyVerdict.WRITTEN:
                return after
        raise Contention(f"key {key_id} was changed by others in each of {ATTEMPTS} attempts; nothing was changed")

    def _required_master(self) -> bytes:
        if self._master is None:
            raise ExchangeNotAvailable(NO_MASTER)
        return self._master

    def _issued(self, key: ApiKey, api_key: str, master: bytes) -> IssuedKey:
        return IssuedKey(key, api_key, derived_secret(master, self._venue, key.key_id, key.version))
