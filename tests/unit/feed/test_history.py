"""Candles of a real exchange's wire, through the real ccxt class, into a file that survives being killed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from mockexchange.domain.errors import BadRequest, BadSymbol, ExchangeNotAvailable
from mockexchange.feed import history
from mockexchange.feed.candle_file import CandleFile
from mockexchange.feed.history import HistorySource, Wanted, fetch
from mockexchange.feed.replay import ReplayOptions, ReplaySource

from .klines import FIRST, MINUTE, Klines, running_klines

BTC = Wanted("binance", "BTC/USDT", "1m", FIRST, FIRST + 2500 * MINUTE)
LATER = FIRST + 10_000 * MINUTE


@pytest.fixture
def klines() -> Iterator[Klines]:
    with running_klines() as server:
        yield server


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def source(klines: Klines, waits: list[float]) -> Iterator[HistorySource]:
    made = HistorySource("binance", klines.config(), waits.append)
    yield made
    made.close()


def fetched(source: HistorySource, path: Path, wanted: Wanted = BTC, now: int = LATER) -> list[tuple[int, int]]:
    """Fetch into the file; what was told on the way."""
    told: list[tuple[int, int]] = []
    fetch(source, wanted, CandleFile(path, wanted.about()), now, lambda until, count: told.append((until, count)))
    return told


def test_pages_become_one_file_that_a_replay_reads(source: HistorySource, klines: Klines, tmp_path: Path) -> None:
    path = tmp_path / "BTC_USDT-1m.parquet"

    told = fetched(source, path)

    assert told[-1] == (FIRST + 2500 * MINUTE, 2500)
    assert klines.asked == [FIRST + page * 1000 * MINUTE for page in range(3)]
    assert list(tmp_path.iterdir()) == [path]
    replay = ReplaySource(path, "BTC/USDT", ReplayOptions(speed=1e9, most_ticks=10))
    batch = replay.poll(replay.start(0), 1_000)
    assert list(batch.rejected) == []
    assert [tick.quote.last for tick in batch.ticks[:4]] == [
        Decimal(each) for each in "60000.1 59999 60001.5 60000.2".split()
    ]
    assert batch.ticks[0].quote.timestamp == FIRST


def test_a_fetch_that_was_killed_goes_on_where_its_parts_end(
    source: HistorySource, klines: Klines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "c.parquet"
    killed = CandleFile(path, BTC.about())
    killed.add([[FIRST + number * MINUTE, 1, 1, 1, 1, 1] for number in range(700)])
    killed.add([[FIRST + number * MINUTE, 1, 1, 1, 1, 1] for number in range(700, 1200)])
    (tmp_path / "c.parquet.parts" / "x.parquet.unfinished").write_bytes(b"half a part")

    fetched(source, path)

    assert klines.asked[0] == FIRST + 1200 * MINUTE
    whole = CandleFile(path, BTC.about())
    assert (whole.count, whole.first, whole.last) == (2500, FIRST, FIRST + 2499 * MINUTE)
    assert list(tmp_path.iterdir()) == [path]


def test_a_join_that_was_killed_before_its_parts_were_removed_counts_nothing_twice(tmp_path: Path) -> None:
    path = tmp_path / "c.parquet"
    file = CandleFile(path, BTC.about())
    file.add([[FIRST, 1, 1, 1, 1, 1]])
    part = next((tmp_path / "c.parquet.parts").iterdir())
    kept = part.read_bytes()
    file.join()
    part.parent.mkdir()
    part.write_bytes(kept)

    again = CandleFile(path, BTC.about())
    again.add([[FIRST, 2, 2, 2, 2, 2], [FIRST + MINUTE, 1, 1, 1, 1, 1]])
    again.join()

    assert CandleFile(path, BTC.about()).count == 2


def test_the_same_again_asks_nothing_and_a_later_end_asks_the_rest(
    source: HistorySource, klines: Klines, tmp_path: Path
) -> None:
    path = tmp_path / "c.parquet"
    fetched(source, path)
    klines.asked.clear()

    fetched(source, path)
    assert klines.asked == []

    longer = Wanted("binance", "BTC/USDT", "1m", FIRST, FIRST + 2600 * MINUTE)
    fetched(source, path, longer)
    assert klines.asked == [FIRST + 2500 * MINUTE]
    assert CandleFile(path, BTC.about()).count == 2600


def test_a_candle_that_is_not_over_is_left_out(source: HistorySource, tmp_path: Path) -> None:
    path = tmp_path / "c.parquet"

    fetched(source, path, now=FIRST + 10 * MINUTE + 59_999)

    assert CandleFile(path, BTC.about()).last == FIRST + 9 * MINUTE


def test_minutes_without_a_candle_are_passed_over(source: HistorySource, klines: Klines, tmp_path: Path) -> None:
    klines.gap = {FIRST + number * MINUTE for number in range(900, 1700)}

    fetched(source, tmp_path / "c.parquet")

    assert CandleFile(tmp_path / "c.parquet", BTC.about()).count == 1700


def test_it_ends_where_the_exchange_s_candles_end(source: HistorySource, klines: Klines, tmp_path: Path) -> None:
    klines.until = FIRST + 1500 * MINUTE

    fetched(source, tmp_path / "c.parquet")

    assert CandleFile(tmp_path / "c.parquet", BTC.about()).count == 1500


def test_a_page_that_fails_is_asked_for_again(
    source: HistorySource, klines: Klines, waits: list[float], tmp_path: Path
) -> None:
    klines.failures = [503, 0, 200, 429]

    fetched(source, tmp_path / "c.parquet")

    assert CandleFile(tmp_path / "c.parquet", BTC.about()).count == 2500
    assert waits == [1.0, 4.0, 1.0]


def test_what_was_fetched_before_the_exchange_went_away_is_kept(
    source: HistorySource, klines: Klines, tmp_path: Path
) -> None:
    klines.failures = [200, *[503] * (len(history.WAITS) + 1)]

    with pytest.raises(ExchangeNotAvailable, match="binance could not be reached.*4 attempts"):
        fetched(source, tmp_path / "c.parquet")

    assert CandleFile(tmp_path / "c.parquet", BTC.about()).count == 1000


def test_a_market_that_the_exchange_does_not_have_is_named(source: HistorySource, tmp_path: Path) -> None:
    wanted = Wanted("binance", "NO/SUCH", "1m", FIRST, LATER)

    with pytest.raises(BadSymbol, match="binance has no market NO/SUCH"):
        fetched(source, tmp_path / "c.parquet", wanted)


def test_a_length_that_the_exchange_does_not_have_is_named(source: HistorySource, tmp_path: Path) -> None:
    wanted = Wanted("binance", "BTC/USDT", "7m", FIRST, LATER)

    with pytest.raises(BadRequest, match="binance has no candles of '7m'; it has: 1s, 1m"):
        fetched(source, tmp_path / "c.parquet", wanted)


def test_a_file_of_another_market_is_left_alone(source: HistorySource, tmp_path: Path) -> None:
    path = tmp_path / "c.parquet"
    fetched(source, path)

    with pytest.raises(BadRequest, match="holds BTC/USDT 1m binance, not ETH/USDT 1m binance"):
        CandleFile(path, {"exchange": "binance", "symbol": "ETH/USDT", "timeframe": "1m"})


def test_a_file_is_not_filled_backwards(source: HistorySource, tmp_path: Path) -> None:
    path = tmp_path / "c.parquet"
    fetched(source, path, Wanted("binance", "BTC/USDT", "1m", FIRST + 100 * MINUTE, FIRST + 200 * MINUTE))

    with pytest.raises(BadRequest, match="begins later than --since"):
        fetched(source, path)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "c.parquet"
    path.write_bytes(b"no candles")

    with pytest.raises(BadRequest, match="c.parquet cannot be read"):
        CandleFile(path, BTC.about())


def test_an_exchange_that_nobody_knows_is_named() -> None:
    with pytest.raises(BadRequest, match="ccxt knows no exchange 'nosuch'"):
        HistorySource("nosuch", "{}")
