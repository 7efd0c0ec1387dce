"""The HTTP API behind API Gateway (payload format 2.0)."""

from __future__ import annotations

import base64
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from .sandbox import invoke

KEY = "key-of-the-default-account"


def event(
    method: str, path: str, body: str | None = None, *, query: str = "", key: str | None = KEY, binary: bool = False
) -> dict[str, Any]:
    """What API Gateway sends for a request."""
    headers = {"host": "abc123.execute-api.eu-west-1.amazonaws.com", "content-type": "application/json"}
    if key:
        headers["x-api-key"] = key
    text = base64.b64encode(body.encode()).decode() if binary and body else body
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abc123",
            "domainName": headers["host"],
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "x"},
            "requestId": f"gateway-{method}-{path}",
            "routeKey": "$default",
            "stage": "$default",
            "time": "01/Jan/2026:00:00:00 +0000",
            "timeEpoch": 1767225600000,
        },
        "body": text,
        "isBase64Encoded": binary,
    }


BUY = '{"symbol": "BTC/USDT", "side": "buy", "amount": 0.01}'
EVENTS = [
    event("GET", "/health/live", key=None),
    event("PUT", "/admin/tickers/BTC/USDT/price", '{"price": 60000.1}'),
    event("POST", "/orders", BUY, binary=True),
    event("POST", "/orders", BUY, key="wrong"),
    event("POST", "/orders", "{"),
    event("GET", "/tickers/BTC%2FUSDT"),
    event("GET", "/orders", query="limit=1&status=closed"),
    event("GET", "/admin/audit"),
]


def test_a_request_through_the_gateway_is_answered_as_over_http(valkey_url: str, tmp_path: Path) -> None:
    outcome = invoke(
        "orders", EVENTS, tmp_path, VALKEY_URL=valkey_url, MOCKX_API_KEY=KEY, FEED="manual", LOG_FORMAT="json"
    )

    assert [answer["statusCode"] for answer in outcome.answers] == [200, 200, 201, 401, 400, 200, 200, 200]
    # text, problems too, is not wrapped in base64
    assert not any(answer["isBase64Encoded"] for answer in outcome.answers)
    documents = [json.loads(answer["body"], parse_float=Decimal) for answer in outcome.answers]
    assert documents[2]["average"] == Decimal("60000.1")
    assert documents[3]["code"] == "AuthenticationError"
    assert documents[5]["BTC/USDT"]["last"] == Decimal("60000.1")
    assert documents[6][0]["id"] == documents[2]["id"]
    assert documents[7]["clean"] is True
    kinds = [answer["headers"]["content-type"] for answer in outcome.answers]
    assert set(kinds) == {"application/json", "application/problem+json"}
    names = [answer["headers"]["x-correlation-id"] for answer in outcome.answers]
    assert names[2] == "gateway-POST-/orders"

    metrics = [line for line in outcome.lines if "_aws" in line]
    assert metrics[0]["ColdStart"] == [1.0]
    requests = [line for line in metrics if "Requests" in line]
    assert len(requests) == len(EVENTS)
    assert [line["Refused"] for line in requests] == [[float(400 <= a["statusCode"] < 500)] for a in outcome.answers]
    assert requests[0]["service"] == "orders"
    assert requests[0]["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "MockExchange"

    logged = [line for line in outcome.lines if "message" in line]
    assert {line["service"] for line in logged} == {"orders"}
    assert "gateway-POST-/orders" in {line["correlation_id"] for line in logged}
    assert KEY not in outcome.stdout + outcome.stderr
    assert "wrong" not in outcome.stdout + outcome.stderr


def test_elsewhere_it_writes_no_metrics(valkey_url: str, tmp_path: Path) -> None:
    outcome = invoke("orders", EVENTS[:3], tmp_path, VALKEY_URL=valkey_url, MOCKX_API_KEY=KEY, FEED="manual")

    assert [answer["statusCode"] for answer in outcome.answers] == [200, 200, 201]
    assert (outcome.stdout, outcome.stderr) == ("", "")
