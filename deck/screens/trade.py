"""The screen Trade: a market's chart and book, the order ticket, open orders, the last fills and why they are as they
are. The ticket is a part of its own; what refreshes by itself stands around it and never touches what is typed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import streamlit as st

from mockexchange.clients.answers import Market, Order, Ticker, Trade
from mockexchange.clients.errors import ClientError, NotAvailable, Refused
from mockexchange.clients.http import ExchangeClient
from mockexchange.clients.order_lists import OrderListRequest
from mockexchange.clients.order_request import OrderRequest, new_client_order_id
from mockexchange.domain.amounts import decimal_places, subtract, text

from ..amounts import NOTHING, moment, money, percent, price, worth
from ..charts import LENGTHS, Marker, PriceLine, candle_chart
from ..going import go_to
from ..ladder import ladder
from ..live import live
from ..reach import exchange, reached, say_not_carried_out
from ..tables import Cells, Numbers, table
from ..ticket import (
    FIELDS,
    Change,
    Choices,
    Effect,
    Field,
    Good,
    In,
    Kind,
    Reading,
    Side,
    average_entry,
    change,
    effect,
    larger,
    read,
    standing,
)

CANDLES = 300
FILLS = 500
"""The newest fills that are drawn, and that the average entry is of."""

LABELED = 50
"""Fills that have their amounts beside them; more would be a blur."""

OPEN_ORDERS = 200
LAST_FILLS = 20

_PICKED = "trade.picked"
"""A price that was clicked, until the ticket has taken it."""

_KEPT = "trade.kept"
"""What the ticket's widgets said last: Streamlit forgets a widget that is not drawn, as while the exchange is away."""

_NAME = "trade.name"
"""The client's id of the next order. It stays until one knows what became of that order."""

_NOTICE = "trade.notice"
"""What was done, to be told by the run after it: a message is lost when its own run ends with another one."""

_AGAIN = "What was typed is kept. Press again: if it was placed, it is not placed twice."
"""The same id goes with it."""

_DONE = "trade.done"
_DONE_TO_ORDERS = "trade.done_to_orders"
"""The same, to stand where the button is; or why it was not done. It stays until the next command."""

_CHOSEN = "trade.chosen"
"""The open order to cancel or to change."""

_TO_CHOOSE = "trade.to_choose"
"""The one that took the place of the chosen one, until it is chosen in turn."""

_CLICK_SETS = "trade.click_sets"
"""Which price a click sets, where there are several."""


def show() -> None:
    """Draw it."""
    markets = {each.symbol: each for each in reached(lambda client: client.markets())}
    if not markets:
        st.title("Trade")
        st.info("No market has a price yet. Set one, or wait for the feed.")
        return
    chooser, told = st.columns([0.25, 0.75], vertical_alignment="bottom")
    with chooser:
        market = markets[_symbol(list(markets))]
    with told:
        _told(market)
    chart_side, book_side, ticket_side = st.columns([0.55, 0.2, 0.25])
    with chart_side:
        length = st.segmented_control(
            "Candles", list(LENGTHS), default="1m", key="trade.length", label_visibility="collapsed"
        )
        _chart(market, length or "1m")
    with book_side:
        _book(market)
    with ticket_side:
        _ticket(market)
    _open_orders(market)
    _last_fills(market)
    notice = st.session_state.pop(_NOTICE, None)
    if notice:
        st.toast(notice)


def _symbol(symbols: list[str]) -> str:
    """The market that is looked at; it stands in the address."""
    asked = st.query_params.get("symbol", "")
    if "trade.symbol" not in st.session_state:
        st.session_state["trade.symbol"] = asked if asked in symbols else symbols[0]
        if asked and asked not in symbols:
            st.warning(f"There is no market {asked[:40]!r}.")
    chosen: str = st.selectbox("Market", symbols, key="trade.symbol")
    if chosen != asked:
        st.query_params["symbol"] = chosen
    return chosen


# the market


@live()
def _told(market: Market) -> None:
    """What it costs now, in a line."""
    tick = market.precision.price
    ticker = _ticker(market.symbol)
    if ticker is None:
        st.info(f"{market.symbol} has no price yet.")
        return
    change = "" if ticker.change is None else f" ({text(ticker.change)})"
    with st.container(horizontal=True):
        st.metric("Last price", price(ticker.last, tick), width="content")
        st.metric("24 h", percent(ticker.percentage) + change, width="content")
        st.metric("Bid", price(ticker.bid, tick), width="content")
        st.metric("Ask", price(ticker.ask, tick), width="content")


