"""Orders over HTTP, beside the bare route."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Iterator
from contextlib import contextmanager

from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection

from .http_load import Load, rate
from .report import Figure
from .venue import CROWDED, valkey

KEY = "bench-key"
SECRET = "bench-secret"
ORDER = '{"symbol":"BTC/USDT","side":"buy","type":"limit","amount":0.001,"price":40000}'
MARKET = '{"symbol":"BTC/USDT","side":"buy","type":"market","amount":0.001}'


def orders() -> Iterator[Figure]:
    """Resting limit orders and market orders, by 1 and by 8 clients; what keys and limits cost them."""
    with valkey() as url, _bare(url) as bare, served_api(url, per_minute=0) as api:
        urllib.request.urlopen(set_price(api)).close()
        for clients in (1, 8):
            ceiling = max(_load(f"{bare}/orders", "{}", clients) for _ in range(2))
            for name, body in (("limit", ORDER), ("market", MARKET)):
                rate = max(_load(f"{api}/orders", body, clients) for _ in range(2))
                yield Figure(
                    f"{name} orders over HTTP, {clients} client{'s' * (clients > 1)}",
                    f"{rate:,.0f}/s",
                    f"{ceiling:,.0f}/s bare route with one EVALSHA",
                    f"{rate / ceiling:.0%}",
                    "60 %, 1,000/s",
                )

    with valkey() as url, served_api(url, per_minute=0) as free, served_api(url, per_minute=100_000_000) as counted:
        urllib.request.urlopen(set_price(free)).close()
        key = _another_key(free)
        rates: dict[str, float] = {}
        for _ in range(3):  # in turn, so that what else the machine does meets all alike
            for name, api, sent in (
                ("default key, no limit", free, KEY),
                ("default key, counted", counted, KEY),
                ("another key, no limit", free, key),
                ("another key, counted", counted, key),
            ):
                rates[name] = max(rates.get(name, 0), _load(f"{api}/orders", ORDER, 1, sent))
        first = rates["default key, no limit"]
        for name, rate in rates.items():
            cost = f"+{1e6 / rate - 1e6 / first:,.0f} us an order"
            yield Figure(
                f"limit orders, 1 client, {name}", f"{rate:,.0f}/s", f"{first:,.0f}/s", f"{rate / first:.0%}", cost
            )


def _another_key(api: str) -> str:
    request = urllib.request.Request(
        f"{api}/admin/keys",
        b'{"account": "default"}',
        {"x-api-key": KEY, "content-type": "application/json"},
        method="POST",
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["apiKey"]


def set_price(api: str) -> urllib.request.Request:
    """BTC/USDT at 50,000."""
    return urllib.request.Request(
        f"{api}/admin/tickers/BTC/USDT/price",
        b'{"price": 50000}',
        {"x-api-key": KEY, "content-type": "application/json"},
        method="PUT",
    )


def _load(url: str, body: str, clients: int, key: str = KEY) -> float:
    return rate(Load("POST", url, body, {"x-api-key": key, "content-type": "application/json"}, clients))


@contextmanager
def _bare(valkey_url: str) -> Generator[str]:
    port = _free_port()
    command = [sys.executable, "-m", "tests.benchmarks.bare_route", valkey_url, str(port)]
    with _served(command, port, "/docs", {}) as url:
        yield url


@contextmanager
def served_api(valkey_url: str, *, per_minute: int, **settings: str) -> Generator[str]:
    """The API over a store, with prices set by hand; its address."""
    port = _free_port()
    environment = {
        "VALKEY_URL": valkey_url,
        "MOCKX_API_KEY": KEY,
        "MOCKX_SECRET": SECRET,
        "MOCKX_MASTER_KEY": "0" * 64,
        "RATE_LIMIT_PER_MIN": str(per_minute),
        "RATE_LIMIT_BURST": "1000000",
        "MOCKX_PORT": str(port),
        "MOCKX_BALANCES": "USDT=1000000000000000",
        "FEED": "manual",
        "STALE_AFTER_SEC": "86400",
        **settings,
    }
    connection = Connection(valkey_url)
    connection.run("FLUSHALL")
    ValkeyStore(connection).put_instruments([CROWDED], replace=True)
    with _served([sys.executable, "-m", "mockexchange", "serve", "api"], port, "/health/ready", environment) as url:
        yield url


@contextmanager
def _served(command: list[str], port: int, path: str, environment: dict[str, str]) -> Generator[str]:
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(command, env={**os.environ, **environment}, stderr=subprocess.DEVNULL)
    try:
        for _ in range(150):
            try:
                urllib.request.urlopen(url + path).close()
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        else:
            raise SystemExit(f"{command} does not answer at {url}{path}")
        yield url
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
