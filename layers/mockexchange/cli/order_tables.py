"""Orders and trades as tables."""

from __future__ import annotations

from collections.abc import Sequence

from ..clients.answers import Fee, Order, OrderReason, Trade
from ..domain.amounts import text
from .cells import NOTHING, moment, optional
from .tables import Table, facts


def order_table(
    orders: Sequence[Order], empty: str = "No order. `mockx order place --help` shows how to place one."
) -> Table:
    """One row for each order."""
    return Table(
        headers=("id", "time (UTC)", "symbol", "side", "type", ">amount", ">price", ">filled", ">average", "status"),
        rows=[
            (
                order.id,
                moment(order.timestamp),
                order.symbol,
                order.side,
                kind_of(order),
                text(order.amount),
                optional(order.price),
                text(order.filled),
                optional(order.average),
                order.status,
            )
            for order in orders
        ],
        empty=empty,
        optional=("average", "time (UTC)"),
    )


def reason_table(reasons: Sequence[OrderReason]) -> Table:
    """What happened to an order, and why, in order of time."""
    return Table(
        headers=("time (UTC)", "what, and why"), rows=[(moment(each.timestamp), each.text) for each in reasons]
    )


def order_card(order: Order) -> list[Table]:
    """Everything about one order, and its trades if it has any."""
    base, _, quote = order.symbol.partition("/")
    card = facts(
        [
            ("id", order.id),
            ("client order id", order.client_order_id),
            ("placed (UTC)", moment(order.timestamp)),
            ("symbol", order.symbol),
            ("side", order.side),
            ("type", kind_of(order)),
            ("amount", f"{text(order.amount)} {base}"),
            ("price", NOTHING if order.price is None else f"{text(order.price)} {quote}"),
            *_stop(order, quote),
            *([] if order.iceberg_amount is None else [("shows", f"{text(order.iceberg_amount)} {base} at a time")]),
            *([] if order.expires_at is None else [("good until (UTC)", moment(order.expires_at))]),
            ("filled", f"{text(order.filled)} {base}"),
            ("remaining", f"{text(order.remaining)} {base}"),
            ("average price", NOTHING if order.average is None else f"{text(order.average)} {quote}"),
            ("cost", f"{text(order.cost)} {quote}"),
            ("fee", " + ".join(_fee(fee) for fee in order.fees) or _fee(order.fee)),
            *([("order list", order.order_list_id)] if order.order_list_id else []),
            ("status", f"{order.status}, waits for its working order" if order.pending else order.status),
        ]
    )
    return [card, trade_table(order.trades)] if order.trades else [card]


def trade_table(trades: Sequence[Trade]) -> Table:
    """One row for each trade, with the reason why it happened: the tick, the price source, the fill model. One that was
    recorded after a time without prices or without a matcher is called late."""
    return Table(
        headers=(
            "trade",
            "order",
            "time (UTC)",
            "symbol",
            "side",
            "role",
            ">amount",
            ">price",
            ">cost",
            ">fee",
            ">tick",
            "source",
            "model",
        ),
        rows=[
            (
                trade.id,
                trade.order,
                f"{moment(trade.timestamp)}{' late' if trade.late else ''}",
                trade.symbol,
                trade.side,
                trade.taker_or_maker,
                text(trade.amount),
                text(trade.price),
                text(trade.cost),
                _fee(trade.fee),
                *((str(trade.why.tick), trade.why.source, trade.why.model) if trade.why else (NOTHING,) * 3),
            )
            for trade in trades
        ],
        empty="No trade yet.",
        optional=("model", "tick", "cost", "role", "order", "source"),
    )


def kind_of(order: Order) -> str:
    """What kind of stop it is, type and time in force: `limit GTC`, `limit post-only`, `market`, `stop limit GTC`."""
    stop = "" if order.stop_loss_price is None else "stop "
    take_profit = "" if order.take_profit_price is None else "take-profit "
    trailing = "" if order.trailing_percent is None else "trailing "
    kind = f"{trailing}{stop}{take_profit}{order.type}"
    if order.type == "market":
        return kind
    return f"{kind} {'post-only' if order.post_only else order.time_in_force}"


def _stop(order: Order, quote: str) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    if order.trigger_price is not None:
        rows.append(("stop price", f"{text(order.trigger_price)} {quote}"))
    if order.trailing_percent is not None:
        rows.append(("trails by", f"{text(order.trailing_percent)} %"))
        rows.append(("trails since (UTC)", _when(order.trailing_since)))
    if rows:
        rows.append(("triggered (UTC)", _when(order.triggered_at)))
    return rows


def _when(milliseconds: int | None) -> str:
    return "not yet" if milliseconds is None else moment(milliseconds)


def _fee(fee: Fee | None) -> str:
    return NOTHING if fee is None else f"{text(fee.cost)} {fee.currency}"
