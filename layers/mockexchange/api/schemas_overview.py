"""What the overview answers, as types. Every value is in the venue's quote asset unless said otherwise."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from .schemas import Amount, Answer, AssetName, MaybeAmount

QuoteAsset = Annotated[str, Meta(description="What everything is valued in (QUOTE_ASSET).", examples=["USDT"])]
Unpriced = Annotated[
    list[str],
    Meta(description="Assets, held or moved, that no market prices: they count as nothing.", examples=[["FOO"]]),
]
Value = Annotated[Amount, Meta(description="In the quote asset.", examples=[600])]


class CapitalOverview(Answer):
    """What an account is worth, what was paid in, and what it made of it."""

    quote_asset: QuoteAsset
    equity: Annotated[Amount, Meta(description="All it owns, at the newest prices.", examples=[100250.5])]
    cash: Annotated[Amount, Meta(description="Of it, the quote asset itself.", examples=[40250.5])]
    assets_value: Annotated[Amount, Meta(description="Of it, everything else.", examples=[60000])]
    deposits: Annotated[
        Amount,
        Meta(
            description="What was paid in. The quote asset counts as it is; another asset at its price within the "
            "minute of the deposit, as the matcher recorded it, and at the newest price before that, or when there was "
            "no price then.",
            examples=[100000],
        ),
    ]
    withdrawals: Annotated[Amount, Meta(description="What was taken out, valued likewise.", examples=[0])]
    net_deposits: Annotated[Amount, Meta(description="`deposits` less `withdrawals`.", examples=[100000])]
    profit: Annotated[Amount, Meta(description="`equity` less `netDeposits`; a loss is negative.", examples=[250.5])]
    profit_rate: Annotated[
        MaybeAmount,
        Meta(
            description="`profit` as a share of `netDeposits`, rounded down to 18 places; null without any left.",
            examples=[0.002505],
        ),
    ]
    unpriced: Unpriced


class Split(Answer):
    """A value by what it can be used for."""

    free: Annotated[Amount, Meta(description="To use or to withdraw, in the quote asset.", examples=[40000])]
    frozen: Annotated[Amount, Meta(description="Held by open orders, in the quote asset.", examples=[250.5])]
    total: Annotated[Amount, Meta(description="Both together, in the quote asset.", examples=[40250.5])]


class AssetOverview(Answer):
    """One asset: its amounts in the asset itself, its price and value in the quote asset."""

    free: Annotated[Amount, Meta(description="To use or to withdraw, in the asset.", examples=[0.75])]
    frozen: Annotated[Amount, Meta(description="Held by open orders, in the asset.", examples=[0.25])]
    total: Annotated[Amount, Meta(description="Both together, in the asset.", examples=[1])]
    price: Annotated[
        MaybeAmount, Meta(description="Of one, in the quote asset; null: no market prices it.", examples=[60000])
    ]
    value: Annotated[MaybeAmount, Meta(description="Of all, in the quote asset; null likewise.", examples=[60000])]


class AssetsOverview(Answer):
    """What an account holds, valued: the quote asset (`cash`), everything else (`assets`), and both (`total`)."""

    quote_asset: QuoteAsset
    cash: Split
    assets: Split
    total: Split
    by_asset: dict[str, AssetOverview]
    unpriced: Unpriced


class Traded(Answer):
    """Trades of one asset on one side."""

    count: Annotated[int, Meta(description="How many.", examples=[3])]
    amount: Annotated[Amount, Meta(description="Bought or sold, in the asset.", examples=[0.03])]
    notional: Annotated[
        dict[str, Any],
        Meta(
            description="What was paid or received, by asset.",
            extra_json_schema={"additionalProperties": {"type": "number"}},
            examples=[{"USDT": 1800}],
        ),
    ]
    notional_value: Annotated[Amount, Meta(description="All of that, in the quote asset, now.", examples=[1800])]
    fees: Annotated[
        dict[str, Any],
        Meta(
            description="Commissions, by asset.",
            extra_json_schema={"additionalProperties": {"type": "number"}},
            examples=[{"BTC": 0.00003}],
        ),
    ]
    fees_value: Annotated[Amount, Meta(description="All of them, in the quote asset, now.", examples=[1.8])]


class TradesOverview(Answer):
    """What an account traded since it began, in numbers: by side and asset, and over all."""

    quote_asset: QuoteAsset
    count: Annotated[int, Meta(description="Trades on both sides.", examples=[3])]
    notional: Annotated[Amount, Meta(description="What all of them moved, in the quote asset, now.", examples=[1800])]
    fees: Annotated[
        dict[str, Any],
        Meta(
            description="Commissions, by asset.",
            extra_json_schema={"additionalProperties": {"type": "number"}},
            examples=[{"BTC": 0.00003}],
        ),
    ]
    fees_value: Annotated[Amount, Meta(description="All of them, in the quote asset, now.", examples=[1.8])]
    buy: Annotated[dict[str, Traded], Meta(description="Bought, by asset.")]
    sell: Annotated[dict[str, Traded], Meta(description="Sold, by asset.")]
    unpriced: Annotated[list[AssetName], Meta(description="Assets that no market prices: they count as nothing.")]


Point = Annotated[
    list[Any],
    Meta(
        description="A moment (venue time, ms) and what the account was worth then.",
        extra_json_schema={"items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        examples=[[1767225600000, 100250.5]],
    ),
]
