"""What candles cost: memory, the history at the start, each step of the feeder, and a look at them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from statistics import median
from typing import Any

from mockexchange import charts
from mockexchange.clock import SystemClock
from mockexchange.domain.amounts import text
from mockexchange.domain.candle_blocks import ALL_SERIES, MINUTES, blocks_between
from mockexchange.domain.candles import DAY
from mockexchange.domain.instruments import default_instrument
from mockexchange.domain.rules import Rules
from mockexchange.exchange import Exchange
from mockexchange.feed.backfill import TIME_PER_RUN, Backfill
from mockexchange.feed.candling import CandleBuilder
from mockexchange.feed.synthetic import SyntheticSource
from mockexchange.ports import CandleChange, FeedTick
from mockexchange.store import keys
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection

from .report import Figure
from .venue import valkey

SYMBOLS = ("BTC/USDT", "ETH/USDT", "SOL/USDT")
MANY = [f"A{number:03d}/USDT" for number in range(200)]


def costs() -> Iterator[Figure]:
    """Of three invented markets with all that is kept, then of 200 with the same."""
    with valkey() as url:
        store = ValkeyStore(Connection(url))
        yield _history(store)
        yield from _memory(store)
        _copy(store)
        yield from _steps(store)
        yield from _looks(store)


def _history(store: ValkeyStore) -> Figure:
    clock = SystemClock()
    backfill = Backfill(store, SyntheticSource(7, SYMBOLS, 2_000), clock, widen=True)
    before, runs = time.process_time(), 0
    while backfill.run(SYMBOLS, lambda: True):
        runs += 1
    spent = time.process_time() - before
    return Figure(
        "history of three synthetic markets", f"{spent:.1f} s CPU", f"{runs} runs of {TIME_PER_RUN} ms", "", "10 s"
    )


def _memory(store: ValkeyStore) -> Iterator[Figure]:
    symbol = SYMBOLS[0]
    usage = {
        series: store.connection.run("MEMORY", "USAGE", keys.candles_of(symbol, series.timeframe), "SAMPLES", 0)
        for series in ALL_SERIES
    }
    now = SystemClock().now()
    [read] = store.read_candles([(symbol, blocks_between(MINUTES, now - 8 * DAY, now))])
    minutes = [candle for block in read.blocks.values() for candle in block]
    fields: list[Any] = []
    for each in minutes:
        prices = (each.open, each.high, each.low, each.close, each.volume)
        fields += (each.time, "[" + ",".join(f'"{text(amount)}"' for amount in prices) + "]")
    store.connection.run("HSET", "ceiling", *fields)
    as_text = store.connection.run("MEMORY", "USAGE", "ceiling", "SAMPLES", 0)
    store.connection.run("DEL", "ceiling")
    yield Figure(
        "a minute in its block",
        f"{usage[MINUTES] / len(minutes):.0f} bytes",
        f"as text in a hash {as_text / len(minutes):.0f} bytes",
        "",
        "40 bytes",
    )
    whole = sum(usage.values())
    yield Figure("a market's candles", f"{whole / 1024:.0f} KiB", f"200 markets {200 * whole / 2**20:.0f} MiB", "", "")


def _copy(store: ValkeyStore) -> None:
    """All of the first market's candles, for 200 others."""
    now = SystemClock().now()
    names = [name for series in ALL_SERIES for name in blocks_between(series, now - series.kept - series.block, now)]
    [read] = store.read_candles([(SYMBOLS[0], names)])
    store.put_instruments([default_instrument(symbol) for symbol in MANY], replace=True)
    for symbol in MANY:
        [there] = store.read_candles([(symbol, ())])
        record = replace(read.record, version=1, tick=0)
        assert store.change_candles([CandleChange(symbol, there.record, record, read.blocks, now)]) == [True]


def _steps(store: ValkeyStore) -> Iterator[Figure]:
    source = SyntheticSource(7, MANY, 1_000)
    builder = CandleBuilder(store, SystemClock())
    begin = SystemClock().now() // 60_000 * 60_000

    def ticks(second: int) -> Sequence[FeedTick]:
        now = begin + second * 1000
        return source.poll(source.start(now), now).ticks

    counted: list[float] = []
    closing: list[float] = []
    for second in range(125):
        for tick in ticks(second):
            store.append(tick, "bench", begin + second * 1000, serves=False)
        spent = _seconds(lambda: _expect(builder.run().ticks, len(MANY)))
        (counted if second % 60 else closing).append(spent)
    idle = [_seconds(lambda: _expect(builder.run().ticks, 0)) for _ in range(20)]
    yield Figure("a tick of each of 200 markets", f"{median(counted) * 1000:.0f} ms", "", "", "200 ms a second")
    yield Figure("the same, where all minutes close", f"{max(closing[1:]) * 1000:.0f} ms", "", "", "")
    yield Figure("nothing new in 200 markets", f"{median(idle) * 1000:.0f} ms", "", "", "")


def _looks(store: ValkeyStore) -> Iterator[Figure]:
    exchange = Exchange(store, SystemClock(), Rules())
    last = {symbol: Decimal(100) for symbol in MANY}
    now = exchange.now()
    first = _seconds(lambda: charts.day_statistics(ValkeyStore(store.connection), last, now))
    again = median([_seconds(lambda: charts.day_statistics(store, last, now)) for _ in range(10)])
    ticks = median([_seconds(lambda: exchange.ticks(MANY)) for _ in range(10)])
    yield Figure(
        "24 h statistics of 200 markets",
        f"{again * 1000:.0f} ms",
        f"their prices alone {ticks * 1000:.0f} ms",
        f"{first * 1000:.0f} ms the first time",
        "",
    )
    for timeframe in ("1m", "1h", "1d"):
        look = partial(charts.candles, store, MANY[0], timeframe, now, since=None, until=None, limit=500)
        spent = median([_seconds(look) for _ in range(10)])
        yield Figure(f"500 candles of {timeframe}", f"{spent * 1000:.1f} ms")


def _seconds(action: Callable[[], object]) -> float:
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def _expect(found: int, wanted: int) -> None:
    assert found == wanted, (found, wanted)
