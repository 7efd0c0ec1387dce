"""How often one may ask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mockexchange.api.limiting import FAILURES
from mockexchange.domain.rate_limits import RateLimit
from mockexchange.ports import Admission
from mockexchange.store.memory import MemoryStore
from mockexchange.store.valkey import ValkeyStore

from .door import KEY, Door

FAR = "203.0.113.7"
WRONG = "x" * 64


@pytest.fixture
def door(store: MemoryStore | ValkeyStore) -> Iterator[Door]:
    door = Door(store, rate_limit=RateLimit(per_minute=60, burst=5))
    with door.loop:
        yield door


def test_every_answer_says_what_is_left(door: Door) -> None:
    first, second = (door.send("GET", "/tickers") for _ in range(2))
    refused = door.send("GET", "/nowhere")

    assert first.headers["ratelimit-policy"] == '"key";q=5;w=5'
    assert [each.headers["ratelimit"] for each in (first, second, refused)] == [
        '"key";r=4;t=1',
        '"key";r=3;t=2',
        '"key";r=2;t=3',
    ]


def test_too_many_are_429_until_the_time_that_is_named(door: Door) -> None:
    for _ in range(5):
        assert door.send("GET", "/tickers").status == 200
    reply = door.send("GET", "/tickers")

    assert (reply.status, reply.problem["code"]) == (429, "RateLimitExceeded")
    assert "5 requests at once and 60 a minute" in reply.problem["detail"]
    assert reply.headers["retry-after"] == "1"
    assert reply.headers["ratelimit"] == '"key";r=0;t=5'
    door.clock.time += 999
    assert door.send("GET", "/tickers").status == 429
    door.clock.time += 1
    assert door.send("GET", "/tickers").status == 200
    assert door.send("GET", "/tickers").status == 429


def test_each_key_has_a_limit_of_its_own(door: Door) -> None:
    alice, bob = (door.give_key(name)["apiKey"] for name in ("alice", "bob"))
    for _ in range(5):
        assert door.send("GET", "/balance", key=alice).status == 200

    assert door.send("GET", "/balance", key=alice).status == 429
    assert door.send("GET", "/balance", key=bob).headers["ratelimit"] == '"key";r=4;t=1'


def test_a_request_that_the_limit_refuses_changes_nothing(door: Door) -> None:
    replies = [door.send("POST", "/balance/ETH/deposit", '{"amount": 1}') for _ in range(6)]

    assert replies[-1].status == 429
    door.clock.time += 1000
    assert door.get("/balance/ETH")["total"] == 5


def test_health_and_documentation_are_not_limited(door: Door) -> None:
    for path in ("/health/live", "/openapi.json"):
        replies = [door.send("GET", path) for _ in range(10)]
        assert {reply.status for reply in replies} == {200}
        assert "ratelimit" not in replies[0].headers


def test_a_limit_is_of_the_wall_clock_whatever_time_the_venue_has(door: Door) -> None:
    door.store.set_market_time(1_000_000)
    assert [door.send("GET", "/tickers").status for _ in range(6)][-1] == 429
    door.clock.time += 1000

    assert door.send("GET", "/tickers").status == 200


def test_without_a_limit_there_are_no_headers_and_the_default_key_asks_the_store_nothing() -> None:
    class Uncounted(MemoryStore):
        def admit(
            self, digest: str | None, name: str, address: str, limit: RateLimit | None, failures: RateLimit, now: int
        ) -> Admission:
            raise AssertionError("asked")

    door = Door(Uncounted())
    with door.loop:
        assert "ratelimit" not in door.send("GET", "/tickers").headers


# wrong keys


def test_an_address_with_too_many_wrong_keys_is_not_listened_to_for_a_moment(door: Door) -> None:
    alice = door.give_key("alice")
    for number in range(FAILURES.burst):
        assert door.send("GET", "/balance", key=f"{number}", client=FAR).status == 401

    reply = door.send("GET", "/balance", key=WRONG, client=FAR)
    assert (reply.status, reply.problem["code"], reply.headers["retry-after"]) == (429, "RateLimitExceeded", "1")
    for right in (KEY, alice["apiKey"]):
        # or guessing would go on at full speed
        assert door.send("GET", "/balance", key=right, client=FAR).status == 429
        assert door.send("GET", "/balance", key=right, client="203.0.113.8").status == 200
    door.clock.time += 1000
    assert door.send("GET", "/balance", key=KEY, client=FAR).status == 200
    assert door.send("GET", "/balance", key=WRONG, client=FAR).status == 401
    assert door.send("GET", "/balance", key=WRONG, client=FAR).status == 429


def test_revoked_keys_count_as_wrong_ones(door: Door) -> None:
    alice = door.give_key("alice")
    door.send("DELETE", f"/admin/keys/{alice['id']}")
    for _ in range(FAILURES.burst):
        door.send("GET", "/balance", key=alice["apiKey"], client=FAR)

    assert door.send("GET", "/balance", key=WRONG, client=FAR).status == 429


def test_all_addresses_of_an_ipv6_network_are_one(door: Door) -> None:
    for number in range(FAILURES.burst):
        door.send("GET", "/balance", key=WRONG, client=f"2001:db8::{number:x}")

    assert door.send("GET", "/balance", key=WRONG, client="2001:db8::ffff:1").status == 429
    assert door.send("GET", "/balance", key=WRONG, client="2001:db8:0:1::1").status == 401


@pytest.mark.parametrize("here", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_this_machine_is_left_alone(door: Door, here: str) -> None:
    """One bot with an old key must not shut out the others."""
    for _ in range(FAILURES.burst + 1):
        assert door.send("GET", "/balance", key=WRONG, client=here).status == 401
    assert door.send("GET", "/balance", client=here).status == 200


def test_a_request_without_a_key_guesses_nothing(door: Door) -> None:
    for _ in range(FAILURES.burst + 1):
        assert door.send("GET", "/balance", key=None, client=FAR).status == 401
