"""Order lists by the clients that others wrote, unmodified: placed, looked at, filled, canceled."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from .ccxt_clients import CCXT, ccxt_binance
from .exercised import exercises
from .loops import found_loop
from .served import KEY, SECRET, Served
from .test_binance_connector import CONNECTOR
from .test_binance_sdk_spot import SDK
from .test_python_binance import PYTHON_BINANCE

# python-binance asks websockets for names that websockets is about to drop
pytestmark = pytest.mark.filterwarnings("ignore:websockets:DeprecationWarning")

OCO: dict[str, Any] = {
    "symbol": "BTCUSDT", "side": "SELL", "quantity": "0.1",
    "aboveType": "LIMIT_MAKER", "abovePrice": "70000",
    "belowType": "STOP_LOSS_LIMIT", "belowPrice": "49000", "belowStopPrice": "50000", "belowTimeInForce": "GTC",
}  # fmt: skip
OTOCO: dict[str, Any] = {
    "symbol": "BTCUSDT", "workingType": "LIMIT", "workingSide": "BUY", "workingPrice": "55000",
    "workingQuantity": "0.1", "workingTimeInForce": "GTC", "pendingSide": "SELL", "pendingQuantity": "0.09",
    "pendingAboveType": "LIMIT_MAKER", "pendingAbovePrice": "70000",
    "pendingBelowType": "STOP_LOSS", "pendingBelowStopPrice": "50000",
}  # fmt: skip


def by_ccxt(url: str, asked: Callable[[Any], Any]) -> Any:
    with ccxt_binance(url) as client:
        return asked(client)


def by_python_binance(url: str, asked: Callable[[Any], Any]) -> Any:
    kind = import_module("binance.client").Client
    with found_loop():
        client = type("Client", (kind,), {"API_URL": f"{url}/api"})(KEY, SECRET)
        try:
            return asked(client)
        finally:
            client.close_connection()


def by_connector(url: str, asked: Callable[[Any], Any]) -> Any:
    client = import_module("binance.spot").Spot(api_key=KEY, api_secret=SECRET, base_url=url)
    try:
        return asked(client)
    finally:
        client.session.close()


def by_sdk(url: str, asked: Callable[[Any], Any]) -> Any:
    configuration = import_module("binance_common.configuration").ConfigurationRestAPI(
        api_key=KEY, api_secret=SECRET, base_path=url
    )
    client = import_module("binance_sdk_spot.spot").Spot(config_rest_api=configuration).rest_api
    try:
        return asked(client).data()
    finally:
        client._session.close()


def snake(asked: dict[str, Any]) -> dict[str, Any]:
    """The parameters as the SDK names them."""
    numbers = {name: float(value) if value.replace(".", "").isdecimal() else value for name, value in asked.items()}
    return {"".join(f"_{each.lower()}" if each.isupper() else each for each in name): numbers[name] for name in asked}


def states(served: Served) -> list[str]:
    return [order.status.value for order in served.orders()]


@exercises(CCXT, "order lists (OCO, OTOCO, legacy OCO)", result="placed, found, canceled")
def test_ccxt(served: Served) -> None:
    placed = by_ccxt(served.url, lambda client: client.private_post_orderlist_oco(OCO))
    assert [each["type"] for each in placed["orderReports"]] == ["LIMIT_MAKER", "STOP_LOSS_LIMIT"]
    old = {"symbol": "BTCUSDT", "side": "SELL", "quantity": "0.1", "price": "70000", "stopPrice": "50000"}
    legacy = by_ccxt(served.url, lambda client: client.private_post_order_oco(old))
    assert [each["type"] for each in legacy["orderReports"]] == ["STOP_LOSS", "LIMIT_MAKER"]
    three = by_ccxt(served.url, lambda client: client.private_post_orderlist_otoco(OTOCO))
    assert states(served)[-3:] == ["NEW", "PENDING_NEW", "PENDING_NEW"]
    found = by_ccxt(served.url, lambda client: client.private_get_openorderlist())
    assert [each["orderListId"] for each in found] == [each["orderListId"] for each in (placed, legacy, three)]

    def unified(client: Any) -> Any:
        client.cancel_order(str(three["orders"][2]["orderId"]), "BTC/USDT")
        return client.fetch_order(str(three["orders"][0]["orderId"]), "BTC/USDT")

    assert by_ccxt(served.url, unified)["status"] == "canceled"
    gone = by_ccxt(
        served.url,
        lambda client: client.private_delete_orderlist({"symbol": "BTCUSDT", "orderListId": placed["orderListId"]}),
    )
    assert gone["listOrderStatus"] == "ALL_DONE"
    by_ccxt(served.url, lambda client: client.cancel_all_orders("BTC/USDT"))
    assert set(states(served)) == {"CANCELED"}


@exercises(PYTHON_BINANCE, "create_oco_order, order_oco_sell", result="placed")
def test_python_binance(served: Served) -> None:
    told = by_python_binance(served.url, lambda client: client.create_oco_order(**OCO))
    assert told["contingencyType"] == "OCO"
    assert states(served) == ["NEW", "NEW"]


@exercises(CONNECTOR, "new_oco_order, new_oto_order, new_otoco_order, cancel_oco_order", result="placed, canceled")
def test_connector(served: Served) -> None:
    positional = ("symbol", "side", "quantity", "aboveType", "belowType")
    rest = {name: value for name, value in OCO.items() if name not in positional}
    told = by_connector(served.url, lambda client: client.new_oco_order(*(OCO[name] for name in positional), **rest))
    by_connector(served.url, lambda client: client.new_otoco_order(**OTOCO))
    assert states(served) == ["NEW", "NEW", "NEW", "PENDING_NEW", "PENDING_NEW"]
    by_connector(served.url, lambda client: client.cancel_oco_order("BTCUSDT", orderListId=told["orderListId"]))
    assert states(served)[:2] == ["CANCELED", "CANCELED"]


@exercises(SDK, "order_list_oco, order_list_otoco, get_order_list, delete_order_list", result="placed, found, canceled")
def test_sdk(served: Served) -> None:
    told = by_sdk(served.url, lambda client: client.order_list_oco(**snake(OCO)))
    by_sdk(served.url, lambda client: client.order_list_otoco(**snake(OTOCO)))
    assert states(served) == ["NEW", "NEW", "NEW", "PENDING_NEW", "PENDING_NEW"]
    found = by_sdk(served.url, lambda client: client.get_order_list(order_list_id=told.order_list_id))
    assert (found.contingency_type, len(found.orders)) == ("OCO", 2)
    by_sdk(
        served.url,
        lambda client: client.delete_order_list(symbol="BTCUSDT", order_list_id=told.order_list_id),
    )
    assert states(served)[:2] == ["CANCELED", "CANCELED"]


@exercises(CCXT, "a bracket (OTOCO) that is filled", result="entry, then target; the stop expires")
def test_a_bracket_is_filled(served: Served) -> None:
    by_ccxt(served.url, lambda client: client.private_post_orderlist_otoco(OTOCO))
    served.price("54990", "55000")
    assert states(served) == ["FILLED", "NEW", "NEW"]
    served.price("70000", "70010")
    assert states(served) == ["FILLED", "FILLED", "EXPIRED"]
    orders = by_ccxt(served.url, lambda client: client.fetch_orders("BTC/USDT"))
    assert [each["status"] for each in orders] == ["closed", "closed", "expired"]
