"""What is there after the storm, read once."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from mockexchange.domain.fills import Fill
from mockexchange.domain.journal import JournalEntry
from mockexchange.domain.ledger import LedgerEntry
from mockexchange.domain.orders import Order
from mockexchange.domain.quotes import Tick
from mockexchange.exchange import Exchange
from mockexchange.store.dump import Dump, dump_valkey
from mockexchange.store.valkey import ValkeyStore

from .prices import MARKETS

PAGE = 1000


@dataclass(frozen=True, slots=True)
class Remains:
    """A whole venue. `ledgers` stand by account, `ticks` by symbol, in the order in which they were logged."""

    orders: dict[int, Order]
    fills: list[Fill]
    ledgers: dict[str, list[LedgerEntry]]
    journal: list[JournalEntry]
    ticks: dict[str, list[Tick]]
    dump: Dump

    @property
    def payments(self) -> list[Decimal]:
        """Amounts of all deposits and, negative, withdrawals."""
        lines = (line for ledger in self.ledgers.values() for line in ledger)
        return [line.amount for line in lines if line.kind in ("deposit", "withdrawal")]


def read_remains(store: ValkeyStore, exchange: Exchange) -> Remains:
    """Read a venue that nobody writes to."""
    accounts = store.account_ids()
    return Remains(
        orders={order.order_id: order for account_id in accounts for order in _orders(exchange, account_id)},
        fills=[fill for account_id in accounts for fill in _fills(exchange, account_id)],
        ledgers={account_id: _ledger(exchange, account_id) for account_id in accounts},
        journal=_journal(store),
        ticks={symbol: _ticks(store, symbol) for symbol in MARKETS},
        dump=dump_valkey(store.connection),
    )


def _orders(exchange: Exchange, account_id: str) -> list[Order]:
    page = exchange.orders(account_id, limit=PAGE)
    found = page.items
    while page.cursor is not None:
        page = exchange.orders(account_id, cursor=page.cursor, limit=PAGE)
        found += page.items
    return found


def _fills(exchange: Exchange, account_id: str) -> list[Fill]:
    page = exchange.trades(account_id, limit=PAGE)
    found = page.items
    while page.cursor is not None:
        page = exchange.trades(account_id, cursor=page.cursor, limit=PAGE)
        found += page.items
    return found


def _ledger(exchange: Exchange, account_id: str) -> list[LedgerEntry]:
    found: list[LedgerEntry] = []
    cursor = 0
    while (page := exchange.ledger(account_id, cursor=cursor, limit=PAGE)).items:
        found += page.items
        cursor = page.cursor or cursor
    return found


def _journal(store: ValkeyStore) -> list[JournalEntry]:
    found: list[JournalEntry] = []
    cursor = 0
    while (page := store.journal(cursor, PAGE)).items:
        found += page.items
        cursor = page.cursor or cursor
    return found


def _ticks(store: ValkeyStore, symbol: str) -> list[Tick]:
    found: list[Tick] = []
    while page := store.ticks(symbol, found[-1].number if found else 0, PAGE):
        found += page
    return found
