"""The ids of a ticker, which are those of the tape."""

from __future__ import annotations

from typing import Any

import pytest

from mockexchange.domain.candles import HOUR, MINUTE
from mockexchange.domain.quotes import PublicTrade, Quote
from mockexchange.ports import FeedTick

from .candles import BTC, D
from .door import START, Door


def ask(door: Door, path: str) -> Any:
    reply = door.send("GET", f"/api/v3/ticker{path}", key=None)
    assert reply.status == 200, reply.text
    return reply.json


@pytest.fixture
def market(quiet_door: Door) -> Door:
    """BTC/USDT at 40."""
    quiet_door.price("40")
    return quiet_door


def tape(door: Door, *trades: tuple[int, int, str]) -> None:
    """Trades (id, time, quantity), in a tick of now."""
    made = tuple(PublicTrade(number, D(40), D(size), time, buyer_is_maker=False) for number, time, size in trades)
    tick = FeedTick(Quote(BTC, D(39), D(41), D(40), door.clock.time), 0, made)
    door.store.append(tick, "test", door.clock.time, serves=False)


def ids(door: Door, path: str) -> tuple[int, int, int]:
    found = ask(door, path)
    return found["firstId"], found["lastId"], found["count"]


def test_ids_are_those_of_the_tape_and_count_says_how_many_there_are(market: Door) -> None:
    tape(market, (100, START - 25 * HOUR, "1"), (107, START - 2 * HOUR, "2"))
    tape(market, (108, START - 90_000, "3"), (120, START - 10_000, "4"))

    assert ids(market, "/24hr?symbol=BTCUSDT") == (107, 120, 3)
    assert ids(market, "/tradingDay?symbol=BTCUSDT") == (107, 120, 3)
    assert ids(market, "?symbol=BTCUSDT&windowSize=7d") == (100, 120, 4)
    assert ids(market, "?symbol=BTCUSDT&windowSize=5m") == (108, 120, 2)
    assert ids(market, "?symbol=BTCUSDT&windowSize=1m") == (120, 120, 1)
    assert ask(market, "/24hr?symbol=BTCUSDT")["lastQty"] == "4.00000000"
    listed = market.send("GET", "/api/v3/historicalTrades?symbol=BTCUSDT&fromId=107", key=None).json
    assert [each["id"] for each in listed] == [107, 108, 120]


def test_without_any_trade_in_the_window_there_are_no_ids(market: Door) -> None:
    tape(market, (100, START - 25 * HOUR, "1"))

    assert ids(market, "/24hr?symbol=BTCUSDT") == (-1, -1, 0)


def test_ids_of_made_up_trades_are_those_of_ticks(market: Door) -> None:
    for _ in range(4):
        market.clock.time += 2 * MINUTE
        market.price("40")

    assert ids(market, "/24hr?symbol=BTCUSDT") == (1, 5, 5)
    assert ids(market, "?symbol=BTCUSDT&windowSize=3m") == (4, 5, 2)
    market.clock.time += HOUR
    assert ids(market, "?symbol=BTCUSDT&windowSize=3m") == (-1, -1, 0)
