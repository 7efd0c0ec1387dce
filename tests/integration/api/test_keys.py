"""API keys, their scopes and their limits, on every store."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from mockexchange.domain.access import Scope
from mockexchange.domain.limits import RateLimit
from mockexchange.store.memory import MemoryStore
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection

from .door import START, Door, order


def make(door: Door, scope: str = "trade", account: str = "default", label: str = "") -> Any:
    body = json.dumps({"account": account, "scope": scope, "label": label})
    reply = door.send("POST", "/admin/keys", body)
    assert reply.status == 201, reply.text
    return reply.json


def open_account(door: Door, name: str) -> None:
    assert door.send("POST", "/admin/accounts", f'{{"id": "{name}", "balances": {{"USDT": 1000}}}}').status == 201


def test_a_key_is_made_used_and_revoked(door: Door) -> None:
    open_account(door, "bob")
    made = make(door, account="bob", label="bob's bot")

    own = door.send("GET", "/account", key=made["apiKey"]).json

    assert (made["id"], len(made["apiKey"]), len(made["secret"])) == (made["apiKey"][:16], 64, 43)
    assert own["key"] == {"id": made["id"], "scope": "trade"}
    assert own["account"]["id"] == "bob"
    shown = {name: value for name, value in made.items() if name not in ("apiKey", "secret")}
    assert shown == {
        "id": made["id"],
        "account": "bob",
        "scope": "trade",
        "label": "bob's bot",
        "version": 1,
        "createdAt": START,
        "revokedAt": None,
    }
    assert door.get("/admin/keys") == [shown]
    revoked = door.send("DELETE", f"/admin/keys/{made['id']}").json
    assert revoked == {**shown, "revokedAt": START}
    door.clock.time += 5
    assert door.send("DELETE", f"/admin/keys/{made['id']}").json == revoked
    assert door.send("GET", "/account", key=made["apiKey"]).problem["code"] == "AuthenticationError"


def test_a_rotated_key_takes_the_place_of_the_old_one(door: Door) -> None:
    old = make(door)

    new = door.send("POST", f"/admin/keys/{old['id']}/rotate").json

    assert (new["id"], new["version"]) == (old["id"], 2)
    assert new["apiKey"] != old["apiKey"]
    assert new["secret"] != old["secret"]
    assert door.send("GET", "/account", key=old["apiKey"]).status == 401
    assert door.send("GET", "/account", key=new["apiKey"]).status == 200
    door.send("DELETE", f"/admin/keys/{old['id']}")
    assert door.send("POST", f"/admin/keys/{old['id']}/rotate").status == 400


def test_a_key_is_nowhere_in_the_store(door: Door, store: MemoryStore | ValkeyStore) -> None:
    made = make(door)

    kept = repr(store.state) if isinstance(store, MemoryStore) else _everything(store.connection)

    assert made["id"] in kept
    assert made["apiKey"][16:] not in kept
    assert made["secret"] not in kept


def _everything(connection: Connection) -> str:
    return repr([connection.run("HGETALL", "{main}:api-keys"), connection.run("SCAN", 0, "COUNT", 10_000)])


@pytest.mark.parametrize(
    ("scope", "reads", "trades", "rules"), [("read", 200, 403, 403), ("trade", 200, 201, 403), ("admin", 200, 201, 200)]
)
def test_a_key_may_do_what_its_scope_says(door: Door, scope: str, reads: int, trades: int, rules: int) -> None:
    key = make(door, scope)["apiKey"]

    assert door.send("GET", "/orders", key=key).status == reads
    assert door.send("POST", "/orders", order(amount="0.01"), key=key).status == trades
    answer = door.send("GET", "/admin/audit", key=key)
    assert answer.status == rules
    if rules == 403:
        assert answer.problem["code"] == "PermissionDenied"
        assert "scope admin" in answer.problem["detail"]


def test_a_key_needs_an_account(door: Door) -> None:
    assert door.send("POST", "/admin/keys", '{"account": "nobody"}').problem["code"] == "AccountNotFound"
    assert door.get("/admin/keys") == []


def test_lists_of_keys_have_pages_and_a_filter(door: Door) -> None:
    open_account(door, "bob")
    first = make(door)["id"]
    door.clock.time += 1
    second = make(door, account="bob")["id"]

    page = door.send("GET", "/admin/keys?limit=1")
    assert [each["id"] for each in page.json] == [second]
    following = door.send("GET", f"/admin/keys?limit=1&cursor={page.headers['x-next-cursor']}")
    assert [each["id"] for each in following.json] == [first]
    assert [each["id"] for each in door.get("/admin/keys?account=bob")] == [second]


def test_without_a_master_key_none_is_made_and_all_are_checked(store: MemoryStore | ValkeyStore) -> None:
    with_master, without = Door(store), Door(store, master=None)
    with with_master.loop, without.loop:
        key = make(with_master)["apiKey"]
        refused = without.send("POST", "/admin/keys", '{"account": "default"}')

        assert without.send("GET", "/account", key=key).status == 200
    assert (refused.status, "MOCKX_MASTER_KEY" in refused.problem["detail"]) == (503, True)


def test_a_key_is_counted_and_told_where_it_stands(store: MemoryStore | ValkeyStore) -> None:
    door = Door(store, limit=RateLimit(per_minute=60, burst=3))
    with door.loop:
        replies = [door.send("GET", "/account") for _ in range(4)]
        door.clock.time += 1000
        after = door.send("GET", "/account")
        public = door.send("GET", "/health/live")

    assert [each.status for each in replies] == [200, 200, 200, 429]
    assert [each.headers["ratelimit"] for each in replies] == [
        '"key";r=2;t=1',
        '"key";r=1;t=2',
        '"key";r=0;t=3',
        '"key";r=0;t=3',
    ]
    assert replies[0].headers["ratelimit-policy"] == '"key";q=3;w=3'
    assert (replies[3].problem["code"], replies[3].headers["retry-after"]) == ("RateLimitExceeded", "1")
    assert after.status == 200
    assert "ratelimit" not in public.headers


def test_each_key_has_a_limit_of_its_own(store: MemoryStore | ValkeyStore) -> None:
    door = Door(store, limit=RateLimit(per_minute=60, burst=4))
    with door.loop:
        key = make(door)["apiKey"]
        statuses = [door.send("GET", "/account", key=key).status for _ in range(5)]

        assert statuses == [200] * 4 + [429]
        assert door.send("GET", "/account").status == 200


@pytest.fixture
def server(valkey_url: str) -> Iterator[ValkeyStore]:
    """A real Valkey, for what a store in memory has no part in."""
    connection = Connection(valkey_url)
    yield ValkeyStore(connection)
    connection.close()


def test_many_at_once_are_counted_one_by_one(server: ValkeyStore) -> None:
    limit, now = RateLimit(per_minute=1, burst=50), START * 1000
    barrier = threading.Barrier(8)

    def ask(_: int) -> int:
        barrier.wait()
        judged = [server.admit(None, "key:x", now, limit)[1] for _ in range(20)]
        return sum(each.allowed for each in judged if each)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(8))) == 50


def test_whoever_tries_out_keys_is_told_to_wait(store: MemoryStore | ValkeyStore) -> None:
    door = Door(store, failures=RateLimit(per_minute=60, burst=5))
    with door.loop:
        wrong = [door.send("GET", "/account", key=f"wrong-{number}") for number in range(6)]

        assert [each.status for each in wrong] == [401] * 5 + [429]
        assert door.send("GET", "/account").status == 200


def test_keys_that_are_made_up_leave_nothing_behind(server: ValkeyStore) -> None:
    door = Door(server, limit=RateLimit(per_minute=60, burst=4))
    with door.loop:
        for number in range(20):
            door.send("GET", "/account", key="x" * 40 + str(number))
        assert server.connection.run("KEYS", "{main}:limit:*") == []
        door.send("GET", "/account")
        [key] = server.connection.run("KEYS", "{main}:limit:*")
        assert 0 < server.connection.run("PTTL", key) <= 1001


def test_both_stores_count_alike(store: MemoryStore | ValkeyStore) -> None:
    limit, now = RateLimit(per_minute=7, burst=3), START * 1000
    memory = MemoryStore()
    for pause in [0, 1, 10**7, 3, 10**6 * 8 + 571_428, 0, 0, 10**9, 5]:
        now += pause
        assert store.admit(None, "x", now, limit) == memory.admit(None, "x", now, limit)


def test_scopes_include_those_before_them() -> None:
    assert [[one.includes(other) for other in Scope] for one in Scope] == [
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]
