"""What the native HTTP API answers, as types: encoder and OpenAPI document follow from them.

Names are Python's; on the wire they are ccxt's. An amount is written as its digits (`Raw`), a JSON number that never
passes through a float.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Raw, Struct, UnsetType, field

Amount = Annotated[Raw, Meta(extra_json_schema={"type": "number"})]
"""An exact number in an answer, written in fixed point without trailing zeros."""

MaybeAmount = Annotated[Raw, Meta(extra_json_schema={"type": ["number", "null"]})]
"""The same, or null."""

Milliseconds = Annotated[int, Meta(description="Milliseconds since the epoch.", examples=[1767225600000])]
Moment = Annotated[
    str,
    Meta(
        description="The same moment in ISO 8601, UTC.",
        examples=["2026-01-01T00:00:00.000Z"],
        extra_json_schema={"format": "date-time"},
    ),
]
Symbol = Annotated[str, Meta(description="A market, base/quote.", examples=["BTC/USDT"])]
AssetName = Annotated[str, Meta(examples=["USDT"])]


class Answer(Struct, rename="camel"):
    """Base of what is answered."""


class Fee(Answer):
    """A commission, charged in the asset received or in the fee asset."""

    currency: AssetName
    cost: Annotated[Amount, Meta(description="In `currency`.", examples=[0.00001])]


class TradeFee(Fee):
    """The commission of one trade."""

    rate: Annotated[
        Amount,
        Meta(description="Share of what was received, discount taken off: 0.001 is 0.1 %.", examples=[0.001]),
    ]
    rule: Annotated[str, Meta(description="Why it is that.", examples=["taker rate 0.001, the account's own"])]


class Why(Answer):
    """What a trade was decided on."""

    tick: Annotated[int, Meta(description="Number of the quote in the market's tick log.")]
    source: Annotated[str, Meta(description="Where that quote came from.", examples=["synthetic:7", "manual"])]
    model: Annotated[str, Meta(description="The fill model.", examples=["touch"])]


class Trade(Answer):
    """One execution on an order."""

    id: Annotated[str, Meta(examples=["5"])]
    order: Annotated[str, Meta(description="Id of its order.", examples=["123"])]
    timestamp: Milliseconds
    datetime: Moment
    symbol: Symbol
    side: Literal["buy", "sell"]
    taker_or_maker: Literal["taker", "maker"]
    price: Annotated[Amount, Meta(description="In the quote asset.", examples=[60000])]
    amount: Annotated[Amount, Meta(description="In the base asset.", examples=[0.01])]
    cost: Annotated[Amount, Meta(description="What moved in the quote asset.", examples=[600])]
    fee: TradeFee
    late: Annotated[
        bool,
        Meta(description="Whether its quote was met late, after a time without prices or without a matcher."),
    ]
    recorded_at: Annotated[
        Milliseconds | None,
        Meta(description="When a late one was recorded; its `timestamp` is when it happened. Null unless it is late."),
    ]
    why: Why


class Order(Answer):
    """An order as it stands."""

    id: Annotated[str, Meta(examples=["123"])]
    client_order_id: Annotated[str, Meta(description="Yours, or one the exchange gave.", examples=["my-bot-1"])]
    timestamp: Milliseconds
    datetime: Moment
    last_update_timestamp: Milliseconds
    last_trade_timestamp: Milliseconds | None
    symbol: Symbol
    type: Literal["limit", "market"]
    time_in_force: Literal["GTC", "IOC", "FOK", "PO", "GTD"]
    expires_at: Annotated[Milliseconds | None, Meta(description="When a GTD order expires; null: not by itself.")]
    post_only: bool
    side: Literal["buy", "sell"]
    price: Annotated[MaybeAmount, Meta(description="Limit price, in the quote asset.", examples=[60000])]
    trigger_price: Annotated[
        MaybeAmount,
        Meta(description="Of a stop: what the last price must reach before it does anything.", examples=[55000]),
    ]
    stop_loss_price: Annotated[MaybeAmount, Meta(description="The same, of a stop-loss.")]
    take_profit_price: Annotated[MaybeAmount, Meta(description="The same, of a take-profit.")]
    trailing_percent: Annotated[
        MaybeAmount,
        Meta(
            description="Of a stop that trails the last price: how far that must come back, in percent.", examples=[1.5]
        ),
    ]
    trailing_since: Annotated[
        Milliseconds | None, Meta(description="When it began to; null until its trigger price is reached.")
    ]
    triggered_at: Annotated[
        Milliseconds | None, Meta(description="When it was reached; null while it waits, and for other orders.")
    ]
    amount: Annotated[Amount, Meta(description="In the base asset.", examples=[0.01])]
    iceberg_amount: Annotated[MaybeAmount, Meta(description="How much of it shows at a time; null: all of it.")]
    filled: Annotated[Amount, Meta(description="In the base asset.", examples=[0.004])]
    remaining: Annotated[Amount, Meta(description="In the base asset.", examples=[0.006])]
    cost: Annotated[Amount, Meta(description="Value of what is filled, in the quote asset.", examples=[240])]
    average: Annotated[MaybeAmount, Meta(description="Mean price of what is filled.", examples=[60000])]
    status: Literal["open", "closed", "canceled", "expired", "rejected"]
    fee: Annotated[
        Fee | None,
        Meta(description="Commissions so far; null while nothing is filled, and when they are in several assets."),
    ]
    fees: Annotated[list[Fee], Meta(description="Commissions so far, one for each asset.")]
    order_list_id: Annotated[
        str | None, Meta(description="The order list that it belongs to; null for an order of its own.")
    ]
    pending: Annotated[bool, Meta(description="Whether it waits for the working order of its list.")]
    created_at: Annotated[Milliseconds, Meta(description="As `timestamp`.")] = field(name="created_at")
    updated_at: Annotated[Milliseconds, Meta(description="As `lastUpdateTimestamp`.")] = field(name="updated_at")
    trades: Annotated[
        list[Trade] | UnsetType, Meta(description="Oldest first. Only in answers about a single order.")
    ] = UNSET


class AmendedOrder(Answer):
    """What became of an order that was to be changed."""

    order: Annotated[Order, Meta(description="The one that stands now.")]
    kept_place: Annotated[
        bool, Meta(description="Whether it is the same order, at its place in the line; else another one.")
    ]
    canceled: Annotated[
        Order | None, Meta(description="The one whose place it took, as it was left; null when it kept its place.")
    ]


class OrderReason(Answer):
    """Something about an order, in plain words."""

    timestamp: Milliseconds
    datetime: Moment
    text: Annotated[str, Meta(examples=["Canceled by its owner."])]
    trade: Annotated[str | None, Meta(description="Id of the trade that it is about, if it is about one.")]


class OrderList(Answer):
    """Orders that belong together, as they stand."""

    id: Annotated[str, Meta(examples=["123"])]
    client_list_id: Annotated[str, Meta(description="Yours, or one the exchange gave.", examples=["my-pair-1"])]
    type: Annotated[
        Literal["oco", "oto"],
        Meta(
            description="`oco`: one cancels the other. `oto`: the first one, when it is filled, places the other, or "
            "the other two, of which one cancels the other then."
        ),
    ]
    status: Annotated[Literal["open", "closed"], Meta(description="`open` while one of its orders is.")]
    symbol: Symbol
    timestamp: Milliseconds
    datetime: Moment
    orders: Annotated[list[Order], Meta(description="In the order in which they were sent.")]


class Assessment(Answer):
    """Whether an order would be accepted now."""

    ok: bool
    order: Annotated[
        Order | UnsetType,
        Meta(description="The order as it would be. It is not placed: its ids will never be given out."),
    ] = UNSET
    code: Annotated[str | UnsetType, Meta(description="Why not: the `code` that placing it would answer.")] = UNSET
    reason: Annotated[str | UnsetType, Meta(description="Why not, in words.")] = UNSET


class Ticker(Answer):
    """The newest quote of a market."""

    symbol: Symbol
    timestamp: Milliseconds
    datetime: Moment
    bid: Annotated[Amount, Meta(description="In the quote asset.", examples=[59999.99])]
    ask: Annotated[Amount, Meta(description="In the quote asset.", examples=[60000.01])]
    bid_volume: Annotated[MaybeAmount, Meta(description="In the base asset; null: unknown.")]
    ask_volume: Annotated[MaybeAmount, Meta(description="In the base asset; null: unknown.")]
    last: Annotated[Amount, Meta(description="In the quote asset.", examples=[60000])]
    open: Annotated[MaybeAmount, Meta(description="24 hours ago, in the quote asset; null: unknown.")]
    high: Annotated[MaybeAmount, Meta(description="Of the last 24 hours, in the quote asset; null: unknown.")]
    low: Annotated[MaybeAmount, Meta(description="Of the last 24 hours, in the quote asset; null: unknown.")]
    close: Annotated[Amount, Meta(description="As `last`.", examples=[60000])]
    base_volume: Annotated[MaybeAmount, Meta(description="Of the last 24 hours, in the base asset; null: unknown.")]
    quote_volume: Annotated[
        MaybeAmount, Meta(description="The same in the quote asset, at each candle's mean price; null: unknown.")
    ]
    vwap: Annotated[MaybeAmount, Meta(description="Mean price weighed by volume; null: unknown.")]
    change: Annotated[MaybeAmount, Meta(description="`last` less `open`, in the quote asset; null: unknown.")]
    percentage: Annotated[MaybeAmount, Meta(description="The change in percent of `open`; null: unknown.")]
    tick: Annotated[int, Meta(description="Number of this quote in the market's tick log.")]
    source: Annotated[str, Meta(description="Where it came from.", examples=["synthetic:7", "manual"])]
    stale: Annotated[bool, Meta(description="Too old to trade at.")]


class Balance(Answer):
    """What the account holds of one asset."""

    asset: AssetName
    free: Annotated[Amount, Meta(description="To use or to withdraw.", examples=[99400])]
    used: Annotated[Amount, Meta(description="Held by open orders.", examples=[600])]
    total: Annotated[Amount, Meta(description="Both together.", examples=[100000])]


class LedgerLine(Answer):
    """One change of what the account owns."""

    kind: Literal["deposit", "withdrawal", "trade", "fee"]
    reference: Annotated[str, Meta(description="The trade's id, or the entry's own.", examples=["5"])]
    asset: AssetName
    amount: Annotated[Amount, Meta(description="In the asset; negative when it went out.", examples=[-600])]
    timestamp: Milliseconds
    datetime: Moment


class Range(Answer):
    """Bounds; null: none."""

    min: MaybeAmount
    max: MaybeAmount


class Precision(Answer):
    """Increments."""

    amount: Annotated[Amount, Meta(description="In the base asset.", examples=[0.00001])]
    price: Annotated[Amount, Meta(description="In the quote asset.", examples=[0.01])]


class PercentPrice(Answer):
    """Bounds of a limit price as multiples of the last price."""

    buy: Range
    sell: Range


class Limits(Answer):
    """Bounds of an order: `amount` in the base asset, `price` and `cost` in the quote asset."""

    amount: Range
    price: Range
    percent_price: PercentPrice
    cost: Range
    open_orders: Annotated[int | None, Meta(description="Orders of one account that may be open here; null: any.")]


class Market(Answer):
    """One market and what it demands of an order."""

    id: Annotated[str, Meta(examples=["BTCUSDT"])]
    symbol: Symbol
    base: AssetName
    quote: AssetName
    active: bool
    precision: Precision
    limits: Limits


class AuditResult(Answer):
    """What an audit looked at, and each invariant that does not hold."""

    clean: bool
    problems: Annotated[list[str], Meta(description="Empty when the books are clean.")]
    accounts: int
    orders: int
    open_orders: int
    fills: int
    ledger_entries: int


class Liveness(Answer):
    """The process is up."""

    status: Literal["ok"]


class SymbolHealth(Answer):
    """The freshness of one market's price."""

    age_sec: Annotated[MaybeAmount, Meta(description="Seconds since the quote; null: none yet.", examples=[0.8])]
    stale: Annotated[bool, Meta(description="Too old to trade at, or still catching up.")]
    catching_up: Annotated[
        Milliseconds | None,
        Meta(description="How far the candles of a time without prices have been gone through; null: not at it."),
    ]


