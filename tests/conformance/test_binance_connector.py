"""binance-connector, Binance's official client for Python until 2025, unmodified, with its `base_url`."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest

from .exercised import Client, exercises
from .served import KEY, SECRET, Served

CONNECTOR = Client("binance-connector (official)", "binance-connector", "`Spot(base_url=...)`")

# python-binance, whose package this one shares, asks websockets for names that it is about to drop
pytestmark = pytest.mark.filterwarnings("ignore:websockets:DeprecationWarning")


@pytest.fixture
def refusal() -> Any:
    return import_module("binance.error").ClientError


@pytest.fixture
def client(served: Served) -> Iterator[Any]:
    made = import_module("binance.spot").Spot(api_key=KEY, api_secret=SECRET, base_url=served.url)
    yield made
    made.session.close()


@exercises(CONNECTOR, "ping", "time", "exchange_info (symbol, symbols, permissions)")
def test_the_exchange(client: Any) -> None:
    assert client.ping() == {}
    assert client.time()["serverTime"] > 1_700_000_000_000
    assert {each["symbol"] for each in client.exchange_info()["symbols"]} == {"BTCUSDT", "ETHUSDT"}
    assert [each["symbol"] for each in client.exchange_info(symbol="ETHUSDT")["symbols"]] == ["ETHUSDT"]
    assert len(client.exchange_info(symbols=["BTCUSDT", "ETHUSDT"])["symbols"]) == 2
    assert len(client.exchange_info(permissions=["SPOT"])["symbols"]) == 2


@exercises(
    CONNECTOR, "depth", "trades", "historical_trades", "agg_trades", "klines", "ui_klines", "avg_price", "ticker_24hr",
    "trading_day_ticker", "ticker_price", "book_ticker", "rolling_window_ticker",
)  # fmt: skip
def test_prices(served: Served, client: Any) -> None:
    served.price("61199", "61201")
    assert client.ticker_price("BTCUSDT") == {"symbol": "BTCUSDT", "price": "61200.00000000"}
    assert len(client.ticker_price(symbols=["BTCUSDT", "ETHUSDT"])) == 2
    for ticker in (
        client.ticker_24hr("BTCUSDT"), client.trading_day_ticker("BTCUSDT"),
        client.rolling_window_ticker("BTCUSDT", windowSize="1h"),
    ):  # fmt: skip
        assert (ticker["openPrice"], ticker["lastPrice"]) == ("60000.00000000", "61200.00000000")
        assert (ticker["priceChange"], ticker["priceChangePercent"]) == ("1200.00000000", "2.000")
        assert (ticker["highPrice"], ticker["lowPrice"]) == ("61200.00000000", "60000.00000000")
    small = client.ticker_24hr("BTCUSDT", type="MINI")
    assert "priceChange" not in small and small["lastPrice"] == "61200.00000000"
    book = client.book_ticker("BTCUSDT")
    assert (book["bidPrice"], book["askPrice"]) == ("61199.00000000", "61201.00000000")
    assert Decimal(book["bidQty"]) > 0 and Decimal(book["askQty"]) > 0
    assert len(client.depth("BTCUSDT", limit=1)["asks"]) == 1
    for trades in (client.trades("BTCUSDT", limit=2), client.historical_trades("BTCUSDT", limit=2)):
        assert 0 < len(trades) <= 2
    aggregates = client.agg_trades("BTCUSDT")
    assert client.agg_trades("BTCUSDT", fromId=aggregates[-1]["a"]) == aggregates[-1:]
    assert len(client.klines("BTCUSDT", "1h", limit=1)) == len(client.ui_klines("BTCUSDT", "1h", limit=1)) == 1
    assert client.avg_price("BTCUSDT")["mins"] == 5


@exercises(
    CONNECTOR, "new_order", "new_order_test", "get_order", "get_open_orders", "get_orders", "cancel_order",
    "cancel_open_orders", "cancel_and_replace", "my_trades", "get_order_rate_limit", "account",
    "query_commission_rates", "get_oco_orders", "get_oco_open_orders",
)  # fmt: skip
def test_orders(client: Any) -> None:
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC"}
    assert client.new_order_test(**order, quantity=0.1, price=50_000) == {}
    rests = client.new_order(**order, quantity=0.1, price=50_000)
    assert (rests["status"], rests["price"], rests["origQty"]) == ("NEW", "50000.00000000", "0.10000000")
    assert client.get_order("BTCUSDT", orderId=rests["orderId"])["status"] == "NEW"
    replaced = client.cancel_and_replace(
        **order, cancelReplaceMode="STOP_ON_FAILURE", cancelOrderId=rests["orderId"], quantity=0.2, price=45_000
    )
    newer = replaced["newOrderResponse"]["orderId"]
    assert [each["orderId"] for each in client.get_open_orders("BTCUSDT")] == [newer]
    assert client.cancel_order("BTCUSDT", orderId=newer)["status"] == "CANCELED"
    sold = client.new_order(symbol="BTCUSDT", side="SELL", type="MARKET", quantity=0.5)
    assert (sold["cummulativeQuoteQty"], sold["fills"][0]["commissionAsset"]) == ("29999.50000000", "USDT")
    [trade] = client.my_trades("BTCUSDT", orderId=sold["orderId"])
    assert (trade["price"], trade["commission"], trade["isBuyer"]) == ("59999.00000000", "29.99950000", False)
    assert [each["orderId"] for each in client.get_orders("BTCUSDT", limit=1)] == [sold["orderId"]]
    last = client.new_order(**order, quantity=0.1, price=50_000)
    assert [each["orderId"] for each in client.cancel_open_orders("BTCUSDT")] == [last["orderId"]]
    assert len(client.get_order_rate_limit()) == 2
    balances = {each["asset"]: each["free"] for each in client.account()["balances"]}
    assert balances["USDT"] == "129969.50050000"
    rates = client.query_commission_rates("BTCUSDT")
    assert (rates["standardCommission"]["maker"], rates["standardCommission"]["taker"]) == ("0.00100000", "0.00100000")
    assert client.get_oco_orders() == client.get_oco_open_orders() == []


@exercises(
    CONNECTOR, "system_status", "coin_info", "deposit_history", "deposit_address", "withdraw", "withdraw_history",
    "account_status", "api_trading_status", "asset_detail", "trade_fee", "delist_schedule_symbols",
    "user_universal_transfer_history",
)  # fmt: skip
def test_the_wallet(served: Served, client: Any) -> None:
    assert client.system_status() == {"status": 0, "msg": "normal"}
    assert "USDT" in {each["coin"] for each in client.coin_info()}
    client.account()
    served.exchange.deposit("default", "SOL", Decimal(5))
    [deposit] = client.deposit_history(coin="SOL")
    assert (Decimal(deposit["amount"]), deposit["status"]) == (5, 1)
    assert client.deposit_address("BTC")["coin"] == "BTC"
    assert client.withdraw(coin="BTC", amount=0.5, address="somewhere", network="BTC")["id"]
    assert served.free("BTC") == Decimal("1.5")
    [withdrawal] = client.withdraw_history(coin="BTC")
    assert Decimal(withdrawal["amount"]) + Decimal(withdrawal["transactionFee"]) == Decimal("0.5")
    assert client.account_status() == {"data": "Normal"}
    assert client.api_trading_status()["data"]["isLocked"] is False
    assert client.asset_detail()["BTC"]["depositStatus"] is True
    assert [each["symbol"] for each in client.trade_fee(symbol="ETHUSDT")] == ["ETHUSDT"]
    assert client.delist_schedule_symbols() == []
    assert client.user_universal_transfer_history(type="MAIN_UMFUTURE")["total"] == 0


@exercises(CONNECTOR, "errors (-1121, -2010, -2011, -1013, -1111, -2015, -1022)", result="ClientError")
def test_refusals(served: Served, client: Any, refusal: Any) -> None:
    def refused(call: Any, *arguments: Any, **named: Any) -> tuple[int, int]:
        with pytest.raises(refusal) as caught:
            call(*arguments, **named)
        assert caught.value.error_message
        return caught.value.status_code, caught.value.error_code

    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC"}
    assert refused(client.depth, "NOSUCHUSDT") == (400, -1121)
    assert refused(client.new_order, **order, quantity=3, price=50_000) == (400, -2010)
    assert refused(client.new_order, **order, quantity="0.00001", price=50_000) == (400, -1013)
    assert refused(client.new_order, **order, quantity="0.1", price="50000.0000000001") == (400, -1111)
    assert refused(client.cancel_order, "BTCUSDT", orderId=987654321) == (400, -2011)
    client.api_secret = "another"
    assert refused(client.account) == (400, -1022)
    client.session.headers["X-MBX-APIKEY"] = "z" * 64
    assert refused(client.account) == (401, -2015)
    assert served.orders() == []
