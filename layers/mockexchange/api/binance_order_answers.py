"""Orders and fills in the words of the Binance wire."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..domain.fills import Fill, Liquidity
from ..domain.orders import Amendment, Order, Side
from ..domain.placing_lists import list_name
from .binance_endpoints import written
from .binance_symbols import wire_name

NO_LIST = -1
"""The list of an order that is in none."""

NO_PREVENTION = "NONE"
"""The mode of self-trade prevention of an order that names none."""


def list_id(order: Order) -> int:
    """The id of the list that an order belongs to."""
    return NO_LIST if order.leg is None else order.leg.list_id


def wire_type(order: Order) -> str:
    """An order's type; a post-only order is one of its own on this wire."""
    return "LIMIT_MAKER" if order.post_only else order.type.value


NOT_YET = -1
"""When an order began to work that waits for that, or to trail the last price."""


def _working_time(order: Order) -> int:
    since = order.working_since
    return NOT_YET if since is None else since


def _conditions(order: Order) -> dict[str, object]:
    """What only some orders show ("Conditional fields in Order Responses")."""
    found: dict[str, object] = {} if order.stop_price is None else {"stopPrice": written(order.stop_price)}
    if order.iceberg_quantity is not None:
        found["icebergQty"] = written(order.iceberg_quantity)
    return found | _trailing(order)


def _trailing(order: Order) -> dict[str, object]:
    trailing = order.trailing
    if trailing is None:
        return {}
    since = NOT_YET if trailing.started_at is None else trailing.started_at
    return {"trailingDelta": trailing.delta, "trailingTime": since}


def acknowledged(order: Order) -> dict[str, object]:
    """newOrderRespType ACK: that the order is there."""
    return {
        "symbol": wire_name(order.symbol),
        "orderId": order.order_id,
        "orderListId": list_id(order),
        "clientOrderId": order.client_order_id,
        "transactTime": order.updated_at,
    }


def result(order: Order) -> dict[str, object]:
    """newOrderRespType RESULT: what became of it at once."""
    return {
        **acknowledged(order),
        "price": written(order.price),
        "origQty": written(order.quantity),
        "executedQty": written(order.filled_quantity),
        "origQuoteOrderQty": written(order.quote_quantity),
        "cummulativeQuoteQty": written(order.filled_notional),
        "status": order.status.value,
        "timeInForce": order.time_in_force.value,
        "type": wire_type(order),
        "side": order.side.value,
        **_conditions(order),
        "workingTime": _working_time(order),
        "selfTradePreventionMode": order.self_trade_prevention or NO_PREVENTION,
    }


def full(order: Order, fills: Sequence[Fill]) -> dict[str, object]:
    """newOrderRespType FULL: with what it traded."""
    return {**result(order), "fills": [_part(fill) for fill in fills]}


def _part(fill: Fill) -> dict[str, object]:
    return {
        "price": written(fill.price),
        "qty": written(fill.quantity),
        "commission": written(fill.commission),
        "commissionAsset": fill.commission_asset,
        "tradeId": fill.trade_id,
    }


def canceled(order: Order, name: str) -> dict[str, object]:
    """A cancellation, which has a client order id of its own: `name`."""
    return {
        "symbol": wire_name(order.symbol),
        "origClientOrderId": order.client_order_id,
        **{key: value for key, value in result(order).items() if key not in ("symbol", "clientOrderId", "workingTime")},
        "clientOrderId": name,
    }


def shown(order: Order) -> dict[str, object]:
    """An order that is asked for."""
    return {
        "symbol": wire_name(order.symbol),
        "orderId": order.order_id,
        "orderListId": list_id(order),
        "clientOrderId": order.client_order_id,
        "price": written(order.price),
        "origQty": written(order.quantity),
        "executedQty": written(order.filled_quantity),
        "cummulativeQuoteQty": written(order.filled_notional),
        "status": order.status.value,
        "timeInForce": order.time_in_force.value,
        "type": wire_type(order),
        "side": order.side.value,
        "stopPrice": written(order.stop_price),
        **_trailing(order),
        "icebergQty": written(order.iceberg_quantity),
        "time": order.created_at,
        "updateTime": order.updated_at,
        "isWorking": order.working_since is not None,
        "workingTime": _working_time(order),
        "origQuoteOrderQty": written(order.quote_quantity),
        "selfTradePreventionMode": order.self_trade_prevention or NO_PREVENTION,
    }


