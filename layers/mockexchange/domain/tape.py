"""Resting orders and the trades of others: what stands before an order at its price, what of a tick's trades is its.

What traded at a price or beyond it is told by the tick's trades; where the book shows the price, so is how much stands
there. Nobody tells how much of that stands before an order and how much behind it: what is withdrawn counts as
withdrawn behind it, for as long as as much stands there as stood before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from .amounts import ONE, ZERO, add, floor_to_step, multiply, subtract, text, total
from .fills import Liquidity
from .models import Consumption, Execution, FillModel, Meeting, reaches
from .orders import Side
from .quotes import Tick


@dataclass(frozen=True, slots=True)
class TapeModel:
    """Another model, whose resting orders also meet the trades that came to their price.

    `queues`: an order fills when what stood before it at its price has traded or was withdrawn, or when the price went
    through it; then, beside the trades that are left for it, it gets what the other model gives. `share` is which part
    of what traded at its price or beyond, from above 0 to 1, an account gets at most on each side; below 1 its resting
    orders get nothing else. A candle tells no trades: the other model has it alone.
    """

    of: FillModel
    queues: bool = False
    share: Decimal = ONE

    @property
    def name(self) -> str:
        """`depth+queue`, `touch+share=0.1`, `depth+queue+share=0.1`."""
        queue = "+queue" if self.queues else ""
        return f"{self.of.name}{queue}" + (f"+share={text(self.share)}" if self.share < 1 else "")

    @property
    def limits_size(self) -> bool:
        """True: what traded is there once."""
        return True

    @property
    def reads_book(self) -> bool:
        """As the other model."""
        return self.of.reads_book

    @property
    def reads_tape(self) -> bool:
        """True."""
        return True

    @property
    def most_executions(self) -> int:
        """As the other model."""
        return self.of.most_executions

    def touch(self, side: Side, tick: Tick) -> Decimal:
        """As the other model."""
        return self.of.touch(side, tick)

    def reach(self, side: Side, tick: Tick) -> Decimal:
        """The touch, or the price of a trade that went further."""
        prices = [price for price, _ in _traded(side, tick)]
        best = min if side is Side.BUY else max
        return best([self.of.reach(side, tick), *prices])

    def take(self, side: Side, limit: Decimal | None, wanted: Decimal, meeting: Meeting) -> tuple[Execution, ...]:
        """As the other model: who takes does not wait."""
        return self.of.take(side, limit, wanted, meeting)

    def make(self, side: Side, limit: Decimal, wanted: Decimal, meeting: Meeting) -> tuple[Execution, ...]:
        """One execution at the order's own limit: of the trades what comes to it, then what the other model gives."""
        tick = meeting.tick
        if tick.is_of_candle:
            return self.of.make(side, limit, wanted, meeting)
        there = multiply(self._left_by_the_queue(side, limit, meeting), self.share)
        left = max(ZERO, subtract(there, meeting.taken))
        got = min(wanted, floor_to_step(left, meeting.step_size))
        more: tuple[Execution, ...] = ()
        if self.share == 1 and got < wanted and reaches(side, limit, self.of.touch(side, tick)):
            more = self.of.make(side, limit, subtract(wanted, got), meeting)
        quantity = total([got, *(each.quantity for each in more)])
        if not quantity:
            return ()
        return (Execution(limit, quantity, Liquidity.MAKER, tuple(level for each in more for level in each.levels)),)

    def consumed(self, side: Side, executions: Sequence[Execution], meeting: Meeting) -> Consumption | None:
        """As the other model; of trades nothing is."""
        return self.of.consumed(side, executions, meeting)

    def could_give(self, side: Side, price: Decimal, tick: Tick) -> bool:
        """As the other model."""
        return self.of.could_give(side, price, tick)

    def ahead(
        self, side: Side, limit: Decimal, tick: Tick, before: Decimal | None, *, joins: bool = False
    ) -> Decimal | None:
        """What stands before an order at `limit` after a tick, `before` it (base asset); with `joins`, before one that
        comes to rest there now: all that the tick shows. None while that is not known."""
        if not self.queues:
            return None
        shown = _standing(side, limit, tick)
        if joins:
            return shown
        if self._went_through(side, limit, tick):
            return ZERO
        if before is None:
            return shown
        left = max(ZERO, subtract(before, _quantity(side, limit, tick, at=True)))
        return left if shown is None else min(left, shown)

    def _left_by_the_queue(self, side: Side, limit: Decimal, meeting: Meeting) -> Decimal:
        """What traded at the limit or beyond it and was not for those who stood before."""
        beyond, at = (_quantity(side, limit, meeting.tick, at=at) for at in (False, True))
        if not self.queues:
            return add(beyond, at)
        # what traded beyond the limit would all have met the order first
        return beyond if meeting.ahead is None else add(beyond, max(ZERO, subtract(at, meeting.ahead)))

    def _went_through(self, side: Side, limit: Decimal, tick: Tick) -> bool:
        """Whether nobody who stood at the limit can be left there."""
        return reaches(side, limit, self.of.touch(side, tick)) or bool(_quantity(side, limit, tick, at=False))


def _traded(side: Side, tick: Tick) -> list[tuple[Decimal, Decimal]]:
    """The trades of a tick that resting orders on `side` were filled by: (price, quantity)."""
    return [(each.price, each.quantity) for each in tick.trades if each.buyer_is_maker is (side is Side.BUY)]


def _quantity(side: Side, limit: Decimal, tick: Tick, *, at: bool) -> Decimal:
    """How much traded at a limit, or beyond it."""
    return total(
        quantity for price, quantity in _traded(side, tick) if (price == limit) is at and reaches(side, limit, price)
    )


def _standing(side: Side, price: Decimal, tick: Tick) -> Decimal | None:
    """What others show at a price on their own side; None beyond what the tick shows."""
    if tick.book:
        levels = tick.book.opposite(Side.SELL if side is Side.BUY else Side.BUY)
    else:
        quote = tick.quote
        best, size = (quote.bid, quote.bid_size) if side is Side.BUY else (quote.ask, quote.ask_size)
        levels = ((best, size),) if size is not None else ()
        if size is None and price != best and not reaches(side, best, price):
            return ZERO  # between the best prices nobody stands
    quantity = dict(levels).get(price)
    if quantity is not None:
        return quantity
    inside = bool(levels) and not reaches(side, levels[-1][0], price)
    return ZERO if inside else None