@live()
def _chart(market: Market, length: str) -> None:
    symbol, tick = market.symbol, market.precision.price
    fills = reached(lambda client: client.trades(symbol=symbol, limit=FILLS))
    orders = reached(lambda client: client.orders(status="open", symbol=symbol, limit=OPEN_ORDERS))
    candles = reached(lambda client: client.ohlcv(symbol, length, limit=CANDLES))
    few = len(fills) <= LABELED
    clicked = candle_chart(
        symbol,
        length,
        candles,
        tick=tick,
        markers=[Marker(each.timestamp, each.side, text(each.amount) if few else "") for each in fills],
        lines=_lines(orders, fills, tick),
    )
    _pick(clicked)


def _ticker(symbol: str) -> Ticker | None:
    """The market's price; None while it has none."""
    try:
        return reached(lambda client: client.tickers([symbol]))[symbol]
    except Refused:
        return None


def _lines(orders: list[Order], fills: list[Trade], tick: Decimal) -> list[PriceLine]:
    """Open orders, and the mean price of what was bought and is not sold again."""
    found: list[PriceLine] = []
    for order in orders:
        at = order.price if order.price is not None else order.trigger_price
        if at is not None:
            kind = "buy" if order.side == "buy" else "sell"
            found.append(PriceLine(at, f"{order.side} {text(order.remaining)}", kind))
    entry = average_entry([(each.side, each.price, each.amount) for each in reversed(fills)])
    if entry is not None:
        of_newest = f" of {FILLS} fills" if len(fills) == FILLS else ""
        found.append(PriceLine(round(entry, decimal_places(tick)), f"average entry{of_newest}", "average"))
    return found


@live()
def _book(market: Market) -> None:
    st.caption(f"Book: price in {market.quote}, amount in {market.base}")
    try:
        book = reached(lambda client: client.order_book(market.symbol, limit=10))
    except Refused as error:
        st.caption(error.detail)
        return
    clicked = ladder(book, tick=market.precision.price, step=market.precision.amount)
    if book.synthetic:
        st.caption("Only the best bid and ask are a market's; the levels behind them are made up.")
    _pick(clicked)


def _pick(clicked: str | None) -> None:
    """Hand a price that was clicked to the ticket."""
    if clicked is not None:
        st.session_state[_PICKED] = clicked
        st.rerun()


# the ticket


@st.fragment
def _ticket(market: Market) -> None:
    _remember()
    side = _one_of("Side", "trade.side", ["Buy", "Sell"])
    kinds = list(Kind)
    kind = Kind(st.selectbox("Order", kinds, index=kinds.index(Kind.LIMIT), key="trade.kind"))
    by_cost = kind is Kind.MARKET and _one_of("By", "trade.by", ["Amount", "Cost"]) == "Cost"
    good = Good(st.selectbox("Good", list(Good), key="trade.good")) if kind is Kind.LIMIT else Good.GTC
    buys: Side = "buy" if side == "Buy" else "sell"
    choices = Choices(buys, kind, by_cost, good)
    for field in choices.fields():
        st.text_input(_label(field, market), key=_key(field), placeholder="optional" if field.optional else None)
    prices = [field for field in choices.fields() if field.unit is In.PRICE]
    if len(prices) > 1:
        labels = [field.label for field in prices]
        st.selectbox("A click sets", labels, key=_CLICK_SETS)
    _keep()
    with st.container(key=f"ticket.{buys}"):  # by which it has its color
        # by what stands on it: one that is pressed before it is drawn anew, for another side or market, does nothing
        place = f"trade.place.{buys}.{market.symbol}"
        pressed = st.button(f"{side} {market.base}", type="primary", width="stretch", key=place)
    typed = {field.name: str(st.session_state.get(_key(field), "")) for field in FIELDS}
    reading = read(choices, typed, market, name=st.session_state[_NAME], now=_venue_time(market, good))
    if pressed:
        _place(reading)
    elif _DONE in st.session_state:
        st.success(st.session_state.pop(_DONE))
    _preview(reading, market)


def _venue_time(market: Market, good: Good) -> int:
    """When it is at the exchange (ms), as its newest price says: in a replay that is not now."""
    ticker = _ticker(market.symbol) if good is Good.GTD else None
    return 0 if ticker is None else ticker.timestamp


