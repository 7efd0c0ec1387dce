"""Public trades of the Binance wire: the source's, or one for each price, and how one pages through them."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from mockexchange.domain.candles import HOUR, MINUTE
from mockexchange.domain.quotes import PublicTrade, Quote
from mockexchange.ports import FeedTick
from mockexchange.store.memory import MemoryStore

from .candles import BTC, D
from .door import START, Door, Reply
from .wire import refused

SYNTHETIC = "x-mockexchange-synthetic"


def send(door: Door, path: str) -> Reply:
    return door.send("GET", f"/api/v3/{path}", key=None)


def ask(door: Door, path: str) -> Any:
    reply = send(door, path)
    assert reply.status == 200, reply.text
    return reply.json


def ids(door: Door, query: str, path: str = "historicalTrades", name: str = "id") -> list[int]:
    return [each[name] for each in ask(door, f"{path}?symbol=BTCUSDT&{query}")]


def aggregates(door: Door, query: str) -> list[int]:
    return ids(door, query, "aggTrades", "a")


def trade(number: int, time: int, price: str = "100", size: str = "0.5", *, sold: bool = False) -> PublicTrade:
    return PublicTrade(number, D(price), D(size), time, buyer_is_maker=sold)


def feed(door: Door, *trades: PublicTrade, source: str = "test") -> None:
    quote = Quote(BTC, D(99), D(101), D(100), door.clock.time)
    door.store.append(FeedTick(quote, 0, trades), source, door.clock.time, serves=False)


@pytest.fixture
def taped(quiet_door: Door) -> Door:
    """Trades with the even ids from 10 to 28, a minute apart; the last one is of now."""
    quiet_door.price("100")
    feed(quiet_door, *(trade(10 + 2 * number, START - (9 - number) * MINUTE) for number in range(10)))
    return quiet_door


def test_trades_of_the_source(quiet_door: Door) -> None:
    quiet_door.price("100")
    feed(quiet_door, trade(7, START - 5, "100.5", "0.00000001"), trade(8, START, "0.1", "0.2", sold=True))

    reply = send(quiet_door, "trades?symbol=BTCUSDT")

    assert reply.json == [
        {
            "id": 7,
            "price": "100.50000000",
            "qty": "0.00000001",
            "quoteQty": "0.000001005",  # every digit
            "time": START - 5,
            "isBuyerMaker": False,
            "isBestMatch": True,
        },
        {
            "id": 8,
            "price": "0.10000000",
            "qty": "0.20000000",
            "quoteQty": "0.02000000",
            "time": START,
            "isBuyerMaker": True,
            "isBestMatch": True,
        },
    ]
    assert SYNTHETIC not in reply.headers
    assert ask(quiet_door, "historicalTrades?symbol=BTCUSDT") == reply.json
    assert ask(quiet_door, "trades?symbol=BTCUSDT&limit=1") == reply.json[1:]
    assert ask(quiet_door, "aggTrades?symbol=BTCUSDT&limit=1") == [
        {"a": 8, "p": "0.10000000", "q": "0.20000000", "f": 8, "l": 8, "T": START, "m": True, "M": True}
    ]


def test_pages_begin_with_an_id(taped: Door) -> None:
    for listed in (ids, aggregates):
        of = partial(listed, taped)
        assert of("fromId=14&limit=3") == [14, 16, 18]
        assert of("fromId=15&limit=2") == [16, 18]
        assert of("fromId=0&limit=2") == [10, 12]  # the oldest that are kept
        assert of("fromId=28") == [28]
        assert of("fromId=29") == []
        assert of("limit=3") == [24, 26, 28]


def test_aggregates_between_two_times(taped: Door) -> None:
    first = START - 9 * MINUTE

    assert aggregates(taped, f"startTime={first + MINUTE}&limit=2") == [12, 14]
    assert aggregates(taped, f"startTime={first + 1}&endTime={first + 3 * MINUTE}") == [12, 14, 16]
    assert aggregates(taped, f"startTime={first}&endTime={first}") == [10]
    assert aggregates(taped, f"endTime={first + 3 * MINUTE}&limit=2") == [14, 16]
    assert aggregates(taped, f"startTime={first}&endTime={START + HOUR}&limit=1") == [10]
    assert aggregates(taped, f"startTime={first * 1000}&limit=1") == [10]  # microseconds
    assert aggregates(taped, f"startTime={START + 1}") == []
    assert aggregates(taped, f"startTime={START}&endTime={first}") == []
    # there is no longer a bound of an hour
    assert aggregates(taped, f"startTime={START - 100 * HOUR}&endTime={START}&limit=1000") == list(range(10, 30, 2))


@pytest.fixture
def untaped(quiet_door: Door) -> Door:
    """Six prices, a minute apart, from a source that gives no trades; the last one is of now."""
    for price in ("100", "101", "99", "99", "98", "100"):
        quiet_door.clock.time += MINUTE
        quiet_door.price(price)
    return quiet_door


def test_without_trades_there_is_one_for_each_price_which_says_so(untaped: Door) -> None:
    reply = send(untaped, "trades?symbol=BTCUSDT")

    assert [(each["id"], each["price"], each["isBuyerMaker"]) for each in reply.json] == [
        (1, "100.00000000", False),
        (2, "101.00000000", False),
        (3, "99.00000000", True),
        (4, "99.00000000", False),
        (5, "98.00000000", True),
        (6, "100.00000000", False),
    ]
    assert reply.headers[SYNTHETIC] == "true"
    assert all(D(each["qty"]) > 0 for each in reply.json)
    assert [each["time"] for each in reply.json] == [START + number * MINUTE for number in range(1, 7)]


def test_made_up_trades_are_paged_likewise(untaped: Door) -> None:
    for listed in (ids, aggregates):
        of = partial(listed, untaped)
        assert of("fromId=3&limit=2") == [3, 4]
        assert of("fromId=0&limit=2") == [1, 2]
        assert of("fromId=1&limit=1") == [1]
        assert of("fromId=6") == [6]
        assert of("fromId=7") == []
        assert of("limit=2") == [5, 6]
        assert of("limit=1000") == [1, 2, 3, 4, 5, 6]
    whole = ask(untaped, "trades?symbol=BTCUSDT")
    assert ask(untaped, "historicalTrades?symbol=BTCUSDT&fromId=3&limit=1") == whole[2:3]
    assert ask(untaped, "trades?symbol=BTCUSDT&limit=4") == whole[2:]


def test_made_up_trades_between_two_times(untaped: Door) -> None:
    first = START + MINUTE

    assert aggregates(untaped, f"startTime={first + MINUTE}&limit=2") == [2, 3]
    assert aggregates(untaped, f"startTime={first + 1}&endTime={first + 3 * MINUTE}") == [2, 3, 4]
    assert aggregates(untaped, f"endTime={first + 3 * MINUTE}&limit=2") == [3, 4]
    assert aggregates(untaped, f"endTime={first - 1}") == []
    assert aggregates(untaped, f"startTime={untaped.clock.time + 1}") == []
    assert aggregates(untaped, "startTime=0") == [1, 2, 3, 4, 5, 6]
    assert aggregates(untaped, f"endTime={untaped.clock.time}") == [1, 2, 3, 4, 5, 6]


def test_walking_through_meets_every_trade_once(taped: Door) -> None:
    seen: list[int] = []
    while page := ids(taped, f"fromId={seen[-1] + 1 if seen else 0}&limit=3"):
        seen += page

    assert seen == list(range(10, 30, 2))


def test_the_trades_of_an_invented_market_say_so(quiet_door: Door) -> None:
    quiet_door.price("100")
    feed(quiet_door, trade(7, START), source="synthetic:7")

    for path in ("trades", "historicalTrades", "aggTrades"):
        assert send(quiet_door, f"{path}?symbol=BTCUSDT").headers[SYNTHETIC] == "true"


def test_one_price_is_enough_for_a_tape(door: Door) -> None:
    for path in ("trades", "historicalTrades", "aggTrades"):
        assert len(ask(door, f"{path}?symbol=BTCUSDT")) == 1


def test_more_than_1000_are_never_given(quiet_door: Door) -> None:
    quiet_door.price("100")
    feed(quiet_door, *(trade(number, START) for number in range(1, 1101)))

    assert ids(quiet_door, "limit=5000") == list(range(101, 1101))
    assert len(ids(quiet_door, "fromId=0")) == 500


def test_a_market_that_never_had_a_price_has_no_trades() -> None:
    door = Door(MemoryStore(), symbols=(BTC,))
    with door.loop:
        for query in ("", "&limit=5"):
            for path in ("trades", "historicalTrades", "aggTrades"):
                assert ask(door, f"{path}?symbol=BTCUSDT{query}") == []
        assert aggregates(door, "startTime=0") == aggregates(door, "fromId=0") == []


@pytest.mark.parametrize(
    ("path", "code", "said"),
    [
        ("trades", -1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed."),
        ("trades?symbol=", -1105, "Parameter 'symbol' was empty."),
        ("trades?symbol=NOPE", -1121, "Invalid symbol."),
        ("trades?symbol=BTCUSDT&limit=0", -1130, "Data sent for parameter 'limit' is not valid."),
        (
            "trades?symbol=BTCUSDT&limit=-1",
            -1100,
            "Illegal characters found in parameter 'limit'; legal range is '^[0-9]{1,20}$'.",
        ),
        (
            "trades?symbol=BTCUSDT&fromId=1",
            -1104,
            "Not all sent parameters were read; read '1' parameter(s) but was sent '2'.",
        ),
        ("aggTrades?symbol=BTCUSDT&fromId=1&startTime=1", -1128, "Combination of optional parameters invalid."),
        ("aggTrades?symbol=BTCUSDT&fromId=1&endTime=1", -1128, "Combination of optional parameters invalid."),
        (
            "aggTrades?symbol=BTCUSDT&startTime=1.5",
            -1100,
            "Illegal characters found in parameter 'startTime'; legal range is '^[0-9]{1,20}$'.",
        ),
        ("historicalTrades?symbol=BTCUSDT&fromId=99999999999999999999", -1108, "Parameter 'fromId' overflowed."),
        ("trades?symbol=BTCUSDT&symbol=BTCUSDT", -1101, "Duplicate values for a parameter detected."),
    ],
)
def test_what_is_refused(door: Door, path: str, code: int, said: str) -> None:
    assert refused(send(door, path)) == (400, code, said)
