"""An exchange in memory behind a real HTTP server, on a free port of the loopback interface.

It runs in a thread of the test's process: it cannot outlive it, whatever becomes of the test. All that the test does to
it by hand is done on the server's own event loop, between two requests.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import cached_property
from importlib import import_module
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from ..api.app import create_app
from ..api.chaos import HEADER, NEVER
from ..local.bounded_http import BoundedHttp
from .faults import Faults, calls_of
from .hand import Hand, T, venue
from .terms import Terms

API_KEY = "test" * 16
SECRET = "a secret that everybody knows"  # noqa: S105  # of an exchange that ends with its test

_PATIENCE = 20
"""Seconds: longer than anything that is done here takes."""


class ServedExchange(Hand):
    """The exchange at `url`, for any client: Binance's wire and the native API, opened by `api_key` and signed with
    `secret`. Signatures are dated by the wall's clock; orders, prices and candles by the test's."""

    api_key = API_KEY
    secret = SECRET

    def __init__(self, terms: Terms) -> None:
        exchange = venue(terms)
        exchange.store.set_market_time(terms.start)
        super().__init__(exchange)
        app = create_app(exchange, api_key=API_KEY, secret=SECRET, first_balances={}, feed="manual", chaos_header=True)
        config = uvicorn.Config(
            _FaultDoor(app, self._faults),
            http=BoundedHttp,
            ws="none",
            log_config=None,
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._loop = asyncio.new_event_loop()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, name=f"mockexchange at {self.url}", daemon=True)
        self._thread.start()
        try:
            self._begin(terms)
        except BaseException:
            self.stop()
            raise

    def _serve(self) -> None:
        # whatever is still at work at the end, like a stream of events, is ended with the loop
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._server.serve(sockets=[self._listener]))

    def stop(self) -> None:
        """End the server: its port is free, and its thread is gone."""
        if "ccxt" in self.__dict__:
            self.ccxt.session.close()
        self._server.should_exit = True
        self._thread.join(_PATIENCE)
        self._listener.close()
        if self._thread.is_alive():
            raise RuntimeError(f"the server at {self.url} has not ended within {_PATIENCE} s")

    @cached_property
    def ccxt(self) -> Any:
        """ccxt's own client of this exchange: its `binance`, with another address (clients/ccxt.py)."""
        from ..clients.ccxt import Sync

        # without pauses between requests: they are made for limits that are not here
        return Sync({"url": self.url, "apiKey": self.api_key, "secret": self.secret, "enableRateLimit": False})

    @property
    def binance_options(self) -> dict[str, Any]:
        """What a bot of ccxt's makes `ccxt.binance` with, to come here: a key, and every address of Binance's."""
        from ..clients.ccxt_description import moved

        binance: Any = import_module("ccxt").binance
        return {
            "apiKey": self.api_key,
            "secret": self.secret,
            "urls": {"api": moved(binance().urls["api"], self.url)},
            "enableRateLimit": False,
        }

    def _do(self, work: Callable[[], T]) -> T:
        if not self._thread.is_alive():
            raise RuntimeError(f"the server at {self.url} has ended")
        done: Future[T] = Future()

        def do() -> None:
            try:
                done.set_result(work())
            except BaseException as error:  # noqa: BLE001  # it is raised where the test waits
                done.set_exception(error)

        self._loop.call_soon_threadsafe(do)
        return done.result(_PATIENCE)

    def _move_clock(self, milliseconds: int) -> None:
        self._venue.store.set_market_time(self._venue.now() + milliseconds)


class _FaultDoor:
    """ASGI middleware: has requests ask for the faults that the test wants to befall them."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith(NEVER):
            fault = self._faults.next(calls_of(scope["method"], scope["path"]))
            if fault is not None:
                scope = {**scope, "headers": [*scope["headers"], (HEADER, fault.value.encode())]}
        await self._app(scope, receive, send)
