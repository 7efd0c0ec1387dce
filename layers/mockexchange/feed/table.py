"""Reading a recorded file into columns, every cell as the file has it.

A price in a CSV or JSON file stays text, so that no digit is lost on the way to Decimal.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO, cast

from ..domain.errors import BadRequest

Cell = str | int | float | Decimal | bool | None

_RAW_STREAM = re.compile(r"^\d+ +\{")
"""Local time and one JSON message: a recording of Binance's own streams."""

_FORMATS = ".csv, .csv.gz, .json, .json.gz, .parquet, .feather"

# Rows without names are known by their length: the lists that ccxt and freqtrade save.
_LIST_COLUMNS = {
    6: ("timestamp", "open", "high", "low", "close", "volume"),
    7: ("timestamp", "id", "type", "side", "price", "amount", "cost"),
}


@dataclass(frozen=True, slots=True)
class Table:
    """Named columns of equal length. `rejected` says which rows could not be read, and why."""

    columns: Mapping[str, Sequence[Cell]]
    rejected: Sequence[str] = ()

    def __len__(self) -> int:
        """The number of rows."""
        return len(next(iter(self.columns.values()), ()))


def read_table(path: Path) -> Table:
    """The columns of a CSV, JSON, Parquet or Feather file, by its suffix.

    Raises BadRequest, with what to do, when there is no such file or it cannot be read.
    """
    if not path.is_file():
        raise BadRequest(f"there is no file {str(path)!r} to replay; name one, as in replay:prices.csv")
    suffix = Path(path.stem).suffix.lower() if path.suffix.lower() == ".gz" else path.suffix.lower()
    try:
        match suffix:
            case ".csv":
                with _open_text(path) as file:
                    return _read_csv(file)
            case ".json":
                with _open_text(path) as file:
                    return _read_json(file)
            case ".parquet" | ".feather":
                return _read_arrow(path, suffix)
            case _:
                raise BadRequest(_unknown_format(path))
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error, json.JSONDecodeError) as error:
        raise BadRequest(f"{path.name} cannot be read: {error}") from error


def _open_text(path: Path) -> TextIO:
    if path.suffix.lower() == ".gz":
        return cast("TextIO", gzip.open(path, "rt", encoding="utf-8-sig", newline=""))
    return path.open(encoding="utf-8-sig", newline="")


def _unknown_format(path: Path) -> str:
    with _open_text(path) as file:
        try:
            start = file.readline(200)
        except UnicodeDecodeError:
            start = ""
    if _RAW_STREAM.match(start):
        return (
            f"{path.name} holds raw exchange streams (local time and a message per line), which are no table of rows:"
            " replay them, or give candles, quotes or trades"
        )
    return f"{path.name} is of no known format; these can be replayed: {_FORMATS}"


def _read_csv(file: TextIO) -> Table:
    rows = [row for row in csv.reader(file) if row]
    if not rows:
        raise BadRequest(f"{_name(file)} is empty")
    header = [name.strip() for name in rows[0]]
    if _is_number(header[0]):  # no header: columns are known by their number
        header = [str(number) for number in range(len(header))]
    else:
        del rows[0]
    width = len(header)
    whole = [row for row in rows if len(row) == width]
    rejected = [
        f"row {number}: {len(row)} cells where {width} were expected"
        for number, row in enumerate(rows, 1)
        if len(row) != width
    ]
    columns = [list(column) for column in zip(*whole, strict=True)] or [[] for _ in header]
    return Table(dict(zip(header, columns, strict=True)), rejected)


def _read_json(file: TextIO) -> Table:
    # Numbers keep their text; whole ones (times, ids) are exact as they are.
    data: Any = json.load(file, parse_float=str, parse_constant=str)
    rows: list[Any] = cast("list[Any]", data) if isinstance(data, list) else []
    if not rows:
        raise BadRequest(f"{_name(file)} must hold a JSON list of rows")
    names: list[str] = list(cast("dict[str, Any]", rows[0])) if isinstance(rows[0], dict) else []
    if names:
        return Table({name: [row.get(name) for row in rows] for name in names})
    width = len(cast("list[Any]", rows[0])) if isinstance(rows[0], list) else 0
    columns = _LIST_COLUMNS.get(width)
    if columns is None or any(not isinstance(row, list) or len(cast("list[Any]", row)) != width for row in rows):
        raise BadRequest(
            f"{_name(file)} must hold objects, or lists of 6 (time, open, high, low, close, volume) or of"
            " 7 (time, id, type, side, price, amount, cost)"
        )
    return Table({name: [row[at] for row in rows] for at, name in enumerate(columns)})


def _read_arrow(path: Path, suffix: str) -> Table:
    try:
        # Loaded here alone: no other feed needs its 100 MB. By name, because it ships no types.
        arrow = import_module("pyarrow")
        reader = import_module("pyarrow.parquet" if suffix == ".parquet" else "pyarrow.feather")
    except ImportError:
        raise BadRequest(
            f"reading {path.name} needs pyarrow: install mockexchange[backtest], or save the file as .csv"
        ) from None
    try:
        table = reader.read_table(str(path))
        columns: dict[str, list[Cell]] = {}
        for name, column in zip(table.column_names, table.columns, strict=True):
            if arrow.types.is_timestamp(column.type):
                # as ms: what finer units hold below is dropped, as everywhere
                in_ms = column.cast(arrow.timestamp("ms", column.type.tz), safe=False)
                columns[name] = in_ms.cast("int64").to_pylist()
            else:
                columns[name] = column.to_pylist()
    except arrow.ArrowException as error:
        raise BadRequest(f"{path.name} cannot be read: {error}") from error
    return Table(columns)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _name(file: TextIO) -> str:
    return Path(file.name).name
