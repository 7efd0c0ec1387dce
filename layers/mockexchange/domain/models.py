"""What an order meets: the fill model, and the engine's configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple, Protocol

from .amounts import ZERO, floor_to_step, subtract, total
from .fees import FeeSchedule
from .fills import Liquidity
from .orders import Side
from .quotes import Level, Tick


@dataclass(frozen=True, slots=True)
class Execution:
    """A fill a model offers: price in the quote asset, quantity in the base asset. `levels` is what it takes of each
    level of the book, where the model reads one; `traded` how much of it others traded."""

    price: Decimal
    quantity: Decimal
    liquidity: Liquidity
    levels: tuple[Level, ...] = ()
    traded: Decimal = ZERO

    @property
    def shown(self) -> Decimal:
        """How much of it is of the size that the quote shows."""
        in_book = total(quantity for _, quantity in self.levels)
        return subtract(subtract(self.quantity, in_book), self.traded)

    def cut(self, quantity: Decimal) -> Execution:
        """No more than the first `quantity` of it."""
        levels: list[Level] = []
        left = quantity
        for price, there in self.levels:
            if left:
                levels.append((price, min(left, there)))
                left = subtract(left, min(left, there))
        return replace(self, quantity=quantity, levels=tuple(levels))


class Taken(NamedTuple):
    """What an account took of one side of one tick, in the base asset: `shown` of the sizes of its quote, `traded` of
    what others traded."""

    shown: Decimal = ZERO
    traded: Decimal = ZERO

    def and_of(self, executions: Sequence[Execution]) -> Taken:
        """The same, after some more."""
        return Taken(
            total([self.shown, *(each.shown for each in executions)]),
            total([self.traded, *(each.traded for each in executions)]),
        )


NONE_TAKEN = Taken()


@dataclass(frozen=True, slots=True)
class Consumed:
    """What an account took at one price of the book: `quantity` of the `shown` that stood there when it was looked at
    last; base asset."""

    quantity: Decimal
    shown: Decimal


Consumption = Mapping[Decimal, Consumed]
"""What an account took of one side of a book, by price."""

NOTHING: Consumption = MappingProxyType({})

NO_BOOK = "+no-book"
"""Stands behind the name of a model that reads books, in a fill from a tick without one."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """One order before one tick. `taken` is what its account took from its side of this tick before,
    `consumed` what it took of the book; `step_size` and `tick_size` are the market's: what a model offers is a multiple
    of them. `ahead` (base asset) is what stands before it at its price, None where nobody knows, or keeps that;
    what traded up to `since` (ms) was before it was there."""

    order_id: int
    tick: Tick
    taken: Taken
    step_size: Decimal
    tick_size: Decimal
    consumed: Consumption = field(default_factory=dict[Decimal, Consumed])
    ahead: Decimal | None = None
    since: int = 0


class FillModel(Protocol):
    """How much of an order fills when it meets a tick, and at which prices. Pure: no state, no clock, no chance.

    `wanted` is in the base asset. The executions come in the order in which they happen, each at another price or of
    another kind, never more than `wanted` in all; none when nothing fills. Who wants less gets the first of them.
    """

    @property
    def name(self) -> str:
        """The word that configures it, recorded with every fill."""
        ...

    @property
    def limits_size(self) -> bool:
        """Whether what was taken from a tick matters to the next order that meets it."""
        ...

    @property
    def reads_book(self) -> bool:
        """Whether it fills from the book of a tick: then that counts, and not what was taken from the tick."""
        return False

    @property
    def reads_tape(self) -> bool:
        """Whether resting orders fill from a tick's trades, too: what was taken of those counts beside the book."""
        return False

    @property
    def most_executions(self) -> int:
        """How many an order gets from one tick at most: so many trade ids are set aside for it."""
        return 1

    def touch(self, side: Side, tick: Tick) -> Decimal:
        """The price that an order on `side` is met with, and that a limit has to reach."""
        ...

    def reach(self, side: Side, tick: Tick) -> Decimal:
        """How far a tick came to resting orders on `side`: whose limit it did not reach, it does not change."""
        return self.touch(side, tick)

    def take(self, side: Side, limit: Decimal | None, wanted: Decimal, meeting: Meeting) -> tuple[Execution, ...]:
        """What an arriving order takes. `limit` is None for a market order."""
        ...

    def make(self, side: Side, limit: Decimal, wanted: Decimal, meeting: Meeting) -> tuple[Execution, ...]:
        """What a resting order gets from a tick that reaches it."""
        ...

    def ahead(self, side: Side, limit: Decimal, meeting: Meeting, *, joins: bool) -> Decimal | None:
        """What stands before an order at its limit after a tick (base asset); with `joins`, before one that comes to
        rest there now. None where nobody knows, or keeps that."""
        del side, limit, meeting, joins
        return None

    def consumed(self, side: Side, executions: Sequence[Execution], meeting: Meeting) -> Consumption | None:
        """What the account has taken of the book after these executions; None when they are from no book."""
        del side, executions, meeting
        return None

    def could_give(self, side: Side, price: Decimal, tick: Tick) -> bool:
        """Whether a taker can have had that price from a tick: what an audit asks."""
        ...


