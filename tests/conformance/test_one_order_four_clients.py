"""The same order, sent by four clients and by a hand-written request, is the same order in the store."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from dataclasses import asdict
from importlib import import_module
from typing import Any
from urllib.parse import urlencode

import httpx
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

ORDERS: dict[str, dict[str, Any]] = {
    "limit": {"side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.30000", "price": "50000.29"},
    "immediate": {"side": "BUY", "type": "LIMIT", "timeInForce": "IOC", "quantity": "0.1", "price": "60500"},
    "post-only": {"side": "SELL", "type": "LIMIT_MAKER", "quantity": "0.3", "price": "65000.01"},
    "market": {"side": "SELL", "type": "MARKET", "quantity": "0.12345"},
    "market for money": {"side": "BUY", "type": "MARKET", "quoteOrderQty": "1000.01"},
}
OWN = {"order_id", "client_order_id", "created_at", "updated_at", "met_tick", "version", "trade_ids"}
"""What is an order's own, and no part of what was asked for."""


def by_ccxt(url: str, order: dict[str, Any]) -> None:
    with ccxt_binance(url) as client:
        spends = "quoteOrderQty" in order
        parameters = {"cost": float(order["quoteOrderQty"])} if spends else {"timeInForce": order.get("timeInForce")}
        if order["type"] == "LIMIT_MAKER":
            parameters = {"postOnly": True}
        client.create_order(
            "BTC/USDT",
            "market" if order["type"] == "MARKET" else "limit",
            order["side"].lower(),
            None if spends else float(order["quantity"]),
            float(order["price"]) if "price" in order else None,
            {name: value for name, value in parameters.items() if value is not None},
        )


def by_python_binance(url: str, order: dict[str, Any]) -> None:
    kind = import_module("binance.client").Client
    with found_loop():
        client = type("Client", (kind,), {"API_URL": f"{url}/api"})(KEY, SECRET)
        client.create_order(symbol="BTCUSDT", **order)
        client.close_connection()


def by_connector(url: str, order: dict[str, Any]) -> None:
    client = import_module("binance.spot").Spot(api_key=KEY, api_secret=SECRET, base_url=url)
    client.new_order(symbol="BTCUSDT", **order)
    client.session.close()


def by_sdk(url: str, order: dict[str, Any]) -> None:
    configuration = import_module("binance_common.configuration").ConfigurationRestAPI(
        api_key=KEY, api_secret=SECRET, base_path=url
    )
    client = import_module("binance_sdk_spot.spot").Spot(config_rest_api=configuration).rest_api
    names = {"timeInForce": "time_in_force", "quoteOrderQty": "quote_order_qty"}
    given = {names.get(name, name): value for name, value in order.items()}
    numbers = {name: float(given[name]) for name in ("quantity", "price", "quote_order_qty") if name in given}
    client.new_order(symbol="BTCUSDT", **(given | numbers))
    client._session.close()


def by_hand(url: str, order: dict[str, Any]) -> None:
    """Half of it in the query and half in the body, which Binance allows."""
    query = urlencode({"symbol": "BTCUSDT", "recvWindow": 5000, "timestamp": int(1000 * time.time())})
    body = urlencode(order)
    signature = hmac.digest(SECRET.encode(), (query + body).encode(), "sha256").hex()
    answer = httpx.post(
        f"{url}/api/v3/order?{query}",
        content=f"{body}&signature={signature}",
        headers={"X-MBX-APIKEY": KEY, "Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 200, answer.text


SENDERS: tuple[Callable[[str, dict[str, Any]], None], ...] = (
    by_ccxt, by_python_binance, by_connector, by_sdk, by_hand,
)  # fmt: skip


@exercises(CCXT, "the same order as the other clients'", result="the same order in the store")
@exercises(PYTHON_BINANCE, "the same order as the other clients'", result="the same order in the store")
@exercises(CONNECTOR, "the same order as the other clients'", result="the same order in the store")
@exercises(SDK, "the same order as the other clients'", result="the same order in the store")
@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_the_same_order(served_on_each: Served, order: dict[str, Any]) -> None:
    for send in SENDERS:
        send(served_on_each.url, order)

    stored = [
        {name: value for name, value in asdict(each).items() if name not in OWN} for each in served_on_each.orders()
    ]
    assert len(stored) == len(SENDERS)
    assert stored == [stored[0]] * len(SENDERS)
    assert len({each.client_order_id for each in served_on_each.orders()}) == len(SENDERS)
