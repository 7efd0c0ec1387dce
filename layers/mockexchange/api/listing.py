"""Lists by filters, in pages. A page looks at so many records at most: when few of many are asked for it may be short,
or empty, and still name the next one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeVar

from ..domain.errors import OrderNotFound
from ..domain.fills import Fill
from ..domain.ledger import LedgerEntry, LedgerKind, fill_entries
from ..domain.orders import Order, OrderStatus, Side
from ..exchange import Exchange
from ..ports import Page

T = TypeVar("T")

Status = Literal["open", "closed", "canceled", "expired", "rejected", "all"]

CHUNK = 500
"""Records read at a time while looking for those that are asked for."""

SCAN = 5_000
"""Records that one page looks at, at most: some 50 ms."""

SLACK = 3_600_000
"""Milliseconds. Lists stand in order of commit, and the clocks of processes differ: a list that is asked for since some
moment is read on until it is this much older."""

_ENDED = {
    "canceled": OrderStatus.CANCELED,
    "expired": OrderStatus.EXPIRED,
    "rejected": OrderStatus.REJECTED,
}


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of venue time in ms: from `since` (inclusive) to `until` (exclusive), each None for no bound."""

    since: int | None = None
    until: int | None = None

    def __contains__(self, timestamp: int) -> bool:
        """Whether a moment is in it."""
        return (self.since is None or timestamp >= self.since) and (self.until is None or timestamp < self.until)

    @property
    def is_all(self) -> bool:
        """Whether it has no bounds."""
        return self.since is None and self.until is None

    def is_past(self, timestamp: int) -> bool:
        """Whether a list that runs backwards in time has left it for good at `timestamp`."""
        return self.since is not None and timestamp < self.since - SLACK

    def is_over(self, timestamp: int) -> bool:
        """The same for one that runs forwards."""
        return self.until is not None and timestamp >= self.until + SLACK


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders are asked for; None for any."""

    status: Status = "all"
    symbol: str | None = None
    side: Side | None = None
    window: Window = Window()

    def admits(self, order: Order) -> bool:
        """Whether an order is one of them."""
        return (
            self._has_status(order)
            and self.symbol in (None, order.symbol)
            and self.side in (None, order.side)
            and order.created_at in self.window
        )

    def _has_status(self, order: Order) -> bool:
        if self.status == "all":
            return True
        if self.status in ("open", "closed"):
            return order.is_open is (self.status == "open")
        return order.status is _ENDED[self.status]


@dataclass(frozen=True, slots=True)
class FillFilter:
    """Which fills are asked for; None for any."""

    symbol: str | None = None
    side: Side | None = None
    order_id: int | None = None
    window: Window = Window()

    def admits(self, fill: Fill) -> bool:
        """Whether a fill is one of them."""
        return self.symbol in (None, fill.symbol) and self.side in (None, fill.side) and fill.timestamp in self.window


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """Which ledger lines are asked for; None for any."""

    asset: str | None = None
    kind: LedgerKind | None = None
    window: Window = Window()
    order_id: int | None = None

    def admits(self, line: LedgerEntry) -> bool:
        """Whether a line is one of them."""
        return self.asset in (None, line.asset) and self.kind in (None, line.kind) and line.timestamp in self.window


Reading = Callable[[int | None, int], tuple[list[tuple[T | None, int]], int | None]]
"""Reads so many records from a cursor on (None: the first). Gives each (None where it is gone) with the cursor that
goes on after it, and the cursor that goes on after all of them, None at the end."""


def page_of_orders(
    exchange: Exchange, account_id: str, wanted: OrderFilter, cursor: int | None, limit: int
) -> Page[Order]:
    """One page of orders, newest first. The cursor is made for the same filter. Raises AccountNotFound."""
    if wanted == OrderFilter(symbol=wanted.symbol):
        return exchange.orders(account_id, wanted.symbol, cursor=cursor, limit=limit)
    read = _open_orders if wanted.status == "open" else _orders
    return _sift(
        read(exchange, account_id, wanted.symbol),
        wanted.admits,
        lambda order: wanted.window.is_past(order.created_at),
        cursor,
        limit,
    )


def page_of_fills(
    exchange: Exchange, account_id: str, wanted: FillFilter, cursor: int | None, limit: int
) -> Page[Fill]:
    """One page of fills, newest first. Raises AccountNotFound."""
    if wanted == FillFilter(symbol=wanted.symbol):
        return exchange.trades(account_id, wanted.symbol, cursor=cursor, limit=limit)
    if wanted.order_id is None:
        read = _fills(exchange, account_id, wanted.symbol)
    else:
        read = _fills_of(exchange, account_id, wanted.order_id)
    return _sift(read, wanted.admits, lambda fill: wanted.window.is_past(fill.entered_at), cursor, limit)


def page_of_ledger(
    exchange: Exchange, account_id: str, wanted: LedgerFilter, cursor: int | None, limit: int
) -> Page[LedgerEntry]:
    """One page of ledger lines, oldest first; the lines of one trade count as one. Raises AccountNotFound."""

    def of_interest(lines: tuple[LedgerEntry, ...]) -> bool:
        return any(wanted.admits(line) for line in lines)

    if wanted.order_id is not None:
        read = _ledger_of(exchange, account_id, wanted.order_id)
    elif wanted.kind in (LedgerKind.DEPOSIT, LedgerKind.WITHDRAWAL):
        read = _movements(exchange, account_id)
    else:
        read = _ledger(exchange, account_id)
    found = _sift(
        read,
        of_interest,
        lambda lines: wanted.window.is_over(lines[0].timestamp),
        cursor,
        limit,
        chunk=limit + 1 if wanted == LedgerFilter() else CHUNK,
    )
    return Page([line for lines in found.items for line in lines if wanted.admits(line)], found.cursor)


def _sift(
    read: Reading[T],
    admits: Callable[[T], bool],
    is_over: Callable[[T], bool],
    cursor: int | None,
    limit: int,
    chunk: int = CHUNK,
) -> Page[T]:
    """The next `limit` records that are admitted. It looks one further, so that the last page names no other, and gives
    up after SCAN records."""
    found: list[T] = []
    after_last: int | None = None
    looked_at = 0
    while looked_at < SCAN:
        records, following = read(cursor, chunk)
        for record, after in records:
            if record is None:
                continue
            if is_over(record):
                return Page(found)
            if admits(record):
                if len(found) == limit:
                    return Page(found, after_last)
                found.append(record)
                after_last = after
        if following is None:
            return Page(found)
        cursor = following
        looked_at += len(records)
    return Page(found, after_last if len(found) == limit else cursor)


def _positions(ids: list[int], cursor: int | None) -> Iterator[int]:
    """The cursors that go on after each of a page of ids, newest first; `cursor` is the page's own."""
    return iter(range((cursor or 0) + len(ids) - 1, (cursor or 0) - 1, -1))


