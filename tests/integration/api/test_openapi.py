"""The OpenAPI document is valid, complete, and true."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, cast

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from mockexchange.store.memory import MemoryStore

from .door import Door, order


@pytest.fixture
def document(memory_door: Door) -> dict[str, Any]:
    return json.loads(memory_door.send("GET", "/openapi.json", key=None).text)


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, described in document["paths"].items():
        for method, operation in described.items():
            yield method.upper(), path, operation


def test_it_is_valid(document: dict[str, Any]) -> None:
    validate(document)


def test_it_names_every_path_there_is(memory_door: Door, document: dict[str, Any]) -> None:
    served = {
        (method, re.sub(r":path}", "}", getattr(route, "path", "")))
        for route in memory_door.app.routes
        for method in getattr(route, "methods", ())
    }
    unnamed = {("GET", "/"), ("HEAD", "/")} | {
        (method, path) for method in ("GET", "HEAD") for path in ("/docs", "/openapi.json")
    }

    assert {(method, path) for method, path, _ in operations(document)} == served - unnamed


def test_every_operation_is_described(document: dict[str, Any]) -> None:
    seen: set[str] = set()
    for method, path, operation in operations(document):
        where = f"{method} {path}"
        assert re.fullmatch(r"[a-z][A-Za-z]+", operation["operationId"]), where
        assert operation["operationId"] not in seen, where
        seen.add(operation["operationId"])
        assert operation["summary"], where
        assert operation["tags"][0] in {tag["name"] for tag in document["tags"]}, where
        assert {"400", "500", "503"} <= operation["responses"].keys(), where
        public = path.startswith("/health/")
        for guarded in ("401", "403", "429"):
            assert (guarded in operation["responses"]) is not public, where
        assert operation.get("security", []) == ([] if public else [{"apiKey": []}]), where
        assert ("requestBody" in operation) is ("413" in operation["responses"]), where
        for status, response in operation["responses"].items():
            assert response["description"], where
            tagged = ("ETag" in response["headers"], "304" in operation["responses"])
            assert tagged in ((True, True), (False, False)) or status >= "4", where
            kinds = set(response.get("content", ()))
            if status == "304":
                assert kinds == set(), where
                continue
            streamed = {"text/event-stream"} if path == "/events" else set[str]()
            assert kinds == ({"application/json"} | streamed if status[0] == "2" else {"application/problem+json"}), (
                where
            )
        for parameter in operation.get("parameters", []):
            assert parameter["description"], where
        named = {each["name"] for each in operation.get("parameters", []) if each["in"] == "path"}
        assert named == set(re.findall(r"{(\w+)}", path)), where


def test_every_amount_is_a_number_with_a_unit(document: dict[str, Any]) -> None:
    for name in ("Order", "Trade", "Ticker", "Balance"):
        for field, schema in document["components"]["schemas"][name]["properties"].items():
            if "number" in str(schema.get("type")):
                assert schema["description"], f"{name}.{field}"


def test_without_authentication_it_asks_for_no_key() -> None:
    door = Door(MemoryStore(), auth=False)
    with door.loop:
        document = door.get("/openapi.json")

    assert "securitySchemes" not in document["components"]
    assert all("security" not in operation for _, _, operation in operations(document))


def test_the_page_that_shows_it_works(memory_door: Door) -> None:
    page = memory_door.send("GET", "/docs", key=None)

    assert page.status == 200
    assert "/openapi.json" in page.text


def account_requests() -> list[tuple[str, str, str, str | None]]:
    """Everything that can be asked of accounts: of one's own, and by name."""
    named = "/admin/accounts/{account_id}"
    asked: list[tuple[str, str, str, str | None]] = [
        ("GET", "/account", "/account", None),
        ("POST", "/admin/accounts", "/admin/accounts", '{"id": "bob"}'),
        ("POST", "/admin/accounts", "/admin/accounts", '{"id": "bob"}'),
        ("POST", "/admin/accounts", "/admin/accounts", '{"id": "bob", "balances": {"BTC": 1}}'),
        ("GET", "/admin/accounts", "/admin/accounts", None),
        ("GET", named, "/admin/accounts/bob", None),
        ("GET", named, "/admin/accounts/nobody", None),
        ("PATCH", named, "/admin/accounts/bob", '{"makerRate": 0}'),
        ("PATCH", named, "/admin/accounts/bob", '{"makerRate": 2}'),
        ("POST", f"{named}/clone", "/admin/accounts/bob/clone", '{"to": "carol"}'),
        ("POST", f"{named}/clone", "/admin/accounts/bob/clone", '{"to": "carol"}'),
        ("GET", "/account/fees", "/account/fees", None),
        ("GET", "/account/fees", "/account/fees?symbol=btc", None),
        ("PATCH", "/account/fees", "/account/fees", '{"paysInFeeAsset": false}'),
        ("PATCH", "/account/fees", "/account/fees", '{"paysInFeeAsset": true}'),
        ("GET", f"{named}/fees", "/admin/accounts/bob/fees", None),
        ("GET", f"{named}/fees", "/admin/accounts/nobody/fees", None),
        ("GET", f"{named}/balance", "/admin/accounts/bob/balance", None),
        ("GET", f"{named}/balance", "/admin/accounts/nobody/balance", None),
        ("GET", f"{named}/balance/{{asset}}", "/admin/accounts/bob/balance/ETH", None),
        ("GET", f"{named}/balance/{{asset}}", "/admin/accounts/nobody/balance/ETH", None),
        ("POST", f"{named}/balance/{{asset}}/deposit", "/admin/accounts/bob/balance/ETH/deposit", '{"amount": 1e-8}'),
        ("POST", f"{named}/balance/{{asset}}/deposit", "/admin/accounts/nobody/balance/ETH/deposit", '{"amount": 1}'),
        (
            "POST",
            f"{named}/balance/{{asset}}/withdrawal",
            "/admin/accounts/bob/balance/ETH/withdrawal",
            '{"amount": 1}',
        ),
    ]
    for prefix, path in (("/account", "/account"), (named, "/admin/accounts/bob")):
        one = f"{path}/snapshots/one"
        asked += [
            ("POST", f"{prefix}/reset", f"{path}/reset", None),
            ("POST", f"{prefix}/reset", f"{path}/reset", '{"balances": {"usdt": 1}}'),
            ("POST", f"{prefix}/snapshots", f"{path}/snapshots", '{"name": "one"}'),
            ("POST", f"{prefix}/snapshots", f"{path}/snapshots", '{"name": "one"}'),
            ("GET", f"{prefix}/snapshots", f"{path}/snapshots", None),
            ("GET", f"{prefix}/snapshots/{{name}}", one, None),
            ("GET", f"{prefix}/snapshots/{{name}}/diff", f"{one}/diff", None),
            ("POST", f"{prefix}/snapshots/{{name}}/restore", f"{one}/restore", None),
            ("DELETE", f"{prefix}/snapshots/{{name}}", one, None),
            ("DELETE", f"{prefix}/snapshots/{{name}}", one, None),
        ]
    return asked


