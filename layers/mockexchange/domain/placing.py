"""Decide what becomes of a new order, a cancellation, a replacement, an order whose time is up. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from .account_models import engine_of
from .amounts import ZERO, decimal_places, multiply, text
from .announcing import announcements
from .balances import Account
from .errors import (
    BadRequest,
    DuplicateOrderId,
    FilterFailure,
    IcebergExceedsQuantity,
    InvalidOrder,
    MarketClosed,
    OrderImmediatelyFillable,
    OrderNotOpen,
    TriggersImmediately,
)
from .fees import FeeReading
from .instruments import Instrument, required_scales
from .journal import Canceled, Expired, Placed, Prices, Replaced
from .matching import (
    Circumstances,
    Outcome,
    arrive,
    consumed_write,
    list_postings,
    market_step,
    placement_postings,
    taken_write,
    worth,
)
from .models import NONE_TAKEN, Consumed, Consumption, Engine, FillModel, Meeting, Taken, reaches
from .order_lists import Consequences
from .order_lists import canceled as take_back
from .orders import (
    LEAST_TRAILING_DELTA,
    MOST_TRAILING_DELTA,
    Counted,
    Direction,
    Leg,
    Order,
    OrderStatus,
    OrderType,
    Side,
    TimeInForce,
    Trailing,
    direction,
)
from .quotes import Tick
from .transactions import ClientIdClaim, ConsumedWrite, OrderWrite, TakenWrite, Transaction

MAX_CLIENT_ORDER_ID = 64
LEAST_LIFE = 1_000
"""How long (ms) an order with a date is good for at least."""

LATEST = 253_402_300_799_999
"""The last moment (ms) that has a date of four digits."""

GIVEN_PREFIX = "mx-"
"""Client order ids that the exchange writes itself: this and the order id. They need no index."""


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """A command: one new order. Quantities in the base asset, prices in the quote asset.

    A market order names either `quantity` or `quote_quantity` (how much to spend or to receive, in the quote asset).
    A stop names its `stop_price` beside what it will be when it is triggered. One that trails the last price names its
    `trailing_delta` (basis points), and a stop price if it is to begin there. `iceberg_quantity` is how much of a limit
    order shows at a time, None for all of it; `self_trade_prevention` is Binance's word for what is to happen when
    orders of one account meet, which they never do here. `expires_at` (venue ms) is when a limit order that rests ends
    (GTD), None: not by itself.
    `reuse_client_id`: whether the id may be taken again once its order is closed (Binance); otherwise the same request
    gives the first order back and another one is refused (the native door).
    """

    account_id: str
    symbol: str
    side: Side
    type: OrderType
    quantity: Decimal | None = None
    price: Decimal | None = None
    quote_quantity: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.GTC
    post_only: bool = False
    client_order_id: str | None = None
    stop_price: Decimal | None = None
    trailing_delta: int | None = None
    iceberg_quantity: Decimal | None = None
    self_trade_prevention: str | None = None
    expires_at: int | None = None
    reuse_client_id: bool = False


@dataclass(frozen=True, slots=True)
class PlacementView:
    """What was read for one placement: `tick` is the newest, None when there is none; `seen` is the venue's cursor,
    which a decision without a tick stands on; `scales` holds the decimal places of both assets; `open_counts` is how
    many orders of the account are open on the symbol, of all and of each kind; `fees` is what its fees stand on;
    `taken` is what the account took from the order's side of this tick, `consumed` from that of the book; `prior` is
    the latest order with the same client id; `now` is venue ms; the ids are fresh, `trade_id` and as many after it as
    the fill model may need. `leg` is the order's place in the list that it is placed with."""

    account: Account
    instrument: Instrument
    scales: Mapping[str, int]
    tick: Tick | None
    order_id: int
    trade_id: int
    now: int
    taken: Taken = NONE_TAKEN
    consumed: Consumption = field(default_factory=dict[Decimal, Consumed])
    prior: Order | None = None
    seen: int = 0
    open_counts: Mapping[Counted, int] = field(default_factory=dict[Counted, int])
    fees: FeeReading = field(default_factory=FeeReading)
    leg: Leg | None = None

    def taken_by(self, outcome: Outcome, model: FillModel) -> TakenWrite | None:
        """What it has taken after an outcome that took something."""
        if self.tick is None or not outcome.executions:
            return None
        return taken_write(outcome, self.tick, self.taken, model)

    def consumed_by(self, outcome: Outcome, model: FillModel) -> ConsumedWrite | None:
        """The same of the book."""
        if self.tick is None or not outcome.executions:
            return None
        return consumed_write(outcome, self.tick, self.consumed, model)


