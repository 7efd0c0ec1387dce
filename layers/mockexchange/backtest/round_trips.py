"""Purchases and the sales that end them, first in, first out; exact."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from ..domain.amounts import ZERO, add, divide, multiply, subtract, total
from ..domain.fills import Fill
from ..domain.ledger import LedgerEntry, LedgerKind
from ..domain.orders import Side
from .run_record import RunRecord

if TYPE_CHECKING:
    from .equity_curve import Rates


_LEFTOVER = Decimal("0.01")
"""A part of a sale that is smaller, as a share of its largest part, is no round trip: it is what lot sizes and fees
left over when something was sold before."""


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """What one order sold of what another had bought.

    `quantity` is in the base asset; `cost` is what was paid for it and `proceeds` what came of it, in the run's quote
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
        """In the run's quote asset, after fees."""
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
        fees = divide(multiply(self.fees, quantity), self.quantity)
        self.quantity, self.cost = subtract(self.quantity, quantity), subtract(self.cost, cost)
        self.fees = subtract(self.fees, fees)
        return _Lot(self.order, self.entered, quantity, cost, fees)


@dataclass
class RoundTrips:
    """Everything that was bought and sold. `uncovered` are the coins of which more was sold than there was: those sales
    are in no round trip."""

    closed: list[RoundTrip] = field(default_factory=list[RoundTrip])
    open: list[Position] = field(default_factory=list[Position])
    uncovered: set[str] = field(default_factory=set[str])


def fee_worth(fill: Fill, rates: Rates) -> Decimal | None:
    """What a fill's commission was worth in the run's quote asset: at the fill's price, or at that of the fee asset.
    None where that has none."""
    base, quote = fill.symbol.split("/")
    if not fill.commission or fill.commission_asset == quote:
        amount = fill.commission
    elif fill.commission_asset == base:
        amount = multiply(fill.commission, fill.price)
    elif fill.fee_price is not None:
        amount = multiply(fill.commission, fill.fee_price)
    else:
        return worth(fill.commission, fill.commission_asset, fill.timestamp, rates)
    return worth(amount, quote, fill.timestamp, rates)


def worth(amount: Decimal, asset: str, moment: int, rates: Rates) -> Decimal | None:
    """In the run's quote asset; None for one without a price. An amount of that asset itself stays as it is."""
    price = rates.at(asset, moment)
    return None if price is None else amount if price == 1 else multiply(amount, Decimal(repr(price)))


def round_trips(record: RunRecord, rates: Rates) -> RoundTrips:
    """What came of every purchase. Fills of one order are one; a sale of what several orders had bought is several."""
    trips = RoundTrips()
    for asset in sorted({symbol.split("/")[0] for symbol in record.symbols} - {record.quote_asset}):
        _OfAsset(asset, record, rates).into(trips)
    trips.closed.sort(key=lambda trip: (trip.exited, trip.entered))
    return trips


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


class _OfAsset:
    """One coin: what was bought of it waits here to be sold, whatever the market."""

    def __init__(self, asset: str, record: RunRecord, rates: Rates) -> None:
        self.asset, self.record, self.rates = asset, record, rates
        self.lots: deque[_Lot] = deque()
        self.closed: dict[tuple[int | None, int, int | None], RoundTrip] = {}
        self.uncovered = False

    def into(self, trips: RoundTrips) -> None:
        """Go through the run, and add what it says to `trips`."""
        if first := self.record.first_balances.get(self.asset):
            self._arrives(first, self.record.began)
        for moment, event in self._events():
            if isinstance(event, LedgerEntry):
                if event.amount > 0:
                    self._arrives(event.amount, moment)
                else:
                    self._leaves(event.amount.copy_negate())
            elif event.side is Side.BUY:
                self._buys(event)
            else:
                self._sells(event)
        of_orders: dict[int, list[RoundTrip]] = {}
        for trip in self.closed.values():
            of_orders.setdefault(trip.exit_order, []).append(trip)
        trips.closed += (trip for of_order in of_orders.values() for trip in _without_leftovers(of_order))
        if self.uncovered:
            trips.uncovered.add(self.asset)
        if self.lots:
            quantity = total(lot.quantity for lot in self.lots)
            value = self._worth(quantity, self.asset, int(self.rates.times[-1]))
            trips.open.append(Position(self.asset, quantity, total(lot.cost for lot in self.lots), value))

    def _events(self) -> Iterator[tuple[int, Fill | LedgerEntry]]:
        """Its fills, and what else came and went of it, in time."""
        fills = [fill for fill in self.record.fills if fill.symbol.startswith(f"{self.asset}/")]
        own = {fill.trade_id for fill in fills}
        others = [
            entry
            for entry in self.record.changes
            if entry.asset == self.asset
            and entry.amount
            and (entry.kind in (LedgerKind.DEPOSIT, LedgerKind.WITHDRAWAL) or entry.reference not in own)
        ]
        yield from sorted([(each.timestamp, each) for each in (*fills, *others)], key=lambda pair: pair[0])

    def _worth(self, amount: Decimal, asset: str, moment: int) -> Decimal:
        return worth(amount, asset, moment, self.rates) or ZERO

    def _arrives(self, quantity: Decimal, moment: int) -> None:
        self.lots.append(_Lot(None, moment, quantity, self._worth(quantity, self.asset, moment)))

    def _leaves(self, quantity: Decimal) -> None:
        list(self._taken(quantity))

    def _buys(self, fill: Fill) -> None:
        fee = fee_worth(fill, self.rates) or ZERO
        in_base = fill.commission_asset == self.asset
        quantity = subtract(fill.quantity, fill.commission) if in_base else fill.quantity
        paid = self._worth(fill.quote_quantity, fill.symbol.split("/")[1], fill.timestamp)
        if quantity > 0:
            self.lots.append(_Lot(fill.order_id, fill.timestamp, quantity, paid if in_base else add(paid, fee), fee))

    def _sells(self, fill: Fill) -> None:
        fee = fee_worth(fill, self.rates) or ZERO
        got = self._worth(fill.quote_quantity, fill.symbol.split("/")[1], fill.timestamp)
        sale = _Lot(fill.order_id, fill.timestamp, fill.quantity, subtract(got, fee), fee)
        if fill.commission_asset == self.asset:
            self._leaves(fill.commission)
        for lot in self._taken(fill.quantity):
            self._close(lot, sale.take(lot.quantity), fill.symbol)

    def _taken(self, quantity: Decimal) -> Iterator[_Lot]:
        """The oldest of what there is, up to `quantity`."""
        while quantity and self.lots:
            whole = self.lots[0].quantity <= quantity
            lot = self.lots.popleft() if whole else self.lots[0].take(quantity)
            quantity = subtract(quantity, lot.quantity)
            yield lot
        self.uncovered = self.uncovered or bool(quantity)

    def _close(self, lot: _Lot, sale: _Lot, symbol: str) -> None:
        assert sale.order is not None, "a sale is an order's"
        # what came without an order is told apart by when it came
        key = (lot.order, sale.order, lot.entered if lot.order is None else None)
        before = self.closed.get(key)
        self.closed[key] = RoundTrip(
            symbol=symbol,
            entry_order=lot.order,
            exit_order=sale.order,
            entered=before.entered if before else lot.entered,
            exited=sale.entered,
            quantity=add(before.quantity, lot.quantity) if before else lot.quantity,
            cost=add(before.cost, lot.cost) if before else lot.cost,
            proceeds=add(before.proceeds, sale.cost) if before else sale.cost,
            fees=total((lot.fees, sale.fees, before.fees if before else ZERO)),
        )
