"""A history's columns say what its exact ticks say, and those what a replay of the same rows gives."""

from __future__ import annotations

from decimal import Decimal
from math import inf
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockexchange.backtest.candle_paths import by_chance
from mockexchange.backtest.history import History
from mockexchange.backtest.loading import load
from mockexchange.domain.candles import Candle, aggregate
from mockexchange.domain.errors import BadRequest
from mockexchange.feed.columns import Kind
from mockexchange.feed.raw_streams import RecordedStreams
from mockexchange.feed.recording import RecordedCandles, RecordedQuotes, RecordedTrades, Recording, Terms, candle_length
from mockexchange.feed.rows import clean
from tests.unit.feed.test_raw_streams import line, recorded, snapshot, ticker, trade_of, update

T = 1_700_000_040_000
MINUTE = 60_000
UP = [T, 10.0, 12.0, 9.0, 11.0, 4.0]
DOWN = [T + MINUTE, 11.0, 13.0, 8.0, 9.0, 8.0]

prices = st.one_of(st.decimals("1", "99999", places=2), st.integers(1, 99).map(Decimal))


def agrees(history: History) -> None:
    """Each column with each tick."""
    assert (np.diff(history.times) >= 0).all()
    for number in range(1, len(history) + 1):
        tick = history.tick(number)
        assert (tick.number, tick.source, tick.quote.symbol) == (number, history.source, history.symbol)
        assert tick.logged_at == tick.quote.timestamp == history.times[number - 1]
        sides = (history.bid, history.ask, history.last)
        assert [column[number - 1] for column in sides] == [
            float(tick.quote.bid), float(tick.quote.ask), float(tick.quote.last)
        ]  # fmt: skip
        traded = [float(trade.price) for trade in tick.trades]
        assert history.low_trade[number - 1] == min(traded, default=inf)
        assert history.high_trade[number - 1] == max(traded, default=-inf)


def same_as(history: History, recording: Recording, terms: Terms) -> None:
    assert recording.last == len(history)
    for number in range(1, recording.last + 1):
        tick, replayed = history.tick(number), recording.tick(number, terms)
        assert (tick.quote, tick.trades, tick.book) == (replayed.quote, replayed.trades, replayed.book)
        assert recording.time(number) == history.times[number - 1]


def terms_of(history: History, spread_bps: Decimal, in_quote: bool = False) -> Terms:
    market = history.instrument
    return Terms(market.symbol, market.tick_size, market.step_size, spread_bps, in_quote)


@st.composite
def candle_rows(draw: st.DrawFn) -> list[dict[str, str]]:
    """With gaps, and some that begin early."""
    rows: list[dict[str, str]] = []
    time = T
    for _ in range(draw(st.integers(2, 6))):
        first, second, third, fourth = sorted(draw(st.lists(prices, min_size=4, max_size=4)))
        opened, close = draw(st.permutations([second, third]))
        volume = draw(st.sampled_from(["0", "", "0.00004", "0.00003999", "4", "17.123456789"]))
        named = zip(("open", "high", "low", "close"), map(str, (opened, fourth, first, close)), strict=True)
        rows.append({"time": str(time), **dict(named), "volume": volume})
        time += draw(st.sampled_from([MINUTE, MINUTE, 3 * MINUTE, 20_001]))
    return rows


spreads = st.sampled_from([Decimal(0), Decimal(1), Decimal("12.5"), Decimal(200), Decimal(9_999)])


@given(candle_rows(), spreads, st.sampled_from(["base", "quote"]), st.sampled_from(["0.01", "0.05", "0.00001"]))
@settings(deadline=None)
def test_candles_are_those_of_a_replay(
    rows: list[dict[str, str]], spread: Decimal, volume: str, tick_size: str
) -> None:
    (history,) = load(rows, symbol="BTC/USDT", spread_bps=spread, volume=volume, tick_size=tick_size)
    agrees(history)
    cleaned = clean(Kind.CANDLES, {name: [row[name] for row in rows] for name in rows[0]})
    length = candle_length(cleaned.times)
    assert length == history.length
    assert length is not None
    same_as(history, RecordedCandles(cleaned, length), terms_of(history, spread, volume == "quote"))
    assert history.kind is Kind.CANDLES
    assert (history.legs, len(history)) == (4, 4 * len(rows))
    assert history.candles.high.tolist() == [float(row["high"]) for row in rows]
    if volume == "base":
        assert history.candles.volume.tolist() == [float(row["volume"] or 0) for row in rows]


