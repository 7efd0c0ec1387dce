"""Order lists behind the native door: the table of scenarios, names, pages, refusals."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.integration.list_scenarios import FIRST_TICK, SCENARIOS, Leg, ListScenario
from tests.integration.stop_scenarios import amounts

from .door import Door, set_chaos

UNIFIED = {
    "PENDING_NEW": "open", "NEW": "open", "PARTIALLY_FILLED": "open", "FILLED": "closed", "CANCELED": "canceled",
    "EXPIRED": "expired", "REJECTED": "rejected",
}  # fmt: skip
PAIR = (Leg("SELL", "1", "LIMIT_MAKER", "110"), Leg("SELL", "1", "STOP_LOSS_LIMIT", "94", "95", "GTC"))


def move(door: Door, words: str) -> None:
    """`bid ask last` as a price set by hand."""
    bid, ask, last = words.split()
    door.price(last, bid=bid, ask=ask)


@pytest.fixture
def market(quiet_door: Door) -> Door:
    """The default account with 1,000 USDT and 2 BTC, and the first price of every scenario."""
    assert quiet_door.send("POST", "/balance/USDT/withdrawal", '{"amount": 99000}').status == 200
    move(quiet_door, FIRST_TICK)
    return quiet_door


def body(contingency: str, *legs: Leg, **more: object) -> str:
    orders: list[dict[str, object]] = []
    for leg in legs:
        said: dict[str, object] = {"symbol": "BTC/USDT", "side": leg.side.lower(), "amount": leg.quantity}
        said["type"] = "limit" if leg.price else "market"
        if leg.price:
            said["price"] = leg.price
        if leg.type == "LIMIT_MAKER":
            said["postOnly"] = True
        elif leg.time_in_force:
            said["timeInForce"] = leg.time_in_force
        if leg.stop_price:
            said["stopLossPrice" if leg.type.startswith("STOP_LOSS") else "takeProfitPrice"] = leg.stop_price
        orders.append(said)
    return json.dumps({"type": contingency.lower(), "orders": orders, **more})


def placed(door: Door, contingency: str, *legs: Leg, **more: object) -> Any:
    reply = door.send("POST", "/order_lists", body(contingency, *legs, **more))
    assert reply.status == 201, reply.text
    return reply.json


def owned(door: Door) -> dict[str, tuple[str, str]]:
    balances = door.get("/balance")
    return {asset: (_plain(each["free"]), _plain(each["used"])) for asset, each in balances.items()}


def _plain(amount: object) -> str:
    return f"{Decimal(str(amount)).normalize():f}"


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.name)
def test_scenario(scenario: ListScenario, market: Door) -> None:
    answer = placed(market, scenario.contingency, *scenario.legs)
    assert [each["orderListId"] for each in answer["orders"]] == [answer["id"]] * len(scenario.legs)

    def states() -> list[tuple[str, bool]]:
        shown = market.get(f"/order_lists/{answer['id']}")
        assert shown["status"] == ("open" if any(each["status"] == "open" for each in shown["orders"]) else "closed")
        return [(each["status"], each["pending"]) for each in shown["orders"]]

    def expected(words: str) -> list[tuple[str, bool]]:
        return [(UNIFIED[word], word == "PENDING_NEW") for word in words.split()]

    assert states() == expected(scenario.placed)
    assert owned(market) == amounts(scenario.held)
    for step in scenario.steps:
        market.clock.time += 1
        move(market, step.tick)
        assert states() == expected(step.states), step.tick
    trades = market.get("/trades")[::-1]
    assert tuple(f"{_plain(each['amount'])} @ {_plain(each['price'])}" for each in trades) == scenario.fills
    assert owned(market) == amounts(scenario.owned)


def test_the_same_request_gives_the_first_list_back(market: Door) -> None:
    first = placed(market, "OCO", *PAIR, clientListId="mine")
    again = market.send("POST", "/order_lists", body("OCO", *PAIR, clientListId="mine"))
    assert (again.status, again.json) == (200, first)
    for other in (
        body("OCO", PAIR[0], Leg("SELL", "1", "STOP_LOSS", None, "95"), clientListId="mine"),
        body("OTO", Leg("SELL", "1", "LIMIT", "110", None, "GTC"), PAIR[1], clientListId="mine"),
    ):
        reply = market.send("POST", "/order_lists", other)
        assert (reply.status, reply.json["code"]) == (409, "DuplicateOrderId")
    gone = market.send("POST", f"/order_lists/{first['id']}/cancel").json
    assert [each["status"] for each in gone["orders"]] == ["canceled", "canceled"]
    assert market.send("POST", "/order_lists", body("OCO", *PAIR, clientListId="mine")).json == gone
    assert owned(market) == amounts("USDT 1000, BTC 2")


def test_lists_are_paged_newest_first(market: Door) -> None:
    ids = [placed(market, "OCO", *PAIR)["id"] for _ in range(2)]
    assert market.send("POST", f"/order_lists/{ids[0]}/cancel").status == 200
    assert [each["id"] for each in market.get("/order_lists")] == ids[::-1]
    assert [each["id"] for each in market.get("/order_lists?status=open")] == ids[1:]
    first = market.send("GET", "/order_lists?limit=1")
    assert [each["id"] for each in first.json] == ids[1:]
    cursor = first.headers["x-next-cursor"]
    assert [each["id"] for each in market.get(f"/order_lists?cursor={cursor}")] == ids[:1]


def test_one_order_of_a_list_that_is_canceled_takes_the_others_along(market: Door) -> None:
    answer = placed(market, "OTO", Leg("BUY", "1", "LIMIT", "95", None, "GTC"), *PAIR)
    last = answer["orders"][2]["id"]
    assert market.send("POST", f"/orders/{last}/cancel").json["status"] == "canceled"
    shown = market.get(f"/order_lists/{answer['id']}")
    assert [each["status"] for each in shown["orders"]] == ["canceled"] * 3
    reply = market.send("POST", f"/order_lists/{answer['id']}/cancel")
    assert (reply.status, reply.json["code"], reply.json["title"]) == (409, "InvalidOrder", "Order is not open")


def test_events_tell_of_every_order_that_changes(market: Door) -> None:
    after = market.send("GET", "/events?limit=1000").headers["x-next-cursor"]
    answer = placed(market, "OCO", *PAIR)
    move(market, "110 111 110")
    told = [each for each in market.get(f"/events?after={after}") if each["type"] == "order"]
    first, second = (each["id"] for each in answer["orders"])
    assert [each["data"]["id"] for each in told] == [first, second, first, second]
    assert [each["data"]["status"] for each in told[2:]] == ["closed", "expired"]


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (body("OCO", Leg("SELL", "1", "LIMIT_MAKER", "98"), PAIR[1]), 422, "InvalidOrder"),
        (body("OCO", *PAIR, PAIR[0]), 422, "InvalidOrder"),
        (body("OTO", Leg("BUY", "1", "MARKET"), PAIR[1]), 422, "InvalidOrder"),
        (body("OCO", Leg("SELL", "3", "LIMIT_MAKER", "110"), Leg("SELL", "3", "STOP_LOSS", None, "95")), 422,
         "InsufficientFunds"),
        (body("OCO", PAIR[0]), 400, "BadRequest"),
        (body("OUO", *PAIR), 400, "BadRequest"),
        ('{"type": "oco", "orders": [{"symbol": "BTC/USDT"}, {}]}', 400, "BadRequest"),
        (body("OCO", *PAIR, colour="red"), 400, "BadRequest"),
    ],
)  # fmt: skip
def test_what_is_refused(sent: str, status: int, code: str, market: Door) -> None:
    reply = market.send("POST", "/order_lists", sent)
    assert (reply.status, reply.json["code"]) == (status, code), reply.text
    assert market.get("/orders") == []


def test_a_list_that_is_rejected_on_purpose_leaves_nothing(market: Door) -> None:
    set_chaos(market, rejected=1)
    reply = market.send("POST", "/order_lists", body("OCO", *PAIR))
    assert (reply.status, reply.json["code"]) == (422, "InvalidOrder")
    assert market.get("/orders") == []
    assert owned(market) == amounts("USDT 1000, BTC 2")


@pytest.mark.parametrize("wrong", ["999", "x", "1"])
def test_a_list_that_is_not_there(wrong: str, market: Door) -> None:
    for reply in (market.send("GET", f"/order_lists/{wrong}"), market.send("POST", f"/order_lists/{wrong}/cancel")):
        assert (reply.status, reply.json["code"]) == (404, "OrderNotFound")
