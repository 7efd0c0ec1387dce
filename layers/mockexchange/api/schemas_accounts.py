"""What the native HTTP API answers about accounts and their snapshots, as types."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from .schemas import Amount, Answer, Balance, Milliseconds

AccountId = Annotated[str, Meta(description="The account's name.", examples=["default"])]
RateShare = Annotated[Amount, Meta(description="Share of what is received: 0.001 is 0.1 %.", examples=[0.001])]
SnapshotName = Annotated[str, Meta(examples=["before-the-test"])]


class Account(Answer):
    """One account."""

    id: AccountId
    created_at: Milliseconds
    maker_rate: RateShare
    taker_rate: RateShare
    pays_in_fee_asset: Annotated[
        bool, Meta(description="Whether its fees are charged in the fee asset, with its discount.")
    ]
    fill_model: Annotated[
        str | None,
        Meta(description="How its orders fill; null: as the exchange is configured.", examples=["depth+queue"]),
    ]
    first_balances: Annotated[dict[str, Amount], Meta(description="What a reset gives it, by asset.")]
    generation: Annotated[
        int, Meta(description="Another number each time that it begins anew or is restored.", examples=[1])
    ]


class OwnKey(Answer):
    """The key that a request came with."""

    id: Annotated[str, Meta(description="Its public name; not the key itself.", examples=["default"])]
    scope: Literal["read", "trade", "admin"]


class OwnAccount(Answer):
    """Who the caller is."""

    account: Account
    key: OwnKey


class Snapshot(Answer):
    """An account's books, as they were at one moment."""

    name: SnapshotName
    account: AccountId
    created_at: Milliseconds
    open_orders: Annotated[int, Meta(description="How many were open.")]
    orders: Annotated[int, Meta(description="How many there were in all.")]
    trades: int
    ledger_entries: Annotated[int, Meta(description="Lines of the ledger; a trade counts as one.")]
    balances: Annotated[dict[str, Balance], Meta(description="By asset.")]


class TotalChange(Answer):
    """How much of an asset there was, and is; `change` is the difference."""

    before: Annotated[Amount, Meta(examples=[100000])] = field(name="from")
    after: Annotated[Amount, Meta(examples=[99400])] = field(name="to")
    change: Annotated[Amount, Meta(examples=[-600])]


class OrdersChange(Answer):
    """Orders that came, and open ones that came to their end. Negative: there are fewer than before."""

    added: int
    closed: int


class CountChange(Answer):
    """What came. Negative: there is less than before."""

    added: int


class SnapshotDiff(Answer):
    """What happened to an account between a snapshot and another moment."""

    before: SnapshotName = field(name="from")
    after: Annotated[str | None, Meta(description="The other snapshot; null: now.")] = field(name="to")
    balances: Annotated[dict[str, TotalChange], Meta(description="Totals of the assets that differ, by asset.")]
    orders: OrdersChange
    trades: CountChange
    ledger_entries: CountChange
