"""Write the books that a snapshot holds once more, as a new generation that nobody sees yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from .domain.balances import Account
from .domain.errors import SnapshotNotFound
from .domain.fills import Fill
from .domain.generations import GenerationPage, renumbered
from .domain.orders import Order
from .domain.snapshots import Snapshot
from .ports import Store

T = TypeVar("T")

PAGE = 500
"""Records written at a time."""


def copy_books(store: Store, snapshot: Snapshot, account: Account, first_order_id: int) -> list[Order]:
    """Write all of a snapshot's books but its open orders as those of `account` (its generation is the new one); gives
    the open orders as they are to be. Orders are numbered from `first_order_id` on, in their old order.

    Raises SnapshotNotFound when the snapshot was deleted, and its books swept, meanwhile.
    """
    source = _source(snapshot)
    new_ids: dict[int, int] = {}
    resumed: list[Order] = []
    for orders in _orders(store, snapshot, source):
        page: list[Order] = []
        for order in orders:
            new_ids[order.order_id] = first_order_id + len(new_ids)
            page.append(renumbered(order, new_ids[order.order_id], account, account.generation))
        store.write_generation(account, GenerationPage(orders=page))
        resumed += [order for order in page if order.is_open]
    for fills in _fills(store, snapshot, source):
        page_of_fills = [replace(fill, order_id=new_ids[fill.order_id]) for fill in fills]
        store.write_generation(account, GenerationPage(fills=page_of_fills))
    for start in range(0, snapshot.ledger, PAGE):
        lines = store.ledger_lines(source, start, min(PAGE, snapshot.ledger - start))
        store.write_generation(account, GenerationPage(ledger=lines))
    store.write_generation(account, GenerationPage(balances=snapshot.balances, volumes=snapshot.volumes))
    return resumed


def _source(snapshot: Snapshot) -> Account:
    """The account whose lists hold the snapshot."""
    maker, taker = snapshot.fees
    return Account(snapshot.account_id, snapshot.generation, 0, maker, taker, snapshot.created_at)


def _orders(store: Store, snapshot: Snapshot, source: Account) -> Iterator[list[Order]]:
    """Every order of a snapshot as it was, oldest first."""
    open_then = {order.order_id: order for order in snapshot.open_orders}
    for end in range(PAGE, snapshot.orders + PAGE, PAGE):
        count = min(PAGE, snapshot.orders - (end - PAGE))
        ids = store.order_ids(source, None, min(end, snapshot.orders), count).items[::-1]
        # One that was open then has changed since, or may; the others were at their end.
        records = [open_then.get(number) or order for number, order in zip(ids, store.orders(ids), strict=True)]
        yield _all_there(records, count, snapshot)


def _fills(store: Store, snapshot: Snapshot, source: Account) -> Iterator[list[Fill]]:
    """Every fill of a snapshot, oldest first."""
    for end in range(PAGE, snapshot.trades + PAGE, PAGE):
        count = min(PAGE, snapshot.trades - (end - PAGE))
        ids = store.trade_ids(source, None, min(end, snapshot.trades), count).items[::-1]
        yield _all_there(store.fills(source, ids), count, snapshot)


def _all_there(records: Sequence[T | None], count: int, snapshot: Snapshot) -> list[T]:
    found = [record for record in records if record is not None]
    if len(found) != count:
        raise SnapshotNotFound(f"snapshot {snapshot.name!r} of {snapshot.account_id!r} was deleted meanwhile")
    return found
