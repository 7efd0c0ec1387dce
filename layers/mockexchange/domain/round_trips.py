"""Purchases and the sales that end them, first in, first out; exact. Pure.

Back-tests and the API's overview both count so; they differ in where events and prices come from.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from .amounts import ZERO, add, divide, multiply, subtract, total
from .fills import Fill
from .ledger import LedgerEntry
from .orders import Side

ValueOf = Callable[[Decimal, str, int], Decimal | None]
"""What an amount of an asset was worth at a moment (venue ms), in the quote asset that everything is valued in; None
for an asset that has no price. An amount of that quote asset stays as it is."""

_LEFTOVER = Decimal("0.01")
"""A part of a sale that is smaller, as a share of its largest part, is no round trip: it is what lot sizes and fees
left over when something was sold before."""


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """What one order sold of what another had bought.

    `quantity` is in the base asset; `cost` is what was paid for it and `proceeds` what came of it, in the quote
    asset, both after fees, which `fees` has of both. `symbol` is where it was sold. `entry_order` is None for what the
    account began with, got as a deposit, or as the quote asset of another market: it counts as bought then, at the
    market's price, without a fee. What paid a fee, left by withdrawal, or bought in another market ends no round trip.
    """

    symbol: str
    entry_order: int | None
    exit_order: int
    entered: int
    exited: int
    quantity: Decimal
    cost: Decimal
    proceeds: Decimal
    fees: Decimal

    @property
    def profit(self) -> Decimal:
        """In the quote asset, after fees."""
        return subtract(self.proceeds, self.cost)

    @property
    def entry_price(self) -> Decimal:
        """The mean, with fees, for people to read."""
        return divide(self.cost, self.quantity, 8)

    @property
    def exit_price(self) -> Decimal:
        """The mean, with fees, for people to read."""
        return divide(self.proceeds, self.quantity, 8)

    @property
    def gain(self) -> float | None:
        """The profit as a fraction of the cost."""
        return float(self.profit) / float(self.cost) if self.cost > 0 else None

    @property
    def duration(self) -> int:
        """Milliseconds."""
        return self.exited - self.entered


@dataclass(frozen=True, slots=True)
class Position:
    """What is left of one coin, and what was paid for it; `value` is what it was worth in the end. Both in the run's
    quote asset."""

    asset: str
    quantity: Decimal
    cost: Decimal
    value: Decimal

    @property
    def profit(self) -> Decimal:
        """Not realized, before the fee of a sale."""
        return subtract(self.value, self.cost)


@dataclass(slots=True)
class _Lot:
    order: int | None
    entered: int
    quantity: Decimal
    cost: Decimal
    fees: Decimal = ZERO

    def take(self, quantity: Decimal) -> _Lot:
        """Split off a part. Its share of the cost is rounded once, and the rest stays: no part of it is lost."""
        if quantity == self.quantity:
            return _Lot(self.order, self.entered, quantity, self.cost, self.fees)
        cost = divide(multiply(self.cost, quantity), self.quantity)
        fees = divide(multiply(self.fees, quantity), self.quantity) if self.fees else ZERO
        self.quantity, self.cost = subtract(self.quantity, quantity), subtract(self.cost, cost)
        self.fees = subtract(self.fees, fees)
        return _Lot(self.order, self.entered, quantity, cost, fees)


@dataclass(slots=True)
class _Closing:
    """A round trip that may still grow: fills of one order end it one by one."""

    symbol: str
    entry_order: int | None
    exit_order: int
    entered: int
    exited: int
    quantity: Decimal
    cost: Decimal
    proceeds: Decimal
    fees: Decimal

    def done(self) -> RoundTrip:
        """As it stands."""
        return RoundTrip(
            self.symbol,
            self.entry_order,
            self.exit_order,
            self.entered,
            self.exited,
            self.quantity,
            self.cost,
            self.proceeds,
            self.fees,
        )


@dataclass
class RoundTrips:
    """Everything that was bought and sold. `uncovered` are the coins of which more was sold than there was: those sales
    are in no round trip."""

    closed: list[RoundTrip] = field(default_factory=list[RoundTrip])
    open: list[Position] = field(default_factory=list[Position])
    uncovered: set[str] = field(default_factory=set[str])


def fee_worth(fill: Fill, value_of: ValueOf) -> Decimal | None:
    """What a fill's commission was worth in the quote asset: at the fill's price, or at that of the fee asset. None
    where that has none."""
    base, quote = fill.symbol.split("/")
    if not fill.commission or fill.commission_asset == quote:
        amount = fill.commission
    elif fill.commission_asset == base:
        amount = multiply(fill.commission, fill.price)
    elif fill.fee_price is not None:
        amount = multiply(fill.commission, fill.fee_price)
    else:
        return value_of(fill.commission, fill.commission_asset, fill.timestamp)
    return value_of(amount, quote, fill.timestamp)


def _without_leftovers(trips: list[RoundTrip]) -> list[RoundTrip]:
    """The round trips of one sale; what was left over from another purchase is part of the largest."""
    largest = max(trips, key=lambda trip: trip.quantity)
    least = multiply(largest.quantity, _LEFTOVER)
    kept = [trip for trip in trips if trip is not largest and trip.quantity >= least]
    for trip in trips:
        if trip.quantity < least:
            largest = replace(
                largest,
                quantity=add(largest.quantity, trip.quantity),
                cost=add(largest.cost, trip.cost),
                proceeds=add(largest.proceeds, trip.proceeds),
                fees=add(largest.fees, trip.fees),
            )
    return [*kept, largest]


class Purchases:
    """One coin: what was bought of it waits here to be sold, whatever the market. It is told everything that happens to
    the coin, oldest first."""

    def __init__(self, asset: str, value_of: ValueOf) -> None:
        """`value_of` may be changed between two events."""
        self.asset, self.value_of = asset, value_of
        self.uncovered = False
        self._lots: deque[_Lot] = deque()
        self._closed: dict[tuple[int | None, int, int | None], _Closing] = {}

    def then(self, moment: int, event: Fill | LedgerEntry) -> None:
        """What happened next: a fill in one of the coin's own markets, or another change of what there is of it."""
        if isinstance(event, LedgerEntry):
            if event.amount > 0:
                self.arrives(event.amount, moment)
            else:
                self._leaves(event.amount.copy_negate())
        else:
            self.trades(event, fee_worth(event, self.value_of))

    def trades(self, fill: Fill, fee: Decimal | None) -> None:
        """A fill in one of the coin's own markets is what happened next; `fee` is its fee_worth."""
        if fill.side is Side.BUY:
            self._buys(fill, fee or ZERO)
        else:
            self._sells(fill, fee or ZERO)

    def arrives(self, quantity: Decimal, moment: int) -> None:
        """Some came without an order."""
        self._lots.append(_Lot(None, moment, quantity, self._worth(quantity, self.asset, moment)))

    @property
    def closed(self) -> Iterator[RoundTrip]:
        """The round trips that ended."""
        of_orders: dict[int, list[RoundTrip]] = {}
        for trip in self._closed.values():
            of_orders.setdefault(trip.exit_order, []).append(trip.done())
        return (trip for of_order in of_orders.values() for trip in _without_leftovers(of_order))

    def left(self, worth: Callable[[Decimal], Decimal]) -> Position | None:
        """What was not sold, valued by `worth`; None: nothing."""
        if not self._lots:
            return None
        quantity = total(lot.quantity for lot in self._lots)
        return Position(self.asset, quantity, total(lot.cost for lot in self._lots), worth(quantity))

    def _worth(self, amount: Decimal, asset: str, moment: int) -> Decimal:
        return self.value_of(amount, asset, moment) or ZERO

    def _leaves(self, quantity: Decimal) -> None:
        list(self._taken(quantity))

    def _buys(self, fill: Fill, fee: Decimal) -> None:
        in_base = fill.commission_asset == self.asset
        quantity = subtract(fill.quantity, fill.commission) if in_base else fill.quantity
        paid = self._worth(fill.quote_quantity, fill.symbol.split("/")[1], fill.timestamp)
        if quantity > 0:
            self._lots.append(_Lot(fill.order_id, fill.timestamp, quantity, paid if in_base else add(paid, fee), fee))

    def _sells(self, fill: Fill, fee: Decimal) -> None:
        got = self._worth(fill.quote_quantity, fill.symbol.split("/")[1], fill.timestamp)
        sale = _Lot(fill.order_id, fill.timestamp, fill.quantity, subtract(got, fee), fee)
        if fill.commission_asset == self.asset:
            self._leaves(fill.commission)
        for lot in self._taken(fill.quantity):
            self._close(lot, sale.take(lot.quantity), fill.symbol)

    def _taken(self, quantity: Decimal) -> Iterator[_Lot]:
        """The oldest of what there is, up to `quantity`."""
        while quantity and self._lots:
            whole = self._lots[0].quantity <= quantity
            lot = self._lots.popleft() if whole else self._lots[0].take(quantity)
            quantity = subtract(quantity, lot.quantity)
            yield lot
        self.uncovered = self.uncovered or bool(quantity)

    def _close(self, lot: _Lot, sale: _Lot, symbol: str) -> None:
        assert sale.order is not None, "a sale is an order's"
        # what came without an order is told apart by when it came
        key = (lot.order, sale.order, lot.entered if lot.order is None else None)
        trip = self._closed.get(key)
        if trip is None:
            self._closed[key] = _Closing(
                symbol,
                lot.order,
                sale.order,
                lot.entered,
                sale.entered,
                lot.quantity,
                lot.cost,
                sale.cost,
                add(lot.fees, sale.fees),
            )
            return
        trip.symbol, trip.exited = symbol, sale.entered
        trip.quantity, trip.cost = add(trip.quantity, lot.quantity), add(trip.cost, lot.cost)
        trip.proceeds = add(trip.proceeds, sale.cost)
        trip.fees = add(trip.fees, add(lot.fees, sale.fees))


def in_order(trips: Iterable[RoundTrip]) -> list[RoundTrip]:
    """Round trips by when they ended."""
    return sorted(trips, key=lambda trip: (trip.exited, trip.entered))
