"""Faults on purpose, at both doors: what a client sees of each, what was done all the same, who may ask for them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from decimal import Decimal

import pytest

from mockexchange.clock import ManualClock
from mockexchange.domain.chaos import ChaosPlan
from mockexchange.domain.errors import ExchangeNotAvailable
from mockexchange.domain.quotes import Tick
from mockexchange.domain.rate_limits import RateLimit
from mockexchange.domain.request_weights import RequestLimits
from mockexchange.feed.feeding import Feeder
from mockexchange.feed.synthetic import SyntheticSource
from mockexchange.store.memory import MemoryStore
from mockexchange.store.valkey import ValkeyStore

from .door import KEY, START, Door, Reply, order, set_chaos
from .wire import Wire, refused

HEADER = "x-mockexchange-chaos"
IN_FORCE = "x-mockexchange-chaos-plan"


@pytest.fixture
def wire(door: Door) -> Wire:
    return Wire(door)


@pytest.fixture
def asking(store: MemoryStore | ValkeyStore) -> Iterator[Door]:
    """An exchange whose clients may ask for faults."""
    door = Door(store, chaos_header=True)
    with door.loop:
        door.price("60000", bid="59999", ask="60001")
        yield door
        assert door.exchange.audit().problems == []


def placed(door: Door) -> list[str]:
    """The client order ids of all orders there are, oldest first."""
    if door.store.account("default") is None:
        return []
    orders = door.exchange.orders("default", limit=1000).items
    return [each.client_order_id for each in reversed(orders)]


def native(door: Door, name: str) -> Reply:
    return door.post(order(amount="0.001", price="50000", clientOrderId=name))


def by_wire(door: Door, name: str) -> Reply:
    return Wire(door).order(quantity="0.001", newClientOrderId=name)


TIMEOUT = "Timeout waiting for response from backend server. Send status unknown; execution status unknown."
GATEWAY = "503 Service Temporarily Unavailable"

SEEN: list[tuple[str, tuple[int, str], tuple[int, str], str | None, bool]] = [
    # fault, status and words at the native door, at the Binance wire, Retry-After, whether the order is there
    ("rateLimited", (429, '"code":"RateLimitExceeded"'), (429, '{"code":-1003,"msg":"Too much request weight'), "30",
     False),
    ("banned", (429, '"code":"RateLimitExceeded"'), (418, f"used; IP banned until {START + 30_000}."), "30", False),
    ("unavailable", (503, '"code":"ExchangeNotAvailable"'), (503, GATEWAY), None, False),
    ("dropped", (502, ""), (502, ""), None, False),
    ("error", (500, '"code":"ExchangeError"'), (500, '{"code":-1000,"msg":"An unknown error'), None, True),
    ("timeout", (503, "whether anything was changed is unknown"), (504, f'{{"code":-1007,"msg":"{TIMEOUT}"}}'), None,
     True),
    ("lost", (502, ""), (502, ""), None, True),
    ("rejected", (422, '"code":"InvalidOrder"'), (400, '{"code":-2010,"msg":"NEW_ORDER_REJECTED"}'), None, False),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "at_native", "at_wire", "wait", "is_there"), SEEN, ids=[fault for fault, *_ in SEEN])
def test_what_a_client_sees_and_what_was_done(
    door: Door, fault: str, at_native: tuple[int, str], at_wire: tuple[int, str], wait: str | None, is_there: bool
) -> None:
    set_chaos(door, retryAfterSec=30, **{fault: 1})

    for send, (status, words) in ((native, at_native), (by_wire, at_wire)):
        reply = send(door, send.__name__)
        assert reply.status == status, reply.text
        assert words in reply.text
        assert (reply.text == "") == (words == "")
        assert reply.headers[HEADER] == fault
        if wait:
            assert reply.headers["retry-after"] == wait

    assert placed(door) == (["native", "by_wire"] if is_there else [])
    assert door.send("DELETE", "/admin/chaos").json["on"] is False
    assert native(door, "after").status == 201
    assert HEADER not in by_wire(door, "after that").headers


def test_what_it_says_is_what_the_doors_say_themselves(door: Door) -> None:
    """A problem document of the native door; a code and a message, and nothing else, of the wire."""
    for fault in ("rateLimited", "banned", "error", "timeout", "rejected", "unavailable"):
        set_chaos(door, **{fault: 1})
        problem = native(door, fault).problem
        assert set(problem) == {"type", "title", "status", "detail", "code", "instance"}
        reply = by_wire(door, fault)
        if fault != "unavailable":
            assert reply.headers["content-type"] == "application/json;charset=UTF-8"
            assert set(reply.json) == {"code", "msg"}
        assert reply.headers["x-mbx-uuid" if fault != "unavailable" else "x-correlation-id"]
        assert "chaos" not in reply.text.lower() + json.dumps(problem).lower()


def test_latency_holds_a_request_up_and_does_it_then(door: Door) -> None:
    set_chaos(door, seed=5, latencyMs=200, jitterMs=100)

    replies = [native(door, f"n{number}") for number in range(20)]

    assert {reply.status for reply in replies} == {201}
    assert {reply.headers[HEADER] for reply in replies} == {"latency"}
    assert len(door.waits) == 20
    assert all(0.2 <= wait <= 0.3 for wait in door.waits)
    assert len(set(door.waits)) > 5


def test_maintenance(door: Door, wire: Wire) -> None:
    assert wire.send("GET", "/sapi/v1/system/status").json == {"status": 0, "msg": "normal"}
    set_chaos(door, maintenance=True)

    refused = native(door, "n")
    assert (refused.status, refused.problem["code"]) == (503, "OnMaintenance")
    reply = by_wire(door, "w")
    assert (reply.status, reply.json) == (503, {"code": 1, "msg": "System is under maintenance."})
    assert wire.send("GET", "/sapi/v1/system/status").json == {"status": 1, "msg": "system_maintenance"}
    assert door.get("/health/ready")["chaos"] == "maintenance"
    assert placed(door) == []

    set_chaos(door, maintenance=True, doors=["native"])
    assert wire.send("GET", "/sapi/v1/system/status").json["status"] == 0
    assert by_wire(door, "w").status == 200


def test_the_same_seed_befalls_the_same_requests_again(door: Door) -> None:
    courses: list[list[int]] = []
    for begin in ("a", "b"):
        set_chaos(door, seed=11, timeout=0.2, rateLimited=0.2, rejected=0.2)
        courses.append([by_wire(door, f"{begin}{number}").status for number in range(40)])

    assert courses[0] == courses[1]
    assert set(courses[0]) == {200, 400, 429, 504}
    set_chaos(door, seed=12, timeout=0.2, rateLimited=0.2, rejected=0.2)
    assert [by_wire(door, f"c{number}").status for number in range(40)] != courses[0]


def test_another_process_befalls_the_next_requests_not_the_same_ones(door: Door) -> None:
    """The numbers of requests are the venue's, not a process's."""
    other = Door(door.store)
    with other.loop:
        set_chaos(door, seed=11, timeout=0.2)
        alone = [by_wire(door, f"a{number}").status for number in range(40)]
        set_chaos(door, seed=11, timeout=0.2)
        other.clock.time += 1000
        together = [by_wire(door if number % 2 else other, f"b{number}").status for number in range(40)]
    assert together == alone


def test_only_some_doors_and_routes(door: Door, wire: Wire) -> None:
    set_chaos(door, rateLimited=1, doors=["binance"], routes=["POST /api/v3/order"])

    assert native(door, "n").status == 201
    assert by_wire(door, "w").status == 429
    assert wire.ask("GET", "/api/v3/order", symbol="BTCUSDT", origClientOrderId="n").status == 200
    assert wire.ask("GET", "/api/v3/account").status == 200


def test_nothing_happens_to_those_who_look_after_it(door: Door) -> None:
    set_chaos(door, maintenance=True, latencyMs=50)

    for path in ("/admin/chaos", "/admin/audit", "/admin/diagnosis", "/health/live", "/health/ready", "/docs", "/"):
        assert door.send("GET", path).status in (200, 307), path
    assert door.waits == []


def test_it_ends_by_itself(door: Door) -> None:
    assert set_chaos(door, timeout=1, forSec=600)["until"] == START + 600_000
    door.clock.time += 599_999
    assert by_wire(door, "before").status == 504
    door.clock.time += 1
    assert by_wire(door, "after").status == 200
    assert door.get("/admin/chaos")["on"] is False
    assert door.get("/health/ready")["chaos"] is None


def test_it_is_in_force_in_every_process_within_a_second(door: Door) -> None:
    other = Door(door.store)
    with other.loop:
        assert native(other, "first").status == 201
        set_chaos(door, rateLimited=1)
        other.clock.time += 1000
        assert native(other, "second").status == 429
        door.send("DELETE", "/admin/chaos")
        other.clock.time += 1000
        assert native(other, "third").status == 201


class HangingStore(MemoryStore):
    """Of which nobody learns the plan: each look waits for five seconds, and ends without an answer."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = ManualClock(START)
        self.looks = 0

    def chaos(self) -> ChaosPlan | None:
        self.looks += 1
        self.clock.time += 5000
        raise ExchangeNotAvailable("it hangs")


