"""What a back-test was given to read: files, folders, patterns, frames and rows, each with what its name says."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from ..domain.errors import BadRequest
from ..feed.raw_streams import is_raw_streams
from ..feed.replay import NAME
from ..feed.table import SUFFIXES, Table, read_table
from .frames import is_frame, table_of_frame, table_of_rows

_TIMEFRAME = re.compile(r"-(\d+(?:mo|[smhdwM]))(?=[-.]|$)")
_TRADES = re.compile(r"-(trades|aggTrades)(?=[-.]|$)")
_JOINED = re.compile(r"([A-Z0-9]{5,40})-(?:\d+(?:mo|[smhdwM])|trades|aggTrades)(?=[-.]|$)")
"""BTCUSDT-1m-2024-01.zip, as Binance names its archives."""
_QUOTE_ASSETS = (
    *("USDT", "USDC", "FDUSD", "TUSD", "BUSD", "USDP", "USD1", "DAI", "USD", "BTC", "ETH", "BNB", "EUR", "GBP", "AUD"),
    *("TRY", "BRL", "JPY", "ARS", "MXN", "PLN", "RON", "CZK", "ZAR", "UAH", "RUB", "NGN", "COP", "IDR", "IDRT", "BIDR"),
    *("BVND", "VAI", "AEUR", "EURI", "XRP", "TRX", "DOGE", "SOL", "DOT", "PAX", "USDS"),
)
"""What a symbol without a slash can end with."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One table of prices, read or not: a file, or what is in memory. `symbol` and `timeframe` are what its name says;
    `notes` are what its reader should know."""

    name: str
    path: Path | None = None
    table: Table | None = None
    symbol: str | None = None
    timeframe: str | None = None
    notes: tuple[str, ...] = ()

    def read(self) -> Table:
        """Its columns. Raises BadRequest, with what to do, for a file that cannot be read."""
        if self.table is not None:
            return self.table
        assert self.path is not None, "a piece is a file or a table"
        return read_table(self.path)

    @property
    def is_raw_streams(self) -> bool:
        """Whether it is a recording of an exchange's own streams."""
        return self.path is not None and is_raw_streams(self.path)


def pieces_of(data: Any, symbol: str | None = None) -> list[Piece]:
    """Everything there is to read. `symbol` is whose prices they are, where the caller knows.

    Raises BadRequest for what is nothing of the kind.
    """
    if isinstance(data, str | Path):
        return _of_path(Path(data).expanduser(), symbol)
    if is_frame(data):
        return [Piece("frame", table=table_of_frame(data), symbol=symbol)]
    if isinstance(data, Mapping):
        named = cast("Mapping[object, object]", data)
        if not named:
            raise BadRequest("the data is empty: give files, frames or rows of prices by symbol")
        return [piece for name, each in named.items() for piece in _named(pieces_of(each, str(name)), str(name))]
    given: Any = data.tolist() if hasattr(data, "tolist") else data  # an array of rows
    if isinstance(given, list | tuple | Iterator):
        items = list(cast("Iterable[object]", given))
        if items and all(isinstance(each, str | Path) or is_frame(each) for each in items):
            return [piece for each in items for piece in pieces_of(each, symbol)]
        if items and all(isinstance(each, Sequence | Mapping) for each in items):
            return [Piece("rows", table=table_of_rows(items), symbol=symbol)]
        if not items:
            raise BadRequest("the data is an empty list: give files, frames or rows of prices")
    raise BadRequest(
        f"a back-test reads files, folders, frames, lists of rows (ms, open, high, low, close, volume), or these by"
        f" symbol; this was a {type(data).__name__}"
    )


def unified(name: str) -> str | None:
    """BTC/USDT of BTC/USDT, BTC_USDT, BTC-USDT or BTCUSDT; None when it cannot be told."""
    name = name.strip().upper()
    parts = re.split(r"[/_-]", name)
    if len(parts) == 2 and all(part.isalnum() for part in parts):
        return "/".join(parts)
    quotes = [quote for quote in _QUOTE_ASSETS if name.endswith(quote) and len(name) > len(quote) + 1]
    if len(parts) != 1 or not quotes:
        return None
    quote = max(quotes, key=len)
    return f"{name.removesuffix(quote)}/{quote}"


def _named(pieces: list[Piece], symbol: str) -> list[Piece]:
    for piece in pieces:
        if piece.symbol not in (None, symbol):
            raise BadRequest(f"the name of {piece.name} says {piece.symbol} but it was given for {symbol}")
    return [replace(piece, symbol=symbol) for piece in pieces]


def _of_path(path: Path, symbol: str | None) -> list[Piece]:
    if path.is_dir():
        return _of_folder(path, symbol)
    if path.exists() or not glob.has_magic(str(path)):
        if not path.is_file():
            raise BadRequest(f"there is no file or folder {str(path)!r}: name one, as in data='BTC_USDT-1m.csv.gz'")
        return [_of_file(path)]
    found = [Path(each) for each in sorted(glob.glob(str(path)))]  # noqa: PTH207  # a Path's own takes no absolute pattern
    files = [each for each in found if each.is_file()]
    if not files:
        raise BadRequest(f"no file fits the pattern {str(path)!r}")
    return [_of_file(each) for each in files]


def _of_folder(folder: Path, symbol: str | None) -> list[Piece]:
    """The files of a folder that can be read, freqtrade's among them; of one market, when `symbol` says which."""
    files = [each for each in sorted(folder.iterdir()) if each.is_file()]
    readable = [_of_file(each) for each in files if _is_readable(each)]
    if symbol is not None:
        readable = [each for each in readable if each.symbol in (None, symbol)]
    nameless = [each.name for each in readable if each.symbol is None]
    named = [each for each in readable if each.symbol is not None]
    if not named and len(nameless) == 1 and symbol is not None:
        return readable
    if not named:
        market = f" of {symbol}" if symbol else ""
        others = [*nameless, *(f"{each.name}/" for each in sorted(folder.iterdir()) if each.is_dir())]
        raise BadRequest(
            f"the folder {str(folder)!r} has no file of prices{market} that is named like BTC_USDT-1m.feather"
            + (f"; it has {', '.join(others)[:200]}" if others else "")
        )
    note = f"left out of {folder.name}, for their names tell no market: {', '.join(nameless)[:200]}"
    return [replace(each, notes=(note,) if nameless else ()) for each in named]


def _is_readable(path: Path) -> bool:
    return path.name.lower().endswith(SUFFIXES) or is_raw_streams(path)


def _of_file(path: Path) -> Piece:
    found, joined = NAME.match(path.name), _JOINED.match(path.name)
    symbol = f"{found[1]}/{found[2]}" if found else unified(joined[1]) if joined else None
    timeframe, trades = _TIMEFRAME.search(path.name), _TRADES.search(path.name)
    kind = "trades" if trades else timeframe[1].replace("1mo", "1M") if timeframe else None
    return Piece(path.name, path=path, symbol=symbol, timeframe=kind)
