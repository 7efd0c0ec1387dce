"""What happens to the other orders of a list when something happens to one of them. Pure.

The rules are Binance's (rest-api.md, "Order lists"): of two orders that cancel each other, the first one that trades,
is triggered or ends makes the other end as well; orders that wait are placed when the working order is filled, and end
with it otherwise. All of a list's orders that change are written in the commit that changes the first of them, each
guarded by its version: that is what a list's version would be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from .amounts import subtract
from .balances import Bucket, Posting
from .instruments import Instrument
from .models import FillModel, reaches
from .orders import Order, OrderStatus, Side, TimeInForce
from .quotes import Tick
from .transactions import OrderWrite

LIST_NAME = "\t"
"""What stands before the name of a list among an account's client order ids: no order can be named so."""


@dataclass(frozen=True, slots=True)
class Met:
    """A tick that an order met, as its account's fill model sees it."""

    tick: Tick
    model: FillModel

    def triggers(self, order: Order) -> bool:
        """Whether an order that is placed on this tick is a stop that it triggers. One that follows the price is not:
        its stop price is only where that begins."""
        if not order.is_untriggered or order.trailing or order.stop_price is None:
            return False
        return order.direction.reaches(self.tick.quote.last, order.stop_price)

    def sends(self, order: Order) -> bool:
        """Whether an order that is placed on this tick is on its way to the next one: it could trade at once, or is of
        a kind that does not rest."""
        if order.type.is_stop:
            return False
        if order.price is None or order.time_in_force is not TimeInForce.GTC:
            return True
        return reaches(order.side, order.price, self.model.touch(order.side, self.tick))


@dataclass(frozen=True, slots=True)
class Consequences:
    """What becomes of a list: `order` is the one that it began with, `read` as it was read, `before` as its money is to
    be settled; `mates` are those others that change, as (before, after). What they release and hand over comes first,
    what they lock comes last: it may be paid for by what the order got."""

    read: Order
    before: Order
    order: Order
    mates: tuple[tuple[Order, Order], ...] = ()
    first: tuple[Posting, ...] = ()
    last: tuple[Posting, ...] = ()

    @property
    def writes(self) -> tuple[OrderWrite, ...]:
        """The records that change, that of the order first."""
        return (OrderWrite(self.read, self.order), *(OrderWrite(*mate) for mate in self.mates))


def rival(order: Order, mates: Sequence[Order]) -> Order | None:
    """The open order that this one cancels or is canceled by, once both are placed; None when there is none."""
    leg = order.leg
    if leg is None or leg.is_working or order.is_pending:
        return None
    return next((mate for mate in mates if mate.is_open and mate.leg and not mate.leg.is_working), None)


def on_its_own(order: Order) -> Order:
    """The order as it stands when it locks its money itself."""
    return replace(order, leg=replace(order.leg, holds=True)) if order.leg else order


def follow(
    before: Order,
    after: Order,
    mates: Sequence[Order],
    instrument: Instrument,
    now: int,
    met: Met | None,
    *,
    short: bool = False,
) -> Consequences:
    """What a change of one order, from `before` to `after`, means for the others. `after` locks its money itself.

    `met` is the tick that changed it, if one did: orders that are placed now meet later ones. `short`: the account
    cannot pay for what would be placed, so that is rejected.
    """
    leg = after.leg
    if leg is None:
        return Consequences(before, before, after)
    if leg.is_working:
        waiting = [mate for mate in mates if mate.is_pending]
        if after.is_open or not waiting:
            return Consequences(before, before, after)
        if after.status is not OrderStatus.FILLED:
            return _ended(before, after, waiting, after.status, instrument, now)
        if short:
            return _ended(before, after, waiting, OrderStatus.REJECTED, instrument, now)
        assert met is not None, "nothing else fills an order"
        return _placed(before, after, waiting, instrument, now, met)
    other = rival(before, mates)
    if other is None:
        return Consequences(before, before, after)
    if not _is_live(before, after):
        return _balanced(before, after, other, instrument, now)
    gone = _ended(before, after, [other], OrderStatus.EXPIRED, instrument, now)
    standing = on_its_own(before)
    handed_over = locks(before, subtract(standing.held, before.held), instrument)
    return replace(gone, before=standing, first=(*gone.first, *handed_over))


def canceled(order: Order, mates: Sequence[Order], instrument: Instrument, now: int) -> Consequences:
    """An open order is taken back, and the others of its list with it."""
    after = order.moved(OrderStatus.CANCELED, now)
    return _ended(order, after, mates, OrderStatus.CANCELED, instrument, now)


