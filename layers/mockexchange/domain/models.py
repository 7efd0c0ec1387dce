"""What an order meets: the fill model, and the engine's configuration."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from .amounts import floor_to_step, subtract
from .errors import BadRequest
from .fees import FeeSchedule
from .fills import Liquidity
from .orders import Side
from .quotes import Quote


@dataclass(frozen=True, slots=True)
class Execution:
    """A fill a model offers: price in the quote asset, quantity in the base asset."""

    price: Decimal
    quantity: Decimal
    liquidity: Liquidity


class FillModel(Protocol):
    """How much of an order fills against one quote, and at which price. Pure: no state, no clock, no chance.

    `wanted` is in the base asset, `taken` is what this account took from this side of this tick before, `step` is the
    market's step size; what is offered is a multiple of it.
    """

    @property
    def name(self) -> str:
        """The word that configures it, recorded with every fill."""
        ...

    @property
    def limits_size(self) -> bool:
        """Whether what was taken from a tick matters to the next order that meets it."""
        ...

    def take(
        self, side: Side, limit: Decimal | None, wanted: Decimal, quote: Quote, taken: Decimal, step: Decimal
    ) -> Execution | None:
        """What an arriving order takes. `limit` is None for a market order."""
        ...

    def make(
        self, side: Side, limit: Decimal, wanted: Decimal, quote: Quote, taken: Decimal, step: Decimal
    ) -> Execution | None:
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

    def _offered(self, size: Decimal | None, wanted: Decimal, taken: Decimal, step: Decimal) -> Decimal:
        if not self.sized or size is None:
            return wanted
        left = subtract(size, taken)
        return wanted if wanted <= left else floor_to_step(left, step) if left > 0 else Decimal(0)

    def take(
        self, side: Side, limit: Decimal | None, wanted: Decimal, quote: Quote, taken: Decimal, step: Decimal
    ) -> Execution | None:
        """The ask for a buy, the bid for a sell, when it is no worse than `limit`."""
        price = touch(side, quote)
        if limit is not None and not crosses(side, limit, quote):
            return None
        quantity = self._offered(quote.ask_size if side is Side.BUY else quote.bid_size, wanted, taken, step)
        return Execution(price, quantity, Liquidity.TAKER) if quantity else None

    def make(
        self, side: Side, limit: Decimal, wanted: Decimal, quote: Quote, taken: Decimal, step: Decimal
    ) -> Execution | None:
        """The order's own limit, when the opposite touch has reached it."""
        if not crosses(side, limit, quote):
            return None
        quantity = self._offered(quote.ask_size if side is Side.BUY else quote.bid_size, wanted, taken, step)
        return Execution(limit, quantity, Liquidity.MAKER) if quantity else None


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


@dataclass(frozen=True, slots=True)
class Engine:
    """How this venue behaves. `stale_after` is in ms."""

    model: FillModel = field(default_factory=TouchModel)
    stale_after: int = 60_000
    fees: FeeSchedule = field(default_factory=FeeSchedule)
