"""Candles of a market, written down for a test as its feeder would have kept them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from mockexchange.domain.candle_blocks import MINUTES, Series, affected, enter
from mockexchange.domain.candles import Candle
from mockexchange.ports import CandleChange

from .door import Door

D = Decimal
BTC = "BTC/USDT"


def ms(written: str) -> int:
    """A moment of UTC, like 2023-11-14T22:13."""
    return int(datetime.fromisoformat(written).replace(tzinfo=UTC).timestamp() * 1000)


def candle(time: int | str, prices: str, volume: str = "0") -> Candle:
    """A candle from its opening, "open high low close", and volume."""
    opened, high, low, close = (D(price) for price in prices.split())
    return Candle(ms(time) if isinstance(time, str) else time, opened, high, low, close, D(volume))


def lay(door: Door, candles: Iterable[Candle], series: Series = MINUTES, symbol: str = BTC) -> None:
    """Keep candles of a series; what is longer is made of them."""
    found = list(candles)
    names = affected(series, [each.time for each in found])
    [read] = door.store.read_candles([(symbol, names)])
    blocks = enter(read.blocks, series, found, lambda _, new: new)
    after = replace(read.record, version=read.record.version + 1)
    assert door.store.change_candles([CandleChange(symbol, read.record, after, blocks, door.clock.time)]) == [True]