PAIR = (
    '{"type": "oco", "clientListId": "mine", "orders": ['
    '{"symbol": "BTC/USDT", "side": "buy", "amount": 0.01, "price": 50000, "postOnly": true}, '
    '{"symbol": "BTC/USDT", "side": "buy", "amount": 0.01, "stopLossPrice": 70000}]}'
)


def test_answers_are_what_it_says(memory_door: Door, document: dict[str, Any]) -> None:
    """One answer of each operation, of every kind that is easily had, against its schema."""
    door = memory_door
    price = '{"price": 60000, "bid": 59999, "ask": 60001, "bidVolume": 1}'
    door.send("PUT", "/admin/tickers/BTC/USDT/price", price)
    pair = door.send("POST", "/order_lists", PAIR).json["id"]
    resting = door.place(amount="0.02", price="40000")["id"]
    asked: list[tuple[str, str, str, str | None]] = [
        ("PUT", "/admin/tickers/{symbol}/price", "/admin/tickers/BTC/USDT/price", price),
        ("PUT", "/admin/tickers/{symbol}/price", "/admin/tickers/btc/price", price),
        ("PUT", "/admin/tickers/{symbol}/price", "/admin/tickers/BTC/USDT/price", "{}"),
        ("POST", "/orders", "/orders", order(amount="0.01", clientOrderId="one")),
        ("POST", "/orders", "/orders", order(amount="0.01", clientOrderId="one")),
        ("POST", "/orders", "/orders", order(amount="0.02", clientOrderId="one")),
        ("POST", "/orders", "/orders", order(amount="0.01", price="50000", clientOrderId="two")),
        ("POST", "/orders", "/orders", order(amount="0.01", price="50001")),
        ("POST", "/orders", "/orders", order(amount="1000")),
        ("POST", "/orders", "/orders", order(amount="0.000001")),
        ("POST", "/orders", "/orders", "x"),
        ("POST", "/orders", "/orders", " " * 70_000),
        ("POST", "/orders/can_execute", "/orders/can_execute", order(amount="0.01")),
        ("POST", "/orders/can_execute", "/orders/can_execute", order(amount="1000")),
        ("GET", "/orders", "/orders?limit=1", None),
        ("GET", "/orders", "/orders?limit=0", None),
        ("GET", "/orders/list", "/orders/list", None),
        ("GET", "/orders/{order_id}", "/orders/nobody", None),
        ("GET", "/orders/{order_id}/why", "/orders/nobody/why", None),
        ("GET", "/orders/{order_id}/why", f"/orders/{pair}/why", None),
        ("GET", "/orders/client:{client_order_id}", "/orders/client:one", None),
        ("GET", "/orders/client:{client_order_id}", "/orders/client:nobody", None),
        ("POST", "/orders/client:{client_order_id}/cancel", "/orders/client:two/cancel", None),
        ("POST", "/orders/client:{client_order_id}/cancel", "/orders/client:two/cancel", None),
        ("PATCH", "/orders/{order_id}", "/orders/nobody", '{"amount": 1}'),
        ("PATCH", "/orders/{order_id}", f"/orders/{resting}", "x"),
        ("PATCH", "/orders/{order_id}", f"/orders/{resting}", '{"amount": 0.01}'),
        ("PATCH", "/orders/{order_id}", f"/orders/{resting}", '{"price": 39999.999}'),
        ("PATCH", "/orders/{order_id}", f"/orders/{resting}", '{"price": 39999}'),
        ("PATCH", "/orders/{order_id}", f"/orders/{resting}", '{"price": 39998}'),
        ("POST", "/orders/{order_id}/cancel", "/orders/nobody/cancel", None),
        ("POST", "/order_lists", "/order_lists", PAIR),
        ("POST", "/order_lists", "/order_lists", PAIR.replace("mine", "second")),
        ("POST", "/order_lists", "/order_lists", PAIR.replace("50000", "50001")),
        ("POST", "/order_lists", "/order_lists", PAIR.replace("50000", "70000").replace("mine", "other")),
        ("POST", "/order_lists", "/order_lists", "x"),
        ("GET", "/order_lists", "/order_lists?status=open", None),
        ("GET", "/order_lists", "/order_lists?limit=0", None),
        ("GET", "/order_lists/{list_id}", "/order_lists/nobody", None),
        ("GET", "/order_lists/{list_id}", f"/order_lists/{pair}", None),
        ("POST", "/order_lists/{list_id}/cancel", "/order_lists/nobody/cancel", None),
        ("POST", "/order_lists/{list_id}/cancel", f"/order_lists/{pair}/cancel", None),
        ("POST", "/order_lists/{list_id}/cancel", f"/order_lists/{pair}/cancel", None),
        ("DELETE", "/orders", "/orders", None),
        ("GET", "/trades", "/trades", None),
        ("GET", "/ledger", "/ledger", None),
        ("GET", "/balance", "/balance", None),
        ("GET", "/balance/list", "/balance/list", None),
        ("GET", "/balance/{asset}", "/balance/USDT", None),
        ("GET", "/balance/{asset}", "/balance/usdt", None),
        ("POST", "/balance/{asset}/deposit", "/balance/ETH/deposit", '{"amount": 1e-8}'),
        ("POST", "/balance/{asset}/withdrawal", "/balance/ETH/withdrawal", '{"amount": 1e-8}'),
        ("POST", "/balance/{asset}/withdrawal", "/balance/ETH/withdrawal", '{"amount": 1e-8}'),
        ("GET", "/tickers", "/tickers", None),
        ("GET", "/tickers/{symbols}", "/tickers/BTC/USDT", None),
        ("GET", "/tickers/{symbols}", "/tickers/FOO/BAR", None),
        ("GET", "/markets", "/markets", None),
        ("GET", "/overview/capital", "/overview/capital", None),
        ("GET", "/overview/assets", "/overview/assets", None),
        ("GET", "/overview/trades", "/overview/trades", None),
        ("GET", "/overview/equity", "/overview/equity?step=1m", None),
        ("GET", "/overview/equity", "/overview/equity?step=2m", None),
        ("GET", "/overview/profit", "/overview/profit", None),
        ("GET", "/overview/round_trips", "/overview/round_trips?symbol=BTC/USDT", None),
        ("GET", "/overview/round_trips", "/overview/round_trips?symbol=BTC", None),
        ("GET", "/overview/performance", "/overview/performance?points=10", None),
        ("GET", "/overview/performance", "/overview/performance?points=x", None),
        ("GET", "/events", "/events", None),
        ("GET", "/events", "/events?account=nobody", None),
        ("GET", "/events", "/events?after=x", None),
        ("GET", "/ohlcv/{symbol}", "/ohlcv/BTC/USDT?timeframe=1h", None),
        ("GET", "/ohlcv/{symbol}", "/ohlcv/BTC/USDT?timeframe=1y", None),
        ("GET", "/ohlcv/{symbol}", "/ohlcv/FOO/BAR", None),
        ("GET", "/orderbook/{symbol}", "/orderbook/BTC/USDT?limit=3", None),
        ("GET", "/orderbook/{symbol}", "/orderbook/FOO/BAR", None),
        ("GET", "/public_trades/{symbol}", "/public_trades/BTC/USDT", None),
        ("GET", "/public_trades/{symbol}", "/public_trades/FOO/BAR", None),
        ("GET", "/admin/audit", "/admin/audit", None),
        ("GET", "/admin/diagnosis", "/admin/diagnosis", None),
        ("GET", "/admin/requests", "/admin/requests", None),
        ("GET", "/admin/audit", "/admin/audit?account=nobody", None),
        *account_requests(),
        ("GET", "/overview/capital", "/overview/capital", None),
        ("GET", "/overview/assets", "/overview/assets", None),
        ("GET", "/overview/trades", "/overview/trades", None),
        ("GET", "/overview/equity", "/overview/equity", None),
        ("GET", "/events", "/events?after=0", None),
        ("POST", "/admin/keys", "/admin/keys", '{"account": "default"}'),
        ("POST", "/admin/keys", "/admin/keys", '{"account": "nobody"}'),
        ("GET", "/admin/keys", "/admin/keys", None),
        ("DELETE", "/admin/keys/{key_id}", "/admin/keys/nobody", None),
        ("POST", "/admin/keys/{key_id}/rotate", "/admin/keys/nobody/rotate", None),
        ("POST", "/admin/keys/{key_id}/rotate", f"/admin/keys/{door.give_key('default')['id']}/rotate", None),
        ("DELETE", "/admin/keys/{key_id}", f"/admin/keys/{door.give_key('default')['id']}", None),
        ("POST", "/admin/feed/reset", "/admin/feed/reset", None),
        ("GET", "/admin/chaos", "/admin/chaos", None),
        ("PUT", "/admin/chaos", "/admin/chaos", '{"timeout": 0.5, "latencyMs": 1, "forSec": 60}'),
        ("PUT", "/admin/chaos", "/admin/chaos", '{"timeout": 2}'),
        ("GET", "/health/ready", "/health/ready", None),
        ("DELETE", "/admin/chaos", "/admin/chaos", None),
        ("GET", "/health/live", "/health/live", None),
        ("GET", "/health/ready", "/health/ready", None),
    ]
    seen: set[tuple[str, str, int]] = set()
    for method, template, path, body in asked:
        reply = door.send(method, path, body)
        seen.add((method, template, reply.status))
        responses = document["paths"][template][method.lower()]["responses"]
        assert str(reply.status) in responses, f"{method} {path} answers {reply.status}, which is not documented"
        media_type, described = next(iter(responses[str(reply.status)]["content"].items()))
        assert reply.headers["content-type"] == media_type
        strict = closed({**described["schema"], "components": document["components"]})
        validator = cast("Any", Draft202012Validator(strict))  # its types are half known
        complaints = [each.message for each in validator.iter_errors(json.loads(reply.text))]
        assert complaints == [], f"{method} {path}"

    assert {(method, path) for method, path, _ in operations(document)} == {each[:2] for each in seen}
    assert {status for method, path, status in seen if (method, path) == ("POST", "/orders")} == {
        200, 201, 400, 409, 413, 422,
    }  # fmt: skip


def closed(schema: Any) -> Any:
    """The schema, with no room for fields that it does not name."""
    if isinstance(schema, list):
        return [closed(each) for each in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    copy = {key: closed(value) for key, value in cast("dict[str, Any]", schema).items()}
    if "properties" in copy and copy.get("type") == "object":
        copy["additionalProperties"] = False
    return copy
