"""An order made smaller over the Binance wire (rest-api.md, faqs/order_amend_keep_priority.md)."""

from __future__ import annotations

import pytest

from .door import START, Door, Reply
from .wire import Wire, refused

PATH = "/api/v3/order/amend/keepPriority"


@pytest.fixture
def wire(door: Door) -> Wire:
    return Wire(door)


def amend(wire: Wire, order_id: int | None, quantity: str | None, **more: object) -> Reply:
    return wire.ask("PUT", PATH, symbol="BTCUSDT", orderId=order_id, newQty=quantity, **more)


def test_an_order_gets_smaller_and_another_name(wire: Wire) -> None:
    order = wire.placed(newClientOrderId="before", quantity="0.05")
    wire.door.clock.time += 1000
    reply = amend(wire, order["orderId"], "0.02", newClientOrderId="after")

    assert reply.status == 200, reply.text
    answer = reply.json
    assert answer == {
        "transactTime": START + 1000,
        "executionId": answer["executionId"],
        "amendedOrder": {
            "symbol": "BTCUSDT", "orderId": order["orderId"], "orderListId": -1, "origClientOrderId": "before",
            "clientOrderId": "after", "price": "50000.00000000", "qty": "0.02000000", "executedQty": "0.00000000",
            "preventedQty": "0.00000000", "quoteOrderQty": "0.00000000", "cumulativeQuoteQty": "0.00000000",
            "status": "NEW", "timeInForce": "GTC", "type": "LIMIT", "side": "BUY", "workingTime": START,
            "selfTradePreventionMode": "NONE",
        },
    }  # fmt: skip
    shown = wire.get("/api/v3/order", symbol="BTCUSDT", origClientOrderId="after")
    assert (shown["orderId"], shown["origQty"], shown["updateTime"]) == (order["orderId"], "0.02000000", START + 1000)
    [usdt] = [each for each in wire.get("/api/v3/account")["balances"] if each["asset"] == "USDT"]
    assert (usdt["free"], usdt["locked"]) == ("99000.00000000", "1000.00000000")
    gone = wire.ask("GET", "/api/v3/order", symbol="BTCUSDT", origClientOrderId="before")
    assert refused(gone)[1] == -2013


def test_a_name_is_given_where_none_is_asked_for_and_the_old_one_may_stay(wire: Wire) -> None:
    order = wire.placed(newClientOrderId="mine", quantity="0.05")

    first = amend(wire, order["orderId"], "0.04").json["amendedOrder"]
    assert (first["origClientOrderId"], first["qty"]) == ("mine", "0.04000000")
    assert first["clientOrderId"] not in ("mine", "")
    kept = amend(wire, order["orderId"], "0.03", newClientOrderId=first["clientOrderId"]).json["amendedOrder"]
    assert kept["clientOrderId"] == first["clientOrderId"]


def test_its_place_in_the_line_is_kept(wire: Wire) -> None:
    older, newer = (wire.placed(quantity="0.05")["orderId"] for _ in range(2))
    assert amend(wire, older, "0.01").status == 200
    wire.door.price("50000", bid="49999", ask="50000")

    trades = wire.get("/api/v3/myTrades", symbol="BTCUSDT")
    assert [(each["orderId"], each["qty"]) for each in trades] == [(older, "0.01000000"), (newer, "0.05000000")]


def test_what_was_amended_is_on_record(wire: Wire) -> None:
    order_id = wire.placed(newClientOrderId="a", quantity="0.05")["orderId"]
    for quantity, name in (("0.04", "b"), ("0.03", "c")):
        wire.door.clock.time += 1
        assert amend(wire, order_id, quantity, newClientOrderId=name).status == 200
    listed = wire.get("/api/v3/order/amendments", symbol="BTCUSDT", orderId=order_id)

    first, second = listed
    assert first == {
        "symbol": "BTCUSDT", "orderId": order_id, "executionId": first["executionId"], "origClientOrderId": "a",
        "newClientOrderId": "b", "origQty": "0.05000000", "newQty": "0.04000000", "time": START + 1,
    }  # fmt: skip
    asked = {"symbol": "BTCUSDT", "orderId": order_id}
    assert wire.get("/api/v3/order/amendments", **asked, fromExecutionId=second["executionId"]) == [second]
    assert wire.get("/api/v3/order/amendments", **asked, limit=1) == [first]
    assert refused(wire.ask("GET", "/api/v3/order/amendments", symbol="BTCUSDT", orderId=99))[1] == -2013


def test_refusals_leave_the_order_as_it_was(wire: Wire) -> None:
    order = wire.placed(quantity="0.05")
    other = wire.placed(newClientOrderId="taken", quantity="0.05")
    order_id = order["orderId"]

    for reply, code, message in (
        (amend(wire, order_id, "0.06"), -2038, "Order amend (quantity increase) is not supported."),
        (amend(wire, order_id, "0.05"), -2038, "The requested action would change no state; rejecting."),
        (amend(wire, order_id, "0.01", newClientOrderId="taken"), -2038, "Duplicate order sent."),
        (amend(wire, 99, "0.01"), -2038, "Unknown order sent."),
        (amend(wire, order_id, "0.000001"), -1013, "Filter failure: LOT_SIZE"),
        (amend(wire, order_id, "0.00001"), -1013, "Filter failure: NOTIONAL"),
        (
            amend(wire, order_id, None),
            -1102,
            "Mandatory parameter 'newQty' was not sent, was empty/null, or malformed.",
        ),
    ):
        assert refused(reply) == (400, code, message)
    assert refused(amend(wire, order_id, "0"))[1] in (-1013, -2038)
    assert [each["origQty"] for each in wire.get("/api/v3/openOrders")] == ["0.05000000", "0.05000000"]
    wire.ask("DELETE", "/api/v3/order", symbol="BTCUSDT", orderId=other["orderId"])
    assert refused(amend(wire, other["orderId"], "0.01"))[1:] == (-2038, "Unknown order sent.")
