"""Reading a recorded file into columns, every cell as the file has it.

A price in a CSV or JSON file stays text, so that no digit is lost on the way to Decimal.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zipfile
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

SUFFIXES = (".csv", ".csv.gz", ".zip", ".json", ".json.gz", ".parquet", ".feather")
"""How the names of files end that can be read."""

# Rows without names are known by their length: the lists that ccxt and freqtrade save.
_LIST_COLUMNS = {
    6: ("timestamp", "open", "high", "low", "close", "volume"),
    7: ("timestamp", "id", "type", "side", "price", "amount", "cost"),
}

# Binance's public archives have no header either: candles, trades, and trades put together.
_KLINES = (
    *("open_time", "open", "high", "low", "close", "volume", "close_time"),
    *("quote_volume", "count", "taker_buy_volume", "taker_buy_quote_volume", "ignore"),
)
_TRADES = ("id", "price", "qty", "quote_qty", "time", "is_buyer_maker", "is_best_match")
_AGGREGATED = (
    *("agg_trade_id", "price", "quantity", "first_trade_id", "last_trade_id"),
    *("transact_time", "is_buyer_maker", "is_best_match"),
)
_TRUTHS = frozenset({"true", "false"})


@dataclass(frozen=True, slots=True)
class Table:
    """Named columns of equal length. `rejected` says which rows could not be read, and why."""

    columns: Mapping[str, Sequence[Cell]]
    rejected: Sequence[str] = ()

    def __len__(self) -> int:
        """The number of rows."""
        return len(next(iter(self.columns.values()), ()))


def read_table(path: Path) -> Table:
    """The columns of a CSV, JSON, Parquet or Feather file, or of a zip with one CSV in it, by its suffix.

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
            case ".zip":
                return _read_zip(path)
            case ".json":
                with _open_text(path) as file:
                    return _read_json(file)
            case ".parquet" | ".feather":
                return _read_arrow(path, suffix)
            case _:
                raise BadRequest(_unknown_format(path))
    except (
        *(OSError, EOFError, zlib.error, zipfile.BadZipFile, UnicodeDecodeError),
        *(csv.Error, json.JSONDecodeError),
    ) as error:
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
    return f"{path.name} is of no known format; these can be replayed: {', '.join(SUFFIXES)}"


def _read_csv(file: TextIO) -> Table:
    rows = [row for row in csv.reader(file) if row]
    if not rows:
        raise BadRequest(f"{_name(file)} is empty")
    header = [name.strip() for name in rows[0]]
    known: Sequence[str] = ()
    if _is_number(header[0]):  # no header: columns are known by their number, in files of a known form by name as well
        known = _known_form(header)
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
    named = dict(zip(known, columns, strict=True)) if known else {}
    return Table({**named, **dict(zip(header, columns, strict=True))}, rejected)


def _known_form(row: Sequence[str]) -> Sequence[str]:
    """What the columns of a file without a header are, by its first row; nothing when that is of no known form."""
    truths = [cell.lower() in _TRUTHS for cell in row]
    match len(row):
        case 6:
            return _LIST_COLUMNS[6]
        case 7 if truths[5] and truths[6]:
            return _TRADES
        case 8 if truths[6] and truths[7]:
            return _AGGREGATED
        case 12:
            return _KLINES
        case _:
            return ()


def _read_zip(path: Path) -> Table:
    with zipfile.ZipFile(path) as archive:
        names = [each for each in archive.namelist() if each.lower().endswith(".csv")]
        if len(names) != 1:
            raise BadRequest(f"{path.name} must hold one CSV file; it has {len(names)}")
        with archive.open(names[0]) as inside, io.TextIOWrapper(inside, encoding="utf-8-sig", newline="") as file:
            return _read_csv(file)


def _read_json(file: TextIO) -> Table:
    # Numbers keep their text; whole ones (times, ids) are exact as they are.
    data: Any = json.load(file, parse_float=str, parse_constant=str)
    rows: list[Any] = cast("list[Any]", data) if isinstance(data, list) else []
    if not rows:
        raise BadRequest(f"{_name(file)} must hold a JSON list of rows")
    return table_of(rows, _name(file))


def table_of(rows: Sequence[Any], what: str) -> Table:
    """The columns of rows that are objects, or lists as ccxt and freqtrade have them. Raises BadRequest for others."""
    names: list[str] = list(cast("dict[str, Any]", rows[0])) if isinstance(rows[0], dict) else []
    if names:
        return Table({name: [row.get(name) for row in rows] for name in names})
    width = len(cast("Sequence[Any]", rows[0])) if isinstance(rows[0], list | tuple) else 0
    columns = _LIST_COLUMNS.get(width)
    if columns is None or any(
        not isinstance(row, list | tuple) or len(cast("Sequence[Any]", row)) != width for row in rows
    ):
        raise BadRequest(
            f"{what} must hold objects, or lists of 6 (time, open, high, low, close, volume) or of"
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
