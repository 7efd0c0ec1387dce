"""What the native HTTP API answers with, as types. Names are Python's; on the wire they are ccxt's (`client_order_id`
is `clientOrderId`). Amounts are exact; times are milliseconds since the epoch. A field that is not known here is
ignored, so that a newer exchange can add some.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import UNSET, Struct, UnsetType, field


class Fee(Struct, frozen=True, kw_only=True):
    """`cost` in `currency`; `rate` is the share of what was received, where it is one, and `rule` says why it is
    that."""

    currency: str
    cost: Decimal
    rate: Decimal | UnsetType = UNSET
    rule: str | UnsetType = UNSET


class Why(Struct, frozen=True, kw_only=True):
    """What a fill was decided on: the number of the tick, the price source it came from, the fill model."""

    tick: int
    source: str
    model: str


class Trade(Struct, frozen=True, kw_only=True):
    """One execution on an order. `price` and `cost` in the quote asset, `amount` in the base asset. `late`: it happened
    at `timestamp`, in a time without prices or without a matcher, and was recorded at `recordedAt` (ms)."""

    id: str
    order: str
    timestamp: int
    datetime: str
    symbol: str
    side: str
    taker_or_maker: str = field(name="takerOrMaker")
    price: Decimal
    amount: Decimal
    cost: Decimal
    fee: Fee
    late: bool = False
    recorded_at: int | None = field(name="recordedAt", default=None)
    why: Why | None = None


class OrderReason(Struct, frozen=True, kw_only=True):
    """Something about an order, in plain words; `trade` is the id of the trade that it is about, if it is about one."""

    timestamp: int
    datetime: str
    text: str
    trade: str | None


class Order(Struct, frozen=True, kw_only=True):
    """An order. `price`, `cost` (filled value) and `average` in the quote asset; `amount`, `filled` and `remaining` in
    the base asset. `status` is open, closed, canceled, expired or rejected. `trades` are set on a single order only. A
    stop has what the last price must reach, in the quote asset, or by how many percent it must come back from its best
    since when (ms), and when it did.
    `iceberg_amount` is how much of it shows at a time, None for all. `expires_at` (ms) is when a GTD order expires."""

    id: str
    client_order_id: str = field(name="clientOrderId")
    timestamp: int
    datetime: str
    last_update_timestamp: int | None = field(name="lastUpdateTimestamp", default=None)
    last_trade_timestamp: int | None = field(name="lastTradeTimestamp", default=None)
    symbol: str
    type: str
    time_in_force: str = field(name="timeInForce")
    expires_at: int | None = field(name="expiresAt", default=None)
    post_only: bool = field(name="postOnly", default=False)
    side: str
    price: Decimal | None
    trigger_price: Decimal | None = field(name="triggerPrice", default=None)
    stop_loss_price: Decimal | None = field(name="stopLossPrice", default=None)
    take_profit_price: Decimal | None = field(name="takeProfitPrice", default=None)
    trailing_percent: Decimal | None = field(name="trailingPercent", default=None)
    trailing_since: int | None = field(name="trailingSince", default=None)
    triggered_at: int | None = field(name="triggeredAt", default=None)
    amount: Decimal
    iceberg_amount: Decimal | None = field(name="icebergAmount", default=None)
    filled: Decimal
    remaining: Decimal
    cost: Decimal
    average: Decimal | None
    status: str
    fee: Fee | None = None
    fees: tuple[Fee, ...] = ()
    order_list_id: str | None = field(name="orderListId", default=None)
    pending: bool = False
    created_at: int | None = None
    updated_at: int | None = None
    trades: tuple[Trade, ...] | UnsetType = UNSET


class AmendedOrder(Struct, frozen=True, kw_only=True):
    """What became of an order that was to be changed: the `order` that stands now. It is the same one, at its place in
    the line, or it took the place of the `canceled` one."""

    order: Order
    kept_place: bool = field(name="keptPlace")
    canceled: Order | None


class OrderList(Struct, frozen=True, kw_only=True):
    """Orders that belong together, in the order in which they were sent. `type` is oco or oto; `status` is open while
    one of them is, else closed."""

    id: str
    client_list_id: str = field(name="clientListId")
    type: str
    status: str
    symbol: str
    timestamp: int
    datetime: str
    orders: tuple[Order, ...]


class Ticker(Struct, frozen=True, kw_only=True):
    """The price of a symbol now, in the quote asset; volumes in the base asset, None where they are not known. From
    `open` to `percentage`: its last 24 hours.

    `source` says where it comes from (`replay:prices.csv`, `synthetic:7`); `stale`: too old to trade at.
    """

    symbol: str
    timestamp: int
    datetime: str
    bid: Decimal
    ask: Decimal
    bid_volume: Decimal | None = field(name="bidVolume", default=None)
    ask_volume: Decimal | None = field(name="askVolume", default=None)
    last: Decimal
    open: Decimal | None = None
    high: Decimal | None = None
    low: Decimal | None = None
    close: Decimal | None = None
    base_volume: Decimal | None = field(name="baseVolume", default=None)
    quote_volume: Decimal | None = field(name="quoteVolume", default=None)
    vwap: Decimal | None = None
    change: Decimal | None = None
    percentage: Decimal | None = None
    tick: int
    source: str
    stale: bool


class OrderBook(Struct, frozen=True, kw_only=True):
    """Levels as (price, amount), best first. `synthetic`: they are made up around the bid and the ask."""

    symbol: str
    bids: tuple[tuple[Decimal, Decimal], ...]
    asks: tuple[tuple[Decimal, Decimal], ...]
    timestamp: int
    datetime: str
    nonce: int
    synthetic: bool


class PublicTrade(Struct, frozen=True, kw_only=True):
    """One trade of a market's tape. `price` and `cost` in the quote asset, `amount` in the base asset."""

    id: str
    timestamp: int
    datetime: str
    symbol: str
    side: str
    price: Decimal
    amount: Decimal
    cost: Decimal
    synthetic: bool


