"""Order lists behind the Binance wire: the table of scenarios, the answers field by field, the refusals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.integration.list_scenarios import FIRST_TICK, SCENARIOS, Leg, ListScenario
from tests.integration.stop_scenarios import amounts

from .door import START, Door
from .wire import Wire, refused

LISTS, ORDERS = "/api/v3/orderList", "/api/v3/allOrders"
OCO: dict[str, object] = {
    "symbol": "BTCUSDT", "side": "SELL", "quantity": "1",
    "aboveType": "LIMIT_MAKER", "abovePrice": "110",
    "belowType": "STOP_LOSS_LIMIT", "belowPrice": "94", "belowStopPrice": "95", "belowTimeInForce": "GTC",
}  # fmt: skip
OTO: dict[str, object] = {
    "symbol": "BTCUSDT", "workingType": "LIMIT", "workingSide": "BUY", "workingPrice": "95", "workingQuantity": "1",
    "workingTimeInForce": "GTC", "pendingType": "MARKET", "pendingSide": "SELL", "pendingQuantity": "1",
}  # fmt: skip


def move(door: Door, words: str) -> None:
    """`bid ask last` as a price set by hand."""
    bid, ask, last = words.split()
    door.price(last, bid=bid, ask=ask)


@pytest.fixture
def market(quiet_door: Door) -> Wire:
    """The default account with 1,000 USDT and 2 BTC, and the first price of every scenario."""
    assert quiet_door.send("POST", "/balance/USDT/withdrawal", '{"amount": 99000}').status == 200
    move(quiet_door, FIRST_TICK)
    return Wire(quiet_door)


def placed(wire: Wire, kind: str, **parameters: object) -> Any:
    reply = wire.ask("POST", f"{LISTS}/{kind}", **parameters)
    assert reply.status == 200, reply.text
    return reply.json


def sent_as(prefix: str, leg: Leg, *, shared: bool = False) -> dict[str, object]:
    """One order as the parameters that begin with a word."""
    fields = {"Type": leg.type, "Price": leg.price, "StopPrice": leg.stop_price, "TimeInForce": leg.time_in_force}
    if not shared:
        fields |= {"Side": leg.side, "Quantity": leg.quantity}
    return {prefix + name: value for name, value in fields.items() if value}


def place_scenario(wire: Wire, scenario: ListScenario) -> Any:
    first, second, *third = scenario.legs
    if scenario.contingency == "OCO":
        above, below = (first, second)
        pair = {**sent_as("above", above, shared=True), **sent_as("below", below, shared=True)}
        return placed(wire, "oco", symbol="BTCUSDT", side=first.side, quantity=first.quantity, **pair)
    working = sent_as("working", first)
    if not third:
        return placed(wire, "oto", symbol="BTCUSDT", **working, **sent_as("pending", second))
    pair = {
        **sent_as("pendingAbove", second, shared=True),
        **sent_as("pendingBelow", third[0], shared=True),
        "pendingSide": second.side,
        "pendingQuantity": second.quantity,
    }
    return placed(wire, "otoco", symbol="BTCUSDT", **working, **pair)


def owned(wire: Wire) -> dict[str, tuple[str, str]]:
    account = wire.get("/api/v3/account", omitZeroBalances="true")
    return {each["asset"]: (_plain(each["free"]), _plain(each["locked"])) for each in account["balances"]}


def _plain(written: str) -> str:
    return f"{Decimal(written).normalize():f}"


def states(wire: Wire, orders: list[Any]) -> str:
    found = [wire.get("/api/v3/order", symbol="BTCUSDT", orderId=each["orderId"]) for each in orders]
    return " ".join(each["status"] for each in found)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.name)
def test_scenario(scenario: ListScenario, market: Wire) -> None:
    answer = place_scenario(market, scenario)
    orders = answer["orders"]
    assert states(market, orders) == scenario.placed
    assert owned(market) == amounts(scenario.held)
    for step in scenario.steps:
        market.door.clock.time += 1
        move(market.door, step.tick)
        assert states(market, orders) == step.states, step.tick
    trades = market.get("/api/v3/myTrades", symbol="BTCUSDT")
    assert tuple(f"{_plain(each['qty'])} @ {_plain(each['price'])}" for each in trades) == scenario.fills
    assert {each["orderListId"] for each in trades} <= {answer["orderListId"]}
    assert owned(market) == amounts(scenario.owned)
    now = market.get(LISTS, orderListId=answer["orderListId"])
    done = all(each in ("FILLED", "EXPIRED", "REJECTED") for each in states(market, orders).split())
    assert (now["listStatusType"], now["listOrderStatus"]) == (
        ("ALL_DONE", "ALL_DONE") if done else ("EXEC_STARTED", "EXECUTING")
    )


def test_the_answer_to_a_new_pair(market: Wire) -> None:
    answer = placed(market, "oco", **OCO, listClientOrderId="mine", aboveClientOrderId="up", belowClientOrderId="down")
    number = answer["orderListId"]
    assert answer == {
        "orderListId": number, "contingencyType": "OCO", "listStatusType": "EXEC_STARTED",
        "listOrderStatus": "EXECUTING", "listClientOrderId": "mine", "transactionTime": START, "symbol": "BTCUSDT",
        "orders": [
            {"symbol": "BTCUSDT", "orderId": number, "clientOrderId": "up"},
            {"symbol": "BTCUSDT", "orderId": number + 1, "clientOrderId": "down"},
        ],
        "orderReports": [
            {
                "symbol": "BTCUSDT", "orderId": number, "orderListId": number, "clientOrderId": "up",
                "transactTime": START, "price": "110.00000000", "origQty": "1.00000000", "executedQty": "0.00000000",
                "origQuoteOrderQty": "0.00000000", "cummulativeQuoteQty": "0.00000000", "status": "NEW",
                "timeInForce": "GTC", "type": "LIMIT_MAKER", "side": "SELL", "workingTime": START,
                "selfTradePreventionMode": "NONE",
            },
            {
                "symbol": "BTCUSDT", "orderId": number + 1, "orderListId": number, "clientOrderId": "down",
                "transactTime": START, "price": "94.00000000", "origQty": "1.00000000", "executedQty": "0.00000000",
                "origQuoteOrderQty": "0.00000000", "cummulativeQuoteQty": "0.00000000", "status": "NEW",
                "timeInForce": "GTC", "type": "STOP_LOSS_LIMIT", "side": "SELL", "stopPrice": "95.00000000",
                "workingTime": -1, "selfTradePreventionMode": "NONE",
            },
        ],
    }  # fmt: skip
    shown = {name: value for name, value in answer.items() if name != "orderReports"}
    assert market.get(LISTS, orderListId=number) == market.get(LISTS, origClientOrderId="mine") == shown
    assert market.get("/api/v3/openOrderList") == market.get("/api/v3/allOrderList") == [shown]
    assert [each["orderListId"] for each in market.get("/api/v3/openOrders", symbol="BTCUSDT")] == [number, number]


def test_the_older_form_of_a_pair(market: Wire) -> None:
    reply = market.ask(
        "POST", "/api/v3/order/oco", symbol="BTCUSDT", side="SELL", quantity="1", price="110", stopPrice="95",
        stopLimitPrice="94", stopLimitTimeInForce="GTC", stopClientOrderId="down", limitClientOrderId="up",
    )  # fmt: skip
    stop, limit = reply.json["orderReports"]
    assert (stop["type"], stop["clientOrderId"], stop["stopPrice"]) == ("STOP_LOSS_LIMIT", "down", "95.00000000")
    assert (limit["type"], limit["clientOrderId"], limit["price"]) == ("LIMIT_MAKER", "up", "110.00000000")
    bare = market.ask(
        "POST", "/api/v3/order/oco", symbol="BTCUSDT", side="SELL", quantity="1", price="110", stopPrice="95",
        newOrderRespType="ACK",
    )  # fmt: skip
    assert set(bare.json["orderReports"][0]) == {"symbol", "orderId", "orderListId", "clientOrderId", "transactTime"}
    missing = market.ask("POST", "/api/v3/order/oco", symbol="BTCUSDT", side="SELL", quantity="1", price="110")
    assert refused(missing)[1:] == (
        -1102, "Mandatory parameter 'stopPrice' was not sent, was empty/null, or malformed.",
    )  # fmt: skip


def test_what_waits_is_told_as_it_was_sent_although_the_working_order_was_filled_at_once(market: Wire) -> None:
    answer = placed(market, "oto", **{**OTO, "workingPrice": "101"}, newOrderRespType="FULL")
    working, pending = answer["orderReports"]
    assert (working["status"], [each["qty"] for each in working["fills"]]) == ("FILLED", ["1.00000000"])
    assert (pending["status"], pending["workingTime"], pending["fills"]) == ("PENDING_NEW", -1, [])
    assert answer["listOrderStatus"] == "EXECUTING"
    assert states(market, answer["orders"]) == "FILLED NEW"


def test_an_order_that_waits_works_from_when_it_is_placed(market: Wire) -> None:
    pending = placed(market, "oto", **OTO)["orders"][1]

    def shown() -> Any:
        return market.get("/api/v3/order", symbol="BTCUSDT", orderId=pending["orderId"])

    assert (shown()["status"], shown()["isWorking"], shown()["workingTime"]) == ("PENDING_NEW", False, -1)
    market.door.clock.time += 5
    move(market.door, "94 95 95")
    assert (shown()["status"], shown()["isWorking"], shown()["workingTime"]) == ("NEW", True, START + 5)


@pytest.mark.parametrize("by", ["orderListId", "listClientOrderId"])
def test_a_list_is_canceled_whole(by: str, market: Wire) -> None:
    answer = placed(market, "oco", **OCO, listClientOrderId="mine")
    reply = market.ask("DELETE", LISTS, symbol="BTCUSDT", **{by: answer[by]}, newClientOrderId="away")
    assert reply.json["listOrderStatus"] == reply.json["listStatusType"] == "ALL_DONE"
    assert [(each["status"], each["clientOrderId"]) for each in reply.json["orderReports"]] == [
        ("CANCELED", "away")
    ] * 2
    again = market.ask("DELETE", LISTS, symbol="BTCUSDT", **{by: answer[by]})
    assert refused(again) == (400, -2011, "Unknown order sent.")
    assert market.get("/api/v3/openOrderList") == []
    assert owned(market)["BTC"] == ("2", "0")


def test_one_order_of_a_list_that_is_canceled_takes_the_others_along(market: Wire) -> None:
    first, second = placed(market, "oco", **OCO)["orders"]
    gone = market.ask("DELETE", "/api/v3/order", symbol="BTCUSDT", orderId=second["orderId"]).json
    assert (gone["status"], gone["orderListId"]) == ("CANCELED", first["orderId"])
    assert states(market, [first, second]) == "CANCELED CANCELED"


def test_all_open_orders_are_canceled_with_their_lists(market: Wire) -> None:
    single = market.placed(quantity="0.1", price="90")["orderId"]
    answer = placed(market, "oto", **OTO)
    alone, whole = market.ask("DELETE", "/api/v3/openOrders", symbol="BTCUSDT").json
    assert (alone["orderId"], alone["status"]) == (single, "CANCELED")
    assert (whole["orderListId"], whole["listOrderStatus"]) == (answer["orderListId"], "ALL_DONE")
    assert [each["status"] for each in whole["orderReports"]] == ["CANCELED", "CANCELED"]
    assert market.get("/api/v3/openOrders", symbol="BTCUSDT") == []


def test_an_amended_order_tells_of_its_list(market: Wire) -> None:
    answer = placed(market, "oto", **OTO)
    pending = answer["orders"][1]
    amended = market.ask(
        "PUT", "/api/v3/order/amend/keepPriority", symbol="BTCUSDT", orderId=pending["orderId"], newQty="0.5",
        newClientOrderId="less",
    ).json  # fmt: skip
    assert (amended["amendedOrder"]["status"], amended["amendedOrder"]["qty"]) == ("PENDING_NEW", "0.50000000")
    assert amended["listStatus"] == {
        "orderListId": answer["orderListId"], "contingencyType": "OTO", "listOrderStatus": "EXECUTING",
        "listClientOrderId": answer["listClientOrderId"], "symbol": "BTCUSDT",
        "orders": [answer["orders"][0], {**pending, "clientOrderId": "less"}],
    }  # fmt: skip


def test_lists_are_paged_by_id_and_by_time(market: Wire) -> None:
    numbers: list[int] = []
    for _ in range(5):
        market.door.clock.time += 1000
        numbers.append(placed(market, "oto", **{**OTO, "workingQuantity": "0.1"})["orderListId"])

    def found(**asked: object) -> list[int]:
        return [each["orderListId"] for each in market.get("/api/v3/allOrderList", **asked)]

    assert found() == numbers
    assert found(limit=2) == numbers[-2:]
    assert found(fromId=numbers[1], limit=2) == numbers[1:3]
    assert found(startTime=START + 2000, endTime=START + 4000) == numbers[1:4]
    bad = market.ask("GET", "/api/v3/allOrderList", fromId=1, startTime=START)
    assert refused(bad)[1:] == (-1128, "Combination of optional parameters invalid.")


def test_a_list_that_is_not_there(market: Wire) -> None:
    assert market.get("/api/v3/openOrderList") == market.get("/api/v3/allOrderList") == []
    assert refused(market.ask("GET", LISTS, orderListId=1)) == (400, -2018, "Order list does not exist.")
    assert refused(market.ask("GET", LISTS))[1] == -1102
    assert refused(market.ask("DELETE", LISTS, symbol="BTCUSDT"))[1] == -1102
    assert refused(market.ask("DELETE", LISTS, symbol="BTCUSDT", orderListId=1))[1:] == (-2011, "Unknown order sent.")


RELATION = "The relationship of the prices for the orders is not correct."


@pytest.mark.parametrize(
    ("changed", "code", "said"),
    [
        ({"abovePrice": "98"}, -2010, RELATION),
        ({"belowStopPrice": "99", "belowPrice": "98"}, -2010, RELATION),
        ({"quantity": "3"}, -2010, "Account has insufficient balance for requested action."),
        ({"quantity": "1.0000001"}, -1013, "Filter failure: LOT_SIZE"),
        ({"abovePrice": "110.001"}, -1013, "Filter failure: PRICE_FILTER"),
        ({"abovePrice": None}, -1102, "Mandatory parameter 'abovePrice' was not sent, was empty/null, or malformed."),
        ({"belowTimeInForce": None}, -1102,
         "Mandatory parameter 'belowTimeInForce' was not sent, was empty/null, or malformed."),
        ({"aboveStopPrice": "120"}, -1106, "Parameter 'aboveStopPrice' sent when not required."),
        ({"aboveType": "LIMITED"}, -1116, "Invalid orderType."),
        ({"aboveType": "LIMIT"}, -1158, "Order type not supported in OCO."),
        ({"aboveType": "MARKET"}, -1158, "Order type not supported in OCO."),
        ({"belowType": "LIMIT_MAKER", "belowStopPrice": None, "belowTimeInForce": None}, -1168,
         "At least one OCO order must be contingent."),
        ({"side": "BUY"}, -1165, "A limit order in a buy OCO must be below."),
        ({"aboveType": "STOP_LOSS", "abovePrice": None, "aboveStopPrice": "110"}, -1197,
         "A stop loss order in a sell OCO must be below."),
        ({"belowType": "TAKE_PROFIT_LIMIT"}, -1199, "A take profit order in a sell OCO must be above."),
        ({"side": "LONG"}, -1117, "Invalid side."),
        ({"belowTimeInForce": "GTD"}, -1115, "Invalid timeInForce."),
        ({"symbol": "NOPE"}, -1121, "Invalid symbol."),
        ({"nonsense": "1"}, -1104, "Not all sent parameters were read; read '11' parameter(s) but was sent '12'."),
    ],
)  # fmt: skip
def test_what_is_refused(changed: dict[str, object], code: int, said: str, market: Wire) -> None:
    assert refused(market.ask("POST", f"{LISTS}/oco", **{**OCO, **changed})) == (400, code, said)
    assert market.get(ORDERS, symbol="BTCUSDT") == []
    assert owned(market) == amounts("USDT 1000, BTC 2")


STOP_ABOVE: dict[str, object] = {
    "side": "BUY", "aboveType": "STOP_LOSS_LIMIT", "abovePrice": "106", "aboveStopPrice": "105",
    "aboveTimeInForce": "GTC", "belowType": "LIMIT_MAKER", "belowPrice": "90", "belowStopPrice": None,
    "belowTimeInForce": None,
}  # fmt: skip
LIMIT_WAITS: dict[str, object] = {"pendingType": "LIMIT", "pendingPrice": "120", "pendingTimeInForce": "GTC"}
PAIR_WAITS: dict[str, object] = {
    "pendingType": None,
    "pendingAboveType": "LIMIT_MAKER", "pendingAbovePrice": "110",
    "pendingBelowType": "STOP_LOSS_LIMIT", "pendingBelowPrice": "84", "pendingBelowStopPrice": "85",
    "pendingBelowTimeInForce": "GTC",
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "parameters", "order"),
    [
        ("oco", {**OCO, **STOP_ABOVE}, "above"),
        ("oco", OCO, "below"),
        ("oto", OTO, "working"),
        ("oto", {**OTO, **LIMIT_WAITS}, "pending"),
        ("otoco", {**OTO, **PAIR_WAITS}, "working"),
        ("otoco", {**OTO, **PAIR_WAITS}, "pendingBelow"),
    ],
)
@pytest.mark.parametrize("time_in_force", ["IOC", "FOK"])
def test_an_iceberg_of_a_list_must_be_able_to_rest(
    kind: str, parameters: dict[str, object], order: str, time_in_force: str, market: Wire
) -> None:
    iceberg = {**parameters, f"{order}IcebergQty": "0.5"}
    reply = market.ask("POST", f"{LISTS}/{kind}", **{**iceberg, f"{order}TimeInForce": time_in_force})
    said = f"Parameter '{order}IcebergQty' is not supported if `{order}TimeInForce` is not GTC."
    assert refused(reply) == (400, -1160, said)
    assert market.get(ORDERS, symbol="BTCUSDT") == []
    placed(market, kind, **iceberg)


def test_an_iceberg_of_the_older_form_of_a_pair_must_be_able_to_rest(market: Wire) -> None:
    pair = {"symbol": "BTCUSDT", "side": "SELL", "quantity": "1", "price": "110", "stopPrice": "95"}
    stop = {"stopLimitPrice": "94", "stopIcebergQty": "0.5", "stopLimitTimeInForce": "IOC"}
    reply = market.ask("POST", "/api/v3/order/oco", **pair, **stop)
    assert refused(reply) == (400, -1014, "Unsupported order combination.")


def test_more_lists_than_may_be_open(market: Wire) -> None:
    small = {**OTO, "workingQuantity": "0.1", "pendingQuantity": "0.1"}
    for _ in range(20):
        placed(market, "oto", **small)
    reply = market.ask("POST", f"{LISTS}/oto", **small)
    assert refused(reply) == (400, -1013, "Filter failure: MAX_NUM_ORDER_LISTS")


def test_names_that_are_taken(market: Wire) -> None:
    placed(market, "oco", **OCO, listClientOrderId="mine", aboveClientOrderId="up")
    for again in ({"listClientOrderId": "mine"}, {"belowClientOrderId": "up"}):
        reply = market.ask("POST", f"{LISTS}/oco", **OCO, **again)
        assert refused(reply) == (400, -2010, "Duplicate order sent.")