@given(st.lists(st.tuples(prices, prices, st.integers(0, 99)), min_size=1, max_size=9), st.booleans())
@settings(deadline=None)
def test_quotes_are_those_of_a_replay(rows: list[tuple[Decimal, Decimal, int]], has_last: bool) -> None:
    named = [
        {"time": T + at, "bid": str(min(one, other)), "ask": str(max(one, other)), "bid_size": str(size)}
        | ({"last": str(one)} if has_last else {})
        for at, (one, other, size) in enumerate(rows)
    ]
    (history,) = load(named, symbol="ABC/USDT")
    agrees(history)
    names = {"last": "price"}
    cleaned = clean(Kind.QUOTES, {names.get(name, name): [row[name] for row in named] for name in named[0]})
    same_as(history, RecordedQuotes(cleaned), terms_of(history, Decimal(0)))
    assert (history.kind, history.length, history.legs, history.gaps) == (Kind.QUOTES, None, 1, [])
    assert not history.candles.volume.any()


@given(st.lists(st.tuples(prices, st.integers(0, 99_000)), min_size=1, max_size=9), spreads)
@settings(deadline=None)
def test_trades_are_those_of_a_replay_and_make_candles(rows: list[tuple[Decimal, int]], spread: Decimal) -> None:
    named = [{"time": T + after, "price": str(price), "amount": "0.5"} for price, after in rows]
    (history,) = load(named, symbol="BTC/USDT", spread_bps=spread)
    agrees(history)
    names = {"amount": "quantity"}
    cleaned = clean(Kind.TRADES, {names.get(name, name): [row[name] for row in named] for name in named[0]})
    same_as(history, RecordedTrades(cleaned), terms_of(history, spread))
    ticks = [history.tick(number) for number in range(1, len(history) + 1)]
    lasts = [(tick.quote.timestamp, tick.quote.last) for tick in ticks]
    flat = [Candle(time, price, price, price, price, Decimal("0.5")) for time, price in lasts]
    candles = aggregate(flat, "1m")
    found = history.candles
    assert found.opened.tolist() == [candle.time for candle in candles]
    for name in ("open", "high", "low", "close", "volume"):
        assert getattr(found, name).tolist() == [float(getattr(candle, name)) for candle in candles]


@pytest.mark.parametrize("levels", [1, 4])
def test_raw_streams_are_those_of_a_replay(tmp_path: Path, levels: int) -> None:
    path = tmp_path / "BTC_USDT-l2"
    lines = recorded(400)
    path.write_text("\n".join(lines))
    (history,) = load(path, levels=levels)
    agrees(history)
    same_as(history, RecordedStreams(lines, levels), terms_of(history, Decimal(0)))
    assert (history.kind, history.symbol, history.source) == (None, "BTC/USDT", "replay:BTC_USDT-l2")
    assert len(history) > 300
    book = history.tick(len(history)).book
    assert book is not None
    assert len(book.bids) == levels
    assert history.notices == []
    traded = sum(float(trade.quantity) for at in range(1, len(history) + 1) for trade in history.tick(at).trades)
    assert history.candles.volume.sum() == traded > 0
    with pytest.raises(BadRequest, match="raw streams: only candles"):
        history.choose(0, low_first=True)


def test_updates_of_a_book_that_are_missing_are_told_of(tmp_path: Path) -> None:
    messages = [snapshot(1, "9x1", "11x1"), ticker(1, "9x1", "11x1"), update(2, 3, "8x1"), update(6, 7, "8x2")]
    path = tmp_path / "BTC_USDT-l2"
    path.write_text("\n".join(line(message, 1_000 * at) for at, message in enumerate(messages)))
    (history,) = load(path)
    assert history.notices == ["updates of the book are missing 1 time; what they said is not in it"]


def test_raw_streams_are_cut(tmp_path: Path) -> None:
    messages = [
        snapshot(1, "9x1", "11x1"),
        *(ticker(at, f"{at}x1", "11x1") for at in (2, 3)),
        trade_of(1, "10", "1", T),
    ]
    path = tmp_path / "BTC_USDT-l2"
    path.write_text("\n".join(line(message, 1_000 * at) for at, message in enumerate(messages)))
    (whole,) = load(path)
    (history,) = load(path, since=int(whole.times[1]))
    assert (len(whole), len(history)) == (3, 2)
    agrees(history)
    assert history.tick(1).quote == whole.tick(2).quote
    with pytest.raises(BadRequest, match="no tick from since"):
        load(path, since=int(whole.times[-1]) + 1)


