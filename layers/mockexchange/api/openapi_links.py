"""Which operation can follow which, and with what of its answer: OpenAPI's links."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_ID, _NAME, _SYMBOL = "$response.body#/id", "$response.body#/name", "$response.body#/symbol"

_TO_ORDER = {
    "getOrder": {"order_id": _ID},
    "cancelOrder": {"order_id": _ID},
    "amendOrder": {"order_id": _ID},
    "getOrderByClientId": {"client_order_id": "$response.body#/clientOrderId"},
    "cancelOrderByClientId": {"client_order_id": "$response.body#/clientOrderId"},
    "explainOrder": {"order_id": _ID},
    "listTrades": {"order": _ID},
}
_TO_STANDING = {name: {"order_id": "$response.body#/order/id"} for name in ("getOrder", "cancelOrder", "explainOrder")}
_FIRST_ORDER = {
    "getOrder": {"order_id": "$response.body#/0/id"},
    "cancelOrder": {"order_id": "$response.body#/0/id"},
}
_TO_ASSET = {
    "getBalance": {"asset": "$response.body#/asset"},
    "withdraw": {"asset": "$response.body#/asset"},
    "listLedger": {"asset": "$response.body#/asset"},
}

LINKS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "placeOrder": _TO_ORDER,
    "placeOrderList": {"getOrderList": {"list_id": _ID}, "cancelOrderList": {"list_id": _ID}},
    "listOrderLists": {"getOrderList": {"list_id": "$response.body#/0/id"}},
    "amendOrder": _TO_STANDING,
    "getOrder": {"cancelOrder": {"order_id": _ID}},
    "cancelOrder": {"getOrder": {"order_id": _ID}},
    "listOrders": _FIRST_ORDER,
    "listOrderIds": {"getOrder": {"order_id": "$response.body#/0"}, "cancelOrder": {"order_id": "$response.body#/0"}},
    "listTrades": {"getOrder": {"order_id": "$response.body#/0/order"}},
    "deposit": _TO_ASSET,
    "listAssets": {"getBalance": {"asset": "$response.body#/0"}},
    "listSymbols": {"getTickers": {"symbols": "$response.body#/0"}},
    "listMarkets": {"getTickers": {"symbols": "$response.body#/0/symbol"}},
    "setPrice": {"getTickers": {"symbols": _SYMBOL}, "listOrders": {"symbol": _SYMBOL}},
    "openAccount": {
        "getAccount": {"account_id": _ID},
        "changeAccount": {"account_id": _ID},
        "takeSnapshot": {"account_id": _ID},
        "resetAccount": {"account_id": _ID},
        "cloneAccount": {"account_id": _ID},
    },
    "listAccounts": {"getAccount": {"account_id": "$response.body#/0/id"}},
    "takeSnapshot": {
        name: {"account_id": "$response.body#/account", "name": _NAME}
        for name in ("getSnapshot", "compareSnapshot", "restoreSnapshot", "deleteSnapshot")
    },
    "takeOwnSnapshot": {
        name: {"name": _NAME}
        for name in ("getOwnSnapshot", "compareOwnSnapshot", "restoreOwnSnapshot", "deleteOwnSnapshot")
    },
    "createKey": {"rotateKey": {"key_id": _ID}, "revokeKey": {"key_id": _ID}},
    "listEvents": {"listEvents": {"after": "$response.header.X-Next-Cursor"}},
}
"""By operation: what can follow it, with parameters that take runtime expressions."""


def links_of(operation_id: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """The links of an operation's successful answers; those to operations that are not `known` are left out."""
    return {
        target: {"operationId": target, "parameters": dict(parameters)}
        for target, parameters in LINKS.get(operation_id, {}).items()
        if target in known
    }