def _one_of(label: str, key: str, options: list[str]) -> str:
    chosen: str | None = st.radio(label, options, key=key, horizontal=True, label_visibility="collapsed")
    return chosen or options[0]


def _label(field: Field, market: Market) -> str:
    unit = {In.BASE: market.base, In.PERCENT: "%", In.MINUTES: "minutes"}.get(field.unit, market.quote)
    return f"{field.label} ({unit})"


def _key(field: Field) -> str:
    return f"trade.{field.name}"


_CHOICES = ("trade.side", "trade.kind", "trade.by", "trade.good")


def _remember() -> None:
    """Have the widgets say again what they said last, with the price that was clicked since."""
    state = st.session_state
    state.setdefault(_NAME, new_client_order_id())
    kept: dict[str, str] = state.setdefault(_KEPT, {})
    # what is not kept is left alone: after a restart of the deck the browser knows what was chosen and typed
    for key, said in kept.items():
        if key not in state:
            state[key] = said
    picked = state.pop(_PICKED, None)
    if picked is None:
        return
    kind = Kind(state.get("trade.kind", Kind.LIMIT))
    if kind is Kind.MARKET:
        kind = state["trade.kind"] = Kind.LIMIT
    choices = Choices("buy", kind, good=Good(state.get("trade.good", Good.GTC)))
    prices = {field.label: field for field in choices.fields() if field.unit is In.PRICE}
    wanted = str(state.get(_CLICK_SETS))
    state[_key(prices.get(wanted) or next(iter(prices.values())))] = picked


def _keep() -> None:
    state = st.session_state
    kept: dict[str, str] = state[_KEPT]
    kept.update({key: state[key] for key in (*_CHOICES, *map(_key, FIELDS)) if key in state})


def _place(reading: Reading) -> None:
    """Send it, unless something is missing or wrong, and say what became of it. What was typed stays."""
    request = reading.request
    if request is None:
        if reading.missing:
            st.error(f"Not sent: {', '.join(reading.missing)} missing.")
        return  # what is wrong stands below anyway
    try:
        said = _sent(exchange(), request)
    except NotAvailable as error:
        # it may have been carried out, as below
        st.error(f"Not carried out, as far as the exchange knows: {error.detail} {_AGAIN}")
        return
    except Refused as error:
        st.session_state[_NAME] = new_client_order_id()
        st.error(f"Refused: {error.detail}")
        return
    except ClientError as error:
        st.error(f"{error} {_AGAIN}")
        return
    st.session_state[_NAME] = new_client_order_id()
    st.session_state[_DONE] = st.session_state[_NOTICE] = said
    st.rerun()


def _sent(client: ExchangeClient, request: OrderRequest | OrderListRequest) -> str:
    if isinstance(request, OrderListRequest):
        placed = client.place_list(request)
        return f"Order list {placed.id} is placed: {len(placed.orders)} orders."
    order = client.place(request)
    return f"Order {order.id} is placed: {_standing(order)}."


def _standing(order: Order) -> str:
    base, quote = order.symbol.split("/")
    if order.status == "closed":
        return f"filled, {text(order.filled)} {base} for {text(order.cost)} {quote}"
    if order.filled:
        return f"{order.status}, {text(order.filled)} of {text(order.amount)} {base} filled"
    return order.status


@live()
def _preview(reading: Reading, market: Market) -> None:
    """What it would do, or why it would be refused, before it is sent."""
    for problem in reading.problems:
        st.warning(problem)
    if not reading.assessable:
        if reading.missing:
            st.caption("Cost, fee and what is left are shown when the fields are filled.")
        return
    ticker, balances = _ticker(market.symbol), reached(lambda client: client.balances())
    effects: list[Effect] = []
    for request in reading.assessable:
        try:
            verdict = reached(lambda client, asked=request: client.can_execute(asked))
        except Refused as error:
            st.warning(f"Would be refused: {error.detail}")
            return
        if isinstance(verdict.order, Order):
            effects.append(effect(verdict.order, balances, market, ticker.last if ticker else Decimal(0)))
        else:
            st.warning(f"Would be refused: {verdict.reason}")
            return
    _tell(larger(effects), market)
    if isinstance(reading.request, OrderListRequest) and reading.request.type == "oto":
        st.caption("What waits for the first order is checked when the list is sent.")


