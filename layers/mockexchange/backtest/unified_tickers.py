"""ccxt's structures of prices, from what the Binance wire says of them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ..domain.amounts import add
from .unified_numbers import positive, quotient
from .unified_structures import Structure
from .unified_time import in_words

FINEST = 18
"""Decimal places of what ccxt divides for no market in particular."""


def ticker(found: Mapping[str, Any], symbol: str, places: int = FINEST) -> Structure:
    """What a market did in a day. `places`: decimal places of the mean of its ends."""
    opened, last = positive(found["openPrice"]), positive(found["lastPrice"])
    average = None
    if opened is not None and last is not None:
        both = add(Decimal(found["openPrice"]), Decimal(found["lastPrice"]))
        average = quotient(str(both), "2", places)
    return {
        "symbol": symbol,
        "timestamp": found["closeTime"],
        "datetime": in_words(found["closeTime"]),
        "high": positive(found["highPrice"]),
        "low": positive(found["lowPrice"]),
        "bid": positive(found["bidPrice"]),
        "bidVolume": float(found["bidQty"]),
        "ask": positive(found["askPrice"]),
        "askVolume": float(found["askQty"]),
        "vwap": float(found["weightedAvgPrice"]),
        "open": opened,
        "close": last,
        "last": last,
        "previousClose": float(found["prevClosePrice"]),
        "change": float(found["priceChange"]),
        "percentage": _percentage(found, opened),
        "average": average,
        "baseVolume": float(found["volume"]),
        "quoteVolume": float(found["quoteVolume"]),
        "markPrice": None,
        "indexPrice": None,
        "info": found,
    }


def _percentage(found: Mapping[str, Any], opened: float | None) -> float | None:
    """Binance's three decimal places; ccxt takes a zero there for none, and divides itself."""
    told = positive(found["priceChangePercent"])
    if told is not None or opened is None:
        return told
    return float(Decimal(str(quotient(found["priceChange"], found["openPrice"]))) * 100)


def touch(found: Mapping[str, Any], symbol: str) -> Structure:
    """The best bid and ask, in a ticker that knows nothing else."""
    unknown = dict.fromkeys(
        """symbol timestamp datetime high low bid bidVolume ask askVolume vwap open close last previousClose change
        percentage average baseVolume quoteVolume markPrice indexPrice info""".split()
    )
    return {
        **unknown,
        "symbol": symbol,
        "bid": positive(found["bidPrice"]),
        "bidVolume": float(found["bidQty"]),
        "ask": positive(found["askPrice"]),
        "askVolume": float(found["askQty"]),
        "info": found,
    }


def last_price(found: Mapping[str, Any], symbol: str) -> Structure:
    """The last price."""
    return {
        "symbol": symbol,
        "timestamp": None,
        "datetime": None,
        "price": positive(found["price"]),
        "side": None,
        "info": found,
    }
