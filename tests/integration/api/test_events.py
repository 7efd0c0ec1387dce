"""Events in pages: what happened to an account, once each, in order."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from mangum import Mangum
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as Connection

from mockexchange.api.callers import set_caller
from mockexchange.domain.access import Caller, Scope
from mockexchange.domain.amounts import ONE
from mockexchange.domain.models import Engine
from mockexchange.store.memory import MemoryStore
from tests.two_levels import TwoLevels

from .door import Door


def kinds(events: list[dict[str, Any]]) -> list[str]:
    return [event["type"] for event in events]


def test_every_command_is_told_with_its_effects(door: Door) -> None:
    bought = door.place(amount="0.01")
    resting = door.place(amount="0.01", price="50000")
    door.price("49000")
    doomed = door.place(amount="0.01", price="40000")
    door.send("POST", f"/orders/{doomed['id']}/cancel")
    door.send("POST", "/balance/USDT/deposit", '{"amount": 5}')
    door.send("POST", "/balance/USDT/withdrawal", '{"amount": 1}')

    events = door.get("/events")

    assert kinds(events) == [
        "deposit", "deposit", "trade", "order", "order", "trade", "order", "order", "order", "deposit", "withdrawal",
    ]  # fmt: skip
    assert events[2]["data"] == bought["trades"][0]
    assert events[3]["data"]["id"] == bought["id"]
    # an order is told as it stands now: the resting one has filled since
    assert [events[index]["data"]["status"] for index in (4, 6, 7, 8)] == ["closed", "closed", "canceled", "canceled"]
    assert events[4]["data"]["id"] == events[5]["data"]["order"] == resting["id"]
    assert events[-1]["data"]["amount"] == 1
    assert events[-1]["data"]["balance"] == door.get("/balance/USDT")
    assert len({event["id"] for event in events}) == len(events)


def test_an_order_that_was_amended_is_told_as_one(door: Door) -> None:
    placed = door.place(amount="0.01", price="50000")
    door.exchange.amend("default", int(placed["id"]), quantity=Decimal("0.005"), new_client_order_id="smaller")

    told = door.get("/events")[-1]

    assert (told["type"], told["data"]["id"]) == ("order", placed["id"])
    assert (told["data"]["amount"], told["data"]["clientOrderId"]) == (Decimal("0.005"), "smaller")
    assert door.get("/orders/" + placed["id"])["remaining"] == Decimal("0.005")


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_and_each_event_after_any_other(door: Door, limit: int) -> None:
    for _ in range(3):
        door.place(amount="0.01")
    whole = door.get("/events")

    reply = door.send("GET", f"/events?limit={limit}")
    found = list(reply.json)
    while "link" in reply.headers:
        reply = door.send("GET", f"/events?limit={limit}&after={reply.headers['x-next-cursor']}")
        found += reply.json

    assert found == whole
    for index, event in enumerate(whole):
        assert door.get(f"/events?after={event['id']}") == whole[index + 1 :]
        assert door.send("GET", "/events", headers={"last-event-id": event["id"]}).json == whole[index + 1 :]
    assert door.get("/events?after=now") == []
    assert door.get("/events?types=trade,deposit") == [each for each in whole if each["type"] != "order"]


def test_accounts_do_not_see_each_other(door: Door) -> None:
    door.get("/balance")
    door.exchange.open_account("bob", {"USDT": ONE})

    assert kinds(door.get("/events?account=bob")) == ["deposit"]
    assert [event["data"]["asset"] for event in door.get("/events")] == ["USDT", "BTC"]
    assert door.send("GET", "/events?account=nobody").status == 404


class As:
    """Middleware: every request is this caller's."""

    def __init__(self, app: ASGIApp, caller: Caller) -> None:
        self.app, self.caller = app, caller

    async def __call__(self, scope: Connection, receive: Receive, send: Send) -> None:
        set_caller(scope, self.caller)
        await self.app(scope, receive, send)


@pytest.mark.parametrize(("scope", "status"), [(Scope.READ, 404), (Scope.TRADE, 404), (Scope.ADMIN, 200)])
def test_only_an_admin_asks_for_another_account(scope: Scope, status: int) -> None:
    door = Door(MemoryStore(), auth=False)
    door.app.add_middleware(As, caller=Caller("bob", scope, "bobs"))
    with door.loop:
        for account in ("bob", "alice"):
            door.exchange.open_account(account, {"USDT": ONE})
        assert len(door.get("/events")) == 1
        reply = door.send("GET", "/events?account=alice")
        assert reply.status == status
        if status == 404:
            stream = door.send("GET", "/events?account=alice", headers={"accept": "text/event-stream"})
            assert stream.status == 404


@pytest.mark.parametrize("query", ["after=x", "after=1-2-3", "types=news", "types=", "limit=0", "account=a:b"])
def test_what_cannot_be_understood_is_refused(memory_door: Door, query: str) -> None:
    assert memory_door.send("GET", f"/events?{query}").status == 400


def test_an_id_that_is_none_is_refused_wherever_it_comes_from(memory_door: Door) -> None:
    reply = memory_door.send("GET", "/events", headers={"last-event-id": "x"})

    assert (reply.status, reply.problem["code"]) == (400, "BadRequest")


def test_on_lambda_a_stream_is_refused_and_pages_work(memory_door: Door) -> None:
    gateway = Mangum(memory_door.app, lifespan="off")

    def ask(accept: str) -> dict[str, Any]:
        event = {
            "version": "2.0",
            "rawPath": "/events",
            "rawQueryString": "",
            "headers": {"accept": accept, "x-api-key": "the-key-of-the-default-account"},
            "requestContext": {"http": {"method": "GET", "path": "/events", "sourceIp": "127.0.0.1"}},
            "isBase64Encoded": False,
        }
        return gateway(event, Any)  # type: ignore[arg-type]  # the context is not looked at

    assert (ask("text/event-stream")["statusCode"], ask("application/json")["statusCode"]) == (406, 200)


def test_every_fill_of_an_order_is_an_event_before_the_order(door: Door) -> None:
    door.exchange.rules = replace(door.exchange.rules, engine=Engine(TwoLevels(size=Decimal("0.01"))))
    bought = door.place(amount="0.02")
    resting = door.place(amount="0.02", price="50000")
    door.price("49000")

    events = door.get("/events")[2:]

    assert kinds(events) == ["trade", "trade", "order", "order", "trade", "trade", "order"]
    assert [events[0]["data"], events[1]["data"]] == bought["trades"]
    assert [trade["price"] for trade in bought["trades"]] == [60001, Decimal("60001.01")]
    assert (bought["average"], bought["cost"]) == (Decimal("60001.005"), Decimal("1200.0201"))
    assert [events[index]["data"]["order"] for index in (4, 5)] == [resting["id"]] * 2
    # each has a place of its own, so whoever comes back after one of them gets the others
    for place, event in enumerate(events):
        assert door.get(f"/events?after={event['id']}") == events[place + 1 :]
