"""binance-sdk-spot, Binance's present official client for Python, unmodified, with its `base_path`.

It is generated from Binance's own description of the wire and reads each answer into a model. An answer that does not
fit makes it warn and drop its types: here that is a failure.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from .exercised import Client, exercises
from .served import KEY, SECRET, Served

SDK = Client("binance-sdk-spot (official)", "binance-sdk-spot", "`ConfigurationRestAPI(base_path=...)`")


@pytest.fixture
def errors() -> Any:
    return import_module("binance_common.errors")


@pytest.fixture
def client(served: Served, caplog: pytest.LogCaptureFixture) -> Iterator[Any]:
    """Its REST API; every answer fitted its model."""
    configuration = import_module("binance_common.configuration").ConfigurationRestAPI(
        api_key=KEY, api_secret=SECRET, base_path=served.url
    )
    made = import_module("binance_sdk_spot.spot").Spot(config_rest_api=configuration).rest_api
    yield made
    made._session.close()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


def plain(answer: Any) -> Any:
    """What an answer holds, as JSON has it."""
    data: Any = answer.data()
    if hasattr(data, "to_dict"):
        return data.to_dict()
    return [each.to_dict() for each in data]


@exercises(SDK, "ping", "time", "exchange_info")
def test_the_exchange(client: Any) -> None:
    client.ping()
    assert client.time().data().server_time > 1_700_000_000_000
    info = client.exchange_info(symbol="BTCUSDT").data()
    assert [each.symbol for each in info.symbols] == ["BTCUSDT"]


@exercises(
    SDK, "depth", "get_trades", "historical_trades", "agg_trades", "klines", "ui_klines", "avg_price", "ticker",
    "ticker24hr", "ticker_price", "ticker_book_ticker", "ticker_trading_day",
)  # fmt: skip
def test_prices(client: Any) -> None:
    assert plain(client.ticker_price(symbol="BTCUSDT"))["price"] == "60000.00000000"
    assert plain(client.ticker_book_ticker(symbol="BTCUSDT"))["askPrice"] == "60001.00000000"
    assert plain(client.ticker24hr(symbol="BTCUSDT"))["lastPrice"] == "60000.00000000"
    assert plain(client.ticker(symbol="BTCUSDT"))["lastPrice"] == "60000.00000000"
    assert plain(client.ticker_trading_day(symbol="BTCUSDT"))["lastPrice"] == "60000.00000000"
    assert client.avg_price(symbol="BTCUSDT").data().price == "60000.00000000"
    assert client.depth(symbol="BTCUSDT", limit=5).data().bids[0][0] == "59999.00000000"
    assert plain(client.get_trades(symbol="BTCUSDT", limit=1))[0]["price"] == "60000.00000000"
    assert plain(client.historical_trades(symbol="BTCUSDT", limit=1))[0]["price"] == "60000.00000000"
    assert plain(client.agg_trades(symbol="BTCUSDT", limit=1))[0]["p"] == "60000.00000000"
    assert client.klines(symbol="BTCUSDT", interval="1m", limit=1).data()[0][4] == "60000.00000000"
    assert client.ui_klines(symbol="BTCUSDT", interval="1m", limit=1).data()[0][4] == "60000.00000000"


@exercises(
    SDK, "new_order", "order_test", "get_order", "get_open_orders", "all_orders", "delete_order", "delete_open_orders",
    "order_cancel_replace", "order_amend_keep_priority", "order_amendments", "my_trades", "get_account",
    "account_commission", "rate_limit_order", "all_order_list", "open_order_list", "my_prevented_matches",
    "my_allocations",
)  # fmt: skip
def test_orders(client: Any) -> None:
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "time_in_force": "GTC", "quantity": 0.2}
    client.order_test(**order, price=50_000)
    rests = client.new_order(**order, price=50_000).data()
    assert (rests.status, rests.orig_qty) == ("NEW", "0.20000000")
    amended = plain(client.order_amend_keep_priority(symbol="BTCUSDT", new_qty=0.1, order_id=rests.order_id))
    assert amended["amendedOrder"]["qty"] == "0.10000000"
    assert plain(client.get_order(symbol="BTCUSDT", order_id=rests.order_id))["origQty"] == "0.10000000"
    assert len(plain(client.order_amendments(symbol="BTCUSDT", order_id=rests.order_id))) == 1
    replaced = plain(
        client.order_cancel_replace(
            **order, price=45_000, cancel_replace_mode="STOP_ON_FAILURE", cancel_order_id=rests.order_id
        )
    )
    newer = replaced["newOrderResponse"]["orderId"]
    assert [each["orderId"] for each in plain(client.get_open_orders(symbol="BTCUSDT"))] == [newer]
    assert plain(client.delete_order(symbol="BTCUSDT", order_id=newer))["status"] == "CANCELED"
    client.new_order(**order, price=45_000)
    assert len(plain(client.delete_open_orders(symbol="BTCUSDT"))) == 1
    bought = client.new_order(symbol="BTCUSDT", side="BUY", type="MARKET", quantity=0.01).data()
    assert (bought.status, bought.cummulative_quote_qty) == ("FILLED", "600.01000000")
    [trade] = plain(client.my_trades(symbol="BTCUSDT"))
    assert (trade["price"], trade["commission"]) == ("60001.00000000", "0.00001000")
    assert len(plain(client.all_orders(symbol="BTCUSDT"))) == 4
    balances = {each["asset"]: each["free"] for each in plain(client.get_account())["balances"]}
    assert balances["USDT"] == "99399.99000000"
    assert plain(client.account_commission(symbol="BTCUSDT"))["standardCommission"]["maker"] == "0.00100000"
    assert len(plain(client.rate_limit_order())) == 2
    assert plain(client.all_order_list()) == plain(client.open_order_list()) == []
    assert plain(client.my_prevented_matches(symbol="BTCUSDT", order_id=bought.order_id)) == []
    assert plain(client.my_allocations(symbol="BTCUSDT")) == []


@exercises(SDK, "errors", result="BadRequestError, UnauthorizedError, with Binance's code")
def test_refusals(served: Served, client: Any, errors: Any) -> None:
    def refused(kind: Any, call: Any, **named: Any) -> int:
        with pytest.raises(kind) as caught:
            call(**named)
        return caught.value.status_code

    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "time_in_force": "GTC"}
    assert refused(errors.BadRequestError, client.depth, symbol="NOSUCHUSDT") == -1121
    assert refused(errors.BadRequestError, client.new_order, **order, quantity=3, price=50_000) == -2010
    assert refused(errors.BadRequestError, client.delete_order, symbol="BTCUSDT", order_id=987654321) == -2011
    client.configuration.api_secret = "another"
    assert refused(errors.BadRequestError, client.get_account) == -1022
    client.configuration.base_headers["X-MBX-APIKEY"] = "z" * 64
    assert refused(errors.UnauthorizedError, client.get_account) == -2015
    assert served.orders() == []
