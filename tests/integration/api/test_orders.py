"""Placing, looking at and canceling orders over HTTP."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mockexchange.store.memory import MemoryStore
from mockexchange.store.valkey import ValkeyStore

from .door import START, Door, order

D = Decimal


def test_a_market_buy_fills_at_the_ask_and_says_why(door: Door) -> None:
    reply = door.post(order(amount="0.01"))

    assert reply.status == 201
    assert reply.headers["content-type"] == "application/json"
    placed = reply.json
    trade = placed.pop("trades")[0]
    order_id, trade_id = placed.pop("id"), trade.pop("id")
    assert placed.pop("clientOrderId") == f"mx-{order_id}"
    assert placed == {
        "timestamp": START,
        "datetime": "2023-11-14T22:13:20.000Z",
        "lastUpdateTimestamp": START,
        "lastTradeTimestamp": START,
        "symbol": "BTC/USDT",
        "type": "market",
        "timeInForce": "GTC",
        "expiresAt": None,
        "postOnly": False,
        "side": "buy",
        "price": None,
        "triggerPrice": None,
        "stopLossPrice": None,
        "takeProfitPrice": None,
        "trailingPercent": None,
        "trailingSince": None,
        "triggeredAt": None,
        "amount": D("0.01"),
        "icebergAmount": None,
        "filled": D("0.01"),
        "remaining": 0,
        "cost": D("600.01"),
        "average": 60001,
        "status": "closed",
        "fee": {"currency": "BTC", "cost": D("0.00001")},
        "fees": [{"currency": "BTC", "cost": D("0.00001")}],
        "orderListId": None,
        "pending": False,
        "created_at": START,
        "updated_at": START,
    }
    assert trade == {
        "order": order_id,
        "timestamp": START,
        "datetime": "2023-11-14T22:13:20.000Z",
        "symbol": "BTC/USDT",
        "side": "buy",
        "takerOrMaker": "taker",
        "price": 60001,
        "amount": D("0.01"),
        "cost": D("600.01"),
        "fee": {
            "currency": "BTC",
            "cost": D("0.00001"),
            "rate": D("0.001"),
            "rule": "taker rate 0.001, the account's own",
        },
        "late": False,
        "recordedAt": None,
        "why": {"tick": 1, "source": "manual", "model": "touch"},
    }
    assert door.get("/trades")[0] == {"id": trade_id, **trade}
    assert door.get("/balance")["USDT"] == {"asset": "USDT", "free": D("99399.99"), "used": 0, "total": D("99399.99")}


def test_a_market_order_by_cost_spends_no_more_than_that(door: Door) -> None:
    placed = door.place(cost="100")

    assert placed["status"] == "closed"
    assert placed["cost"] <= 100
    assert door.get("/balance/USDT")["free"] == 100_000 - placed["cost"]


def test_a_resting_order_holds_its_money_until_it_is_canceled(door: Door) -> None:
    placed = door.place(amount="0.5", price="50000.01")

    assert (placed["status"], placed["price"], placed["fee"], placed["trades"]) == ("open", D("50000.01"), None, [])
    assert door.get("/balance/USDT") == {
        "asset": "USDT",
        "free": D("74999.995"),
        "used": D("25000.005"),
        "total": 100_000,
    }

    reply = door.send("POST", f"/orders/{placed['id']}/cancel")

    assert (reply.status, reply.json["status"]) == (200, "canceled")
    assert door.get("/balance/USDT")["free"] == 100_000
    again = door.send("POST", f"/orders/{placed['id']}/cancel")
    assert (again.status, again.problem["code"]) == (409, "InvalidOrder")


def test_a_price_set_by_hand_fills_the_orders_it_reaches_before_it_answers(door: Door) -> None:
    placed = door.place(amount="0.5", price="50000")

    ticker = door.price("49999.5")

    assert (ticker["bid"], ticker["last"], ticker["tick"]) == (D("49999.5"), D("49999.5"), 2)
    filled = door.get(f"/orders/{placed['id']}")
    assert (filled["status"], filled["average"], filled["lastTradeTimestamp"]) == ("closed", 50000, START)
    trade = filled["trades"][0]
    assert (trade["takerOrMaker"], trade["price"], trade["why"]["tick"]) == ("maker", 50000, 2)


def test_numbers_in_strings_and_the_predecessors_name_for_the_price_are_taken(door: Door) -> None:
    reply = door.post('{"symbol": "BTC/USDT", "side": "sell", "amount": "0.0200", "limit_price": "7e4"}')

    assert reply.status == 201
    assert (reply.json["amount"], reply.json["price"], reply.json["type"]) == (D("0.02"), 70000, "limit")


def test_null_means_not_given(door: Door) -> None:
    body = (
        '{"symbol": "BTC/USDT", "side": "buy", "type": null, "amount": 0.01, "price": null, "limit_price": null, '
        '"cost": null, "timeInForce": null, "postOnly": null, "clientOrderId": null}'
    )

    assert door.post(body).json["type"] == "market"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"timeInForce": "PO"}, ("PO", True)),
        ({"postOnly": True}, ("PO", True)),
        ({"timeInForce": "GTC", "postOnly": True}, ("PO", True)),
        ({"timeInForce": "GTC"}, ("GTC", False)),
        ({}, ("GTC", False)),
    ],
)
def test_post_only_is_said_in_two_ways(door: Door, given: dict[str, object], shown: tuple[str, bool]) -> None:
    placed = door.place(amount="0.01", price="50000", **given)

    assert (placed["timeInForce"], placed["postOnly"]) == shown


def test_an_order_that_must_fill_at_once_expires_when_it_cannot(door: Door) -> None:
    for time_in_force in ("IOC", "FOK"):
        placed = door.place(amount="0.01", price="50000", timeInForce=time_in_force)
        assert (placed["status"], placed["timeInForce"]) == ("expired", time_in_force)


def test_an_order_that_fills_in_parts_has_all_its_trades_and_the_sum_of_their_fees(
    store: MemoryStore | ValkeyStore,
) -> None:
    door = Door(store, fill_model="touch-size")
    with door.loop:
        path = "/admin/tickers/BTC/USDT/price"
        door.send("PUT", path, '{"price": 50000, "askVolume": 0.25}')
        placed = door.place(amount="1", price="50000")
        door.send("PUT", path, '{"price": 50000, "askVolume": 0.5}')

        filled = door.get(f"/orders/{placed['id']}")

        assert (placed["status"], placed["filled"], len(placed["trades"])) == ("open", D("0.25"), 1)
        assert (filled["status"], filled["filled"], filled["remaining"]) == ("open", D("0.75"), D("0.25"))
        assert [trade["amount"] for trade in filled["trades"]] == [D("0.25"), D("0.5")]
        assert filled["fee"] == {"currency": "BTC", "cost": D("0.00075")}
        assert door.get("/orders")[0]["fee"] == filled["fee"]
        canceled = door.send("POST", f"/orders/{placed['id']}/cancel").json
        assert (canceled["status"], canceled["cost"], len(canceled["trades"])) == ("canceled", 37_500, 2)
        assert door.audit()["clean"] is True


# the same client order id


def test_the_same_request_again_gives_the_first_order_as_it_stands(door: Door) -> None:
    body = order(amount="0.5", price="50000", clientOrderId="my-1")
    first = door.post(body)
    door.price("49000")

    again = door.post(body)

    assert (first.status, again.status) == (201, 200)
    assert again.json["id"] == first.json["id"]
    assert (again.json["status"], len(again.json["trades"])) == ("closed", 1)
    assert len(door.get("/orders")) == 1


def test_another_request_under_the_same_client_order_id_is_refused(door: Door) -> None:
    door.place(amount="0.5", price="50000", clientOrderId="my-1")

    reply = door.post(order(amount="0.5", price="50001", clientOrderId="my-1"))

    assert (reply.status, reply.problem["code"]) == (409, "DuplicateOrderId")
    assert "my-1" in reply.problem["detail"]


def test_an_order_is_found_and_canceled_by_its_client_order_id(door: Door) -> None:
    placed = door.place(amount="0.5", price="50000", clientOrderId="a/b c:1")

    assert door.get("/orders/client:a%2Fb%20c%3A1") == placed
    canceled = door.send("POST", "/orders/client:a%2Fb%20c:1/cancel")
    assert (canceled.status, canceled.json["status"]) == (200, "canceled")
    assert door.get("/orders/client:a%2Fb%20c:1")["id"] == placed["id"]


# cancel all


def test_cancel_all_takes_every_open_order_back_and_leaves_the_rest(door: Door) -> None:
    door.price("3000", symbol="ETH/USDT")
    filled = door.place(amount="0.01")
    bitcoin = door.place(amount="0.5", price="50000")
    ether = door.place(symbol="ETH/USDT", amount="1", price="2000")

    reply = door.send("DELETE", "/orders?symbol=ETH/USDT")
    assert [each["id"] for each in reply.json] == [ether["id"]]
    reply = door.send("DELETE", "/orders")
    assert [(each["id"], each["status"]) for each in reply.json] == [(bitcoin["id"], "canceled")]

    assert door.send("DELETE", "/orders").json == []
    assert door.get(f"/orders/{filled['id']}")["status"] == "closed"
    assert door.get("/balance/USDT")["used"] == 0


def test_a_misspelled_filter_cancels_nothing(door: Door) -> None:
    door.place(amount="0.5", price="50000")

    reply = door.send("DELETE", "/orders?symbl=ETH/USDT")

    assert reply.status == 400
    assert "`symbl`" in reply.problem["detail"]
    assert "symbol" in reply.problem["detail"]
    assert len(door.get("/orders?status=open")) == 1


# can_execute


def test_can_execute_shows_the_order_and_places_none(door: Door) -> None:
    reply = door.send("POST", "/orders/can_execute", order(amount="0.01"))

    assert reply.status == 200
    assert reply.json["ok"] is True
    assert (reply.json["order"]["status"], reply.json["order"]["average"]) == ("closed", 60001)
    assert door.get("/orders") == []
    assert door.get("/balance/USDT")["free"] == 100_000


@pytest.mark.parametrize(
    ("fields", "code", "words"),
    [
        ({"amount": "10"}, "InsufficientFunds", "100000 USDT is free"),
        ({"amount": "0.000001"}, "InvalidOrder", "LOT_SIZE"),
        ({"amount": "0.01", "price": "70000", "postOnly": True}, "OrderImmediatelyFillable", "60001"),
        ({"amount": "1", "symbol": "FOO/BAR"}, "BadSymbol", "FOO/BAR"),
        ({"amount": "1", "symbol": "btc/usdt"}, "BadSymbol", "write it like BTC/USDT"),
        ({"amount": "1", "cost": "1"}, "InvalidOrder", "either an amount"),
    ],
)
def test_can_execute_says_why_not(door: Door, fields: dict[str, object], code: str, words: str) -> None:
    reply = door.send("POST", "/orders/can_execute", order(**fields))

    assert (reply.status, reply.json["ok"], reply.json["code"]) == (200, False, code)
    assert words in reply.json["reason"]


def test_can_execute_refuses_what_it_cannot_read(door: Door) -> None:
    reply = door.send("POST", "/orders/can_execute", order(amount="0.01", clientOrderId="é"))

    assert (reply.status, reply.problem["code"]) == (400, "BadRequest")


# refusals


@pytest.mark.parametrize(
    ("fields", "status", "code", "words"),
    [
        ({"amount": "10"}, 422, "InsufficientFunds", "100000 USDT is free"),
        ({"side": "sell", "amount": "3"}, 422, "InsufficientFunds", "2 BTC is free"),
        ({"amount": "0.01", "price": "70000", "timeInForce": "PO"}, 422, "OrderImmediatelyFillable", "60001"),
        ({"amount": "0.01", "symbol": "FOO/BAR"}, 400, "BadSymbol", "FOO/BAR"),
        ({"amount": "0.01", "symbol": "btc/usdt"}, 400, "BadSymbol", "write it like BTC/USDT"),
        ({"amount": "0.01", "symbol": "BTCUSDT"}, 400, "BadSymbol", "write it like BTC/USDT"),
        ({}, 422, "InvalidOrder", "either an amount (base asset) or a cost (quote asset)"),
        ({"amount": "1", "cost": "1"}, 422, "InvalidOrder", "either an amount (base asset) or a cost (quote asset)"),
        ({"price": "50000"}, 422, "InvalidOrder", "an amount and a price"),
        ({"type": "limit", "amount": "1"}, 422, "InvalidOrder", "an amount and a price"),
        ({"type": "limit", "amount": "1", "price": "1", "cost": "1"}, 422, "InvalidOrder", "no cost"),
        ({"type": "market", "amount": "1", "price": "1"}, 422, "InvalidOrder", "takes no price"),
        ({"amount": "1", "timeInForce": "IOC"}, 422, "InvalidOrder", "no time in force"),
        ({"amount": "1", "price": "1", "limit_price": "2"}, 422, "InvalidOrder", "are the same thing"),
        ({"amount": "1", "price": "50000", "timeInForce": "IOC", "postOnly": True}, 422, "InvalidOrder", "GTC"),
        ({"amount": "0.01", "clientOrderId": ""}, 400, "BadRequest", "1 to 64 printable"),
        ({"amount": "0.01", "clientOrderId": "x" * 65}, 400, "BadRequest", "1 to 64 printable"),
        ({"amount": "0.01", "clientOrderId": "mx-7"}, 400, "BadRequest", "given by the exchange"),
    ],
)
def test_a_refusal_has_its_status_its_code_and_what_to_do(
    door: Door, fields: dict[str, object], status: int, code: str, words: str
) -> None:
    reply = door.post(order(**fields))

    assert (reply.status, reply.problem["code"]) == (status, code)
    assert words in reply.problem["detail"]
    assert door.get("/orders") == []


@pytest.mark.parametrize(
    ("fields", "failed"),
    [
        ({"amount": "0.000001"}, "LOT_SIZE"),
        ({"amount": "0.00001"}, "NOTIONAL"),
        ({"amount": "0.01", "price": "50000.001"}, "PRICE_FILTER"),
    ],
)
def test_a_failed_filter_is_named(door: Door, fields: dict[str, object], failed: str) -> None:
    reply = door.post(order(**fields))

    assert (reply.status, reply.problem["code"], reply.problem["filter"]) == (422, "InvalidOrder", failed)


def test_a_market_order_without_a_fresh_price_is_refused_and_a_limit_order_waits(door: Door) -> None:
    door.clock.time += 60_001

    refused = door.post(order(amount="0.01"))
    waiting = door.place(amount="0.01", price="70000")

    assert (refused.status, refused.problem["code"]) == (422, "MarketClosed")
    assert waiting["status"] == "open"
    door.price("60000")
    assert door.get(f"/orders/{waiting['id']}")["trades"][0]["takerOrMaker"] == "taker"


@pytest.mark.parametrize("order_id", ["9999", "0", "-1", "abc", "1.0", "1" * 17, "client:nobody", "client:mx-9999"])
@pytest.mark.parametrize("method_and_end", [("GET", ""), ("POST", "/cancel")])
def test_an_order_that_is_not_there_is_404(door: Door, order_id: str, method_and_end: tuple[str, str]) -> None:
    method, end = method_and_end

    reply = door.send(method, f"/orders/{order_id}{end}")

    assert (reply.status, reply.problem["code"]) == (404, "OrderNotFound")