@dataclass(frozen=True, slots=True)
class Placement:
    """A decided placement. `order` is what it leaves; `transaction` is None when `order` is an earlier answer to the
    same request."""

    order: Order
    outcome: Outcome | None
    transaction: Transaction | None


def place(command: PlaceOrder, view: PlacementView, engine: Engine) -> Placement:
    """Decide a new order on the newest tick.

    Raises BadRequest, InvalidOrder, FilterFailure, MarketClosed, OrderImmediatelyFillable, TriggersImmediately,
    DuplicateOrderId.
    """
    check_form(command)
    earlier = _earlier_answer(command, view)
    if earlier:
        return Placement(earlier, None, None)
    own = engine_of(engine, view.account)
    outcome, placed = decide(command, view, own)
    order = outcome.order
    transaction = Transaction(
        entry=entry(command, view, outcome.prices),
        account=view.account,
        scales={**view.scales, **outcome.scales},
        placed_on=(command.symbol, view.tick.number if view.tick else view.seen),
        most_open=most_open([order], view),
        announcements=announcements(view.instrument, view.tick, engine),
        client_ids=claims(command, view),
        orders=(OrderWrite(None, order),),
        taken=view.taken_by(outcome, own.model),
        consumed=view.consumed_by(outcome, own.model),
        postings=placement_postings(placed, order, outcome.fills, view.instrument),
        fills=outcome.fills,
        fees=outcome.fees,
    )
    return Placement(order, outcome, transaction)


def cancel(
    order: Order,
    mates: Sequence[Order],
    account: Account,
    instrument: Instrument,
    scales: Mapping[str, int],
    now: int,
) -> Transaction:
    """Take an open order back, with it the others of its list (`mates`), and release what they hold. Raises
    OrderNotOpen."""
    gone = _canceled(order, mates, instrument, now)
    return Transaction(
        entry=Canceled(now, account.account_id, order.order_id),
        account=account,
        scales=scales,
        orders=gone.writes,
        postings=list_postings(gone, (), instrument),
    )


def expire(
    order: Order, account: Account, instrument: Instrument, scales: Mapping[str, int], seen: int, now: int
) -> Transaction:
    """End an open order whose time is up at `now` (venue ms), and release what it holds. `seen` is the newest tick that
    it met or passed: refused when a matcher has a later one in hand, which may be one of before that."""
    ended = Consequences(order, order, order.timed_out(unmet=False))
    return Transaction(
        entry=Expired(now, account.account_id, order.order_id),
        account=account,
        scales=scales,
        placed_on=(order.symbol, seen),
        orders=ended.writes,
        postings=list_postings(ended, (), instrument),
    )


