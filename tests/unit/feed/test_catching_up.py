"""What was missed comes from the source's candles, before the next live quote: once, in order, whoever dies where."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

import pytest

from mockexchange.clock import ManualClock
from mockexchange.domain.candle_building import CandleRecord, count_ticks
from mockexchange.domain.candles import MINUTE, Candle
from mockexchange.domain.errors import BadSymbol, ExchangeNotAvailable
from mockexchange.domain.instruments import Instrument, default_instrument
from mockexchange.domain.quotes import PublicTrade, Quote, Tick
from mockexchange.feed.catching_up import PATIENCE, PAUSE, CatchUp, Terms, candle_ticks
from mockexchange.feed.feeding import Feeder, FeedReport
from mockexchange.feed.synthetic import SyntheticSource
from mockexchange.ports import FeedBatch, FeedState, FeedTick
from mockexchange.store.memory_market import MemoryMarketData

from .test_feeding import KilledError, MortalMarketData

START = 1_700_000_040_000
"""A full minute."""

BTC, ETH = "BTC/USDT", "ETH/USDT"


class Source:
    """Quotes of now, and a candle for every minute: it opens at 100, falls to its low, rises to its high, closes at
    101. Lows by minute are in hand, so are minutes without a candle."""

    name = "ccxt:binance"

    def __init__(self, *symbols: str) -> None:
        self.symbols = symbols or (BTC,)
        self.lows: dict[int, int] = {}
        self.none: set[int] = set()
        self.failure: Exception | None = None
        self.outage: str | None = None
        self.asked: list[tuple[str, int, int]] = []
        self.now = START

    def instruments(self) -> Sequence[Instrument]:
        return [default_instrument(symbol) for symbol in self.symbols]

    def start(self, now: int) -> FeedState:
        return FeedState(self.name, wall=now)

    def poll(self, state: FeedState, now: int) -> FeedBatch:
        if self.outage:
            return FeedBatch((), replace(state, failures=state.failures + 1), outage=self.outage)
        self.now = now
        quotes = [Quote(symbol, Decimal(99), Decimal(101), Decimal(100), now) for symbol in self.symbols]
        return FeedBatch([FeedTick(quote, now) for quote in quotes], FeedState(self.name, wall=now, position=now))

    def candles(self, symbol: str, timeframe: str, since: int, limit: int) -> Sequence[Candle]:
        assert timeframe == "1m"
        assert since % MINUTE == 0
        self.asked.append((symbol, since, limit))
        if self.failure:
            raise self.failure
        times = range(since, min(since + limit * MINUTE, self.now + 1), MINUTE)
        return [self.candle(time) for time in times if time not in self.none]

    def candle(self, time: int) -> Candle:
        low = self.lows.get(time, 95)
        return Candle(time, Decimal(100), Decimal(110), Decimal(low), Decimal(101), Decimal(5))


TERMS = Terms(behind=MINUTE, longest=48 * 60 * MINUTE)


def feeder(
    data: MemoryMarketData, source: Source | SyntheticSource, clock: ManualClock, terms: Terms = TERMS
) -> Feeder:
    """A new process."""
    return Feeder(data, source, clock, catch_up=CatchUp(data, source, source.name, clock, terms))


def log(data: MemoryMarketData, symbol: str = BTC) -> list[Tick]:
    return data.ticks(symbol, 0, 10**6)


def story(ticks: Sequence[Tick]) -> list[str]:
    """When each tick was, after START, and its price; those of candles in brackets."""
    return [
        f"[{each.quote.timestamp - START}: {each.quote.last}]"
        if each.is_of_candle
        else f"{each.quote.timestamp - START}: live"
        for each in ticks
    ]


def missed(minutes: int, **more: int) -> tuple[MemoryMarketData, Source, ManualClock]:
    """A market that was fed at START + 20 s, and then not for so many minutes."""
    data, source, clock = MemoryMarketData(), Source(), ManualClock(START + 20_000)
    feeder(data, source, clock).tick()
    clock.time += minutes * MINUTE
    return data, source, clock


def test_each_missed_candle_is_four_ticks_before_the_next_live_quote() -> None:
    """That of the minute of the last tick as well, and the open one as far as it goes."""
    data, source, clock = missed(2)
    report = feeder(data, source, clock).tick()
    assert story(log(data)) == [
        "20000: live",
        "[59996: 100]", "[59997: 95]", "[59998: 110]", "[59999: 101]",
        "[119996: 100]", "[119997: 95]", "[119998: 110]", "[119999: 101]",
        "[139996: 100]", "[139997: 95]", "[139998: 110]", "[139999: 101]",
        "140000: live",
    ]  # fmt: skip
    assert (report.caught_up, report.appended, report.not_newer, report.waiting) == (12, 1, 0, frozenset())
    assert report.newest == {BTC: 14}
    made = [tick for tick in log(data) if tick.is_of_candle]
    assert {(tick.source, tick.logged_at) for tick in made} == {("candles:ccxt:binance", clock.time)}
    assert {tick.began_at for tick in made} == {START, START + MINUTE, START + 2 * MINUTE}
    assert all(tick.quote.bid == tick.quote.ask == tick.quote.last for tick in made)
    assert not data.public_trades(BTC, 10)


def test_nothing_is_caught_up_while_prices_come() -> None:
    """A minute without any is not too long."""
    data, source, clock = MemoryMarketData(), Source(), ManualClock(START)
    running = feeder(data, source, clock)
    for _ in range(3):
        running.tick()
        clock.time += MINUTE
    assert not source.asked
    assert feeder(data, source, clock).tick().caught_up == 0


def test_a_feeder_that_runs_all_the_time_catches_up_after_an_outage_of_the_source() -> None:
    """It asks for nothing before the source answers again."""
    data, source, clock = MemoryMarketData(), Source(), ManualClock(START)
    running = feeder(data, source, clock)
    running.tick()
    source.outage = "it is down"
    for _ in range(10):
        clock.time += MINUTE
        assert running.tick().caught_up == 0
    assert not source.asked
    source.outage = None
    assert running.tick().caught_up == 40
    assert log(data)[-1].source == "ccxt:binance"


def test_a_candle_that_is_open_is_left_out_where_it_says_what_will_come() -> None:
    data, source, clock = missed(2)
    feeder(data, source, clock, replace(TERMS, to_the_end=False)).tick()
    assert story(log(data))[-2:] == ["[119999: 101]", "140000: live"]


def test_a_candle_that_has_hardly_begun_is_none() -> None:
    candle = Source().candle(START)
    assert candle_ticks(BTC, candle, START + 3, to_the_end=True) == []
    assert candle_ticks(BTC, candle, START - 1, to_the_end=True) == []
    assert [tick.position - START for tick in candle_ticks(BTC, candle, START + 4, to_the_end=True)] == [0, 1, 2, 3]
    closed = candle_ticks(BTC, candle, START + MINUTE, to_the_end=False)
    assert [tick.position - START for tick in closed] == [59996, 59997, 59998, 59999]


def test_a_candle_without_a_usable_price_is_left_out() -> None:
    broken = replace(Source().candle(START), low=Decimal(0))
    assert candle_ticks(BTC, broken, START + MINUTE, to_the_end=True) == []


def test_a_long_time_comes_in_pages_and_live_quotes_wait() -> None:
    """So that a matcher finds every tick in the log."""
    data, source, clock = missed(300)
    running = feeder(data, source, clock, replace(TERMS, page=100))
    reports: list[FeedReport] = []
    for _ in range(4):
        reports.append(running.tick())
        clock.time += 2_000
    assert [report.caught_up for report in reports] == [400, 400, 400, 4]
    assert [report.appended for report in reports] == [0, 0, 0, 1]
    assert [bool(report.waiting) for report in reports] == [True, True, True, False]
    assert {limit for _, _, limit in source.asked} == {100}
    made = [tick for tick in log(data) if tick.is_of_candle]
    assert [tick.quote.timestamp for tick in made] == sorted({tick.quote.timestamp for tick in made})
    assert {tick.began_at for tick in made} == {START + minute * MINUTE for minute in range(301)}


def test_markets_that_did_not_miss_anything_go_on_meanwhile() -> None:
    data, source, clock = missed(300)
    source.symbols = (BTC, ETH)
    running = feeder(data, source, clock, replace(TERMS, page=100))
    assert running.tick().waiting == {BTC}
    assert story(log(data, ETH)) == [f"{clock.time - START}: live"]


def test_every_market_gets_its_turn() -> None:
    """Though a run may have no time for a second question."""
    data, source, clock = MemoryMarketData(), Source(BTC, ETH), ManualClock(START)
    feeder(data, source, clock).tick()
    clock.time += 300 * MINUTE
    running = feeder(data, source, clock, replace(TERMS, page=100, time_per_run=-1))
    for _ in range(4):
        assert running.tick().waiting == {BTC, ETH}
    assert [symbol for symbol, _, _ in source.asked] == [BTC, ETH, BTC, ETH]
    assert all(tick.is_of_candle for symbol in (BTC, ETH) for tick in log(data, symbol)[1:])


@pytest.mark.parametrize("after_writing", [False, True])
@pytest.mark.parametrize("page", [2, 500])
def test_a_feeder_killed_at_any_write_misses_and_repeats_nothing(page: int, after_writing: bool) -> None:
    """The next one goes on after the newest tick in the log."""
    terms = replace(TERMS, page=page, to_the_end=False)
    for write in range(1, 40):
        data, source, clock = MortalMarketData(), Source(), ManualClock(START + 20_000)
        feeder(data, source, clock).tick()
        clock.time += 7 * MINUTE
        data.dies_after_writing, data.writes_left = after_writing, write
        running = feeder(data, source, clock, terms)
        with suppress(KilledError):
            while data.writes_left > 0:
                running.tick()
        data.writes_left = 10**9
        running = feeder(data, source, clock, terms)
        while running.tick().waiting:
            clock.time += 2_000
        made = [tick for tick in log(data) if tick.is_of_candle]
        assert [(tick.began_at, tick.quote.last) for tick in made] == [
            (START + minute * MINUTE, price) for minute in range(7) for price in (100, 95, 110, 101)
        ]
        numbers = [tick.number for tick in log(data)]
        assert numbers == list(range(1, len(numbers) + 1))


def test_a_feeder_killed_in_the_last_candle_completes_it_however_new_its_tick_is() -> None:
    data, source, clock = MortalMarketData(), Source(), ManualClock(START + 20_000)
    feeder(data, source, clock).tick()
    clock.time = START + 5 * MINUTE + 1_000
    data.writes_left = 1 + 19  # in the middle of the fifth minute's candle
    with pytest.raises(KilledError):
        feeder(data, source, clock).tick()
    assert story(log(data))[-1] == "[299997: 95]"
    data.writes_left = 10**9
    clock.time += 2_000
    feeder(data, source, clock).tick()
    assert story(log(data))[-7:-4] == ["[299998: 110]", "[299999: 101]", "[302996: 100]"]
    assert story(log(data))[-1] == "303000: live"


def test_two_feeders_at_once_log_each_candle_once() -> None:
    """Both read the log before either wrote to it."""
    data, source, clock = missed(5)
    first, second = (CatchUp(data, source, source.name, clock, TERMS) for _ in range(2))
    for each in (first, second):
        each.logged(BTC, START + 20_000, 1)  # what both have read
    one, other = (Feeder(data, source, clock, catch_up=each) for each in (first, second))
    one.tick()
    before = story(log(data))
    late = other.tick()
    assert (late.caught_up, late.appended) == (0, 0)
    assert story(log(data)) == before
    clock.time += 2_000
    assert other.tick().appended == 1


def test_what_is_too_long_ago_is_left_out_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    data, source, clock = missed(300)
    feeder(data, source, clock, replace(TERMS, longest=10 * MINUTE)).tick()
    made = [tick for tick in log(data) if tick.is_of_candle]
    # The 10 minutes begin in a minute of which nobody knows what was after that: the next one is the first.
    assert made[0].began_at == START + 291 * MINUTE
    assert [record.getMessage() for record in caplog.records] == [
        "BTC/USDT: 5 h 0 min without prices; what was missed is taken from candles of ccxt:binance",
        "BTC/USDT: of that only the last 10 min (CATCH_UP_HOURS): orders are not judged by what was before",
        "BTC/USDT: caught up, with 10 candles for 300 minutes",
    ]


def test_none_is_brought_where_none_is_wanted() -> None:
    data, source, clock = missed(300)
    assert feeder(data, source, clock, replace(TERMS, longest=0)).tick().caught_up == 0
    assert not source.asked


def test_minutes_without_a_candle_are_passed_over() -> None:
    """A market that stood still, in some minutes or in whole pages of them."""
    data, source, clock = missed(300)
    source.none = {START + minute * MINUTE for minute in (1, 2, *range(50, 250))}
    running = feeder(data, source, clock, replace(TERMS, page=50))
    while running.tick().waiting:
        pass
    made = {tick.began_at for tick in log(data) if tick.is_of_candle}
    assert made == {START + minute * MINUTE for minute in range(301)} - source.none


def test_a_source_that_fails_is_left_alone_for_a_while(caplog: pytest.LogCaptureFixture) -> None:
    """The market stays closed meanwhile, and its candles come when it answers again."""
    data, source, clock = missed(10)
    source.failure = ExchangeNotAvailable("out of order")
    running = feeder(data, source, clock)
    assert running.tick().waiting == {BTC}
    clock.time += PAUSE - 1
    assert running.tick().waiting == {BTC}
    assert len(source.asked) == 1
    source.failure = None
    clock.time += 1
    report = running.tick()
    assert (report.caught_up, report.appended) == (44, 1)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_a_source_that_fails_for_long_opens_the_market_with_an_error_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    data, source, clock = missed(10)
    source.failure = ExchangeNotAvailable("out of order")
    running = feeder(data, source, clock)
    began = clock.time
    while running.tick().waiting:
        clock.time += 2_000
    assert PATIENCE <= clock.time - began <= PATIENCE + PAUSE
    assert story(log(data)) == ["20000: live", f"{clock.time - START}: live"]
    [error] = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert error == "BTC/USDT: no candles can be had (out of order): orders are not judged by what was missed"
    clock.time += 2_000
    assert running.tick().appended == 1


def test_a_market_that_the_source_has_no_candles_of_opens_at_once(caplog: pytest.LogCaptureFixture) -> None:
    data, source, clock = missed(10)
    source.failure = BadSymbol("no candles of that")
    assert feeder(data, source, clock).tick().appended == 1
    assert "no candles can be had (no candles of that)" in caplog.text


def test_charts_do_not_count_a_candle_twice() -> None:
    """Its candle is the source's own."""
    trade = PublicTrade(1, Decimal(100), Decimal(2), START, buyer_is_maker=False)
    quote = Quote(BTC, Decimal(99), Decimal(101), Decimal(100), START)
    live = Tick(1, quote, "ccxt:binance", START, (trade,))
    made = [
        Tick(number, tick.quote, "candles:ccxt:binance", START + 10 * MINUTE)
        for number, tick in enumerate(candle_ticks(BTC, Source().candle(START), START + MINUTE, to_the_end=True), 2)
    ]
    counted = count_ticks(CandleRecord(), [live, *made])
    assert (counted.record.tick, counted.record.lost) == (5, 0)
    assert counted.record.open == Candle(START, Decimal(100), Decimal(100), Decimal(100), Decimal(100), Decimal(2))


def test_an_invented_market_is_caught_up_to_its_own_ticks() -> None:
    """Its candles up to the present minute, whose ticks it gives itself: the same as if a feeder had run."""
    clock, data = ManualClock(START + 20_000), MemoryMarketData()
    source = SyntheticSource(7, (BTC,), 2_000)
    terms = replace(TERMS, to_the_end=False)
    feeder(data, source, clock, terms).tick()
    clock.time += 100 * MINUTE + 7_000
    while feeder(data, source, clock, terms).tick().waiting:
        pass
    made = [tick for tick in log(data) if tick.is_of_candle]
    assert {tick.began_at for tick in made} == {START + minute * MINUTE for minute in range(100)}
    live = [tick for tick in log(data) if not tick.is_of_candle][1:]
    assert [tick.quote.timestamp - START - 100 * MINUTE for tick in live] == list(range(0, 28_000, 2_000))
    assert not any(tick.was_stale(60_000) for tick in live)
    lows = {tick.quote.last for tick in made}
    assert len(lows) > 100
