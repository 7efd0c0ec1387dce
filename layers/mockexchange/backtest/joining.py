"""The pieces of one market as one line of checked rows."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from itertools import accumulate, chain
from typing import Any, cast

from ..domain.errors import BadRequest
from ..domain.instruments import split_symbol
from ..feed.columns import Kind, find_columns
from ..feed.table import Cell
from .checking import Checked, check
from .pieces import Piece, unified

_NAMED_BY = ("columns", "columns={'time': 't', 'open': 'o'}")


def join(pieces: Sequence[Piece], chosen: Mapping[str, str], symbol: str | None) -> tuple[Checked, str]:
    """The rows of all pieces together, checked, and whose they are. `chosen` maps our words to names of columns.

    Raises BadRequest, which says what to do.
    """
    kinds: list[Kind] = []
    tables: list[Mapping[str, Sequence[Cell]]] = []
    rejected: list[str] = []
    several = len(pieces) > 1
    for piece in pieces:
        table = piece.read()
        kind, cells = find_columns(table, chosen, piece.name, _NAMED_BY)
        kinds.append(kind)
        tables.append(cells)
        rejected += [f"{piece.name}, {reason}" if several else reason for reason in table.rejected]
    if len(set(kinds)) > 1:
        other = next(at for at, kind in enumerate(kinds) if kind is not kinds[0])
        raise BadRequest(
            f"{pieces[0].name} has {kinds[0]} and {pieces[other].name} {kinds[other]}: give one kind of a market"
        )
    markets = sorted({str(cell) for table in tables for cell in set(table.get("symbol", ()))})
    if len(markets) > 1:
        raise BadRequest(
            f"{pieces[0].name} holds several markets ({', '.join(markets)[:200]}): split it, and give them by symbol"
        )
    said = unified(markets[0]) if markets else None
    if symbol and said and said != symbol:
        raise BadRequest(f"the rows of {pieces[0].name} are of {markets[0]}, not of {symbol}")
    ends = list(accumulate(len(table["time"]) for table in tables))

    def name(index: int) -> str:
        at = next(at for at, end in enumerate(ends) if index < end)
        row = index - (ends[at - 1] if at else 0) + 1
        return f"{pieces[at].name}, row {row}" if several else f"row {row}"

    shared = [each for each in tables[0] if all(each in table for table in tables)]
    joined = {each: _joined([table[each] for table in tables]) for each in shared}
    checked = check(kinds[0], joined, rejected, name)
    if not checked.rows.times:
        reasons = "; ".join(checked.rows.rejected[:3])
        raise BadRequest(f"{pieces[0].name} has no row that can be used{': ' if reasons else ''}{reasons}")
    return checked, known(symbol or said, pieces[0].name)


def _joined(columns: Sequence[Sequence[Cell]]) -> Sequence[Cell]:
    if len(columns) == 1:
        return columns[0]
    if all(isinstance(column, array) for column in columns):
        arrays = [cast("array[Any]", column) for column in columns]
        if len({each.typecode for each in arrays}) == 1:
            return cast("Sequence[Cell]", array(arrays[0].typecode, b"".join(each.tobytes() for each in arrays)))
    return list(chain.from_iterable(columns))


def known(symbol: str | None, name: str) -> str:
    """The symbol of what is called `name`. Raises BadRequest when nobody said it, BadSymbol when it is none."""
    if symbol is None:
        raise BadRequest(
            f"whose prices are in {name}? Say symbol='BTC/USDT', give them by symbol, or name a file like"
            " BTC_USDT-1m.csv"
        )
    split_symbol(symbol)
    return symbol
