"""The rows of a recorded file, made fit to replay: impossible ones dropped and named, in order, without duplicates.

Cells stay as the file has them: Decimals are built when a tick is asked for, so that a month of candles is ready in a
moment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .columns import Kind, exact, milliseconds
from .table import Cell

_MOST_NAMED = 20
"""Rejected rows that are named one by one; the others are counted."""

PRICES = {
    Kind.CANDLES: ("open", "high", "low", "close"),
    Kind.QUOTES: ("bid", "ask", "price"),
    Kind.TRADES: ("price",),
}
"""The columns that hold prices."""
NO_SIZE = frozenset({"", "none", "null", "nan"})
"""What stands, in any case, where a size is not told."""
_SELLS = {"buy": False, "sell": True}
_BUYER_MAKES = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Rows:
    """What is left of a file: `times` in ms, never falling, and cells by our words, of equal length.

    `rejected` names dropped rows, `notices` says what else a reader should know.
    """

    kind: Kind
    times: Sequence[int]
    cells: Mapping[str, Sequence[Cell]]
    rejected: Sequence[str] = ()
    notices: Sequence[str] = ()

    def prices(self) -> list[Sequence[Cell]]:
        """The columns that hold prices."""
        return [self.cells[name] for name in PRICES[self.kind] if name in self.cells]


def clean(kind: Kind, columns: Mapping[str, Sequence[Cell]], rejected: Sequence[str] = ()) -> Rows:
    """The rows that can be replayed. Row numbers count from 1, without the header."""
    dropped = list(rejected)
    kept: list[tuple[int, int]] = []
    check = CHECKS[kind]
    names = told_by(columns)
    rows = zip(*(columns[name] for name in names), strict=True)
    for index, (time, row) in enumerate(zip(columns["time"], rows, strict=True)):
        try:
            check(dict(zip(names, row, strict=True)))
            kept.append((milliseconds(time), index))
        except ValueError as reason:
            dropped.append(f"row {index + 1}: {reason}")
    in_order = sorted(kept)
    unique, others = without_duplicates(kind, columns, in_order)
    return Rows(
        kind,
        [time for time, _ in unique],
        {name: [columns[name][index] for _, index in unique] for name in names},
        shortened(dropped + others),
        noticed(kind, columns, in_order != kept, len(in_order) - len(unique)),
    )


def told_by(columns: Mapping[str, Sequence[Cell]]) -> list[str]:
    """The columns that say what a row is, beside its time."""
    return [name for name in columns if name not in ("time", "symbol")]


def noticed(kind: Kind, columns: Mapping[str, Sequence[Cell]], was_sorted: bool, duplicates: int) -> list[str]:  # noqa: FBT001  # a fact about the rows
    """What a reader should know of rows that were kept."""
    notices: list[str] = []
    if was_sorted:
        notices.append("the rows were not in order of time and have been sorted")
    if duplicates:
        notices.append(f"{duplicates} duplicates were dropped")
    if kind is Kind.TRADES and not {"side", "buyer_is_maker"} & columns.keys():
        notices.append("no column tells who was the taker: a trade below the one before counts as sold")
    return notices


def size(cell: Cell) -> Decimal | None:
    """A size or volume; None when the file does not say. Raises ValueError for a negative one, and for no number."""
    if cell is None or str(cell).strip().lower() in NO_SIZE:
        return None
    number = exact(cell)
    if number < 0:
        raise ValueError(f"a size of {number} is impossible")
    return number or None


def seller_takes(row: Mapping[str, Cell]) -> bool | None:
    """Whether the aggressor sold; None when no column tells. Raises ValueError for a word that means neither."""
    for name, words in (("side", _SELLS), ("buyer_is_maker", _BUYER_MAKES)):
        if name in row:
            word = str(row[name]).strip().lower()
            if word not in words:
                raise ValueError(f"{name} must be one of {', '.join(words)}, was {str(row[name])[:40]!r}")
            return words[word]
    return None


def _positive(row: Mapping[str, Cell], name: str) -> Decimal:
    try:
        number = exact(row[name])
    except ValueError as reason:
        raise ValueError(f"{name}: {reason}") from None
    if number <= 0:
        raise ValueError(f"{name} must be greater than 0, was {number}")
    return number


def _check_candle(row: Mapping[str, Cell]) -> None:
    opened, high, low, close = (_positive(row, name) for name in PRICES[Kind.CANDLES])
    if not low <= min(opened, close) <= max(opened, close) <= high:
        raise ValueError(f"impossible candle: open {opened}, high {high}, low {low}, close {close}")
    if "volume" in row:
        cell = row["volume"]
        if cell not in (None, "") and exact(cell) < 0:
            raise ValueError(f"a volume of {cell} is impossible")


def _check_quote(row: Mapping[str, Cell]) -> None:
    bid, ask = _positive(row, "bid"), _positive(row, "ask")
    if bid > ask:
        raise ValueError(f"crossed: bid {bid} is above ask {ask}")
    if "price" in row:
        _positive(row, "price")
    for name in ("bid_size", "ask_size"):
        size(row.get(name))


def _check_trade(row: Mapping[str, Cell]) -> None:
    _positive(row, "price")
    _positive(row, "quantity")
    seller_takes(row)


CHECKS: Mapping[Kind, Callable[[Mapping[str, Cell]], None]] = {
    Kind.CANDLES: _check_candle,
    Kind.QUOTES: _check_quote,
    Kind.TRADES: _check_trade,
}
"""What raises ValueError for a row that cannot be."""


def named_by_number(index: int) -> str:
    """A row as its file numbers it."""
    return f"row {index + 1}"


def without_duplicates(
    kind: Kind,
    columns: Mapping[str, Sequence[Cell]],
    rows: list[tuple[int, int]],
    name: Callable[[int], str] = named_by_number,
) -> tuple[list[tuple[int, int]], list[str]]:
    """The rows (time and index, in order of time), each once, and a word about those that contradict another one.

    A candle is one per time, a trade one per id; a quote is a duplicate when all of it is the same. Trades without
    ids all stay: two of the same size at the same price in one millisecond are quite usual."""
    names = told_by(columns)
    dropped: list[str] = []

    def whole(index: int) -> tuple[Cell, ...]:
        return tuple(columns[name][index] for name in names)

    if kind is Kind.TRADES and "trade_id" not in names:
        return rows, dropped
    first: dict[object, int] = {}
    unique: list[tuple[int, int]] = []
    for time, index in rows:
        match kind:
            case Kind.CANDLES:
                identity: object = time
            case Kind.QUOTES:
                identity = (time, whole(index))
            case Kind.TRADES:
                identity = columns["trade_id"][index]
        before = first.setdefault(identity, index)
        if identity is None or before == index:
            unique.append((time, index))
        elif whole(before) != whole(index):
            dropped.append(f"{name(index)}: differs from {name(before)}, which has the same {_same(kind)}")
    return unique, dropped


def _same(kind: Kind) -> str:
    return "trade id" if kind is Kind.TRADES else "time"


def shortened(dropped: list[str]) -> list[str]:
    """The first of the words about rows that were dropped, and how many more there are."""
    more = len(dropped) - _MOST_NAMED
    return dropped if more <= 0 else [*dropped[:_MOST_NAMED], f"and {more} more rows"]