class Precision(Struct, frozen=True, kw_only=True):
    """The smallest change of an order's amount (base asset) and of its price (quote asset)."""

    amount: Decimal
    price: Decimal


class Range(Struct, frozen=True, kw_only=True):
    """Bounds, both included; None where there is none."""

    min: Decimal | None = None
    max: Decimal | None = None


class PercentPrice(Struct, frozen=True, kw_only=True):
    """Bounds of a limit price as multiples of the last price, by side."""

    buy: Range
    sell: Range


class Limits(Struct, frozen=True, kw_only=True):
    """Of an order: its amount in the base asset, its price and its cost in the quote asset; and how many may be
    open."""

    amount: Range
    price: Range
    percent_price: PercentPrice = field(name="percentPrice")
    cost: Range
    open_orders: int | None = field(name="openOrders")


class Market(Struct, frozen=True, kw_only=True):
    """One market and what it demands of an order."""

    id: str
    symbol: str
    base: str
    quote: str
    active: bool
    precision: Precision
    limits: Limits


Ohlcv = tuple[int, Decimal, Decimal, Decimal, Decimal, Decimal]
"""One candle: opening in ms, open, high, low and close in the quote asset, volume in the base asset."""


class Balance(Struct, frozen=True, kw_only=True):
    """What the account holds of an asset: `free` to use, `used` by open orders, and both together."""

    asset: str
    free: Decimal
    used: Decimal
    total: Decimal


class Verdict(Struct, frozen=True, kw_only=True):
    """Whether an order would be accepted now: `order` is it as it would be, `code` and `reason` are the refusal's."""

    ok: bool
    order: Order | UnsetType = UNSET
    code: str | UnsetType = UNSET
    reason: str | UnsetType = UNSET


class Audit(Struct, frozen=True, kw_only=True):
    """What an audit looked at, and each invariant that does not hold; `problems` is empty when the books are clean."""

    clean: bool
    problems: list[str]
    accounts: int
    orders: int
    open_orders: int = field(name="openOrders")
    fills: int
    ledger_entries: int = field(name="ledgerEntries")


class SymbolHealth(Struct, frozen=True, kw_only=True):
    """How old (seconds) a symbol's price is, None when it has none, and whether it is too old to trade at.
    `catching_up` (ms) is how far the candles of a time without prices have been gone through, None: nobody is at it."""

    age_sec: Decimal | None = field(name="ageSec", default=None)
    stale: bool
    catching_up: int | None = field(name="catchingUp", default=None)


class FeedOutage(Struct, frozen=True, kw_only=True):
    """Since when (ms) and why a live feed gets no prices."""

    since: int
    reason: str


class Readiness(Struct, frozen=True, kw_only=True):
    """What the exchange says of itself when it is ready. `synthetic`: its prices are made up, not a market's.
    `fill_model`: how orders fill, unless an account has a model of its own; `latency_ms`: how long they are on their
    way. `chaos`: what goes wrong on purpose, in words, None for nothing."""

    status: str
    feed: str
    synthetic: bool
    symbols: dict[str, SymbolHealth]
    fill_model: str | None = field(name="fillModel", default=None)
    latency_ms: int = field(name="latencyMs", default=0)
    outage: FeedOutage | None = None
    chaos: str | None = None


class Problem(Struct, frozen=True, kw_only=True):
    """An error (RFC 9457). `code` is the name of the ccxt exception."""

    status: int
    code: str
    detail: str
    title: str = ""
    filter: str | None = None
