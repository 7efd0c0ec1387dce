"""API keys over HTTP: what each lets do, and for whom."""

from __future__ import annotations

import json
import logging

import pytest

from mockexchange.domain.access import Scope
from mockexchange.store.memory import MemoryStore

from .door import KEY, Door, order

DEPOSIT = '{"amount": 5}'


def test_a_key_acts_on_its_own_account(door: Door) -> None:
    alice = door.give_key("alice")

    assert door.send("POST", "/balance/ETH/deposit", DEPOSIT, key=alice["apiKey"]).status == 200
    assert list(door.send("GET", "/balance", key=alice["apiKey"]).json) == ["ETH"]
    assert "ETH" not in door.get("/balance")


def test_a_key_is_shown_when_it_is_made_and_never_again(door: Door) -> None:
    made = door.give_key("alice", "read", "a bot")

    assert made == {
        "id": made["id"], "account": "alice", "scope": "read", "label": "a bot", "version": 1,
        "createdAt": door.clock.time, "revokedAt": None, "apiKey": made["apiKey"], "secret": made["secret"],
    }  # fmt: skip
    assert len(made["apiKey"]) == len(made["secret"]) == 64
    listed = {name: value for name, value in made.items() if name not in ("apiKey", "secret")}
    assert door.get("/admin/keys") == door.get("/admin/keys?account=alice") == [listed]
    assert door.get("/admin/keys?account=bob") == []


def test_trade_is_the_scope_that_is_not_asked_for(door: Door) -> None:
    reply = door.send("POST", "/admin/keys", '{"account": "default"}')

    assert (reply.status, reply.json["scope"], reply.json["label"]) == (201, "trade", "")


def test_the_account_must_exist_but_for_the_default_one_which_is_opened(quiet_door: Door) -> None:
    reply = quiet_door.send("POST", "/admin/keys", '{"account": "nobody"}')
    assert (reply.status, reply.problem["code"]) == (404, "AccountNotFound")

    own = quiet_door.send("POST", "/admin/keys", '{"account": "default"}').json["apiKey"]
    assert quiet_door.send("GET", "/balance/USDT", key=own).json["total"] == 100_000


def test_a_revoked_key_is_refused_at_once_and_revoking_it_again_changes_nothing(door: Door) -> None:
    made = door.give_key("alice")
    assert door.send("GET", "/balance", key=made["apiKey"]).status == 200

    gone = door.send("DELETE", f"/admin/keys/{made['id']}")
    assert (gone.status, gone.json["revokedAt"]) == (200, door.clock.time)
    reply = door.send("GET", "/balance", key=made["apiKey"])
    assert (reply.status, reply.problem["code"]) == (401, "AuthenticationError")
    assert "revoked" in reply.problem["detail"]
    door.clock.time += 1000
    assert door.send("DELETE", f"/admin/keys/{made['id']}").json == gone.json
    assert door.send("POST", f"/admin/keys/{made['id']}/rotate").status == 422


def test_a_rotated_key_has_another_key_and_secret(door: Door) -> None:
    made = door.give_key("alice")
    rotated = door.send("POST", f"/admin/keys/{made['id']}/rotate").json

    assert rotated == {**made, "version": 2, "apiKey": rotated["apiKey"], "secret": rotated["secret"]}
    assert rotated["apiKey"] != made["apiKey"] and rotated["secret"] != made["secret"]
    assert door.send("GET", "/balance", key=made["apiKey"]).status == 401
    assert door.send("GET", "/balance", key=rotated["apiKey"]).status == 200


@pytest.mark.parametrize("change", [("DELETE", ""), ("POST", "/rotate")])
@pytest.mark.parametrize("key_id", ["default", "0123456789abcdef"])
def test_a_key_that_is_not_there_is_404(memory_door: Door, change: tuple[str, str], key_id: str) -> None:
    reply = memory_door.send(change[0], f"/admin/keys/{key_id}{change[1]}")

    assert (reply.status, reply.problem["code"]) == (404, "KeyNotFound")


def test_the_list_is_paged(memory_door: Door) -> None:
    made = [memory_door.give_key("alice")["id"] for _ in range(5)]

    first = memory_door.send("GET", "/admin/keys?limit=3")
    cursor = first.headers["x-next-cursor"]
    second = memory_door.send("GET", f"/admin/keys?limit=3&cursor={cursor}")
    assert [each["id"] for each in first.json + second.json] == made[::-1]
    assert "x-next-cursor" not in second.headers


