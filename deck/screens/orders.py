"""The screen Orders: every order there is, by filters that stand in the address, and one order with its whole life."""

# pyright: reportUnknownMemberType=false
# what Streamlit takes for a table may be a frame of pandas, which has no types

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast, get_args

import streamlit as st
from msgspec import UNSET

from mockexchange.clients.answers import Order, OrderReason, Trade
from mockexchange.clients.errors import NotFound
from mockexchange.clients.http import ExchangeClient
from mockexchange.clients.profit_answers import LedgerLine
from mockexchange.clients.profits import OrderStatus

from ..amounts import NOTHING, moment, money
from ..live import live
from ..reach import reached

PAGE = 50
"""Orders on a page."""

EXPORTED = 100_000
"""Orders in a file, at most."""

LEDGER_LINES = 3_000
"""Ledger lines of one order that are shown, at most: those of a thousand fills."""

WRAPPED = 90
"""Pixels of a row whose text is wrapped."""

ANY = "all"
STATUSES = cast("tuple[str, ...]", get_args(OrderStatus))
SIDES = (ANY, "buy", "sell")

_BEFORE = "orders.before"
_FILE = "orders.file"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which orders are shown; `cursor` is where their page begins, None at the newest."""

    status: str = ANY
    symbol: str | None = None
    side: str | None = None
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """One order, why it stands as it does, and what it moved."""

    order: Order
    reasons: list[OrderReason]
    lines: list[LedgerLine]


def show() -> None:
    """Draw it."""
    order_id = st.query_params.get("order")
    if order_id:
        _one(order_id)
        return
    st.title("Orders")
    filters = _filters()
    _list(filters)
    _export(filters)


def page_of(client: ExchangeClient, filters: Filters, cursor: str | None, limit: int) -> tuple[list[Order], str | None]:
    """One page as the exchange gives it. Of few among many it may be short, so it reads on until there is something."""
    while True:
        found, following = client.orders_page(
            cursor,
            status=cast("OrderStatus", filters.status),
            symbol=filters.symbol,
            side=filters.side,
            limit=limit,
        )
        if found or following is None:
            return found, following
        cursor = following


def all_of(client: ExchangeClient, filters: Filters) -> list[Order]:
    """Every order that the filters let through, newest first."""
    found, cursor = page_of(client, filters, None, 1_000)
    while cursor is not None and len(found) < EXPORTED:
        more, cursor = page_of(client, filters, cursor, 1_000)
        found += more
    return found[:EXPORTED]


def as_csv(orders: Sequence[Order]) -> str:
    """Orders as a file: exact amounts without separators, times in ms and as text."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(
        "id client_order_id timestamp datetime symbol side type time_in_force status price trigger_price amount filled "
        "remaining average cost fees".split()
    )
    for each in orders:
        amounts = (each.price, each.trigger_price, each.amount, each.filled, each.remaining, each.average, each.cost)
        fees = " ".join(f"{fee.cost:f} {fee.currency}" for fee in each.fees)
        said = (each.id, each.client_order_id, each.timestamp, each.datetime, each.symbol, each.side, each.type)
        texts = ["" if amount is None else f"{amount:f}" for amount in amounts]
        writer.writerow([_harmless(str(cell)) for cell in (*said, each.time_in_force, each.status)] + [*texts, fees])
    return file.getvalue()


def _harmless(cell: str) -> str:
    """A client order id may begin like a formula, which a spreadsheet would run."""
    return f"'{cell}" if cell[:1] in "=+-@" else cell


def _filters() -> Filters:
    asked = st.query_params
    symbols = [ANY, *sorted(reached(lambda client: client.symbols()))]
    status, symbol, side, number = st.columns(4)
    with status:
        _choice("status", "Status", STATUSES, asked.get("status"))
    with symbol:
        _choice("symbol", "Market", symbols, asked.get("symbol"))
    with side:
        _choice("side", "Side", SIDES, asked.get("side"))
    with number:
        wanted = st.text_input("Order id", key="orders.id", placeholder="123").strip()
        if wanted:
            _open(wanted)
    return Filters(
        status=_known(asked.get("status"), STATUSES) or ANY,
        symbol=_known(asked.get("symbol"), symbols[1:]),
        side=_known(asked.get("side"), SIDES[1:]),
        cursor=asked.get("cursor"),
    )


def _choice(name: str, label: str, options: Sequence[str], asked: str | None) -> None:
    key = f"orders.{name}"
    if key not in st.session_state:
        st.session_state[key] = _known(asked, options) or ANY
    st.selectbox(label, options, key=key, on_change=_chosen, args=(name,))


def _chosen(name: str) -> None:
    """A filter was changed: the address says so, and the first page is shown."""
    value = st.session_state[f"orders.{name}"]
    if value == ANY:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value
    st.query_params.pop("cursor", None)
    st.session_state.pop(_BEFORE, None)
    st.session_state.pop(_FILE, None)


def _known(value: str | None, options: Sequence[str]) -> str | None:
    return value if value in options else None


