"""Record the examples of the OpenAPI document, and write docs/api.md: `python -m mockexchange.local.api_pages`.

An exchange in memory is asked every operation that the document has: with the example of each path parameter, and the
body below or one that is put together from the examples of its fields. What it answers is the example.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

from ..api import openapi_examples
from ..api.app import HttpApi, create_app
from ..api.markdown import markdown
from ..clock import ManualClock
from ..domain.fees import FeeSchedule
from ..domain.models import Engine
from ..domain.quotes import Quote
from ..domain.rules import Rules
from ..equity import EquityRecorder
from ..exchange import Exchange
from ..keyring import Keyring
from ..overview import Overview
from ..store.memory import MemoryStore

START = 1_767_225_600_000  # 2026-01-01T00:00:00Z
KEY = "key"

PROBLEMS = {
    "400": ("GET", "/orders?limit=0", None),
    "401": ("GET", "/balance", None),
    "404": ("GET", "/orders/999", None),
    "406": ("GET", "/events", None),
    "409": ("POST", "/admin/accounts/default/clone", '{"to": "default"}'),
    "414": ("GET", f"/orders?symbol={'x' * 9000}", None),
    "413": ("POST", "/orders", " " * 70_000),
    "422": ("POST", "/orders", '{"symbol": "BTC/USDT", "side": "buy", "amount": 1000}'),
}
"""A request that is refused, by status."""

FIXED: dict[str, dict[str, Any]] = {
    "403": {"code": "PermissionDenied", "title": "Permission denied", "detail": "this key may only read"},
    "406": {"code": "NotSupported", "title": "Not a stream", "detail": "there are no streams on AWS Lambda"},
    "429": {"code": "RateLimitExceeded", "title": "Too many requests", "detail": "wait 2 seconds"},
    "500": {"code": "ExchangeError", "title": "Internal error", "detail": "something went wrong here"},
    "431": {"code": "BadRequest", "title": "Headers too large", "detail": "the headers have 40000 bytes"},
    "503": {"code": "ExchangeNotAvailable", "title": "Not available", "detail": "Valkey does not answer"},
}
"""Refusals that an exchange in memory does not give."""

BODIES: dict[str, dict[str, Any]] = {
    "placeOrder": {"symbol": "BTC/USDT", "side": "buy", "type": "limit", "amount": 0.01, "price": 59000},
    "placeOrderList": {
        "type": "oco",
        "orders": [
            {"symbol": "BTC/USDT", "side": "buy", "type": "limit", "amount": 0.01, "price": 59000, "postOnly": True},
            {"symbol": "BTC/USDT", "side": "buy", "type": "market", "amount": 0.01, "stopLossPrice": 61000},
        ],
    },
    "cloneAccount": {"to": "bot-8"},
    "takeSnapshot": {"name": "after"},
    "takeOwnSnapshot": {"name": "later"},
    "setChaos": {"seed": 7, "doors": ["binance"], "routes": ["POST /api/v3/order"], "timeout": 0.05, "forSec": 600},
    "amendOrder": {"amount": 0.5},
    "canExecuteOrder": {"symbol": "BTC/USDT", "side": "buy", "type": "market", "amount": 0.01},
}
SNAPSHOT = "before-the-test"
LAST = (
    "cancelAllOrders",
    "revokeKey",
    *(f"restore{whose}Snapshot" for whose in ("", "Own")),
    "deleteSnapshot",
    *(f"reset{whose}Account" for whose in ("", "Own")),
    "setChaos",
    "endChaos",
)
"""What changes much, in this order, after everything else."""

MADE_UP = {"id": "9f86d081884c7d65", "apiKey": "x" * 64, "secret": "x" * 64}
"""Keys are random; their examples are not."""


VERSIONS = {"python": "3.13.1", "mockexchange": "0.1.0", "ccxt": "4.5.0", "fastapi": "0.120.0", "valkey": "9.0.0"}
"""What a machine may have."""


def application() -> tuple[HttpApi, Exchange, ManualClock]:
    """The API over an empty exchange in memory."""
    clock = ManualClock(START)
    engine = Engine(fees=FeeSchedule(asset="BNB", discount=Decimal("0.25")))
    exchange = Exchange(MemoryStore(), clock, Rules(engine, symbols=("BTC/USDT", "ETH/USDT")))
    keyring = Keyring(exchange.store, clock, master=bytes(32))
    money = {"USDT": Decimal(100_000)}
    timer = itertools.count(step=1_000_000).__next__  # a ms whenever it is looked at
    app = create_app(exchange, api_key=KEY, keyring=keyring, first_balances=money, feed="manual", timer=timer)
    return app, exchange, clock


async def record() -> dict[str, Any]:
    """Every example, as examples.json holds them."""
    app, exchange, clock = application()
    document = app.openapi()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        filled, _, resting, key, pair = await _prepare(client, exchange, clock)
        paths = {
            "getOrder": f"/orders/{filled}",
            "explainOrder": f"/orders/{filled}/why",
            "amendOrder": f"/orders/{resting}",
            "cancelOrder": f"/orders/{resting}/cancel",
            "getOrderList": f"/order_lists/{pair}",
            "cancelOrderList": f"/order_lists/{pair}/cancel",
            "rotateKey": f"/admin/keys/{key}/rotate",
            "revokeKey": f"/admin/keys/{key}",
            "deleteOwnSnapshot": "/account/snapshots/later",
        }
        found: dict[str, Any] = {}
        for method, path, operation in sorted(_operations(document), key=_turn):
            name = operation["operationId"]
            example: dict[str, Any] = {}
            body = BODIES.get(name) or _body(document, operation)
            if body is not None:
                example["body"] = body
            reply = await client.request(
                method, paths.get(name, _path(path, operation)), json=body, headers={"x-api-key": KEY}
            )
            if reply.is_success:
                example["answers"] = {str(reply.status_code): _made_up(name, reply.json())}
            if name == "amendOrder":
                # with another price it is another order, which is canceled in its stead then
                reply = await client.patch(paths[name], json={"price": 2450}, headers={"x-api-key": KEY})
                example["answers"][str(reply.status_code)] = replaced = reply.json()
                paths["cancelOrder"] = f"/orders/{replaced['order']['id']}/cancel"
            found[name] = example
        for repeatable in ("placeOrder", "placeOrderList", "openAccount"):
            found[repeatable]["answers"]["200"] = found[repeatable]["answers"]["201"]
        found["problems"] = await _problems(client)
    return {name: found[name] for name in sorted(found)}


async def _prepare(client: httpx.AsyncClient, exchange: Exchange, clock: ManualClock) -> list[str]:
    """Two prices, three orders, a snapshot, a key and an order list; the ids of the orders (filled, resting with an id
    of its own, resting), of the key and of the list."""
    for symbol, price in (("BTC/USDT", 60_000), ("ETH/USDT", 3_000)):
        last = Decimal(price)
        exchange.set_price(symbol, Quote(symbol, last - 1, last + 1, last, clock.time, Decimal(2), Decimal(3)))
    orders = (
        '{"symbol": "BTC/USDT", "side": "buy", "amount": 0.5, "clientOrderId": "my-bot-0"}',
        '{"symbol": "BTC/USDT", "side": "buy", "amount": 0.01, "price": 58000, "clientOrderId": "my-bot-1"}',
        '{"symbol": "ETH/USDT", "side": "buy", "amount": 1, "price": 2500}',
    )
    placed = [await client.post("/orders", content=body, headers={"x-api-key": KEY}) for body in orders]
    EquityRecorder(Overview(exchange)).run()
    exchange.accounts.take_snapshot("default", SNAPSHOT)
    placed.append(await client.post("/admin/keys", content='{"account": "default"}', headers={"x-api-key": KEY}))
    placed.append(await client.post("/order_lists", json=BODIES["placeOrderList"], headers={"x-api-key": KEY}))
    return [reply.json()["id"] for reply in placed]


def _made_up(name: str, answer: Any) -> Any:
    """An answer about a key, with another key in it; a diagnosis, with the versions that another machine has too; of
    all routes the first ones."""
    if name == "diagnose":
        return {**answer, "versions": VERSIONS}
    if name == "getRequests":
        return {**answer, "routes": answer["routes"][:2]}
    if name.endswith("Key"):
        return {**answer, **{field: text for field, text in MADE_UP.items() if field in answer}}
    return [{**each, "id": MADE_UP["id"]} for each in answer] if name == "listKeys" else answer


async def _problems(client: httpx.AsyncClient) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for status, fields in FIXED.items():
        kind = f"urn:mockexchange:problem:{fields['code']}"
        found[status] = {"type": kind, "status": int(status), "instance": "/orders", **fields}
    for status, (method, path, body) in PROBLEMS.items():
        headers = {} if status == "401" else {"x-api-key": KEY}
        reply = await client.request(method, path, content=body, headers=headers)
        if str(reply.status_code) == status:
            found[status] = reply.json()
    return {status: found[status] for status in sorted(found)}


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def _turn(each: tuple[str, str, dict[str, Any]]) -> tuple[int, bool, bool]:
    """Reading first, what destroys last."""
    method, _, operation = each
    name = operation["operationId"]
    return LAST.index(name) + 1 if name in LAST else 0, method != "GET", method == "DELETE"


def _path(path: str, operation: dict[str, Any]) -> str:
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", next(iter(parameter["examples"].values()))["value"])
    return path


def _body(document: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any] | None:
    """A body from the examples of its required fields, and of the others where they have any."""
    if "requestBody" not in operation:
        return None
    name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    properties = document["components"]["schemas"][name]["properties"]
    return {field: schema["examples"][0] for field, schema in properties.items() if schema.get("examples")}


def main(root: Path) -> None:
    """Write both files, of the tree at `root`."""
    examples = root / "layers/mockexchange/api" / openapi_examples.NAME
    if not examples.exists():
        examples.write_text('{"problems": {}}\n')
    examples.write_text(json.dumps(asyncio.run(record()), indent=1) + "\n")
    openapi_examples.recorded.cache_clear()
    (root / "docs/api.md").write_text(markdown(application()[0].openapi()))


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
