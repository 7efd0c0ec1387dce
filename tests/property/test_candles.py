"""What holds for candles whatever the prices were."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st

from mockexchange.domain.amounts import total
from mockexchange.domain.candle_blocks import (
    ALL_SERIES,
    HOURS,
    MINUTES,
    BlockName,
    Blocks,
    Series,
    affected,
    block_of,
    enter,
)
from mockexchange.domain.candle_building import CandleRecord, close_minutes, count_ticks
from mockexchange.domain.candles import DAY, HOUR, MINUTE, TIMEFRAMES, Candle, aggregate, closing, opening, unbroken
from mockexchange.domain.quotes import PublicTrade, Quote, Tick
from mockexchange.store.candle_records import read_block, read_record, write_block, write_record

START = 1_709_164_800_000  # 2024-02-29
SYMBOL = "BTC/USDT"

prices = st.decimals(min_value="0.00000001", max_value=10**9, places=8)
volumes = st.decimals(min_value=0, max_value=10**12, places=18)


T = TypeVar("T")


def pages_of(items: list[T], sizes: list[int]) -> Iterator[list[T]]:
    """The items in pages of these sizes, the last one of all that is left."""
    start = 0
    for size in [*sizes, len(items)]:
        if start < len(items):
            yield items[start : start + size]
        start += size


def kept(blocks: Blocks, series: Series) -> list[Candle]:
    """All candles of a series, oldest first."""
    numbers = sorted(name.number for name in blocks if name.series == series)
    return [candle for number in numbers for candle in blocks[BlockName(series, number)]]


@st.composite
def candles_of(draw: st.DrawFn, length: int = MINUTE, most_apart: int = 3000) -> list[Candle]:
    """Candles of one length, oldest first, some of them missing."""
    time = START
    found: list[Candle] = []
    for apart in draw(st.lists(st.integers(1, most_apart), max_size=30)):
        time += apart * length
        first, second, third, fourth = (draw(prices) for _ in range(4))
        line = sorted((first, second, third, fourth))
        found.append(Candle(time, first, line[3], line[0], second, draw(volumes)))
    return found


@given(candles_of(), st.sampled_from(TIMEFRAMES))
def test_aggregation_keeps_volume_extremes_and_both_ends(candles: list[Candle], timeframe: str) -> None:
    longer = aggregate(candles, timeframe)

    assert total(each.volume for each in longer) == total(each.volume for each in candles)
    for each in longer:
        inside = [candle for candle in candles if opening(candle.time, timeframe) == each.time]
        assert (each.open, each.close) == (inside[0].open, inside[-1].close)
        assert each.high == max(candle.high for candle in inside)
        assert each.low == min(candle.low for candle in inside)
    assert [each.time for each in longer] == sorted({opening(candle.time, timeframe) for candle in candles})


@given(candles_of(), st.sampled_from(["1d", "3d", "1w", "1M"]))
def test_it_does_not_matter_how_many_steps_aggregation_takes(candles: list[Candle], longest: str) -> None:
    steps = aggregate(aggregate(aggregate(candles, "1h"), "1d"), longest)

    assert steps == aggregate(candles, longest)


@given(candles_of(most_apart=20), st.sampled_from(["1m", "5m", "1h"]))
def test_an_unbroken_line_has_no_gap_and_no_more_volume(candles: list[Candle], timeframe: str) -> None:
    longer = aggregate(candles, timeframe)
    line = list(unbroken(longer, timeframe))

    assert all(closing(before.time, timeframe) == after.time for before, after in pairwise(line))
    assert [each for each in line if each in longer] == longer
    assert total(each.volume for each in line) == total(each.volume for each in longer)


@given(candles_of(), st.sampled_from(ALL_SERIES))
def test_what_is_written_is_what_is_read(candles: list[Candle], series: Series) -> None:
    blocks: Blocks = {}
    for candle in aggregate(candles, series.timeframe):
        name = block_of(series, candle.time)
        blocks[name] = (*blocks.get(name, ()), candle)
    for name, block in blocks.items():
        assert read_block(name, write_block(name, block)) == block


@given(candles_of(most_apart=200), st.lists(st.integers(1, 9), max_size=30))
def test_hours_and_days_are_those_of_their_minutes_in_whatever_pieces_they_came(
    candles: list[Candle], sizes: list[int]
) -> None:
    blocks: Blocks = {}
    for part in pages_of(candles, sizes):
        needed = {name: blocks.get(name, ()) for name in affected(MINUTES, [each.time for each in part])}
        changed = enter(needed, MINUTES, part, Candle.then)
        assert set(changed) <= set(needed)
        blocks |= changed

    for series in ALL_SERIES:
        assert kept(blocks, series) == aggregate(candles, series.timeframe)


@st.composite
def tick_lists(draw: st.DrawFn) -> list[Tick]:
    """Ticks whose own times mostly, not always, go on."""
    time = START
    found: list[Tick] = []
    for number, (apart, price, quantity) in enumerate(
        draw(st.lists(st.tuples(st.integers(-90_000, 200_000), prices, volumes), max_size=40)), 1
    ):
        time += apart
        trades = (PublicTrade(number, price, quantity, time, buyer_is_maker=False),) if quantity else ()
        found.append(Tick(number, Quote(SYMBOL, price, price, price, time), "test", time, trades))
    return found


@given(tick_lists(), st.lists(st.integers(1, 7), max_size=40))
def test_every_tick_is_counted_once_in_whatever_pages_they_come(ticks: list[Tick], sizes: list[int]) -> None:
    record, blocks = CandleRecord(), Blocks()
    dropped: set[int] = set()
    for page in pages_of(ticks, sizes):
        again = ticks[: page[-1].number] if len(page) % 2 else page  # a repeated invocation brings counted ones, too
        counted = count_ticks(record, again)
        changed = close_minutes(counted, blocks)
        assert set(changed) <= counted.affected
        blocks |= changed
        times = {candle.time for candle in kept(blocks, MINUTES)}
        dropped |= {late.time for late in counted.late if late.time not in times}
        record = counted.record

    minutes = [*kept(blocks, MINUTES), *([record.open] if record.open else [])]
    times = {opening(tick.quote.timestamp, "1m") for tick in ticks}
    traded = {
        time: total(
            trade.quantity for tick in ticks if opening(tick.quote.timestamp, "1m") == time for trade in tick.trades
        )
        for time in times
    }
    assert (record.tick, record.lost) == (len(ticks), 0)
    assert {each.time: each.volume for each in minutes if each.time not in dropped} == {
        time: volume for time, volume in traded.items() if time not in dropped
    }
    assert read_record(write_record(record)) == record


def test_an_hour_is_as_long_as_a_block_of_minutes() -> None:
    assert (MINUTES.block, HOURS.block) == (HOUR, DAY)
