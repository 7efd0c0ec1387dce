"""Who is let in, and what a request is called."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from mockexchange.observability import CorrelationFilter
from mockexchange.store.memory import MemoryStore

from .door import KEY, Door


@pytest.fixture
def open_door() -> Iterator[Door]:
    """An exchange that asks for no key."""
    door = Door(MemoryStore(), auth=False)
    with door.loop:
        yield door


@pytest.mark.parametrize("path", ["/balance", "/orders", "/tickers", "/admin/audit", "/nowhere", "/health", "/docs/x"])
@pytest.mark.parametrize("key", [None, "wrong", KEY[:-1], KEY + "x", KEY.upper(), "ä"])
def test_without_the_right_key_there_is_nothing_to_see(memory_door: Door, path: str, key: str | None) -> None:
    headers = {} if key is None else {"x-api-key": key.encode()}

    reply = memory_door.send("GET", path, key=None, headers=headers)

    assert (reply.status, reply.problem["code"]) == (401, "AuthenticationError")
    assert reply.headers["www-authenticate"] == 'ApiKey realm="mockexchange"'
    assert ("no API key" in reply.problem["detail"]) is (key is None)
    assert "the-key" not in reply.text


def test_a_wrong_key_changes_nothing(memory_door: Door) -> None:
    reply = memory_door.send("POST", "/balance/USDT/deposit", '{"amount": 1}', key="wrong")

    assert reply.status == 401
    assert memory_door.exchange.store.account_ids() == []


@pytest.mark.parametrize("path", ["/health/live", "/docs", "/openapi.json"])
def test_some_paths_need_no_key(memory_door: Door, path: str) -> None:
    assert memory_door.send("GET", path, key=None).status == 200


def test_the_front_door_leads_to_the_documentation(memory_door: Door) -> None:
    reply = memory_door.send("GET", "/", key=None)

    assert (reply.status, reply.headers["location"]) == (307, "/docs")


def test_authentication_can_be_switched_off(open_door: Door) -> None:
    assert open_door.send("GET", "/balance/USDT", key=None).status == 200


def test_without_a_key_to_compare_with_nobody_is_let_in() -> None:
    for nothing in (None, ""):
        door = Door(MemoryStore(), api_key=nothing)
        with door.loop:
            for headers in ({}, {"x-api-key": ""}, {"x-api-key": "None"}):
                reply = door.send("GET", "/balance", key=None, headers=headers)
                assert reply.status == 503
                assert "set MOCKX_API_KEY" in reply.problem["detail"]
            assert door.send("GET", "/health/ready", key=None).status == 503
            assert door.send("GET", "/health/live", key=None).status == 200


# correlation ids


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({"x-correlation-id": "mine-1"}, "mine-1"),
        ({"X-Request-ID": "theirs-2"}, "theirs-2"),
        ({"x-request-id": "theirs-2", "x-correlation-id": "mine-1"}, "mine-1"),
    ],
)
@pytest.mark.parametrize("path", ["/health/live", "/balance", "/nowhere"])
def test_a_request_keeps_the_name_it_came_with(
    memory_door: Door, path: str, headers: dict[str, str], name: str
) -> None:
    assert memory_door.send("GET", path, headers=headers).headers["x-correlation-id"] == name
    assert memory_door.send("GET", path, key="wrong", headers=headers).headers["x-correlation-id"] == name


@pytest.mark.parametrize("given", ["", "two words", "x" * 129, "tab\there"])
def test_a_name_that_does_not_fit_a_log_line_is_replaced(memory_door: Door, given: str) -> None:
    first = memory_door.send("GET", "/health/live", headers={"x-correlation-id": given}).headers["x-correlation-id"]
    second = memory_door.send("GET", "/health/live").headers["x-correlation-id"]

    assert first not in ("", given)
    assert first != second


def test_log_lines_carry_the_name_and_never_the_key(memory_door: Door, caplog: pytest.LogCaptureFixture) -> None:
    memory_door.add_failing_path("/fails", RuntimeError("broken"))
    caplog.handler.addFilter(CorrelationFilter())
    with caplog.at_level(logging.DEBUG):
        memory_door.send("GET", "/fails", headers={"x-correlation-id": "mine-1"})
        memory_door.send("GET", "/fails", key="wrong-key")

    ours = [record for record in caplog.records if record.name.startswith("mockexchange")]
    assert [getattr(record, "correlation_id", None) for record in ours] == ["mine-1"]
    assert KEY not in caplog.text
    assert "wrong-key" not in caplog.text
