"""What the overview answers about profits and performance, as types. Money is in the venue's quote asset."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from .schemas import Amount, Answer, AssetName, MaybeAmount, Milliseconds, Symbol
from .schemas_overview import QuoteAsset

Fraction = Annotated[float | None, Meta(description="A fraction, 0.01 is 1 %; null: not defined.", examples=[0.0123])]
Ratio = Annotated[float | None, Meta(description="Null: not defined.", examples=[1.5])]


class AssetProfit(Answer):
    """What came of one asset. Sales are held against the oldest purchases."""

    quantity: Annotated[Amount, Meta(description="What is there and was not sold, in the asset.", examples=[0.5])]
    cost: Annotated[Amount, Meta(description="What was paid for that, fees included.", examples=[30000])]
    price: Annotated[MaybeAmount, Meta(description="Of one, now; null: no market prices it.", examples=[61000])]
    value: Annotated[MaybeAmount, Meta(description="Of all that is there, now; null likewise.", examples=[30500])]
    unrealized: Annotated[MaybeAmount, Meta(description="`value` less `cost`; null likewise.", examples=[500])]
    realized: Annotated[Amount, Meta(description="What round trips made, after fees.", examples=[120.5])]
    fees: Annotated[Amount, Meta(description="Of all its trades, at the prices of then.", examples=[12.5])]
    round_trips: Annotated[int, Meta(description="Purchases that were sold again.", examples=[3])]
    won: Annotated[int, Meta(description="Of them, those with a profit after fees.", examples=[2])]
    lost: Annotated[int, Meta(description="Of them, those with a loss.", examples=[1])]


class ProfitOverview(Answer):
    """What an account made since it began, by asset and over all."""

    quote_asset: QuoteAsset
    realized: Annotated[Amount, Meta(description="Of all assets.", examples=[120.5])]
    unrealized: Annotated[Amount, Meta(description="Of all assets that have a price.", examples=[500])]
    fees: Annotated[Amount, Meta(description="Of all trades, at the prices of then.", examples=[12.5])]
    fees_known: Annotated[bool, Meta(description="False: some fee was in an asset without a price, and counts as 0.")]
    round_trips: Annotated[int, Meta(description="Purchases that were sold again.", examples=[3])]
    won: Annotated[int, Meta(description="Of them, those with a profit after fees.", examples=[2])]
    lost: Annotated[int, Meta(description="Of them, those with a loss.", examples=[1])]
    by_asset: dict[str, AssetProfit]
    uncovered: Annotated[list[AssetName], Meta(description="Assets of which more was sold than bought or paid in.")]
    unpriced: Annotated[list[AssetName], Meta(description="Assets, held, that no market prices.")]


class RoundTrip(Answer):
    """What one order sold of what another had bought."""

    symbol: Annotated[Symbol, Meta(description="Where it was sold.")]
    entry_order: Annotated[
        str | None,
        Meta(
            description="Who bought it; null: it was paid in, or came from a trade in another market.", examples=["5"]
        ),
    ]
    exit_order: Annotated[str, Meta(description="Who sold it.", examples=["9"])]
    entered: Milliseconds
    exited: Milliseconds
    amount: Annotated[Amount, Meta(description="In the base asset.", examples=[0.5])]
    cost: Annotated[Amount, Meta(description="What was paid, fees included.", examples=[30000])]
    proceeds: Annotated[Amount, Meta(description="What came of it, after fees.", examples=[30500])]
    fees: Annotated[Amount, Meta(description="Of both.", examples=[60.5])]
    profit: Annotated[Amount, Meta(description="`proceeds` less `cost`; a loss is negative.", examples=[500])]


class Fall(Answer):
    """The deepest fall from a peak."""

    depth: Annotated[float, Meta(description="A fraction of the peak, 0 or negative.", examples=[-0.05])]
    peak: Annotated[Milliseconds | None, Meta(description="When it began; null: it never fell.")]
    bottom: Milliseconds | None
    recovered: Annotated[Milliseconds | None, Meta(description="When it was back; null: not yet.")]
    longest: Annotated[int, Meta(description="The longest time without a new peak, ms.", examples=[86400000])]


class CurveNumbers(Answer):
    """What a curve says. Those of returns use whole days (UTC), 365 a year, and no risk-free rate."""

    total_return: Fraction
    annual_return: Fraction
    volatility: Fraction
    sharpe: Ratio
    sortino: Ratio
    calmar: Ratio
    drawdown: Fall | None
    best_day: Fraction
    worst_day: Fraction
    positive_days: Fraction
    days: Annotated[int, Meta(examples=[30])]


class Trading(Answer):
    """What was traded in the period. Round trips count where they ended."""

    fills: Annotated[int, Meta(examples=[6])]
    fees: Annotated[Amount, Meta(description="At the prices of then.", examples=[12.5])]
    round_trips: Annotated[int, Meta(examples=[3])]
    won: Annotated[int, Meta(description="With a profit after fees.", examples=[2])]
    lost: Annotated[int, Meta(description="With a loss.", examples=[1])]
    win_rate: Fraction
    profit_factor: Annotated[Ratio, Meta(description="All profits over all losses; null: no loss.")]
    realized: Annotated[Amount, Meta(description="What round trips made, after fees.", examples=[120.5])]


class Day(Answer):
    """One day (UTC), the first and the last however short."""

    day: Annotated[Milliseconds, Meta(description="Its beginning.")]
    profit: Annotated[Amount, Meta(description="Equity gained, deposits and withdrawals left out.", examples=[20.5])]
    rate: Annotated[float | None, Meta(description="The same as a fraction.", examples=[0.002])]


class PerformanceOverview(Answer):
    """How an account did over a stretch of time. Deposits and withdrawals are no returns."""

    quote_asset: QuoteAsset
    since: Annotated[Milliseconds | None, Meta(description="The first moment that is known; null: none is.")]
    until: Annotated[Milliseconds | None, Meta(description="The last one.")]
    first_equity: MaybeAmount
    final_equity: MaybeAmount
    net_deposits: Annotated[Amount, Meta(description="Paid in between, less what was taken out.", examples=[0])]
    profit: Annotated[Amount, Meta(description="Equity gained beyond `netDeposits`.", examples=[250.5])]
    account: CurveNumbers
    buy_and_hold: Annotated[
        CurveNumbers | None,
        Meta(
            description="The first equity spread equally over the coins that the account traded, without fees; null: "
            "it traded none."
        ),
    ]
    trading: Trading
    days: list[Day]
    curve: Annotated[
        list[list[Any]],
        Meta(
            description="The moment (venue time, ms), the equity, what one unit of money became (null: not defined), "
            "and the equity of buying and holding (null: there is none).",
            extra_json_schema={
                "items": {"type": "array", "items": {"type": ["number", "null"]}, "minItems": 4, "maxItems": 4}
            },
            examples=[[[1767225600000, 100250.5, 1.0025, 100100]]],
        ),
    ]
