"""Faults on purpose as unmodified clients see them, over real sockets: the exceptions that Binance's own would be."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from mockexchange.cli.main import app
from mockexchange.store.memory import MemoryStore

from .ccxt_clients import CCXT, ccxt, ccxt_binance
from .exercised import exercises
from .served import KEY, Served, serve

FAULTS: list[tuple[str, dict[str, object], str, str, bool]] = [
    # what, the plan, ccxt's exception, what is in its words, whether the order is there
    ("429", {"rateLimited": 1}, "DDoSProtection", '"code":-1003', False),
    ("418", {"banned": 1}, "DDoSProtection", "IP banned until", False),
    ("503 before the exchange", {"unavailable": 1}, "ExchangeNotAvailable", "503 Service Temporarily", False),
    ("maintenance", {"maintenance": True}, "OnMaintenance", "System is under maintenance.", False),
    ("dropped", {"dropped": 1}, "NetworkError", "", False),
    ("rejected", {"rejected": 1}, "InvalidOrder", '"code":-2010', False),
    ("500 after it was accepted", {"error": 1}, "OperationFailed", '"code":-1000', True),
    ("time-out after it was accepted", {"timeout": 1}, "RequestTimeout", '"code":-1007', True),
    ("lost after it was accepted", {"lost": 1}, "NetworkError", "", True),
]


@pytest.fixture
def client(served: Served) -> Iterator[Any]:
    with ccxt_binance(served.url) as made:
        made.load_markets()
        made.fetch_balance()
        yield made


@exercises(CCXT, *(f"on purpose: {name}" for name, *_ in FAULTS), result="as Binance's own fault is raised")
@pytest.mark.parametrize(
    ("plan", "exception", "words", "is_there"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS]
)
@pytest.mark.parametrize("way", ["sync", "async"])
def test_each_is_the_exception_that_it_should_be(
    served: Served, way: str, plan: dict[str, object], exception: str, words: str, is_there: bool
) -> None:
    with ccxt_binance(served.url, way) as client:
        client.load_markets()
        client.fetch_balance()
        served.chaos(**plan)
        with pytest.raises(getattr(ccxt, exception)) as raised:
            client.create_order("BTC/USDT", "limit", "buy", 0.1, 50_000, {"newClientOrderId": "mine"})
        served.chaos()

        assert type(raised.value).__name__ == exception or (exception == "NetworkError" and not words)
        assert words in str(raised.value)
        assert [order.client_order_id for order in served.orders()] == (["mine"] if is_there else [])
        if is_there:
            assert client.fetch_order(None, "BTC/USDT", {"origClientOrderId": "mine"})["status"] == "open"


@exercises(CCXT, "on purpose: fetch_status under maintenance", result="maintenance")
def test_the_status_of_the_system(served: Served, client: Any) -> None:
    assert client.fetch_status()["status"] == "ok"
    served.chaos(maintenance=True)
    assert client.fetch_status()["status"] == "maintenance"


@exercises(CCXT, "on purpose: old prices", result="MarketClosed for a market order")
def test_old_prices(served: Served, client: Any) -> None:
    """What a stale feed leaves: the quote is too old to trade at."""
    served.price("59999", "60001", age=7_200_000)
    with pytest.raises(ccxt.MarketClosed):
        client.create_market_buy_order("BTC/USDT", 0.1)


def test_latency_is_waited_for(served: Served, client: Any) -> None:
    """Longer than the client's patience it is a time-out, and the order is there all the same."""
    served.chaos(latencyMs=700)
    client.timeout = 200
    with pytest.raises(ccxt.RequestTimeout):
        client.create_order("BTC/USDT", "limit", "buy", 0.1, 50_000, {"newClientOrderId": "slow"})
    client.timeout = 10_000
    served.chaos()
    for _ in range(100):
        if served.orders():
            break
        time.sleep(0.05)
    assert [order.client_order_id for order in served.orders()] == ["slow"]


@pytest.mark.parametrize(("fault", "is_there"), [("dropped", False), ("lost", True)])
def test_a_connection_ends_without_a_byte(served: Served, fault: str, is_there: bool) -> None:
    served.chaos(**{fault: 1})
    body = {"symbol": "BTC/USDT", "side": "buy", "type": "limit", "amount": 0.1, "price": 50_000}
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        httpx.post(f"{served.url}/orders", json=body, headers={"x-api-key": KEY})
    served.chaos()
    assert bool(served.store.account("default") and served.orders()) is is_there


def test_a_request_may_ask_for_a_fault_by_header() -> None:
    """What a test suite does: no plan, no rates, one request."""
    with serve(MemoryStore(), chaos_header=True) as served, ccxt_binance(served.url) as client:
        client.load_markets()
        client.headers = {"x-mockexchange-chaos": "timeout"}
        with pytest.raises(ccxt.RequestTimeout):
            client.create_order("BTC/USDT", "limit", "buy", 0.1, 50_000, {"newClientOrderId": "mine"})
        client.headers = {}
        found = client.fetch_order(None, "BTC/USDT", {"origClientOrderId": "mine"})
        assert found["status"] == "open"


def test_the_command_line_says_which_routes_there_are(served: Served) -> None:
    def mockx(*options: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["--url", served.url, "--api-key", KEY, "chaos", "set", *options])
        return result.exit_code, result.stderr

    code, said = mockx("--timeout", "1", "--route", "POST /api/v3/ordr", "--door", "binance")
    assert (code, "begins with 'POST /api/v3/ordr' on the door binance" in said) == (1, True), said
    assert "near it: POST /api/v3/order," in " ".join(said.split())
    assert served.store.chaos() is None
    assert mockx("--timeout", "1", "--route", "POST /api/v3/order", "--door", "binance")[0] == 0
