"""Orders and trades as tables."""

from __future__ import annotations

from collections.abc import Sequence

from ..clients.answers import Order, Trade
from ..domain.amounts import text
from .cells import moment, optional
from .tables import Table


def order_table(orders: Sequence[Order], empty: str = "No order. `mockx order place --help` shows how to place one.") -> Table:
    """One row for each order."""
    return Table(
        headers=("id", "time (UTC)", "symbol", "side", "type", ">amount", ">price", ">filled", ">average", "status"),
        rows=[
            (
                order.id,
                moment(order.timestamp),
                order.symbol,
                order.side,
                _kind(order),
                text(order.amount),
                optional(order.price),
                text(order.filled),
                optional(order.average),
                order.status,
            )
            for order in orders
        ],
        empty=empty,
    )


def order_card(order: Order) -> list[Table]:
    """One order as lines of name and value, and its trades."""
    ...
