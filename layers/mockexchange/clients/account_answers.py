"""What the API answers about accounts, their snapshots and their keys, as types. See answers.py."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct, field

from .answers import Balance


class Account(Struct, frozen=True, kw_only=True):
    """An account. Rates are fractions: 0.001 is 0.1 %. `fill_model` None: the exchange's. `generation` counts up with
    every reset and restore."""

    id: str
    created_at: int = field(name="createdAt")
    maker_rate: Decimal = field(name="makerRate")
    taker_rate: Decimal = field(name="takerRate")
    pays_in_fee_asset: bool = field(name="paysInFeeAsset", default=False)
    fill_model: str | None = field(name="fillModel", default=None)
    first_balances: dict[str, Decimal] = field(name="firstBalances")
    generation: int


class Rate(Struct, frozen=True, kw_only=True):
    """A fee rate (a fraction), and whose it is: the account's, its tier's or the market's."""

    rate: Decimal
    rule: str


class FeeTier(Struct, frozen=True, kw_only=True):
    """The rates from a 30-day volume (quote asset) on."""

    volume: Decimal
    maker_rate: Decimal = field(name="makerRate")
    taker_rate: Decimal = field(name="takerRate")


class FeeAsset(Struct, frozen=True, kw_only=True):
    """The asset that fees may be paid in, how much less they are then (a fraction), and whether the account does."""

    asset: str
    discount: Decimal
    enabled: bool


class MarketFees(Struct, frozen=True, kw_only=True):
    """What an account pays on a market."""

    symbol: str
    maker: Rate
    taker: Rate


class AccountFees(Struct, frozen=True, kw_only=True):
    """What an account pays, before any discount. `volume` is that of thirty days (quote asset), None without tiers."""

    account: str
    maker: Rate
    taker: Rate
    volume: Decimal | None
    tier: FeeTier | None
    fee_asset: FeeAsset | None = field(name="feeAsset")
    markets: list[MarketFees]


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