def test_a_store_that_hangs_is_not_asked_for_the_plan_by_every_request() -> None:
    store = HangingStore()
    door = Door(store, clock=store.clock)
    with door.loop:
        assert [door.send("GET", "/balance").status for _ in range(3)] == [200] * 3
        assert store.looks == 1
        store.clock.time += 1000
        door.get("/balance")
    assert store.looks == 2


def test_it_shows_wherever_one_looks(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        shown = set_chaos(door, seed=3, timeout=0.05, latencyMs=20, routes=["/orders"], forSec=60)
        native(door, "one")
    words = "latency 20 ms, timeout 5 %, for /orders"

    assert shown == door.get("/admin/chaos")
    assert (shown["on"], shown["summary"], shown["seed"], shown["timeout"]) == (True, words, 3, Decimal("0.05"))
    assert door.get("/health/ready")["chaos"] == words
    check = next(each for each in door.get("/admin/diagnosis")["checks"] if each["name"] == "chaos")
    assert (check["status"], check["detail"]) == ("warning", f"on purpose: {words}")
    assert door.send("GET", "/balance").headers[IN_FORCE] == words
    assert Wire(door).send("GET", "/api/v3/time").headers[IN_FORCE] == words
    assert f"CHAOS is set by key default: {words}" in caplog.text
    assert "CHAOS POST /orders: latency" in caplog.text

    assert IN_FORCE not in door.send("DELETE", "/admin/chaos").headers
    assert IN_FORCE not in door.send("GET", "/balance").headers
    assert all(each["name"] != "chaos" for each in door.get("/admin/diagnosis")["checks"])


def test_who_is_not_let_in_is_told_so(door: Door) -> None:
    set_chaos(door, timeout=1)

    assert door.send("GET", "/balance", key="wrong").status == 401
    assert Wire(door, key="x" * 64).ask("GET", "/api/v3/account").status == 401
    reader = door.give_key("default", "read")["apiKey"]
    assert door.send("POST", "/orders", order(amount="0.01"), key=reader).status == 403


@pytest.mark.parametrize("fault", ["timeout", "error", "lost"])
def test_who_is_not_let_in_on_the_wire_is_told_so_although_that_is_a_400(door: Door, wire: Wire, fault: str) -> None:
    set_chaos(door, **{fault: 1})

    now = door.clock.time
    unsigned = wire.send("GET", "/api/v3/account", f"timestamp={now}")
    assert refused(unsigned) == (
        400, -1102, "Mandatory parameter 'signature' was not sent, was empty/null, or malformed.",
    )  # fmt: skip
    assert refused(Wire(door, secret="wrong").ask("GET", "/api/v3/account"))[:2] == (400, -1022)
    assert refused(wire.order(timestamp=now - 5001))[:2] == (400, -1021)
    assert refused(wire.order(timestamp=now + 1000))[:2] == (400, -1021)
    hidden = wire.order(quantity="1000")  # an order that is refused is another matter: somebody looked at it
    assert (hidden.status, hidden.headers[HEADER]) == ({"timeout": 504, "error": 500, "lost": 502}[fault], fault)


def test_an_order_that_was_refused_may_time_out_too(door: Door, wire: Wire) -> None:
    set_chaos(door, timeout=1, routes=["POST /"])

    assert by_wire(door, "one").status == 504
    assert wire.order(quantity="1000", newClientOrderId="two").status == 504
    assert wire.ask("GET", "/api/v3/order", symbol="BTCUSDT", origClientOrderId="one").status == 200
    asked = wire.ask("GET", "/api/v3/order", symbol="BTCUSDT", origClientOrderId="two")
    assert asked.json == {"code": -2013, "msg": "Order does not exist."}


def test_an_order_that_is_there_is_never_rejected_when_it_is_sent_again(door: Door) -> None:
    assert native(door, "one").status == 201
    set_chaos(door, rejected=1)

    again = native(door, "one")
    assert (again.status, again.json["clientOrderId"]) == (200, "one")
    assert native(door, "two").status == 422
    assert placed(door) == ["one"]


def test_a_replacement_that_is_rejected_leaves_what_binance_leaves(door: Door, wire: Wire) -> None:
    wire.placed(newClientOrderId="old")
    set_chaos(door, rejected=1)
    asked = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.02"}

    reply = wire.ask(
        "POST", "/api/v3/order/cancelReplace", cancelReplaceMode="STOP_ON_FAILURE", price="50000",
        cancelOrigClientOrderId="old", newClientOrderId="new", **asked,
    )  # fmt: skip

    assert (reply.status, reply.json["code"]) == (409, -2021)
    assert reply.headers[HEADER] == "rejected"
    assert reply.json["data"]["newOrderResponse"] == {"code": -2010, "msg": "NEW_ORDER_REJECTED"}
    assert placed(door) == ["old"]
    assert list(door.exchange.open_orders("default")) == []


def test_an_order_list_is_there_or_it_is_not(door: Door, wire: Wire) -> None:
    oco = {
        "symbol": "BTCUSDT", "side": "SELL", "quantity": "0.01", "aboveType": "LIMIT_MAKER", "abovePrice": "70000",
        "belowType": "STOP_LOSS", "belowStopPrice": "50000",
    }  # fmt: skip
    path = "/api/v3/orderList/oco"
    set_chaos(door, rejected=1)
    assert wire.ask("POST", path, **oco, listClientOrderId="one").json == {"code": -2010, "msg": "NEW_ORDER_REJECTED"}
    assert placed(door) == []
    set_chaos(door, timeout=1, routes=["POST /"])
    assert wire.ask("POST", path, **oco, listClientOrderId="two").json["code"] == -1007
    assert len(placed(door)) == 2
    found = wire.get("/api/v3/orderList", origClientOrderId="two")
    assert (found["listOrderStatus"], len(found["orders"])) == ("EXECUTING", 2)
    assert wire.ask("GET", "/api/v3/orderList", origClientOrderId="one").json["code"] == -2018


def test_a_test_order_reaches_no_engine_that_could_reject_it(door: Door, wire: Wire) -> None:
    set_chaos(door, rejected=1)
    asked = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01"}
    assert wire.ask("POST", "/api/v3/order/test", price="50000", **asked).json == {}
    assert door.send("POST", "/orders/can_execute", order(amount="0.01")).json["ok"] is True


def test_an_answer_that_comes_too_late_says_what_was_used_of_the_limits() -> None:
    limits = RequestLimits(weight_per_minute=100, orders_per_10s=10, orders_per_day=10)
    door = Door(MemoryStore(), rate_limit=RateLimit(60, 10), wire_limits=limits)
    with door.loop:
        door.price("60000")
        set_chaos(door, timeout=1)
        assert native(door, "one").headers["ratelimit"].startswith('"key";r=')
        late = by_wire(door, "two")
    assert (late.headers["x-mbx-used-weight"], "x-mbx-order-count-10s" in late.headers) == ("1", False)


BAD: list[tuple[str, str]] = [
    ("{}", "a plan of nothing"),
    ('{"timeout": 0}', "a plan of nothing"),
    ('{"timeout": 1.5}', "timeout must be a share from 0 to 1"),
    ('{"timeout": -0.1}', "timeout must be a share from 0 to 1"),
    ('{"timeout": "often"}', "timeout must be a number"),
    ('{"rateLimited": 1e-9}', "at most 6 decimal places"),
    ('{"latencyMs": 70000}', "latencyMs"),
    ('{"latencyMs": 1, "retryAfterSec": 0}', "retryAfterSec"),
    ('{"latencyMs": 1, "doors": []}', "doors"),
    ('{"latencyMs": 1, "doors": ["back"]}', "doors"),
    ('{"latencyMs": 1, "routes": ["orders"]}', "routes"),
    ('{"timeout": 1, "routes": ["/orders", "POST /api/v3/ordr"]}',
     "begins with 'POST /api/v3/ordr' on the door binance and native; near it: POST /api/v3/order,"),
    ('{"timeout": 1, "routes": ["/api/v3/order"], "doors": ["native"]}',
     "begins with '/api/v3/order' on the door native; near it: "),
    ('{"timeout": 1, "routes": ["PATCH /api/v3/order"], "doors": ["binance"]}', "begins with 'PATCH /api/v3/order'"),
    ('{"timeout": 1, "routes": ["/tickers"], "doors": ["binance"]}', "begins with '/tickers' on the door binance"),
    ('{"timeout": 1, "routes": ["/orders/1/whynot"]}', "begins with '/orders/1/whynot'"),
    ('{"timeout": 1, "routes": ["/admin/audit"]}', "that something may happen to begins with '/admin/audit'"),
    ('{"timeout": 1, "routes": ["/health/ready"]}', "begins with '/health/ready'"),
    ('{"timeout": 1, "routes": ["GET /sapi/v1/system/status"]}', "begins with 'GET /sapi/v1/system/status'"),
    ('{"timeout": 1, "routes": ["/zzzz"]}', "a route is written like /orders or POST /api/v3/order"),
    ('{"latencyMs": 1, "forSec": 0}', "forSec"),
    ('{"latency": 1}', "unknown field `latency`"),
    ('{"frozen": true}', "the feed here is manual"),
    ('{"staleSec": 90, "timeout": 0.1}', "the feed here is manual"),
    ('{"gap": 0.1}', "frozen, staleSec and gap are for prices that a feeder of ours brings"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "said"), BAD)
def test_what_cannot_be_is_refused_and_leaves_what_was_set(memory_door: Door, body: str, said: str) -> None:
    set_chaos(memory_door, timeout=0.5)

    reply = memory_door.send("PUT", "/admin/chaos", body)

    assert (reply.status, reply.problem["code"]) == (400, "BadRequest")
    assert said in reply.problem["detail"]
    assert memory_door.get("/admin/chaos")["summary"] == "timeout 50 %"


@pytest.mark.parametrize(
    ("route", "doors"),
    [
        ("/", ["native"]),
        ("/", ["binance"]),
        ("POST /api/v3/order", ["binance"]),
        ("/api", ["binance", "native"]),
        ("DELETE /", ["binance"]),
        ("/orders/ord_1/why", ["native"]),
        ("GET /orders/ord_1", ["native"]),
        ("/tickers/BTC/USDT", ["native"]),
        ("/balance/U", ["native"]),
        ("/sapi/v1/", ["binance"]),
    ],
)
def test_a_route_is_the_beginning_of_any_path_there_is(memory_door: Door, route: str, doors: list[str]) -> None:
    assert set_chaos(memory_door, timeout=1, routes=[route], doors=doors)["routes"] == [route]


def test_faults_of_the_feed_are_for_feeds_of_ours(store: MemoryStore | ValkeyStore) -> None:
    door = Door(store, feed="synthetic:7")
    with door.loop:
        shown = set_chaos(door, frozen=True, staleSec=90, gap=0.25)
        assert shown["summary"] == "frozen prices, quotes 90 s old, 25 % of quotes missing"
        assert native(door, "one").headers.get(HEADER) is None
        other = Door(store, feed="external")
        with other.loop:
            refused = other.send("PUT", "/admin/chaos", '{"gap": 0.1}')
            assert (refused.status, "the feed here is external" in refused.text) == (400, True)


def test_a_feeder_of_ours_lets_prices_go_wrong(store: MemoryStore | ValkeyStore) -> None:
    door = Door(store, feed="synthetic:7")
    feeder = Feeder(store, SyntheticSource(7, ("BTC/USDT",), 1000), door.clock, chaos=store.chaos)

    def second() -> Tick:
        door.clock.time += 1000
        feeder.tick()
        tick = store.market("BTC/USDT").tick
        assert tick is not None
        return tick

    with door.loop:
        before = [second() for _ in range(3)][-1]
        set_chaos(door, frozen=True)
        frozen = [second() for _ in range(3)]
        assert [(tick.number, tick.quote.bid) for tick in frozen] == [
            (before.number + number, before.quote.bid) for number in (1, 2, 3)
        ]
        set_chaos(door, staleSec=90)
        second()
        assert Wire(door).order(type="MARKET", quantity="0.01").json == {"code": -2010, "msg": "Market is closed."}
        assert door.post(order(amount="0.01")).problem["code"] == "MarketClosed"
        not_ready = door.send("GET", "/health/ready", key=None)
        assert (not_ready.status, "on purpose: quotes 90 s old" in not_ready.text) == (503, True)
        set_chaos(door, gap=1)
        assert second().number == second().number
        door.send("DELETE", "/admin/chaos")
        assert second().number == frozen[-1].number + 2
        assert Wire(door).order(type="MARKET", quantity="0.01").status == 200
        assert door.exchange.audit().problems == []


def test_only_admins_may(door: Door) -> None:
    trader = door.give_key("bob", "trade")["apiKey"]
    for method, body in (("GET", None), ("PUT", '{"timeout": 1}'), ("DELETE", None)):
        assert door.send(method, "/admin/chaos", body, key=trader).status == 403
        assert door.send(method, "/admin/chaos", body, key=None).status == 401
    assert door.get("/admin/chaos")["on"] is False


def test_a_request_may_ask_for_its_own_faults_where_that_is_allowed(asking: Door) -> None:
    def ask(chaos: str, name: str) -> Reply:
        body = order(amount="0.001", price="50000", clientOrderId=name)
        return asking.send("POST", "/orders", body, headers={HEADER: chaos})

    assert ask("timeout", "one").status == 503
    assert ask("rejected", "two").status == 422
    limited = ask("latency=250, rateLimited=17", "three")
    assert (limited.status, limited.headers["retry-after"], limited.headers[HEADER]) == (
        429,
        "17",
        "latency, rateLimited",
    )
    assert asking.waits == [0.25]
    assert ask("maintenance", "four").problem["code"] == "OnMaintenance"
    assert native(asking, "five").status == 201
    assert placed(asking) == ["one", "five"]
    headers = {"x-mbx-apikey": KEY, HEADER: "banned=3"}
    assert asking.send("GET", "/api/v3/time", key=None, headers=headers).status == 418


@pytest.mark.parametrize(
    "chaos", ["", "often", "timeout=3", "latency=fast", "latency", "gap", "timeout;lost", "latency=1e3"]
)
def test_a_header_that_asks_for_nothing_there_is(asking: Door, chaos: str) -> None:
    reply = asking.send("GET", "/balance", headers={HEADER: chaos})
    assert reply.problem["code"] == "BadRequest"
    by_wire = asking.send("GET", "/api/v3/time", headers={HEADER: chaos})
    assert (by_wire.status, by_wire.json["code"]) == (400, -1130)


def test_a_header_that_is_too_long_is_refused_and_not_cut(asking: Door) -> None:
    longest = "timeout," * 24 + "rejected"
    assert len(longest) == 200
    assert native(asking, "one").status == 201
    taken = asking.send("GET", "/orders", headers={HEADER: longest})
    assert (taken.status, taken.headers[HEADER]) == (503, "timeout")
    reply = asking.send("GET", "/orders", headers={HEADER: f"{longest[:-8]} rejected"})
    assert (reply.status, reply.problem["code"]) == (400, "BadRequest")
    assert reply.problem["detail"] == "x-mockexchange-chaos has at most 200 characters, were 201"


def test_the_header_is_obeyed_before_keys_are_looked_at(asking: Door) -> None:
    assert asking.send("GET", "/orders", key=None, headers={HEADER: "rateLimited=9"}).status == 429
    assert asking.send("GET", "/orders", key=None).status == 401


def test_the_header_means_nothing_unless_it_is_allowed(door: Door) -> None:
    body = order(amount="0.001", price="50000")
    assert door.send("POST", "/orders", body, headers={HEADER: "timeout"}).status == 201
    set_chaos(door, latencyMs=1)
    assert door.send("POST", "/orders", body, headers={HEADER: "timeout"}).status == 201
