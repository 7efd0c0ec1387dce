"""The HTTP API as one ASGI app."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse

from ..domain.access import Caller, Scope
from ..domain.chaos import Door
from ..domain.errors import ExchangeError
from ..domain.rate_limits import RateLimit
from ..domain.request_weights import RequestLimits
from ..exchange import Exchange
from ..keyring import Keyring
from .auth import KeyCheck
from .binance import BinanceWire, WireSwitch
from .binance_paths import wire_endpoints
from .binance_security import WireSecurity
from .boundary import Boundary
from .callers import Callers
from .chaos import ChaosLayer, Pause, obstruct
from .chaos_answers import ChaosAnswers
from .chaos_routes import Routed
from .chaos_switch import ChaosSwitch
from .health import HealthEndpoints
from .native_accounts import AccountEndpoints
from .native_admin import AdminEndpoints
from .native_chaos import ChaosEndpoints
from .native_diagnosis import DiagnosisEndpoints
from .native_events import EventEndpoints
from .native_feed import FeedEndpoints
from .native_fees import FeeEndpoints
from .native_funds import FundEndpoints
from .native_keys import KeyEndpoints
from .native_market_data import MarketDataEndpoints
from .native_markets import MarketEndpoints
from .native_order_lists import OrderListEndpoints
from .native_orders import OrderEndpoints
from .native_overview import OverviewEndpoints
from .native_profit import ProfitEndpoints
from .native_requests import RequestEndpoints
from .operations import DirectRoute, Endpoints
from .origins import METHODS, READABLE_HEADERS, SENDABLE_HEADERS, OriginCheck
from .problems import on_http_exception, on_refusal
from .request_statistics import RequestCounter, RequestStatistics, Timer
from .shut_out import ShutOut
from .sizes import SizeCheck

VERSION = "1"
"""Of the HTTP contract; it counts up when something that was there changes its meaning."""

DESCRIPTION = """\
A paper exchange: real rules, real errors, moving prices, no money.

Amounts are JSON numbers with every digit; a client that cares parses them as decimals. Requests may send them as
strings too. Prices and costs are in the quote asset, order amounts in the base asset, times in milliseconds since the
epoch.
Answers that are made of an account's books alone carry an `ETag`; sent back as `If-None-Match` it gets 304, without any
work, while nothing was committed.
Errors are `application/problem+json`: branch on `code`, the name of ccxt's exception, and show `detail`."""


