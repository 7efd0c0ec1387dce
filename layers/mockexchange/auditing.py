"""Read an account's books in one piece, under load if need be, and have them checked."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from typing import TypeVar

from .domain.audit import AuditReport, Books, audit_books
from .domain.balances import Account
from .domain.errors import AccountNotFound, Contention
from .domain.fills import Fill
from .domain.journal import TickSeen
from .domain.ledger import LedgerEntry
from .domain.orders import Order
from .domain.placing import LATEST
from .domain.quotes import Tick
from .ports import Page, Store

T = TypeVar("T")

ATTEMPTS = 200
"""Each attempt rereads only what can still change, so a quiet moment of a few milliseconds is enough."""

PAGE = 1000


def audit(
    store: Store, account_ids: Sequence[str], *, whole_venue: bool, progress: Callable[[str], None]
) -> AuditReport:
    """Check the books of each account; with `whole_venue` also that no index holds an order of nobody.

    Raises AccountNotFound; Contention when commits never pause long enough for one account to be read in one piece.
    """
    report = AuditReport()
    ticks = _Ticks(store)
    for account_id in account_ids:
        progress(account_id)
        books = _Reading(store, account_id).steady()
        ticks.read_on()
        audit_books(books, ticks.recorded, report)
    if whole_venue:
        report.problems += _strays(store)
    return report


class _Ticks:
    """The ticks that the journal holds, read as far as it goes."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.recorded: dict[tuple[str, int], Tick] = {}
        self._cursor = 0

    def read_on(self) -> None:
        """Take in what was journalled since the last call."""
        while (page := self.store.journal(self._cursor, PAGE)).items:
            self._cursor = page.cursor or self._cursor
            for entry in page.items:
                if isinstance(entry, TickSeen):
                    self.recorded[entry.tick.quote.symbol, entry.tick.number] = entry.tick


class _Reading:
    """One account's books. What is final (closed orders, fills, ledger lines) is read once; the rest again until
    nothing was committed while it was read."""

    def __init__(self, store: Store, account_id: str) -> None:
        self.store = store
        self.account_id = account_id
        self.generation = 0
        self.orders: dict[int, Order] = {}
        self.fills: dict[int, Fill] = {}
        self.ledger: list[LedgerEntry] = []
        self._ledger_cursor = 0

    def steady(self) -> Books:
        for _ in range(ATTEMPTS):
            before = self.store.revision()
            books = self._read()
            if self.store.revision() == before:
                return books
        raise Contention(
            f"account {self.account_id} changed during each of {ATTEMPTS} readings; "
            "audit again when there is less traffic"
        )

    def _read(self) -> Books:
        account = self.store.account(self.account_id)
        if account is None:
            raise AccountNotFound(f"no account {self.account_id!r} in this venue")
        if account.generation != self.generation:
            self.generation = account.generation
            self.orders, self.fills, self.ledger, self._ledger_cursor = {}, {}, [], 0
        wanted = self._new_order_ids(account) | {each.order_id for each in self.orders.values() if each.is_open}
        for order in self._paged(sorted(wanted), self.store.orders):
            self.orders[order.order_id] = order
        for fill in self._paged(sorted(self._new_trade_ids(account)), lambda ids: self.store.fills(account, ids)):
            self.fills[fill.trade_id] = fill
        self._read_ledger(account)
        open_orders = [order for order in self.orders.values() if order.is_open]
        return Books(
            account_id=self.account_id,
            balances=self.store.balances(account),
            orders=self.orders,
            fills=self.fills,
            ledger=self.ledger,
            open_ids=frozenset(self._open_ids(account)),
            open_counts=self.store.open_by_symbol(account),
            indexed={
                order.order_id: indexes
                for order, indexes in zip(open_orders, self.store.indexes_of(open_orders), strict=True)
            },
        )

    @staticmethod
    def _paged(ids: list[int], read: Callable[[list[int]], list[T | None]]) -> list[T]:
        records: list[T] = []
        for start in range(0, len(ids), PAGE):
            records += [record for record in read(ids[start : start + PAGE]) if record is not None]
        return records

    def _new_order_ids(self, account: Account) -> set[int]:
        return _until_known(lambda cursor: self.store.order_ids(account, None, cursor, PAGE), self.orders)

    def _new_trade_ids(self, account: Account) -> set[int]:
        return _until_known(lambda cursor: self.store.trade_ids(account, None, cursor, PAGE), self.fills)

    def _read_ledger(self, account: Account) -> None:
        while (page := self.store.ledger(account, self._ledger_cursor, PAGE)).items:
            self._ledger_cursor = page.cursor or self._ledger_cursor
            self.ledger += page.items

    def _open_ids(self, account: Account) -> set[int]:
        ids: set[int] = set()
        while page := self.store.open_order_ids(account, max(ids, default=0), PAGE):
            ids.update(page)
        return ids


def _until_known(read: Callable[[int | None], Page[int]], known: Container[int]) -> set[int]:
    """The ids of a newest-first list that come before the first known one."""
    new: set[int] = set()
    cursor: int | None = None
    while True:
        page = read(cursor)
        for each in page.items:
            if each in known:
                return new
            new.add(each)
        cursor = page.cursor
        if cursor is None:
            return new


def _strays(store: Store) -> list[str]:
    """Entries in the venue's price indexes that are no open order of any account."""
    for _ in range(ATTEMPTS):
        before = store.revision()
        accounts = [account for account in store.accounts(store.account_ids()) if account]
        indexed, open_orders = store.index_size(store.symbols()), store.open_count(accounts)
        present = {(account.account_id, account.generation) for account in accounts}
        ended = [order_id for symbol in store.symbols() for order_id in _not_open(store, symbol, present)]
        if store.revision() == before:
            break
    else:
        raise Contention("the venue changed during every reading; audit again when there is less traffic")
    found = [f"order {order_id} stands in expiring, and is not open" for order_id in ended]
    if indexed != open_orders:
        found.append(f"the price indexes hold {indexed} orders, the accounts have {open_orders} open ones")
    return found


def _not_open(store: Store, symbol: str, present: Container[tuple[str, int]]) -> list[int]:
    """What stands in the index of orders with a date and is no open order of a present generation."""
    ids: set[int] = set()
    size, after = PAGE, None
    while True:
        page = store.expiring(symbol, LATEST, after, size)
        ids.update(order_id for _, order_id in page)
        if len(page) < size:
            break
        # a full page of one date: look further along it
        size, after = (size * 2 if page[-1][0] == after else PAGE), page[-1][0]
    orders = {order.order_id: order for order in store.orders(sorted(ids)) if order} if ids else {}
    there = {
        each.order_id for each in orders.values() if each.is_open and (each.account_id, each.generation) in present
    }
    return sorted(ids - there)
