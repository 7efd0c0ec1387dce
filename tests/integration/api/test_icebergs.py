"""Icebergs, and modes of self-trade prevention, behind both doors."""

from __future__ import annotations

from decimal import Decimal

import pytest

from .door import Door, order
from .wire import Wire, refused


@pytest.mark.parametrize("kind", ["LIMIT", "LIMIT_MAKER", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT"])
def test_binance_shows_how_much_shows(kind: str, door: Door) -> None:
    wire = Wire(door)
    asked: dict[str, object] = {"type": kind, "side": "SELL", "quantity": "1", "price": "70000", "icebergQty": "0.25"}
    if kind != "LIMIT_MAKER":
        asked["timeInForce"] = "GTC"
    if "_LIMIT" in kind:
        asked["stopPrice"] = "55000" if kind == "STOP_LOSS_LIMIT" else "65000"
    placed = wire.placed(**asked, newOrderRespType="RESULT")
    assert placed["icebergQty"] == "0.25000000"
    assert wire.get("/api/v3/order", symbol="BTCUSDT", orderId=placed["orderId"])["icebergQty"] == "0.25000000"
    gone = wire.ask("DELETE", "/api/v3/order", symbol="BTCUSDT", orderId=placed["orderId"]).json
    assert gone["icebergQty"] == "0.25000000"


def test_an_order_without_says_nothing_of_it(door: Door) -> None:
    placed = Wire(door).placed(icebergQty="0", newOrderRespType="RESULT")
    assert "icebergQty" not in placed


@pytest.mark.parametrize("mode", ["NONE", "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT"])
def test_a_mode_of_self_trade_prevention_is_kept(mode: str, door: Door) -> None:
    wire = Wire(door)
    placed = wire.placed(selfTradePreventionMode=mode)
    assert placed["selfTradePreventionMode"] == mode
    [shown] = wire.get("/api/v3/openOrders", symbol="BTCUSDT")
    assert shown["selfTradePreventionMode"] == mode


def test_the_native_api_shows_how_much_shows(door: Door) -> None:
    placed = door.place(side="sell", amount="1", price="70000", icebergAmount="0.25")
    assert placed["icebergAmount"] == Decimal("0.25")
    assert door.get(f"/orders/{placed['id']}")["icebergAmount"] == Decimal("0.25")
    problem = door.post(order(side="sell", amount="1", price="70000", icebergAmount="1")).problem
    assert (problem["status"], problem["code"]) == (422, "InvalidOrder")
    assert "must be less than the order, 1; it was 1" in problem["detail"]


def test_too_many_parts(door: Door) -> None:
    answer = Wire(door).order(side="SELL", quantity="1", price="70000", icebergQty="0.09")
    assert refused(answer) == (400, -1013, "Filter failure: ICEBERG_PARTS")
