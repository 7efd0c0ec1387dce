"""Invented candles are those of the invented ticks."""

from __future__ import annotations

import pytest

from mockexchange.domain.amounts import add, total
from mockexchange.domain.candles import DAY, HOUR, MINUTE
from mockexchange.domain.errors import BadSymbol
from mockexchange.feed.synthetic import SyntheticSource
from mockexchange.feed.synthetic_market import SyntheticMarket
from mockexchange.ports import CandleSource

START = 1_767_225_600_000
INTERVAL = 2_000
SYMBOL = "BTC/USDT"


def source(interval: int = INTERVAL) -> SyntheticSource:
    return SyntheticSource(7, [SYMBOL, "ETH/USDT"], interval)


@pytest.mark.parametrize("interval", [2_000, 5_000, 7_000, 45_000])
def test_a_minute_opens_and_closes_with_its_ticks_and_has_all_their_volume(interval: int) -> None:
    market = SyntheticMarket(7, SYMBOL)
    for candle in source(interval).candles(SYMBOL, "1m", START, 10):
        first = candle.time + -candle.time % interval
        ticks = [market.tick(time, interval) for time in range(first, candle.time + MINUTE, interval)]
        prices = [tick.quote.last for tick in ticks]
        assert (candle.open, candle.close) == (prices[0], prices[-1])
        assert min(prices) <= candle.low <= min(candle.open, candle.close)
        assert max(prices) >= candle.high >= max(candle.open, candle.close)
        assert candle.volume == total(trade.quantity for tick in ticks for trade in tick.trades)


@pytest.mark.parametrize(("timeframe", "length"), [("1m", MINUTE), ("1h", HOUR), ("1d", DAY)])
def test_candles_stand_on_the_grid_from_since_on(timeframe: str, length: int) -> None:
    candles = source().candles(SYMBOL, timeframe, START + 1, 5)

    assert [candle.time for candle in candles] == [START + length * nth for nth in range(1, 6)]
    assert all(candle.volume > 0 for candle in candles)


def test_they_are_a_function_of_seed_and_time_alone() -> None:
    some, others = source(), source()
    others.candles(SYMBOL, "1d", START, 3)

    assert some.candles(SYMBOL, "1m", START, 20)[5:] == others.candles(SYMBOL, "1m", START + 5 * MINUTE, 15)


def test_an_hour_s_volume_is_about_that_of_its_minutes() -> None:
    [hour] = source().candles(SYMBOL, "1h", START, 1)
    volume = total(minute.volume for minute in source().candles(SYMBOL, "1m", START, 60))

    assert volume / 2 < hour.volume < add(volume, volume)


def test_ticks_that_come_more_seldom_than_minutes_leave_some_out() -> None:
    assert len(source(150_000).candles(SYMBOL, "1m", START, 10)) == 4


def test_a_market_that_it_does_not_serve_is_refused() -> None:
    with pytest.raises(BadSymbol):
        source().candles("SOL/USDT", "1m", START, 1)


def test_it_is_a_source_of_candles() -> None:
    assert isinstance(source(), CandleSource)


def test_a_short_interval_leaves_time_for_few_at_once() -> None:
    assert [len(source(interval).candles(SYMBOL, "1m", START, 500)) for interval in (1, 80, 2_000)] == [1, 10, 250]
