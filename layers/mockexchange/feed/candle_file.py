"""A Parquet file of candles that grows: parts beside it while it is fetched, each whole or not there; one file after.

FILE.parquet               what is complete; `--feed replay:FILE.parquet` reads it
FILE.parquet.parts/N       candles fetched since, one Parquet file each, in order of time
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from ..domain.errors import BadRequest

Row = Sequence[float]
"""Time (ms), open, high, low, close, volume, as ccxt gives them."""

COLUMNS = ("timestamp", "open", "high", "low", "close", "volume")
_ABOUT = b"mockexchange"
"""Where a file says what it holds."""


class CandleFile:
    """Candles of one market in one length from one exchange. `about` says which, and is kept in the file.

    Raises BadRequest when pyarrow is missing, when the file cannot be read, and when it holds something else.
    """

    def __init__(self, path: Path, about: Mapping[str, str]) -> None:
        self._path = path
        self._parts = path.with_name(f"{path.name}.parts")
        self._about = dict(about)
        try:
            # By name, because it ships no types; here alone, because of its 100 MB.
            self._arrow: Any = import_module("pyarrow")
            self._parquet: Any = import_module("pyarrow.parquet")
        except ImportError:
            raise BadRequest("Parquet files need pyarrow: install mockexchange[backtest]") from None
        if path.suffix.lower() != ".parquet":
            raise BadRequest(f"the file's name must end in .parquet, was {path.name!r}")
        self._columns = [("timestamp", self._arrow.timestamp("ms", "UTC"))]
        self._columns += [(name, self._arrow.float64()) for name in COLUMNS[1:]]
        self._last: int | None = None
        self._first: int | None = None
        self._count = 0
        for each in self._files():
            self._look_at(each)

    @property
    def first(self) -> int | None:
        """The time of the first candle there is (ms)."""
        return self._first

    @property
    def last(self) -> int | None:
        """The time of the last candle there is (ms)."""
        return self._last

    @property
    def count(self) -> int:
        """How many candles there are."""
        return self._count

    def add(self, rows: Sequence[Row]) -> None:
        """Keep more candles, in one step; those that are not newer than the last one are left out."""
        new = [row for row in rows if self._last is None or row[0] > self._last]
        if not new:
            return
        self._parts.mkdir(parents=True, exist_ok=True)
        self._write(self._parts / f"{int(new[0][0]):015d}.parquet", self._table(new))
        self._first = int(new[0][0]) if self._first is None else self._first
        self._last = int(new[-1][0])
        self._count += len(new)

    def join(self) -> None:
        """Make one file of all there is."""
        parts = self._part_files()
        if parts:
            self._write(
                self._path, self._arrow.concat_tables([self._parquet.read_table(str(each)) for each in self._files()])
            )
        for each in parts:
            each.unlink()
        if self._parts.is_dir():
            self._parts.rmdir()

    def _part_files(self) -> list[Path]:
        """The parts that begin after the joined file ends. One that was joined, and not removed any more, goes; so does
        what was not written to its end."""
        found: list[Path] = []
        for each in sorted(self._parts.iterdir()) if self._parts.is_dir() else ():
            if each.suffix != ".parquet" or int(each.stem) <= self._joined_until():
                each.unlink()
            else:
                found.append(each)
        return found

    def _joined_until(self) -> int:
        if not self._path.exists():
            return -1
        times = self._read(self._path).column("timestamp")
        return times[-1].value if len(times) else -1

    def _files(self) -> list[Path]:
        return [*([self._path] if self._path.exists() else []), *self._part_files()]

    def _look_at(self, path: Path) -> None:
        table = self._read(path)
        if table.schema.names != list(COLUMNS) or _ABOUT not in (table.schema.metadata or {}):
            raise BadRequest(f"{path.name} was not written by `mockx history fetch`; choose another --out")
        kept = json.loads(table.schema.metadata[_ABOUT])
        if kept != self._about:
            raise BadRequest(
                f"{path.name} holds {_described(kept)}, not {_described(self._about)}; choose another --out"
            )
        times = table.column("timestamp")
        if len(times):
            self._first = times[0].value if self._first is None else self._first
            self._last = times[-1].value
            self._count += len(times)

    def _read(self, path: Path) -> Any:
        try:
            return self._parquet.read_table(str(path))
        except (OSError, self._arrow.ArrowException) as error:
            raise BadRequest(f"{path} cannot be read: {error}; choose another --out, or remove it") from error

    def _table(self, rows: Sequence[Row]) -> Any:
        about = {_ABOUT: json.dumps(self._about).encode()}
        schema = self._arrow.schema(self._columns, metadata=about)
        columns = [list(column) for column in zip(*rows, strict=True)]
        arrays = [
            self._arrow.array([int(each) for each in columns[0]] if at == 0 else columns[at], type=kind)
            for at, (_, kind) in enumerate(self._columns)
        ]
        return self._arrow.Table.from_arrays(arrays, schema=schema)

    def _write(self, path: Path, table: Any) -> None:
        temporary = path.with_name(f"{path.name}.unfinished")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._parquet.write_table(table, str(temporary), compression="zstd")
        temporary.replace(path)


def _described(about: Mapping[str, str]) -> str:
    return " ".join(about.get(name, "?") for name in ("symbol", "timeframe", "exchange"))
