"""The real recordings, where they are at hand: every kind of file plays from its first row to its last."""

from __future__ import annotations

import os
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from mockexchange.feed.raw_streams import RebuiltBook, RecordedStreams, read_lines
from mockexchange.feed.replay import ReplayOptions, ReplaySource, replay_symbol
from mockexchange.local.recorded_books import rebuild, trade, wait
from mockexchange.ports import FeedTick

DATA = Path(__file__).parents[4] / "shared" / "data"


@pytest.fixture(autouse=True)
def _recordings_are_here() -> None:
    if not DATA.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI must bring the recordings: there is no {DATA}")
        pytest.skip(f"there are no recordings in {DATA}")


def all_ticks(name: str, options: ReplayOptions) -> list[FeedTick]:
    """The whole file, polled by a fast clock."""
    path = DATA / name
    source = ReplaySource(path, replay_symbol(path, ("*",)), options)
    now, state, ticks = 0, source.start(0), list[FeedTick]()
    while not state.finished:
        batch = source.poll(state, now)
        ticks += batch.ticks
        assert batch.market_time == ticks[-1].quote.timestamp
        state, now = batch.state, now + 2_000
    return ticks


@pytest.mark.parametrize(
    ("name", "volume", "symbol", "count", "first", "last"),
    [
        ("BTC_USDT-1m-202201.csv.gz", "quote", "BTC/USDT", 4 * 45_031, "46319.0", None),
        ("BTC_USDT-quotes.parquet", "base", "BTC/USDT", 451, "39432.99", "39490.97"),
        ("BTC_USDT-trades.parquet", "base", "BTC/USDT", 2_001, "39432.48", "39491.76"),
        ("ETH_BTC-5m.feather", "base", "ETH/BTC", 4 * 5_760, "0.0984", None),
        ("XRP_ETH-trades.json.gz", "base", "XRP/ETH", 12_477, "0.00141342", "0.00152787"),
    ],
)
def test_every_recording_plays_to_its_end(
    name: str, volume: str, symbol: str, count: int, first: str, last: str | None
) -> None:
    """Each row, in order, with the decimals of the file."""
    ticks = all_ticks(name, ReplayOptions(speed=5_000, volume=volume))
    assert len(ticks) == count
    assert [tick.position for tick in ticks] == list(range(1, count + 1))
    assert all(before.quote.timestamp <= after.quote.timestamp for before, after in pairwise(ticks))
    assert {tick.quote.symbol for tick in ticks} == {symbol}
    assert str(ticks[0].quote.bid) == first
    assert last is None or str(ticks[-1].quote.bid) == last
    assert all(0 < tick.quote.bid <= tick.quote.ask for tick in ticks)


def test_the_months_volume_is_bitcoin_not_dollars() -> None:
    """The first candle's 2.3 million dollars were some 49 bitcoin."""
    ticks = all_ticks("BTC_USDT-1m-202201.csv.gz", ReplayOptions(speed=5_000, volume="quote"))
    assert Decimal(49) < sum(tick.trades[0].quantity for tick in ticks[:4]) < Decimal(50)


def test_the_book_of_the_raw_streams_has_the_recorded_best_prices() -> None:
    """Wherever a depth update is at least as new as the last bookTicker; the second file goes on from the first."""
    book = RebuiltBook()
    found = [rebuild(read_lines(DATA / f"BTC_USDT-l2-{day}.gz"), book) for day in ("20240808", "20240809")]
    assert [(each.messages, each.compared, each.same) for each in found] == [
        (41_249, 3_432, 3_432),
        (58_325, 3_019, 3_019),
    ]
    assert book.gaps == 1, "after the snapshot, and nowhere else"


def test_nobody_gets_more_of_the_recorded_book_than_it_offered() -> None:
    """Over the first part of it; `python -m mockexchange.local.recorded_books` goes through all."""
    lines = read_lines(DATA / "BTC_USDT-l2-20240808.gz")[:6_000]
    walking, kind = trade(RecordedStreams(lines, 20), ("depth", "touch"))
    assert walking.is_clean()
    assert walking.fills > 200
    assert (walking.wrong, kind.wrong > 50) == (0, True)


def test_nobody_fills_before_those_who_stood_before_him() -> None:
    """Over the first part of it, likewise. Whoever heeds no queue does."""
    lines = read_lines(DATA / "BTC_USDT-l2-20240808.gz")[:12_000]
    waiting, pushing = wait(RecordedStreams(lines, 20), ("depth+queue", "touch+share=0.5"))
    assert waiting.is_clean()
    assert waiting.fills > 40
    assert (waiting.wrong, pushing.wrong > 20) == (0, True)


def test_raw_streams_play_to_their_end() -> None:
    ticks = all_ticks("BTC_USDT-l2-20240808.gz", ReplayOptions(speed=100))
    assert [tick.position for tick in ticks] == list(range(1, 41_247))
    assert all(before.quote.timestamp <= after.quote.timestamp for before, after in pairwise(ticks))
    assert all(tick.quote.bid < tick.quote.ask for tick in ticks)
    assert sum(tick.book is not None for tick in ticks) > 41_000
