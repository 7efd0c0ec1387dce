"""Hold one order against one tick. Pure: the same order, tick and configuration always give the same outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from .amounts import (
    DEFAULT_SCALE,
    ONE,
    ZERO,
    add,
    divide_down,
    floor_to_step,
    multiply,
    round_down,
    subtract,
    total,
)
from .balances import Account, Bucket, Posting
from .fees import Charge, FeeReading, Traded, charge
from .fills import Fill, Liquidity
from .instruments import Instrument
from .journal import Matched, Prices
from .ledger import received
from .models import NO_BOOK, NONE_TAKEN, Consumed, Consumption, Engine, Execution, FillModel, Meeting, Taken, reaches
from .order_lists import Consequences, Met, follow, on_its_own, rival
from .orders import Order, OrderStatus, Side, TimeInForce
from .quotes import Tick
from .transactions import Announcement, ConsumedWrite, TakenWrite, Transaction


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a match needs beside the order and the tick. `taken` is what the account took from the order's
    side of this tick before, `consumed` what it took of the book; `trade_id` names the first fill, if there is one, and
    the ids after it are free for the others (the model's `most_executions`); `now` is venue ms. `announcements` are the
    inputs that the journal must hold first (see announcing.py), made once for all orders that meet the tick. `mates`
    are the others of the order's list, `fees` is what the account's fees stand on. `recorded_at` is set when the tick
    is met late: the moment of that, while `now` is the one it is dated at.

    A stop without a limit may cost more than it holds, and so may a market order that was on its way. The rest comes
    out of what is free; where that does not pay it, the order is matched once more with `lock_only` and trades what it
    holds money for: nothing, if it is a market buy. `extreme` is the best last price that a trailing stop measures from
    (domain/trailing.py)."""

    account: Account
    instrument: Instrument
    base_scale: int
    quote_scale: int
    engine: Engine
    trade_id: int
    now: int
    taken: Taken = NONE_TAKEN
    consumed: Consumption = field(default_factory=dict[Decimal, Consumed])
    announcements: tuple[Announcement, ...] = ()
    recorded_at: int | None = None
    lock_only: bool = False
    extreme: Decimal | None = None
    fees: FeeReading = field(default_factory=FeeReading)
    mates: tuple[Order, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The order as the tick leaves it, and its fills, in the order in which they happened. `fees` is what their fees
    stood on, and made of it; `consumption` what the account has taken of the book now (None: the fills are from no
    book); `executions` are what the fills were made of."""

    order: Order
    fills: tuple[Fill, ...] = ()
    fees: FeeReading | None = None
    consumption: Consumption | None = None
    executions: tuple[Execution, ...] = ()

    @property
    def prices(self) -> Prices:
        """The prices that the fees of its fills depend on."""
        return self.fees.prices if self.fees else ()

    @property
    def scales(self) -> dict[str, int]:
        """The decimal places of the fee asset, when a fee was charged in it."""
        guard = self.fees.guard if self.fees else None
        return {guard.asset: guard.scale} if guard and guard.at_least is not None else {}


def match(order: Order, tick: Tick, around: Circumstances) -> Outcome | None:
    """What `tick` does to an open order, or None when it does nothing.

    An order never meets a tick it has met or one before it, nor one that was stale when it was logged, nor one of a
    candle that began before the order last changed, nor, while it is on its way, one of before it is there. An unmet
    order arrives; a stop is triggered when the last price reaches its stop price, and arrives on that very tick; a
    resting order fills at its own limit, as maker, when the opposite touch reaches it, or, where orders wait in a
    queue, moves up in that. A tick of the moment at which the order's time is up, or a later one, ends it; a candle's
    is of the end of its minute, because its price may be of any moment before.
    """
    if (
        not order.is_open
        or order.is_pending
        or order.met_tick >= tick.number
        or tick.was_stale(around.engine.stale_after)
    ):
        return None
    if order.is_due(tick.quote.timestamp):
        return Outcome(order.timed_out(met_tick=tick.number, unmet=False))
    if not tick.meets(order.updated_at):
        return None
    latency = around.engine.latency
    if latency and order.unmet and tick.began_at < order.created_at + latency:
        return None
    around = _dated(order, tick, around)
    if order.unmet:
        return _stop_arrives(order, tick, around) if order.is_untriggered else arrive(order, tick, around)
    if order.is_untriggered:
        return _condition(order, tick, around)
    return _rest(order, tick, around)


def _rest(order: Order, tick: Tick, around: Circumstances) -> Outcome | None:
    """What a tick does to an order that rests: it fills it, moves it up in its queue, or nothing."""
    assert order.price is not None, "only limit orders rest"
    meeting = _meeting(order, tick, around)
    model = around.engine.model
    if not reaches(order.side, order.price, model.reach(order.side, tick)):
        return None  # it was looked at because another account's model comes further
    # Who may fill any size fills all parts of an iceberg, one after the other.
    wanted = order.visible_quantity if model.limits_size else order.remaining_quantity
    executions = model.make(order.side, order.price, wanted, meeting)
    if executions:
        return _filled(order, executions, tick, around)
    queued = _queued(order, meeting, model, joins=False)
    if queued.ahead == order.ahead:
        return None
    # not changed to its owner, so at the time at which it was
    return Outcome(replace(queued, met_tick=tick.number, version=order.version + 1))


def _condition(order: Order, tick: Tick, around: Circumstances) -> Outcome | None:
    """What a tick does to a stop that waits: it triggers it, or begins what it will measure from, or nothing."""
    last, trail, trailing = tick.quote.last, order.trail, order.trailing
    if trail:
        if around.extreme is None or not trail.reaches(last, around.extreme):
            return None
    else:
        assert order.stop_price is not None, "it waits for a price"
        if not order.direction.reaches(last, order.stop_price):
            return None
        if trailing:
            begun = replace(trailing, started_at=around.now, tick=tick.number, price=last)
            return Outcome(order.moved(order.status, around.now, met_tick=tick.number, trailing=begun))
    return arrive(replace(order, triggered_at=around.now), tick, around)


def _stop_arrives(order: Order, tick: Tick, around: Circumstances) -> Outcome:
    """The first tick of a stop that was on its way: what it does to one that waits, or the stop waits from now on. One
    that trails from the start does so from here; what it holds stays what it was when it was placed."""
    standing, trailing = replace(order, unmet=False), order.trailing
    if trailing and order.stop_price is None:
        trailing = replace(trailing, started_at=around.now, tick=tick.number, price=tick.quote.last)
    else:
        done = _condition(standing, tick, around)
        if done:
            return done
    return Outcome(standing.moved(order.status, around.now, met_tick=tick.number, trailing=trailing))


def _dated(order: Order, tick: Tick, around: Circumstances) -> Circumstances:
    """What a tick does that is met late is dated at the tick, though never before the order's last change. Late is
    also after the order's time was up: nothing happens to it then."""
    if not tick.is_stale(around.now, around.engine.stale_after) and not order.is_due(around.now):
        return around
    return replace(around, now=max(order.updated_at, tick.began_at), recorded_at=around.now)


def match_transaction(order: Order, tick: Tick, around: Circumstances) -> Transaction | None:
    """The change that `tick` makes to an open order, ready to commit, or None when it makes none."""
    instrument = around.instrument
    outcome = match(on_its_own(order) if rival(order, around.mates) else order, tick, around)
    if outcome is None:
        return None
    followed = follow(
        order,
        outcome.order,
        around.mates,
        instrument,
        outcome.order.updated_at,  # dated as the tick is, should it be met late
        Met(tick, around.engine.model),
        short=around.lock_only,
    )
    return Transaction(
        entry=Matched(
            around.now,
            order.symbol,
            tick.number,
            order.order_id,
            around.trade_id,
            lock_only=around.lock_only,
            extreme=around.extreme,
            prices=outcome.prices,
        ),
        account=around.account,
        matched_on=(order.symbol, tick.number),
        announcements=around.announcements,
        orders=followed.writes,
        taken=taken_write(outcome, tick, around.taken, around.engine.model),
        consumed=consumed_write(outcome, tick, around.consumed, around.engine.model),
        scales={
            instrument.base_asset: around.base_scale,
            instrument.quote_asset: around.quote_scale,
            **outcome.scales,
        },
        postings=list_postings(followed, outcome.fills, instrument),
        fills=outcome.fills,
        fees=outcome.fees,
    )


def taken_write(outcome: Outcome, tick: Tick, before: Taken, model: FillModel) -> TakenWrite | None:
    """What the account has taken of the tick after this, `before` it; None where the model does not ask. It is guarded
    even where that stays what it was: it may have turned the order away, and be given back by a conflict."""
    if not counts_taken(model, tick):
        return None
    order, after = outcome.order, before.and_of(outcome.executions)
    return TakenWrite(order.symbol, tick.number, order.account_id, order.side, before, after)


def consumed_write(outcome: Outcome, tick: Tick, before: Consumption, model: FillModel) -> ConsumedWrite | None:
    """What the account has taken of the book after this, `before` it, guarded likewise; None where no book is read."""
    if not (model.reads_book and tick.book):
        return None
    order, after = outcome.order, outcome.consumption
    return ConsumedWrite(order.symbol, order.account_id, order.side, before, before if after is None else after)


def counts_taken(model: FillModel, tick: Tick) -> bool:
    """Whether it matters to a model what an account took of this tick before."""
    return model.reads_tape or (model.limits_size and not (model.reads_book and tick.book))


def arrive(order: Order, tick: Tick, around: Circumstances) -> Outcome:
    """An order's first tick: it takes what it may, then rests, or ends if its kind does not rest."""
    model, sent = around.engine.model, order
    if order.post_only and order.price is not None and reaches(order.side, order.price, model.touch(order.side, tick)):
        return Outcome(order.moved(OrderStatus.EXPIRED, around.now, met_tick=tick.number, unmet=False))
    if order.unmet and order.quote_quantity is not None:
        order = _worked_out(order, order.quote_quantity, tick, around)
    wanted = order.remaining_quantity
    executions = model.take(order.side, order.price, wanted, _meeting(order, tick, around))
    if around.lock_only:
        executions = _paid_by(sent.held, executions, around) if sent.side is Side.BUY else _first(sent.held, executions)
    all_or_none = order.time_in_force is TimeInForce.FOK
    if all_or_none and total(execution.quantity for execution in executions) < wanted:
        executions = ()
    stays = order.type.has_limit and order.time_in_force is TimeInForce.GTC
    if not executions:
        status = order.status if stays else OrderStatus.EXPIRED
        rests = order.moved(status, around.now, met_tick=tick.number, unmet=False)
        return Outcome(_queued(rests, _meeting(order, tick, around), model, joins=True))
    outcome = _filled(order, executions, tick, around, sent)
    if stays or not outcome.order.is_open:
        return outcome
    # One arrival is one write: the expiry shares the version that the fill already took.
    return replace(outcome, order=replace(outcome.order, status=OrderStatus.EXPIRED, ahead=None))


def _worked_out(order: Order, amount: Decimal, tick: Tick, around: Circumstances) -> Order:
    """An order by `amount` (quote asset) that was on its way, with the quantity that this is worth where it arrives. It
    keeps the one that it was sent with where that is none, and no more than its owner left of it."""
    model, meeting = around.engine.model, _meeting(order, tick, around)
    quantity = worth(order.side, amount, market_step(around.instrument, around.base_scale), meeting, model)
    if order.amendments:
        quantity = min(quantity, order.quantity)
    return replace(order, quantity=quantity) if quantity else order


def market_step(instrument: Instrument, base_scale: int) -> Decimal:
    """What the quantity of a market order is a multiple of; base asset."""
    return max(instrument.step_size, instrument.market_step_size) or ONE.scaleb(-base_scale)


def worth(side: Side, amount: Decimal, step: Decimal, meeting: Meeting, model: FillModel) -> Decimal:
    """How much of the base asset `amount` of the quote asset pays for, along what a market order would get, and at the
    last of its prices beyond that; whole steps."""
    price = model.touch(side, meeting.tick)
    lowest = meeting.tick_size or price.scaleb(-DEFAULT_SCALE)
    quantity, left = ZERO, amount
    for each in model.take(side, None, divide_down(amount, lowest, step), meeting):
        price = each.price
        cost = multiply(price, each.quantity)
        if cost > left:
            break
        quantity, left = add(quantity, each.quantity), subtract(left, cost)
    return floor_to_step(add(quantity, divide_down(left, price, step)), step)


def _first(quantity: Decimal, executions: Sequence[Execution]) -> tuple[Execution, ...]:
    """The first of what a sale would take, as much as it holds (base asset)."""
    found: list[Execution] = []
    for execution in executions:
        part = min(execution.quantity, quantity)
        if part:
            found.append(execution.cut(part))
        quantity = subtract(quantity, part)
    return tuple(found)


def _paid_by(held: Decimal, executions: Sequence[Execution], around: Circumstances) -> tuple[Execution, ...]:
    """As much of what a buy would take as `held` (quote asset) pays for."""
    step = around.instrument.step_size or ONE.scaleb(-around.base_scale)
    paid: list[Execution] = []
    for execution in executions:
        quantity = min(execution.quantity, divide_down(held, execution.price, step))
        if quantity:
            paid.append(execution.cut(quantity))
        if quantity < execution.quantity:
            break
        held = subtract(held, multiply(execution.price, quantity))
    return tuple(paid)


def _meeting(order: Order, tick: Tick, around: Circumstances) -> Meeting:
    instrument = around.instrument
    sizes = instrument.step_size, instrument.tick_size
    since = max(order.working_since or 0, order.created_at + around.engine.latency)
    return Meeting(order.order_id, tick, around.taken, *sizes, around.consumed, order.ahead, since)


def _queued(order: Order, meeting: Meeting, model: FillModel, *, joins: bool) -> Order:
    """An order with what stands before it after a tick; with `joins`, before one that comes to rest there now."""
    if not order.is_open or order.price is None:
        return order
    ahead = model.ahead(order.side, order.price, meeting, joins=joins)
    return order if ahead == order.ahead else replace(order, ahead=ahead)


def _filled(
    order: Order, executions: Sequence[Execution], tick: Tick, around: Circumstances, sent: Order | None = None
) -> Outcome:
    """What executions leave of an order. However many they are, it is one change of the order, so one version. `sent`:
    the order as it locks its money, if that is another."""
    filled = add(order.filled_quantity, total(execution.quantity for execution in executions))
    status = OrderStatus.FILLED if filled == order.quantity else OrderStatus.PARTIALLY_FILLED
    first = _executed(order, executions[0], around.trade_id)
    states = [order, order.moved(status, around.now, met_tick=tick.number, unmet=False, **first)]
    for trade_id, execution in enumerate(executions[1:], around.trade_id + 1):
        states.append(replace(states[-1], **_executed(states[-1], execution, trade_id)))
    gives, _ = _assets(order.side, around.instrument)
    # What an order takes from free money is not there for its fees.
    fees = around.fees.moving(gives, _taken_from_free(sent or order, states[-1]).copy_negate())
    fills: list[Fill] = []
    for execution, before, after in zip(executions, states[:-1], states[1:], strict=True):
        traded = _traded(before, after, execution, around)
        fee, fees = charge(traded, around.account, around.engine.fees, fees)
        fills.append(_fill(after, execution, traded, fee, tick, around))
    model, meeting = around.engine.model, _meeting(order, tick, around)
    consumption = model.consumed(order.side, executions, meeting)
    # whoever took comes to rest now, and so does the next part of an iceberg
    shown = subtract(subtract(filled, order.filled_quantity), order.visible_quantity)
    joins = executions[0].liquidity is Liquidity.TAKER or shown >= 0
    return Outcome(_queued(states[-1], meeting, model, joins=joins), tuple(fills), fees, consumption, tuple(executions))


def _taken_from_free(before: Order, after: Order) -> Decimal:
    """What a change of an order costs beside what it held: all that it promises, when it is new."""
    if not before.version:
        return promised(before, after)
    return max(ZERO, subtract(_spent(before, after), before.held))


def _executed(order: Order, execution: Execution, trade_id: int) -> dict[str, Any]:
    """What one execution changes of an order."""
    return {
        "filled_quantity": add(order.filled_quantity, execution.quantity),
        "filled_notional": add(order.filled_notional, multiply(execution.price, execution.quantity)),
        "trade_ids": (*order.trade_ids, trade_id),
    }


def _traded(before: Order, after: Order, execution: Execution, around: Circumstances) -> Traded:
    moved = quote_moved(before, after)
    scale = around.base_scale if before.side is Side.BUY else around.quote_scale
    return Traded(before.symbol, before.side, execution.liquidity, execution.quantity, moved, scale)


def _fill(order: Order, execution: Execution, traded: Traded, fee: Charge, tick: Tick, around: Circumstances) -> Fill:
    model = around.engine.model
    return Fill(
        trade_id=order.trade_ids[-1],
        order_id=order.order_id,
        symbol=order.symbol,
        side=order.side,
        price=execution.price,
        quantity=execution.quantity,
        quote_quantity=traded.quote_quantity,
        commission=fee.commission,
        commission_asset=fee.asset,
        liquidity=execution.liquidity,
        timestamp=around.now,
        tick=tick.number,
        source=tick.source,
        model=model.name + NO_BOOK if model.reads_book and tick.book is None else model.name,
        rate=fee.rate,
        fee_rule=fee.rule,
        discount=fee.discount,
        fee_price=fee.price,
        recorded_at=around.recorded_at,
    )


def placement_postings(
    placed: Order, after: Order, fills: Sequence[Fill], instrument: Instrument
) -> tuple[Posting, ...]:
    """The money a placement moves: first all that the order promises is taken from `free`, so that an order is refused
    when its limit price is not covered even though the market would be cheaper; then what it did is settled."""
    gives, gets = _assets(placed.side, instrument)
    spent, taken = _spent(placed, after), promised(placed, after)
    return _nonzero(
        Posting(gives, Bucket.FREE, taken.copy_negate()),
        Posting(gives, Bucket.LOCKED, after.held),
        Posting(gives, Bucket.FREE, subtract(taken, add(spent, after.held))),
        Posting(gets, Bucket.FREE, total(map(received, fills))),
        *_fee_postings(fills, gets),
    )


def promised(placed: Order, after: Order) -> Decimal:
    """All that a new order may give away: what it locks at its limit price, or what it spent without one."""
    return placed.held or _spent(placed, after)


def settlement_postings(
    before: Order, after: Order, fills: Sequence[Fill], instrument: Instrument
) -> tuple[Posting, ...]:
    """The money that a change of an open order moves out of its lock: spent, or released."""
    gives, gets = _assets(before.side, instrument)
    unlocked = subtract(before.held, after.held)
    return _nonzero(
        Posting(gives, Bucket.LOCKED, unlocked.copy_negate()),
        Posting(gives, Bucket.FREE, subtract(unlocked, _spent(before, after))),
        Posting(gets, Bucket.FREE, total(map(received, fills))),
        *_fee_postings(fills, gets),
    )


def _fee_postings(fills: Sequence[Fill], gets: str) -> tuple[Posting, ...]:
    """The fees that are not taken out of what the fills bring."""
    due = [fill for fill in fills if fill.commission_asset != gets]
    if not due:
        return ()
    owed = total(fill.commission for fill in due)
    return (Posting(due[0].commission_asset, Bucket.FREE, owed.copy_negate()),)


def list_postings(changed: Consequences, fills: Sequence[Fill], instrument: Instrument) -> tuple[Posting, ...]:
    """The money that moves when an open order changes, and with it others of its list."""
    own = settlement_postings(changed.before, changed.order, fills, instrument)
    return (*changed.first, *own, *changed.last)


def quote_moved(before: Order, after: Order) -> Decimal:
    """What the fills between two states of an order moved in the quote asset: a cost rounds up, proceeds round down,
    each over the order as a whole, so that many small fills cost what one large one would."""
    if before.side is Side.BUY:
        return subtract(after.paid, before.paid)
    scale = before.quote_scale
    return subtract(round_down(after.filled_notional, scale), round_down(before.filled_notional, scale))


def _spent(before: Order, after: Order) -> Decimal:
    if before.side is Side.BUY:
        return quote_moved(before, after)
    return subtract(after.filled_quantity, before.filled_quantity)


def _assets(side: Side, instrument: Instrument) -> tuple[str, str]:
    base, quote = instrument.base_asset, instrument.quote_asset
    return (quote, base) if side is Side.BUY else (base, quote)


def _nonzero(*postings: Posting) -> tuple[Posting, ...]:
    return tuple(posting for posting in postings if posting.amount)
