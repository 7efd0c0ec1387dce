"""The screen Orders: every order there is, by filters that stand in the address, and one order with its whole life."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import cast, get_args

import streamlit as st
from msgspec import UNSET

from mockexchange.clients.answers import Order, OrderReason, Trade
from mockexchange.clients.errors import NotFound
from mockexchange.clients.http import ExchangeClient
from mockexchange.clients.profit_answers import LedgerLine
from mockexchange.clients.profits import OrderStatus

from ..amounts import NOTHING, moment, money
from ..days import day_input, day_named, end_moment, first_moment
from ..figures import Figure, figures
from ..live import live
from ..reach import reached
from ..tables import Numbers, table

PAGE = 50
"""Orders on a page."""

EXPORTED = 100_000
"""Orders in a file, at most."""

AT_ONCE = 1_000
"""Orders that are read at once for a file."""

LEDGER_LINES = 3_000
"""Ledger lines of one order that are shown, at most: those of a thousand fills."""

ANY = "all"
STATUSES = cast("tuple[str, ...]", get_args(OrderStatus))
SIDES = (ANY, "buy", "sell")

_CURSOR = re.compile(r"[0-9]{1,16}")

_BEFORE = "orders.before"
_FILE = "orders.file"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which orders are shown, placed from the first to the last of two days (UTC); `cursor` is where their page begins,
    None at the newest."""

    status: str = ANY
    symbol: str | None = None
    side: str | None = None
    first: date | None = None
    last: date | None = None
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class File:
    """Orders that filters let through, as a file, and how many are in it; `whole` unless there are more than a file
    takes."""

    of: Filters
    text: str
    orders: int
    whole: bool


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
            since=None if filters.first is None else first_moment(filters.first),
            until=None if filters.last is None else end_moment(filters.last),
            limit=limit,
        )
        if found or following is None:
            return found, following
        cursor = following


