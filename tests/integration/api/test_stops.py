"""Stops behind both doors: in ccxt's unified words, and in Binance's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from tests.integration.stop_scenarios import FIRST_TICK, SCENARIOS, Scenario, amounts

from .door import Door, order
from .wire import Wire, refused

SELL_AT_95 = {"type": "STOP_LOSS", "side": "SELL", "quantity": "1", "stopPrice": "95"}


@dataclass(frozen=True)
class Seen:
    """One order as a door shows it."""

    status: str
    works: bool
    fills: tuple[str, ...]


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


def place_natively(door: Door, scenario: Scenario) -> tuple[str, Callable[[], Seen]]:
    fields: dict[str, object] = {
        "side": scenario.side.lower(),
        "type": "limit" if scenario.price else "market",
        "amount": scenario.quantity,
    }
    if scenario.stop_price:
        fields["stopLossPrice" if scenario.is_stop_loss else "takeProfitPrice"] = scenario.stop_price
    percent = scenario.trailing_delta and Decimal(scenario.trailing_delta) / 100
    if percent:
        fields["trailingPercent"] = str(percent)
    if scenario.price:
        fields["price"] = scenario.price
    if scenario.time_in_force:
        fields["timeInForce"] = scenario.time_in_force
    placed = door.place(**fields)
    kinds = (scenario.stop_price, None) if scenario.is_stop_loss else (None, scenario.stop_price)
    assert (placed["stopLossPrice"], placed["takeProfitPrice"]) == tuple(each and Decimal(each) for each in kinds)
    assert (placed["triggerPrice"], placed["triggeredAt"]) == (
        scenario.stop_price and Decimal(scenario.stop_price),
        None,
    )
    assert placed["trailingPercent"] == percent
    assert (placed["trailingSince"] is None) is (percent is None or scenario.stop_price is not None)
    assert placed["type"] == fields["type"]

    def look() -> Seen:
        shown = door.get(f"/orders/{placed['id']}")
        trades = tuple(f"{trade['amount']} @ {trade['price']}" for trade in shown["trades"])
        return Seen(shown["status"], shown["triggeredAt"] is not None, trades)

    return placed["id"], look


def place_on_the_wire(door: Door, scenario: Scenario) -> tuple[str, Callable[[], Seen]]:
    wire = Wire(door)
    limits = {"price": scenario.price, "timeInForce": scenario.time_in_force or "GTC"} if scenario.price else {}
    placed = wire.placed(
        type=scenario.type,
        side=scenario.side,
        quantity=scenario.quantity,
        stopPrice=scenario.stop_price,
        trailingDelta=scenario.trailing_delta,
        newOrderRespType="FULL",
        **limits,
    )
    assert (placed["type"], placed["workingTime"], placed["fills"]) == (scenario.type, -1, [])
    assert Decimal(placed.get("stopPrice", "0")) == Decimal(scenario.stop_price or 0)
    assert placed.get("trailingDelta") == scenario.trailing_delta
    began = None if scenario.trailing_delta is None else -1 if scenario.stop_price else door.clock.time
    assert placed.get("trailingTime") == began

    def look() -> Seen:
        shown = wire.get("/api/v3/order", symbol="BTCUSDT", orderId=placed["orderId"])
        assert shown["isWorking"] is (shown["workingTime"] != -1)
        trades = wire.get("/api/v3/myTrades", symbol="BTCUSDT", orderId=placed["orderId"])
        parts = tuple(f"{_plain(each['qty'])} @ {_plain(each['price'])}" for each in trades)
        return Seen(shown["status"], shown["isWorking"], parts)

    return str(placed["orderId"]), look


def _plain(written: str) -> str:
    return f"{Decimal(written).normalize():f}"


UNIFIED = {"NEW": "open", "PARTIALLY_FILLED": "open", "FILLED": "closed", "EXPIRED": "expired"}


@pytest.mark.parametrize("place", [place_natively, place_on_the_wire])
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.name)
def test_scenario(scenario: Scenario, place: Callable[..., tuple[str, Callable[[], Seen]]], market: Door) -> None:
    move(market, scenario.first_tick)
    _, look = place(market, scenario)
    assert owned(market) == amounts(scenario.held)
    for step in scenario.ticks:
        market.clock.time += 1
        move(market, step.tick)
        status = UNIFIED[step.status] if place is place_natively else step.status
        assert look() == Seen(status, step.works, step.fills)
    assert owned(market) == amounts(scenario.owned)


def owned(door: Door) -> dict[str, tuple[str, str]]:
    balances = door.get("/balance")
    return {asset: (_plain(str(each["free"])), _plain(str(each["used"]))) for asset, each in balances.items()}


class TestWire:
    @pytest.mark.parametrize("kind", ["STOP_LOSS", "TAKE_PROFIT"])
    def test_what_waits_is_open_and_says_since_when_it_works(self, kind: str, market: Door) -> None:
        wire = Wire(market)
        price = "95" if kind == "STOP_LOSS" else "105"
        ack = wire.placed(type=kind, side="SELL", quantity="1", stopPrice=price)
        assert set(ack) == {"symbol", "orderId", "orderListId", "clientOrderId", "transactTime"}
        [shown] = wire.get("/api/v3/openOrders", symbol="BTCUSDT")
        assert (shown["isWorking"], shown["workingTime"], shown["price"]) == (False, -1, "0.00000000")
        market.clock.time += 7
        move(market, f"{price} 110 {price}")
        shown = wire.get("/api/v3/order", symbol="BTCUSDT", orderId=ack["orderId"])
        assert (shown["status"], shown["isWorking"], shown["workingTime"]) == ("FILLED", True, market.clock.time)
        assert shown["time"] == market.clock.time - 7
        [again] = wire.get("/api/v3/allOrders", symbol="BTCUSDT")
        assert again == shown

    def test_a_stop_is_canceled_amended_and_replaced_as_any_order(self, market: Door) -> None:
        wire = Wire(market)
        first = wire.placed(**SELL_AT_95, newOrderRespType="RESULT")
        amended = wire.ask(
            "PUT", "/api/v3/order/amend/keepPriority", symbol="BTCUSDT", orderId=first["orderId"], newQty="0.5"
        ).json["amendedOrder"]
        assert (amended["stopPrice"], amended["workingTime"], amended["qty"]) == ("95.00000000", -1, "0.50000000")
        replaced = wire.ask(
            "POST", "/api/v3/order/cancelReplace", symbol="BTCUSDT", cancelOrderId=first["orderId"],
            cancelReplaceMode="STOP_ON_FAILURE", side="SELL", type="STOP_LOSS_LIMIT", timeInForce="GTC",
            quantity="1", price="89", stopPrice="90", newOrderRespType="RESULT",
        ).json  # fmt: skip
        assert replaced["cancelResponse"]["stopPrice"] == "95.00000000"
        assert replaced["newOrderResponse"]["stopPrice"] == "90.00000000"
        gone = wire.ask(
            "DELETE", "/api/v3/order", symbol="BTCUSDT", orderId=replaced["newOrderResponse"]["orderId"]
        ).json
        assert (gone["type"], gone["status"], gone["stopPrice"]) == ("STOP_LOSS_LIMIT", "CANCELED", "90.00000000")
        assert owned(market)["BTC"] == ("2", "0")

    def test_a_replacement_that_would_be_triggered_leaves_the_old_order_canceled(self, market: Door) -> None:
        wire = Wire(market)
        first = wire.placed(**SELL_AT_95)
        answer = wire.ask(
            "POST", "/api/v3/order/cancelReplace", cancelOrderId=first["orderId"], cancelReplaceMode="STOP_ON_FAILURE",
            symbol="BTCUSDT", **{**SELL_AT_95, "stopPrice": "101"},
        )  # fmt: skip
        assert refused(answer) == (409, -2021, "Order cancel-replace partially failed.")
        assert answer.json["data"]["newOrderResponse"] == {
            "code": -2010, "msg": "Stop price would trigger immediately.",
        }  # fmt: skip

    def test_a_test_order_does_not_reach_the_engine(self, market: Door) -> None:
        wire = Wire(market)
        for stop_price, quantity in (("95", "1"), ("101", "1"), ("95", "50")):
            asked = {**SELL_AT_95, "stopPrice": stop_price, "quantity": quantity}
            answer = wire.ask("POST", "/api/v3/order/test", symbol="BTCUSDT", **asked)
            assert (answer.status, answer.json) == (200, {})
        answer = wire.ask("POST", "/api/v3/order/test", symbol="BTCUSDT", **{**SELL_AT_95, "stopPrice": "95.001"})
        assert refused(answer) == (400, -1013, "Filter failure: PRICE_FILTER")

    def test_more_stops_than_may_be(self, market: Door) -> None:
        wire = Wire(market)
        for _ in range(5):
            wire.placed(**{**SELL_AT_95, "quantity": "0.1"})
        answer = wire.order(**{**SELL_AT_95, "quantity": "0.1"})
        assert refused(answer) == (400, -1013, "Filter failure: MAX_NUM_ALGO_ORDERS")

    def test_a_trailing_stop_says_since_when_it_trails(self, market: Door) -> None:
        wire = Wire(market)
        placed = wire.placed(**SELL_AT_95, trailingDelta=100)
        market.clock.time += 5
        move(market, "95 96 95")
        shown = wire.get("/api/v3/order", symbol="BTCUSDT", orderId=placed["orderId"])
        assert (shown["trailingDelta"], shown["trailingTime"], shown["isWorking"]) == (100, market.clock.time, False)
        assert (shown["stopPrice"], shown["status"]) == ("95.00000000", "NEW")
        gone = wire.ask("DELETE", "/api/v3/order", symbol="BTCUSDT", orderId=placed["orderId"]).json
        assert (gone["trailingDelta"], gone["status"]) == (100, "CANCELED")

    @pytest.mark.parametrize("delta", ["9", "2001"])
    def test_a_delta_that_may_not_be(self, delta: str, market: Door) -> None:
        wire = Wire(market)
        answer = wire.order(type="STOP_LOSS", side="SELL", quantity="1", trailingDelta=delta)
        assert refused(answer) == (400, -1013, "Filter failure: TRAILING_DELTA")


class TestNative:
    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"stopLossPrice": "95", "takeProfitPrice": "105"}, "place two for both"),
            ({"stopLossPrice": "95", "triggerPrice": "96"}, "are the same thing; give one of them"),
            ({"stopLossPrice": "95", "amount": None, "cost": "100"}, "takes an amount, and no cost"),
            ({"stopLossPrice": "95", "postOnly": True, "price": "90"}, "never post-only"),
            ({"stopLossPrice": "0"}, "greater than 0"),
            ({"trailingPercent": "1.005"}, "two decimals at most, was 1.005"),
            ({"trailingPercent": "100"}, "1 to 9999 basis points, was 10000"),
            ({"trailingPercent": "0.05"}, "TRAILING_DELTA"),
            ({"trailingPercent": "1", "amount": None, "cost": "100"}, "takes an amount, and no cost"),
        ],
    )
    def test_what_is_no_stop_is_refused(self, fields: dict[str, Any], said: str, market: Door) -> None:
        asked = {"side": "sell", "amount": "1", **fields}
        reply = market.post(order(**{name: each for name, each in asked.items() if each is not None}))
        assert reply.status in (400, 422)
        assert reply.problem["code"] in ("InvalidOrder", "BadRequest")
        assert said in reply.problem["detail"]

    def test_a_stop_on_the_wrong_side_is_refused_with_the_last_price(self, market: Door) -> None:
        body = order(side="sell", amount="1", triggerPrice="100")
        problem = market.post(body).problem
        assert (problem["status"], problem["code"]) == (422, "OrderImmediatelyFillable")
        assert "must be below the last price, 100; it was 100" in problem["detail"]
        assert market.send("POST", "/orders/can_execute", body).json["code"] == "OrderImmediatelyFillable"

    def test_a_trigger_is_an_event_with_its_trade(self, market: Door) -> None:
        placed = market.place(side="sell", amount="1", triggerPrice="95")
        cursor = market.send("GET", "/events").headers["x-next-cursor"]
        move(market, "95 96 95")
        trade, changed = market.get(f"/events?after={cursor}")
        assert (trade["type"], trade["data"]["order"]) == ("trade", placed["id"])
        assert (changed["data"]["status"], changed["data"]["triggeredAt"]) == ("closed", market.clock.time)