def _ended(
    before: Order, after: Order, mates: Sequence[Order], status: OrderStatus, instrument: Instrument, now: int
) -> Consequences:
    """The open ones among `mates` end too, and release what they lock."""
    changes = tuple((mate, mate.moved(status, _dated(mate, now))) for mate in mates if mate.is_open)
    released = (posting for mate, _ in changes for posting in locks(mate, mate.held.copy_negate(), instrument))
    return Consequences(before, before, after, changes, first=tuple(released))


def _dated(mate: Order, now: int) -> int:
    """When something happens to it: a tick that is met late is of before what its owner did to it meanwhile."""
    return max(now, mate.updated_at)


def funded(legs: Sequence[Order]) -> list[Order]:
    """The orders of a list that are placed together, one or two: the one that promises most locks for both, of two that
    promise the same a stop, or the first."""
    whole = [on_its_own(order) for order in legs]
    first = max(range(len(whole)), key=lambda index: (whole[index].held, whole[index].is_untriggered))
    return [order if index == first else _lent(order) for index, order in enumerate(whole)]


def _lent(order: Order) -> Order:
    assert order.leg is not None, "it is of a list"
    return replace(order, leg=replace(order.leg, holds=False))


def _is_live(before: Order, after: Order) -> bool:
    """Whether this is what makes the other order end: a trade, a trigger, an end. To rest, or to become smaller, is
    not."""
    return (
        not after.is_open
        or after.filled_quantity != before.filled_quantity
        or after.is_untriggered is not before.is_untriggered
    )


def _placed(
    before: Order, after: Order, waiting: Sequence[Order], instrument: Instrument, now: int, met: Met
) -> Consequences:
    """The orders that waited are placed, and meet ticks later than this one. One that could trade at once arrives with
    the next: what this one had is the working order's."""
    tripped = next((mate for mate in waiting if met.triggers(mate)), None)
    if tripped is not None:
        return _tripped(before, after, tripped, waiting, instrument, now, met)
    placed = funded(
        [
            mate.moved(
                OrderStatus.NEW,
                _dated(mate, now),
                met_tick=met.tick.number,
                unmet=met.sends(mate),
                trailing=mate.trailing_from(met.tick.number, met.tick.quote.last, _dated(mate, now)),
            )
            for mate in waiting
        ]
    )
    changes = tuple(
        (mate, replace(each, leg=replace(each.leg, placed_at=each.updated_at)))
        for mate, each in zip(waiting, placed, strict=True)
        if each.leg
    )
    locked = (posting for _, each in changes for posting in locks(each, each.held, instrument))
    return Consequences(before, before, after, changes, last=tuple(locked))


def _tripped(
    before: Order,
    after: Order,
    stop: Order,
    waiting: Sequence[Order],
    instrument: Instrument,
    now: int,
    met: Met,
) -> Consequences:
    """One of those that waited is a stop whose price is reached already: it is triggered as it is placed, and arrives
    with the next tick; what it would have canceled ends."""
    rest = [mate for mate in waiting if mate is not stop]
    gone = _ended(before, after, rest, OrderStatus.EXPIRED, instrument, now)
    at = _dated(stop, now)
    placed = on_its_own(stop.moved(OrderStatus.NEW, at, met_tick=met.tick.number, triggered_at=at, unmet=True))
    assert placed.leg is not None, "it is of a list"
    placed = replace(placed, leg=replace(placed.leg, placed_at=at))
    changes = {mate.order_id: (mate, ended) for mate, ended in gone.mates} | {stop.order_id: (stop, placed)}
    ordered = tuple(changes[mate.order_id] for mate in waiting)
    return replace(gone, mates=ordered, last=locks(placed, placed.held, instrument))


def _balanced(before: Order, after: Order, other: Order, instrument: Instrument, now: int) -> Consequences:
    """One of two that cancel each other changed: see that the one that promises more locks for both. Of two that
    promise the same, the one that does goes on: there may be nothing free to lock anew."""
    if other.leg and other.leg.holds:
        theirs, mine = funded([other, after])
    else:
        mine, theirs = funded([after, other])
    if theirs == other:
        return Consequences(before, before, mine)
    changed = replace(theirs, updated_at=_dated(other, now), version=other.version + 1)
    # What became smaller never promises more than before, so the other one can only have more to lock.
    more = locks(other, subtract(changed.held, other.held), instrument)
    return Consequences(before, before, mine, ((other, changed),), last=more)


def locks(order: Order, amount: Decimal, instrument: Instrument) -> tuple[Posting, ...]:
    """Move an amount of what the order gives away into its lock; a negative one out of it."""
    if not amount:
        return ()
    asset = instrument.quote_asset if order.side is Side.BUY else instrument.base_asset
    return Posting(asset, Bucket.FREE, amount.copy_negate()), Posting(asset, Bucket.LOCKED, amount)
