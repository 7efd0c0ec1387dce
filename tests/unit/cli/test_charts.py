"""`mockx ohlcv` and `mockx book`."""

from __future__ import annotations

import pytest

from ..answers import BOOK, OHLCV
from ..stand_in import StandIn
from .conftest import Mockx


def test_candles_are_a_row_each_with_every_digit(exchange: StandIn, mockx: Mockx) -> None:
    exchange.on("GET", "/ohlcv/BTC%2FUSDT?timeframe=1m&limit=50", OHLCV)

    lines = mockx("ohlcv", "BTC/USDT").stdout.splitlines()

    assert lines[0].split() == ["time", "(UTC)", "open", "high", "low", "close", "volume"]
    assert lines[1].split() == ["2022-01-01", "12:00:00", "59000", "60500.5", "58000.00000001", "60000.1", "12.5"]
    assert len(lines) == 3


def test_without_candles_it_says_why(exchange: StandIn, mockx: Mockx) -> None:
    exchange.on("GET", "/ohlcv/BTC%2FUSDT?timeframe=1m&limit=50", "[]")

    result = mockx("ohlcv", "BTC/USDT")

    assert (result.exit_code, result.stdout) == (0, "")
    assert "No candles yet" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ohlcv", "BTC/USDT", "--timeframe", "1y"), "one of 1m, 3m"),
        (("ohlcv", "BTC/USDT", "--limit", "1001"), "Input should be less"),
        (("book", "BTC/USDT", "--limit", "0"), "Input should be greater"),
    ],
)
def test_what_the_exchange_would_refuse_is_wrong_usage(
    arguments: tuple[str, ...], words: str, exchange: StandIn, mockx: Mockx
) -> None:
    result = mockx(*arguments, environment={"COLUMNS": "200"})

    assert result.exit_code == 2
    assert words in result.stderr
    assert exchange.asked == []


def test_a_book_has_bids_on_the_left_and_says_when_it_is_made_up(exchange: StandIn, mockx: Mockx) -> None:
    exchange.on("GET", "/orderbook/BTC%2FUSDT?limit=2", BOOK)

    result = mockx("book", "BTC/USDT", "--limit", "2")

    assert [line.split() for line in result.stdout.splitlines()] == [
        ["bid", "amount", "bid", "ask", "ask", "amount"],
        ["0.5", "59999.99", "60000.01", "2"],
        ["0.00000001", "59998"],
    ]
    assert "made up" in result.stderr


def test_a_book_of_the_market_is_not_called_made_up(exchange: StandIn, mockx: Mockx) -> None:
    exchange.on("GET", "/orderbook/BTC%2FUSDT?limit=10", BOOK.replace("true", "false"))

    assert mockx("book", "BTC/USDT").stderr == ""