def test_a_quarter_that_is_just_a_step_is_a_trade() -> None:
    """Though a float of it is a little less."""
    rows = [
        {"time": T + at * MINUTE, **dict.fromkeys(("open", "high", "low", "close"), "7"), "volume": "0.00028"}
        for at in (0, 1)
    ]
    (history,) = load(rows, symbol="BTC/USDT", volume="quote")
    assert history.tick(1).trades[0].quantity == Decimal("0.00001")
    agrees(history)


def lasts(history: History) -> list[float]:
    return history.last.tolist()


def test_a_candle_goes_to_the_nearer_extreme_first() -> None:
    (history,) = load([UP, DOWN], symbol="BTC/USDT")
    assert lasts(history) == [10, 9, 12, 11, 11, 13, 8, 9]
    assert history.times.tolist() == [
        *(T, T + 15_000, T + 30_000, T + 59_999, T + 60_000, T + 75_000, T + 90_000, T + 119_999)
    ]


@pytest.mark.parametrize("path", ["default", "optimistic"])
def test_a_path_is_chosen_and_undone(path: str) -> None:
    (history,) = load([UP, DOWN], symbol="BTC/USDT", path=path, spread_bps=10)
    before = lasts(history)
    history.tick(2)
    history.choose(0, low_first=True)
    assert lasts(history) == before
    history.choose(0, low_first=False)
    history.choose(1, low_first=True)
    assert lasts(history) == [10, 12, 9, 11, 11, 8, 13, 9]
    agrees(history)
    history.choose(1, low_first=False)
    history.choose(0, low_first=True)
    assert lasts(history) == before
    agrees(history)


def test_a_pessimistic_path_meets_each_extreme_twice() -> None:
    (history,) = load([UP, DOWN], symbol="BTC/USDT", path="pessimistic")
    assert history.legs == 6
    assert lasts(history) == [10, 9, 9, 12, 12, 11, 11, 13, 13, 8, 8, 9]
    agrees(history)
    history.choose(0, low_first=False)
    assert lasts(history)[:6] == [10, 12, 12, 9, 9, 11]
    agrees(history)
    assert (history.times[:6] - T).tolist() == [0, 15_000, 22_500, 30_000, 37_500, 59_999]
    history.choose(0, low_first=True)
    assert lasts(history)[:6] == [10, 9, 9, 12, 12, 11]


def test_a_pessimistic_path_trades_no_more_than_the_file_says() -> None:
    (plain,) = load([UP, DOWN], symbol="BTC/USDT")
    (twice,) = load([UP, DOWN], symbol="BTC/USDT", path="pessimistic")

    def traded(history: History) -> list[tuple[Decimal, Decimal, bool]]:
        ticks = map(history.tick, range(1, len(history) + 1))
        return [(each.price, each.quantity, each.buyer_is_maker) for tick in ticks for each in tick.trades]

    assert traded(plain) == traded(twice)
    assert len(traded(plain)) == 8


def many(count: int = 400) -> list[list[float]]:
    return [[T + at * MINUTE, 10.0, 12.0, 9.0, 11.0, 4.0] for at in range(count)]


def test_a_random_path_is_a_pure_function_of_seed_symbol_and_time() -> None:
    (one,), (same,) = (load(many(), symbol="BTC/USDT", path="random", seed=7) for _ in range(2))
    (later,) = load(many()[100:], symbol="BTC/USDT", path="random", seed=7)
    assert lasts(one) == lasts(same)
    assert lasts(one)[400:] == lasts(later)
    for symbol, seed in (("BTC/USDT", 8), ("ETH/USDT", 7)):
        (other,) = load(many(), symbol=symbol, path="random", seed=seed)
        assert lasts(other) != lasts(one)
    low_first = by_chance(7, "BTC/USDT", range(T, T + 4_000 * MINUTE, MINUTE))
    assert 1_850 < low_first.sum() < 2_150
    agrees(one)


def test_a_tick_that_is_not_there_is_an_error() -> None:
    (history,) = load([UP, DOWN], symbol="BTC/USDT")
    for number in (0, 9):
        with pytest.raises(IndexError, match="ticks 1 to 8"):
            history.tick(number)


def test_digits_beyond_a_float_decide_the_path_as_in_a_replay() -> None:
    rows = [
        {"time": T, "open": "10.00000000000000002", "high": "11", "low": "9", "close": "10.00000000000000001"},
        {"time": T + MINUTE, "open": "10.00000000000000001", "high": "11", "low": "9", "close": "10.00000000000000002"},
    ]
    (history,) = load(rows, symbol="BTC/USDT")
    assert lasts(history) == [10, 11, 9, 10, 10, 9, 11, 10]
    agrees(history)