@live()
def _list(filters: Filters) -> None:
    orders, following = reached(lambda client: page_of(client, filters, filters.cursor, PAGE))
    if not orders:
        st.info("No order was placed yet." if filters == Filters() else "No order is like that.")
    else:
        chosen = st.dataframe(
            {
                "Id": [each.id for each in orders],
                "Placed (UTC)": [moment(each.timestamp) for each in orders],
                "Market": [each.symbol for each in orders],
                "Side": [each.side for each in orders],
                "Type": [_kind(each) for each in orders],
                "Status": [each.status for each in orders],
                "Amount": [money(each.amount) for each in orders],
                "Filled": [money(each.filled) for each in orders],
                "Price": [money(each.price) for each in orders],
                "Average": [money(each.average) for each in orders],
                "Value": [money(each.cost) for each in orders],
                "Fee": [_fees(each) for each in orders],
            },
            hide_index=True,
            on_select="rerun",
            selection_mode="single-row",
            key=f"orders.table.{filters.cursor}",
            column_config={
                "Id": st.column_config.TextColumn(pinned=True),
                # wide enough for what has every digit that it can have
                **{name: st.column_config.TextColumn(width="medium") for name in ("Amount", "Filled", "Value")},
            },
        )
        rows = chosen["selection"]["rows"]
        if rows and rows[0] < len(orders):
            _open(orders[rows[0]].id)
    _pages(filters, following)


def _pages(filters: Filters, following: str | None) -> None:
    before = cast("list[str | None]", st.session_state.get(_BEFORE, []))
    with st.container(horizontal=True):
        if st.button("Newer", key="orders.newer", disabled=filters.cursor is None):
            # an address that was opened with a page knows none before it: the newest
            _turn(before[:-1], before[-1] if before else None)
        if st.button("Older", key="orders.older", disabled=following is None):
            _turn([*before, filters.cursor], following)


def _turn(before: list[str | None], cursor: str | None) -> None:
    st.session_state[_BEFORE] = before
    if cursor is None:
        st.query_params.pop("cursor", None)
    else:
        st.query_params["cursor"] = cursor
    st.rerun()


def _open(order_id: str) -> None:
    st.query_params["order"] = order_id
    st.session_state.pop("orders.id", None)
    st.rerun()


def _export(filters: Filters) -> None:
    if st.button("Make a CSV file of all of them", key="orders.export"):
        st.session_state[_FILE] = as_csv(reached(lambda client: all_of(client, filters)))
    file = st.session_state.get(_FILE)
    if file is not None:
        lines = cast("str", file).count("\n") - 1
        st.download_button(f"Download {lines:,} orders", file, "orders.csv", "text/csv", key="orders.download")


def _one(order_id: str) -> None:
    if st.button("All orders", key="orders.back", icon=":material/arrow_back:"):
        st.query_params.pop("order", None)
        st.rerun()
    st.title(f"Order {order_id}")
    _life(order_id)


@live()
def _life(order_id: str) -> None:
    try:
        life = reached(lambda client: life_of(client, order_id))
    except NotFound as error:
        st.error(error.detail)
        return
    order = life.order
    base, quote = order.symbol.split("/")
    st.markdown(f"**{order.side} {money(order.amount)} {base}** on {order.symbol}, {_kind(order)}: **{order.status}**")
    with st.container(horizontal=True):
        st.metric(f"Filled, {base}", money(order.filled), border=True)
        st.metric(f"Left, {base}", money(order.remaining), border=True)
        st.metric(f"Price, {quote}", money(order.price), border=True)
        st.metric(f"Average, {quote}", money(order.average), border=True)
        st.metric(f"Value, {quote}", money(order.cost), border=True)
        st.metric("Fee", _fees(order), border=True)
    st.caption(f"Client order id: {order.client_order_id}")
    st.subheader("Its life, and why")
    st.dataframe(
        {
            "When (UTC)": [moment(each.timestamp) for each in life.reasons],
            "What": [each.text for each in life.reasons],
            "Trade": [each.trade or NOTHING for each in life.reasons],
        },
        hide_index=True,
        row_height=WRAPPED,
        key="orders.reasons",
        column_config={"What": st.column_config.TextColumn(width="large")},
    )
    _fills(() if order.trades is UNSET else order.trades)
    _ledger(life.lines)


def life_of(client: ExchangeClient, order_id: str) -> Life:
    """One order, whole. Raises NotFound."""
    order = client.order(order_id)
    return Life(order, client.why(order_id), client.ledger(LEDGER_LINES, order=order_id))


def _fills(trades: Sequence[Trade]) -> None:
    st.subheader("Fills")
    if not trades:
        st.info("Nothing was filled.")
        return
    st.dataframe(
        {
            "Trade": [each.id for each in trades],
            "When (UTC)": [moment(each.timestamp) for each in trades],
            "Price": [money(each.price) for each in trades],
            "Amount": [money(each.amount) for each in trades],
            "Value": [money(each.cost) for each in trades],
            "Fee": [f"{money(each.fee.cost)} {each.fee.currency}" for each in trades],
            "As": [each.taker_or_maker for each in trades],
        },
        hide_index=True,
        key="orders.fills",
    )


def _ledger(lines: Sequence[LedgerLine]) -> None:
    st.subheader("Ledger")
    if not lines:
        st.info("It moved nothing.")
        return
    st.dataframe(
        {
            "When (UTC)": [moment(each.timestamp) for each in lines],
            "Trade": [each.reference for each in lines],
            "Kind": [each.kind for each in lines],
            "Asset": [each.asset for each in lines],
            "Amount": [money(each.amount) for each in lines],
        },
        hide_index=True,
        key="orders.ledger",
    )


def _kind(order: Order) -> str:
    """limit GTC, or what a stop waits for before it is that."""
    said = [order.type, order.time_in_force]
    if order.trigger_price is not None:
        said.append(f"at {money(order.trigger_price)}")
    if order.trailing_percent is not None:
        said.append(f"trailing {money(order.trailing_percent)} %")
    return " ".join(said)


def _fees(order: Order) -> str:
    fees = order.fees or ((order.fee,) if order.fee else ())
    return ", ".join(f"{money(fee.cost)} {fee.currency}" for fee in fees) or NOTHING
