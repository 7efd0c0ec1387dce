"""Prices and statistics of the Binance wire. What is expected is worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from mockexchange.domain.candles import DAY, HOUR, MINUTE, opening
from mockexchange.domain.quotes import Quote
from mockexchange.ports import FeedTick
from mockexchange.store.memory import MemoryStore

from .candles import BTC, D, candle, lay, ms
from .door import START, Door
from .wire import refused

BEGIN = opening(START, "1m")  # 2023-11-14T22:13
ZERO = "0.00000000"
BOTH = quote('["BTCUSDT","ETHUSDT"]')


def ask(door: Door, path: str) -> Any:
    reply = door.send("GET", f"/api/v3/ticker{path}", key=None)
    assert reply.status == 200, reply.text
    return reply.json


@pytest.fixture
def market(quiet_door: Door) -> Door:
    """BTC/USDT at 39 / 41, last 40, with minutes of today and yesterday."""
    quiet_door.price("40", bid="39", ask="41")
    lay(
        quiet_door,
        [
            candle(BEGIN - DAY - MINUTE, "5 5 5 5", "100"),
            candle(BEGIN - DAY, "10 12 9 11", "1"),
            candle(BEGIN - 3 * HOUR, "20 20 20 20", "2"),
            candle(BEGIN - 2 * MINUTE, "30 33 27 30", "4"),
            candle(BEGIN - MINUTE, "30 30 30 30"),
        ],
    )
    return quiet_door


FULL_DAY = {
    "symbol": "BTCUSDT",
    "priceChange": "30.00000000",
    "priceChangePercent": "300.000",
    "weightedAvgPrice": "26.78571428",  # 187.5 / 7
    "prevClosePrice": "10.00000000",
    "lastPrice": "40.00000000",
    "lastQty": "125.00000000",  # 5,000 USDT: nobody told
    "bidPrice": "39.00000000",
    "bidQty": "125.00000000",
    "askPrice": "41.00000000",
    "askQty": "125.00000000",
    "openPrice": "10.00000000",
    "highPrice": "40.00000000",
    "lowPrice": "9.00000000",
    "volume": "7.00000000",
    "quoteVolume": "187.50000000",  # 1 x 10.5 + 2 x 20 + 4 x 34.25: this hour went from 30 to 40, over 27
    "openTime": START - DAY,
    "closeTime": START,
    "firstId": 1,
    "lastId": 1,
    "count": 1,
}
OF_A_WINDOW = ("prevClosePrice", "lastQty", "bidPrice", "bidQty", "askPrice", "askQty")
FULL_ONLY = (*OF_A_WINDOW, "priceChange", "priceChangePercent", "weightedAvgPrice")


def test_24_hours(market: Door) -> None:
    assert ask(market, "/24hr?symbol=BTCUSDT") == FULL_DAY
    mini = {name: value for name, value in FULL_DAY.items() if name not in FULL_ONLY}
    assert ask(market, "/24hr?symbol=BTCUSDT&type=MINI") == mini
    assert ask(market, "/24hr") == [FULL_DAY]


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        # begins at 22:08
        ("5m", ("30", "40", "27", "4", "120", "33.333")),
        ("1m", ("30", "40", "30", "0", "0", "33.333")),
        ("4h", ("20", "40", "20", "6", "177", "100.000")),
        ("1d", ("10", "40", "9", "7", "187.5", "300.000")),
        # the hour of yesterday is a candle of its own: 101 x (5 + 12 + 5 + 11) / 4
        ("7d", ("5", "40", "5", "107", "1010.25", "700.000")),
    ],
)
def test_rolling_windows(market: Door, size: str, expected: tuple[str, ...]) -> None:
    found = ask(market, f"?symbol=BTCUSDT&windowSize={size}")

    opened, high, low, volume, value, percent = expected
    assert {name: D(found[name]) for name in ("openPrice", "highPrice", "lowPrice", "volume", "quoteVolume")} == {
        "openPrice": D(opened),
        "highPrice": D(high),
        "lowPrice": D(low),
        "volume": D(volume),
        "quoteVolume": D(value),
    }
    assert found["priceChangePercent"] == percent
    assert set(found) == set(FULL_DAY) - set(OF_A_WINDOW)


def test_the_default_window_is_a_day(market: Door) -> None:
    assert ask(market, "?symbol=BTCUSDT") == ask(market, "?symbol=BTCUSDT&windowSize=1d")


def test_a_window_begins_with_a_minute_as_in_the_documentation(market: Door) -> None:
    market.clock.time = 1641287867099
    market.price("40")

    found = ask(market, "?symbol=BTCUSDT&windowSize=1d")

    assert (found["openTime"], found["closeTime"]) == (1641201420000, 1641287867099)


@pytest.mark.parametrize(
    ("zone", "opened", "first", "volume"),
    [
        ("", "2023-11-14T00:00", "20.00000000", "6.00000000"),
        ("&timeZone=2", "2023-11-14T22:00", "30.00000000", "4.00000000"),
        ("&timeZone=-1:30", "2023-11-14T01:30", "20.00000000", "6.00000000"),
        ("&timeZone=1:47", "2023-11-14T22:13", "40.00000000", ZERO),
    ],
)
def test_a_trading_day_begins_at_midnight(market: Door, zone: str, opened: str, first: str, volume: str) -> None:
    found = ask(market, f"/tradingDay?symbol=BTCUSDT{zone}")

    assert (found["openTime"], found["closeTime"]) == (ms(opened), ms(opened) + DAY - 1)
    assert (found["openPrice"], found["lastPrice"], found["volume"]) == (first, "40.00000000", volume)
    assert set(found) == set(FULL_DAY) - set(OF_A_WINDOW)


def test_percentages_have_three_places_and_a_fall_has_its_sign(market: Door) -> None:
    market.price("29.99")
    found = ask(market, "?symbol=BTCUSDT&windowSize=5m")
    assert (found["priceChange"], found["priceChangePercent"]) == ("-0.01000000", "-0.033")

    market.price("29.9999")
    assert ask(market, "?symbol=BTCUSDT&windowSize=5m")["priceChangePercent"] == "0.000"


def test_prices_and_touches(market: Door) -> None:
    market.price("2000", symbol="ETH/USDT", bid="1999", ask="2001")

    price = {"symbol": "BTCUSDT", "price": "40.00000000"}
    assert ask(market, "/price?symbol=BTCUSDT") == price
    assert ask(market, "/price?symbols=" + quote('["BTCUSDT"]')) == [price]
    assert ask(market, "/price") == [price, {"symbol": "ETHUSDT", "price": "2000.00000000"}]
    touch = {
        "symbol": "ETHUSDT",
        "bidPrice": "1999.00000000",
        "bidQty": "2.50000000",
        "askPrice": "2001.00000000",
        "askQty": "2.50000000",
    }
    assert ask(market, "/bookTicker?symbol=ETHUSDT") == touch
    assert ask(market, f"/bookTicker?symbols={BOTH}")[1] == touch
    assert [each["symbol"] for each in ask(market, "/bookTicker")] == ["BTCUSDT", "ETHUSDT"]


def test_sizes_that_the_source_tells_are_shown_as_they_are(market: Door) -> None:
    told = Quote(BTC, D(39), D(41), D(40), START, D("0.5"), None)
    market.store.append(FeedTick(told, 0), "test", START, serves=False)

    found = ask(market, "/bookTicker?symbol=BTCUSDT")

    assert (found["bidQty"], found["askQty"]) == ("0.50000000", "125.00000000")


def test_more_decimal_places_than_eight_are_written_out(market: Door) -> None:
    market.price("0.000000000000000123", symbol="FOO/WEI")

    assert ask(market, "/price?symbol=FOOWEI")["price"] == "0.000000000000000123"


# markets without a price, and others that do not trade


@pytest.fixture
def new_market() -> Iterator[Door]:
    """BTC/USDT and ETH/USDT are listed, and neither has had a price."""
    door = Door(MemoryStore(), symbols=(BTC, "ETH/USDT"))
    with door.loop:
        yield door


def test_a_market_that_never_had_a_price_is_all_zeros(new_market: Door) -> None:
    assert ask(new_market, "/price?symbol=BTCUSDT") == {"symbol": "BTCUSDT", "price": ZERO}
    touch = {"symbol": "BTCUSDT", "bidPrice": ZERO, "bidQty": ZERO, "askPrice": ZERO, "askQty": ZERO}
    assert ask(new_market, "/bookTicker?symbol=BTCUSDT") == touch
    for path in ("/24hr?symbol=BTCUSDT", "?symbol=BTCUSDT", "/tradingDay?symbol=BTCUSDT"):
        found = ask(new_market, path)
        assert (found["firstId"], found["lastId"], found["count"]) == (-1, -1, 0)
        assert found["priceChangePercent"] == "0.000"
        amounts = set(FULL_DAY) - {
            "symbol",
            "priceChangePercent",
            "openTime",
            "closeTime",
            "firstId",
            "lastId",
            "count",
        }
        assert {found[name] for name in amounts & set(found)} == {ZERO}
    assert [each["symbol"] for each in ask(new_market, "/24hr")] == ["BTCUSDT", "ETHUSDT"]


def test_markets_are_chosen_by_their_status(quiet_door: Door) -> None:
    for symbol, status in (("A/USDT", "TRADING"), ("B/USDT", "HALT"), ("C/USDT", "MAINTENANCE")):
        quiet_door.price("1", symbol=symbol)
        found = quiet_door.exchange.instrument(symbol)
        quiet_door.store.put_instruments([replace(found, status=status)], replace=True)

    def listed(path: str) -> list[str]:
        return [each["symbol"] for each in ask(quiet_door, path)]

    every = quote('["AUSDT","BUSDT","CUSDT"]')
    for path in ("/price?", "/bookTicker?", "/24hr?", f"?symbols={every}&", f"/tradingDay?symbols={every}&"):
        assert listed(f"{path}symbolStatus=HALT") == ["BUSDT"]
        assert listed(f"{path}symbolStatus=BREAK") == ["CUSDT"]
    assert ask(quiet_door, "/price?symbol=BUSDT&symbolStatus=HALT")["symbol"] == "BUSDT"
    for path in ("ticker/price", "ticker", "depth"):
        reply = quiet_door.send("GET", f"/api/v3/{path}?symbol=BUSDT&symbolStatus=TRADING", key=None)
        assert refused(reply) == (400, -1220, "The symbol's status does not match the requested symbolStatus.")


def test_prices_that_no_candle_has_yet_count_all_the_same(quiet_door: Door) -> None:
    for price in ("60000", "61000", "59000", "60600"):
        quiet_door.clock.time += 1000
        quiet_door.price(price)

    for path in ("/24hr?symbol=BTCUSDT", "?symbol=BTCUSDT&windowSize=1m", "/tradingDay?symbol=BTCUSDT"):
        found = ask(quiet_door, path)
        names = ("openPrice", "highPrice", "lowPrice", "lastPrice", "priceChangePercent")
        assert [found[name] for name in names] == [
            "60000.00000000",
            "61000.00000000",
            "59000.00000000",
            "60600.00000000",
            "1.000",
        ]
