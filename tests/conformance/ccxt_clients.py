"""ccxt's own `binance`, unmodified, told where the exchange is: three ways, behind one face."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from .exercised import Client
from .served import KEY, SECRET

ccxt: Any = import_module("ccxt")

MOCKEXCHANGE = Client(
    "ccxt.mockexchange (Python; sync, async, pro)", "ccxt", "`import mockexchange.clients.ccxt`, and nothing else"
)
CCXT = Client("ccxt.binance (Python; sync, async, sandbox mode)", "ccxt", "`urls` in the constructor's config")

WAYS = ("sync", "async", "sandbox")


def urls_at(address: str) -> dict[str, str]:
    """Every address of ccxt's binance, here."""
    paths = {
        "public": "api/v3", "private": "api/v3", "v1": "api/v1",
        "sapi": "sapi/v1", "sapiV2": "sapi/v2", "sapiV3": "sapi/v3", "sapiV4": "sapi/v4",
        "fapiPublic": "fapi/v1", "fapiPublicV2": "fapi/v2", "fapiPublicV3": "fapi/v3",
        "fapiPrivate": "fapi/v1", "fapiPrivateV2": "fapi/v2", "fapiPrivateV3": "fapi/v3", "fapiData": "futures/data",
        "dapiPublic": "dapi/v1", "dapiPrivate": "dapi/v1", "dapiPrivateV2": "dapi/v2", "dapiData": "futures/data",
        "eapiPublic": "eapi/v1", "eapiPrivate": "eapi/v1", "papi": "papi/v1", "papiV2": "papi/v2",
    }  # fmt: skip
    return {kind: f"{address}/{path}" for kind, path in paths.items()}


class Waiting:
    """An async exchange whose coroutines are waited for: it is called as the sync one is."""

    def __init__(self, exchange: Any, loop: asyncio.Runner) -> None:
        self.exchange = exchange
        self.loop = loop

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.exchange, name)
        if not callable(found):
            return found

        def call(*arguments: Any, **named: Any) -> Any:
            async def wait() -> Any:
                answer: Any = found(*arguments, **named)
                return await answer if asyncio.iscoroutine(answer) else answer

            return self.loop.run(wait())

        return call


@contextmanager
def ccxt_binance(address: str, way: str = "sync", **config: Any) -> Generator[Any]:
    """A binance with the key, pointed here in one of WAYS; all its connections end with it. All else is by default, but
    for the pauses between its requests: they are made for limits that are not met here, and cost minutes."""
    known = {"apiKey": KEY, "secret": SECRET, "enableRateLimit": False, **config}
    if way == "sandbox":
        exchange = ccxt.binance({**known, "urls": {"test": urls_at(address)}})
        exchange.set_sandbox_mode(True)
    elif way == "sync":
        exchange = ccxt.binance({**known, "urls": {"api": urls_at(address)}})
    else:
        with asyncio.Runner() as loop:
            made = import_module("ccxt.async_support").binance({**known, "urls": {"api": urls_at(address)}})
            try:
                yield Waiting(made, loop)
            finally:
                loop.run(made.close())
        return
    try:
        yield exchange
    finally:
        exchange.session.close()


@contextmanager
def ccxt_mockexchange(form: str, config: Mapping[str, Any] | None = None) -> Generator[Any]:
    """A mockexchange of one of ccxt's modules, called as the sync one is."""
    import_module("mockexchange.clients.ccxt")
    exchange = import_module(form).mockexchange(config or {})
    if form == "ccxt":
        try:
            yield exchange
        finally:
            exchange.session.close()
        return
    with asyncio.Runner() as loop:
        try:
            yield Waiting(exchange, loop)
        finally:
            loop.run(exchange.close())