def file_of(
    client: ExchangeClient,
    filters: Filters,
    tell: Callable[[int], None],
    *,
    at_once: int = AT_ONCE,
    most: int = EXPORTED,
) -> File:
    """Every order that the filters let through, newest first, page by page: exact amounts without separators, times in
    ms and as text. `tell` is told how many there are so far."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(
        "id client_order_id timestamp datetime symbol side type time_in_force status price trigger_price amount filled "
        "remaining average cost fees".split()
    )
    orders, cursor = 0, None
    while True:
        page, cursor = page_of(client, filters, cursor, min(at_once, most - orders))
        writer.writerows(map(_cells, page))
        orders += len(page)
        tell(orders)
        if cursor is None or orders == most:
            return File(filters, written.getvalue(), orders, whole=cursor is None)


def _cells(order: Order) -> list[str]:
    amounts = (
        order.price,
        order.trigger_price,
        order.amount,
        order.filled,
        order.remaining,
        order.average,
        order.cost,
    )
    said = (order.id, order.client_order_id, order.timestamp, order.datetime, order.symbol, order.side, order.type)
    words = [_harmless(str(cell)) for cell in (*said, order.time_in_force, order.status)]
    fees = " ".join(f"{fee.cost:f} {fee.currency}" for fee in order.fees)
    return [*words, *("" if amount is None else f"{amount:f}" for amount in amounts), fees]


def _harmless(cell: str) -> str:
    """A client order id may begin like a formula, which a spreadsheet would run."""
    return f"'{cell}" if cell[:1] in "=+-@" else cell


def _filters() -> Filters:
    asked = st.query_params
    symbols = [ANY, *sorted(reached(lambda client: client.symbols()))]
    status, symbol, side, first, last, number = st.columns([3, 3, 2, 3, 3, 3])
    with status:
        _choice("status", "Status", STATUSES, asked.get("status"))
    with symbol:
        _choice("symbol", "Market", symbols, asked.get("symbol"))
    with side:
        _choice("side", "Side", SIDES, asked.get("side"))
    with first:
        begins = day_input("Placed from (UTC)", "from", key="orders.from", on_change=_begin_anew)
    with last:
        ends = day_input("Placed to (UTC)", "to", key="orders.to", on_change=_begin_anew)
    with number:
        wanted = st.text_input("Order id", key="orders.id", placeholder="123").strip()
        if wanted:
            _open(wanted)
    cursor = asked.get("cursor")
    is_right = {
        "status": asked.get("status") in STATUSES,
        "symbol": asked.get("symbol") in symbols,
        "side": asked.get("side") in SIDES,
        "from": day_named(asked.get("from")) is not None,
        "to": day_named(asked.get("to")) is not None,
        "cursor": cursor is not None and _CURSOR.fullmatch(cursor) is not None,
    }
    for name, right in is_right.items():
        value = asked.get(name)
        if value and not right:
            st.warning(f"The address asks for {name} {value[:40]!r}, which there is not. It is left out.")
    return Filters(
        status=_known(asked.get("status"), STATUSES) or ANY,
        symbol=_known(asked.get("symbol"), symbols[1:]),
        side=_known(asked.get("side"), SIDES[1:]),
        first=begins,
        last=ends,
        cursor=cursor if is_right["cursor"] else None,
    )


def _choice(name: str, label: str, options: Sequence[str], asked: str | None) -> None:
    key = f"orders.{name}"
    if key not in st.session_state:
        st.session_state[key] = _known(asked, options) or ANY
    st.selectbox(label, options, key=key, on_change=_chosen, args=(name,))


def _chosen(name: str) -> None:
    """A filter was changed: the address says so."""
    value = st.session_state[f"orders.{name}"]
    if value == ANY:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value
    _begin_anew()


def _begin_anew() -> None:
    """Other orders are asked for: their first page is shown."""
    st.query_params.pop("cursor", None)
    st.session_state.pop(_BEFORE, None)


def _known(value: str | None, options: Sequence[str]) -> str | None:
    return value if value in options else None


@live()
def _list(filters: Filters) -> None:
    orders, following = reached(lambda client: page_of(client, filters, filters.cursor, PAGE))
    if orders:
        chosen = table(
            {
                "Order": [each.id for each in orders],
                "Placed (UTC)": [moment(each.timestamp) for each in orders],
                "Market": [each.symbol for each in orders],
                "Side": [each.side for each in orders],
                "Type": [_kind(each) for each in orders],
                "Status": [each.status for each in orders],
                "Amount": Numbers([each.amount for each in orders]),
                "Filled": Numbers([each.filled for each in orders]),
                "Price": Numbers([each.price for each in orders]),
                "Average": Numbers([each.average for each in orders]),
                "Value": Numbers([each.cost for each in orders]),
                "Fee": [_fees(each) for each in orders],
            },
            name="Orders",
            key="orders.table",
            opens=[each.id for each in orders],
        )
        if chosen is not None:
            _open(chosen)
        st.caption(
            "Amounts are in the base asset, prices and values in the quote asset. A click on an order shows all of it."
        )
    elif filters == Filters():
        st.info("No order was placed yet. The ticket on Trade places one, and so does a bot.")
    else:
        st.info("No order is like that. Other filters may show some.")
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
    """A file of them all, whichever page is shown, made when it is asked for: it may take a while."""
    filters = replace(filters, cursor=None)
    if st.button("Make a CSV file of all of them", key="orders.export"):
        told = st.empty()

        def tell(orders: int) -> None:
            told.caption(f"{orders:,} orders are read.")

        st.session_state[_FILE] = reached(lambda client: file_of(client, filters, tell))
        told.empty()
    file = cast("File | None", st.session_state.get(_FILE))
    if file is None or file.of != filters:
        return
    st.download_button(f"Download {file.orders:,} orders", file.text, "orders.csv", "text/csv", key="orders.download")
    if not file.whole:
        st.warning(f"There are more: these are the newest {EXPORTED:,}. Days before them give the others.")


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
    shown = [
        Figure(f"Filled, {base}", money(order.filled)),
        Figure(f"Left, {base}", money(order.remaining)),
        Figure(f"Price, {quote}", money(order.price)),
        Figure(f"Average, {quote}", money(order.average)),
        Figure(f"Value, {quote}", money(order.cost)),
        Figure("Fee", _fees(order)),
    ]
    figures(shown, key="orders.figures")
    st.caption("  \n".join(_more(order)))
    st.subheader("Its life, and why")
    table(
        {
            "When (UTC)": [moment(each.timestamp) for each in life.reasons],
            "What": [each.text for each in life.reasons],
            "Trade": [each.trade or NOTHING for each in life.reasons],
        },
        name="The life of the order",
        key="orders.reasons",
    )
    _fills(() if order.trades is UNSET else order.trades, base, quote)
    _ledger(life.lines)


def _more(order: Order) -> list[str]:
    """What else there is to say of it, where it is not as usual."""
    found = [f"Client order id: `{order.client_order_id}`", f"Placed: {moment(order.timestamp)} UTC"]
    if order.order_list_id is not None:
        found.append(f"Of the order list {order.order_list_id}")
    if order.post_only:
        found.append("Post-only")
    if order.iceberg_amount is not None:
        found.append(f"Shown at a time: {money(order.iceberg_amount)}")
    if order.triggered_at is not None:
        found.append(f"Triggered: {moment(order.triggered_at)} UTC")
    if order.expires_at is not None:
        found.append(f"Expires: {moment(order.expires_at)} UTC")
    return found


def life_of(client: ExchangeClient, order_id: str) -> Life:
    """One order, whole. Raises NotFound."""
    order = client.order(order_id)
    return Life(order, client.why(order_id), client.ledger(LEDGER_LINES, order=order_id))


def _fills(trades: Sequence[Trade], base: str, quote: str) -> None:
    st.subheader("Fills")
    if not trades:
        st.caption("Nothing was filled.")
        return
    table(
        {
            "Trade": [each.id for each in trades],
            "When (UTC)": [moment(each.timestamp) for each in trades],
            f"Price, {quote}": Numbers([each.price for each in trades]),
            f"Amount, {base}": Numbers([each.amount for each in trades]),
            f"Value, {quote}": Numbers([each.cost for each in trades]),
            "Fee": Numbers([each.fee.cost for each in trades]),
            "In": [each.fee.currency for each in trades],
            "As": [each.taker_or_maker for each in trades],
        },
        name="Fills of the order",
        key="orders.fills",
    )


def _ledger(lines: Sequence[LedgerLine]) -> None:
    st.subheader("Ledger")
    if not lines:
        st.caption("It moved nothing.")
        return
    table(
        {
            "When (UTC)": [moment(each.timestamp) for each in lines],
            "Trade": [each.reference for each in lines],
            "Kind": [each.kind for each in lines],
            "Asset": [each.asset for each in lines],
            "Amount": Numbers([each.amount for each in lines]),
        },
        name="Ledger lines of the order",
        key="orders.ledger",
    )


def _kind(order: Order) -> str:
    """limit, or limit IOC, or what a stop waits for before it is that."""
    said = [order.type, *([order.time_in_force] if order.time_in_force != "GTC" else [])]
    if order.trigger_price is not None:
        said.append(f"at {money(order.trigger_price)}")
    if order.trailing_percent is not None:
        said.append(f"trailing {money(order.trailing_percent)} %")
    return " ".join(said)


def _fees(order: Order) -> str:
    fees = order.fees or ((order.fee,) if order.fee else ())
    return ", ".join(f"{money(fee.cost)} {fee.currency}" for fee in fees) or NOTHING
