"""How much may be asked on the Binance wire, and what is said when that was too much."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mockexchange.api.limiting import FAILURES
from mockexchange.domain.request_weights import FIRST_BAN, LONGEST_BAN, MINUTE, PATIENCE, RequestLimits
from mockexchange.store.memory import MemoryStore
from mockexchange.store.valkey import ValkeyStore

from .door import KEY, SECRET, START, Door
from .wire import Wire, refused

LIMITS = RequestLimits(weight_per_minute=100, orders_per_10s=3, orders_per_day=5)
TIME = "/api/v3/time"
USED = "x-mbx-used-weight-1m"


@pytest.fixture
def door(store: MemoryStore | ValkeyStore) -> Iterator[Door]:
    door = Door(store, wire_limits=LIMITS)
    door.clock.time = START - START % 86_400_000  # at midnight every window begins
    with door.loop:
        door.price("60000", bid="59999", ask="60001")
        yield door
        report = door.exchange.audit()
    assert report.problems == []


def test_every_answer_says_what_is_used(door: Door) -> None:
    wire = Wire(door)

    assert [door.send("GET", TIME, key=None).headers[USED] for _ in range(2)] == ["1", "2"]
    # a key is another client
    assert wire.ask("GET", "/api/v3/account").headers[USED] == "20"
    refusal = wire.order(symbol="NOPE")
    assert (refusal.status, refusal.headers[USED], refusal.headers["x-mbx-used-weight"]) == (400, "21", "21")


def test_orders_are_counted_apart(door: Door) -> None:
    wire = Wire(door)
    reply = wire.order()

    assert (reply.headers["x-mbx-order-count-10s"], reply.headers["x-mbx-order-count-1d"]) == ("1", "1")
    assert "x-mbx-order-count-10s" not in wire.ask("GET", "/api/v3/openOrders", symbol="BTCUSDT").headers


def test_every_order_of_a_list_counts(door: Door) -> None:
    pair = {"aboveType": "STOP_LOSS", "aboveStopPrice": "70000", "belowType": "LIMIT_MAKER", "belowPrice": "50000"}
    said = {"symbol": "BTCUSDT", "side": "BUY", "quantity": "0.01", **pair}
    reply = Wire(door).ask("POST", "/api/v3/orderList/oco", **said)
    assert (reply.status, reply.headers["x-mbx-order-count-10s"]) == (200, "2")


def test_too_much_weight_is_429_until_the_minute_is_over(door: Door) -> None:
    wire = Wire(door)
    for _ in range(5):
        assert wire.ask("GET", "/api/v3/account").status == 200
    door.clock.time += 20_000
    reply = wire.ask("GET", "/api/v3/account")

    assert refused(reply) == (
        429, -1003,
        ("Too much request weight used; current limit is 100 request weight per 1 MINUTE. Please use WebSocket Streams "
        "for live updates to avoid polling the API."),
    )  # fmt: skip
    assert reply.headers["retry-after"] == "40"
    assert door.send("GET", TIME, key=None).status == 200  # another client
    door.clock.time += 40_000
    assert wire.ask("GET", "/api/v3/account").headers[USED] == "20"


def test_too_many_orders_are_429_and_none_is_placed(door: Door) -> None:
    wire = Wire(door)
    for _ in range(3):
        wire.placed()
    reply = wire.order()

    assert refused(reply) == (429, -1015, "Too many new orders; current limit is 3 orders per 10 SECOND.")
    assert reply.headers["retry-after"] == "10"
    assert len(wire.get("/api/v3/openOrders", symbol="BTCUSDT")) == 3
    door.clock.time += 10_000
    wire.placed()
    wire.placed()
    door.clock.time += 10_000
    reply = wire.order()
    assert refused(reply) == (429, -1015, "Too many new orders; current limit is 5 orders per 1 DAY.")
    # taking orders back is always possible
    assert wire.ask("DELETE", "/api/v3/openOrders", symbol="BTCUSDT").status == 200
    door.clock.time += 86_400_000 - 20_000
    wire.door.price("60000", bid="59999", ask="60001")
    wire.placed()


def test_who_goes_on_asking_is_banned_longer_each_time(door: Door) -> None:
    wire = Wire(door)

    def use_up() -> None:
        for _ in range(5):
            assert wire.ask("GET", "/api/v3/account").status == 200
        for _ in range(PATIENCE):
            assert refused(wire.ask("GET", "/api/v3/account"))[0] == 429

    use_up()
    reply = wire.ask("GET", "/api/v3/account")
    until = door.clock.time + FIRST_BAN
    assert refused(reply) == (
        418, -1003,
        (f"Way too much request weight used; IP banned until {until}. Please use WebSocket Streams for live updates to "
        "avoid bans."),
    )  # fmt: skip
    assert reply.headers["retry-after"] == "120"
    door.clock.time += FIRST_BAN - 1
    assert refused(wire.ask("GET", "/api/v3/account"))[0] == 418
    door.clock.time += 1
    use_up()
    assert wire.ask("GET", "/api/v3/account").headers["retry-after"] == "240"
    assert LONGEST_BAN == 3 * 1440 * MINUTE


def test_wrong_keys_from_afar_are_not_listened_to_for_a_while(door: Door) -> None:
    def wrong() -> tuple[int, int]:
        reply = door.send("GET", "/api/v3/account", key=None, client="203.0.113.7", headers={"x-mbx-apikey": "z" * 64})
        return refused(reply)[:2]

    for _ in range(FAILURES.burst):
        assert wrong() == (401, -2015)
    assert wrong() == (429, -1003)
    # on the other door neither
    assert door.send("GET", "/tickers", client="203.0.113.7").status == 429
    assert door.send("GET", TIME, key=None).status == 200


def test_without_limits_nothing_is_counted(memory_door: Door) -> None:
    reply = memory_door.send("GET", TIME, key=None)
    assert USED not in reply.headers


def test_who_knows_a_key_but_not_its_secret_uses_up_nothing_of_it(door: Door) -> None:
    made = door.give_key("default", "trade")
    for key, secret in ((KEY, SECRET), (made["apiKey"], made["secret"])):
        stranger = Wire(door, key, "not the secret")
        for _ in range(10):
            assert refused(stranger.order())[1] == -1022
            assert refused(stranger.send("GET", "/api/v3/account"))[1] == -1102
        owner = Wire(door, key, secret)
        answer = owner.ask("GET", "/api/v3/openOrders", symbol="BTCUSDT")
        assert (answer.status, answer.headers[USED]) == (200, "6")
        assert owner.order().headers["x-mbx-order-count-10s"] == "1"


def test_wrong_signatures_from_afar_are_failures_too(door: Door) -> None:
    query = f"timestamp={door.clock.time}&signature={'0' * 64}"

    def wrong() -> tuple[int, int]:
        headers = {"x-mbx-apikey": KEY}
        reply = door.send("GET", f"/api/v3/account?{query}", key=None, client="203.0.113.8", headers=headers)
        return refused(reply)[:2]

    for _ in range(FAILURES.burst + 1):
        assert wrong() == (400, -1022)
    assert wrong() == (429, -1003)
    assert Wire(door).ask("GET", "/api/v3/account").status == 200
