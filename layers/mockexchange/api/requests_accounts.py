"""What the native HTTP API takes about accounts and their snapshots, as types."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Raw, UnsetType, field

from .request_schemas import Cursor, Given, GivenAmount, Limit, SymbolFilter

Name = Annotated[
    str, Meta(description="1 to 64 letters, digits and . _ - @ +", min_length=1, max_length=64, examples=["bot-7"])
]
_Share = [{"type": "number", "minimum": 0, "exclusiveMaximum": 1}, {"type": "string"}, {"type": "null"}]
GivenRate = Annotated[
    Raw,
    Meta(
        description="Fee rate, a share of what is received: 0.001 is 0.1 %. Not given: as it is.",
        extra_json_schema={"anyOf": _Share},
        examples=[0.001],
    ),
]
FirstBalances = Annotated[
    dict[str, GivenAmount] | None, Meta(description="Deposits, by asset.", examples=[{"USDT": 100000}])
]


class AccountRequest(Given):
    """A new account."""

    id: Name
    balances: FirstBalances = None
    maker_rate: GivenRate = field(default_factory=Raw)
    taker_rate: GivenRate = field(default_factory=Raw)


PaysInFeeAsset = Annotated[
    bool, Meta(description="Whether fees are charged in the fee asset, while there is enough of it.", examples=[True])
]


class AccountChange(Given):
    """Other fee rates, or another fill model. What is not given stays as it is."""

    maker_rate: GivenRate = field(default_factory=Raw)
    taker_rate: GivenRate = field(default_factory=Raw)
    pays_in_fee_asset: PaysInFeeAsset | UnsetType = UNSET
    fill_model: Annotated[
        Annotated[str, Meta(max_length=100)] | UnsetType | None,
        Meta(
            description="How its orders fill: a fill model, with options or without, or a preset; null: as the "
            "exchange is configured.",
            examples=["touch+slippage=5"],
        ),
    ] = UNSET


class FeeAssetRequest(Given):
    """What fees are paid in."""

    pays_in_fee_asset: PaysInFeeAsset


class FeesQuery(Given):
    """Of which markets."""

    symbol: SymbolFilter = UNSET


class ResetRequest(Given):
    """A new beginning."""

    balances: Annotated[
        dict[str, GivenAmount] | None,
        Meta(description="Deposits, by asset. Not given: the account's first ones again.", examples=[{"USDT": 100000}]),
    ] = None


class CloneRequest(Given):
    """A copy of an account."""

    to: Name


class SnapshotRequest(Given):
    """A snapshot to be taken."""

    name: Annotated[
        str,
        Meta(
            description="1 to 64 letters, digits and . _ - (no . in front)",
            min_length=1,
            max_length=64,
            examples=["before-the-test"],
        ),
    ]


class PageQuery(Given):
    """Which part of a list."""

    limit: Limit = 100
    cursor: Cursor = UNSET


class DiffQuery(Given):
    """What to compare a snapshot with."""

    against: Annotated[
        str | UnsetType, Meta(description="Another snapshot. Not given: the account as it is.", examples=["after"])
    ] = UNSET
