"""Prices that are in memory already: data frames, and rows as ccxt gives them."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

import numpy as np

from ..domain.errors import BadRequest
from ..feed.columns import NAMES
from ..feed.table import Cell, Table, table_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CCXT = ["timestamp", "open", "high", "low", "close", "volume"]
"""What the cells of ccxt's candles are, in their order."""
_MILLISECOND = timedelta(milliseconds=1)


def is_frame(data: object) -> bool:
    """Whether it is a pandas frame, or something that becomes one."""
    return hasattr(data, "to_pandas") or (hasattr(data, "iloc") and hasattr(data, "columns"))


def table_of_frame(frame: Any) -> Table:
    """The columns of a frame; its index too, where that is the time. Raises BadRequest for a frame without rows."""
    if hasattr(frame, "to_pandas"):
        frame = frame.to_pandas()
    if list(frame.columns) == list(range(len(_CCXT))):  # pandas.DataFrame(exchange.fetch_ohlcv(...))
        frame = frame.set_axis(_CCXT, axis=1)
    columns: dict[str, Sequence[Cell]] = {
        str(name): _cells(frame.iloc[:, at]) for at, name in enumerate(cast("list[object]", list(frame.columns)))
    }
    if not len(frame):
        raise BadRequest("the frame has no rows")
    if not {name.strip().lower() for name in columns} & set(NAMES["time"]):
        index = frame.index
        if index.dtype.kind == "M" or str(index.name).lower() in NAMES["time"]:
            columns["time"] = _cells(index.to_series())
    return Table(columns)


def table_of_rows(rows: Sequence[Any]) -> Table:
    """The columns of rows: lists of ccxt's candles (time, open, high, low, close, volume), or objects by name."""
    plain = [
        {str(name): _cell(cell) for name, cell in cast("Mapping[object, object]", row).items()}
        if isinstance(row, Mapping)
        else [_cell(cell) for cell in cast("Sequence[object]", row)]
        if isinstance(row, list | tuple)
        else row
        for row in rows
    ]
    return table_of(plain, "a list of rows")


def _cells(series: Any) -> Sequence[Cell]:
    if getattr(series.dtype, "tz", None) is not None:
        series = series.dt.tz_convert(None)
    values: np.ndarray[Any, Any] = series.to_numpy()
    match values.dtype.kind:
        case "f" if values.dtype.itemsize == 8:
            return array("d", values.tobytes())
        case "f":
            return [str(cell) for cell in values]  # the shortest text of a smaller float, not that of its double
        case "i":
            return array("q", values.astype(np.int64).tobytes())
        case "M" if not np.isnat(values).any():
            return array("q", values.astype("datetime64[ms]").astype(np.int64).tobytes())
        case _:
            return [_cell(cell) for cell in series.tolist()]


def _cell(cell: Any) -> Cell:
    """A cell of any library as one of Python's own."""
    if cell is None or type(cell) in (str, int, float, Decimal, bool):
        return cell
    if isinstance(cell, datetime):
        if cell != cell:  # noqa: PLR0124  # pandas' NaT is a datetime, and no other is unlike itself
            return None
        return ((cell if cell.tzinfo else cell.replace(tzinfo=UTC)) - _EPOCH) // _MILLISECOND
    if isinstance(cell, np.datetime64):
        moment = cast("Any", cell)
        return None if np.isnat(moment) else int(moment.astype("datetime64[ms]").astype(np.int64))
    if isinstance(cell, np.floating):
        return float(cast("Any", cell)) if isinstance(cell, np.float64) else str(cast("object", cell))
    if isinstance(cell, np.generic):
        return cast("Any", cell).item()
    return None if str(cell) == "<NA>" else str(cell)