class FeedOutage(Answer):
    """The live feed gets no prices; those on record become stale."""

    since: Milliseconds
    reason: Annotated[str, Meta(description="What was tried, and what can be set.")]


class Readiness(Answer):
    """The exchange is ready to trade."""

    status: Literal["ready"]
    feed: Annotated[str, Meta(description="The price source.", examples=["synthetic:7"])]
    synthetic: Annotated[bool, Meta(description="Prices are made up, not a market's.")]
    fill_model: Annotated[
        str,
        Meta(description="How orders fill, unless an account has a model of its own.", examples=["touch"]),
    ]
    latency_ms: Annotated[int, Meta(description="How long a new order is on its way, in ms.")]
    outage: Annotated[FeedOutage | None, Meta(description="Why there are no new prices; null while there are.")]
    chaos: Annotated[
        str | None,
        Meta(description="What goes wrong on purpose, in words; null: nothing.", examples=["timeout 5 %"]),
    ]
    symbols: dict[str, SymbolHealth]


class Problem(Answer):
    """An error (RFC 9457). Branch on `code`, show `detail`."""

    type: Annotated[str, Meta(examples=["urn:mockexchange:problem:InsufficientFunds"])]
    title: Annotated[str, Meta(examples=["Insufficient funds"])]
    status: Annotated[int, Meta(examples=[422])]
    detail: Annotated[str, Meta(description="What the value was, and what to do.")]
    code: Annotated[str, Meta(description="Name of the ccxt exception, or NotFound.", examples=["InsufficientFunds"])]
    instance: Annotated[str, Meta(description="Path of the request.", examples=["/orders"])]
    filter: Annotated[
        str | UnsetType, Meta(description="Binance's name of the filter that failed.", examples=["LOT_SIZE"])
    ] = UNSET
