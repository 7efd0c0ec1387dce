"""Orders and their life."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from .amounts import ONE, ZERO, add, divide, floor_to_step, multiply, round_up, subtract

BASIS_POINTS = 10_000
"""In one."""

LEAST_TRAILING_DELTA, MOST_TRAILING_DELTA = 1, BASIS_POINTS - 1
"""Basis points that any stop may trail by, where its market says no more of it."""


class Side(StrEnum):
    """Which asset the order gives away."""

    BUY = "BUY"
    """gives quote, receives base"""
    SELL = "SELL"
    """gives base, receives quote"""


class OrderType(StrEnum):
    """How the order names its price."""

    LIMIT = "LIMIT"
    """at its own price or better"""
    MARKET = "MARKET"
    """at whatever the market shows now"""
    STOP_LOSS = "STOP_LOSS"
    """a market order from the moment that the price moved against its owner to the stop price"""
    STOP_LOSS_LIMIT = "STOP_LOSS_LIMIT"
    """a limit order from then on"""
    TAKE_PROFIT = "TAKE_PROFIT"
    """a market order from the moment that the price moved in its owner's favour to the stop price"""
    TAKE_PROFIT_LIMIT = "TAKE_PROFIT_LIMIT"
    """a limit order from then on"""

    @property
    def is_stop(self) -> bool:
        """Whether it does nothing until the last price has reached its stop price: one of Binance's "algo" orders."""
        return self not in (OrderType.LIMIT, OrderType.MARKET)

    @property
    def is_stop_loss(self) -> bool:
        """Whether its stop price lies where its owner loses."""
        return self in (OrderType.STOP_LOSS, OrderType.STOP_LOSS_LIMIT)

    @property
    def has_limit(self) -> bool:
        """Whether it names a limit price."""
        return self in (OrderType.LIMIT, OrderType.STOP_LOSS_LIMIT, OrderType.TAKE_PROFIT_LIMIT)


class Direction(StrEnum):
    """Where the last price has to get to, seen from where it is, to trigger a stop."""

    RISES = "rises"
    """to the stop price or above"""
    FALLS = "falls"
    """to the stop price or below"""

    def reaches(self, last: Decimal, stop_price: Decimal) -> bool:
        """Whether the last price is there."""
        return last >= stop_price if self is Direction.RISES else last <= stop_price


class Counted(StrEnum):
    """What an open order is counted among, named after Binance's filter that says how many of them an account may have
    on one market."""

    ORDERS = "MAX_NUM_ORDERS"
    """all of them"""
    ALGO_ORDERS = "MAX_NUM_ALGO_ORDERS"
    """stops, triggered or not"""
    ICEBERG_ORDERS = "MAX_NUM_ICEBERG_ORDERS"
    """those that show a part of themselves"""
    ORDER_LISTS = "MAX_NUM_ORDER_LISTS"
    """order lists of which an order is open; the one that locks the money stands for its list"""

    def of(self, symbol: str) -> str:
        """The name of the count on one market."""
        return symbol if self is Counted.ORDERS else f"{symbol}|{self.value}"


def direction(kind: OrderType, side: Side) -> Direction:
    """Which way the last price moves to a stop's price. Above the market: stop-loss buys and take-profit sells; below
    it: the others (rest-api.md, "New order")."""
    return Direction.RISES if kind.is_stop_loss is (side is Side.BUY) else Direction.FALLS


class TimeInForce(StrEnum):
    """How long what is left of the order stays."""

    GTC = "GTC"
    """until canceled"""
    IOC = "IOC"
    """what fills at once; the rest expires"""
    FOK = "FOK"
    """all of it at once, or none"""


class OrderStatus(StrEnum):
    """Where an order stands, in Binance's words."""

    PENDING_NEW = "PENDING_NEW"
    """waits for another order of its list"""
    NEW = "NEW"
    """accepted, nothing filled"""
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    """something filled, the rest is open"""
    FILLED = "FILLED"
    """all of it filled"""
    CANCELED = "CANCELED"
    """taken back by its owner"""
    REJECTED = "REJECTED"
    """refused after it was recorded"""
    EXPIRED = "EXPIRED"
    """ended by the rules: IOC or FOK not filled, a market order out of liquidity, a late post-only, its time was up"""


