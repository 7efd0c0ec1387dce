"""Resting orders and the trades of others: what stands before an order at its price, what of a tick's trades is its.

What traded at a price or beyond it is told by the tick's trades; where the book shows the price, so is how much stands
there. Nobody tells how much of that stands before an order and how much behind it: what is withdrawn counts as
withdrawn behind it, for as long as as much stands there as stood before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from .amounts import ONE, ZERO, add, floor_to_step, multiply, subtract, text, total
from .fills import Liquidity
from .models import Execution, Meeting, Over, reaches
from .orders import Side
from .quotes import PublicTrade, Tick


@dataclass(frozen=True)
class TapeModel(Over):
    """Another model, whose resting orders also meet the trades that came to their price.

    `queues`: an order fills when what stood before it at its price has traded or was withdrawn, or when the price went
    through it; then, beside the trades that are left for it, it gets what the other model gives. `share` is which part
    of what traded at its price or beyond, from above 0 to 1, an account gets at most on each side; below 1 its resting
    orders get nothing else. A candle tells no trades: the other model has it alone.
    """

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
    def reads_tape(self) -> bool:
        """True."""
        return True

    def reach(self, side: Side, tick: Tick) -> Decimal:
        """The touch, or the price of a trade that went further."""
        prices = [each.price for each in _trades(side, tick)]
        best = min if side is Side.BUY else max
        return best([self.of.reach(side, tick), *prices])

    def make(self, side: Side, limit: Decimal, wanted: Decimal, meeting: Meeting) -> tuple[Execution, ...]:
        """One execution at the order's own limit: of the trades what comes to it, then what the other model gives."""
        tick = meeting.tick
        if tick.is_of_candle:
            return self.of.make(side, limit, wanted, meeting)
        there = multiply(self._left_by_the_queue(side, limit, meeting), self.share)
        left = max(ZERO, subtract(there, meeting.taken.traded))
        got = min(wanted, floor_to_step(left, meeting.step_size))
        more: tuple[Execution, ...] = ()
        if self.share == 1 and got < wanted and reaches(side, limit, self.of.touch(side, tick)):
            more = self.of.make(side, limit, subtract(wanted, got), meeting)
        quantity = total([got, *(each.quantity for each in more)])
        if not quantity:
            return ()
        levels = tuple(level for each in more for level in each.levels)
        return (Execution(limit, quantity, Liquidity.MAKER, levels, got),)

    def ahead(self, side: Side, limit: Decimal, meeting: Meeting, *, joins: bool) -> Decimal | None:
        """What stands before an order at `limit` after a tick (base asset); with `joins`, before one that comes to rest
        there now: all that the tick shows. None while that is not known."""
        if not self.queues:
            return None
        shown = _standing(side, limit, meeting.tick)
        if joins:
            return shown
        traded = _split(side, limit, meeting)
        # A locked market shows a size at the limit on both sides: whoever stands there has come since.
        if traded.beyond or reaches(side, limit, self.of.touch(side, meeting.tick)):
            return ZERO
        if meeting.ahead is None:
            return shown
        left = max(ZERO, subtract(meeting.ahead, add(traded.before, traded.at)))
        return left if shown is None else min(left, shown)

    def _left_by_the_queue(self, side: Side, limit: Decimal, meeting: Meeting) -> Decimal:
        """What traded at the limit or beyond it and was not for those who stood before."""
        traded, ahead = _split(side, limit, meeting), meeting.ahead
        if not self.queues:
            return add(traded.beyond, traded.at)
        if ahead is None:
            return traded.beyond  # that would all have met the order first
        ahead = max(ZERO, subtract(ahead, traded.before))
        return add(traded.beyond, max(ZERO, subtract(traded.at, ahead)))


class _Split(NamedTuple):
    """What traded on one side of a tick, in the base asset: at an order's limit before it was there, and then, and
    beyond the limit then."""

    before: Decimal
    at: Decimal
    beyond: Decimal


def _split(side: Side, limit: Decimal, meeting: Meeting) -> _Split:
    trades = [each for each in _trades(side, meeting.tick) if reaches(side, limit, each.price)]
    later = [each for each in trades if each.timestamp > meeting.since]
    return _Split(
        total(each.quantity for each in trades if each.price == limit and each.timestamp <= meeting.since),
        total(each.quantity for each in later if each.price == limit),
        total(each.quantity for each in later if each.price != limit),
    )


def _trades(side: Side, tick: Tick) -> list[PublicTrade]:
    """The trades of a tick that resting orders on `side` were filled by."""
    return [each for each in tick.trades if each.buyer_is_maker is (side is Side.BUY)]


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
