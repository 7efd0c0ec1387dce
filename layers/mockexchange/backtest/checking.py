"""The rows of a recording made fit to replay, in columns: the same as feed.rows.clean gives, many times faster.

Numbers are looked at as floats first. A row that is plainly possible so is possible exactly; every other one goes to
the exact checks, which decide, and which say why.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import NoneType
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from ..feed.columns import Kind, milliseconds
from ..feed.rows import (
    CHECKS,
    NO_SIZE,
    PRICES,
    Rows,
    named_by_number,
    noticed,
    seller_takes,
    shortened,
    size,
    told_by,
    without_duplicates,
)
from ..feed.table import Cell

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]

_LONGEST_EXACT = 16
"""Characters of a number with a point: of any two that differ, the nearest floats differ, in the same direction."""
_WHOLE = 2.0**53
"""Up to here floats are whole numbers without a gap."""
_MOST_DIGITS = 10.0**15
_SMALLEST, _LARGEST = 1e-19, 1e19
"""Well within what feed.columns.exact takes for money."""
_SIZES = ("bid_size", "ask_size")
_SIDES = ("side", "buyer_is_maker")


@dataclass(frozen=True, slots=True)
class Checked:
    """Rows, and the floats nearest to their numbers: prices, and `volume` or `quantity` (0 where nothing is told)."""

    rows: Rows
    floats: Mapping[str, Floats]


@dataclass(frozen=True, slots=True)
class _Numbers:
    """A column as floats. Where not `sure`, a float does not tell whether the cell is a number, or which of two is the
    greater."""

    values: Floats
    sure: Truths


def check(
    kind: Kind,
    columns: Mapping[str, Sequence[Cell]],
    rejected: Sequence[str] = (),
    name: Callable[[int], str] = named_by_number,
) -> Checked:
    """The rows that can be replayed; `name` says how a row (from 0) is called in what is said about it."""
    numbers = {each: _numbers(columns[each]) for each in _numeric(kind) if each in columns}
    times, sure = _moments(columns["time"])
    reasons = _refused(kind, columns, np.flatnonzero(~_plain(kind, columns, numbers)))
    for index in np.flatnonzero(~sure).tolist():
        if index not in reasons:
            try:
                times[index] = milliseconds(columns["time"][index])
            except (ValueError, OverflowError) as reason:
                reasons[index] = str(reason)
    kept = np.setdiff1d(np.arange(len(times)), np.array(list(reasons), np.int64), assume_unique=True)
    order = np.argsort(times[kept], kind="stable")
    was_sorted = bool((np.diff(times[kept]) < 0).any())
    kept = kept[order]
    unique, others = _each_once(kind, columns, times, kept, name)
    dropped = [*rejected, *(f"{name(index)}: {reasons[index]}" for index in sorted(reasons)), *others]
    rows = Rows(
        kind,
        array("q", times[unique].tobytes()),
        {each: _taken(columns[each], unique) for each in told_by(columns)},
        shortened(dropped),
        noticed(kind, columns, was_sorted, len(kept) - len(unique)),
    )
    return Checked(rows, {each: _nearest(numbers[each], columns[each], unique) for each in numbers})


def _numeric(kind: Kind) -> tuple[str, ...]:
    match kind:
        case Kind.CANDLES:
            return (*PRICES[kind], "volume")
        case Kind.QUOTES:
            return PRICES[kind]
        case Kind.TRADES:
            return (*PRICES[kind], "quantity")


def _plain(kind: Kind, columns: Mapping[str, Sequence[Cell]], numbers: Mapping[str, _Numbers]) -> Truths:
    """Which rows are possible without a doubt."""
    good = np.ones(len(columns["time"]), np.bool_)
    for each in numbers.values():
        good &= each.sure
    values = {name: each.values for name, each in numbers.items()}
    with np.errstate(invalid="ignore"):
        match kind:
            case Kind.CANDLES:
                opened, high, low, close = (values[name] for name in PRICES[kind])
                good &= (low > 0) & (low <= np.minimum(opened, close)) & (np.maximum(opened, close) <= high)
                if "volume" in values:
                    good &= values["volume"] >= 0
            case Kind.QUOTES:
                good &= (values["bid"] > 0) & (values["bid"] <= values["ask"])
                if "price" in values:
                    good &= values["price"] > 0
                for name in _SIZES:
                    if name in columns:
                        good &= _plain_sizes(columns[name])
            case Kind.TRADES:
                good &= (values["price"] > 0) & (values["quantity"] > 0)
                good &= _plain_sides(columns)
    return good


def _plain_sizes(column: Sequence[Cell]) -> Truths:
    found = _numbers(column)
    with np.errstate(invalid="ignore"):
        good = found.sure & (found.values >= 0)
    for index in np.flatnonzero(~found.sure).tolist():
        good[index] = str(column[index]).strip().lower() in NO_SIZE
    return good


def _plain_sides(columns: Mapping[str, Sequence[Cell]]) -> Truths:
    name = next((each for each in _SIDES if each in columns), None)
    if name is None:
        return np.ones(len(columns["time"]), np.bool_)
    words = [str(cell) for cell in columns[name]]
    known = {word: _means_something(name, word) for word in set(words)}
    return np.fromiter((known[word] for word in words), np.bool_, len(words))


def _means_something(name: str, word: Cell) -> bool:
    try:
        seller_takes({name: word})
    except ValueError:
        return False
    return True


def _refused(kind: Kind, columns: Mapping[str, Sequence[Cell]], doubtful: Ints) -> dict[int, str]:
    """Of the doubtful rows those that cannot be, and why."""
    names, exactly = told_by(columns), CHECKS[kind]
    reasons: dict[int, str] = {}
    for index in doubtful.tolist():
        try:
            row: dict[str, Cell] = {name: columns[name][index] for name in names}
            exactly(row)
        except ValueError as reason:
            reasons[index] = str(reason)
    return reasons


def _each_once(
    kind: Kind, columns: Mapping[str, Sequence[Cell]], times: Ints, kept: Ints, name: Callable[[int], str]
) -> tuple[Ints, list[str]]:
    """The kept rows without duplicates, and a word about those that contradict another one. Only rows that share a time
    are looked at one by one; of trades, all, when an id is there twice."""
    if kind is Kind.TRADES:
        ids = columns.get("trade_id")
        if ids is None or len(set(_taken(ids, kept))) == len(kept):
            return kept, []
        shared = np.ones(len(kept), np.bool_)
    else:
        same = np.diff(times[kept]) == 0
        shared = np.append(same, False) | np.append(False, same)
    if not shared.any():
        return kept, []
    looked_at = kept[shared]
    rows = list(zip(cast("list[int]", times[looked_at].tolist()), cast("list[int]", looked_at.tolist()), strict=True))
    unique, dropped = without_duplicates(kind, columns, rows, name)
    gone = np.setdiff1d(looked_at, np.array([index for _, index in unique], np.int64))
    return kept[~np.isin(kept, gone)], dropped


def _taken(column: Sequence[Cell], rows: Ints) -> Sequence[Cell]:
    if len(rows) == len(column) and bool((np.diff(rows) == 1).all()):
        return column
    code = typecode(column)
    if code:
        return cast("Sequence[Cell]", array(code, np.array(column, code)[rows].tobytes()))
    return [column[index] for index in cast("list[int]", rows.tolist())]


def _nearest(found: _Numbers, column: Sequence[Cell], rows: Ints) -> Floats:
    """The floats nearest to the numbers of these rows, which have been checked."""
    values = found.values[rows]
    for place in np.flatnonzero(~found.sure[rows]).tolist():
        values[place] = float(size(column[int(rows[place])]) or 0)
    return values


def _numbers(column: Sequence[Cell]) -> _Numbers:
    values, precise = _values(column)
    size_of = np.abs(values)
    with np.errstate(invalid="ignore"):
        sure = precise & (((size_of > _SMALLEST) & (size_of < _LARGEST)) | (values == 0))
    return _Numbers(values, sure)


def _values(column: Sequence[Cell]) -> tuple[Floats, Truths]:
    """The floats nearest to the cells, and where they compare as the cells do."""
    types = _types(column)
    try:
        if types <= {float, int, NoneType}:
            values = np.array(column, np.float64)
            return values, np.abs(values) < _WHOLE if int in types else np.ones(len(values), np.bool_)
        if types <= {str, int, Decimal, NoneType}:
            return _read(column if types == {str} else [str(cell) for cell in column])
    except OverflowError:
        pass  # a whole number that no float can hold
    return np.full(len(column), np.nan), np.zeros(len(column), np.bool_)


def _read(texts: Sequence[Any]) -> tuple[Floats, Truths]:
    count = len(texts)
    try:
        values = np.fromiter(map(float, texts), np.float64, count)
    except ValueError:
        values = np.fromiter(map(_float, texts), np.float64, count)
    precise = (np.fromiter(map(len, texts), np.int64, count) <= _LONGEST_EXACT) & (np.abs(values) < _MOST_DIGITS)
    for index in np.flatnonzero(values == 0).tolist():
        precise[index] &= not texts[index].strip("0.")  # 0e-30 is nothing that money has
    return values, precise


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return np.nan


def typecode(column: object) -> str | None:
    """Of a column that is an array, the letter for its numbers: d for floats, q for whole ones."""
    return cast("array[Any]", column).typecode if isinstance(column, array) else None


def _types(column: Sequence[Cell]) -> set[type]:
    match typecode(column):
        case "d":
            return {float}
        case "q":
            return {int}
        case _:
            return set(map(type, column))


def _moments(column: Sequence[Cell]) -> tuple[Ints, Truths]:
    """Times in ms where the cells are whole numbers, as feed.columns.milliseconds reads them, and where that is so."""
    types, count = _types(column), len(column)
    numbers, sure = np.zeros(count, np.int64), np.zeros(count, np.bool_)
    if types == {int}:
        try:
            numbers = np.array(column, np.int64)
            sure = numbers >= 0
        except OverflowError:
            pass
    elif types <= {float, int}:
        values, sure = _values(column)
        with np.errstate(invalid="ignore"):
            sure = sure & (values >= 0) & (values < _WHOLE) & (np.floor(values) == values)
        numbers[sure] = values[sure].astype(np.int64)
    elif types == {str}:
        sure = np.fromiter(map(_is_whole, cast("Sequence[str]", column)), np.bool_, count)
        places = np.flatnonzero(sure).tolist()
        numbers[sure] = np.fromiter((int(cast("str", column[place])) for place in places), np.int64, len(places))
    in_ms = np.select(
        [numbers < 10**11, numbers < 10**14, numbers < 10**17],
        [np.where(numbers < 10**11, numbers, 0) * 1000, numbers, numbers // 1000],
        numbers // 1_000_000,
    )
    return in_ms.astype(np.int64), sure


def _is_whole(text: str) -> bool:
    return len(text) < 19 and text.isascii() and text.isdecimal()