def _tell(found: Effect, market: Market) -> None:
    base, quote = market.base, market.quote
    lines: list[str] = []
    if found.fills:
        lines += (
            f"Fills at once: {text(found.fills)} {base} at {worth(found.average)} {quote}",
            f"Cost: {money(found.cost)} {quote}",
            "Fee: " + (", ".join(f"{text(fee.cost)} {fee.currency}" for fee in found.fees) or NOTHING),
        )
    if found.locks:
        rates = reached(lambda client: client.fees(symbol=market.symbol)).markets
        lines.append(f"Locks: {text(found.locks)} {found.locked_asset}")
        if rates:
            maker, taker = (percent(each.rate.scaleb(2), signed=False) for each in (rates[0].maker, rates[0].taker))
            lines.append(f"Fee when it fills: {maker} as maker, {taker} as taker")
    lines += (
        f"Free after it: {text(each.free)} {each.asset}" + (f" of {text(each.total)}" if found.locks else "")
        for each in found.after
    )
    st.caption("  \n".join(lines))


# orders and fills


@live()
def _open_orders(market: Market) -> None:
    orders = reached(lambda client: client.orders(status="open", limit=OPEN_ORDERS))
    st.subheader("Open orders")
    with st.container():  # always there: what stands below would close when something came before it
        said: str | ClientError | None = st.session_state.get(_DONE_TO_ORDERS)
        if isinstance(said, ClientError):
            say_not_carried_out(said)
        elif said is not None:
            st.success(said)
    if not orders:
        st.session_state.pop(_CHOSEN, None)
        st.caption("None.")
        return
    opened = table(_order_columns(orders), name="Open orders", key="trade.orders", opens=[each.id for each in orders])
    if opened is not None:
        go_to("orders", order=opened)
    names = {each.id: _name(each) for each in orders}
    if _TO_CHOOSE in st.session_state:
        st.session_state[_CHOSEN] = st.session_state.pop(_TO_CHOOSE)
    # in the place of one that is gone there is none: a second click, or one that was on its way, would meet another
    if st.session_state.setdefault(_CHOSEN, orders[0].id) not in names:
        st.session_state[_CHOSEN] = None
    chosen, cancel, cancel_all = st.columns([0.6, 0.2, 0.2], vertical_alignment="bottom")
    order_id: str | None = chosen.selectbox(
        "Open order", list(names), index=None, placeholder="choose one", format_func=names.__getitem__, key=_CHOSEN
    )
    # by the order: one that fills while its button is pressed takes the button with it, and no other order's is pressed
    if cancel.button("Cancel it", width="stretch", key=f"trade.cancel.{order_id}", disabled=order_id is None):
        _command(lambda client: _canceled(client, str(order_id)))
    everything = f"trade.cancel_all.{market.symbol}"
    if cancel_all.button(f"Cancel all of {market.symbol}", width="stretch", key=everything):
        _command(lambda client: f"{len(client.cancel_all(market.symbol))} orders are canceled.")
    with st.expander("Change it"):
        if order_id is None:
            st.caption("No order is chosen.")
        else:
            _change(next(each for each in orders if each.id == order_id))


_CHANGES = {
    "amount": "Amount, what has filled included",
    "price": "New price",
    "trigger": "New trigger price",
    "percent": "New percent to come back by",
    "iceberg": "Shown at a time",
    "expires": "Expires (UTC)",
}
_NONE = {"iceberg": "all of it", "expires": "not by itself"}
"""What there is where nothing is typed."""


def _change(order: Order) -> None:
    typed = {
        # by what stands as well: where somebody else changed it, what was there before is no wish
        name: st.text_input(
            _CHANGES[name], stands, key=f"trade.new_{name}.{order.id}.{stands}", placeholder=_NONE.get(name)
        )
        for name, stands in standing(order).items()
    }
    if order.order_list_id is not None:
        st.caption("An order of a list can be made smaller; for anything else cancel the list and place another one.")
    wanted = change(order, typed)
    st.caption(_foreseen(order, wanted))
    if st.button("Change it", key=f"trade.change.{order.id}") and wanted.is_any:
        _command(lambda client: _changed(client, order.id, wanted))


def _foreseen(order: Order, wanted: Change) -> str:
    """What will be done, before it is."""
    if wanted.problem is not None:
        return wanted.problem
    if not wanted.is_any:
        return "A smaller amount alone keeps the order's place in the line; anything else does not."
    if wanted.keeps_place(order):
        return f"Order {order.id} is made smaller. It **keeps its place** in the line."
    left = subtract(order.amount if wanted.amount is None else wanted.amount, order.filled)
    trails = wanted.trigger is None and order.trailing_since is not None and order.triggered_at is None
    return (
        f"Order {order.id} is canceled and another one of {text(left)} takes its stead, both or neither. "
        f"It **loses its place** in the line{', and trails from the last price that there is then' if trails else ''}."
    )


