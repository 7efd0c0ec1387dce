"""The feeder's step: safe to run twice, at once, and to kill anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from mockexchange.clock import ManualClock
from mockexchange.domain.errors import BadRequest
from mockexchange.domain.instruments import Instrument
from mockexchange.domain.quotes import Tick
from mockexchange.feed.feeding import Feeder
from mockexchange.feed.manual import ExternalSource
from mockexchange.feed.replay import ReplayOptions, ReplaySource
from mockexchange.feed.synthetic import SyntheticSource
from mockexchange.ports import FeedState, FeedTick, PriceSource
from mockexchange.store.memory_market import MemoryMarketData

NOW = 1_700_000_000_500
SYMBOLS = ("BTC/USDT", "ETH/USDT")
T = 1_640_995_200_000


class KilledError(Exception):
    """The process died here."""


class MortalMarketData(MemoryMarketData):
    """Dies at the nth write, before or after it was done."""

    def __init__(self) -> None:
        super().__init__()
        self.writes_left = 10**9
        self.dies_after_writing = False

    def _write(self) -> None:
        self.writes_left -= 1
        if self.writes_left == 0:
            raise KilledError

    def append(
        self,
        tick: FeedTick,
        source: str,
        logged_at: int,
        *,
        serves: bool,
        floor: int = 0,
        after: int | None = None,
    ) -> int | None:
        """See ports.MarketData.append."""
        if not self.dies_after_writing:
            self._write()
        number = super().append(tick, source, logged_at, serves=serves, floor=floor, after=after)
        if self.dies_after_writing:
            self._write()
        return number

    def put_instruments(self, instruments: Iterable[Instrument], *, replace: bool) -> None:
        """See ports.MarketData.put_instruments."""
        self._write()
        super().put_instruments(instruments, replace=replace)

    def set_market_time(self, now: int) -> None:
        """See ports.MarketData.set_market_time."""
        self._write()
        super().set_market_time(now)

    def put_feed_state(self, state: FeedState) -> None:
        """See ports.MarketData.put_feed_state."""
        self._write()
        super().put_feed_state(state)


def synthetic() -> PriceSource:
    """Two invented markets, a tick each second."""
    return SyntheticSource(7, SYMBOLS, 1_000)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Ten quotes, a second apart."""
    path = tmp_path / "BTC_USDT.csv"
    path.write_text("time,bid,ask\n" + "".join(f"{T + step * 1_000},{10 + step},{11 + step}\n" for step in range(10)))
    return path


def logged(data: MemoryMarketData, symbol: str = "BTC/USDT") -> list[Tick]:
    """The whole tick log."""
    return data.ticks(symbol, 0, 10**6)


def times(ticks: Sequence[Tick]) -> list[int]:
    """When their quotes were."""
    return [tick.quote.timestamp for tick in ticks]


def test_a_step_logs_what_is_new_and_remembers_where_it_stands() -> None:
    """With markets, books and trades."""
    data, clock = MemoryMarketData(), ManualClock(NOW)
    feeder = Feeder(data, synthetic(), clock)
    first = feeder.tick()
    clock.time += 2_000
    second = feeder.tick()
    assert (first.appended, second.appended, second.not_newer, second.finished) == (2, 4, 0, False)
    assert second.newest == {"BTC/USDT": 3, "ETH/USDT": 3}
    assert [instrument.symbol for instrument in data.instruments()] == list(SYMBOLS)
    assert times(logged(data)) == [NOW - 500, NOW + 500, NOW + 1_500]
    assert {tick.source for tick in logged(data)} == {"synthetic:7"}
    assert data.book("BTC/USDT")
    assert data.public_trades("BTC/USDT", 10)
    assert data.feed_state() == FeedState("synthetic:7", wall=clock.time, position=NOW + 1_500)
    assert data.market_time() is None


def test_invented_quotes_are_logged_at_wall_time_so_that_late_ones_are_stale() -> None:
    """Of two minutes the last sixty ticks are made up for, and of those only the fresh ones may meet an order."""
    data, clock = MemoryMarketData(), ManualClock(NOW)
    feeder = Feeder(data, synthetic(), clock, stale_after=30_000)
    feeder.tick()
    clock.time += 120_000
    report = feeder.tick()
    assert (report.appended, report.stale) == (120, 60)
    assert {tick.logged_at for tick in logged(data)[1:]} == {clock.time}
    assert sum(tick.was_stale(30_000) for tick in logged(data)) == 30


