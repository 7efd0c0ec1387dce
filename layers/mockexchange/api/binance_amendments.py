"""Orders made smaller, with their place kept: order/amend/keepPriority and order/amendments (rest-api.md)."""

from __future__ import annotations

from ..domain.errors import (
    DuplicateOrderId,
    NothingAmended,
    OrderNotFound,
    OrderNotOpen,
    QuantityFilled,
    QuantityIncreased,
)
from ..domain.orders import Order
from ..exchange import Exchange
from . import binance_errors as errors
from . import binance_order_answers as answers
from .binance_endpoints import Asked, Endpoint, Security
from .binance_errors import BinanceError
from .binance_orders import ONE_ORDER, WireOrders
from .binance_parameters import Parameter, client_order_id, integer, number, positive, symbol

MOST = 1000
"""Amendments in one answer."""


class WireAmendments:
    """What becomes of an order that its owner wants less of."""

    def __init__(self, exchange: Exchange, orders: WireOrders) -> None:
        self._exchange = exchange
        self._orders = orders

    def endpoints(self) -> list[Endpoint]:
        """Every path."""
        amend = (
            *ONE_ORDER,
            Parameter("newClientOrderId", client_order_id),
            Parameter("newQty", number, required=True),
        )
        amendments = (
            Parameter("symbol", symbol, required=True),
            Parameter("orderId", integer, required=True),
            Parameter("fromExecutionId", integer, default=0),
            Parameter("limit", positive, default=500),
        )
        path = "/api/v3/order"
        return [
            Endpoint("PUT", f"{path}/amend/keepPriority", self.amend, Security.TRADE, amend, weight=4),
            Endpoint("GET", f"{path}/amendments", self.amendments, Security.USER_DATA, amendments, weight=4),
        ]

    def amend(self, asked: Asked) -> object:
        """Lower an order's quantity. It gets another client order id: the one that is asked for, or one of ours."""
        order = self._orders.find(asked, _unknown())
        name = asked["newClientOrderId"] or f"mx-amend-{order.order_id}-{order.version + 1}"
        try:
            after = self._exchange.amend(
                asked.account_id, order.order_id, quantity=asked["newQty"], new_client_order_id=name
            )
        except QuantityIncreased:
            raise errors.amend_rejected("Order amend (quantity increase) is not supported.") from None
        except NothingAmended:
            raise errors.amend_rejected("The requested action would change no state; rejecting.") from None
        except QuantityFilled as error:
            raise errors.amend_rejected(error.detail) from None  # Binance says nowhere what it says here
        except DuplicateOrderId:
            raise errors.amend_rejected("Duplicate order sent.") from None
        except (OrderNotFound, OrderNotOpen):
            raise _unknown() from None
        answer = answers.amended(after)
        if after.leg is not None:
            answer["listStatus"] = answers.list_status(self._exchange.order_list(asked.account_id, after.leg.list_id))
        return answer

    def amendments(self, asked: Asked) -> object:
        """What an order was amended to, oldest first."""
        order = self._order(asked)
        found = [each for each in order.amendments if each.version >= asked["fromExecutionId"]]
        return [answers.amendment(order, each) for each in found[: min(asked["limit"], MOST)]]

    def _order(self, asked: Asked) -> Order:
        order = self._exchange.order(asked.account_id, asked["orderId"])
        if order.symbol != self._orders.market(asked["symbol"]):
            raise errors.no_such_order()
        return order


def _unknown() -> BinanceError:
    return errors.amend_rejected(errors.UNKNOWN_ORDER)
