"""The fill model that walks the book of a tick, and what each account has taken of that book."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from .amounts import ZERO, add, floor_to_step, subtract, total
from .fills import Liquidity
from .models import Consumed, Consumption, Execution, FillModel, Level, Meeting, TouchModel, reaches
from .orders import Side
from .quotes import Tick

DEFAULT_LEVELS, MOST_LEVELS = 20, 100
"""Of each side of a book that an order walks: unless it is said, and at most."""

MOST_REMEMBERED = 200
"""Prices at which it is remembered what an account took: those nearest to the touch. What is further away has long left
the levels that a tick shows."""

_WITHOUT_BOOK = TouchModel(sized=True)


def still_consumed(consumption: Consumption, shown: Sequence[Level], side: Side) -> dict[Decimal, Consumed]:
    """What is still taken of the levels now `shown`, best first, to an order on `side`.

    A level that lost quantity lost first what the account had taken: that stood at the front of its queue. One that
    gained quantity has so much more to take. One that is gone took what was taken with it, and is new when it comes
    back. What lies beyond the last level shown nobody knows: it stays as it was. So a level never gives more than it
    showed at first, and every increase since.
    """
    found: dict[Decimal, Consumed] = {}
    quantities = dict(shown)
    for price, taken in consumption.items():
        quantity = quantities.get(price)
        if quantity is not None:
            lost = max(ZERO, subtract(taken.shown, quantity))
            if lost < taken.quantity:
                found[price] = Consumed(subtract(taken.quantity, lost), quantity)
        elif not shown or (price != shown[-1][0] and reaches(side, price, shown[-1][0])):
            found[price] = taken
    return found


@dataclass(frozen=True)
class DepthModel(FillModel):
    """Take the book level by level; rest at the limit, and fill when the opposite side reaches it, for no more than
    stands there. What an account took stays taken until the book renews it (still_consumed). A tick without a book
    gives what `touch-size` gives, and its fills say so."""

    levels: int = DEFAULT_LEVELS

    @property
    def name(self) -> str:
        """`depth`; `depth+levels=50` unless it walks as many as it does by default."""
        return "depth" if self.levels == DEFAULT_LEVELS else f"depth+levels={self.levels}"

    @property
    def limits_size(self) -> bool:
        """True: where there is no book the touch limits."""
        return True

    @property
    def reads_book(self) -> bool:
        """True."""
        return True

    @property
    def most_executions(self) -> int:
        """One for each level."""
        return self.levels

    def touch(self, side: Side, tick: Tick) -> Decimal:
        """The best level; the quote's price where the tick has no book, or nothing on that side of it."""
        shown = self._shown(side, tick)
        return shown[0][0] if shown else _WITHOUT_BOOK.touch(side, tick)

    def take(self, side: Side, limit: Decimal | None, wanted: Decimal, meeting: Meeting) -> tuple[Execution, ...]:
        """One execution for each level within `limit` that has something left."""
        if meeting.tick.book is None:
            return _WITHOUT_BOOK.take(side, limit, wanted, meeting)
        return tuple(
            Execution(price, quantity, Liquidity.TAKER, ((price, quantity),))
            for price, quantity in self._walk(side, limit, wanted, meeting)
        )

    def make(self, side: Side, limit: Decimal, wanted: Decimal, meeting: Meeting) -> tuple[Execution, ...]:
        """The order's own limit, for what stands there and beyond on the opposite side."""
        if meeting.tick.book is None:
            return _WITHOUT_BOOK.make(side, limit, wanted, meeting)
        levels = tuple(self._walk(side, limit, wanted, meeting))
        quantity = total(quantity for _, quantity in levels)
        return (Execution(limit, quantity, Liquidity.MAKER, levels),) if levels else ()

    def consumed(self, side: Side, executions: Sequence[Execution], meeting: Meeting) -> Consumption | None:
        """What the account has taken of the book after these executions; None without a book."""
        if meeting.tick.book is None:
            return None
        shown = self._shown(side, meeting.tick)
        found, quantities = still_consumed(meeting.consumed, shown, side), dict(shown)
        for price, quantity in (level for execution in executions for level in execution.levels):
            before = found.get(price)
            found[price] = Consumed(add(before.quantity, quantity) if before else quantity, quantities[price])
        nearest = sorted(found, reverse=side is Side.SELL)[:MOST_REMEMBERED]
        return {price: found[price] for price in nearest}

    def could_give(self, side: Side, price: Decimal, tick: Tick) -> bool:
        """The price of one of the levels; the touch where there is no book."""
        if tick.book is None:
            return _WITHOUT_BOOK.could_give(side, price, tick)
        return any(price == level for level, _ in self._shown(side, tick))

    def _shown(self, side: Side, tick: Tick) -> Sequence[Level]:
        return tick.book.opposite(side)[: self.levels] if tick.book else ()

    def _walk(self, side: Side, limit: Decimal | None, wanted: Decimal, meeting: Meeting) -> list[Level]:
        shown = self._shown(side, meeting.tick)
        taken = still_consumed(meeting.consumed, shown, side)
        found: list[Level] = []
        for price, quantity in shown:
            if not wanted or (limit is not None and not reaches(side, limit, price)):
                break
            before = taken.get(price)
            left = floor_to_step(subtract(quantity, before.quantity) if before else quantity, meeting.step_size)
            got = min(wanted, left)
            if got:
                found.append((price, got))
                wanted = subtract(wanted, got)
        return found