_S = OrderStatus
_AFTER_OPEN = frozenset({_S.PARTIALLY_FILLED, _S.FILLED, _S.CANCELED, _S.EXPIRED})

TRANSITIONS: dict[OrderStatus, frozenset[OrderStatus]] = {
    _S.PENDING_NEW: frozenset({_S.NEW, _S.CANCELED, _S.REJECTED, _S.EXPIRED}) | _AFTER_OPEN,
    _S.NEW: _AFTER_OPEN,
    _S.PARTIALLY_FILLED: _AFTER_OPEN,
    _S.FILLED: frozenset(),
    _S.CANCELED: frozenset(),
    _S.REJECTED: frozenset(),
    _S.EXPIRED: frozenset(),
}
"""Every state and the states that may follow it. A terminal state has none."""


@dataclass(frozen=True, slots=True)
class Amendment:
    """What one amendment of an order changed, at `timestamp` (venue ms): its quantity (base asset) and its client order
    id. `version` is that of the order's record which it led to."""

    version: int
    timestamp: int
    quantity_before: Decimal
    quantity: Decimal
    client_order_id_before: str
    client_order_id: str


class Contingency(StrEnum):
    """What ties the orders of a list together."""

    OCO = "OCO"
    """one cancels the other: two orders, and what happens to one of them ends the other"""
    OTO = "OTO"
    """one triggers the other: a working order, and one that waits until it is filled, or two that are an OCO then"""


@dataclass(frozen=True, slots=True)
class Leg:
    """An order's place in its order list. The orders of a list have ids in a row, from `list_id` on.

    `list_client_id` is the list's own name, "" when the exchange gives one. `number` counts from 0; with OTO that is
    the working order, the others wait for it. `holds`: whether the order locks money itself. One that waits locks
    none; of two that cancel each other the one that promises more locks for both. `placed_at` (venue ms) is when one
    that waited was placed.
    """

    list_id: int
    list_client_id: str
    contingency: Contingency
    legs: int
    number: int
    holds: bool
    placed_at: int | None = None

    @property
    def order_ids(self) -> tuple[int, ...]:
        """The orders of the list, in its order."""
        return tuple(range(self.list_id, self.list_id + self.legs))

    @property
    def mate_ids(self) -> tuple[int, ...]:
        """The others."""
        own = self.list_id + self.number
        return tuple(order_id for order_id in self.order_ids if order_id != own)

    @property
    def is_working(self) -> bool:
        """Whether others wait for it."""
        return self.contingency is Contingency.OTO and self.number == 0


@dataclass(frozen=True, slots=True)
class Trailing:
    """How a stop follows the last price: it is triggered when that has come back by `delta` basis points from the best
    it was since `started_at` (venue ms), the highest for a sell, the lowest for a buy. It began at tick number `tick`,
    at the last price `price` (quote asset), None for that of the next fresh tick; all are unset until its stop price is
    reached, if it has one. `first_price` is the last price when it was placed: the two differ when that was stale, or
    when its account was brought back."""

    delta: int
    started_at: int | None = None
    tick: int = 0
    price: Decimal | None = None
    first_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Trail:
    """All stops of one market that follow the last price alike: of one side, with one delta (basis points). They are
    kept together, because the best price is the same for all that began at one tick."""

    side: Side
    delta: int

    def better(self, price: Decimal, than: Decimal) -> bool:
        """Whether the best price so far is `price`, rather than another."""
        return price >= than if self.side is Side.SELL else price <= than

    def reaches(self, last: Decimal, extreme: Decimal) -> bool:
        """Whether the last price has come back far enough from the best there was. Exact: no quotient is taken."""
        away = -self.delta if self.side is Side.SELL else self.delta
        turn = multiply(extreme, Decimal(BASIS_POINTS + away))
        scaled = multiply(last, Decimal(BASIS_POINTS))
        return scaled <= turn if self.side is Side.SELL else scaled >= turn

    @property
    def index_name(self) -> str:
        """The index of its symbol in which they stand."""
        return f"trails|{self}"

    def __str__(self) -> str:
        """`SELL|100`."""
        return f"{self.side}|{self.delta}"


