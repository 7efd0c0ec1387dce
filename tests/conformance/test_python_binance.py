"""python-binance, unmodified, with its base addresses set as its own class attributes."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
import requests

from .exercised import Client, exercises
from .loops import found_loop
from .served import KEY, SECRET, Served

PYTHON_BINANCE = Client("python-binance", "python-binance", "`Client.API_URL` and `Client.MARGIN_API_URL`")

# it asks websockets for names that websockets is about to drop
pytestmark = pytest.mark.filterwarnings("ignore:websockets:DeprecationWarning")


@pytest.fixture
def module() -> Any:
    return import_module("binance.client")


@pytest.fixture
def refusal() -> Any:
    return import_module("binance.exceptions").BinanceAPIException


@pytest.fixture
def client(served: Served, module: Any) -> Iterator[Any]:
    """It pings when it is made, so the addresses have to be there before."""
    addresses = {"API_URL": f"{served.url}/api", "MARGIN_API_URL": f"{served.url}/sapi"}
    with found_loop():
        made = type("Client", (module.Client,), addresses)(KEY, SECRET)
        yield made
        made.close_connection()


@exercises(PYTHON_BINANCE, "ping", "get_server_time", "get_system_status", "get_exchange_info", "get_symbol_info")
def test_the_exchange(client: Any) -> None:
    assert client.ping() == {}
    assert client.get_server_time()["serverTime"] > 1_700_000_000_000
    assert client.get_system_status()["status"] == 0
    info = client.get_exchange_info()
    assert info["timezone"] == "UTC"
    assert {each["symbol"] for each in info["symbols"]} == {"BTCUSDT", "ETHUSDT"}
    assert {each["rateLimitType"] for each in info["rateLimits"]} <= {"REQUEST_WEIGHT", "ORDERS", "RAW_REQUESTS"}
    assert client.get_symbol_info("ETHUSDT")["quoteAsset"] == "USDT"


@exercises(
    PYTHON_BINANCE, "get_all_tickers", "get_symbol_ticker", "get_orderbook_ticker", "get_orderbook_tickers",
    "get_ticker", "get_symbol_ticker_window", "get_avg_price", "get_order_book", "get_recent_trades",
    "get_historical_trades", "get_aggregate_trades", "get_klines", "get_ui_klines", "get_historical_klines",
)  # fmt: skip
def test_prices(client: Any) -> None:
    assert client.get_symbol_ticker(symbol="BTCUSDT") == {"symbol": "BTCUSDT", "price": "60000.00000000"}
    assert {each["symbol"] for each in client.get_all_tickers()} == {"BTCUSDT", "ETHUSDT"}
    book = client.get_orderbook_ticker(symbol="BTCUSDT")
    assert (book["bidPrice"], book["askPrice"]) == ("59999.00000000", "60001.00000000")
    assert len(client.get_orderbook_tickers()) == 2
    assert client.get_ticker(symbol="BTCUSDT")["lastPrice"] == "60000.00000000"
    assert client.get_symbol_ticker_window(symbol="BTCUSDT")["lastPrice"] == "60000.00000000"
    average = client.get_avg_price(symbol="BTCUSDT")
    assert (average["mins"], average["price"]) == (5, "60000.00000000")
    depth = client.get_order_book(symbol="BTCUSDT", limit=5)
    assert (depth["bids"][0][0], depth["asks"][0][0]) == ("59999.00000000", "60001.00000000")
    assert isinstance(depth["lastUpdateId"], int)
    [recent] = client.get_recent_trades(symbol="BTCUSDT", limit=1)
    assert set(recent) == {"id", "price", "qty", "quoteQty", "time", "isBuyerMaker", "isBestMatch"}
    assert client.get_historical_trades(symbol="BTCUSDT", limit=1) == [recent]
    [aggregate] = client.get_aggregate_trades(symbol="BTCUSDT", limit=1)
    assert set(aggregate) == {"a", "p", "q", "f", "l", "T", "m", "M"}
    candle = client.get_klines(symbol="BTCUSDT", interval="1m", limit=1)[0]
    assert len(candle) == 12
    assert candle[6] - candle[0] == 59_999  # the close time is the last millisecond of the candle
    assert candle[4] == "60000.00000000"
    assert client.get_ui_klines(symbol="BTCUSDT", interval="1m", limit=1)[0][0] == candle[0]
    assert client.get_historical_klines("BTCUSDT", "1m", "1 hour ago UTC")[-1][4] == "60000.00000000"


@exercises(
    PYTHON_BINANCE, "create_order", "order_limit_buy", "order_limit_sell", "order_market_buy", "order_market_sell",
    "create_test_order", "get_order", "get_open_orders", "get_all_orders", "get_my_trades", "cancel_order",
    "cancel_all_open_orders",
)  # fmt: skip
def test_orders(client: Any) -> None:
    bought = client.order_market_buy(symbol="BTCUSDT", quantity="0.01")
    assert (bought["status"], bought["cummulativeQuoteQty"]) == ("FILLED", "600.01000000")
    assert bought["fills"][0]["commission"] == "0.00001000"
    spent = client.order_market_buy(symbol="BTCUSDT", quoteOrderQty="1000")
    assert spent["executedQty"] == "0.01666000"
    assert client.order_market_sell(symbol="BTCUSDT", quantity="0.01")["cummulativeQuoteQty"] == "599.99000000"
    rests = client.order_limit_buy(symbol="BTCUSDT", quantity="0.1", price="50000", newClientOrderId="mine")
    assert (rests["status"], rests["clientOrderId"], rests["fills"]) == ("NEW", "mine", [])
    asked = client.order_limit_sell(symbol="BTCUSDT", quantity="0.1", price="65000")
    assert client.create_test_order(symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.01") == {}

    found = client.get_order(symbol="BTCUSDT", origClientOrderId="mine")
    assert (found["orderId"], found["origQty"], found["isWorking"]) == (rests["orderId"], "0.10000000", True)
    assert {each["orderId"] for each in client.get_open_orders()} == {rests["orderId"], asked["orderId"]}
    assert len(client.get_all_orders(symbol="BTCUSDT")) == 5
    assert len(client.get_my_trades(symbol="BTCUSDT")) == 3
    canceled = client.cancel_order(symbol="BTCUSDT", orderId=rests["orderId"])
    assert (canceled["status"], canceled["origClientOrderId"]) == ("CANCELED", "mine")
    assert [each["orderId"] for each in client.cancel_all_open_orders(symbol="BTCUSDT")] == [asked["orderId"]]
    assert client.get_open_orders(symbol="BTCUSDT") == []


@exercises(PYTHON_BINANCE, "create_order (ACK, RESULT, FULL)", "cancel_replace_order", "get_current_order_count")
def test_how_much_an_order_answers(client: Any) -> None:
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01"}
    acknowledged = client.create_order(**order, newOrderRespType="ACK")
    assert set(acknowledged) == {"symbol", "orderId", "orderListId", "clientOrderId", "transactTime"}
    result = client.create_order(**order, newOrderRespType="RESULT")
    assert "fills" not in result and result["status"] == "FILLED"
    assert client.create_order(**order)["fills"]  # FULL is the default of MARKET and LIMIT

    rests = client.order_limit_buy(symbol="BTCUSDT", quantity="0.1", price="50000")
    replaced = client.cancel_replace_order(
        symbol="BTCUSDT", side="BUY", type="LIMIT", timeInForce="GTC", quantity="0.1", price="40000",
        cancelReplaceMode="STOP_ON_FAILURE", cancelOrderId=rests["orderId"],
    )  # fmt: skip
    assert (replaced["cancelResult"], replaced["newOrderResult"]) == ("SUCCESS", "SUCCESS")
    assert replaced["cancelResponse"]["orderId"] == rests["orderId"]
    assert replaced["newOrderResponse"]["price"] == "40000.00000000"
    counts = client.get_current_order_count()
    assert {(each["interval"], each["intervalNum"]) for each in counts} == {("SECOND", 10), ("DAY", 1)}


@exercises(
    PYTHON_BINANCE, "get_account", "get_asset_balance", "get_trade_fee", "get_all_coins_info", "get_asset_details",
    "get_account_status", "get_account_api_trading_status", "get_deposit_history", "get_deposit_address", "withdraw",
    "get_withdraw_history", "get_spot_delist_schedule",
)  # fmt: skip
def test_the_account_and_the_wallet(served: Served, client: Any) -> None:
    assert client.get_asset_balance("USDT") == {"asset": "USDT", "free": "100000.00000000", "locked": "0.00000000"}
    account = client.get_account()
    assert account["canTrade"] is True
    assert {each["asset"] for each in account["balances"]} >= {"BTC", "USDT"}
    fee = {"symbol": "BTCUSDT", "makerCommission": "0.001", "takerCommission": "0.001"}
    [said] = client.get_trade_fee(symbol="BTCUSDT")
    assert {name: Decimal(value) if name != "symbol" else value for name, value in said.items()} == {
        name: Decimal(value) if name != "symbol" else value for name, value in fee.items()
    }
    assert {"BTC", "USDT"} <= {each["coin"] for each in client.get_all_coins_info()}
    assert client.get_asset_details()["USDT"]["withdrawStatus"] is True
    assert client.get_account_status() == {"data": "Normal"}
    assert client.get_account_api_trading_status()["data"]["isLocked"] is False
    served.exchange.deposit("default", "ETH", Decimal(2))
    assert [each["amount"] for each in client.get_deposit_history(coin="ETH")] in (["2"], ["2.00000000"])
    address = client.get_deposit_address(coin="USDT")
    assert address["coin"] == "USDT" and address["address"]
    assert client.withdraw(coin="USDT", address="somewhere", amount="10", network="ETH")["id"]
    assert served.free("USDT") == Decimal(99_990)
    assert len(client.get_withdraw_history()) == 1
    assert client.get_spot_delist_schedule() == []


@exercises(PYTHON_BINANCE, "errors (-1121, -2010, -2013, -1013, -2015, -1022)", result="BinanceAPIException")
def test_refusals(served: Served, client: Any, refusal: Any) -> None:
    def refused(call: Any, **named: Any) -> tuple[int, str]:
        with pytest.raises(refusal) as caught:
            call(**named)
        assert caught.value.status_code in (400, 401)
        return caught.value.code, caught.value.message

    assert refused(client.get_ticker, symbol="NOSUCHUSDT") == (-1121, "Invalid symbol.")
    assert refused(client.order_market_buy, symbol="BTCUSDT", quantity="3") == (
        -2010,
        "Account has insufficient balance for requested action.",
    )
    assert refused(client.get_order, symbol="BTCUSDT", orderId=987654321) == (-2013, "Order does not exist.")
    assert refused(client.order_market_buy, symbol="BTCUSDT", quantity="0.000001")[0] == -1013
    client.API_SECRET = "another"
    assert refused(client.get_account)[0] == -1022
    client.session.headers["X-MBX-APIKEY"] = "y" * 64
    assert refused(client.get_account)[0] == -2015
    assert served.orders() == []


FAULTS = [
    ("rateLimited", 429, -1003), ("banned", 418, -1003), ("error", 500, -1000), ("timeout", 504, -1007),
    ("rejected", 400, -2010), ("unavailable", 503, 0),
]  # fmt: skip


@exercises(PYTHON_BINANCE, *(f"on purpose: {fault}" for fault, *_ in FAULTS), result="BinanceAPIException")
@pytest.mark.parametrize(("fault", "status", "code"), FAULTS)
def test_faults_on_purpose(served: Served, client: Any, refusal: Any, fault: str, status: int, code: int) -> None:
    served.chaos(**{fault: 1})
    with pytest.raises(refusal) as raised:
        client.order_limit_buy(symbol="BTCUSDT", quantity="0.1", price="50000")
    assert (raised.value.status_code, raised.value.code) == (status, code)


@exercises(PYTHON_BINANCE, "on purpose: lost answer, maintenance", result="requests' ConnectionError; status 1")
def test_no_answer_and_maintenance(served: Served, client: Any, refusal: Any) -> None:
    served.chaos(lost=1)
    with pytest.raises(requests.exceptions.ConnectionError):
        client.order_limit_buy(symbol="BTCUSDT", quantity="0.1", price="50000", newClientOrderId="mine")
    served.chaos(maintenance=True)
    assert client.get_system_status() == {"status": 1, "msg": "system_maintenance"}
    with pytest.raises(refusal, match="System is under maintenance"):
        client.get_account()
    served.chaos()
    assert client.get_order(symbol="BTCUSDT", origClientOrderId="mine")["status"] == "NEW"
