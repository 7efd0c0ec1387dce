"""The book and the mean price of the Binance wire."""

from __future__ import annotations

from typing import Any

import pytest

from mockexchange.domain.candles import DAY, MINUTE, opening
from mockexchange.domain.quotes import Book, Quote
from mockexchange.ports import FeedTick
from mockexchange.store.memory import MemoryStore

from .candles import BTC, D, candle, lay
from .door import START, Door, Reply
from .wire import refused

BEGIN = opening(START, "1m")
SYNTHETIC = "x-mockexchange-synthetic"
BOOK = Book(((D(100), D("0.00000001")), (D("99.5"), D(2))), ((D(101), D(3)), (D(102), D("1E+2"))))


def send(door: Door, path: str) -> Reply:
    return door.send("GET", f"/api/v3/{path}", key=None)


def ask(door: Door, path: str) -> Any:
    reply = send(door, path)
    assert reply.status == 200, reply.text
    return reply.json


def feed(door: Door, book: Book, source: str = "test") -> None:
    quote = Quote(BTC, D(100), D(101), D(100), door.clock.time)
    door.store.append(FeedTick(quote, 0, (), book), source, door.clock.time, serves=False)


def test_the_source_s_book(quiet_door: Door) -> None:
    quiet_door.price("1")
    feed(quiet_door, BOOK)

    reply = send(quiet_door, "depth?symbol=BTCUSDT")

    assert reply.json == {
        "lastUpdateId": 2,
        "bids": [["100.00000000", "0.00000001"], ["99.50000000", "2.00000000"]],
        "asks": [["101.00000000", "3.00000000"], ["102.00000000", "100.00000000"]],
    }
    assert SYNTHETIC not in reply.headers
    best = ask(quiet_door, "depth?symbol=BTCUSDT&limit=1")
    assert (best["bids"], best["asks"]) == ([["100.00000000", "0.00000001"]], [["101.00000000", "3.00000000"]])


def test_a_ladder_says_in_a_header_that_it_is_one(door: Door) -> None:
    reply = send(door, "depth?symbol=BTCUSDT&limit=5")

    assert reply.headers[SYNTHETIC] == "true"
    assert set(reply.json) == {"lastUpdateId", "bids", "asks"}
    bids, asks = reply.json["bids"], reply.json["asks"]
    assert (bids[0][0], asks[0][0]) == ("59999.00000000", "60001.00000000")
    assert (len(bids), len(asks)) == (5, 5)
    assert all(D(size) > 0 for _, size in (*bids, *asks))
    touch = ask(door, "ticker/bookTicker?symbol=BTCUSDT")
    assert (touch["bidQty"], touch["askQty"]) == (bids[0][1], asks[0][1])


def test_the_book_of_an_invented_market_says_so(quiet_door: Door) -> None:
    quiet_door.price("1")
    feed(quiet_door, BOOK, "synthetic:7")

    assert send(quiet_door, "depth?symbol=BTCUSDT").headers[SYNTHETIC] == "true"


def test_update_ids_grow_with_every_price(door: Door) -> None:
    before = ask(door, "depth?symbol=BTCUSDT")["lastUpdateId"]
    door.price("60000")

    assert ask(door, "depth?symbol=BTCUSDT")["lastUpdateId"] == before + 1


@pytest.mark.parametrize("limit", [100, 5000, 5001, 99999])
def test_a_great_limit_gives_what_there_is(door: Door, limit: int) -> None:
    assert len(ask(door, f"depth?symbol=BTCUSDT&limit={limit}")["asks"]) == 100


def test_the_mean_price_is_weighed_by_the_volume_of_five_minutes(quiet_door: Door) -> None:
    quiet_door.price("40")
    lay(
        quiet_door,
        [
            candle(BEGIN - 5 * MINUTE, "1000 1000 1000 1000", "1000"),  # too long ago
            candle(BEGIN - 4 * MINUTE, "10 14 10 10", "1"),  # 11 in the mean
            candle(BEGIN - 2 * MINUTE, "20 20 20 20", "3"),
        ],
    )

    # (11 x 1 + 20 x 3) / 4
    assert ask(quiet_door, "avgPrice?symbol=BTCUSDT") == {"mins": 5, "price": "17.75000000", "closeTime": START}