def replace_order(
    old: Order, mates: Sequence[Order], command: PlaceOrder, view: PlacementView, engine: Engine
) -> Placement:
    """Cancel `old` (and with it `mates`, the others of its list) and place `command`, in one transaction: both or
    neither. The old order's lock is free for the new one. Raises OrderNotOpen and whatever `place` raises."""
    check_form(command)
    canceled = _canceled(old, mates, view.instrument, view.now)
    released = list_postings(canceled, (), view.instrument)
    view = replace(view, fees=view.fees.moved_by(released))
    if command.client_order_id == old.client_order_id:
        view = replace(view, prior=None)
        claimed = (ClientIdClaim(old.client_order_id, old.order_id, view.order_id),)
    else:
        if view.prior and (view.prior.is_open or not command.reuse_client_id):
            raise DuplicateOrderId(
                f"client order id {command.client_order_id!r} belongs to order {view.prior.order_id}"
            )
        claimed = claims(command, view)
    own = engine_of(engine, view.account)
    outcome, placed = decide(command, view, own)
    transaction = Transaction(
        entry=Replaced(old.order_id, entry(command, view, outcome.prices)),
        account=view.account,
        scales={**view.scales, **outcome.scales},
        placed_on=(command.symbol, view.tick.number if view.tick else view.seen),
        most_open=most_open([outcome.order], view, replaced=[write.after for write in canceled.writes]),
        announcements=announcements(view.instrument, view.tick, engine),
        client_ids=claimed,
        orders=(*canceled.writes, OrderWrite(None, outcome.order)),
        taken=view.taken_by(outcome, own.model),
        consumed=view.consumed_by(outcome, own.model),
        postings=(
            *released,
            *placement_postings(placed, outcome.order, outcome.fills, view.instrument),
        ),
        fills=outcome.fills,
        fees=outcome.fees,
    )
    return Placement(outcome.order, outcome, transaction)


def _earlier_answer(command: PlaceOrder, view: PlacementView) -> Order | None:
    prior = view.prior
    if prior is None or (command.reuse_client_id and not prior.is_open):
        return None
    # A market order by quote quantity buys what its moment's price gives; any other names its quantity itself.
    asked = draft(command, view, prior.quantity if command.quantity is None else command.quantity)
    if not command.reuse_client_id and prior.same_request(asked):
        return prior
    raise DuplicateOrderId(f"client order id {command.client_order_id!r} belongs to order {prior.order_id}")


def decide(command: PlaceOrder, view: PlacementView, engine: Engine) -> tuple[Outcome, Order]:
    """The outcome, and the order as it stood before the tick was held against it."""
    fresh = view.tick if view.tick and not view.tick.is_stale(view.now, engine.stale_after) else None
    best = engine.model.touch(command.side, fresh) if fresh else None
    quantity = _quantity(command, view, fresh, engine.model)
    check(command, quantity, view, best)
    _check_expiry(command, view)
    new = draft(command, view, quantity)
    if new.is_untriggered:
        return Outcome(_waiting(new, view, engine)), new
    if fresh is None or engine.latency:
        # Nothing to hold it against: it waits for its first fresh tick, or ends if its kind does not wait. What is on
        # its way has a tick to wait for, whatever its kind.
        waits = engine.latency > 0 or command.time_in_force is TimeInForce.GTC
        met = view.tick.number if view.tick else 0
        status = OrderStatus.NEW if waits else OrderStatus.EXPIRED
        return Outcome(replace(new, status=status, unmet=waits, met_tick=met, version=1)), new
    assert best is not None, "a fresh tick has a touch"
    if command.post_only and command.price is not None and reaches(command.side, command.price, best):
        raise OrderImmediatelyFillable(
            f"a post-only {command.side.lower()} at {text(command.price)} would take the "
            f"{'ask' if command.side is Side.BUY else 'bid'} at {text(best)}"
        )
    around = Circumstances(
        account=view.account,
        instrument=view.instrument,
        base_scale=view.scales[view.instrument.base_asset],
        quote_scale=view.scales[view.instrument.quote_asset],
        engine=engine,
        trade_id=view.trade_id,
        now=view.now,
        taken=view.taken,
        consumed=view.consumed,
        fees=view.fees,
    )
    return arrive(new, fresh, around), new


def check(command: PlaceOrder, quantity: Decimal, view: PlacementView, best: Decimal | None) -> None:
    """Whether the market and the assets of it can take the order; `best` is the price that it could trade at now, None
    when there is no fresh one. Raises InvalidOrder, FilterFailure, MarketClosed, BadRequest."""
    _check_scales(view)
    check_filters(command, quantity, view, best)
    _check_digits(command, quantity, view)
    if command.iceberg_quantity is not None and command.iceberg_quantity >= quantity:
        raise IcebergExceedsQuantity(
            f"the part that shows must be less than the order, {text(quantity)}; it was "
            f"{text(command.iceberg_quantity)}"
        )


