"""The API keys of a venue: made, rotated, revoked, and held against the keys that requests come with."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace

from .domain.access import KEY_ID_LENGTH, ApiKey, Caller, Scope
from .domain.errors import AccountNotFound, BadRequest, Contention, ExchangeNotAvailable, KeyNotFound
from .domain.limits import Allowance, RateLimit
from .key_making import derived_secret, digest, new_key, new_key_id
from .ports import Clock, Store

LONGEST_LABEL = 100

NO_MASTER = (
    "this exchange has no master key, so no API key can be made: set MOCKX_MASTER_KEY to 64 hex digits, or start the "
    "API with a data directory (`mockx up`, `mockx serve api`)"
)


@dataclass(frozen=True, slots=True)
class FixedKey:
    """The key that the environment names, and who comes with it."""

    api_key: str
    owner: Caller


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key as its owner gets it, once. Both texts are secrets."""

    record: ApiKey
    api_key: str
    secret: str

    def __repr__(self) -> str:
        return f"IssuedKey({self.record.key_id}, ...)"


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a request is let in: `caller` is None for a key that is not known (any more), `allowance` None when
    nothing is limited."""

    caller: Caller | None
    allowance: Allowance | None


class Keyring:
    """The keys of one venue. `master` derives the secrets of its keys; None: keys are checked, and none can be made.
    `fixed` is not on record; `limit` None: any number of requests."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        venue: str,
        *,
        master: bytes | None,
        fixed: FixedKey | None = None,
        limit: RateLimit | None = None,
        failures: RateLimit | None = None,
    ) -> None:
        """`failures` limits wrong keys, by where they come from."""
        self._store = store
        self._clock = clock
        self._venue = venue
        self._master = master
        self._fixed = fixed
        self.limit = limit
        self._failures = failures

    def admit(self, api_key: bytes) -> Admission:
        """Hold a key against those that are known, and count the request. Raises ExchangeNotAvailable."""
        fixed = self._fixed
        # In constant time: how long a wrong key takes must not tell how much of it is right.
        if fixed and hmac.compare_digest(api_key, fixed.api_key.encode()):
            if self.limit is None:
                return Admission(fixed.owner, None)
            _, allowance = self._store.admit(None, f"key:{fixed.owner.key_id}", self._now(), self.limit)
            return Admission(fixed.owner, allowance)
        given = api_key.decode("latin-1")
        key_id = given[:KEY_ID_LENGTH]
        if len(given) <= KEY_ID_LENGTH or not (key_id.isascii() and key_id.isalnum()):
            return Admission(None, None)
        record, allowance = self._store.admit(key_id, f"key:{key_id}", self._now(), self.limit)
        right = record is not None and hmac.compare_digest(record.digest, digest(given))
        if record is None or not right or record.revoked_at is not None:
            return Admission(None, None)
        return Admission(record.caller, allowance)

    def failed(self, client: str) -> Allowance | None:
        """Count a wrong key that came from `client` (an address)."""
        if self._failures is None:
            return None
        return self._store.admit(None, f"client:{client}", self._now(), self._failures)[1]

    @property
    def has_owner(self) -> bool:
        """Whether there is a key that the environment names: without it nobody can make another."""
        return self._fixed is not None

    # what admins do

    def create(self, account_id: str, scope: Scope, label: str) -> IssuedKey:
        """A new key for an account. Raises AccountNotFound, BadRequest, ExchangeNotAvailable."""
        if self._store.account(account_id) is None:
            raise AccountNotFound(f"no account {account_id[:80]!r} in this venue")
        if len(label) > LONGEST_LABEL or not label.isprintable():
            raise BadRequest(f"a label is at most {LONGEST_LABEL} printable characters")
        key_id = new_key_id()
        record = ApiKey(key_id, account_id, scope, label, 1, "", self._clock.now())
        return self._issue(None, record)

    def keys(self, account_id: str | None = None) -> list[ApiKey]:
        """Every key, or those of one account; newest first, revoked ones too."""
        found = [each for each in self._store.api_keys() if account_id in (None, each.account_id)]
        return sorted(found, key=lambda each: (-each.created_at, each.key_id))

    def rotate(self, key_id: str) -> IssuedKey:
        """Another key and secret in place of the old ones, which stop working now. Raises KeyNotFound, BadRequest for
        a revoked one, Contention."""
        record = self._known(key_id)
        if record.revoked_at is not None:
            raise BadRequest(f"key {key_id} is revoked, for good; make a new one")
        return self._issue(record, replace(record, version=record.version + 1))

    def revoke(self, key_id: str) -> ApiKey:
        """Let nobody in with this key from now on; one that is revoked stays as it is. Raises KeyNotFound,
        Contention."""
        record = self._known(key_id)
        if record.revoked_at is not None:
            return record
        revoked = replace(record, revoked_at=self._clock.now())
        self._put(record, revoked)
        return revoked

    def secret(self, record: ApiKey) -> str:
        """The secret that belongs to a key. Raises ExchangeNotAvailable."""
        if self._master is None:
            raise ExchangeNotAvailable(NO_MASTER)
        return derived_secret(self._master, self._venue, record.key_id, record.version)

    def _issue(self, before: ApiKey | None, record: ApiKey) -> IssuedKey:
        secret = self.secret(record)
        api_key = new_key(record.key_id)
        record = replace(record, digest=digest(api_key))
        self._put(before, record)
        return IssuedKey(record, api_key, secret)

    def _put(self, before: ApiKey | None, after: ApiKey) -> None:
        if not self._store.put_api_key(before, after):
            raise Contention(f"key {after.key_id} was changed meanwhile; nothing was done, look and try again")

    def _known(self, key_id: str) -> ApiKey:
        found = self._store.api_key(key_id)
        if found is None:
            raise KeyNotFound(f"no API key {key_id[:40]!r}; GET /admin/keys lists them")
        return found

    def _now(self) -> int:
        return self._clock.now() * 1000


def keyring_of_one(store: Store, clock: Clock, api_key: str, owner: Caller, *, master: bytes | None = None) -> Keyring:
    """A keyring for an exchange of one's own: one key, no limits."""
    return Keyring(store, clock, "main", master=master, fixed=FixedKey(api_key, owner))