def _orders(exchange: Exchange, account_id: str, symbol: str | None) -> Reading[Order]:
    """Orders by their position among all."""
    account = exchange.account(account_id)

    def read(cursor: int | None, size: int) -> tuple[list[tuple[Order | None, int]], int | None]:
        page = exchange.store.order_ids(account, symbol, cursor, size)
        orders = exchange.store.orders(page.items)
        return list(zip(orders, _positions(page.items, page.cursor), strict=True)), page.cursor

    return read


def _open_orders(exchange: Exchange, account_id: str, symbol: str | None) -> Reading[Order]:
    """Open orders by their ids. The market is for the filter to look at."""
    del symbol
    account = exchange.account(account_id)

    def read(cursor: int | None, size: int) -> tuple[list[tuple[Order | None, int]], int | None]:
        ids = exchange.store.newest_open_order_ids(account, cursor, size)
        orders = exchange.store.orders(ids)
        return list(zip(orders, ids, strict=True)), ids[-1] if len(ids) == size else None

    return read


def _fills(exchange: Exchange, account_id: str, symbol: str | None) -> Reading[Fill]:
    """Fills by their position among all."""
    account = exchange.account(account_id)

    def read(cursor: int | None, size: int) -> tuple[list[tuple[Fill | None, int]], int | None]:
        page = exchange.store.trade_ids(account, symbol, cursor, size)
        fills = exchange.store.fills(account, page.items)
        return list(zip(fills, _positions(page.items, page.cursor), strict=True)), page.cursor

    return read


