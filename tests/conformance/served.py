"""An exchange behind a real HTTP server on a free loopback port, for clients that will not be talked into less."""

from __future__ import annotations

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

import httpx
import uvicorn

from mockexchange.api.app import create_app
from mockexchange.clock import SystemClock
from mockexchange.domain.fill_models import fill_model
from mockexchange.domain.models import Engine
from mockexchange.domain.orders import Order
from mockexchange.domain.quotes import Quote
from mockexchange.domain.request_weights import RequestLimits
from mockexchange.domain.rules import Rules
from mockexchange.exchange import Exchange
from mockexchange.feed.candling import CandleBuilder
from mockexchange.keyring import Keyring
from mockexchange.local.bounded_http import BoundedHttp
from mockexchange.ports import Clock, Store

KEY = "conformance" * 5
SECRET = "only the two of us know"
ACCOUNT = "default"
FIRST_BALANCES = {"USDT": Decimal(100_000), "BTC": Decimal(2)}
STALE_AFTER = 3_600_000  # ms: no price grows old in a slow run
GENEROUS = RequestLimits(weight_per_minute=100_000, orders_per_10s=10_000, orders_per_day=1_000_000)


@dataclass(frozen=True, slots=True)
class Served:
    """The exchange itself beside the address where clients find it. Its clock is the real one: they sign with it."""

    url: str
    exchange: Exchange
    keyring: Keyring

    @property
    def store(self) -> Store:
        """Where everything is."""
        return self.exchange.store

    def price(self, bid: str, ask: str, *, last: str | None = None, symbol: str = "BTC/USDT", age: int = 0) -> None:
        """Set a price, `last` in the middle unless told otherwise and `age` ms old. What it crosses
        is matched, and it is in the candles, before this returns."""
        low, high = Decimal(bid), Decimal(ask)
        traded = Decimal(last) if last else (low + high) / 2
        self.exchange.set_price(symbol, Quote(symbol, low, high, traded, self.exchange.clock.now() - age))
        CandleBuilder(self.store, self.exchange.clock).run()

    def chaos(self, **faults: object) -> None:
        """Faults on purpose, by their names in the API; none ends them."""
        method, body = ("PUT", faults) if faults else ("DELETE", None)
        answer = httpx.request(method, f"{self.url}/admin/chaos", json=body, headers={"x-api-key": KEY})
        assert answer.status_code == 200, answer.text

    def orders(self) -> list[Order]:
        """Every order of the default account, oldest first."""
        return list(reversed(self.exchange.orders(ACCOUNT, limit=1000).items))

    def free(self, asset: str) -> Decimal:
        """What the default account may spend."""
        return self.exchange.balance(ACCOUNT, asset).free


@contextmanager
def serve(
    store: Store,
    limits: RequestLimits = GENEROUS,
    *,
    rules: Rules | None = None,
    priced: bool = True,
    port: int = 0,
    chaos_header: bool = False,
    clock: Clock | None = None,
) -> Generator[Served]:
    """A server over this store, at any free port unless one is named, with BTC/USDT at 59,999 / 60,001 and ETH/USDT at
    2,999 / 3,001 (unless it is `priced` by others); what was done there leaves clean books. A `clock`
    other than the real one is for clients that sign with it."""
    clock = clock or SystemClock()
    rules = rules or Rules(engine=Engine(fill_model("touch"), stale_after=STALE_AFTER))
    exchange = Exchange(store, clock, rules)
    keyring = Keyring(store, clock, master=bytes(32))
    app = create_app(
        exchange,
        api_key=KEY,
        secret=SECRET,
        keyring=keyring,
        first_balances=FIRST_BALANCES,
        feed="manual",
        wire_limits=limits,
        chaos_header=chaos_header,
    )
    listener = socket.create_server(("127.0.0.1", port))
    config = uvicorn.Config(app, http=BoundedHttp, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    served = Served(f"http://127.0.0.1:{listener.getsockname()[1]}", exchange, keyring)
    if priced:
        served.price("59999", "60001")
        served.price("2999", "3001", symbol="ETH/USDT")
    thread.start()
    try:
        yield served
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()
    assert exchange.audit().problems == []