def test_a_replay_drives_the_venues_clock(recording: Path) -> None:
    """Its quotes are logged at their own time: they were never stale."""
    data, clock = MemoryMarketData(), ManualClock(NOW)
    feeder = Feeder(data, ReplaySource(recording, "BTC/USDT", ReplayOptions(speed=3, interval=1_000)), clock)
    feeder.tick()
    clock.time += 1_000
    report = feeder.tick()
    assert (report.appended, report.market_time, data.market_time()) == (3, T + 3_000, T + 3_000)
    assert all(tick.logged_at == tick.quote.timestamp for tick in logged(data))
    clock.time += 4_000
    assert feeder.tick().finished


def test_two_feeders_at_once_log_each_tick_once() -> None:
    """Both read the state before either wrote it."""
    data, clock = MemoryMarketData(), ManualClock(NOW)
    one, other = Feeder(data, synthetic(), clock), Feeder(data, synthetic(), clock)
    one.tick()
    before = data.feed_state()
    clock.time += 3_000
    one.tick()
    assert before
    data.put_feed_state(before)  # what the other had read
    late = other.tick()
    assert (late.appended, late.not_newer, late.newest) == (0, 6, {})
    assert times(logged(data)) == [NOW - 500 + step * 1_000 for step in range(4)]


@pytest.mark.parametrize("after_writing", [False, True])
@pytest.mark.parametrize("write", range(1, 9))
def test_a_feeder_killed_at_any_write_loses_and_repeats_nothing(
    write: int, after_writing: bool, recording: Path
) -> None:
    """A new one goes on from what was remembered."""
    for source in (synthetic, lambda: ReplaySource(recording, "BTC/USDT", ReplayOptions(interval=1_000))):
        data, clock = MortalMarketData(), ManualClock(NOW)
        data.dies_after_writing = after_writing
        data.writes_left = write
        deaths = 0
        for _ in range(5):
            feeder = Feeder(data, source(), clock)
            try:
                feeder.tick()
            except KilledError:
                deaths += 1
            clock.time += 1_000
        assert deaths == 1
        data.writes_left = 10**9
        Feeder(data, source(), clock).tick()
        ticks = times(logged(data))
        assert ticks == list(range(ticks[0], ticks[0] + len(ticks) * 1_000, 1_000))
        assert len(ticks) >= 5
        assert data.instruments()


def test_another_source_over_the_same_data_is_refused() -> None:
    """With what to do; nothing is written."""
    data, clock = MemoryMarketData(), ManualClock(NOW)
    Feeder(data, synthetic(), clock).tick()
    state = data.feed_state()
    clock.time += 10_000
    with pytest.raises(BadRequest, match=r"synthetic:7.*external.*needs a reset.*--data-dir"):
        Feeder(data, ExternalSource(), clock).tick()
    assert (data.feed_state(), len(logged(data))) == (state, 1)


def test_a_source_without_quotes_is_remembered_too() -> None:
    """Otherwise another could follow it without a word."""
    data = MemoryMarketData()
    report = Feeder(data, ExternalSource(), ManualClock(NOW)).tick()
    assert (report.appended, data.feed_state()) == (0, FeedState("external", wall=NOW))


def test_markets_on_record_stay_as_they_are() -> None:
    """Orders in flight were checked against them."""
    data = MemoryMarketData()
    changed = replace(synthetic().instruments()[0], status="BREAK")
    data.put_instruments([changed], replace=True)
    Feeder(data, synthetic(), ManualClock(NOW)).tick()
    assert data.market("BTC/USDT").instrument == changed
    assert data.market("ETH/USDT").instrument


def test_markets_are_put_again_when_the_data_was_reset_under_a_running_feeder() -> None:
    """It notices that nothing is remembered."""
    clock = ManualClock(NOW)
    feeder = Feeder(MemoryMarketData(), synthetic(), clock)
    feeder.tick()
    emptied = MemoryMarketData()
    feeder._market_data = emptied  # pyright: ignore[reportPrivateUsage]  # the same store after a reset
    feeder.tick()
    assert emptied.instruments()


def test_dropped_rows_are_in_the_report(tmp_path: Path) -> None:
    """Where a metric counts them."""
    path = tmp_path / "BTC_USDT.csv"
    path.write_text(f"time,bid,ask\n{T},9,10\n{T},nan,10\n")
    report = Feeder(MemoryMarketData(), ReplaySource(path, "BTC/USDT", ReplayOptions()), ManualClock(NOW)).tick()
    assert report.rejected == ["BTC_USDT.csv, row 2: bid: NaN is not a finite number"]
