"""Events that nobody can do anything with, and functions that cannot start: AWS is told, and nothing of ours is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .conftest import StartSandbox
from .gateway import LOCAL, examples, from_lambda, requests
from .sandbox import FunctionFailed, SandboxDied

KEY, SECRET = LOCAL["OrdersFunction"]["MOCKX_API_KEY"], LOCAL["OrdersFunction"]["MOCKX_SECRET"]
NO_EVENTS: list[Any] = [b"{", b"\xff\xfe", None, [], "text", 7, {}, {"version": "2.0"}, {"requestContext": None}]
HEALTH: dict[str, Any] = requests()["health"]
ORDER: dict[str, Any] = requests()["orders"]


def at(path: str, method: str = "POST") -> dict[str, Any]:
    """What changes in an event when the request goes to another path."""
    context = ORDER["requestContext"]
    return {"rawPath": path, "requestContext": {**context, "http": {**context["http"], "method": method, "path": path}}}


def test_what_is_no_event_fails_and_the_next_one_is_answered(sandbox: StartSandbox) -> None:
    orders = sandbox("OrdersFunction")
    for poisoned in NO_EVENTS:
        with pytest.raises(FunctionFailed):
            orders.invoke(poisoned)
        assert from_lambda(orders.invoke(HEALTH)).status == 200
    assert SECRET not in orders.stdout + orders.stderr


@pytest.mark.parametrize("function", ["MatcherFunction", "FeederFunction"])
def test_a_schedule_that_is_no_event_does_not_end_the_function(sandbox: StartSandbox, function: str) -> None:
    scheduled = sandbox(function, FEED="synthetic:7", INTERVAL_SEC="1")
    for poisoned in NO_EVENTS[:4]:
        with pytest.raises(FunctionFailed):
            scheduled.invoke(poisoned, seconds=1)
    assert scheduled.invoke(next(iter(examples("schedule-matcher").values())), seconds=1)["runs"] == 1


NONSENSE: list[tuple[dict[str, Any], int]] = [
    ({"body": "%%%", "isBase64Encoded": True}, 400),
    ({"body": "{"}, 400),
    ({"body": "\x00"}, 400),
    ({"body": None}, 400),
    ({"body": '{"symbol": "\\ud800", "side": "buy", "amount": 1}'}, 400),
    (at("/%ff%fe"), 404),
    (at("/orders\x00"), 404),
    (at(""), 405),
    ({"headers": {"x-api-key": "\x00"}}, 401),
    ({"headers": {}}, 401),
    ({**at("/events", "GET"), "headers": {**ORDER["headers"], "accept": "text/event-stream"}, "body": None}, 406),
]


def test_requests_that_make_no_sense_are_answered(sandbox: StartSandbox) -> None:
    orders = sandbox("OrdersFunction")

    for changed, status in NONSENSE:
        assert from_lambda(orders.invoke({**ORDER, **changed})).status == status, changed


@pytest.mark.parametrize("function", ["OrdersFunction", "MatcherFunction", "FeederFunction"])
def test_lambda_is_told_why_a_function_cannot_start(sandbox: StartSandbox, function: str) -> None:
    broken = sandbox(function, SYMBOLS="nonsense", MOCKX_API_KEY=KEY, MOCKX_SECRET=SECRET)

    assert broken.wait() != 0
    assert broken.api.init_error is not None
    assert broken.api.init_error["errorType"] == "BadSettings"
    assert "SYMBOLS='nonsense'" in broken.api.init_error["errorMessage"]
    everything = json.dumps(broken.api.init_error) + broken.stdout + broken.stderr
    assert KEY not in everything
    assert SECRET not in everything
    with pytest.raises(SandboxDied):
        broken.invoke({})
