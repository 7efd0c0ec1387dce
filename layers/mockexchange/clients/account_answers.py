"""What the API answers about accounts, their snapshots and their keys, as types. See answers.py."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct, field

from .answers import Balance


class Account(Struct, frozen=True, kw_only=True):
    """An account. Rates are fractions: 0.001 is 0.1 %. `generation` counts up with every reset and restore."""

    id: str
    created_at: int = field(name="createdAt")
    maker_rate: Decimal = field(name="makerRate")
    taker_rate: Decimal = field(name="takerRate")
    first_balances: dict[str, Decimal] = field(name="firstBalances")
    generation: int


class KeyInUse(Struct, frozen=True, kw_only=True):
    """The key that a request came with: its public id, and what it may do (read, trade or admin)."""

    id: str
    scope: str


class WhoAmI(Struct, frozen=True, kw_only=True):
    """The account and the key that a request comes from."""

    account: Account
    key: KeyInUse


class Snapshot(Struct, frozen=True, kw_only=True):
    """An account as it was: how many of everything there were, and its balances by asset."""

    name: str
    account: str
    created_at: int = field(name="createdAt")
    open_orders: int = field(name="openOrders")
    orders: int
    trades: int
    ledger_entries: int = field(name="ledgerEntries")
    balances: dict[str, Balance]


class BalanceChange(Struct, frozen=True, kw_only=True):
    """How much of an asset was held in total, before and after."""

    before: Decimal = field(name="from")
    after: Decimal = field(name="to")
    change: Decimal


class OrderChanges(Struct, frozen=True, kw_only=True):
    """Orders that are new, and orders that have come to their end."""

    added: int
    closed: int


class Added(Struct, frozen=True, kw_only=True):
    """How many there are more."""

    added: int


class SnapshotDiff(Struct, frozen=True, kw_only=True):
    """What changed between a snapshot and another one, or the account as it is now (`after` None). `balances` holds
    what differs."""

    before: str = field(name="from")
    after: str | None = field(name="to")
    balances: dict[str, BalanceChange]
    orders: OrderChanges
    trades: Added
    ledger_entries: Added = field(name="ledgerEntries")


class Key(Struct, frozen=True, kw_only=True):
    """What is known about an API key; not the key itself. `revoked_at` None: it works."""

    id: str
    account: str
    scope: str
    label: str
    version: int
    created_at: int = field(name="createdAt")
    revoked_at: int | None = field(name="revokedAt")


class NewKey(Key, frozen=True, kw_only=True):
    """A key that was just made, with what is shown only once."""

    api_key: str = field(name="apiKey")
    secret: str