def amended(order: Order) -> dict[str, object]:
    """An order whose quantity was lowered just now."""
    last = order.amendments[-1]
    return {
        "transactTime": last.timestamp,
        "executionId": last.version,
        "amendedOrder": {
            "symbol": wire_name(order.symbol),
            "orderId": order.order_id,
            "orderListId": list_id(order),
            "origClientOrderId": last.client_order_id_before,
            "clientOrderId": order.client_order_id,
            "price": written(order.price),
            "qty": written(order.quantity),
            "executedQty": written(order.filled_quantity),
            "preventedQty": written(None),
            "quoteOrderQty": written(order.quote_quantity),
            "cumulativeQuoteQty": written(order.filled_notional),
            "status": order.status.value,
            "timeInForce": order.time_in_force.value,
            "type": wire_type(order),
            "side": order.side.value,
            **_conditions(order),
            "workingTime": _working_time(order),
            "selfTradePreventionMode": order.self_trade_prevention or NO_PREVENTION,
        },
    }


def amendment(order: Order, made: Amendment) -> dict[str, object]:
    """One line of an order's amendments. They are numbered within their order."""
    return {
        "symbol": wire_name(order.symbol),
        "orderId": order.order_id,
        "executionId": made.version,
        "origClientOrderId": made.client_order_id_before,
        "newClientOrderId": made.client_order_id,
        "origQty": written(made.quantity_before),
        "newQty": written(made.quantity),
        "time": made.timestamp,
    }


def traded(fill: Fill, order_list: int | None = None) -> dict[str, object]:
    """One line of myTrades; `order_list` is the list of its order, if that has one."""
    return {
        "symbol": wire_name(fill.symbol),
        "id": fill.trade_id,
        "orderId": fill.order_id,
        "orderListId": NO_LIST if order_list is None else order_list,
        "price": written(fill.price),
        "qty": written(fill.quantity),
        "quoteQty": written(fill.quote_quantity),
        "commission": written(fill.commission),
        "commissionAsset": fill.commission_asset,
        "time": fill.timestamp,
        "isBuyer": fill.side is Side.BUY,
        "isMaker": fill.liquidity is Liquidity.MAKER,
        "isBestMatch": True,
    }


def order_list(orders: Sequence[Order]) -> dict[str, object]:
    """An order list as it stands."""
    first = orders[0]
    assert first.leg is not None, "it is of a list"
    executing = any(order.is_open for order in orders)
    return {
        "orderListId": first.leg.list_id,
        "contingencyType": first.leg.contingency.value,
        "listStatusType": "EXEC_STARTED" if executing else "ALL_DONE",
        "listOrderStatus": "EXECUTING" if executing else "ALL_DONE",
        "listClientOrderId": list_name(first),
        "transactionTime": max(order.updated_at for order in orders),
        "symbol": wire_name(first.symbol),
        "orders": [
            {"symbol": wire_name(order.symbol), "orderId": order.order_id, "clientOrderId": order.client_order_id}
            for order in orders
        ],
    }


def list_status(orders: Sequence[Order]) -> dict[str, object]:
    """What an amendment of one of its orders tells of a list."""
    told = order_list(orders)
    return {name: value for name, value in told.items() if name not in ("listStatusType", "transactionTime")}


def canceled_list(orders: Sequence[Order], gone: Sequence[Order], name: Callable[[Order], str]) -> dict[str, object]:
    """A list that was taken back; `gone` are its orders that were open, `name` gives what each cancellation is
    called."""
    return {**order_list(orders), "orderReports": [canceled(order, name(order)) for order in gone]}