def test_without_a_master_key_none_is_made_and_it_says_what_to_set(memory_door: Door) -> None:
    made = memory_door.give_key("alice")
    lacking = Door(memory_door.store, master=None)
    with lacking.loop:
        for path in ("/admin/keys", f"/admin/keys/{made['id']}/rotate"):
            reply = lacking.send("POST", path, '{"account": "alice"}')
            assert reply.status == 503
            assert "set MOCKX_MASTER_KEY" in reply.problem["detail"]
        assert lacking.send("GET", "/balance", key=made["apiKey"]).status == 200


@pytest.mark.parametrize(
    "body", ['{"account": "default", "scope": "root"}', '{"account": "default", "label": "a\\nb"}', "{}",
             '{"account": "default", "apiKey": "mine"}', '{"account": "default", "version": 7}']
)  # fmt: skip
def test_a_request_that_means_nothing_is_refused(memory_door: Door, body: str) -> None:
    assert memory_door.send("POST", "/admin/keys", body).status == 400
    assert memory_door.get("/admin/keys") == []


# scopes


def test_every_operation_asks_for_its_scope_and_says_so(door: Door) -> None:
    keys = {scope: door.give_key("alice", scope)["apiKey"] for scope in ("read", "trade", "admin")}
    for operation_id, operation in door.app.endpoints.operations.items():
        method, path = where(door, operation_id)
        for scope, key in keys.items():
            if operation.public or (operation.scope is Scope.ADMIN and scope == "admin"):
                continue  # what it does to the exchange is not of interest here
            reply = door.send(method, path, "{}", key=key)
            if Scope(scope).includes(operation.scope):
                assert reply.status not in (401, 403), (operation_id, scope)
            else:
                assert (reply.status, reply.problem["code"]) == (403, "PermissionDenied"), (operation_id, scope)
                assert f"the scope {operation.scope}" in reply.problem["detail"]


def where(door: Door, operation_id: str) -> tuple[str, str]:
    for path, methods in json.loads(door.send("GET", "/openapi.json").text)["paths"].items():
        for method, described in methods.items():
            if described["operationId"] == operation_id:
                return method.upper(), path.replace("{", "").replace("}", "")
    raise AssertionError(f"{operation_id} is not documented")


def test_what_changes_something_asks_for_more_than_reading(memory_door: Door) -> None:
    """Whatever is not a GET changes something, this one excepted."""
    only_asks = {"canExecuteOrder"}
    for operation_id, operation in memory_door.app.endpoints.operations.items():
        method, path = where(memory_door, operation_id)
        if path.startswith("/admin"):
            assert operation.scope is Scope.ADMIN, operation_id
        elif method != "GET" and operation_id not in only_asks:
            assert operation.scope is Scope.TRADE, operation_id
        else:
            assert operation.scope is Scope.READ, operation_id


def test_a_read_key_reads_and_a_trade_key_trades(door: Door) -> None:
    reader, trader = (door.give_key("default", scope)["apiKey"] for scope in ("read", "trade"))

    placed = door.send("POST", "/orders", order(amount="0.01", price="50000"), key=trader)
    assert placed.status == 201
    assert door.send("POST", "/orders/can_execute", order(amount="0.01"), key=reader).json["ok"] is True
    assert door.send("GET", f"/orders/{placed.json['id']}", key=reader).status == 200
    assert door.send("POST", f"/orders/{placed.json['id']}/cancel", key=reader).status == 403
    assert door.send("GET", f"/orders/{placed.json['id']}", key=reader).json["status"] == "open"


def test_where_no_key_is_asked_for_everybody_may_do_everything() -> None:
    door = Door(MemoryStore(), auth=False)
    with door.loop:
        assert door.send("POST", "/admin/keys", '{"account": "default"}', key=None).status == 201


def test_who_made_which_key_is_logged_without_the_key(memory_door: Door, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        made = memory_door.give_key("alice")
        rotated = memory_door.send("POST", f"/admin/keys/{made['id']}/rotate").json

    assert f"key {made['id']} (trade of alice) made by key default" in caplog.text
    for secret in (made["apiKey"], made["secret"], rotated["apiKey"], rotated["secret"], KEY):
        assert secret not in caplog.text
