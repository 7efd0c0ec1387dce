"""A venue in memory for what was recorded at another one: with the ids that things had there, for they are inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..domain.journal import Matched
from ..domain.transactions import OrderWrite, Transaction, Verdict
from ..ports import Backlog
from ..store.memory import MemoryStore
from .honesty import ALL
from .recorded import Recorded, placements

_OTHERS = 1_000_000_000_000
"""From here on count the ids of trades that did not happen there."""


class RecordedVenue(MemoryStore):
    """Gives orders, trades and ledger lines the ids that they had: orders are named by them later, and slippage is
    drawn by them. Ticks that nobody knows were not missed by its matcher: nothing happened on them. It meets those up
    to a number only: the newest may be there before it comes by."""

    def __init__(self, of: Recorded) -> None:
        super().__init__(ALL, levels=ALL)
        self.order_id = 0
        """That of the next order, the first of a list."""
        self.entry_id = 0
        """That of the next payment, the first of several."""
        self.until: dict[str, int] = {}
        self.has_a_clock = True
        """Whether a matcher ends orders whose time is up, without a tick."""
        self._trade_ids = _trade_ids_of(of)

    def next_id(self, sequence: str, count: int = 1) -> int:
        """See ports.Store.next_id."""
        match sequence:
            case "order":
                return self.order_id
            case "entry":
                return self.entry_id
            case _:
                return super().next_id(sequence, count) + _OTHERS

    def commit(self, transactions: Sequence[Transaction]) -> list[Verdict]:
        """See ports.Store.commit."""
        return super().commit([self._as_it_was(each) for each in transactions])

    def _as_it_was(self, transaction: Transaction) -> Transaction:
        """The transaction with the trade ids that the fills of its order had on its tick, if there were any."""
        if not transaction.fills:
            return transaction
        filled = transaction.fills[0]
        first = self._trade_ids.get((filled.order_id, filled.tick))
        if first is None:
            return transaction
        ids = tuple(range(first, first + len(transaction.fills)))
        fills = tuple(replace(fill, trade_id=each) for fill, each in zip(transaction.fills, ids, strict=True))
        orders = tuple(
            OrderWrite(write.before, replace(write.after, trade_ids=write.after.trade_ids[: -len(ids)] + ids))
            if write.after.order_id == filled.order_id
            else write
            for write in transaction.orders
        )
        return replace(transaction, fills=fills, orders=orders)

    def backlogs(self, symbols: Sequence[str], limit: int) -> list[Backlog]:
        """See ports.Store.backlogs."""
        return [self._bounded(each) for each in super().backlogs(symbols, limit)]

    def _bounded(self, backlog: Backlog) -> Backlog:
        until = self.until.get(backlog.symbol, 0)
        ticks = [tick for tick in backlog.ticks if tick.number <= until]
        expiry = backlog.next_expiry if self.has_a_clock else None
        return replace(backlog, gap=0, ticks=ticks, newest=min(backlog.newest, until), next_expiry=expiry)


def _trade_ids_of(of: Recorded) -> Mapping[tuple[int, int], int]:
    """By order and tick, the id of the first fill that it may have got there."""
    found: dict[tuple[int, int], int] = {}
    for entry in of.entries:
        for placed in placements(entry):
            found[placed.order_id, placed.tick] = placed.trade_id
        if isinstance(entry, Matched):
            found[entry.order_id, entry.tick] = entry.trade_id
    return found
