"""What the market-data endpoints take."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from .request_schemas import Given

TimeframeName = Literal["1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M"]

Time = Annotated[int, Meta(ge=0, lt=10**14)]
"""Milliseconds since the epoch; four thousand years of them."""

Count = Annotated[int, Meta(ge=1, le=1000)]


class OhlcvQuery(Given):
    """Which candles."""

    timeframe: Annotated[TimeframeName, Meta(description="How long a candle lasts; `1M` is a month.")] = "1m"
    since: Annotated[
        Time | UnsetType,
        Meta(
            description="The first opening, milliseconds since the epoch. Not given: the newest candles.",
            examples=[1767225600000],
        ),
    ] = UNSET
    until: Annotated[
        Time | UnsetType, Meta(description="The last opening, milliseconds since the epoch.", examples=[1767229200000])
    ] = UNSET
    limit: Annotated[Count, Meta(description="Candles, at most.")] = 500


class BookQuery(Given):
    """How much of the book."""

    limit: Annotated[Count, Meta(description="Levels on each side, at most.")] = 100


class TapeQuery(Given):
    """How much of the tape."""

    limit: Annotated[Count, Meta(description="Trades, at most: the newest.")] = 100
