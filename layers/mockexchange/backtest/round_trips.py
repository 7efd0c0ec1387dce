"""The round trips of a run. See domain/round_trips.py for what one is."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from ..domain.amounts import ZERO, multiply
from ..domain.fills import Fill
from ..domain.ledger import LedgerEntry, LedgerKind
from ..domain.round_trips import Purchases, RoundTrips, ValueOf, in_order
from .run_record import RunRecord

if TYPE_CHECKING:
    from .equity_curve import Rates


def valued(rates: Rates) -> ValueOf:
    """What amounts were worth in the run's quote asset. One of that asset itself stays as it is."""

    def value_of(amount: Decimal, asset: str, moment: int) -> Decimal | None:
        price = rates.at(asset, moment)
        return None if price is None else amount if price == 1 else multiply(amount, Decimal(repr(price)))

    return value_of


def round_trips(record: RunRecord, rates: Rates) -> RoundTrips:
    """What came of every purchase. Fills of one order are one; a sale of what several orders had bought is several."""
    trips, value_of, end = RoundTrips(), valued(rates), int(rates.times[-1])
    for asset in sorted({symbol.split("/")[0] for symbol in record.symbols} - {record.quote_asset}):
        purchases = Purchases(asset, value_of)
        if first := record.first_balances.get(asset):
            purchases.arrives(first, record.began)
        for moment, event in _events(asset, record):
            purchases.then(moment, event)
        trips.closed += purchases.closed
        if purchases.uncovered:
            trips.uncovered.add(asset)
        if position := purchases.left(partial(_worth, value_of, asset, end)):
            trips.open.append(position)
    trips.closed = in_order(trips.closed)
    return trips


def _worth(value_of: ValueOf, asset: str, moment: int, quantity: Decimal) -> Decimal:
    return value_of(quantity, asset, moment) or ZERO


def _events(asset: str, record: RunRecord) -> Iterator[tuple[int, Fill | LedgerEntry]]:
    """An asset's fills, and what else came and went of it, in time."""
    fills = [fill for fill in record.fills if fill.symbol.startswith(f"{asset}/")]
    own = {fill.trade_id for fill in fills}
    others = [
        entry
        for entry in record.changes
        if entry.asset == asset
        and entry.amount
        and (entry.kind in (LedgerKind.DEPOSIT, LedgerKind.WITHDRAWAL) or entry.reference not in own)
    ]
    yield from sorted([(each.timestamp, each) for each in (*fills, *others)], key=lambda pair: pair[0])
