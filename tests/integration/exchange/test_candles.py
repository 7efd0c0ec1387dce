"""Candles on every store: each tick counted once, whoever counts, however often, and wherever they die."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any, cast

import pytest

from mockexchange import charts
from mockexchange.domain.candle_blocks import DAYS, HOURS, MINUTES, BlockName, block_of
from mockexchange.domain.candles import DAY, HOUR, LENGTHS, MINUTE, Candle, flat, opening
from mockexchange.domain.quotes import PublicTrade, Quote
from mockexchange.feed.backfill import Backfill
from mockexchange.feed.candling import TICKS_PER_PASS, CandleBuilder, CandleReport
from mockexchange.feed.synthetic import SyntheticSource
from mockexchange.ports import CandleChange, FeedTick, MarketData
from mockexchange.store import keys
from mockexchange.store.memory import MemoryStore

from .venue import BTC, START, D, Venue

BEGIN = opening(START, "1m")


def traded(venue: Venue, price: str, volume: str, time: int, *, logged_at: int | None = None) -> None:
    """A tick with one trade."""
    trade = PublicTrade(1, D(price), D(volume), time, buyer_is_maker=False)
    tick = FeedTick(Quote(BTC, D(price), D(price), D(price), time), 0, (trade,))
    venue.store.append(tick, "test", time if logged_at is None else logged_at, serves=False)


def build(venue: Venue, *symbols: str) -> CandleReport:
    return CandleBuilder(venue.store, venue.clock, symbols or [BTC]).run()


def shown(venue: Venue, timeframe: str = "1m", symbol: str = BTC, **more: Any) -> list[Candle]:
    asked: dict[str, Any] = {"since": None, "until": None, "limit": 1000, **more}
    return charts.candles(venue.store, symbol, timeframe, venue.clock.time, **asked)


def candle(time: int, prices: str, volume: str) -> Candle:
    opened, high, low, close = (D(price) for price in prices.split())
    return Candle(time, opened, high, low, close, D(volume))


@pytest.fixture
def market(empty_venue: Venue) -> Venue:
    """Four ticks in three minutes, the second of which had none."""
    for price, volume, time in (("10", "1", 1), ("12", "2", 30_000), ("9", "0.5", 59_999), ("11", "4", 2 * MINUTE)):
        traded(empty_venue, price, volume, BEGIN + time)
    empty_venue.clock.time = BEGIN + 2 * MINUTE + 1
    return empty_venue


THREE = [candle(BEGIN, "10 12 9 9", "3.5"), flat(BEGIN + MINUTE, D(9)), candle(BEGIN + 2 * MINUTE, "11 11 11 11", "4")]


def test_ticks_become_candles_and_gaps_are_flat(market: Venue) -> None:
    report = build(market)

    assert (report.ticks, report.lost, report.conflicts) == (4, 0, 0)
    assert shown(market) == THREE
    assert shown(market, "1h") == [candle(opening(BEGIN, "1h"), "10 12 9 11", "7.5")]
    assert shown(market, "1M") == [candle(opening(BEGIN, "1M"), "10 12 9 11", "7.5")]


def test_the_flat_minute_is_in_no_store(market: Venue) -> None:
    build(market)

    [read] = market.store.read_candles([(BTC, [block_of(MINUTES, BEGIN)])])
    assert read.blocks == {block_of(MINUTES, BEGIN): (THREE[0],)}
    assert read.record.open == THREE[2]


def test_counting_again_changes_nothing(market: Venue) -> None:
    build(market)
    before = market.store.read_candles([(BTC, ())])

    report = build(market)

    assert (report.ticks, report.conflicts) == (0, 0)
    assert market.store.read_candles([(BTC, ())]) == before


class Interrupted:
    """The market data, with something that happens once, just before a change is made."""

    def __init__(self, store: Any, happens: Callable[[], object]) -> None:
        self._store = store
        self._happens: Callable[[], object] | None = happens

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def change_candles(self, changes: Sequence[CandleChange]) -> list[bool]:
        happens, self._happens = self._happens, None
        if happens:
            happens()
        return self._store.change_candles(changes)


def interrupted(venue: Venue, happens: Callable[[], object]) -> CandleBuilder:
    return CandleBuilder(cast("MarketData", Interrupted(venue.store, happens)), venue.clock, [BTC])


def test_of_two_at_once_one_counts(market: Venue) -> None:
    slow = interrupted(market, lambda: build(market)).run()

    assert (slow.ticks, slow.conflicts) == (0, 1)
    assert shown(market) == THREE


def test_one_that_was_overtaken_counts_the_rest_next_time(market: Venue) -> None:
    def overtake() -> None:
        build(market)
        traded(market, "20", "1", BEGIN + 2 * MINUTE + 1)

    builder = interrupted(market, overtake)
    builder.run()

    assert builder.run().ticks == 1
    assert shown(market) == [*THREE[:2], candle(BEGIN + 2 * MINUTE, "11 20 11 20", "5")]


def test_of_two_at_once_one_counts_what_is_new_since_then(market: Venue) -> None:
    build(market)
    traded(market, "20", "1", BEGIN + 2 * MINUTE + 1)

    slow = interrupted(market, lambda: build(market)).run()

    assert (slow.ticks, slow.conflicts) == (0, 1)
    assert shown(market)[-1] == candle(BEGIN + 2 * MINUTE, "11 20 11 20", "5")


class Death(Exception):
    """The process is killed here."""


def test_one_that_dies_has_counted_nothing_or_everything(market: Venue) -> None:
    def die() -> None:
        raise Death

    with pytest.raises(Death):
        interrupted(market, die).run()
    assert shown(market) == []

    build(market)
    assert shown(market) == THREE


def test_a_change_whose_answer_was_lost_is_not_made_twice(market: Venue) -> None:
    change = CandleChange(BTC, market.store.read_candles([(BTC, ())])[0].record, _record(market))

    assert market.store.change_candles([change, change]) == [True, False]


def _record(venue: Venue) -> Any:
    build(venue)
    record = venue.store.read_candles([(BTC, ())])[0].record
    _forget(venue)
    return record


def _forget(venue: Venue) -> None:
    """Candles are gone, as when their server lost its data."""
    if isinstance(venue.store, MemoryStore):
        venue.store._candles.clear()  # pyright: ignore[reportPrivateUsage]  # the loss of a server's data
        return
    for timeframe in ("", "1m", "1h", "1d"):
        venue.connection.run("DEL", keys.candles_of(BTC, timeframe))


def test_more_ticks_than_one_page_are_counted_in_one_run(empty_venue: Venue) -> None:
    for number in range(TICKS_PER_PASS + 5):
        traded(empty_venue, "10", "1", BEGIN + number * 40)

    assert build(empty_venue).ticks == TICKS_PER_PASS + 5
    assert sum(each.volume for each in shown(empty_venue)) == TICKS_PER_PASS + 5


def test_ticks_that_fell_off_the_log_are_reported(market: Venue) -> None:
    build(market)
    for _ in range(5):
        traded(market, "13", "1", BEGIN + 3 * MINUTE)
    market.trim_log(2)

    assert build(market).lost == 3
    assert shown(market)[-1].volume == 2


def test_a_log_that_begins_anew_is_counted_from_its_beginning(market: Venue) -> None:
    build(market)
    market.lose_market_data()
    traded(market, "13", "1", BEGIN + 3 * MINUTE)

    assert build(market).ticks == 1
    assert shown(market)[-1] == candle(BEGIN + 3 * MINUTE, "13 13 13 13", "1")


def test_prices_set_by_hand_and_foreign_ones_make_candles_without_volume(empty_venue: Venue) -> None:
    empty_venue.clock.time = BEGIN
    empty_venue.price("99", "101")
    empty_venue.hset("ETH/USDT", {"price": 3000, "timestamp": BEGIN / 1000 - 60})

    build(empty_venue, BTC, "ETH/USDT")

    assert shown(empty_venue) == [flat(BEGIN, D(99))]
    assert shown(empty_venue, symbol="ETH/USDT") == [flat(BEGIN - MINUTE, D(3000))]  # at its own time


def test_candles_older_than_they_are_kept_are_dropped(empty_venue: Venue) -> None:
    for days in (0, 1, 8, 95, 4 * 365):
        for minutes in (0, 1):
            traded(empty_venue, "10", "1", BEGIN + days * DAY + minutes * MINUTE)
        build(empty_venue)
    last = BEGIN + 4 * 365 * DAY
    names = {
        series: [block_of(series, BEGIN + days * DAY) for days in (0, 1, 8, 95, 4 * 365)]
        for series in (MINUTES, HOURS, DAYS)
    }

    [read] = empty_venue.store.read_candles([(BTC, [name for each in names.values() for name in each])])

    assert set(read.blocks) == {names[MINUTES][-1], names[HOURS][-1], names[DAYS][-1]}
    assert read.blocks[names[HOURS][-1]] == (candle(opening(last, "1h"), "10 10 10 10", "1"),)


def test_hours_outlive_their_minutes_and_days_their_hours(empty_venue: Venue) -> None:
    for days in (0, 8, 95):
        traded(empty_venue, "10", "1", BEGIN + days * DAY)
        build(empty_venue)
    traded(empty_venue, "10", "1", BEGIN + 95 * DAY + MINUTE)
    build(empty_venue)

    def there(*names: BlockName) -> list[bool]:
        [read] = empty_venue.store.read_candles([(BTC, names)])
        return [name in read.blocks for name in names]

    assert there(*(block_of(MINUTES, BEGIN + days * DAY) for days in (0, 8, 95))) == [False, False, True]
    assert there(*(block_of(HOURS, BEGIN + days * DAY) for days in (0, 8, 95))) == [False, True, True]
    assert there(*(block_of(DAYS, BEGIN + days * DAY) for days in (0, 8, 95))) == [True, True, True]


def test_nothing_new_takes_three_round_trips(market: Venue) -> None:
    build(market)
    calls: list[str] = []

    class Counted:
        def __getattr__(self, name: str) -> Any:
            calls.append(name)
            return getattr(market.store, name)

    CandleBuilder(cast("MarketData", Counted()), market.clock, [BTC]).run()

    assert calls == [
        "market_symbols",
        "read_candles",
        "markets",
        "ticks_after",  # of nothing, which sends nothing
    ]


def test_a_synthetic_history_joins_the_ticks_of_today(empty_venue: Venue) -> None:
    store, clock = empty_venue.store, empty_venue.clock
    clock.time = BEGIN + 30_500
    source = SyntheticSource(7, [BTC], 2_000)
    builder = CandleBuilder(store, clock, [BTC], Backfill(store, source, clock, widen=True))
    state = source.start(clock.time)
    for _ in range(100):
        batch = source.poll(state, clock.time)
        for tick in batch.ticks:
            store.append(tick, source.name, clock.time, serves=True)
        state = batch.state
        builder.run()
        clock.time += 2_000

    line = shown(empty_venue, limit=200)
    assert len(line) == 200
    assert all(before.time + MINUTE == after.time for before, after in pairwise(line))
    # the minute in which it started is whole, and those it saw hold all that was seen
    whole = {each.time: each for each in source.candles(BTC, "1m", BEGIN, 3)}
    for each in line[-4:-1]:
        theirs = whole[each.time]
        assert (each.open, each.close, each.volume) == (theirs.open, theirs.close, theirs.volume)
        assert each.low <= theirs.low <= theirs.high <= each.high
    day = charts.day_statistics(store, {BTC: line[-1].close}, clock.time)[BTC]
    assert day
    assert day.base_volume
    assert day.low <= day.open <= day.high


def test_days_statistics_are_of_the_last_24_hours_to_the_minute(empty_venue: Venue) -> None:
    now = BEGIN + DAY + 30 * MINUTE
    # the hour in which the window begins counts from its minute on, the hours after it as a whole
    for price, time in (
        ("1", BEGIN - HOUR),
        ("5", now - DAY - MINUTE),
        ("10", now - DAY),
        ("20", now - HOUR),
        ("15", now),
    ):
        traded(empty_venue, price, "1", time)
    build(empty_venue)

    day = charts.day_statistics(empty_venue.store, {BTC: D(16), "ETH/USDT": D(1)}, now)

    statistics = day[BTC]
    assert statistics
    assert (statistics.open, statistics.high, statistics.low, statistics.close) == (D(10), D(20), D(10), D(16))
    assert (statistics.base_volume, statistics.quote_volume) == (D(3), D(45))
    assert day["ETH/USDT"] is None


def test_a_page_of_a_gap_is_flat_from_one_end_to_the_other(empty_venue: Venue) -> None:
    traded(empty_venue, "10", "1", BEGIN)
    traded(empty_venue, "20", "1", BEGIN + 50 * HOUR)
    build(empty_venue)
    empty_venue.clock.time = BEGIN + 50 * HOUR

    page = shown(empty_venue, since=BEGIN + 10 * HOUR, limit=5)
    newest = shown(empty_venue, limit=3)

    assert page == [flat(BEGIN + 10 * HOUR + number * MINUTE, D(10)) for number in range(5)]
    assert [each.close for each in newest] == [10, 10, 20]


def test_since_and_until_name_openings_and_both_are_included(market: Venue) -> None:
    build(market)

    assert shown(market, since=BEGIN, until=BEGIN + MINUTE) == THREE[:2]
    assert shown(market, since=BEGIN + 1, limit=1) == THREE[1:2]
    assert shown(market, until=BEGIN + MINUTE, limit=1) == THREE[1:2]
    assert shown(market, since=BEGIN + HOUR) == []
    assert shown(market, until=BEGIN - 1) == []


def test_a_page_of_a_long_history_is_the_same_as_a_part_of_it(empty_venue: Venue) -> None:
    class Source:
        def candles(self, symbol: str, timeframe: str, since: int, limit: int) -> Iterable[Candle]:
            return (
                [flat(since + number * MINUTE, D(number + 1)) for number in range(limit)] if timeframe == "1m" else ()
            )

    empty_venue.clock.time = BEGIN
    backfill = Backfill(empty_venue.store, cast("Any", Source()), empty_venue.clock)
    for _ in range(60):
        backfill.run([BTC], lambda: True)
        empty_venue.clock.time += 1
    for timeframe in ("1m", "15m", "4h", "1d", "1w"):
        whole = shown(empty_venue, timeframe, limit=20_000)
        assert len(whole) > 1
        assert shown(empty_venue, timeframe, limit=len(whole) // 2 + 1) == whole[-(len(whole) // 2 + 1) :]
        middle = whole[len(whole) // 2]
        assert shown(empty_venue, timeframe, since=middle.time, limit=7) == whole[len(whole) // 2 :][:7]
        assert shown(empty_venue, timeframe, until=middle.time, limit=7) == whole[: len(whole) // 2 + 1][-7:]


@pytest.mark.parametrize("apart", [5 * MINUTE, 4 * HOUR])
@pytest.mark.parametrize("timeframe", ["1m", "5m", "1h", "1w"])
def test_a_part_of_a_market_is_the_same_as_that_part_of_all_of_it(timeframe: str, apart: int) -> None:
    """Of a busy one several trades make a candle, of a thin one most candles stand between two trades; a part may begin
    and end anywhere."""
    venue, chosen = Venue(MemoryStore(), None), random.Random(3)
    for _ in range(40):
        venue.clock.time += chosen.randrange(apart)
        traded(venue, str(chosen.randrange(90, 110)), "1", venue.clock.time)
    build(venue)
    whole, length = shown(venue, timeframe, since=0, limit=10_000), LENGTHS[timeframe]
    for _ in range(200):
        since = chosen.randrange(START - 3 * length, venue.clock.time + 3 * length)
        until, limit = chosen.choice([None, since + chosen.randrange(200 * length)]), chosen.choice([1, 2, 30, 500])
        asked = [each for each in whole if since <= each.time and (until is None or each.time <= until)]
        assert shown(venue, timeframe, since=since, until=until, limit=limit) == asked[:limit]


def test_a_volume_too_great_for_an_integer_of_the_wire_is_kept(empty_venue: Venue) -> None:
    volume = "123456789012345.000000000000000001"
    traded(empty_venue, "0.00000001", volume, BEGIN)
    traded(empty_venue, "0.00000001", volume, BEGIN + MINUTE)
    build(empty_venue)
    empty_venue.clock.time = BEGIN + MINUTE

    assert [each.volume for each in shown(empty_venue)] == [Decimal(volume)] * 2
