"""What the overview is asked, as types."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from .request_schemas import Cursor, Given, Since, Until


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