@dataclass(frozen=True, slots=True)
class Order:
    """One order as it stands.

    Quantities are in the base asset, price and notional in the quote asset, times in venue ms.
    `quote_quantity` is the spend asked for by a market order that named one instead of a quantity.
    `met_tick` is the newest tick this order has been held against: it never fills on that tick or an older one.
    `unmet` marks an order that was accepted without a tick: there was no fresh one, or it is on its way (the venue's
    latency). The first fresh tick of when it is there is its arrival.
    `version` counts the writes to this record, from 1. `amendments` are those that led to its quantity, oldest first.
    `leg` is its place in an order list, None for an order of its own.
    `iceberg_quantity` is how much of it shows at a time, None for all. `self_trade_prevention` is the mode that was
    asked for: it does nothing, because orders of one account never meet.
    `stop_price` (quote asset) is what the last price must reach before a stop does anything, `triggered_at` when it
    did, None until then. `trailing` is set for one that follows the last price; its stop price, if it has one, is then
    where that begins. `ahead` (base asset) is what stood before it at its price when it was looked at last, None where
    nobody knows, or the fill model has no queues. `expires_at` (venue ms) is when one that is good till a date (GTD)
    ends, None: it has no such date. It meets no tick of that moment or later.
    """

    order_id: int
    account_id: str
    generation: int
    client_order_id: str
    symbol: str
    side: Side
    type: OrderType
    time_in_force: TimeInForce
    post_only: bool
    price: Decimal | None
    quantity: Decimal
    quote_quantity: Decimal | None
    quote_scale: int
    status: OrderStatus
    filled_quantity: Decimal
    filled_notional: Decimal
    trade_ids: tuple[int, ...]
    created_at: int
    updated_at: int
    met_tick: int
    unmet: bool
    version: int
    amendments: tuple[Amendment, ...] = ()
    stop_price: Decimal | None = None
    triggered_at: int | None = None
    trailing: Trailing | None = None
    leg: Leg | None = None
    iceberg_quantity: Decimal | None = None
    self_trade_prevention: str | None = None
    ahead: Decimal | None = None
    expires_at: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether the order can still change."""
        return bool(TRANSITIONS[self.status])

    @property
    def is_pending(self) -> bool:
        """Whether it waits for the working order of its list."""
        return self.status is OrderStatus.PENDING_NEW

    @property
    def is_untriggered(self) -> bool:
        """Whether it waits for the last price to trigger it."""
        return self.type.is_stop and self.triggered_at is None

    @property
    def trail(self) -> Trail | None:
        """Whom it follows the last price with; None while it does not."""
        if self.trailing is None or self.trailing.started_at is None or self.is_pending or not self.is_untriggered:
            return None
        return Trail(self.side, self.trailing.delta)

    def trailing_from(self, tick: int, last: Decimal, now: int) -> Trailing | None:
        """How it follows the last price when it is placed on a tick: at once, unless it has a stop price to reach."""
        if self.trailing is None or self.stop_price is not None:
            return self.trailing
        return Trailing(self.trailing.delta, now, tick, last, last)

    @property
    def index_name(self) -> str:
        """The index of its symbol in which it stands while it is open."""
        if self.is_pending:
            return "pending"
        if self.trail:
            return self.trail.index_name
        if self.unmet:
            return "arrivals"
        if self.is_untriggered:
            return self.direction.value
        return "bids" if self.side is Side.BUY else "asks"

    @property
    def direction(self) -> Direction:
        """Which way the last price moves to its stop price."""
        return direction(self.type, self.side)

    @property
    def counted(self) -> tuple[Counted, ...]:
        """What it is counted among while it is open."""
        kinds = (
            (Counted.ALGO_ORDERS, self.type.is_stop),
            (Counted.ICEBERG_ORDERS, self.iceberg_quantity is not None),
            (Counted.ORDER_LISTS, self.leg is not None and self.leg.holds),
        )
        return (Counted.ORDERS, *(kind for kind, among in kinds if among))

    @property
    def working_since(self) -> int | None:
        """When it began to be held against the market (venue ms); None while it waits for that."""
        if self.type.is_stop:
            return self.triggered_at
        if self.leg is None or self.leg.number == 0 or self.leg.contingency is Contingency.OCO:
            return self.created_at
        return self.leg.placed_at

    @property
    def remaining_quantity(self) -> Decimal:
        """What has not filled, whether or not it still can; base asset."""
        return subtract(self.quantity, self.filled_quantity)

    @property
    def visible_quantity(self) -> Decimal:
        """What is left of the part that shows; base asset. The next part shows when it has filled."""
        if self.iceberg_quantity is None:
            return self.remaining_quantity
        shown = subtract(self.filled_quantity, floor_to_step(self.filled_quantity, self.iceberg_quantity))
        return min(self.remaining_quantity, subtract(self.iceberg_quantity, shown))

    @property
    def average_price(self) -> Decimal | None:
        """Mean fill price for people to read, or None when nothing filled."""
        return divide(self.filled_notional, self.filled_quantity) if self.filled_quantity else None

    @property
    def held(self) -> Decimal:
        """What this order locks: quote asset for a buy, base asset for a sell; 0 once it is closed.

        A buy locks its remaining quantity at the limit price, rounded up. A stop that has none locks it at the stop
        price, or the price that it first trailed from; one that trails at its delta beyond that. The rounding is taken
        over the order as a whole (what was paid plus what is left), so any sequence of partial fills releases exactly
        what it locked.
        """
        if not self.is_open or (self.leg and not self.leg.holds):
            return ZERO
        if self.side is Side.SELL:
            return self.remaining_quantity
        price = self.worth_at
        if price is None:
            return ZERO
        if self.price is None and self.trailing:
            price = multiply(price, add(ONE, Decimal(self.trailing.delta).scaleb(-4)))
        promised = add(self.filled_notional, multiply(price, self.remaining_quantity))
        return subtract(round_up(promised, self.quote_scale), self.paid)

    @property
    def worth_at(self) -> Decimal | None:
        """The price that it is valued at: its own, else its stop price, else the one that it first trailed from. None
        for one that has none of them."""
        if self.price is not None or self.trailing is None:
            return self.stop_price if self.price is None else self.price
        return self.trailing.first_price if self.stop_price is None else self.stop_price

    @property
    def paid(self) -> Decimal:
        """What the fills of a buy have cost so far, in the quote asset, rounded up once over all of them."""
        return round_up(self.filled_notional, self.quote_scale)

    def moved(self, status: OrderStatus, now: int, **changes: object) -> Order:
        """The order in its next state. Raises ValueError on a transition that the table does not have."""
        if status is not self.status and status not in TRANSITIONS[self.status]:
            raise ValueError(f"order {self.order_id} cannot go from {self.status} to {status}")
        if not self.is_open:
            raise ValueError(f"order {self.order_id} is {self.status}, which never changes")
        ends = {} if TRANSITIONS[status] else {"ahead": None}
        return replace(self, status=status, updated_at=now, version=self.version + 1, **changes, **ends)

    def is_due(self, moment: int) -> bool:
        """Whether its time is up at `moment` (ms)."""
        return self.expires_at is not None and moment >= self.expires_at

    def timed_out(self, **changes: object) -> Order:
        """The order as its date ends it. That is when it ended, unless it changed later, as when it was brought back
        with its account."""
        assert self.expires_at is not None, "only an order with a date ends at it"
        return self.moved(OrderStatus.EXPIRED, max(self.updated_at, self.expires_at), **changes)

    def same_request(self, other: Order) -> bool:
        """Whether both were asked for in the same words, whatever became of them since."""
        return _request(self) == _request(other)


def _request(order: Order) -> tuple[object, ...]:
    quantity = order.amendments[0].quantity_before if order.amendments else order.quantity
    amount = quantity if order.quote_quantity is None else order.quote_quantity
    return (
        order.symbol,
        order.side,
        order.type,
        order.time_in_force,
        order.post_only,
        order.price,
        amount,
        order.quote_quantity is None,
        order.stop_price,
        order.trailing and order.trailing.delta,
        order.iceberg_quantity,
        order.expires_at,
    )


def count_changes(before: Order | None, after: Order) -> tuple[tuple[Counted, int], ...]:
    """What an order is counted among from now on (1), and no longer (-1); `before`: None for a new one."""
    was = before.counted if before and before.is_open else ()
    stands = after.counted if after.is_open else ()
    if was == stands:
        return ()
    return (*((each, 1) for each in stands if each not in was), *((each, -1) for each in was if each not in stands))
