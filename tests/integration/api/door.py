"""A client in front of the app, in one process with it, and the clock and the prices in hand."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import Response

from mockexchange.api.app import HttpApi, create_app
from mockexchange.api.request_statistics import Timer
from mockexchange.clock import ManualClock
from mockexchange.domain.fees import FeeSchedule
from mockexchange.domain.fill_models import fill_model
from mockexchange.domain.models import Engine
from mockexchange.domain.rate_limits import RateLimit
from mockexchange.domain.request_weights import RequestLimits
from mockexchange.domain.rules import Rules
from mockexchange.exchange import Exchange
from mockexchange.keyring import Keyring
from mockexchange.ports import Store

KEY = "the-key-of-the-default-account"
SECRET = "the-secret-that-belongs-to-it"
START = 1_700_000_000_000  # 2023-11-14T22:13:20.000Z
FIRST_BALANCES = {"USDT": Decimal(100_000), "BTC": Decimal(2)}


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, with its numbers as they stand in its text."""

    status: int
    headers: httpx.Headers
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text, parse_float=Decimal, parse_int=int)

    @property
    def problem(self) -> dict[str, Any]:
        assert self.headers["content-type"] == "application/problem+json", (self.status, self.text)
        document = self.json
        assert document["status"] == self.status
        return document


@dataclass(slots=True)
class Door:
    """The API over one store. Requests carry the right key unless told otherwise."""

    store: Store
    symbols: tuple[str, ...] = ("*",)
    auth: bool = True
    api_key: str | None = KEY
    feed: str = "manual"
    fill_model: str = "touch"
    master: bytes | None = bytes(32)
    rate_limit: RateLimit | None = None
    cors_origins: tuple[str, ...] = ()
    secret: str | None = SECRET
    wire_limits: RequestLimits | None = None
    scales: Mapping[str, int] = field(default_factory=dict[str, int])
    fees: FeeSchedule = field(default_factory=FeeSchedule)
    chaos_header: bool = False
    clock: ManualClock = field(default_factory=lambda: ManualClock(START))
    timer: Timer = time.perf_counter_ns
    waits: list[float] = field(default_factory=list[float])
    """Seconds that requests were held up on purpose."""
    loop: asyncio.Runner = field(default_factory=asyncio.Runner)
    exchange: Exchange = field(init=False)
    app: HttpApi = field(init=False)

    def __post_init__(self) -> None:
        rules = Rules(
            engine=Engine(fill_model(self.fill_model), stale_after=60_000, fees=self.fees),
            symbols=self.symbols,
            scales=self.scales,
        )
        self.exchange = Exchange(self.store, self.clock, rules)
        self.app = create_app(
            self.exchange,
            api_key=self.api_key,
            auth=self.auth,
            first_balances=FIRST_BALANCES,
            feed=self.feed,
            keyring=Keyring(self.store, self.clock, master=self.master),
            rate_limit=self.rate_limit,
            cors_origins=self.cors_origins,
            secret=self.secret,
            wire_limits=self.wire_limits,
            chaos_header=self.chaos_header,
            pause=self._pause,
            timer=self.timer,
        )

    async def _pause(self, seconds: float) -> None:
        self.waits.append(seconds)

    def send(
        self,
        method: str,
        path: str,
        body: str | bytes | None = None,
        *,
        key: str | None = KEY,
        headers: Mapping[str, str | bytes] | None = None,
        client: str = "127.0.0.1",
    ) -> Reply:
        """One request, from the address `client`."""
        known: dict[str, str | bytes] = {"x-api-key": key} if key else {}
        return self.loop.run(self._send(method, path, body, {**known, **(headers or {})}, client))

    async def _send(
        self, method: str, path: str, body: str | bytes | None, headers: Mapping[str, str | bytes], address: str
    ) -> Reply:
        transport = httpx.ASGITransport(self.app, client=(address, 40_000))
        async with httpx.AsyncClient(transport=transport, base_url="http://exchange.test") as client:
            fields = [
                (name.encode(), value.encode() if isinstance(value, str) else value) for name, value in headers.items()
            ]
            answer = await client.request(method, path, content=body, headers=fields)
        return Reply(answer.status_code, answer.headers, answer.text)

    def get(self, path: str) -> Any:
        """What a GET gives, which must be 200."""
        reply = self.send("GET", path)
        assert reply.status == 200, reply.text
        return reply.json

    def price(self, price: str, *, symbol: str = "BTC/USDT", bid: str | None = None, ask: str | None = None) -> Any:
        """Set a price; 59,999 / 60,001 around 60,000 unless told otherwise."""
        sides = "".join(f', "{name}": {value}' for name, value in (("bid", bid), ("ask", ask)) if value)
        reply = self.send("PUT", f"/admin/tickers/{symbol}/price", f'{{"price": {price}{sides}}}')
        assert reply.status == 200, reply.text
        return reply.json

    def post(self, body: str) -> Reply:
        """POST /orders."""
        return self.send("POST", "/orders", body)

    def place(self, **fields: object) -> Any:
        """An accepted order on BTC/USDT. Amounts are given as text and sent as JSON numbers."""
        reply = self.post(order(**fields))
        assert reply.status == 201, reply.text
        return reply.json

    def give_key(self, account: str, scope: str = "trade", label: str = "") -> Any:
        """A new key, for an account that is opened when it is not there."""
        if account != "default":
            self.exchange.open_account(account)
        body = json.dumps({"account": account, "scope": scope, "label": label})
        reply = self.send("POST", "/admin/keys", body)
        assert reply.status == 201, reply.text
        return reply.json

    def add_failing_path(self, path: str, error: Exception) -> None:
        """A GET there fails with this error."""

        async def fail(request: Request) -> Response:
            raise error

        self.app.add_route(path, fail)

    def audit(self) -> Any:
        return self.get("/admin/audit")


def order(**fields: object) -> str:
    """The body of an order: a buy on BTC/USDT unless told otherwise. Amounts are given as text, written as numbers."""
    numbers = {
        "amount", "price", "cost", "limit_price", "stopLossPrice", "triggerPrice", "takeProfitPrice", "trailingPercent",
        "icebergAmount",
    }  # fmt: skip
    said: dict[str, object] = {"symbol": "BTC/USDT", "side": "buy", **fields}
    written = (f'"{name}": {value if name in numbers else json.dumps(value)}' for name, value in said.items())
    return f"{{{', '.join(written)}}}"


def set_chaos(door: Door, **faults: object) -> Any:
    """Faults on purpose from now on, by their names in the API."""
    reply = door.send("PUT", "/admin/chaos", json.dumps(faults))
    assert reply.status == 200, reply.text
    return reply.json
