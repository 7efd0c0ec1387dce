"""The gateway client of this project's predecessor, as bots still carry it: its paths, its words, its fields.

The client below is written from the list of what it asks and reads; it knows nothing of this project's own client.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx
import pytest

from mockexchange.api.app import HttpApi, create_app
from mockexchange.clock import ManualClock
from mockexchange.domain.quotes import Quote
from mockexchange.domain.rules import Rules
from mockexchange.exchange import Exchange
from mockexchange.store.memory import MemoryStore

KEY = "gateway-key"
START = 1_700_000_000_000


class GatewayClient:
    """Asks over one API key; every answer is plain JSON, every error an HTTP status."""

    def __init__(self, app: HttpApi) -> None:
        self.app = app

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            headers = {"x-api-key": KEY}
            async with httpx.AsyncClient(transport=transport, base_url="http://gateway", headers=headers) as client:
                return await client.request(method, path, json=body)

        answer = asyncio.run(ask())
        answer.raise_for_status()
        return answer.json()

    def symbols(self) -> list[str]:
        return self._ask("GET", "/tickers")

    def tickers(self, *symbols: str) -> dict[str, Any]:
        return self._ask("GET", f"/tickers/{','.join(symbols)}")

    def balance(self, asset: str | None = None) -> Any:
        return self._ask("GET", f"/balance/{asset}" if asset else "/balance")

    def assets(self) -> list[str]:
        return self._ask("GET", "/balance/list")

    def deposit(self, asset: str, amount: float) -> Any:
        return self._ask("POST", f"/balance/{asset}/deposit", {"amount": amount})

    def withdraw(self, asset: str, amount: float) -> Any:
        return self._ask("POST", f"/balance/{asset}/withdrawal", {"amount": amount})

    def create_order(
        self, symbol: str, side: str, kind: str, amount: float, limit_price: float | None = None
    ) -> dict[str, Any]:
        return self._ask("POST", "/orders", self._order(symbol, side, kind, amount, limit_price))

    def can_execute(
        self, symbol: str, side: str, kind: str, amount: float, limit_price: float | None = None
    ) -> dict[str, Any]:
        return self._ask("POST", "/orders/can_execute", self._order(symbol, side, kind, amount, limit_price))

    @staticmethod
    def _order(symbol: str, side: str, kind: str, amount: float, limit_price: float | None) -> dict[str, Any]:
        # a market order says null: the predecessor sent every field
        return {"symbol": symbol, "side": side, "type": kind, "amount": amount, "limit_price": limit_price}

    def orders(self) -> list[dict[str, Any]]:
        return self._ask("GET", "/orders")

    def order(self, order_id: str) -> dict[str, Any]:
        return self._ask("GET", f"/orders/{order_id}")

    def cancel(self, order_id: str) -> dict[str, Any]:
        return self._ask("POST", f"/orders/{order_id}/cancel")


@dataclass(frozen=True)
class GatewayOrder:
    """The fields of an order that the predecessor's bots read."""

    id: str
    symbol: str
    side: str
    type: str
    amount: float
    filled: float
    remaining: float
    price: float | None
    cost: float
    status: str
    created_at: int
    updated_at: int

    @classmethod
    def read(cls, answer: dict[str, Any]) -> GatewayOrder:
        return cls(**{name: answer[name] for name in cls.__dataclass_fields__})


@pytest.fixture
def client() -> GatewayClient:
    exchange = Exchange(MemoryStore(), ManualClock(START), Rules())
    for symbol, price in (("BTC/USDT", 60_000), ("ETH/USDT", 3_000)):
        last = Decimal(price)
        exchange.set_price(symbol, Quote(symbol, last - 1, last + 1, last, START))
    return GatewayClient(create_app(exchange, api_key=KEY, first_balances={"USDT": Decimal(100_000)}, feed="manual"))


def test_tickers(client: GatewayClient) -> None:
    assert client.symbols() == ["BTC/USDT", "ETH/USDT"]
    both = client.tickers("BTC/USDT", "ETH/USDT")
    assert {symbol: (each["last"], each["bid"], each["ask"], each["timestamp"]) for symbol, each in both.items()} == {
        "BTC/USDT": (60_000, 59_999, 60_001, START),
        "ETH/USDT": (3_000, 2_999, 3_001, START),
    }
    assert list(client.tickers("ETH/USDT")) == ["ETH/USDT"]


def test_balances_and_money_in_and_out(client: GatewayClient) -> None:
    client.deposit("BTC", 1.5)
    client.withdraw("BTC", 0.5)

    assert client.assets() == ["BTC", "USDT"]
    assert client.balance("BTC")["free"] == 1
    assert client.balance()["USDT"]["total"] == 100_000


def test_a_market_order(client: GatewayClient) -> None:
    order = GatewayOrder.read(client.create_order("BTC/USDT", "buy", "market", 0.1))

    assert order == GatewayOrder(
        order.id, "BTC/USDT", "buy", "market", 0.1, 0.1, 0, None, 6000.1, "closed", START, START
    )
    assert GatewayOrder.read(client.order(order.id)) == order


def test_a_limit_order_with_its_word_for_the_price(client: GatewayClient) -> None:
    order = GatewayOrder.read(client.create_order("BTC/USDT", "buy", "limit", 0.1, limit_price=50_000))

    assert (order.type, order.price, order.status, order.filled, order.remaining) == ("limit", 50_000, "open", 0, 0.1)
    assert [GatewayOrder.read(each) for each in client.orders()] == [order]
    assert GatewayOrder.read(client.cancel(order.id)).status == "canceled"


def test_whether_an_order_would_be_accepted(client: GatewayClient) -> None:
    assert client.can_execute("BTC/USDT", "buy", "market", 0.1)["ok"] is True
    refused = client.can_execute("BTC/USDT", "buy", "limit", 100, limit_price=50_000)
    assert refused["ok"] is False
    assert "is free" in refused["reason"]
    assert client.orders() == []


def test_errors_are_statuses(client: GatewayClient) -> None:
    with pytest.raises(httpx.HTTPStatusError) as refused:
        client.order("123456")
    assert refused.value.response.status_code == 404
