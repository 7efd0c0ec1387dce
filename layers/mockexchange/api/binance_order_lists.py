"""Order lists of the Binance wire (OCO, OTO, OTOCO): there are none, and none can be placed yet."""

from __future__ import annotations

from . import binance_errors as errors
from .binance_endpoints import Asked, Endpoint, Security
from .binance_errors import BinanceError
from .binance_history import TIMES, window
from .binance_parameters import Parameter, client_order_id, integer, symbol

PLACING = ("/api/v3/order/oco", "/api/v3/orderList/oco", "/api/v3/orderList/oto", "/api/v3/orderList/otoco")
"""Where lists are placed."""


class WireOrderLists:
    """What an account without order lists answers."""

    def endpoints(self) -> list[Endpoint]:
        """Every path."""
        user, trade, path = Security.USER_DATA, Security.TRADE, "/api/v3/orderList"
        one = (Parameter("orderListId", integer), Parameter("origClientOrderId", client_order_id))
        cancel = (
            Parameter("symbol", symbol, required=True),
            Parameter("orderListId", integer),
            Parameter("listClientOrderId", client_order_id),
            Parameter("newClientOrderId", client_order_id),
        )
        return [
            Endpoint("GET", path, self.one, user, one, weight=4),
            Endpoint("GET", "/api/v3/allOrderList", self.all, user, (Parameter("fromId", integer), *TIMES), weight=20),
            Endpoint("GET", "/api/v3/openOrderList", self.open, user, weight=6),
            Endpoint("DELETE", path, self.cancel, trade, cancel),
            *(Endpoint("POST", each, self.place, trade, cancel[:1], lenient=True) for each in PLACING),
        ]

    def one(self, asked: Asked) -> object:
        """None is found."""
        if asked["orderListId"] is None and asked["origClientOrderId"] is None:
            raise errors.either_missing("origClientOrderId", "orderListId")
        raise BinanceError(-2018, "Order list does not exist.")

    def all(self, asked: Asked) -> object:
        """Of none, all."""
        if asked["fromId"] is not None and (asked["startTime"] is not None or asked["endTime"] is not None):
            raise errors.bad_combination()
        window(asked)
        return []

    def open(self, asked: Asked) -> object:
        """Of none, those that are open."""
        del asked
        return []

    def cancel(self, asked: Asked) -> object:
        """None can be canceled."""
        if asked["orderListId"] is None and asked["listClientOrderId"] is None:
            raise errors.either_missing("orderListId", "listClientOrderId")
        raise errors.cancel_rejected()

    def place(self, asked: Asked) -> object:
        """Refused, whatever else is in it, as Binance refuses what a market does not take."""
        del asked
        raise BinanceError(-1013, "OCO orders are not supported for this symbol")
