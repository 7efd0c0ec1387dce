"""What the native HTTP API takes, as types: query parameters and request bodies.

Decoder and OpenAPI document follow from them. Names are Python's; on the wire they are ccxt's. An amount arrives as its
digits (`Raw`): it never passes through a float.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Raw, Struct, UnsetType, field

from ..domain.amounts import MAX_DIGITS
from ..domain.placing import LATEST
from .schemas import Symbol

_DIGITS = r"^[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$"
_ACCEPTED = [
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 10.0**MAX_DIGITS},
    {"type": "string", "pattern": _DIGITS},
]

GivenAmount = Annotated[Raw, Meta(extra_json_schema={"anyOf": _ACCEPTED})]
"""An exact number in a request: a JSON number, or a string that holds one. At most 40 digits."""

MaybeGivenAmount = Annotated[Raw, Meta(extra_json_schema={"anyOf": [*_ACCEPTED, {"type": "null"}]})]
"""The same; null and nothing mean the same."""

_KnownVolume = [
    {"type": "number", "minimum": 0, "exclusiveMaximum": 10.0**MAX_DIGITS},
    {"type": "string", "pattern": _DIGITS},
    {"type": "null"},
]
GivenVolume = Annotated[Raw, Meta(extra_json_schema={"anyOf": _KnownVolume})]
"""A size that may be unknown: null, nothing and 0 all mean that."""


class Given(Struct, forbid_unknown_fields=True, rename="camel"):
    """Base of request bodies and query parameters. A field that is not known is refused, so that a misspelled one is
    not overlooked."""


class NoParameters(Given):
    """Nothing."""


SYMBOL = r"^[A-Z0-9]{1,20}/[A-Z0-9]{1,20}$"
"""What a symbol looks like. The document says so; what does not is refused by the domain, in its own words."""

GivenSymbol = Annotated[Symbol, Meta(extra_json_schema={"pattern": SYMBOL})]
SymbolFilter = Annotated[GivenSymbol | UnsetType, Meta(description="Only this market.", examples=["BTC/USDT"])]
Limit = Annotated[int, Meta(ge=1, le=1000, description="Items on a page, at most.", examples=[100])]
Position = Annotated[int, Meta(ge=0, lt=10**16)]
Cursor = Annotated[
    Position | UnsetType,
    Meta(description="From `X-Next-Cursor` of the page before, for the same question.", examples=[100]),
]


Time = Annotated[int, Meta(ge=0, lt=10**16)]
Since = Annotated[
    Time | UnsetType, Meta(description="From this moment on, inclusive; ms since the epoch.", examples=[1767225600000])
]
Until = Annotated[
    Time | UnsetType, Meta(description="Up to this moment, exclusive; ms since the epoch.", examples=[1767229200000])
]
SideFilter = Annotated[Literal["buy", "sell"] | UnsetType, Meta(description="Only this side.", examples=["buy"])]


class ListQuery(Given):
    """Which part of a list that is short as a rule."""

    limit: Annotated[
        Annotated[int, Meta(ge=1, le=1000)] | UnsetType,
        Meta(description="Items on a page, at most. Not given: the whole list.", examples=[100]),
    ] = UNSET
    cursor: Cursor = UNSET


class OrderQuery(Given):
    """Which orders to list."""

    symbol: SymbolFilter = UNSET
    status: Annotated[
        Literal["open", "closed", "canceled", "expired", "rejected", "all"],
        Meta(
            description="`closed`: whatever can fill no more; `canceled`, `expired` and `rejected` are kinds of it.",
            examples=["open"],
        ),
    ] = "all"
    side: SideFilter = UNSET
    since: Since = UNSET
    until: Until = UNSET
    limit: Limit = 100
    cursor: Cursor = UNSET


class OrderListQuery(Given):
    """Which order lists to list."""

    status: Annotated[Literal["open", "all"], Meta(description="Only those of which an order is open.")] = "all"
    limit: Limit = 100
    cursor: Cursor = UNSET


class TradeQuery(Given):
    """Which trades to list."""

    symbol: SymbolFilter = UNSET
    side: SideFilter = UNSET
    order: Annotated[
        Position | UnsetType, Meta(description="Only those of the order with this id.", examples=[123])
    ] = UNSET
    since: Since = UNSET
    until: Until = UNSET
    limit: Limit = 100
    cursor: Cursor = UNSET


class LedgerQuery(Given):
    """Which lines to list."""

    asset: Annotated[
        Annotated[str, Meta(pattern="^[A-Z0-9]{1,20}$")] | UnsetType,
        Meta(description="Only this asset.", examples=["USDT"]),
    ] = UNSET
    kind: Annotated[
        Literal["deposit", "withdrawal", "trade", "fee"] | UnsetType,
        Meta(description="Only lines of this kind.", examples=["deposit"]),
    ] = UNSET
    order: Annotated[Position | UnsetType, Meta(description="Only lines of this order's trades.", examples=[1])] = UNSET
    since: Since = UNSET
    until: Until = UNSET
    limit: Limit = 100
    cursor: Cursor = UNSET


class SymbolQuery(Given):
    """Of which market."""

    symbol: SymbolFilter = UNSET


class AuditQuery(Given):
    """What to audit."""

    account: Annotated[
        str | UnsetType,
        Meta(description="Only this account. Not given: every account, and the indexes.", examples=["default"]),
    ] = UNSET


class OrderRequest(Given):
    """A new order.

    A market order names its `amount`, or its `cost`: what to spend (buy) or to receive (sell). A limit order names
    `amount` and `price`. A stop is either of them with a `triggerPrice`, `stopLossPrice` or `takeProfitPrice`: it waits
    until the last price has reached that, and names its `amount`. With a `trailingPercent` it waits until the last
    price has come back so far from its best; it begins to look at such a price, or at once without one.
    """

    symbol: Symbol
    side: Literal["buy", "sell"]
    type: Annotated[
        Literal["market", "limit"] | None, Meta(description="Not given: limit when there is a price, otherwise market.")
    ] = None
    amount: Annotated[MaybeGivenAmount, Meta(description="In the base asset.", examples=[0.01])] = field(
        default_factory=Raw
    )
    price: Annotated[MaybeGivenAmount, Meta(description="Limit price, in the quote asset.", examples=[60000])] = field(
        default_factory=Raw
    )
    limit_price: Annotated[MaybeGivenAmount, Meta(description="Another name of `price`.")] = field(
        name="limit_price", default_factory=Raw
    )
    cost: Annotated[
        MaybeGivenAmount, Meta(description="Of a market order: quote asset to spend or to receive.", examples=[100])
    ] = field(default_factory=Raw)
    stop_loss_price: Annotated[
        MaybeGivenAmount,
        Meta(
            description="Of a stop: what the last price must reach, in the quote asset. Below it for a sell, above it "
            "for a buy.",
            examples=[55000],
        ),
    ] = field(default_factory=Raw)
    trigger_price: Annotated[MaybeGivenAmount, Meta(description="Another name of `stopLossPrice`.")] = field(
        default_factory=Raw
    )
    take_profit_price: Annotated[
        MaybeGivenAmount,
        Meta(
            description="The same the other way: above the last price for a sell, below it for a buy.",
            examples=[70000],
        ),
    ] = field(default_factory=Raw)
    trailing_percent: Annotated[
        MaybeGivenAmount,
        Meta(
            description="Of a stop that trails the last price: how far that must come back from its highest (sell) or "
            "lowest (buy), in percent, with two decimals at most.",
            examples=[1.5],
        ),
    ] = field(default_factory=Raw)
    iceberg_amount: Annotated[
        MaybeGivenAmount,
        Meta(
            description="Of a limit order that rests: how much of it shows at a time, in the base asset.",
            examples=[0.002],
        ),
    ] = field(default_factory=Raw)
    time_in_force: Annotated[
        Literal["GTC", "IOC", "FOK", "PO", "GTD"] | None,
        Meta(
            description="Of a limit order: how long what is left of it stays. PO is GTC and post-only; GTD is GTC up "
            "to `expiresAt`. Default GTC."
        ),
    ] = None
    expires_at: Annotated[
        Annotated[int, Meta(ge=0, le=LATEST)] | None,
        Meta(
            description="Of a GTD order: when it expires, in ms, at least a second from now. It meets no price of that "
            "moment or later. Not for the orders of a list.",
            examples=[1767225600000],
        ),
    ] = None
    post_only: Annotated[
        bool | None, Meta(description="Refuse the order if it would trade at once, so that it is never a taker.")
    ] = None
    client_order_id: Annotated[
        str | None,
        Meta(
            description="Your own name for the order, 1 to 64 printable ASCII characters. The same request with the "
            "same name gives the first order back; another request with it is refused with 409.",
            examples=["my-bot-1"],
        ),
    ] = None


class Amendment(Given):
    """An open order as it is wanted. What is not named stays as it is.

    With nothing but a smaller `amount` it keeps its id and its place in the line. With anything else it is canceled
    and another order placed, for what is left of it: both or neither.
    """

    amount: Annotated[
        MaybeGivenAmount,
        Meta(description="All of the order, what has filled included, in the base asset.", examples=[0.005]),
    ] = field(default_factory=Raw)
    price: Annotated[MaybeGivenAmount, Meta(description="Limit price, in the quote asset.")] = field(
        default_factory=Raw
    )
    trigger_price: Annotated[
        MaybeGivenAmount,
        Meta(description="Of a stop that waits: what the last price must reach, in the quote asset."),
    ] = field(default_factory=Raw)
    trailing_percent: Annotated[
        MaybeGivenAmount,
        Meta(
            description="Of a stop that trails the last price: how far that must come back, in percent, with two "
            "decimals at most. It trails anew, from the price that there is."
        ),
    ] = field(default_factory=Raw)
    iceberg_amount: Annotated[
        MaybeGivenAmount,
        Meta(description="Of a limit order that rests: how much of it shows at a time, in the base asset; 0: all."),
    ] = field(default_factory=Raw)
    expires_at: Annotated[
        Annotated[int, Meta(ge=0, le=LATEST)] | None,
        Meta(
            description="Of a limit order that rests: when it expires, in ms, at least a second from now; 0: not by "
            "itself."
        ),
    ] = None
    client_order_id: Annotated[
        str | None,
        Meta(
            description="Your own name for whichever order stands then. Not given: the name that it has, or, where "
            "that was given by the exchange and another order takes its place, `mx-replaces-` and its id."
        ),
    ] = None


class OrderListRequest(Given):
    """Orders that belong together, all on one market.

    `oco`: two orders of the same side and amount, of which one cancels the other: a post-only limit order or a
    take-profit, and a stop-loss. `oto`: a limit order, and one or two that are placed when it is filled; two are an
    `oco` then.
    """

    type: Literal["oco", "oto"]
    orders: Annotated[
        list[OrderRequest],
        Meta(
            min_length=2,
            max_length=3,
            description="In this order; of an `oto` the first one is the one that others wait for.",
        ),
    ]
    client_list_id: Annotated[
        str | None,
        Meta(
            description="Your own name for the list, 1 to 64 printable ASCII characters. The same request with the "
            "same name gives the first list back; another request with it is refused with 409.",
            examples=["my-pair-1"],
        ),
    ] = None


class Movement(Given):
    """A deposit or a withdrawal."""

    amount: Annotated[GivenAmount, Meta(description="In the asset of the path.", examples=[100])]


class PriceRequest(Given):
    """A price, set by hand."""

    price: Annotated[GivenAmount, Meta(description="Last price, in the quote asset.", examples=[60000])]
    bid: Annotated[MaybeGivenAmount, Meta(description="In the quote asset. Default: the price.")] = field(
        default_factory=Raw
    )
    ask: Annotated[MaybeGivenAmount, Meta(description="In the quote asset. Default: the price.")] = field(
        default_factory=Raw
    )
    bid_volume: Annotated[GivenVolume, Meta(description="In the base asset; 0 or nothing: unknown.")] = field(
        default_factory=Raw
    )
    ask_volume: Annotated[GivenVolume, Meta(description="In the base asset; 0 or nothing: unknown.")] = field(
        default_factory=Raw
    )
