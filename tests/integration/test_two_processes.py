"""Two API processes on one Valkey, orders through both at once: none is lost, none is one too many, and locks are right
to the cent."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from mockexchange.domain.amounts import multiply, total
from mockexchange.local.tcp_ports import free_port

MARKETS = ("BTC/USDT", "ETH/USDT")
ORDERS = 400
"""Half of them on each market: as many as may be open there."""
KEY = "two-processes"
QUANTITY = Decimal("0.0123")


@contextmanager
def api(valkey_url: str, folder: Path) -> Generator[str]:
    """One API process of its own, ended by its pid."""
    port = free_port()
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "VALKEY_URL": valkey_url,
        "FEED": "manual",
        "MOCKX_API_KEY": KEY,
        "MOCKX_SECRET": "made-up",
        "MOCKX_PORT": str(port),
        "MOCKX_DATA_DIR": str(folder / str(port)),
        "MOCKX_BALANCES": "USDT=1000000",
    }
    command = [sys.executable, "-m", "mockexchange", "serve", "api"]
    process = subprocess.Popen(command, env=environment, cwd=folder, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                httpx.get(f"{url}/health/live")
                break
            except httpx.TransportError:
                assert process.poll() is None, "the API ended"
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def clients(valkey_url: str, tmp_path: Path) -> Iterator[list[httpx.Client]]:
    """A client of each of two API processes, with a price of 50,000 for each market."""
    with ExitStack() as stack:
        urls = [stack.enter_context(api(valkey_url, tmp_path)) for _ in range(2)]
        clients = [
            stack.enter_context(httpx.Client(base_url=url, headers={"x-api-key": KEY}, timeout=30)) for url in urls
        ]
        for symbol in MARKETS:
            clients[0].put(f"/admin/tickers/{symbol}/price", json={"price": 50_000}).raise_for_status()
        yield clients


def test_four_hundred_orders_through_two_processes_at_once_are_all_there(clients: list[httpx.Client]) -> None:
    prices = [Decimal(40_000) + Decimal(number) / 100 for number in range(ORDERS)]

    def place(number: int) -> str:
        symbol = MARKETS[number % 4 // 2]
        order = {"symbol": symbol, "side": "buy", "amount": str(QUANTITY), "price": str(prices[number])}
        answer = clients[number % 2].post("/orders", json=order)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    with ThreadPoolExecutor(8) as threads:
        acknowledged = list(threads.map(place, range(ORDERS)))

    assert len(set(acknowledged)) == ORDERS
    for client in clients:
        stored = client.get("/orders", params={"status": "open", "limit": 1000}).json()
        assert {order["id"] for order in stored} == set(acknowledged)
        usdt = client.get("/balance/USDT").text
        expected = total(multiply(price, QUANTITY) for price in prices)
        assert f'"used":{expected.normalize():f}' in usdt.replace(" ", "")
        refused = client.post("/orders", json={"symbol": MARKETS[0], "side": "buy", "amount": 1, "price": 40_000})
        assert "MAX_NUM_ORDERS" in refused.json()["detail"]
    assert clients[0].get("/admin/audit").json()["clean"]