def _changed(client: ExchangeClient, order_id: str, wanted: Change) -> str:
    made = client.amend(
        order_id,
        amount=wanted.amount,
        price=wanted.price,
        trigger_price=wanted.trigger,
        trailing_percent=wanted.percent,
        iceberg_amount=wanted.iceberg,
        expires_at=wanted.expires,
    )
    if made.kept_place:
        return f"Order {order_id} is of {text(made.order.amount)} now and kept its place in the line."
    st.session_state[_TO_CHOOSE] = made.order.id
    return f"Order {order_id} is canceled; order {made.order.id} stands in its place: {_standing(made.order)}."


def _canceled(client: ExchangeClient, order_id: str) -> str:
    order = client.cancel(order_id)
    return f"Order {order.id} is canceled; {text(order.filled)} of {text(order.amount)} had filled."


def _command(command: Callable[[ExchangeClient], str]) -> None:
    """Have it carried out, and tell what the exchange said to it: above the orders, where it stays for longer than one
    beat."""
    try:
        said = st.session_state[_NOTICE] = command(exchange())
    except ClientError as error:
        said = error
    st.session_state[_DONE_TO_ORDERS] = said
    st.rerun()


def _order_columns(orders: list[Order]) -> dict[str, Cells]:
    return {
        "Order": [each.id for each in orders],
        "Placed (UTC)": [moment(each.timestamp) for each in orders],
        "Market": [each.symbol for each in orders],
        "Side": [each.side for each in orders],
        "Type": [_words(each) for each in orders],
        "Amount": Numbers([each.amount for each in orders]),
        "Filled": Numbers([each.filled for each in orders]),
        "Price": Numbers([each.price for each in orders]),
        "Trigger": Numbers([each.trigger_price for each in orders]),
    }


def _name(order: Order) -> str:
    """By which it is chosen. Nothing in it changes while it is open: one that is called otherwise would be chosen no
    longer."""
    at = order.price if order.price is not None else order.trigger_price
    priced = "" if at is None else f" at {text(at)}"
    return f"{order.id}: {order.side} {order.symbol}{priced}, {_words(order)}"


def _words(order: Order) -> str:
    """What kind of order it is."""
    found = order.type
    if order.trailing_percent is not None:
        found = f"trailing {text(order.trailing_percent)} %"
    elif order.stop_loss_price is not None:
        found = "stop" if order.price is None else "stop-limit"
    elif order.take_profit_price is not None:
        found = "take-profit" if order.price is None else "take-profit limit"
    more = [order.time_in_force] if order.time_in_force != "GTC" else []
    more += [f"iceberg {text(order.iceberg_amount)}"] if order.iceberg_amount is not None else []
    more += [f"list {order.order_list_id}"] if order.order_list_id is not None else []
    return ", ".join([found, *more])


@live()
def _last_fills(market: Market) -> None:
    fills = reached(lambda client: client.trades(symbol=market.symbol, limit=LAST_FILLS))
    st.subheader("Last fills")
    if not fills:
        st.caption("None.")
        return
    opened = table(_fill_columns(fills), name="Last fills", key="trade.fills", opens=[each.order for each in fills])
    if opened is not None:
        go_to("orders", order=opened)
    orders = list(dict.fromkeys(each.order for each in fills))
    chosen: str | None = st.selectbox("Why", orders, index=None, placeholder="of an order", key="trade.why")
    if chosen is not None:
        for reason in reached(lambda client: client.why(chosen)):
            st.caption(f"{moment(reason.timestamp)} UTC: {reason.text}")


def _fill_columns(fills: list[Trade]) -> dict[str, Cells]:
    return {
        "Order": [each.order for each in fills],
        "Time (UTC)": [moment(each.timestamp) for each in fills],
        "Side": [each.side for each in fills],
        "Price": Numbers([each.price for each in fills]),
        "Amount": Numbers([each.amount for each in fills]),
        "Cost": Numbers([each.cost for each in fills]),
        "Fee": Numbers([each.fee.cost for each in fills]),
        "In": [each.fee.currency for each in fills],
        "As": [each.taker_or_maker for each in fills],
    }
