"""Orders that are good till a date: placed at the native door, shown at both."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .door import START, Door, order
from .wire import Wire, refused

DATE = START + 60_000


def place(door: Door, **more: Any) -> Any:
    return door.place(amount="0.01", price="50000", timeInForce="GTD", expiresAt=DATE, **more)


@pytest.mark.parametrize("post_only", [False, True])
def test_the_native_door_places_it_and_both_show_it(post_only: bool, door: Door) -> None:
    placed = place(door, postOnly=post_only)
    assert (placed["timeInForce"], placed["expiresAt"], placed["postOnly"]) == ("GTD", DATE, post_only)
    wire = Wire(door)
    [shown] = wire.get("/api/v3/openOrders", symbol="BTCUSDT")
    assert (shown["timeInForce"], shown["status"]) == ("GTC", "NEW")
    door.clock.time = DATE + 5
    door.exchange.match()
    ended = door.get(f"/orders/{placed['id']}")
    assert (ended["status"], ended["lastUpdateTimestamp"], ended["expiresAt"]) == ("expired", DATE, DATE)
    shown = wire.get("/api/v3/order", symbol="BTCUSDT", orderId=placed["id"])
    assert (shown["timeInForce"], shown["status"], shown["updateTime"]) == ("GTC", "EXPIRED", DATE)
    told = door.get("/events")[-1]
    assert (told["type"], told["data"]["id"], told["data"]["status"]) == ("order", placed["id"], "expired")
    assert door.get(f"/orders/{placed['id']}/why")[-1]["text"].startswith("Expired: it was good until ")
    assert door.get("/balance/USDT")["used"] == 0


def test_an_order_without_says_so(door: Door) -> None:
    assert door.place(amount="0.01", price="50000")["expiresAt"] is None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"timeInForce": "GTD"}, "a GTD order takes an expiresAt"),
        ({"expiresAt": DATE}, "a GTD order takes an expiresAt"),
        ({"timeInForce": "IOC", "expiresAt": DATE}, "a GTD order takes an expiresAt"),
        ({"timeInForce": "GTD", "expiresAt": START + 999}, "at least 1000 ms after now"),
    ],
)
def test_what_makes_no_date_is_refused(fields: dict[str, Any], said: str, door: Door) -> None:
    problem = door.post(order(amount="0.01", price="50000", **fields)).problem
    assert (problem["status"], problem["code"]) == (422, "InvalidOrder")
    assert said in problem["detail"]


def test_a_market_order_and_the_orders_of_a_list_have_none(door: Door) -> None:
    problem = door.post(order(amount="0.01", timeInForce="GTD", expiresAt=DATE)).problem
    assert "only a limit order that rests" in problem["detail"]
    working = json.loads(order(amount="0.01", price="50000", timeInForce="GTD", expiresAt=DATE))
    waiting = json.loads(order(side="sell", amount="0.01", price="70000"))
    answer = door.send("POST", "/order_lists", json.dumps({"type": "oto", "orders": [working, waiting]}))
    assert (answer.problem["status"], answer.problem["code"]) == (422, "InvalidOrder")
    assert "only one alone has a date (GTD)" in answer.problem["detail"]


def test_binance_has_no_such_time_in_force(door: Door) -> None:
    assert refused(Wire(door).order(timeInForce="GTD")) == (400, -1115, "Invalid timeInForce.")