def _waiting(draft: Order, view: PlacementView, engine: Engine) -> Order:
    """A new stop: it waits for a tick later than this one, or is on its way to one. The last price counts however old
    it is, as it does for the filters; without any, the first tick decides. Raises TriggersImmediately, MarketClosed."""
    draft = replace(draft, unmet=engine.latency > 0, version=1)
    last = view.tick.quote.last if view.tick else None
    if last is not None and draft.stop_price is not None and draft.direction.reaches(last, draft.stop_price):
        above = "above" if draft.direction is Direction.RISES else "below"
        raise TriggersImmediately(
            f"the stop price of a {draft.side.lower()} of this type must be {above} the last price, {text(last)}; "
            f"it was {text(draft.stop_price)}"
        )
    if view.tick is None:
        if draft.stop_price is None:
            raise MarketClosed(f"no price for {draft.symbol} that it could trail")
        return draft
    last = view.tick.quote.last
    if draft.unmet:
        trailing = draft.trailing and replace(draft.trailing, first_price=last if draft.stop_price is None else None)
        return replace(draft, met_tick=view.tick.number, trailing=trailing)
    trailing = draft.trailing_from(view.tick.number, last, view.now)
    if trailing and view.tick.was_stale(engine.stale_after):
        trailing = replace(trailing, price=None)  # nobody measures from a price that meets no order
    return replace(draft, met_tick=view.tick.number, trailing=trailing)


def check_form(command: PlaceOrder) -> None:
    """What any market demands of a command. Raises BadRequest or InvalidOrder."""
    if command.type.is_stop is (command.stop_price is None and command.trailing_delta is None):
        raise InvalidOrder("a stop takes a stop price or a trailing delta, and no other order does")
    delta, least, most = command.trailing_delta, LEAST_TRAILING_DELTA, MOST_TRAILING_DELTA
    if delta is not None and not least <= delta <= most:
        raise InvalidOrder(f"a trailing delta is {least} to {most} basis points, was {delta}")
    if command.type.is_stop and (command.quote_quantity is not None or command.post_only):
        raise InvalidOrder("a stop takes a quantity, no quote quantity, and is never post-only")
    if not command.type.has_limit:
        if command.price is not None:
            raise InvalidOrder("a market order takes no price")
        if (command.quantity is None) == (command.quote_quantity is None):
            raise InvalidOrder("a market order takes either a quantity or a quote quantity")
        if command.post_only or command.time_in_force is not TimeInForce.GTC:
            raise InvalidOrder("a market order takes no time in force and is never post-only")
    else:
        if command.price is None or command.quantity is None:
            raise InvalidOrder("a limit order takes a price and a quantity")
        if command.quote_quantity is not None:
            raise InvalidOrder("a limit order takes no quote quantity")
        if command.post_only and command.time_in_force is not TimeInForce.GTC:
            raise InvalidOrder("a post-only order rests, so its time in force is GTC")
    rests = command.type.has_limit and command.time_in_force is TimeInForce.GTC
    if command.expires_at is not None and not rests:
        raise InvalidOrder("only a limit order that rests can be good till a date (GTD)")
    if command.iceberg_quantity is not None and not rests:
        raise InvalidOrder("only a limit order that rests (GTC) can show a part of itself")
    _check_amounts(command)
    if command.client_order_id is not None:
        check_client_order_id(command.client_order_id)


def _check_amounts(command: PlaceOrder) -> None:
    for name in ("quantity", "price", "quote_quantity", "stop_price", "iceberg_quantity"):
        value: Decimal | None = getattr(command, name)
        if value is not None and value <= 0:
            raise InvalidOrder(f"{name} must be greater than 0, was {text(value)}")


def _check_expiry(command: PlaceOrder, view: PlacementView) -> None:
    """A date that the newest tick has reached is no better than one that the clock has."""
    if command.expires_at is None:
        return
    now = max(view.now, view.tick.quote.timestamp if view.tick else 0)
    if not now + LEAST_LIFE <= command.expires_at <= LATEST:
        raise InvalidOrder(
            f"an order is good till a moment at least {LEAST_LIFE} ms after now, {now}; it was {command.expires_at}"
        )


