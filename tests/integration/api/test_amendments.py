"""Changing an open order over HTTP."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from .door import Door, Reply, order, set_chaos

D = Decimal


def amend(door: Door, order_id: str, body: str, **more: Any) -> Reply:
    return door.send("PATCH", f"/orders/{order_id}", body, **more)


def test_less_of_it_keeps_id_name_and_place(door: Door) -> None:
    placed = door.place(amount="0.5", price="50000", clientOrderId="mine")
    door.clock.time += 5

    reply = amend(door, placed["id"], '{"amount": 0.20000}')

    assert reply.status == 200
    amended = reply.json
    assert (amended["keptPlace"], amended["canceled"]) == (True, None)
    assert amended["order"] == {
        **placed,
        "amount": D("0.2"),
        "remaining": D("0.2"),
        "lastUpdateTimestamp": door.clock.time,
        "updated_at": door.clock.time,
    }
    assert door.get(f"/orders/{placed['id']}") == amended["order"]
    assert door.get("/balance/USDT")["used"] == 10_000


@pytest.mark.parametrize(
    ("body", "amount", "price"),
    [
        ('{"price": "49000.5"}', D("0.5"), D("49000.5")),
        ('{"amount": 0.6}', D("0.6"), 50000),
        ('{"amount": 0.1, "price": 51000, "triggerPrice": null, "clientOrderId": null}', D("0.1"), 51000),
    ],
)
def test_anything_else_is_another_order_in_its_place(door: Door, body: str, amount: Decimal, price: Decimal) -> None:
    placed = door.place(amount="0.5", price="50000", clientOrderId="mine")

    reply = amend(door, placed["id"], body)

    assert reply.status == 201
    new, canceled = reply.json["order"], reply.json["canceled"]
    assert reply.json["keptPlace"] is False
    assert (new["amount"], new["price"], new["status"], new["clientOrderId"]) == (amount, price, "open", "mine")
    assert (canceled["id"], canceled["status"]) == (placed["id"], "canceled")
    assert new["id"] != placed["id"]
    assert [each["id"] for each in door.get("/orders?status=open")] == [new["id"]]
    assert door.get("/orders/client:mine") == new


def test_the_other_order_may_fill_at_once(door: Door) -> None:
    placed = door.place(amount="0.5", price="50000")

    reply = amend(door, placed["id"], '{"price": 60001}')

    assert reply.json["order"]["status"] == "closed"
    assert [each["price"] for each in reply.json["order"]["trades"]] == [60001]
    assert reply.json["canceled"]["trades"] == []


def test_a_stop_gets_another_trigger_price(door: Door) -> None:
    placed = door.place(side="sell", amount="0.5", triggerPrice="55000")

    reply = amend(door, placed["id"], '{"triggerPrice": 56000}')

    assert (reply.status, reply.json["order"]["stopLossPrice"]) == (201, 56000)


def test_what_shows_and_when_it_expires_are_changed_and_taken_back(door: Door) -> None:
    placed = door.place(amount="0.5", price="50000", icebergAmount="0.1")
    until = door.clock.time + 60_000

    dated = amend(door, placed["id"], f'{{"icebergAmount": 0.05, "expiresAt": {until}}}')
    whole = amend(door, dated.json["order"]["id"], '{"icebergAmount": 0, "expiresAt": 0}')

    assert (dated.status, whole.status) == (201, 201)
    names = ("icebergAmount", "expiresAt", "timeInForce")
    assert [dated.json["order"][name] for name in names] == [D("0.05"), until, "GTD"]
    assert [whole.json["order"][name] for name in names] == [None, None, "GTC"]


def test_a_trailing_stop_gets_another_percent(door: Door) -> None:
    placed = door.place(side="sell", amount="0.5", trailingPercent="1.5")

    reply = amend(door, placed["id"], '{"trailingPercent": 2.25}')
    refused = amend(door, reply.json["order"]["id"], '{"trailingPercent": 2.255}')

    assert (reply.status, reply.json["order"]["trailingPercent"]) == (201, D("2.25"))
    assert (refused.status, refused.problem["code"]) == (422, "InvalidOrder")
    assert "two decimals at most" in refused.problem["detail"]


@pytest.mark.parametrize("body", ['{"amount": 0.2}', '{"price": 49000}', '{"amount": 0.2, "clientOrderId": "other"}'])
def test_sent_twice_it_is_done_once_and_answered_alike(door: Door, body: str) -> None:
    placed = door.place(amount="0.5", price="50000")

    first, second = amend(door, placed["id"], body), amend(door, placed["id"], body)

    assert second.status == 200
    assert second.json == first.json
    assert len(door.get("/orders?status=open")) == 1


@pytest.mark.parametrize(
    ("change", "status", "open_orders"),
    [
        ('{"amount": 0.2}', 200, 1),
        ('{"price": 49000}', 409, 1),
        ('{"price": 49000, "clientOrderId": "other"}', 200, 1),
        ('{"amount": 0.2, "clientOrderId": "other"}', 201, 2),
    ],
)
def test_a_placement_that_is_sent_again_after_a_change(door: Door, change: str, status: int, open_orders: int) -> None:
    """What the documentation says of it: only an id that a smaller order has given up places another one."""
    body = order(amount="0.5", price="50000", clientOrderId="mine")
    placed = door.post(body).json
    assert amend(door, placed["id"], change).status in (200, 201)

    again = door.post(body)

    assert again.status == status
    assert status != 200 or again.json["id"] == placed["id"]
    assert len(door.get("/orders?status=open")) == open_orders


@pytest.mark.parametrize(
    ("body", "status", "code", "words"),
    [
        ("", 400, "BadRequest", "needs a JSON body"),
        ('{"quantity": 1}', 400, "BadRequest", "quantity"),
        ('{"amount": "a little"}', 400, "BadRequest", "amount must be a number"),
        ('{"amount": -1}', 400, "BadRequest", "amount must be"),
        ("{}", 422, "InvalidOrder", "nothing would change"),
        ('{"amount": 0.5, "price": 50000}', 422, "InvalidOrder", "nothing would change"),
        ('{"amount": 5}', 422, "InsufficientFunds", "is free"),
        ('{"price": 50000.001}', 422, "InvalidOrder", "50000.001"),
        ('{"triggerPrice": 40000}', 422, "InvalidOrder", "it has no trigger price"),
        ('{"trailingPercent": 2}', 422, "InvalidOrder", "trails no price"),
        ('{"icebergAmount": 0.5}', 422, "InvalidOrder", "must be less than the order"),
        ('{"icebergAmount": -1}', 422, "InvalidOrder", "must be greater than 0"),
        ('{"expiresAt": 1}', 422, "InvalidOrder", "after now"),
        ('{"expiresAt": "soon"}', 400, "BadRequest", "expiresAt"),
        ('{"price": 49000, "clientOrderId": "taken"}', 409, "DuplicateOrderId", "'taken' belongs to order"),
        ('{"amount": 0.2, "clientOrderId": "taken"}', 409, "DuplicateOrderId", "'taken' belongs to order"),
        ('{"amount": 0.2, "clientOrderId": "mx-7"}', 400, "BadRequest", "given by the exchange"),
    ],
)
def test_what_is_refused_says_why_and_leaves_the_order_as_it_was(
    door: Door, body: str, status: int, code: str, words: str
) -> None:
    placed = door.place(amount="0.5", price="50000")
    door.place(amount="0.1", price="40000", clientOrderId="taken")
    balance = door.get("/balance")

    reply = amend(door, placed["id"], body)

    assert (reply.status, reply.problem["code"]) == (status, code)
    assert words in reply.problem["detail"]
    assert door.get(f"/orders/{placed['id']}") == placed
    assert door.get("/balance") == balance
    assert len(door.get("/orders")) == 2


def test_a_failed_filter_is_named(door: Door) -> None:
    placed = door.place(amount="0.5", price="50000")

    reply = amend(door, placed["id"], '{"price": 50000.001}')

    assert (reply.status, reply.problem["filter"]) == (422, "PRICE_FILTER")


def test_an_order_of_a_list_can_be_made_smaller_and_nothing_else(door: Door) -> None:
    orders = (
        '{"symbol": "BTC/USDT", "side": "buy", "type": "limit", "amount": 0.01, "price": 59000, "postOnly": true}, '
        '{"symbol": "BTC/USDT", "side": "buy", "type": "market", "amount": 0.01, "stopLossPrice": 61000}'
    )
    placed = door.send("POST", "/order_lists", f'{{"type": "oco", "orders": [{orders}]}}').json
    first = placed["orders"][0]["id"]

    refused = amend(door, first, '{"price": 58000}')
    smaller = amend(door, first, '{"amount": 0.005}')

    assert (refused.status, refused.problem["code"]) == (422, "InvalidOrder")
    assert f"is of order list {placed['id']}" in refused.problem["detail"]
    assert (smaller.status, smaller.json["keptPlace"]) == (200, True)
    assert door.get(f"/order_lists/{placed['id']}")["status"] == "open"


@pytest.mark.parametrize("order_id", ["9999", "abc", "client:nobody"])
def test_an_order_that_is_not_there_is_404(door: Door, order_id: str) -> None:
    reply = amend(door, order_id, '{"amount": 1}')

    assert (reply.status, reply.problem["code"]) == (404, "OrderNotFound")


def test_an_order_that_is_closed_is_409_and_one_of_somebody_else_is_not_there(door: Door) -> None:
    closed = door.place(amount="0.01")
    key = door.give_key("somebody-else")["apiKey"]

    refused = amend(door, closed["id"], '{"amount": 0.005}')

    assert (refused.status, refused.problem["title"]) == (409, "Order is not open")
    assert amend(door, closed["id"], '{"amount": 0.005}', key=key).status == 404


def test_a_fault_on_purpose_refuses_what_takes_its_place_and_the_order_stays(memory_door: Door) -> None:
    door = memory_door
    door.price("60000")
    placed = door.place(amount="0.5", price="50000")
    set_chaos(door, rejected=1, doors=["native"])

    refused = amend(door, placed["id"], '{"price": 49000}')

    assert (refused.status, refused.problem["code"]) == (422, "InvalidOrder")
    assert door.get(f"/orders/{placed['id']}")["status"] == "open"
