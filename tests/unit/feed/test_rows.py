"""Recorded rows: impossible ones are dropped and named, the others put in order, each once."""

from __future__ import annotations

import pytest

from mockexchange.feed.columns import Kind
from mockexchange.feed.rows import Rows, clean
from mockexchange.feed.table import Cell

CANDLE = ("time", "open", "high", "low", "close", "volume")
QUOTE = ("time", "bid", "ask", "bid_size", "ask_size")
TRADE = ("time", "price", "quantity", "trade_id", "side")


def cleaned(kind: Kind, names: tuple[str, ...], *rows: tuple[Cell, ...]) -> Rows:
    """What is left of these rows."""
    return clean(kind, {name: [row[at] for row in rows] for at, name in enumerate(names)})


@pytest.mark.parametrize(
    "candle",
    [
        ("10", "9", "11", "10", "1"),  # high below low
        ("10", "12", "11", "11.5", "1"),  # open below low
        ("10", "12", "9", "13", "1"),  # close above high
        ("nan", "12", "9", "11", "1"),
        ("", "12", "9", "11", "1"),
        ("10", "12", "-9", "11", "1"),
        ("0", "12", "0", "11", "1"),
        ("10", "12", "9", "11", "-1"),
        ("10", "12", "9", "11", "nan"),
        ("10", "inf", "9", "11", "1"),
    ],
)
def test_an_impossible_candle_is_dropped_and_named(candle: tuple[str, ...]) -> None:
    """Never repaired."""
    rows = cleaned(Kind.CANDLES, CANDLE, ("60000000000000", "10", "12", "9", "11", "1"), ("60000000060000", *candle))
    assert rows.times == [60_000_000_000_000]
    assert [reason.partition(":")[0] for reason in rows.rejected] == ["row 2"]


@pytest.mark.parametrize(
    "quote",
    [
        ("11", "10", "1", "1"),
        ("0", "10", "1", "1"),
        ("9", "nan", "1", "1"),
        ("9", "10", "-1", "1"),
        ("9", "10", "1", "x"),
    ],
)
def test_an_impossible_quote_is_dropped_and_named(quote: tuple[str, ...]) -> None:
    """Crossed, not positive, no number."""
    rows = cleaned(Kind.QUOTES, QUOTE, (10**12, *quote), (10**12, "10", "10", "", "0"))
    assert (len(rows.times), len(rows.rejected)) == (1, 1)


@pytest.mark.parametrize("trade", [("10", "0", 1, "buy"), ("-1", "1", 1, "buy"), ("10", "1", 1, "bought")])
def test_an_impossible_trade_is_dropped_and_named(trade: tuple[Cell, ...]) -> None:
    """Also one whose side is neither."""
    rows = cleaned(Kind.TRADES, TRADE, (10**12, *trade), (10**12, "10", "1", 2, "sell"))
    assert (len(rows.times), len(rows.rejected)) == (1, 1)


def test_a_row_without_a_moment_is_dropped_and_named() -> None:
    """It has no place in the line."""
    rows = cleaned(Kind.QUOTES, QUOTE, ("soon", "9", "10", "1", "1"), (10**12, "9", "10", "1", "1"))
    assert len(rows.times) == 1
    assert "row 1" in rows.rejected[0]


def test_rows_are_put_in_order_of_time() -> None:
    """And said to have been; rows of one moment keep the order of the file."""
    late, early, also_early = (
        (10**12 + 5, "3", "4", "1", "1"),
        (10**12, "1", "2", "1", "1"),
        (10**12, "2", "3", "1", "1"),
    )
    rows = cleaned(Kind.QUOTES, QUOTE, late, early, also_early)
    assert rows.cells["bid"] == ["1", "2", "3"]
    assert rows.times == [10**12, 10**12, 10**12 + 5]
    assert "not in order" in rows.notices[0]


def test_a_quote_that_is_there_twice_counts_once() -> None:
    """Another quote of the same millisecond is another quote."""
    one, other = (10**12, "9", "10", "1", "1"), (10**12, "9", "11", "1", "1")
    rows = cleaned(Kind.QUOTES, QUOTE, one, one, other)
    assert (rows.cells["ask"], rows.notices) == (["10", "11"], ["1 duplicates were dropped"])


def test_a_candle_of_the_same_time_counts_once() -> None:
    """One that differs is named: it cannot be known which was right."""
    one = (10**12, "10", "12", "9", "11", "1")
    rows = cleaned(Kind.CANDLES, CANDLE, one, one, (10**12, "10", "13", "9", "11", "1"))
    assert rows.cells["high"] == ["12"]
    assert rows.rejected == ["row 3: differs from row 1, which has the same time"]


def test_a_trade_of_the_same_id_counts_once() -> None:
    """Ids tell, times do not: many trades share one."""
    one, other = (10**12, "10", "1", "7", "buy"), (10**12, "10", "1", "8", "buy")
    assert cleaned(Kind.TRADES, TRADE, one, other, one).cells["trade_id"] == ["7", "8"]


def test_trades_without_ids_all_stay() -> None:
    """Two of one size at one price in one millisecond are quite usual."""
    one = (10**12, "10", "1")
    rows = cleaned(Kind.TRADES, TRADE[:3], one, one)
    assert len(rows.times) == 2
    assert "who was the taker" in rows.notices[0]


def test_many_impossible_rows_are_counted_after_the_first_twenty() -> None:
    """A log is for reading."""
    rows = cleaned(Kind.QUOTES, QUOTE, *[(10**12, "0", "1", "1", "1")] * 50)
    assert (len(rows.rejected), rows.rejected[-1]) == (21, "and 30 more rows")
