"""What an order meets: the fill model, the fee, and the engine's configuration."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from .amounts import floor_to_step, multiply, round_up, subtract
from .errors import BadRequest
from .fills import Liquidity
from .orders import Side
from .quotes import Quote, Tick


@dataclass(frozen=True, slots=True)
class Execution:
    """A fill a model offers: price in the quote asset, quantity in the base asset."""

    price: Decimal
    quantity: Decimal
    liquidity: Liquidity


@dataclass(frozen=True, slots=True)
class Meeting:
    """One order before one tick. `taken` (base asset) is what its account took from its side of this tick before;
    `step_size` and `tick_size` are the market's: what a model offers is a multiple of them."""

    order_id: int
    tick: Tick
    taken: Decimal
    step_size: Decimal
    tick_size: Decimal

    @property
    def quote(self) -> Quote:
        """What the tick shows."""
        return self.tick.quote


class FillModel(Protocol):
    """How much of an order fills when it meets a tick, and at which prices. Pure: no state, no clock, no chance.

    `wanted` is in the base asset. The executions come in the order in which they happen, each at another price or of
    another kind, never more than `wanted` in all; none when nothing fills.
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
    def most_executions(self) -> int:
        """How many an order gets from one tick at most: so many trade ids are set aside for it."""
        ...

    def take(self, side: Side, limit: Decimal | None, wanted: Decimal, meeting: Meeting) -> tuple[Execution, ...]:
        """What an arriving order takes. `limit` is None for a market order."""
        ...

    def make(self, side: Side, limit: Decimal, wanted: Decimal, meeting: Meeting) -> tuple[Execution, ...]:
        """What a resting order gets when the opposite touch reaches it."""
        ...


@dataclass(frozen=True, slots=True)
class TouchModel:
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

    @property
    def most_executions(self) -> int:
        """One: there is one price."""
        return 1

    def take(self, side: Side, limit: Decimal | None, wanted: Decimal, meeting: Meeting) -> tuple[Execution, ...]:
        """The ask for a buy, the bid for a sell, when it is no worse than `limit`."""
        if limit is not None and not crosses(side, limit, meeting.quote):
            return ()
        return self._at(touch(side, meeting.quote), Liquidity.TAKER, side, wanted, meeting)

    def make(self, side: Side, limit: Decimal, wanted: Decimal, meeting: Meeting) -> tuple[Execution, ...]:
        """The order's own limit, when the opposite touch has reached it."""
        return self._at(limit, Liquidity.MAKER, side, wanted, meeting) if crosses(side, limit, meeting.quote) else ()

    def _at(
        self, price: Decimal, liquidity: Liquidity, side: Side, wanted: Decimal, meeting: Meeting
    ) -> tuple[Execution, ...]:
        quantity, size = wanted, meeting.quote.ask_size if side is Side.BUY else meeting.quote.bid_size
        if self.sized and size is not None:
            left = subtract(size, meeting.taken)
            if left <= 0:
                return ()
            quantity = wanted if wanted <= left else floor_to_step(left, meeting.step_size)
        return (Execution(price, quantity, liquidity),) if quantity else ()


def touch(side: Side, quote: Quote) -> Decimal:
    """The price an order on `side` takes: the ask for a buy, the bid for a sell."""
    return quote.ask if side is Side.BUY else quote.bid


def crosses(side: Side, limit: Decimal, quote: Quote) -> bool:
    """Whether a limit price reaches the opposite touch."""
    return limit >= quote.ask if side is Side.BUY else limit <= quote.bid


def fill_model(name: str) -> FillModel:
    """The fill model a configuration word names. Raises BadRequest for an unknown one."""
    models: dict[str, FillModel] = {"touch": TouchModel(), "touch-size": TouchModel(sized=True)}
    try:
        return models[name]
    except KeyError:
        raise BadRequest(f"unknown fill model {name!r}; one of: {', '.join(models)}") from None


def commission(received: Decimal, rate: Decimal, scale: int) -> Decimal:
    """The fee on `received`, in the same asset, rounded up to the asset's scale (so that the credit rounds down).

    Charged in the asset received, as Binance does without a fee asset (Binance Academy, "trading fees").
    """
    return round_up(multiply(received, rate), scale)


@dataclass(frozen=True, slots=True)
class Engine:
    """How this venue behaves. `stale_after` is in ms."""

    model: FillModel = field(default_factory=TouchModel)
    stale_after: int = 60_000
