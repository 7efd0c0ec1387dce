"""Whether paper and back-test are one exchange: what an account did there, done again here, gives the same books.

Commands, ticks, times and ids are inputs, from the journal and the tick log. Fills, orders and ledger lines are decided
again, by the exchange in memory; what the venue has is only compared, in the bytes that a store keeps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..domain.amounts import text
from ..domain.balances import Account
from ..domain.ledger import LedgerEntry
from ..ports import Store
from ..store import records
from .again import Repetition
from .recorded import PAGE, Recorded, fills_of, pages_of
from .schedule import schedule

_MOST_NAMED = 5
"""Differences that are told in full."""


@dataclass(frozen=True, slots=True)
class Sameness:
    """What was compared, and in what it differs: nothing, where both are the same to the byte."""

    orders: int
    fills: int
    ledger_entries: int
    differences: tuple[str, ...]


def same_again(of: Recorded, store: Store) -> Sameness:
    """The account of `of` in its venue, and what became of the same commands here."""
    repetition = Repetition(of, "", None)
    repetition.run(list(schedule(of)))
    there = _books(store, of.account_id)
    here = _books(repetition.store, of.account_id)
    found: list[str] = []
    for name, one, other in zip(("order", "fill", "ledger line", "balance"), there, here, strict=True):
        found += _differences(name, one, other)
    orders, fills, ledger, _ = there
    return Sameness(len(orders), len(fills), len(ledger), tuple(found))


def _books(store: Store, account_id: str) -> tuple[list[str], ...]:
    """Its orders, fills, ledger lines and balances as records, by their ids: what a matcher and a command did at one
    moment may have been written in either order."""
    account = store.account(account_id)
    assert account is not None, "it was read before"
    pages = pages_of(lambda cursor: store.order_ids(account, None, cursor, PAGE))
    orders = [replace(each, generation=0) for order_ids in pages for each in store.orders(order_ids) if each]
    fills = fills_of(store, account)
    return (
        [records.write_order(each) for each in sorted(orders, key=lambda order: order.order_id)],
        [f"{each.trade_id} {records.write_fill(each)}" for each in sorted(fills, key=lambda fill: fill.trade_id)],
        [_line(each) for each in sorted(_ledger(store, account), key=lambda entry: (entry.timestamp, entry.reference))],
        [f"{each.asset} {text(each.free)} {text(each.locked)}" for each in store.balances(account)],
    )


def _ledger(store: Store, account: Account) -> Iterator[LedgerEntry]:
    cursor = 0
    while (page := store.ledger(account, cursor, PAGE)).items:
        yield from page.items
        cursor += len(page.items)


def _line(entry: LedgerEntry) -> str:
    return f"{entry.kind} {entry.reference} {entry.asset} {text(entry.amount)} {entry.timestamp} {entry.note}"


def _differences(name: str, there: Sequence[str], here: Sequence[str]) -> list[str]:
    pairs = enumerate(zip(there, here, strict=False), 1)
    found = [f"{name} {at}: there {one}, here {other}" for at, (one, other) in pairs if one != other]
    if len(there) != len(here):
        found.append(f"there are {len(there)} of {name}s there, {len(here)} here")
    more = len(found) - _MOST_NAMED
    return found if more <= 0 else [*found[:_MOST_NAMED], f"and {more} more"]