class HttpApi(FastAPI):
    """The app; its OpenAPI document is made when it is first asked for."""

    def __init__(self, version: Callable[[], str], *, auth: bool) -> None:
        super().__init__(
            title="MockExchange",
            summary="A paper exchange that a trading bot cannot tell from a real one.",
            description=DESCRIPTION,
            version=VERSION,
            redoc_url=None,
            swagger_ui_oauth2_redirect_url=None,
        )
        self._auth = auth
        self.endpoints = Endpoints(self.router, version)
        self.wire: BinanceWire | None = None

    def routed(self) -> Iterator[Routed]:
        """What both doors take."""
        for route in self.routes:
            if isinstance(route, DirectRoute):
                yield from (Routed(Door.NATIVE, method, route.path) for method in route.methods or ())
        if self.wire is not None:
            yield from (Routed(Door.BINANCE, each.method, each.path) for each in self.wire.endpoints)

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document."""
        if self.openapi_schema is None:
            # imported here: a third of the framework's models serve this document alone
            from .openapi import openapi_document

            self.openapi_schema = openapi_document(self, self.endpoints.operations, auth=self._auth)
        return self.openapi_schema


def create_app(
    exchange: Exchange,
    *,
    api_key: str | None,
    auth: bool = True,
    first_balances: Mapping[str, Decimal],
    feed: str,
    account_id: str = "default",
    keyring: Keyring | None = None,
    rate_limit: RateLimit | None = None,
    cors_origins: Sequence[str] = (),
    secret: str | None = None,
    wire_limits: RequestLimits | None = None,
    feed_by_api: bool = False,
    chaos_header: bool = False,
    pause: Pause = asyncio.sleep,
    timer: Timer = time.perf_counter_ns,
) -> HttpApi:
    """The HTTP API over an exchange. Nothing is sent to the store before the first request.

    `api_key` opens the account `account_id`, which gets `first_balances` (by asset) when it is first used. Without one
    nobody is let in, without `auth` everybody. `feed` is the price source's name, for `/health/ready`; `feed_by_api`: a
    feeder sends its prices here. `keyring` has all other keys (not given: one that can make none), `rate_limit` holds
    for each key (not given: none), and `cors_origins` are the web pages that may call from a browser.
    On the Binance wire `secret` signs what `api_key` is sent with, and `wire_limits` hold for each client (not given:
    none). With `chaos_header` requests may ask for faults on purpose; `pause` waits for some seconds where one does.
    `timer` measures how long answers take.
    """
    keyring = keyring or Keyring(exchange.store, exchange.clock)
    wire_limits = wire_limits or RequestLimits()
    chaos = ChaosSwitch(exchange.store, exchange.clock)
    exchange.obstruct = obstruct
    app = HttpApi(exchange.store.version, auth=auth)
    shut_out = ShutOut()
    statistics = RequestStatistics(timer)
    callers = Callers(exchange, Caller(account_id, Scope.ADMIN, "default"), first_balances)
    # The order counts for speed: paths are tried one after the other.
    OrderEndpoints(exchange, callers).add_to(app.endpoints)
    OrderListEndpoints(exchange, callers).add_to(app.endpoints)
    MarketEndpoints(exchange).add_to(app.endpoints)
    MarketDataEndpoints(exchange).add_to(app.endpoints)
    FundEndpoints(exchange, callers).add_to(app.endpoints)
    AccountEndpoints(exchange, callers).add_to(app.endpoints)
    FeeEndpoints(exchange, callers).add_to(app.endpoints)
    OverviewEndpoints(exchange, callers).add_to(app.endpoints)
    ProfitEndpoints(exchange, callers).add_to(app.endpoints)
    EventEndpoints(exchange, callers).add_to(app.endpoints)
    AdminEndpoints(exchange, callers, chaos).add_to(app.endpoints)
    ChaosEndpoints(exchange, chaos, callers, feed, app.routed, by_api=feed_by_api).add_to(app.endpoints)
    KeyEndpoints(keyring, callers).add_to(app.endpoints)
    FeedEndpoints(exchange, callers).add_to(app.endpoints)
    RequestEndpoints(exchange, statistics).add_to(app.endpoints)
    DiagnosisEndpoints(exchange, feed, chaos, statistics, auth=auth, has_owner=bool(api_key)).add_to(app.endpoints)
    HealthEndpoints(exchange, feed, chaos, locked=auth and not api_key).add_to(app.endpoints)
    app.add_route("/", _front, include_in_schema=False)
    app.add_exception_handler(ExchangeError, on_refusal)
    app.add_exception_handler(HTTPException, on_http_exception)
    if auth:
        app.add_middleware(
            KeyCheck, api_key=api_key, owner=callers.default, keyring=keyring, limit=rate_limit, shut_out=shut_out
        )
    else:
        app.add_middleware(OriginCheck, named=cors_origins)
    if cors_origins:
        # outside of the key check: a browser asks without a key whether a page may send one
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(cors_origins),
            allow_methods=METHODS,
            allow_headers=SENDABLE_HEADERS,
            expose_headers=READABLE_HEADERS,
        )
    app.add_middleware(SizeCheck)
    security = WireSecurity(
        api_key=api_key,
        secret=secret,
        owner=callers.default,
        keyring=keyring,
        limits=wire_limits,
        shut_out=shut_out,
        auth=auth,
    )
    endpoints = wire_endpoints(exchange, wire_limits, chaos.on_maintenance)
    app.wire = BinanceWire(endpoints, security, callers, auth=auth, origins=cors_origins)
    app.add_middleware(WireSwitch, wire=app.wire)
    app.add_middleware(
        ChaosLayer,
        switch=chaos,
        store=exchange.store,
        clock=exchange.clock,
        answers=ChaosAnswers(wire_limits.weight_per_minute),
        by_header=chaos_header,
        pause=pause,
    )
    app.add_middleware(Boundary)
    app.add_middleware(RequestCounter, statistics=statistics)
    return app


async def _front(request: Request) -> RedirectResponse:
    del request
    return RedirectResponse("/docs")
