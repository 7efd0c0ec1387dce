"""A market for a history: one that the recorded prices fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np

from ..domain.amounts import decimal_places
from ..domain.errors import BadRequest
from ..domain.instruments import Instrument
from ..feed.columns import exact
from ..feed.replay import MOST_PLACES, instrument_of
from ..feed.table import Cell
from .checking import Floats, typecode

_LARGEST_COUNTED = 2.0**50
"""Up to here a float times a power of ten is rounded to the whole number that it stands for."""


def market_of(
    symbol: str,
    prices: Sequence[Sequence[Cell]],
    given: Mapping[str, Instrument],
    tick_size: Decimal | None,
    step_size: Decimal | None,
) -> Instrument:
    """The market as it was given, else a believable one; increments that were named come before both."""
    found = given.get(symbol) or instrument_of(symbol, prices, places)
    for name, size in (("tick_size", tick_size), ("step_size", step_size)):
        if size is not None and size <= 0:
            raise BadRequest(f"{name} must be greater than 0, was {size}")
    if tick_size is not None:
        found = replace(found, tick_size=tick_size, min_price=tick_size)
    if step_size is not None:
        found = replace(found, step_size=step_size, min_quantity=step_size)
    return found


def places(column: Sequence[Cell]) -> int:
    """How many decimal places the numbers of a column have at most; what is beyond MOST_PLACES is not counted."""
    if typecode(column) == "d" or set(map(type, column)) == {float}:
        return _places_of_floats(np.array(column, np.float64))
    return max((_written(cell) if isinstance(cell, str) else decimal_places(exact(cell)) for cell in column), default=0)


def _written(cell: str) -> int:
    if "e" in cell or "E" in cell:
        return decimal_places(exact(cell))
    return len(cell.rstrip().partition(".")[2].rstrip("0"))


def _places_of_floats(values: Floats) -> int:
    """As many as their shortest texts have: a float has no more than n when it is the one nearest to a whole number of
    the n-th places."""
    for count in range(MOST_PLACES):
        power = 10.0**count
        units = values * power
        large = np.abs(units) >= _LARGEST_COUNTED
        if large.any():
            rest = max(decimal_places(exact(value)) for value in values[large].tolist())
            values = values[~large]
            return min(MOST_PLACES, max(rest, count, _places_of_floats(values) if len(values) else 0))
        values = values[np.rint(units) / power != values]
        if not len(values):
            return count
    return MOST_PLACES