@dataclass(frozen=True)
class Over(FillModel):
    """What changes something about another model, and leaves the rest as it is."""

    of: FillModel

    @property
    def limits_size(self) -> bool:
        """As the other model."""
        return self.of.limits_size

    @property
    def reads_book(self) -> bool:
        """As the other model."""
        return self.of.reads_book

    @property
    def reads_tape(self) -> bool:
        """As the other model."""
        return self.of.reads_tape

    @property
    def most_executions(self) -> int:
        """As the other model."""
        return self.of.most_executions

    def touch(self, side: Side, tick: Tick) -> Decimal:
        """As the other model."""
        return self.of.touch(side, tick)

    def reach(self, side: Side, tick: Tick) -> Decimal:
        """As the other model."""
        return self.of.reach(side, tick)

    def take(self, side: Side, limit: Decimal | None, wanted: Decimal, meeting: Meeting) -> tuple[Execution, ...]:
        """As the other model."""
        return self.of.take(side, limit, wanted, meeting)

    def make(self, side: Side, limit: Decimal, wanted: Decimal, meeting: Meeting) -> tuple[Execution, ...]:
        """As the other model."""
        return self.of.make(side, limit, wanted, meeting)

    def ahead(self, side: Side, limit: Decimal, meeting: Meeting, *, joins: bool) -> Decimal | None:
        """As the other model."""
        return self.of.ahead(side, limit, meeting, joins=joins)

    def consumed(self, side: Side, executions: Sequence[Execution], meeting: Meeting) -> Consumption | None:
        """As the other model."""
        return self.of.consumed(side, executions, meeting)

    def could_give(self, side: Side, price: Decimal, tick: Tick) -> bool:
        """As the other model."""
        return self.of.could_give(side, price, tick)


@dataclass(frozen=True)
class TouchModel(FillModel):
    """Take the touch; rest at the limit and fill when the opposite touch reaches it.

    `sized` limits each account to the size the touch shows, per tick and side; an unknown size does not limit.
    """

    sized: bool = False

    @property
    def name(self) -> str:
        """`touch`, or `touch-size` when sizes limit."""
        return "touch-size" if self.sized else "touch"

    @property
    def limits_size(self) -> bool:
        """True for `touch-size`."""
        return self.sized

    def touch(self, side: Side, tick: Tick) -> Decimal:
        """The ask for a buy, the bid for a sell."""
        return tick.quote.ask if side is Side.BUY else tick.quote.bid

    def take(self, side: Side, limit: Decimal | None, wanted: Decimal, meeting: Meeting) -> tuple[Execution, ...]:
        """The touch, when it is no worse than `limit`."""
        price = self.touch(side, meeting.tick)
        reached = limit is None or reaches(side, limit, price)
        return self._at(price, Liquidity.TAKER, side, wanted, meeting) if reached else ()

    def make(self, side: Side, limit: Decimal, wanted: Decimal, meeting: Meeting) -> tuple[Execution, ...]:
        """The order's own limit, when the opposite touch has reached it."""
        reached = reaches(side, limit, self.touch(side, meeting.tick))
        return self._at(limit, Liquidity.MAKER, side, wanted, meeting) if reached else ()

    def could_give(self, side: Side, price: Decimal, tick: Tick) -> bool:
        """The touch and no other."""
        return price == self.touch(side, tick)

    def _at(
        self, price: Decimal, liquidity: Liquidity, side: Side, wanted: Decimal, meeting: Meeting
    ) -> tuple[Execution, ...]:
        quote, quantity = meeting.tick.quote, wanted
        size = quote.ask_size if side is Side.BUY else quote.bid_size
        if self.sized and size is not None:
            left = subtract(size, meeting.taken.shown)
            if left <= 0:
                return ()
            quantity = wanted if wanted <= left else floor_to_step(left, meeting.step_size)
        return (Execution(price, quantity, liquidity),) if quantity else ()


def reaches(side: Side, limit: Decimal, price: Decimal) -> bool:
    """Whether `price` is no worse than the limit of an order on `side`."""
    return price <= limit if side is Side.BUY else price >= limit


MOST_LATENCY = 60_000
"""For how long (ms) an order can be on its way."""


@dataclass(frozen=True, slots=True)
class Engine:
    """How this venue behaves. `stale_after` is in ms; `latency` (ms) is how long a new order is on its way: it meets no
    tick of before it arrives."""

    model: FillModel = field(default_factory=TouchModel)
    stale_after: int = 60_000
    fees: FeeSchedule = field(default_factory=FeeSchedule)
    latency: int = 0
