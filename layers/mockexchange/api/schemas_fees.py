"""What the native HTTP API answers about fees, as types."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from .schemas import Amount, Answer, AssetName, MaybeAmount, Symbol
from .schemas_accounts import AccountId, RateShare


class Rate(Answer):
    """A fee rate, before any discount, and where it comes from."""

    rate: RateShare
    rule: Annotated[
        Literal["account", "tier", "market"],
        Meta(description="The account's own, that of its 30-day volume, or that of the market for everybody."),
    ]


class Tier(Answer):
    """What accounts of a 30-day volume pay at most."""

    volume: Annotated[Amount, Meta(description="From this volume on, in the quote asset.", examples=[1000000])]
    maker_rate: RateShare
    taker_rate: RateShare


class FeeAsset(Answer):
    """The asset that fees may be paid in."""

    asset: AssetName
    discount: Annotated[Amount, Meta(description="How much less a fee is then: 0.25 is 25 %.", examples=[0.25])]
    enabled: Annotated[bool, Meta(description="Whether the account pays in it, while it has enough.")]


class MarketFees(Answer):
    """What an account pays on one market."""

    symbol: Symbol
    maker: Rate
    taker: Rate


class AccountFees(Answer):
    """What an account pays now. `maker` and `taker`: where the market has no rates of its own."""

    account: AccountId
    maker: Rate
    taker: Rate
    volume: Annotated[
        MaybeAmount,
        Meta(
            description="Traded in the thirty days before today (UTC), in the quote asset; null without tiers.",
            examples=[1200000],
        ),
    ]
    tier: Annotated[Tier | None, Meta(description="The tier of that volume; null below the first.")]
    fee_asset: Annotated[FeeAsset | None, Meta(description="Null where there is none.")]
    markets: list[MarketFees]