def test_without_volume_it_is_the_plain_mean_of_the_minutes(quiet_door: Door) -> None:
    quiet_door.price("40")
    lay(quiet_door, [candle(BEGIN - 4 * MINUTE, "10 10 10 10"), candle(BEGIN - MINUTE, "20 20 20 20")])

    # 10, 10, 10, 20 and the open minute
    assert ask(quiet_door, "avgPrice?symbol=BTCUSDT")["price"] == "18.00000000"


def test_of_a_market_that_stands_still_it_is_the_price(door: Door) -> None:
    door.clock.time += 30 * DAY

    found = ask(door, "avgPrice?symbol=BTCUSDT")

    assert found == {"mins": 5, "price": "60000.00000000", "closeTime": START}


def test_the_mean_of_small_prices_has_as_many_places(quiet_door: Door) -> None:
    quiet_door.price("0.000000000000123456", symbol="FOO/WEI")

    assert ask(quiet_door, "avgPrice?symbol=FOOWEI")["price"] == "0.000000000000123456"


def test_a_market_that_never_had_a_price_has_an_empty_book() -> None:
    door = Door(MemoryStore(), symbols=(BTC,))
    with door.loop:
        assert ask(door, "depth?symbol=BTCUSDT") == {"lastUpdateId": 0, "bids": [], "asks": []}
        assert ask(door, "avgPrice?symbol=BTCUSDT") == {"mins": 5, "price": "0.00000000", "closeTime": 0}


def test_none_of_it_needs_a_key(door: Door) -> None:
    paths = ("exchangeInfo", "depth", "trades", "historicalTrades", "aggTrades", "avgPrice", "ticker/24hr")

    for path in paths:
        assert ask(door, f"{path}?symbol=BTCUSDT")
        # a key that nobody knows is not looked at
        assert door.send("GET", f"/api/v3/{path}?symbol=BTCUSDT", key=None, headers={"x-mbx-apikey": "x"}).status == 200


@pytest.mark.parametrize(
    ("path", "code", "said"),
    [
        ("depth", -1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed."),
        ("depth?symbol=ETHBTC2", -1121, "Invalid symbol."),
        ("depth?symbol=BTC/USDT", -1100, None),
        ("depth?symbol=BTCUSDT&limit=ten", -1100, None),
        ("depth?symbol=BTCUSDT&limit=0", -1130, "Data sent for parameter 'limit' is not valid."),
        ("depth?symbol=BTCUSDT&symbolStatus=CLOSED", -1122, "Invalid symbolStatus."),
        ("klines?symbol=BTCUSDT", -1102, "Mandatory parameter 'interval' was not sent, was empty/null, or malformed."),
        ("klines?symbol=BTCUSDT&interval=", -1105, "Parameter 'interval' was empty."),
        ("klines?symbol=NOPE&interval=1m", -1121, "Invalid symbol."),
        ("klines?symbol=BTCUSDT&interval=1m&limit=0", -1130, "Data sent for parameter 'limit' is not valid."),
        ("klines?symbol=BTCUSDT&interval=1m&startTime=-1", -1100, None),
        ("klines?symbol=BTCUSDT&interval=1m&since=1", -1104, None),
        ("avgPrice?symbol=NOPE", -1121, "Invalid symbol."),
        ("avgPrice?symbol=BTCUSDT&mins=5", -1104, None),
        ("ping?x=1", -1104, "Not all sent parameters were read; read '0' parameter(s) but was sent '1'."),
    ],
)
def test_what_is_refused(door: Door, path: str, code: int, said: str | None) -> None:
    status, found, words = refused(send(door, path))

    assert (status, found) == (400, code)
    assert said in (None, words)
