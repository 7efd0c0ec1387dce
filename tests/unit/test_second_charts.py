"""Candles of one second, from ticks."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mockexchange.domain.candles import Candle, flat
from mockexchange.domain.quotes import PublicTrade, Quote
from mockexchange.ports import FeedTick
from mockexchange.second_charts import CHUNK, second_candles, unbroken
from mockexchange.store.memory import MemoryStore

SYMBOL = "BTC/USDT"
START = 1_700_000_000_000
D = Decimal


def market(*moves: tuple[int, str], volume: str = "0") -> MemoryStore:
    """A market whose price moved so many ms after START."""
    store = MemoryStore()
    for position, (after, price) in enumerate(moves, 1):
        trades = (PublicTrade(position, D(price), D(volume), START + after, True),) if volume != "0" else ()
        quote = Quote(SYMBOL, D(price), D(price), D(price), START + after)
        store.append(FeedTick(quote, position, trades), "test", START + after, serves=True)
    return store


def ask(
    store: MemoryStore, now: int, *, since: int | None = None, until: int | None = None, limit: int = 500
) -> list[Candle]:
    newest = store.market(SYMBOL).tick
    assert newest is not None
    since = None if since is None else START + since
    until = None if until is None else START + until
    return second_candles(store, newest, START + now, since=since, until=until, limit=limit)


def candle(second: int, prices: str, volume: str = "0") -> Candle:
    first, high, low, last = (D(each) for each in prices.split())
    return Candle(START + 1000 * second, first, high, low, last, D(volume))


def test_ticks_of_one_second_are_one_candle_and_gaps_are_flat() -> None:
    store = market((0, "10"), (300, "13"), (600, "9"), (999, "11"), (3000, "20"), volume="2")

    assert ask(store, 4500) == [
        candle(0, "10 13 9 11", "8"),
        candle(1, "11 11 11 11"),
        candle(2, "11 11 11 11"),
        candle(3, "20 20 20 20", "2"),
        candle(4, "20 20 20 20"),
    ]


def test_the_newest_or_those_from_a_moment_on() -> None:
    store = market(*((1000 * second, str(second + 1)) for second in range(20)))
    closes = [each.close for each in ask(store, 19_500, limit=3)]
    assert closes == [18, 19, 20]
    assert [each.close for each in ask(store, 19_500, since=4_001, limit=2)] == [6, 7]
    assert [each.close for each in ask(store, 19_500, since=4_000, until=5_999)] == [5, 6]
    assert [each.close for each in ask(store, 19_500, until=5_999, limit=2)] == [5, 6]
    assert [each.close for each in ask(store, 19_500, since=-10_000, limit=1)] == [1]  # the first there is
    assert ask(store, 19_500, since=20_000) == []


def test_the_price_before_the_window_holds_in_it() -> None:
    store = market((0, "10"), (10_000, "11"))

    assert ask(store, 12_000, since=5_000, limit=2) == [candle(5, "10 10 10 10"), candle(6, "10 10 10 10")]


def test_a_tick_with_an_older_time_counts_with_the_one_before() -> None:
    store = market((2000, "10"), (1000, "12"), (2500, "11"))

    assert ask(store, 2900) == [candle(2, "10 12 10 11")]


@pytest.mark.parametrize("limit", [1, 500, 1000])
def test_a_long_log_is_read_as_far_as_it_is_needed(limit: int) -> None:
    length = 2 * CHUNK + 17
    store = market(*((500 * number, str(number + 1)) for number in range(length)))
    now = 500 * (length - 1)
    found = ask(store, now, limit=limit)

    assert len(found) == limit
    assert found[-1].close == length
    assert [each.time for each in found] == list(range(found[0].time, found[-1].time + 1, 1000))


def test_a_month_of_silence_is_not_walked_through() -> None:
    store = market((0, "10"))
    month = 30 * 86_400_000

    found = ask(store, month, limit=3)
    assert [each.time - START for each in found] == [month - 2000, month - 1000, month]
    assert [each.time - START for each in ask(store, month, since=1000, limit=2)] == [1000, 2000]
    # the first candle that is made is the first that is asked for
    line = unbroken([flat(START, D(10))], START + month, START + 2 * month)
    assert next(line).time == START + month
