"""Orders over the Binance wire; what is expected is Binance's documentation's word."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from mockexchange.api.binance_endpoints import Endpoint
from mockexchange.domain.instruments import Instrument
from mockexchange.domain.models import Engine
from tests.two_levels import TwoLevels

from .door import START, Door
from .wire import Wire, refused

ORDER = "/api/v3/order"
NUMBER = "^([0-9]{1,20})(\\.[0-9]{1,20})?$"


@pytest.fixture
def wire(door: Door) -> Wire:
    return Wire(door)


@pytest.fixture
def quick(memory_door: Door) -> Wire:
    memory_door.price("60000", bid="59999", ask="60001")
    return Wire(memory_door)


def test_a_limit_order_rests_and_says_so(wire: Wire) -> None:
    placed = wire.placed(newClientOrderId="first")

    order_id = placed["orderId"]
    assert placed == {
        "symbol": "BTCUSDT", "orderId": order_id, "orderListId": -1, "clientOrderId": "first", "transactTime": START,
        "price": "50000.00000000", "origQty": "0.01000000", "executedQty": "0.00000000",
        "origQuoteOrderQty": "0.00000000", "cummulativeQuoteQty": "0.00000000", "status": "NEW", "timeInForce": "GTC",
        "type": "LIMIT", "side": "BUY", "workingTime": START, "selfTradePreventionMode": "NONE", "fills": [],
    }  # fmt: skip
    shown = wire.get(ORDER, symbol="BTCUSDT", origClientOrderId="first")
    assert shown == {
        "symbol": "BTCUSDT", "orderId": order_id, "orderListId": -1, "clientOrderId": "first",
        "price": "50000.00000000", "origQty": "0.01000000", "executedQty": "0.00000000",
        "cummulativeQuoteQty": "0.00000000", "status": "NEW", "timeInForce": "GTC", "type": "LIMIT", "side": "BUY",
        "stopPrice": "0.00000000", "icebergQty": "0.00000000", "time": START, "updateTime": START, "isWorking": True,
        "workingTime": START, "origQuoteOrderQty": "0.00000000", "selfTradePreventionMode": "NONE",
    }  # fmt: skip
    assert wire.get("/api/v3/openOrders") == wire.get("/api/v3/openOrders", symbol="BTCUSDT") == [shown]
    [usdt] = [each for each in wire.get("/api/v3/account")["balances"] if each["asset"] == "USDT"]
    assert usdt == {"asset": "USDT", "free": "99500.00000000", "locked": "500.00000000"}


def test_a_market_buy_takes_the_ask_and_pays_its_fee_in_what_it_got(wire: Wire) -> None:
    placed = wire.placed(type="MARKET", quantity="0.01")

    assert (placed["status"], placed["price"], placed["executedQty"], placed["cummulativeQuoteQty"]) == (
        "FILLED", "0.00000000", "0.01000000", "600.01000000",
    )  # fmt: skip
    [fill] = placed["fills"]
    assert fill == {
        "price": "60001.00000000", "qty": "0.01000000", "commission": "0.00001000", "commissionAsset": "BTC",
        "tradeId": fill["tradeId"],
    }  # fmt: skip
    assert wire.get("/api/v3/myTrades", symbol="BTCUSDT") == [
        {
            "symbol": "BTCUSDT", "id": fill["tradeId"], "orderId": placed["orderId"], "orderListId": -1,
            "price": "60001.00000000", "qty": "0.01000000", "quoteQty": "600.01000000", "commission": "0.00001000",
            "commissionAsset": "BTC", "time": START, "isBuyer": True, "isMaker": False, "isBestMatch": True,
        }
    ]  # fmt: skip


def test_an_answer_names_every_fill_and_their_sum(wire: Wire) -> None:
    exchange = wire.door.exchange
    exchange.rules = replace(exchange.rules, engine=Engine(TwoLevels(size=Decimal("0.01"))))

    placed = wire.placed(type="MARKET", quantity="0.03")

    assert (placed["status"], placed["executedQty"], placed["cummulativeQuoteQty"]) == (
        "EXPIRED", "0.02000000", "1200.02010000",
    )  # fmt: skip
    assert [(fill["price"], fill["qty"]) for fill in placed["fills"]] == [
        ("60001.00000000", "0.01000000"), ("60001.01000000", "0.01000000"),
    ]  # fmt: skip
    trades = wire.get("/api/v3/myTrades", symbol="BTCUSDT")
    assert [trade["id"] for trade in trades] == [fill["tradeId"] for fill in placed["fills"]]


def test_an_order_on_its_way_is_answered_as_new_and_filled_where_it_arrives(wire: Wire) -> None:
    exchange = wire.door.exchange
    exchange.rules = replace(exchange.rules, engine=Engine(latency=250))

    placed = wire.placed(type="MARKET", quoteOrderQty="100")

    assert (placed["status"], placed["executedQty"], placed["fills"]) == ("NEW", "0.00000000", [])
    wire.door.clock.time += 250
    wire.door.price("50000", bid="49999", ask="50000")
    found = wire.get("/api/v3/order", symbol="BTCUSDT", orderId=placed["orderId"])
    assert (found["status"], found["origQty"], found["cummulativeQuoteQty"]) == (
        "FILLED", "0.00200000", "100.00000000",
    )  # fmt: skip


@pytest.mark.parametrize("side", ["BUY", "SELL"])
@pytest.mark.parametrize("spend", ["100", "33.33", "10.00000001", "99999.99999999"])
def test_a_quote_quantity_is_never_overspent(wire: Wire, side: str, spend: str) -> None:
    placed = wire.placed(type="MARKET", side=side, quoteOrderQty=spend)

    done = Decimal(placed["cummulativeQuoteQty"])
    price = Decimal(60_001 if side == "BUY" else 59_999)
    assert placed["origQuoteOrderQty"] == f"{Decimal(spend):.8f}"
    assert Decimal(spend) - price * Decimal("0.00001") < done <= Decimal(spend)


def test_ack_result_full_and_what_is_told_by_default(wire: Wire) -> None:
    ack = {"symbol", "orderId", "orderListId", "clientOrderId", "transactTime"}
    result = ack | {
        "price", "origQty", "executedQty", "origQuoteOrderQty", "cummulativeQuoteQty", "status", "timeInForce", "type",
        "side", "workingTime", "selfTradePreventionMode",
    }  # fmt: skip
    for kind, fields in (("ACK", ack), ("RESULT", result), ("FULL", result | {"fills"}), (None, result | {"fills"})):
        assert set(wire.placed(newOrderRespType=kind)) == fields
    assert set(wire.placed(type="LIMIT_MAKER", quantity="0.01", price="50000")) == ack
    full = wire.placed(type="LIMIT_MAKER", quantity="0.01", price="50000", newOrderRespType="FULL")
    assert (full["type"], full["timeInForce"]) == ("LIMIT_MAKER", "GTC")


def test_ioc_and_fok_expire_and_take(wire: Wire) -> None:
    assert [wire.placed(timeInForce=each)["status"] for each in ("IOC", "FOK")] == ["EXPIRED", "EXPIRED"]
    assert [wire.placed(timeInForce=each, price="61000")["status"] for each in ("IOC", "FOK")] == ["FILLED", "FILLED"]


def test_the_body_of_a_form_counts_as_the_query_does(wire: Wire) -> None:
    body = f"symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=0.5&price=70000&timestamp={START}"

    assert wire.raw("POST", ORDER, body=body).json["side"] == "SELL"
    # in both: the query counts
    both = wire.raw("POST", ORDER, "side=BUY&price=40000", body).json
    assert (both["side"], both["price"], both["origQty"]) == ("BUY", "40000.00000000", "0.50000000")


def test_cancel_and_cancel_again(wire: Wire) -> None:
    placed = wire.placed(newClientOrderId="mine")
    wire.door.clock.time += 1000
    said = {"symbol": "BTCUSDT", "origClientOrderId": "mine"}
    gone = wire.ask("DELETE", ORDER, **said, newClientOrderId="my-cancel").json

    assert gone == {
        "symbol": "BTCUSDT", "origClientOrderId": "mine", "orderId": placed["orderId"], "orderListId": -1,
        "clientOrderId": "my-cancel", "transactTime": START + 1000, "price": "50000.00000000", "origQty": "0.01000000",
        "executedQty": "0.00000000", "origQuoteOrderQty": "0.00000000", "cummulativeQuoteQty": "0.00000000",
        "status": "CANCELED", "timeInForce": "GTC", "type": "LIMIT", "side": "BUY", "selfTradePreventionMode": "NONE",
    }  # fmt: skip
    assert refused(wire.ask("DELETE", ORDER, **said)) == (400, -2011, "Unknown order sent.")
    assert wire.get(ORDER, symbol="BTCUSDT", orderId=placed["orderId"])["status"] == "CANCELED"
    # a name that is free again
    assert wire.placed(newClientOrderId="mine")["orderId"] != placed["orderId"]
    assert refused(wire.order(newClientOrderId="mine")) == (400, -2010, "Duplicate order sent.")


def test_canceling_with_restrictions(wire: Wire) -> None:
    order_id = wire.placed()["orderId"]
    said = {"symbol": "BTCUSDT", "orderId": order_id}

    assert refused(wire.ask("DELETE", ORDER, **said, cancelRestrictions="ONLY_PARTIALLY_FILLED")) == (
        400, -2011, "Order was not canceled due to cancel restrictions.",
    )  # fmt: skip
    assert refused(wire.ask("DELETE", ORDER, **said, cancelRestrictions="ONLY"))[1] == -1145
    assert wire.ask("DELETE", ORDER, **said, cancelRestrictions="ONLY_NEW").json["status"] == "CANCELED"
    assert refused(wire.ask("DELETE", ORDER, **said, cancelRestrictions="ONLY_NEW"))[2] == "Unknown order sent."


def test_canceling_all_of_a_market(wire: Wire) -> None:
    wire.door.price("3000", symbol="ETH/USDT")
    kept = wire.placed(symbol="ETHUSDT", price="2500")["orderId"]
    ids = [wire.placed(price=price)["orderId"] for price in ("50000", "51000")]

    gone = wire.ask("DELETE", "/api/v3/openOrders", symbol="BTCUSDT").json
    assert [(each["orderId"], each["status"]) for each in gone] == [(each, "CANCELED") for each in ids]
    assert [each["orderId"] for each in wire.get("/api/v3/openOrders")] == [kept]
    assert refused(wire.ask("DELETE", "/api/v3/openOrders", symbol="BTCUSDT"))[1:] == (-2011, "Unknown order sent.")


def test_testing_an_order_places_none(wire: Wire) -> None:
    said = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "1", "price": "1000"}

    assert wire.ask("POST", f"{ORDER}/test", **{**said, "price": "59000"}).json == {}
    # the matching engine would refuse this; it is not asked
    assert wire.ask("POST", f"{ORDER}/test", **{**said, "price": "59000", "quantity": "999"}).json == {}
    assert wire.ask("POST", f"{ORDER}/test", **{**said, "price": "59000"}, icebergQty="999").json == {}
    bad = wire.ask("POST", f"{ORDER}/test", **{**said, "quantity": "0.000001"})
    assert refused(bad) == (400, -1013, "Filter failure: LOT_SIZE")
    rates = wire.ask("POST", f"{ORDER}/test", **{**said, "price": "59000"}, computeCommissionRates="true").json
    assert rates["standardCommissionForOrder"] == {"maker": "0.00100000", "taker": "0.00100000"}
    assert wire.get("/api/v3/allOrders", symbol="BTCUSDT") == []


def illegal(name: str) -> str:
    return f"Illegal characters found in parameter '{name}'; legal range is '{NUMBER}'."


NO_SYMBOL = "Illegal characters found in parameter 'symbol'; legal range is '^[A-Z0-9-_.]{1,20}$'."
NO_STOP = "Param 'stopPrice' or 'trailingDelta' must be sent, but both were empty/null!"


def stop_limit(**change: object) -> dict[str, object]:
    """A stop-loss limit order that would sell 0.01 BTC at 54,900 once the price has fallen to 55,000."""
    given = {"type": "STOP_LOSS_LIMIT", "side": "SELL", "timeInForce": "GTC", "quantity": "0.01", "price": "54900"}
    return {**given, "stopPrice": "55000", **change}


def take_profit(**change: object) -> dict[str, object]:
    """A take-profit order that would sell 0.01 BTC at the market once the price has risen to 65,000."""
    return {"type": "TAKE_PROFIT", "side": "SELL", "quantity": "0.01", "stopPrice": "65000", **change}


BAD: list[tuple[dict[str, object], int, str]] = [
    ({"symbol": None}, -1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed."),
    ({"side": None}, -1102, "Mandatory parameter 'side' was not sent, was empty/null, or malformed."),
    ({"timeInForce": None}, -1102, "Mandatory parameter 'timeInForce' was not sent, was empty/null, or malformed."),
    ({"quantity": None}, -1102, "Mandatory parameter 'quantity' was not sent, was empty/null, or malformed."),
    ({"price": None}, -1102, "Mandatory parameter 'price' was not sent, was empty/null, or malformed."),
    ({"price": ""}, -1105, "Parameter 'price' was empty."),
    ({"symbol": ""}, -1105, "Parameter 'symbol' was empty."),
    ({"newClientOrderId": ""}, -1105, "Parameter 'newClientOrderId' was empty."),
    ({"symbol": "NOPE"}, -1121, "Invalid symbol."),
    ({"symbol": "btcusdt"}, -1100, NO_SYMBOL),
    ({"side": "UP"}, -1117, "Invalid side."),
    ({"type": "SWAP", "quantity": 1}, -1116, "Invalid orderType."),
    ({"timeInForce": "GTX"}, -1115, "Invalid timeInForce."),
    ({"quantity": "-1"}, -1100, illegal("quantity")),
    ({"quantity": "1e-3"}, -1100, illegal("quantity")),
    ({"quantity": "NaN"}, -1100, illegal("quantity")),
    ({"quantity": "1,5"}, -1100, illegal("quantity")),
    ({"quantity": ".5"}, -1100, illegal("quantity")),
    ({"quantity": "1" * 21}, -1100, illegal("quantity")),
    ({"price": "0x10"}, -1100, illegal("price")),
    ({"quantity": "0"}, -1013, "Invalid quantity."),
    ({"price": "0.0"}, -1013, "Invalid price."),
    ({"quantity": "0.000000001"}, -1111, "Parameter 'quantity' has too much precision."),
    ({"price": "50000.123456789"}, -1111, "Parameter 'price' has too much precision."),
    ({"quantity": "0.000001"}, -1013, "Filter failure: LOT_SIZE"),
    ({"quantity": "9999999999"}, -1013, "Filter failure: LOT_SIZE"),
    ({"price": "50000.001"}, -1013, "Filter failure: PRICE_FILTER"),
    ({"quantity": "0.00001"}, -1013, "Filter failure: NOTIONAL"),
    ({"quantity": "3"}, -2010, "Account has insufficient balance for requested action."),
    ({"side": "SELL", "quantity": "3"}, -2010, "Account has insufficient balance for requested action."),
    ({"type": "MARKET"}, -1102, "Param 'quantity' or 'quoteOrderQty' must be sent, but both were empty/null!"),
    ({"type": "MARKET", "quantity": 1, "quoteOrderQty": 1}, -1128, "Combination of optional parameters invalid."),
    ({"type": "MARKET", "quantity": 1, "price": 1}, -1106, "Parameter 'price' sent when not required."),
    ({"type": "MARKET", "quantity": 1, "timeInForce": "GTC"}, -1106, "Parameter 'timeInForce' sent when not required."),
    ({"type": "MARKET", "quoteOrderQty": "0"}, -1013, "Invalid quote order qty."),
    ({"type": "MARKET", "quoteOrderQty": "0.0000000001"}, -1111, "Parameter 'quoteOrderQty' has too much precision."),
    ({"quoteOrderQty": "5"}, -1106, "Parameter 'quoteOrderQty' sent when not required."),
    ({"stopPrice": "5"}, -1106, "Parameter 'stopPrice' sent when not required."),
    ({"trailingDelta": "5"}, -1106, "Parameter 'trailingDelta' sent when not required."),
    ({"icebergQty": "0.01"}, -2010, "IcebergQty exceeds QTY."),
    ({"icebergQty": "0.0001"}, -1013, "Filter failure: ICEBERG_PARTS"),
    ({"icebergQty": "0.000001"}, -1013, "Filter failure: LOT_SIZE"),
    ({"icebergQty": "0.000000001"}, -1111, "Parameter 'icebergQty' has too much precision."),
    ({"icebergQty": "0.005", "timeInForce": "IOC"}, -1014, "Unsupported order combination."),
    ({"type": "MARKET", "quantity": 1, "icebergQty": 1}, -1106, "Parameter 'icebergQty' sent when not required."),
    ({"strategyType": 999_999}, -1134, "strategyType was less than 1000000."),
    (take_profit(stopPrice=None), -1102, NO_STOP),
    (stop_limit(stopPrice=None), -1102, NO_STOP),
    (take_profit(quantity=None), -1102, "Mandatory parameter 'quantity' was not sent, was empty/null, or malformed."),
    (take_profit(price="65000"), -1106, "Parameter 'price' sent when not required."),
    (take_profit(timeInForce="GTC"), -1106, "Parameter 'timeInForce' sent when not required."),
    (take_profit(quoteOrderQty="100"), -1106, "Parameter 'quoteOrderQty' sent when not required."),
    (take_profit(icebergQty="0.001"), -1106, "Parameter 'icebergQty' sent when not required."),
    (take_profit(stopPrice="60000"), -2010, "Stop price would trigger immediately."),
    (take_profit(type="STOP_LOSS"), -2010, "Stop price would trigger immediately."),
    (take_profit(quantity="3"), -2010, "Account has insufficient balance for requested action."),
    (take_profit(stopPrice="0"), -1013, "Invalid stop price."),
    (take_profit(stopPrice="65000.001"), -1013, "Filter failure: PRICE_FILTER"),
    (take_profit(stopPrice="65000.123456789"), -1111, "Parameter 'stopPrice' has too much precision."),
    (take_profit(stopPrice="1e5"), -1100, illegal("stopPrice")),
    (take_profit(trailingDelta="5"), -1013, "Filter failure: TRAILING_DELTA"),
    (take_profit(trailingDelta="1.5"), -1100,
     "Illegal characters found in parameter 'trailingDelta'; legal range is '^[0-9]{1,20}$'."),
    (stop_limit(price=None), -1102, "Mandatory parameter 'price' was not sent, was empty/null, or malformed."),
    (stop_limit(timeInForce=None), -1102,
     "Mandatory parameter 'timeInForce' was not sent, was empty/null, or malformed."),
    (stop_limit(quoteOrderQty="100"), -1106, "Parameter 'quoteOrderQty' sent when not required."),
    (stop_limit(side="BUY"), -2010, "Stop price would trigger immediately."),
    (stop_limit(type="TAKE_PROFIT_LIMIT"), -2010, "Stop price would trigger immediately."),
    (stop_limit(price="400000"), -1013, "Filter failure: PERCENT_PRICE_BY_SIDE"),
    (stop_limit(quantity="0.00001"), -1013, "Filter failure: NOTIONAL"),
    ({"type": "MARKET", "quantity": 1, "stopPrice": 1}, -1106, "Parameter 'stopPrice' sent when not required."),
    ({"type": "LIMIT_MAKER", "quantity": 1, "price": 1, "stopPrice": 1}, -1106,
     "Parameter 'stopPrice' sent when not required."),
    ({"type": "LIMIT_MAKER", "quantity": "0.01", "price": "60001"}, -2010, "Order would immediately match and take."),
    ({"type": "LIMIT_MAKER", "quantity": "0.01", "price": "5", "timeInForce": "GTC"}, -1106,
     "Parameter 'timeInForce' sent when not required."),
    ({"newOrderRespType": "ALL"}, -1130, "Data sent for parameter 'newOrderRespType' is not valid."),
    ({"selfTradePreventionMode": "MAYBE"}, -1130, "Data sent for parameter 'selfTradePreventionMode' is not valid."),
    ({"created": 1}, -1104, "Not all sent parameters were read; read '8' parameter(s) but was sent '9'."),
    ({"newClientOrderId": "x" * 37}, -1100,
     "Illegal characters found in parameter 'newClientOrderId'; legal range is '^[\\.A-Z\\:/a-z0-9_-]{1,36}$'."),
    ({"newClientOrderId": "a b"}, -1100,
     "Illegal characters found in parameter 'newClientOrderId'; legal range is '^[\\.A-Z\\:/a-z0-9_-]{1,36}$'."),
]  # fmt: skip


@pytest.mark.parametrize(("change", "code", "message"), BAD, ids=lambda value: str(value)[:50])
def test_a_bad_order_is_refused_in_binance_s_words(
    quick: Wire, change: dict[str, object], code: int, message: str
) -> None:
    assert refused(quick.order(**change)) == (400, code, message)
    assert quick.get("/api/v3/allOrders", symbol="BTCUSDT") == []
    assert [each["locked"] for each in quick.get("/api/v3/account")["balances"]] == ["0.00000000"] * 2


def test_one_parameter_twice_is_refused(quick: Wire) -> None:
    query = f"symbol=BTCUSDT&symbol=BTCUSDT&timestamp={START}"
    assert refused(quick.raw("GET", "/api/v3/openOrders", query)) == (
        400, -1101, "Duplicate values for a parameter detected.",
    )  # fmt: skip


@pytest.mark.parametrize("raw", ["symbol=%FF", "symbol=\\xff", "symbol=BTC%00USDT", "a=%zz", "&&&", "=1", "symbol"])
def test_bytes_that_are_no_text_are_refused(quick: Wire, raw: str) -> None:
    reply = quick.raw("GET", "/api/v3/openOrders", f"{raw}&timestamp={START}")
    assert reply.status in (200, 400) and isinstance(reply.json, dict | list)
    if reply.status == 400:
        assert -1200 < refused(reply)[1] < -1000


def test_an_order_without_a_fresh_price_waits_or_is_refused(wire: Wire) -> None:
    wire.door.clock.time += 61_000

    assert refused(wire.order(type="MARKET", quantity="0.01")) == (400, -2010, "Market is closed.")
    assert wire.placed(timeInForce="IOC")["status"] == "EXPIRED"
    assert wire.placed(price="59000")["status"] == "NEW"


def test_asking_for_an_order_needs_its_market_and_one_of_its_names(wire: Wire) -> None:
    placed = wire.placed(newClientOrderId="a")
    wire.door.price("3000", symbol="ETH/USDT")

    assert refused(wire.ask("GET", ORDER, symbol="BTCUSDT"))[1:] == (
        -1102, "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!",
    )  # fmt: skip
    for said in (
        {"symbol": "ETHUSDT", "orderId": placed["orderId"]},
        {"symbol": "BTCUSDT", "orderId": 99},
        {"symbol": "BTCUSDT", "orderId": 2**62},
        {"symbol": "BTCUSDT", "origClientOrderId": "b"},
        {"symbol": "BTCUSDT", "orderId": placed["orderId"], "origClientOrderId": "b"},
    ):
        assert refused(wire.ask("GET", ORDER, **said)) == (400, -2013, "Order does not exist."), said
        assert refused(wire.ask("DELETE", ORDER, **said)) == (400, -2011, "Unknown order sent."), said
    assert wire.get(ORDER, symbol="BTCUSDT", orderId=placed["orderId"], origClientOrderId="a")["status"] == "NEW"


def test_numbers_come_back_to_the_last_digit(wire: Wire) -> None:
    door = wire.door
    door.price("1", symbol="AAA/BBB", bid="0.99999999", ask="1.00000001")
    wire.get("/api/v3/account")  # which opens it
    door.exchange.deposit("default", "BBB", Decimal("1000000000.12345678"))
    exact = str(Decimal("0.1") + Decimal("0.2"))

    placed = wire.placed(symbol="AAABBB", quantity="23", price=exact, newOrderRespType="FULL")
    assert (placed["price"], placed["origQty"]) == ("0.30000000", "23.00000000")
    [held] = [each for each in wire.get("/api/v3/account")["balances"] if each["asset"] == "BBB"]
    assert held == {"asset": "BBB", "free": "999999993.22345678", "locked": "6.90000000"}
    assert wire.order(symbol="AAABBB", quantity="12345678", price="0.50001").json["origQty"] == "12345678.00000000"


def test_eighteen_digits(quiet_door: Door) -> None:
    door = Door(quiet_door.store, scales={"WEI": 18}, clock=quiet_door.clock)
    step = Decimal("1E-18")
    market = Instrument("WEI/USDT", "WEI", "USDT", Decimal("0.01"), step, Decimal(0), min_quantity=step)
    door.exchange.store.put_instruments([market], replace=True)
    with door.loop:
        door.price("2000", symbol="WEI/USDT")
        wire = Wire(door)
        placed = wire.placed(symbol="WEIUSDT", quantity="1.000000000000000001", price="1000")
        assert placed["origQty"] == "1.000000000000000001"
        refusal = wire.order(symbol="WEIUSDT", quantity="1.0000000000000000001", price="1000")
        assert refused(refusal) == (400, -1111, "Parameter 'quantity' has too much precision.")


def test_no_framework_body_ever(quick: Wire) -> None:
    door = quick.door
    for method, path, status in (
        ("GET", "/api/v3/nowhere", 404), ("GET", "/sapi/v1/nowhere", 404),
        ("GET", "/api/v3/order/", 404), ("PATCH", ORDER, 405), ("OPTIONS", ORDER, 405), ("GET", "/fapi/v1/time", 404),
        ("GET", "/api/v3/ORDER", 404), ("POST", "/api/v3/ping", 405),
    ):  # fmt: skip
        reply = door.send(method, path, key=None)
        assert reply.status == status, (method, path, reply.text)
        assert reply.text == "" or set(reply.json) == {"code", "msg"}
        assert not re.search(r"detail|Not Found|problem", reply.text)
    long = door.send("GET", f"/api/v3/time?x={'y' * 9000}", key=None)
    assert (long.status, set(long.json)) == (414, {"code", "msg"})
    big = door.send("POST", ORDER, "x=" + "y" * 70_000, key=None)
    assert (big.status, set(big.json)) == (413, {"code", "msg"})
    heavy = door.send("GET", "/api/v3/time", key=None, headers={"x-a": "b" * 40_000})
    assert (heavy.status, set(heavy.json)) == (431, {"code", "msg"})


def test_a_fault_of_ours_says_nothing_but_that(quick: Wire, caplog: pytest.LogCaptureFixture) -> None:
    wire = quick.door.app.wire
    assert wire is not None

    def fail(asked: object) -> object:
        raise RuntimeError("a secret thing")

    wire.add(Endpoint("GET", "/api/v3/fail", fail))
    reply = quick.door.send("GET", "/api/v3/fail", key=None)
    assert refused(reply) == (500, -1000, "An unknown error occurred while processing the request.")
    assert "a secret thing" in caplog.text and "secret" not in reply.text
