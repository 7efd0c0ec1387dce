"""Candles: what a price did in one span of time."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Candle:
    """One candle. `time` is when it opened, in ms; prices are in the quote asset, `volume` is in the base asset."""

    time: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