def _fills_of(exchange: Exchange, account_id: str, order_id: int) -> Reading[Fill]:
    """Fills of one order by their position among its own. An order that is not there has none."""
    account = exchange.account(account_id)
    try:
        trade_ids = exchange.order(account_id, order_id).trade_ids
    except OrderNotFound:
        trade_ids = ()

    def read(cursor: int | None, size: int) -> tuple[list[tuple[Fill | None, int]], int | None]:
        end = len(trade_ids) if cursor is None else min(cursor, len(trade_ids))
        start = max(0, end - size)
        fills = exchange.store.fills(account, trade_ids[start:end])
        return list(zip(reversed(fills), range(end - 1, start - 1, -1), strict=True)), start or None

    return read


def _ledger(exchange: Exchange, account_id: str) -> Reading[tuple[LedgerEntry, ...]]:
    """What each commit wrote, by position: one line, or the three of a trade."""

    def read(cursor: int | None, size: int) -> tuple[list[tuple[tuple[LedgerEntry, ...] | None, int]], int | None]:
        start = cursor or 0
        page = exchange.ledger(account_id, cursor=start, limit=size)
        entries = list(_entries(page.items))
        end = page.cursor or start
        records = [(entry, start + index) for index, entry in enumerate(entries, 1)]
        return [*records], end if end - start == size else None

    return read


def _movements(exchange: Exchange, account_id: str) -> Reading[tuple[LedgerEntry, ...]]:
    """The same without the trades, whose records need not be read: there are thousands of them for a deposit."""
    account = exchange.account(account_id)

    def read(cursor: int | None, size: int) -> tuple[list[tuple[tuple[LedgerEntry, ...] | None, int]], int | None]:
        start = cursor or 0
        lines = exchange.store.ledger_lines(account, start, size)
        records = [
            ((line,) if isinstance(line, LedgerEntry) else None, start + index) for index, line in enumerate(lines, 1)
        ]
        return [*records], start + len(lines) if len(lines) == size else None

    return read


def _ledger_of(exchange: Exchange, account_id: str, order_id: int) -> Reading[tuple[LedgerEntry, ...]]:
    """The lines of one order's trades, by their position among its trades."""
    account = exchange.account(account_id)
    try:
        trade_ids = exchange.order(account_id, order_id).trade_ids
    except OrderNotFound:
        trade_ids = ()

    def read(cursor: int | None, size: int) -> tuple[list[tuple[tuple[LedgerEntry, ...] | None, int]], int | None]:
        start = cursor or 0
        end = min(start + size, len(trade_ids))
        fills = exchange.store.fills(account, trade_ids[start:end])
        records = [(fill_entries(fill) if fill else None, index) for index, fill in enumerate(fills, start + 1)]
        return [*records], end if end < len(trade_ids) else None

    return read


def _entries(lines: list[LedgerEntry]) -> Iterator[tuple[LedgerEntry, ...]]:
    start = 0
    while start < len(lines):
        end = start + (3 if lines[start].kind is LedgerKind.TRADE else 1)
        yield tuple(lines[start:end])
        start = end


def fills_by_order(exchange: Exchange, account_id: str, orders: list[Order]) -> dict[int, list[Fill]]:
    """The fills of several orders, oldest first, read in one go."""
    trade_ids = [trade_id for order in orders for trade_id in order.trade_ids]
    fills = exchange.store.fills(exchange.account(account_id), trade_ids) if trade_ids else []
    found: dict[int, list[Fill]] = {order.order_id: [] for order in orders}
    for fill in fills:
        if fill:
            found[fill.order_id].append(fill)
    return found
