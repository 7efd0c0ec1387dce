"""How a candle becomes ticks, in a replay and in a back-test alike.

A candle tells where the price was, not when. Open, low, high, close when it closed up, open, high, low, close when it
closed down: the path with the shorter way, and the cautious one for an order that rests in its direction.
"""

from __future__ import annotations

from decimal import Decimal

from .candles import Candle
from .quotes import Quote

LEGS = 4
"""Ticks in a candle."""


def candle_prices(opened: Decimal, high: Decimal, low: Decimal, close: Decimal) -> tuple[Decimal, ...]:
    """The four prices in the order they are met. A candle that closed where it opened counts as up."""
    return (opened, low, high, close) if close >= opened else (opened, high, low, close)


def leg_time(opened_at: int, length: int, leg: int) -> int:
    """When a leg (0 to 3) is met, in ms: at the open, after a quarter, after a half, 1 ms before the candle ends."""
    return opened_at + (length - 1 if leg == LEGS - 1 else length * leg // LEGS)


def candle_quotes(symbol: str, candle: Candle, end: int) -> list[Quote]:
    """A candle that ends at `end` (ms) as four quotes, in the last milliseconds before that. Raises BadQuote."""
    prices = candle_prices(candle.open, candle.high, candle.low, candle.close)
    return [Quote(symbol, price, price, price, end - LEGS + leg) for leg, price in enumerate(prices)]
