"""Faults on purpose on the way into the tick log: of every source that a feeder of ours brings."""

from __future__ import annotations

import logging
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from mockexchange.clock import ManualClock
from mockexchange.domain.chaos import ChaosPlan
from mockexchange.domain.quotes import Quote, Tick
from mockexchange.feed.feeding import Feeder
from mockexchange.feed.replay import ReplayOptions, ReplaySource
from mockexchange.ports import PriceSource
from mockexchange.store.memory_market import MemoryMarketData

from .test_feeding import NOW, T, synthetic

D = Decimal
BTC = "BTC/USDT"


def replayed(directory: Path) -> PriceSource:
    """Twenty quotes, a second apart."""
    path = directory / "BTC_USDT.csv"
    rows = [f"{T + step * 1_000},{10 + step},{11 + step}\n" for step in range(20)]
    path.write_text("time,bid,ask\n" + "".join(rows))
    return ReplaySource(path, BTC, ReplayOptions())


class Fed:
    """Market data that is fed second by second, with a plan in hand."""

    def __init__(self, source: PriceSource) -> None:
        self.market_data = MemoryMarketData()
        self.clock = ManualClock(NOW)
        self.plan: ChaosPlan | None = None
        self.feeder = Feeder(self.market_data, source, self.clock, chaos=lambda: self.plan)

    def run(self, seconds: int, plan: ChaosPlan | None = None) -> int:
        """How many quotes were withheld in so many seconds."""
        self.plan = plan
        withheld = 0
        for _ in range(seconds):
            self.clock.time += 1000
            withheld += self.feeder.tick().withheld
        return withheld

    @property
    def ticks(self) -> list[Tick]:
        return self.market_data.ticks(BTC, 0, 10_000)


def prices(quote: Quote) -> tuple[Decimal | None, ...]:
    return quote.bid, quote.ask, quote.last, quote.bid_size, quote.ask_size


Make = Callable[[Path], PriceSource]


def invented(directory: Path) -> PriceSource:
    """Two markets that need no file."""
    return synthetic()


SOURCES = pytest.mark.parametrize("make", [invented, replayed])


@SOURCES
def test_frozen_prices_stand_still_and_look_alive(make: Make, tmp_path: Path) -> None:
    fed = Fed(make(tmp_path))
    fed.run(3)
    before = fed.ticks[-1]
    fed.run(5, ChaosPlan(frozen=True))
    frozen = fed.ticks[before.number :]
    fed.run(3)
    after = fed.ticks[frozen[-1].number :]

    assert len(frozen) >= 4
    assert {prices(tick.quote) for tick in frozen} == {prices(before.quote)}
    assert all(tick.trades == () for tick in frozen)
    times = [tick.quote.timestamp for tick in (before, *frozen, *after)]
    assert times == sorted(set(times))
    assert {prices(tick.quote) for tick in after} != {prices(before.quote)}


@SOURCES
def test_old_quotes_are_of_some_time_ago(make: Make, tmp_path: Path) -> None:
    fed, healthy = Fed(make(tmp_path)), Fed(make(tmp_path))
    fed.run(6, ChaosPlan(stale=90_000))
    healthy.run(6)

    assert [prices(tick.quote) for tick in fed.ticks] == [prices(tick.quote) for tick in healthy.ticks]
    assert [tick.logged_at for tick in fed.ticks] == [tick.logged_at for tick in healthy.ticks]
    assert [tick.quote.timestamp + 90_000 for tick in fed.ticks] == [tick.quote.timestamp for tick in healthy.ticks]
    assert all(tick.was_stale(60_000) for tick in fed.ticks)


@SOURCES
def test_in_a_gap_quotes_are_gone_for_good_and_it_goes_on(make: Make, tmp_path: Path) -> None:
    fed, healthy = Fed(make(tmp_path)), Fed(make(tmp_path))
    fed.run(3)
    before = len(fed.ticks)
    withheld = fed.run(5, ChaosPlan(gap=D(1)))
    assert len(fed.ticks) == before
    fed.run(3)
    healthy.run(11)

    assert withheld >= 5
    left = [(tick.quote, tick.logged_at) for tick in fed.ticks]
    everything = [(tick.quote, tick.logged_at) for tick in healthy.ticks]
    assert left == everything[:before] + everything[-(len(left) - before) :]
    assert fed.market_data.feed_state() == healthy.market_data.feed_state()
    assert fed.market_data.market_time() == healthy.market_data.market_time()


def test_a_share_of_quotes_is_missing_the_same_ones_again(tmp_path: Path) -> None:
    plan = ChaosPlan(seed=3, gap=D("0.4"))
    one, two = Fed(synthetic()), Fed(synthetic())
    withheld = [one.run(100, plan), two.run(100, plan)]

    assert withheld[0] == withheld[1]
    assert 50 < withheld[0] < 110
    assert one.ticks == two.ticks


def test_two_feeders_at_once_log_each_quote_once_all_the_same() -> None:
    market_data, clock = MemoryMarketData(), ManualClock(NOW)
    plan = ChaosPlan(seed=3, gap=D("0.4"))
    feeders = [Feeder(market_data, synthetic(), clock, chaos=lambda: plan) for _ in range(2)]
    alone = Fed(synthetic())
    alone.run(40, plan)
    for _ in range(40):
        clock.time += 1000
        for feeder in feeders:
            feeder.tick()

    assert [tick.quote for tick in market_data.ticks(BTC, 0, 1000)] == [tick.quote for tick in alone.ticks]


def test_it_ends_by_itself_and_is_told_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    fed = Fed(synthetic())
    with caplog.at_level(logging.WARNING):
        fed.run(6, ChaosPlan(gap=D(1), until=NOW + 4000))

    assert len(fed.ticks) == 3
    assert caplog.messages == ["CHAOS is on: 100 % of quotes missing", "CHAOS is off"]


def test_faults_of_requests_are_not_the_feeds(caplog: pytest.LogCaptureFixture) -> None:
    fed = Fed(synthetic())
    assert fed.run(3, ChaosPlan(latency=100)) == 0
    assert caplog.messages == []
