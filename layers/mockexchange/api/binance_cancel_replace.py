"""Cancel an order and place another: POST /api/v3/order/cancelReplace (rest-api.md).

Filters are looked at before anything is done. Then the exchange does both in one transaction. When the new order is
refused although the old one can be canceled, Binance leaves the old one canceled, and so does this.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from ..domain.errors import (
    ExchangeError,
    ExchangeNotAvailable,
    FilterFailure,
    OrderNotFound,
    OrderNotOpen,
    OutcomeUnknown,
)
from ..domain.orders import Order
from ..domain.placing import PlaceOrder, check_client_order_id
from ..exchange import Exchange
from . import binance_errors as errors
from . import binance_order_answers as answers
from .binance_endpoints import Asked, Endpoint, Security
from .binance_errors import BinanceError
from .binance_order_commands import NEW_ORDER, OrderCommands, response_type
from .binance_orders import BAD_RESTRICTIONS, ENGINE_REFUSALS, RESTRICTIONS, WireOrders, cancel_name, placed
from .binance_parameters import Parameter, client_order_id, integer, one_of
from .binance_symbols import WireSymbols

CANCEL_REPLACE: tuple[Parameter[Any], ...] = (
    *NEW_ORDER,
    Parameter("cancelReplaceMode", one_of(("STOP_ON_FAILURE", "ALLOW_FAILURE")), required=True),
    Parameter("cancelNewClientOrderId", client_order_id),
    Parameter("cancelOrigClientOrderId", client_order_id),
    Parameter("cancelOrderId", integer),
    Parameter("cancelRestrictions", one_of(RESTRICTIONS, BAD_RESTRICTIONS)),
    Parameter("orderRateLimitExceededMode", one_of(("DO_NOTHING", "CANCEL_ONLY"))),
)


class WireCancelReplace:
    """Both in one request."""

    def __init__(self, exchange: Exchange, symbols: WireSymbols, orders: WireOrders) -> None:
        self._exchange = exchange
        self._orders = orders
        self._commands = OrderCommands(exchange, symbols)

    def endpoints(self) -> list[Endpoint]:
        """The path."""
        path = "/api/v3/order/cancelReplace"
        return [Endpoint("POST", path, self.replace, Security.TRADE, CANCEL_REPLACE, orders=1)]

    def replace(self, asked: Asked) -> object:
        """Cancel one order, then place another."""
        command = self._commands.read(asked)
        self._check_filters(command)
        try:
            old = self._orders.find(
                asked, errors.cancel_rejected(), by_id="cancelOrderId", by_name="cancelOrigClientOrderId"
            )
            if asked.over is not None:
                gone = self._orders.canceled(asked, old, asked["cancelRestrictions"])
                raise _over_limit("SUCCESS", "FAILURE", self._gone(asked, gone), asked.over)
            if asked["cancelRestrictions"] or not old.is_open:
                # looked at when it is canceled, and refused where it must be
                return self._one_by_one(asked, command, old)
            return self._at_once(asked, command, old)
        except BinanceError as error:
            if error.code != errors.cancel_rejected().code:
                raise
            if asked.over is not None:
                raise _over_limit("FAILURE", "NOT_ATTEMPTED", error.body, asked.over) from None
            return self._without_cancel(asked, command, error)

    def _at_once(self, asked: Asked, command: PlaceOrder, old: Order) -> object:
        """Both in one transaction; where that is refused, one after the other."""
        try:
            new = self._exchange.replace(asked.account_id, old.order_id, command)
        except (OrderNotFound, OrderNotOpen):
            raise errors.cancel_rejected() from None
        except (FilterFailure, ExchangeNotAvailable):
            raise
        except ExchangeError:
            return self._one_by_one(asked, command, old)
        left = new.canceled
        assert left is not None, "it was replaced"
        return {
            "cancelResult": "SUCCESS",
            "newOrderResult": "SUCCESS",
            "cancelResponse": self._gone(asked, left),
            "newOrderResponse": placed(new, response_type(asked)),
        }

    def _check_filters(self, command: PlaceOrder) -> None:
        """Raises what makes the new order impossible, whatever the market does: nothing is canceled for that. What only
        the matching engine refuses shows when it is placed."""
        if command.client_order_id is not None:
            check_client_order_id(command.client_order_id)
        with suppress(*ENGINE_REFUSALS):
            # without its name: one that is taken must not keep the filters from being looked at
            self._exchange.assess(replace(command, client_order_id=None))

    def _one_by_one(self, asked: Asked, command: PlaceOrder, old: Order) -> object:
        """The cancellation on its own, and then the new order, which may be refused."""
        gone = self._orders.canceled(asked, old, asked["cancelRestrictions"])
        response, refused = self._placed(asked, command)
        if refused is None:
            return {
                "cancelResult": "SUCCESS",
                "newOrderResult": "SUCCESS",
                "cancelResponse": self._gone(asked, gone),
                "newOrderResponse": response,
            }
        raise _partly("SUCCESS", "FAILURE", self._gone(asked, gone), refused.body)

    def _without_cancel(self, asked: Asked, command: PlaceOrder, error: BinanceError) -> object:
        """What follows when the old order cannot be canceled."""
        if asked["cancelReplaceMode"] == "STOP_ON_FAILURE":
            raise _failed("NOT_ATTEMPTED", error.body, None)
        response, refused = self._placed(asked, command)
        if refused is not None:
            raise _failed("FAILURE", error.body, refused.body)
        raise _partly("FAILURE", "SUCCESS", error.body, response)

    def _placed(self, asked: Asked, command: PlaceOrder) -> tuple[Mapping[str, object], BinanceError | None]:
        try:
            return placed(self._exchange.place(command), response_type(asked)), None
        except OutcomeUnknown:
            raise  # it may be there: that is no failure
        except ExchangeError as error:
            return {}, errors.from_refusal(error)

    def _gone(self, asked: Asked, order: Order) -> dict[str, object]:
        return answers.canceled(order, asked["cancelNewClientOrderId"] or cancel_name(order))


def _partly(
    cancel: str, new: str, cancel_response: Mapping[str, object], new_response: Mapping[str, object]
) -> BinanceError:
    return BinanceError(
        -2021, "Order cancel-replace partially failed.", 409, data=_data(cancel, new, cancel_response, new_response)
    )


def _over_limit(cancel: str, new: str, cancel_response: Mapping[str, object], over: BinanceError) -> BinanceError:
    """What a client gets that may place no order now, and asked for the cancellation all the same."""
    partly = cancel == "SUCCESS"
    code, said = (-2021, "partially failed") if partly else (-2022, "failed")
    data = _data(cancel, new, cancel_response, over.body if partly else None)
    return BinanceError(code, f"Order cancel-replace {said}.", over.status, data=data, headers=over.headers)


def _failed(new: str, cancel_response: Mapping[str, object], new_response: Mapping[str, object] | None) -> BinanceError:
    data = _data("FAILURE", new, cancel_response, new_response)
    return BinanceError(-2022, "Order cancel-replace failed.", 400, data=data)


def _data(
    cancel: str, new: str, cancel_response: Mapping[str, object], new_response: Mapping[str, object] | None
) -> dict[str, object]:
    return {
        "cancelResult": cancel,
        "newOrderResult": new,
        "cancelResponse": cancel_response,
        "newOrderResponse": new_response,
    }
