"""A stretch of time in numbers."""

from __future__ import annotations

from decimal import Decimal

from mockexchange.domain.candles import DAY, HOUR, MINUTE, Candle
from mockexchange.domain.statistics import (
    Statistics,
    average_price,
    quote_volume,
    statistics,
    unmoved,
    window_begin,
)

D = Decimal


def candle(prices: str, volume: str) -> Candle:
    opened, high, low, close = (D(price) for price in prices.split())
    return Candle(0, opened, high, low, close, D(volume))


def test_they_go_from_the_first_open_to_the_last_price() -> None:
    day = statistics([candle("100 120 90 110", "2"), candle("110 115 80 95", "3")], D(125))

    assert day == Statistics(D(100), D(125), D(80), D(125), D(5), D(2) * D(105) + D(3) * D(100))
    assert day
    assert (day.change, day.percentage, day.vwap) == (D(25), D(25), D(102))


def test_a_fall_is_as_many_percent_as_a_rise() -> None:
    up, down = statistics([candle("3 3 3 3", "0")], D(4)), statistics([candle("3 3 3 3", "0")], D(2))

    assert up and down
    assert (up.percentage, down.percentage) == (D("33.33333333"), D("-33.33333333"))
    assert down.change == -1


def test_volumes_that_nobody_told_are_unknown() -> None:
    day = statistics([candle("3 3 3 3", "0")], D(3))

    assert day
    assert (day.base_volume, day.quote_volume, day.vwap) == (None, None, None)


def test_without_candles_nothing_is_known() -> None:
    assert statistics([], D(3)) is None


def test_the_window_begins_with_a_minute() -> None:
    assert window_begin(3 * DAY + 5 * MINUTE + 59_999) == 2 * DAY + 5 * MINUTE
    assert window_begin(3 * DAY + 59_999, HOUR) == 3 * DAY - HOUR
    assert window_begin(3 * DAY, MINUTE) == 3 * DAY - MINUTE


def test_a_stretch_in_which_nothing_happened() -> None:
    still = unmoved(D("0.5"))

    assert still == Statistics(D("0.5"), D("0.5"), D("0.5"), D("0.5"), None, None)
    assert (still.change, still.percentage, still.vwap) == (0, 0, None)


def test_a_candle_s_volume_is_worth_the_mean_of_its_prices() -> None:
    assert quote_volume(candle("100 110 90 108", "2.5")) == 255
    assert quote_volume(candle("100 110 90 108", "0")) == 0


def test_the_mean_price_is_weighed_by_volume() -> None:
    # 11 x 1 + 20 x 3, over 4
    assert average_price([candle("10 14 10 10", "1"), candle("20 20 20 20", "3")], D(5)) == D("17.75")
    assert average_price([candle("10 14 10 10", "0"), candle("20 20 20 20", "3")], D(5)) == 20
    assert average_price([candle("1 1 1 1", "2"), candle("2 2 2 2", "1")], D(5)) == D("1.33333333")


def test_the_mean_price_without_volume_is_a_plain_mean_and_without_candles_the_last_price() -> None:
    assert average_price([candle("10 14 10 10", "0"), candle("20 20 20 20", "0")], D(5)) == D("15.5")
    assert average_price([], D(5)) == 5