def check_client_order_id(client_id: str) -> None:
    """Raises BadRequest unless an order may be named so by its owner."""
    if not (0 < len(client_id) <= MAX_CLIENT_ORDER_ID and client_id.isascii() and client_id.isprintable()):
        raise BadRequest(f"a client order id is 1 to {MAX_CLIENT_ORDER_ID} printable ASCII characters")
    if given_order_id(client_id) is not None:
        raise BadRequest(f"client order ids like {client_id!r} are given by the exchange; choose another form")


def check_filters(command: PlaceOrder, quantity: Decimal, view: PlacementView, best: Decimal | None) -> None:
    """The market's filters: PRICE_FILTER (of limit and stop price), LOT_SIZE, MARKET_LOT_SIZE, PERCENT_PRICE_BY_SIDE,
    NOTIONAL. `best` is the price that the order is met with, None when there is no fresh one. Raises FilterFailure,
    MarketClosed."""
    instrument = view.instrument
    if instrument.status != "TRADING":
        raise MarketClosed(f"{instrument.symbol} is {instrument.status}")
    for named in (command.price, command.stop_price):
        if named is not None:
            instrument.check_price(named)
    if command.trailing_delta is not None:
        instrument.check_trailing_delta(direction(command.type, command.side), command.trailing_delta)
    instrument.check_quantity(quantity, market=not command.type.has_limit)
    if command.iceberg_quantity is not None:
        instrument.check_iceberg(quantity, command.iceberg_quantity)
    if command.price is not None and view.tick is not None:
        # The last price is what it is, however old; a market without any has nothing to compare with.
        instrument.check_percent_price(command.side, command.price, view.tick.quote.last)
    # A stop without a limit is worth what its stop price says.
    price = next((each for each in (command.price, command.stop_price, best) if each is not None), None)
    if price is not None:
        instrument.check_notional(multiply(price, quantity))


def _quantity(command: PlaceOrder, view: PlacementView, fresh: Tick | None, model: FillModel) -> Decimal:
    if command.type is OrderType.MARKET and fresh is None:
        raise MarketClosed(f"no fresh price for {command.symbol}")
    if command.quantity is not None:
        return command.quantity
    assert fresh is not None and command.quote_quantity is not None
    instrument = view.instrument
    step = market_step(instrument, view.scales[instrument.base_asset])
    meeting = Meeting(
        view.order_id,
        fresh,
        view.taken,
        instrument.step_size,
        instrument.tick_size,
        view.consumed,
    )
    quantity = worth(command.side, command.quote_quantity, step, meeting, model)
    if not quantity:
        raise FilterFailure("LOT_SIZE", f"{text(command.quote_quantity)} does not buy one step of {text(step)}")
    return quantity


def _check_scales(view: PlacementView) -> None:
    instrument = view.instrument
    needed = required_scales(instrument)
    for asset, places in zip((instrument.base_asset, instrument.quote_asset), needed, strict=True):
        if view.scales[asset] < places:
            raise InvalidOrder(
                f"{asset} is kept with {view.scales[asset]} decimal places but {instrument.symbol} needs {places}; "
                f"set ASSET_SCALES={asset}={places} before its first use"
            )


def _check_digits(command: PlaceOrder, quantity: Decimal, view: PlacementView) -> None:
    """Filters may leave digits free (a step of 0); the assets never do."""
    instrument = view.instrument
    for asset, amount in ((instrument.base_asset, quantity), (instrument.quote_asset, command.quote_quantity)):
        if amount is not None and decimal_places(amount) > view.scales[asset]:
            raise BadRequest(f"{asset} is kept with {view.scales[asset]} decimal places, {text(amount)} has more")


