"""What a market did in a stretch of time that ends now, from its candles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from .amounts import divide, multiply, subtract, total
from .candles import DAY, Candle, opening

_PERCENT = Decimal(100)
_QUARTER = Decimal("0.25")
_PLACES = 8
"""Of what is divided, and so may have no end: percentage and mean price."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """What prices did. Prices and `change` are in the quote asset, `percentage` of the open.

    Volumes are None when no candle has any: a source that tells none. `quote_volume` takes each candle's volume at the
    mean of its four prices, and `vwap`, the mean price, follows from it.
    """

    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    base_volume: Decimal | None
    quote_volume: Decimal | None

    @property
    def change(self) -> Decimal:
        """Close less open."""
        return subtract(self.close, self.open)

    @property
    def percentage(self) -> Decimal:
        """The change in percent of the open."""
        rose = self.change >= 0
        size = divide(multiply(abs(self.change), _PERCENT), self.open, _PLACES)
        return size if rose else -size

    @property
    def vwap(self) -> Decimal | None:
        """The mean price, weighed by volume."""
        if not self.base_volume or self.quote_volume is None:
            return None
        return divide(self.quote_volume, self.base_volume, _PLACES)


def window_begin(now: int, length: int = DAY) -> int:
    """When the stretch of `length` ms that ends at `now` began (ms): with the minute that the moment falls into."""
    return opening(now - length, "1m")


def unmoved(price: Decimal) -> Statistics:
    """A stretch in which nothing happened."""
    return Statistics(price, price, price, price, None, None)


def statistics(candles: Iterable[Candle], last: Decimal) -> Statistics | None:
    """What candles of any lengths, oldest first, come to, with `last` as the newest price; None without candles."""
    found = list(candles)
    if not found:
        return None
    volume = total(candle.volume for candle in found)
    value = total(quote_volume(candle) for candle in found if candle.volume)
    return Statistics(
        open=found[0].open,
        high=max(last, *(candle.high for candle in found)),
        low=min(last, *(candle.low for candle in found)),
        close=last,
        base_volume=volume or None,
        quote_volume=value if volume else None,
    )


def quote_volume(candle: Candle) -> Decimal:
    """What was traded in a candle, in the quote asset: all of it at the mean of its prices."""
    return multiply(candle.volume, _mean(candle))


def average_price(candles: Iterable[Candle], last: Decimal, places: int = _PLACES) -> Decimal:
    """The mean price of candles, weighed by volume; of candles without any it is their plain mean, and without candles
    the `last` price."""
    found = list(candles)
    if not found:
        return last
    volume = total(candle.volume for candle in found)
    if not volume:
        return divide(total(_mean(candle) for candle in found), Decimal(len(found)), places)
    return divide(total(quote_volume(candle) for candle in found), volume, places)


def _mean(candle: Candle) -> Decimal:
    return multiply(total((candle.open, candle.high, candle.low, candle.close)), _QUARTER)
