"""Whatever goes wrong is answered with a problem document that says what to do."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from mockexchange.api.bodies import LARGEST_BODY
from mockexchange.domain.errors import Contention

from .door import KEY, Door, order


def test_a_problem_has_every_member_of_the_standard(memory_door: Door) -> None:
    assert memory_door.send("GET", "/orders/7").problem == {
        "type": "urn:mockexchange:problem:OrderNotFound",
        "title": "No such order",
        "status": 404,
        "detail": "no order 7 in this account",
        "code": "OrderNotFound",
        "instance": "/orders/7",
    }


def test_an_unknown_path_is_404(memory_door: Door) -> None:
    reply = memory_door.send("GET", "/order")

    assert (reply.status, reply.problem["code"]) == (404, "NotFound")
    assert "/docs" in reply.problem["detail"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/orders", "DELETE, GET, POST"),
        ("POST", "/balance", "GET"),
        ("DELETE", "/orders/7", "GET, PATCH"),
        ("GET", "/balance/USDT/deposit", "POST"),
        ("POST", "/admin/tickers/BTC/USDT/price", "PUT"),
    ],
)
def test_a_method_that_a_path_does_not_take_is_405_and_told_which_it_takes(
    memory_door: Door, method: str, path: str, allowed: str
) -> None:
    reply = memory_door.send(method, path)

    assert (reply.status, reply.problem["code"], reply.headers["allow"]) == (405, "BadRequest", allowed)
    assert allowed in reply.problem["detail"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "needs a JSON body"),
        (b"amount=1", "not JSON"),
        (b'{"amount": 1', "not JSON"),
        (b'{"symbol": "BTC/USDT", "side": "buy"} {}', "not JSON"),
        (b"[]", "Expected `object`, got `array`"),
        (b"null", "Expected `object`, got `null`"),
        (b'{"symbol": "BTC/USDT"}', "missing required field `side`"),
        (b'{"symbol": 1, "side": "buy"}', "symbol: Expected `str`, got `int`"),
        (b'{"symbol": "BTC/USDT", "side": "long"}', "side must be one of buy, sell"),
        (b'{"symbol": "BTC/USDT", "side": "buy", "type": "stop"}', "type must be one of"),
        (b'{"symbol": "BTC/USDT", "side": "buy", "timeInForce": "GTX"}', "timeInForce must be one of"),
        (b'{"symbol": "BTC/USDT", "side": "buy", "postOnly": "yes"}', "postOnly: Expected `bool"),
        (b'{"symbol": "BTC/USDT", "side": "buy", "ammount": 1}', "unknown field `ammount`; known are symbol, side"),
        (b'{"symbol": "BTC/USDT", "side": "b\xffy"}', "not UTF-8"),
        (b"\xff\xfe{", "not JSON"),
        (b"[" * 60_000, ""),
        (b'{"symbol": ' + b'{"a":' * 10_000, ""),
    ],
)
@pytest.mark.parametrize("path", ["/orders", "/orders/can_execute"])
def test_a_body_that_cannot_be_read_is_400_and_told_why(memory_door: Door, path: str, body: bytes, words: str) -> None:
    reply = memory_door.send("POST", path, body)

    assert (reply.status, reply.problem["code"]) == (400, "BadRequest")
    assert words in reply.problem["detail"]


def test_a_body_that_is_too_large_is_413(memory_door: Door) -> None:
    just_right = order(amount="0.01", symbol="FOO/BAR").ljust(LARGEST_BODY)

    assert memory_door.post(just_right).status == 400
    reply = memory_door.post(just_right + " ")

    assert (reply.status, reply.problem["code"]) == (413, "BadRequest")


@pytest.mark.parametrize(("headers", "most"), [([], 17), ([(b"content-length", b"70000")], 0)])
def test_a_body_that_is_too_large_is_not_read_to_its_end(
    memory_door: Door, headers: list[tuple[bytes, bytes]], most: int
) -> None:
    read = 0

    async def receive() -> dict[str, Any]:
        nonlocal read
        read += 1
        assert read <= most, "it reads on"
        return {"type": "http.request", "body": b" " * 4096, "more_body": True}

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/orders",
        "query_string": b"",
        "headers": [(b"x-api-key", KEY.encode()), *headers],
    }
    memory_door.loop.run(memory_door.app(scope, receive, send))

    assert sent[0]["status"] == 413


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/orders"),
        ("POST", "/orders/can_execute"),
        ("GET", "/orders/7"),
        ("POST", "/orders/7/cancel"),
        ("GET", "/balance"),
        ("GET", "/balance/list"),
        ("GET", "/balance/USDT"),
        ("POST", "/balance/USDT/deposit"),
        ("GET", "/tickers"),
        ("GET", "/tickers/BTC/USDT"),
        ("GET", "/markets"),
        ("GET", "/admin/audit"),
        ("PUT", "/admin/tickers/BTC/USDT/price"),
        ("GET", "/health/live"),
        ("GET", "/health/ready"),
    ],
)
def test_a_query_parameter_that_means_nothing_is_refused(memory_door: Door, method: str, path: str) -> None:
    reply = memory_door.send(method, f"{path}?acount=me")

    assert (reply.status, reply.problem["code"]) == (400, "BadRequest")


# what nobody foresaw


def test_a_bug_is_answered_without_its_inside_and_logged_with_it(
    memory_door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    memory_door.add_failing_path("/fails", RuntimeError("the secret is 42"))

    with caplog.at_level(logging.ERROR):
        reply = memory_door.send("GET", "/fails", headers={"x-correlation-id": "call-7"})

    assert (reply.status, reply.problem["code"]) == (500, "ExchangeError")
    assert "secret" not in reply.text
    assert "call-7" in reply.problem["detail"]
    assert reply.headers["x-correlation-id"] == "call-7"
    assert "the secret is 42" in caplog.text
    assert "GET /fails failed" in caplog.text


def test_contention_says_when_to_come_back(memory_door: Door) -> None:
    memory_door.add_failing_path("/fails", Contention("gave up after 50 attempts"))

    reply = memory_door.send("GET", "/fails")

    assert (reply.status, reply.problem["code"]) == (503, "ExchangeNotAvailable")
    assert reply.headers["retry-after"] == "1"