def draft(command: PlaceOrder, view: PlacementView, quantity: Decimal) -> Order:
    """The order before anything happened to it."""
    return Order(
        order_id=view.order_id,
        account_id=view.account.account_id,
        generation=view.account.generation,
        client_order_id=command.client_order_id or f"{GIVEN_PREFIX}{view.order_id}",
        symbol=command.symbol,
        side=command.side,
        type=command.type,
        time_in_force=command.time_in_force,
        post_only=command.post_only,
        price=command.price,
        quantity=quantity,
        quote_quantity=command.quote_quantity,
        quote_scale=view.scales[view.instrument.quote_asset],
        status=OrderStatus.NEW,
        filled_quantity=ZERO,
        filled_notional=ZERO,
        trade_ids=(),
        created_at=view.now,
        updated_at=view.now,
        met_tick=0,
        unmet=False,
        stop_price=command.stop_price,
        trailing=None if command.trailing_delta is None else Trailing(command.trailing_delta),
        leg=view.leg,
        iceberg_quantity=command.iceberg_quantity,
        self_trade_prevention=command.self_trade_prevention,
        expires_at=command.expires_at,
        version=0,  # before its first write: the placement and what it met at once are version 1
    )


def entry(command: PlaceOrder, view: PlacementView, prices: Prices = ()) -> Placed:
    """What the journal records of it; `prices` are those that the fees of its fills depend on."""
    instrument = view.instrument
    return Placed(
        now=view.now,
        account_id=command.account_id,
        order_id=view.order_id,
        trade_id=view.trade_id,
        tick=view.tick.number if view.tick else 0,
        base_scale=view.scales[instrument.base_asset],
        quote_scale=view.scales[instrument.quote_asset],
        symbol=command.symbol,
        side=command.side,
        type=command.type,
        time_in_force=command.time_in_force,
        post_only=command.post_only,
        quantity=command.quantity,
        price=command.price,
        quote_quantity=command.quote_quantity,
        client_order_id=command.client_order_id,
        stop_price=command.stop_price,
        trailing_delta=command.trailing_delta,
        iceberg_quantity=command.iceberg_quantity,
        self_trade_prevention=command.self_trade_prevention,
        expires_at=command.expires_at,
        prices=prices,
    )


def given_order_id(client_order_id: str) -> int | None:
    """The order whose id this exchange wrote into `client_order_id` because its owner gave none; None for any other."""
    digits = client_order_id.removeprefix(GIVEN_PREFIX)
    written_here = digits != client_order_id and digits.isdecimal() and digits.isascii()
    return int(digits) if written_here and len(digits) <= MAX_CLIENT_ORDER_ID else None


def claims(command: PlaceOrder, view: PlacementView) -> tuple[ClientIdClaim, ...]:
    """The client order id that it takes, if it has one of its own."""
    if command.client_order_id is None:
        return ()
    return (ClientIdClaim(command.client_order_id, view.prior.order_id if view.prior else None, view.order_id),)


def most_open(
    orders: Sequence[Order], view: PlacementView, replaced: Sequence[Order] = ()
) -> tuple[tuple[str, int], ...]:
    """MAX_NUM_ORDERS and the other counts: beside how many open orders of the account that are counted as they are new
    orders of one market may be opened; none when they do not stay open, or any number is right. `replaced` are canceled
    for them. Raises FilterFailure."""
    still_open = [order for order in orders if order.is_open]
    if not still_open:
        return ()
    new = Counter(each for order in still_open for each in order.counted)
    room = Counter(each for order in replaced for each in order.counted)
    found: list[tuple[str, int]] = []
    for each, count in new.items():
        most = view.instrument.most_open(each)
        if most:
            view.instrument.check_open_orders(each, view.open_counts.get(each, 0) - room[each] + count - 1)
            found.append((each.of(view.instrument.symbol), most - count + room[each]))
    return tuple(found)


def check_open(order: Order) -> None:
    """Raises OrderNotOpen unless it can still change."""
    if not order.is_open:
        raise OrderNotOpen(f"order {order.order_id} is {order.status}, which never changes")


def _canceled(order: Order, mates: Sequence[Order], instrument: Instrument, now: int) -> Consequences:
    check_open(order)
    return take_back(order, mates, instrument, now)
