"""Orders of the Binance wire: placing, testing, asking for and canceling them (rest-api.md, "Trading endpoints")."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ..domain.errors import (
    CancelRestricted,
    DuplicateOrderId,
    IcebergExceedsQuantity,
    InsufficientFunds,
    MarketClosed,
    OrderImmediatelyFillable,
    OrderNotFound,
    OrderNotOpen,
)
from ..domain.orders import Order, OrderStatus
from ..exchange import Exchange, PlacedOrder
from . import binance_errors as errors
from . import binance_order_answers as answers
from .binance_commissions import commissions_of_order
from .binance_endpoints import Asked, Endpoint, Security
from .binance_errors import BinanceError
from .binance_order_commands import NEW_ORDER, OrderCommands, response_type
from .binance_parameters import Parameter, client_order_id, flag, integer, one_of, symbol
from .binance_symbols import WireSymbols

RESTRICTIONS = {
    "ONLY_NEW": OrderStatus.NEW,
    "ONLY_PARTIALLY_FILLED": OrderStatus.PARTIALLY_FILLED,
}

ENGINE_REFUSALS = (
    InsufficientFunds,
    OrderImmediatelyFillable,
    DuplicateOrderId,
    MarketClosed,
    IcebergExceedsQuantity,
)
"""What an order is refused for by the matching engine alone, and not by those who look at it before."""

BAD_RESTRICTIONS = BinanceError(-1145, "cancelRestrictions has to be either ONLY_NEW or ONLY_PARTIALLY_FILLED.")

ONE_ORDER: tuple[Parameter[Any], ...] = (
    Parameter("symbol", symbol, required=True),
    Parameter("orderId", integer),
    Parameter("origClientOrderId", client_order_id),
)


class WireOrders:
    """What a bot does with orders."""

    def __init__(self, exchange: Exchange, symbols: WireSymbols) -> None:
        self._exchange = exchange
        self._symbols = symbols
        self._commands = OrderCommands(exchange, symbols)

    def endpoints(self) -> list[Endpoint]:
        """Every path."""
        cancel = (
            *ONE_ORDER,
            Parameter("newClientOrderId", client_order_id),
            Parameter("cancelRestrictions", one_of(RESTRICTIONS, BAD_RESTRICTIONS)),
        )
        test = (*NEW_ORDER, Parameter("computeCommissionRates", flag))
        trade, user = Security.TRADE, Security.USER_DATA
        path = "/api/v3/order"
        one_market = (Parameter("symbol", symbol),)
        return [
            Endpoint("POST", path, self.place, trade, NEW_ORDER, orders=1),
            Endpoint("GET", path, self.show, user, ONE_ORDER, weight=4),
            Endpoint("DELETE", path, self.cancel, trade, cancel),
            Endpoint("POST", f"{path}/test", self.test, trade, test, weight=_weight_of_test),
            Endpoint(
                "GET", "/api/v3/openOrders", self.open_orders, user, one_market, weight=_weight_of_open, slow=True
            ),
            Endpoint(
                "DELETE",
                "/api/v3/openOrders",
                self.cancel_all,
                trade,
                (Parameter("symbol", symbol, required=True),),
                slow=True,
            ),
        ]

    def place(self, asked: Asked) -> object:
        """A new order."""
        return placed(self._exchange.place(self._commands.read(asked)), response_type(asked))

    def test(self, asked: Asked) -> object:
        """A new order looked at, and not placed: it does not reach the matching engine, so what only that would refuse
        (no money, a price that takes) is not refused."""
        command = self._commands.read(asked)
        with suppress(*ENGINE_REFUSALS):
            self._exchange.assess(command)
        if not asked["computeCommissionRates"]:
            return {}
        return commissions_of_order(self._exchange.fee_terms(asked.account_id), command.symbol)

    def show(self, asked: Asked) -> object:
        """One order."""
        return answers.shown(self.find(asked, errors.no_such_order()))

    def cancel(self, asked: Asked) -> object:
        """Take an order back."""
        order = self.canceled(asked, self.find(asked, errors.cancel_rejected()), asked["cancelRestrictions"])
        return answers.canceled(order, asked["newClientOrderId"] or cancel_name(order))

    def canceled(self, asked: Asked, order: Order, restrictions: str | None) -> Order:
        """An order, after it was taken back. Raises BinanceError."""
        only = RESTRICTIONS[restrictions] if restrictions else None
        try:
            return self._exchange.cancel(asked.account_id, order.order_id, only=only)
        except (OrderNotFound, OrderNotOpen):
            raise errors.cancel_rejected() from None
        except CancelRestricted:
            raise errors.cancel_rejected("Order was not canceled due to cancel restrictions.") from None

    def open_orders(self, asked: Asked) -> object:
        """Open orders of one market or all, oldest first."""
        name = asked["symbol"]
        market = None if name is None else self._symbols.on_record(name)
        return [answers.shown(order) for order in self._exchange.open_orders(asked.account_id, market)]

    def cancel_all(self, asked: Asked) -> object:
        """Take every open order of a market back."""
        gone = self._exchange.cancel_all(asked.account_id, self._symbols.on_record(asked["symbol"]))
        if not gone:
            raise errors.cancel_rejected()
        told: list[dict[str, object]] = []
        lists: set[int] = set()
        for order in gone:
            if order.leg is None:
                told.append(answers.canceled(order, cancel_name(order)))
            elif order.leg.list_id not in lists:
                # the others of a list are told with its first one
                lists.add(order.leg.list_id)
                orders = self._exchange.order_list(asked.account_id, order.leg.list_id)
                ended = [each for each in gone if each.leg and each.leg.list_id == order.leg.list_id]
                told.append(answers.canceled_list(orders, ended, cancel_name))
        return told

    def market(self, name: str) -> str:
        """The symbol of a market by its name on the wire. Raises BinanceError."""
        return self._symbols.on_record(name)

    def find(
        self, asked: Asked, refused: BinanceError, by_id: str = "orderId", by_name: str = "origClientOrderId"
    ) -> Order:
        """The order that a request names by its id, its client order id, or both. Raises `refused` when there is none,
        and BinanceError when nothing is named."""
        order_id, name = asked[by_id], asked[by_name]
        if order_id is None and name is None:
            raise errors.either_missing(by_name, by_id)
        market = self._symbols.on_record(asked["symbol"])
        try:
            order = self._exchange.order(asked.account_id, order_id, client_order_id=name)
        except OrderNotFound:
            raise refused from None
        if order.symbol != market:
            raise refused
        return order


def placed(order: PlacedOrder, kind: str) -> dict[str, object]:
    """The answer to a new order; `kind` is ACK, RESULT or FULL."""
    if kind == "ACK":
        return answers.acknowledged(order.order)
    if kind == "RESULT":
        return answers.result(order.order)
    return answers.full(order.order, order.fills)


def cancel_name(order: Order) -> str:
    """The client order id of a cancellation whose sender gave none."""
    return f"mx-cancel-{order.order_id}"


def _weight_of_test(texts: Mapping[str, str]) -> int:
    return 20 if texts.get("computeCommissionRates") == "true" else 1


def _weight_of_open(texts: Mapping[str, str]) -> int:
    return 6 if "symbol" in texts else 80
