"""Lists of orders by status, newest first, in pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from ..domain.fills import Fill
from ..domain.orders import Order
from ..exchange import Exchange
from ..ports import Page

Status = Literal["open", "closed", "all"]

CHUNK = 500
"""Records read at a time while looking for those that are asked for."""


def page_of_orders(
    exchange: Exchange, account_id: str, status: Status, symbol: str | None, cursor: int | None, limit: int
) -> Page[Order]:
    """One page of orders. The cursor is made for the same `status` and `symbol`. Raises AccountNotFound."""
    if status == "all":
        return exchange.orders(account_id, symbol, cursor=cursor, limit=limit)
    read = _open if status == "open" else _closed
    orders: list[Order] = []
    next_cursor = None
    for order, after in read(exchange, account_id, symbol, cursor):
        if len(orders) == limit:
            return Page(orders, next_cursor)
        orders.append(order)
        next_cursor = after
    return Page(orders)


def _open(exchange: Exchange, account_id: str, symbol: str | None, cursor: int | None) -> Iterator[tuple[Order, int]]:
    """Open orders, newest first, each with the cursor that goes on after it: its id."""
    account = exchange.account(account_id)
    ids: list[int] = []
    while part := exchange.store.open_order_ids(account, ids[-1] if ids else 0, 10 * CHUNK):
        ids += part
    wanted = [order_id for order_id in reversed(ids) if cursor is None or order_id < cursor]
    for start in range(0, len(wanted), CHUNK):
        for order in exchange.store.orders(wanted[start : start + CHUNK]):
            if order and order.is_open and symbol in (None, order.symbol):
                yield order, order.order_id


def _closed(exchange: Exchange, account_id: str, symbol: str | None, cursor: int | None) -> Iterator[tuple[Order, int]]:
    """Closed orders, newest first, each with the cursor that goes on after it: its position among all orders."""
    account = exchange.account(account_id)
    while True:
        page = exchange.store.order_ids(account, symbol, cursor, CHUNK)
        position = (page.cursor or 0) + len(page.items)
        for order in exchange.store.orders(page.items):
            position -= 1
            if order and not order.is_open:
                yield order, position
        cursor = page.cursor
        if cursor is None:
            return


def fills_by_order(exchange: Exchange, account_id: str, orders: list[Order]) -> dict[int, list[Fill]]:
    """The fills of several orders, oldest first, read in one go."""
    trade_ids = [trade_id for order in orders for trade_id in order.trade_ids]
    fills = exchange.store.fills(exchange.account(account_id), trade_ids) if trade_ids else []
    found: dict[int, list[Fill]] = {order.order_id: [] for order in orders}
    for fill in fills:
        if fill:
            found[fill.order_id].append(fill)
    return found
