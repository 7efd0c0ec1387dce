"""Order lists of the Binance wire (rest-api.md, "Order lists"): OCO, OTO and OTOCO, and the older form of OCO."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..domain.errors import OrderListNotFound, OrderNotOpen
from ..domain.fills import Fill
from ..domain.orders import Contingency, Order, OrderStatus, Side
from ..domain.placing import PlaceOrder
from ..domain.placing_lists import PlaceList
from ..exchange import Exchange
from . import binance_errors as errors
from . import binance_order_answers as answers
from .binance_endpoints import Asked, Endpoint, Security
from .binance_errors import BinanceError
from .binance_history import TIMES, Wanted, chunks
from .binance_order_commands import ICEBERG_NOT_GTC, NEW_ORDER, ORDER_TYPES, OrderCommands
from .binance_orders import cancel_name
from .binance_parameters import Parameter, client_order_id, integer, one_of, symbol
from .binance_symbols import WireSymbols
from .ranges import SLACK, Ids

PATH = "/api/v3/orderList"

_BAD_TYPE = BinanceError(-1116, "Invalid orderType.")
_WORKING_TYPES = ("LIMIT", "LIMIT_MAKER")
_PAIR_TYPES = ("LIMIT_MAKER", "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT")

_NOT_IN_OCO = BinanceError(-1158, "Order type not supported in OCO.")
_BOTH_LIMIT = BinanceError(-1168, "At least one OCO order must be contingent.")
_MISPLACED = {
    ("limit", Side.BUY): BinanceError(-1165, "A limit order in a buy OCO must be below."),
    ("limit", Side.SELL): BinanceError(-1166, "A limit order in a sell OCO must be above."),
    ("stop loss", Side.BUY): BinanceError(-1196, "A stop loss order in a buy OCO must be above."),
    ("stop loss", Side.SELL): BinanceError(-1197, "A stop loss order in a sell OCO must be below."),
    ("take profit", Side.BUY): BinanceError(-1198, "A take profit order in a buy OCO must be below."),
    ("take profit", Side.SELL): BinanceError(-1199, "A take profit order in a sell OCO must be above."),
}
"""What is said of an order that stands above where it belongs below, or the other way (errors.md)."""

_SHARED = ("symbol", "newOrderRespType", "selfTradePreventionMode")
"""Parameters that are of the whole list, whatever kind it is."""

_KNOWN: Mapping[str, Parameter[Any]] = {parameter.name: parameter for parameter in NEW_ORDER}

Names = Mapping[str, str]
"""For one order of a list: what a parameter of a single order is called there."""


def _names(prefix: str, *own: str, **other: str) -> Names:
    """Names that begin with the word for the order; `own` are those that it has beside the usual ones."""
    usual = ("type", "timeInForce", "price", "stopPrice", "trailingDelta", "icebergQty", "strategyId", "strategyType")
    pegs = ("pegPriceType", "pegOffsetType", "pegOffsetValue")
    found = {name: f"{prefix}{name[0].upper()}{name[1:]}" for name in (*usual, *pegs, *own)}
    return {**found, "newClientOrderId": f"{prefix}ClientOrderId", **{name: name for name in _SHARED}, **other}


_OF_PAIR = {"side": "side", "quantity": "quantity"}
_OF_PENDING_PAIR = {"side": "pendingSide", "quantity": "pendingQuantity"}
_ABOVE, _BELOW = _names("above", **_OF_PAIR), _names("below", **_OF_PAIR)
_WORKING = _names("working", "side", "quantity")
_PENDING = _names("pending", "side", "quantity")
_PENDING_ABOVE, _PENDING_BELOW = (_names(f"pending{each}", **_OF_PENDING_PAIR) for each in ("Above", "Below"))

# The older form of OCO has no types: a limit order, and a stop that is a limit order when it names a price.
_LIMIT: Names = {
    **{name: name for name in (*_SHARED, *_OF_PAIR, "price")},
    "newClientOrderId": "limitClientOrderId",
    "icebergQty": "limitIcebergQty",
    "strategyId": "limitStrategyId",
    "strategyType": "limitStrategyType",
}
_STOP: Names = {
    **{name: name for name in (*_SHARED, *_OF_PAIR, "stopPrice", "trailingDelta")},
    "newClientOrderId": "stopClientOrderId",
    "price": "stopLimitPrice",
    "timeInForce": "stopLimitTimeInForce",
    "icebergQty": "stopIcebergQty",
    "strategyId": "stopStrategyId",
    "strategyType": "stopStrategyType",
}


def _pair_type(name: str, text: str) -> str:
    """The type of one of two orders that cancel each other."""
    if one_of(ORDER_TYPES, _BAD_TYPE)(name, text) not in _PAIR_TYPES:
        raise BinanceError(_NOT_IN_OCO.code, _NOT_IN_OCO.msg)
    return text


def _check_places(above: PlaceOrder, below: PlaceOrder) -> None:
    """Of a pair, a limit order and a take-profit stand on one side of the price, a stop-loss on the other. Raises
    BinanceError."""
    if not (above.type.is_stop or below.type.is_stop):
        raise BinanceError(_BOTH_LIMIT.code, _BOTH_LIMIT.msg)
    for order, stands_above in ((above, True), (below, False)):
        loses = order.type.is_stop_loss
        if stands_above is not (loses is (order.side is Side.BUY)):
            kind = "stop loss" if loses else "take profit" if order.type.is_stop else "limit"
            error = _MISPLACED[kind, order.side]
            raise BinanceError(error.code, error.msg)


def _parameters(types: Mapping[str, Sequence[str]], *orders: Names) -> tuple[Parameter[Any], ...]:
    """What a list is asked for with; `types` are those that the parameters of these names take."""
    found: dict[str, Parameter[Any]] = {"listClientOrderId": Parameter("listClientOrderId", client_order_id)}
    for names in orders:
        for name, sent_as in names.items():
            known = _KNOWN[name]
            required = name in ("symbol", "side", "type", "quantity")
            read = known.read
            if sent_as in types:
                read = _pair_type if types[sent_as] is _PAIR_TYPES else one_of(types[sent_as], _BAD_TYPE)
            found[sent_as] = Parameter(sent_as, read, required=required)
    return tuple(found.values())


class WireOrderLists:
    """What a bot does with order lists."""

    def __init__(self, exchange: Exchange, symbols: WireSymbols) -> None:
        self._exchange = exchange
        self._symbols = symbols
        self._commands = OrderCommands(exchange, symbols)

    def endpoints(self) -> list[Endpoint]:
        """Every path."""
        user, trade = Security.USER_DATA, Security.TRADE
        one = (Parameter("orderListId", integer), Parameter("origClientOrderId", client_order_id))
        cancel = (
            Parameter("symbol", symbol, required=True),
            Parameter("orderListId", integer),
            Parameter("listClientOrderId", client_order_id),
            Parameter("newClientOrderId", client_order_id),
        )
        pair = {"aboveType": _PAIR_TYPES, "belowType": _PAIR_TYPES}
        waiting = {"workingType": _WORKING_TYPES, "pendingType": ORDER_TYPES}
        three = {"workingType": _WORKING_TYPES, "pendingAboveType": _PAIR_TYPES, "pendingBelowType": _PAIR_TYPES}
        oco, oto = _parameters(pair, _ABOVE, _BELOW), _parameters(waiting, _WORKING, _PENDING)
        otoco = _parameters(three, _WORKING, _PENDING_ABOVE, _PENDING_BELOW)
        several = (Parameter("fromId", integer), *TIMES)
        return [
            Endpoint("POST", f"{PATH}/oco", self.oco, trade, oco, orders=2),
            Endpoint("POST", f"{PATH}/oto", self.oto, trade, oto, orders=2),
            Endpoint("POST", f"{PATH}/otoco", self.otoco, trade, otoco, orders=3),
            Endpoint("POST", "/api/v3/order/oco", self.old_oco, trade, _parameters({}, _LIMIT, _STOP), orders=2),
            Endpoint("GET", PATH, self.one, user, one, weight=4),
            Endpoint("GET", "/api/v3/allOrderList", self.all, user, several, weight=20, slow=True),
            Endpoint("GET", "/api/v3/openOrderList", self.open, user, weight=6, slow=True),
            Endpoint("DELETE", PATH, self.cancel, trade, cancel),
        ]

    # placing

    def oco(self, asked: Asked) -> object:
        """Two orders of which one cancels the other."""
        pair = (self._read(asked, _ABOVE), self._read(asked, _BELOW))
        _check_places(*pair)
        return self._place(asked, Contingency.OCO, *pair)

    def oto(self, asked: Asked) -> object:
        """An order that is placed when another one is filled."""
        return self._place(asked, Contingency.OTO, self._read(asked, _WORKING), self._read(asked, _PENDING))

    def otoco(self, asked: Asked) -> object:
        """Two orders of which one cancels the other, placed when a third one is filled."""
        pair = (self._read(asked, _PENDING_ABOVE), self._read(asked, _PENDING_BELOW))
        _check_places(*pair)
        return self._place(asked, Contingency.OTO, self._read(asked, _WORKING), *pair)

    def old_oco(self, asked: Asked) -> object:
        """The older form: the stop is told first."""
        if asked["stopPrice"] is None:
            raise errors.missing("stopPrice")
        kind = "STOP_LOSS" if asked["stopLimitPrice"] is None else "STOP_LOSS_LIMIT"
        stop = self._read(asked, _STOP, type=kind)
        return self._place(asked, Contingency.OCO, stop, self._read(asked, _LIMIT, type="LIMIT_MAKER"))

    def _read(self, asked: Asked, names: Names, **given: str) -> PlaceOrder:
        """One order of a list, read as a single one; what is said of its parameters names them as they were sent."""
        values = {name: given.get(name) for name in _KNOWN}
        values |= {name: asked[sent_as] for name, sent_as in names.items()}
        try:
            return self._commands.read(replace(asked, values=values))
        except BinanceError as error:
            if error.code == ICEBERG_NOT_GTC and names is not _STOP:  # the older form is from before this code
                said = f"Parameter '{names['icebergQty']}' is not supported if `{names['timeInForce']}` is not GTC."
                raise BinanceError(-1160, said) from None
            said = re.sub(r"'(\w+)'", lambda found: f"'{names.get(found[1], found[1])}'", error.msg)
            raise BinanceError(error.code, said, error.status) from None

    def _place(self, asked: Asked, contingency: Contingency, *orders: PlaceOrder) -> object:
        placed = self._exchange.place_list(PlaceList(contingency, orders, asked["listClientOrderId"]))
        first, *rest = placed.orders
        # Whatever the working order got at once, those that wait for it are told as they were sent.
        told = (first, *(_as_sent(order) for order in rest)) if contingency is Contingency.OTO else placed.orders
        kind = asked["newOrderRespType"] or "RESULT"
        return {
            **answers.order_list(placed.orders),
            "transactionTime": first.created_at,
            "orderReports": [_report(kind, order, placed.fills if order is first else ()) for order in told],
        }

    # what there is

    def one(self, asked: Asked) -> object:
        """One list."""
        list_id, name = asked["orderListId"], asked["origClientOrderId"]
        if list_id is None and name is None:
            raise errors.either_missing("origClientOrderId", "orderListId")
        return answers.order_list(self._find(asked, name, BinanceError(-2018, "Order list does not exist.")))

    def all(self, asked: Asked) -> object:
        """Lists in any state: from an id on, in a stretch of time, or the newest."""
        wanted = Wanted.of(asked, asked["fromId"])
        if wanted.least is not None and (wanted.start is not None or wanted.end is not None):
            raise errors.bad_combination()
        store, account = self._exchange.store, self._exchange.account(asked.account_id)

        def created(list_id: int) -> int:
            order = store.orders([list_id])[0]
            return order.created_at if order else 0

        ids = Ids.of(lambda cursor, size: store.list_ids(account, cursor, size))
        parts = chunks(wanted.ids(ids, created), wanted.limit + SLACK)
        found = (orders for part in parts for orders in self._exchange.lists_of(part))
        page = wanted.page(found, lambda orders: (orders[0].order_id, orders[0].created_at))
        return [answers.order_list(orders) for orders in page]

    def open(self, asked: Asked) -> object:
        """Those of which an order is open, oldest first."""
        return [answers.order_list(orders) for orders in self._exchange.open_order_lists(asked.account_id)]

    def cancel(self, asked: Asked) -> object:
        """Take a list back."""
        list_id, name = asked["orderListId"], asked["listClientOrderId"]
        if list_id is None and name is None:
            raise errors.either_missing("orderListId", "listClientOrderId")
        refused = errors.cancel_rejected()
        found = self._find(asked, name, refused)
        if found[0].symbol != self._symbols.on_record(asked["symbol"]):
            raise refused
        open_before = {order.order_id for order in found if order.is_open}
        try:
            gone = self._exchange.cancel_list(asked.account_id, found[0].order_id)
        except OrderNotOpen:
            raise refused from None
        ended = [order for order in gone if order.order_id in open_before and order.status is OrderStatus.CANCELED]
        return answers.canceled_list(gone, ended, lambda order: asked["newClientOrderId"] or cancel_name(order))

    def _find(self, asked: Asked, name: str | None, refused: BinanceError) -> tuple[Order, ...]:
        try:
            return self._exchange.order_list(asked.account_id, asked["orderListId"], client_id=name)
        except OrderListNotFound:
            raise refused from None


_REPORTS: Mapping[str, Callable[[Order], dict[str, object]]] = {"ACK": answers.acknowledged, "RESULT": answers.result}


def _report(kind: str, order: Order, fills: Sequence[Fill]) -> dict[str, object]:
    write = _REPORTS.get(kind)
    return write(order) if write else answers.full(order, fills)


def _as_sent(order: Order) -> Order:
    """An order that waits, whatever became of it since."""
    leg = order.leg
    return replace(order, status=OrderStatus.PENDING_NEW, leg=replace(leg, placed_at=None) if leg else None)
