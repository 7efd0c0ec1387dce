"""ccxt.binance, unmodified: markets and prices, as Binance's documentation has them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from .ccxt_clients import CCXT, WAYS, ccxt_binance
from .exercised import exercises
from .served import Served

MINUTE = 60_000
DAY = 86_400_000


@pytest.fixture(params=WAYS)
def client(request: pytest.FixtureRequest, served: Served) -> Iterator[Any]:
    with ccxt_binance(served.url, request.param) as made:
        yield made


@exercises(CCXT, "load_markets", "fetch_markets")
def test_markets(client: Any) -> None:
    markets = client.load_markets()

    assert set(markets) == {"BTC/USDT", "ETH/USDT"}
    market = markets["BTC/USDT"]
    assert (market["id"], market["base"], market["quote"], market["type"]) == ("BTCUSDT", "BTC", "USDT", "spot")
    assert (market["spot"], market["active"], market["swap"]) == (True, True, False)
    assert not market["margin"]
    # Binance's increments of this pair: PRICE_FILTER, LOT_SIZE, NOTIONAL
    assert market["precision"]["price"] == 0.01
    assert market["precision"]["amount"] == 0.00001
    assert market["limits"]["amount"]["min"] == 0.00001
    assert market["limits"]["cost"]["min"] == 5
    info = market["info"]
    assert info["status"] == "TRADING"
    assert info["isSpotTradingAllowed"] is True
    assert info["isMarginTradingAllowed"] is False
    assert {"LIMIT", "MARKET", "LIMIT_MAKER"} <= set(info["orderTypes"])
    filters = {each["filterType"]: each for each in info["filters"]}
    assert {"PRICE_FILTER", "LOT_SIZE", "MARKET_LOT_SIZE", "NOTIONAL", "PERCENT_PRICE_BY_SIDE"} <= set(filters)
    assert filters["PRICE_FILTER"]["tickSize"] == "0.01000000"
    assert filters["LOT_SIZE"]["stepSize"] == "0.00001000"


@exercises(CCXT, "everything by default but the addresses and the keys")
def test_one_that_is_made_with_nothing_else(served: Served) -> None:
    """It asks for lists of margin pairs, of futures and of coins before anything else."""
    with ccxt_binance(served.url, enableRateLimit=True) as client:
        ticker = client.fetch_ticker("BTC/USDT")
        order = client.create_order("BTC/USDT", "limit", "buy", 0.01, ticker["ask"])

        assert order["status"] == "closed"
        assert client.fetch_balance()["BTC"]["total"] == 2.00999
        assert set(client.currencies) >= {"BTC", "ETH", "USDT"}


@exercises(CCXT, "fetch_time")
def test_time(client: Any) -> None:
    assert abs(client.fetch_time() - 1000 * time.time()) < 5000


@exercises(CCXT, "fetch_status")
def test_status(client: Any) -> None:
    status = client.fetch_status()

    assert status["status"] == "ok"
    assert status["info"] == {"status": "0", "msg": "normal"} or status["info"] == {"status": 0, "msg": "normal"}


@exercises(CCXT, "fetch_ticker")
def test_ticker(client: Any, served: Served) -> None:
    for last in ("61000", "59000", "60600"):
        served.price(f"{int(last) - 1}", f"{int(last) + 1}")
    ticker = client.fetch_ticker("BTC/USDT")

    assert ticker["symbol"] == "BTC/USDT"
    assert (ticker["bid"], ticker["ask"], ticker["last"], ticker["close"]) == (60599, 60601, 60600, 60600)
    assert (ticker["open"], ticker["high"], ticker["low"]) == (60000, 61000, 59000)
    assert (ticker["change"], ticker["percentage"]) == (600, 1.0)
    assert ticker["bidVolume"] > 0 and ticker["askVolume"] > 0
    assert ticker["info"]["lastPrice"] == "60600.00000000"
    assert ticker["info"]["closeTime"] - ticker["info"]["openTime"] == DAY


@exercises(CCXT, "fetch_tickers")
def test_tickers(client: Any) -> None:
    assert {symbol: each["last"] for symbol, each in client.fetch_tickers().items()} == {
        "BTC/USDT": 60000,
        "ETH/USDT": 3000,
    }
    assert set(client.fetch_tickers(["ETH/USDT"])) == {"ETH/USDT"}
    assert set(client.fetch_tickers(["ETH/USDT", "BTC/USDT"])) == {"BTC/USDT", "ETH/USDT"}


@exercises(CCXT, "fetch_bids_asks")
def test_bids_and_asks(client: Any) -> None:
    every = client.fetch_bids_asks()

    assert {symbol: (each["bid"], each["ask"]) for symbol, each in every.items()} == {
        "BTC/USDT": (59999, 60001),
        "ETH/USDT": (2999, 3001),
    }
    assert every["BTC/USDT"]["info"]["bidPrice"] == "59999.00000000"
    assert set(client.fetch_bids_asks(["ETH/USDT"])) == {"ETH/USDT"}


@exercises(CCXT, "fetch_last_prices")
def test_last_prices(client: Any) -> None:
    assert {symbol: each["price"] for symbol, each in client.fetch_last_prices().items()} == {
        "BTC/USDT": 60000,
        "ETH/USDT": 3000,
    }


@exercises(CCXT, "fetch_order_book")
def test_order_book(client: Any) -> None:
    book = client.fetch_order_book("BTC/USDT")

    assert (book["bids"][0][0], book["asks"][0][0]) == (59999, 60001)
    assert [price for price, _ in book["bids"]] == sorted((price for price, _ in book["bids"]), reverse=True)
    assert [price for price, _ in book["asks"]] == sorted(price for price, _ in book["asks"])
    assert all(size > 0 for _, size in book["bids"] + book["asks"])
    assert isinstance(book["nonce"], int)
    assert len(client.fetch_order_book("BTC/USDT", 1)["bids"]) == 1


@exercises(CCXT, "fetch_ohlcv")
def test_candles(client: Any, served: Served) -> None:
    served.price("60999", "61001")
    candles = client.fetch_ohlcv("BTC/USDT", "1m")

    opened, opening, highest, lowest, closing, volume = candles[-1]
    assert opened % MINUTE == 0
    assert 1000 * time.time() - opened < 2 * MINUTE
    assert (highest, closing) == (61000, 61000)
    assert lowest <= opening <= highest
    assert volume >= 0
    assert [each[0] for each in candles] == sorted({each[0] for each in candles})


@exercises(CCXT, "fetch_ohlcv")
def test_candles_of_every_length_begin_where_the_calendar_says(client: Any) -> None:
    for name, length in client.timeframes.items():
        opened = client.fetch_ohlcv("BTC/USDT", name)[-1][0]
        match name:
            case "1M":
                assert time.gmtime(opened / 1000)[2:6] == (1, 0, 0, 0)
            case "1w":
                assert time.gmtime(opened / 1000)[3:7] == (0, 0, 0, 0)  # Monday, midnight
            case _:
                assert opened % (1000 * client.parse_timeframe(length)) == 0
        assert opened <= 1000 * time.time()


@exercises(CCXT, "fetch_ohlcv (since, limit, until)")
def test_candles_since(client: Any) -> None:
    [newest] = client.fetch_ohlcv("BTC/USDT", "1m", None, 1)

    assert client.fetch_ohlcv("BTC/USDT", "1m", newest[0]) == [newest]
    assert client.fetch_ohlcv("BTC/USDT", "1m", newest[0] + 1) == []
    assert client.fetch_ohlcv("BTC/USDT", "1m", None, None, {"until": newest[0]})[-1][0] == newest[0]


@exercises(CCXT, "fetch_trades")
def test_trades(client: Any) -> None:
    trades = client.fetch_trades("BTC/USDT")

    assert trades
    assert trades[-1]["price"] == 60000
    assert all(each["amount"] > 0 and each["side"] in ("buy", "sell") for each in trades)
    times = [each["timestamp"] for each in trades]
    assert times == sorted(times)
    since = client.fetch_trades("BTC/USDT", times[-1])
    assert since
    assert all(each["timestamp"] >= times[-1] for each in since)


@exercises(CCXT, "fetch_trading_fee", "fetch_trading_fees")
def test_fees(client: Any) -> None:
    fee = client.fetch_trading_fee("BTC/USDT")

    assert (fee["maker"], fee["taker"]) == (0.001, 0.001)
    assert {symbol: each["taker"] for symbol, each in client.fetch_trading_fees().items()} == {
        "BTC/USDT": 0.001,
        "ETH/USDT": 0.001,
    }
