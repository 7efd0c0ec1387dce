"""Recorded rows as ticks."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockexchange.domain.amounts import is_multiple, total
from mockexchange.domain.candle_path import candle_prices, leg_time
from mockexchange.feed.columns import Kind
from mockexchange.feed.recording import RecordedCandles, RecordedQuotes, RecordedTrades, Terms, candle_length
from mockexchange.feed.rows import clean
from mockexchange.feed.table import Cell

T = 1_640_995_200_000
TERMS = Terms("BTC/USDT", tick_size=Decimal("0.01"), step_size=Decimal("0.001"))


def candles(*rows: tuple[Cell, ...], length: int = 60_000) -> RecordedCandles:
    """Candles of (time, open, high, low, close, volume)."""
    names = ("time", "open", "high", "low", "close", "volume")
    return RecordedCandles(clean(Kind.CANDLES, columns(names, rows)), length)


def columns(names: tuple[str, ...], rows: tuple[tuple[Cell, ...], ...]) -> dict[str, list[Cell]]:
    """Rows, turned."""
    return {name: [row[at] for row in rows] for at, name in enumerate(names)}


@pytest.mark.parametrize(
    ("candle", "path"),
    [
        (("10", "14", "8", "12"), ["10", "8", "14", "12"]),  # up
        (("12", "14", "8", "10"), ["12", "14", "8", "10"]),  # down
        (("10", "14", "8", "10"), ["10", "8", "14", "10"]),  # unchanged counts as up
    ],
)
def test_a_candle_is_walked_low_first_when_it_closed_up(candle: tuple[str, ...], path: list[str]) -> None:
    """Open, low, high, close; or open, high, low, close when it closed down."""
    assert [str(price) for price in candle_prices(*map(Decimal, candle))] == path


@given(st.integers(1, 10**8))
def test_legs_lie_within_their_candle_in_order(length: int) -> None:
    """The first at its open, the last 1 ms before its end."""
    times = [leg_time(T, length, leg) for leg in range(4)]
    assert times == sorted(times)
    assert (times[0], times[3]) == (T, T + length - 1)


def test_candle_ticks_carry_the_prices_as_they_were_written() -> None:
    """Bid, ask and last are the price; sizes are unknown."""
    recording = candles((T, "46319.0", "46385.0", "46300.10", "46377.0", ""), (T + 60_000, "5", "5", "5", "5", "0"))
    ticks = [recording.tick(position, TERMS) for position in range(1, recording.last + 1)]
    assert [str(tick.quote.bid) for tick in ticks[:4]] == ["46319.0", "46300.10", "46385.0", "46377.0"]
    assert all(tick.quote.bid == tick.quote.ask == tick.quote.last for tick in ticks)
    assert all(tick.quote.bid_size is None and not tick.trades for tick in ticks)
    assert [tick.quote.timestamp - T for tick in ticks[:5]] == [0, 15_000, 30_000, 59_999, 60_000]
    assert [tick.position for tick in ticks] == list(range(1, 9))


def test_a_candle_ends_early_where_the_next_one_begins() -> None:
    """Times never go back."""
    recording = candles((T, "5", "5", "5", "5", ""), (T + 20_000, "5", "5", "5", "5", ""))
    times = [recording.time(position) for position in range(1, 9)]
    assert times == sorted(times)
    assert times[3] == T + 19_999


@pytest.mark.parametrize(("in_quote", "volume"), [(False, "8.4"), (True, "84")])
def test_a_candles_volume_is_spread_over_its_ticks(in_quote: bool, volume: str) -> None:
    """In the base asset, whichever the file counts; in whole steps."""
    recording = candles((T, "10", "12", "8", "10", volume))
    terms = Terms("BTC/USDT", Decimal("0.01"), Decimal("0.001"), volume_in_quote=in_quote)
    trades = [trade for position in range(1, 5) for trade in recording.tick(position, terms).trades]
    assert total(trade.quantity for trade in trades) == Decimal("8.4")
    assert [str(trade.price) for trade in trades] == ["10", "8", "12", "10"]
    assert [trade.buyer_is_maker for trade in trades] == [False, True, False, True]
    assert all(earlier.trade_id < later.trade_id for earlier, later in pairwise(trades))


def test_a_volume_too_small_for_a_trade_makes_none() -> None:
    """A trade of nothing is none."""
    assert not candles((T, "10", "12", "8", "10", "0.001")).tick(1, TERMS).trades


def test_a_quote_carries_both_sides_and_their_sizes() -> None:
    """A binary float as its shortest text; the bid stands for a price that the file has not."""
    names = ("time", "bid", "ask", "bid_size", "ask_size")
    recording = RecordedQuotes(clean(Kind.QUOTES, columns(names, ((T, 39432.99, 39433.62, 0.0031, 0.0),))))
    quote = recording.tick(1, TERMS).quote
    assert [str(value) for value in (quote.bid, quote.ask, quote.last, quote.bid_size, quote.ask_size)] == [
        "39432.99",
        "39433.62",
        "39432.99",
        "0.0031",
        "None",
    ]


def test_a_trade_is_the_price_on_both_sides_and_a_line_of_the_tape() -> None:
    """With its own id and side."""
    names = ("time", "trade_id", "side", "price", "quantity")
    rows = ((T, "13519807", "sell", "0.00141342", "23.0"), (T, "13519808", "buy", "0.00141266", "54.0"))
    recording = RecordedTrades(clean(Kind.TRADES, columns(names, rows)))
    tick = recording.tick(1, TERMS)
    trade = tick.trades[0]
    assert tick.quote.bid == tick.quote.ask == tick.quote.last == trade.price == Decimal("0.00141342")
    assert (trade.trade_id, trade.quantity, trade.buyer_is_maker) == (13519807, 23, True)
    assert not recording.tick(2, TERMS).trades[0].buyer_is_maker


def test_a_trade_without_a_side_was_sold_when_the_price_fell() -> None:
    """And without an id it has its position."""
    rows: tuple[tuple[Cell, ...], ...] = ((T, "10", "1"), (T, "9", "1"), (T, "9", "1"))
    recording = RecordedTrades(clean(Kind.TRADES, columns(("time", "price", "quantity"), rows)))
    trades = [recording.tick(position, TERMS).trades[0] for position in (1, 2, 3)]
    assert [(trade.trade_id, trade.buyer_is_maker) for trade in trades] == [(1, False), (2, True), (3, False)]


@given(
    st.decimals("0.01", "1e6", places=4),
    st.decimals("0", "9999", places=2),
    st.sampled_from(["0.01", "0.00001", "0.05"]),
)
def test_a_spread_is_at_least_as_wide_as_asked_for(price: Decimal, bps: Decimal, tick_size: str) -> None:
    """In whole ticks about the price; without one the price is left as it is."""
    terms = Terms("BTC/USDT", Decimal(tick_size), Decimal("0.001"), spread_bps=bps)
    bid, ask = terms.around(price)
    if not bps:
        assert bid == ask == price
        return
    assert is_multiple(bid, terms.tick_size)
    assert is_multiple(ask, terms.tick_size)
    half = price * bps / 20_000
    assert ask >= price + half
    assert 0 < bid <= ask
    assert bid <= price - half or bid == terms.tick_size


def test_the_most_usual_distance_is_a_candles_length() -> None:
    """Whatever gaps a recording has; a single candle does not tell."""
    assert candle_length([0, 60, 120, 240, 300, 330]) == 60
    assert candle_length([0]) is None
