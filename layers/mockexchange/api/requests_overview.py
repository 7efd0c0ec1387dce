"""What the overview is asked, as types."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from .request_schemas import Cursor, Given, Limit, Since, SymbolFilter, Until


class CurveQuery(Given):
    """Which part of the curve."""

    since: Since = UNSET
    until: Until = UNSET
    step: Annotated[
        Literal["1m", "1h", "1d"] | UnsetType,
        Meta(description="How far apart. Not given: as fine as is kept of each time.", examples=["1h"]),
    ] = UNSET
    limit: Annotated[int, Meta(ge=1, le=1000, description="Points, at most.", examples=[1000])] = 1000
    cursor: Cursor = UNSET


class RoundTripQuery(Given):
    """Which round trips to list."""

    symbol: SymbolFilter = UNSET
    since: Since = UNSET
    until: Until = UNSET
    limit: Limit = 100
    cursor: Cursor = UNSET


class PeriodQuery(Given):
    """Which stretch of time."""

    since: Since = UNSET
    until: Until = UNSET
    points: Annotated[
        int,
        Meta(ge=0, le=2000, description="Points of the curve that are shown, at most; all count.", examples=[500]),
    ] = 500
