"""Checking columns at once says exactly what checking them row by row says."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mockexchange.backtest.checking import check
from mockexchange.backtest.increments import places
from mockexchange.domain.amounts import decimal_places
from mockexchange.feed.columns import Kind, exact
from mockexchange.feed.rows import clean, size
from mockexchange.feed.table import Cell

T = 1_700_000_000_000
NAMES = {
    Kind.CANDLES: ("time", "open", "high", "low", "close", "volume"),
    Kind.QUOTES: ("time", "bid", "ask", "price", "bid_size", "ask_size"),
    Kind.TRADES: ("time", "price", "quantity", "trade_id", "side"),
}
OTHERS = {Kind.TRADES: ("time", "price", "quantity", "trade_id", "buyer_is_maker")}

few = st.integers(1, 12)
"""So few that rows are often possible, and often alike."""
odd = st.sampled_from([
    *[None, "", " ", "nan", "-nan", "inf", "1e400", "0e-30", "0.0000", "-0", "0", "x", "1_0", " 7 "],
    *["+5", "1e-25", ".", "9" * 45, "1.5 "],
    *[True, False, 0, 0.0, -1, -1.5, float("nan"), float("inf"), 1e-30, 1e25, 10**30],
    *[Decimal("NaN"), Decimal(-1), Decimal(4)],
    *["10.00000000000000001", "10.00000000000000002", "10.000000000000000010", "9.9999999999999999999"],
])  # fmt: skip
cells = {
    "text": few.map(str),
    "places": few.map(lambda number: f"{number}.50000000"),
    "float": few.map(lambda number: number / 4),
    "whole": few,
    "decimal": few.map(Decimal),
    "any": st.one_of(few.map(str), few, few.map(float)),
    "odd": st.one_of(few.map(str), few.map(float), odd),
}
moments = {
    "ms": st.integers(T, T + 5),
    "us": st.integers(T * 1000, T * 1000 + 5_000),
    "text": st.integers(T, T + 5).map(str),
    "iso": st.sampled_from(["2024-01-01", "2024-01-01 00:00:00.001", "2024-01-01T00:00:00+00:00", "1969-01-01"]),
    "float": st.integers(T, T + 5).map(float),
    "seconds": st.sampled_from([1.7e9, 1_700_000_000.25, 1_700_000_000]),
    "odd": st.one_of(st.integers(T, T + 5), st.sampled_from([None, "", "soon", -5, "-5", 10**30, 1e300, float("nan")])),
}
sides = st.sampled_from(["buy", "sell", "BUY", " sell "])
makers = st.sampled_from(["true", "False", True, False, 1, 0, "1", 1.0, "maybe", None])


@st.composite
def tables(draw: st.DrawFn) -> tuple[Kind, dict[str, Sequence[Cell]]]:
    """Columns each of one form, as files have them, now and then with something odd in them."""
    kind = draw(st.sampled_from(list(Kind)))
    count = draw(st.integers(0, 8))
    names = draw(st.sampled_from([NAMES[kind], OTHERS.get(kind, NAMES[kind]), NAMES[kind][:-1]]))
    columns: dict[str, Sequence[Cell]] = {}
    for name in names:
        if name == "time":
            form: st.SearchStrategy[Any] = moments[draw(st.sampled_from(sorted(moments)))]
        elif name == "side":
            form = draw(st.sampled_from([sides, st.one_of(sides, st.just("bought"))]))
        elif name == "buyer_is_maker":
            form = makers
        else:
            form = cells[draw(st.sampled_from(sorted(cells)))]
        columns[name] = draw(st.lists(form, min_size=count, max_size=count))
    return kind, columns


@given(tables())
@settings(max_examples=400, deadline=None)
@example((Kind.CANDLES, {"time": [T], "open": ["10.00000000000000001"], "high": ["10.00000000000000001"],
                         "low": ["10.00000000000000002"], "close": ["10.00000000000000001"]}))  # fmt: skip
@example((Kind.CANDLES, {"time": [T], "open": ["1"], "high": ["1"], "low": ["1"], "close": ["1"], "volume": ["0e-30"]}))
def test_the_fast_checks_and_the_exact_ones_give_the_same(table: tuple[Kind, dict[str, Sequence[Cell]]]) -> None:
    kind, columns = table
    slow, checked = clean(kind, columns, ["before"]), check(kind, columns, ["before"])
    fast = checked.rows
    assert list(fast.times) == list(slow.times)
    assert {name: repr(list(column)) for name, column in fast.cells.items()} == {
        name: repr(list(column)) for name, column in slow.cells.items()
    }
    assert (list(fast.rejected), list(fast.notices)) == (list(slow.rejected), list(slow.notices))
    for name, values in checked.floats.items():
        assert values.tolist() == [float(size(cell) or 0) for cell in slow.cells[name]]


def test_arrays_are_columns_like_any_other() -> None:
    columns: dict[str, Sequence[Cell]] = {
        "time": array("q", [T + 1, T, T, T + 2]),
        "bid": array("d", [1.5, 2.5, 2.5, float("nan")]),
        "ask": array("d", [2.0, 3.0, 3.0, 4.0]),
        "bid_size": array("d", [float("nan"), 1.0, 1.0, 1.0]),
    }
    listed = {name: list(column) for name, column in columns.items()}
    fast, slow = check(Kind.QUOTES, columns).rows, clean(Kind.QUOTES, listed)
    assert [list(fast.cells[name]) == slow.cells[name] for name in ("bid", "ask")] == [True, True]
    assert list(fast.times) == [T, T + 1]
    assert fast.rejected == slow.rejected
    assert fast.rejected[0].startswith("row 4: bid")
    assert fast.notices == slow.notices


def test_a_row_is_called_as_its_reader_calls_it() -> None:
    rows = check(Kind.QUOTES, {"time": [T, T], "bid": ["2", "1"], "ask": ["1", "2"]}, (), "row of {}".format).rows
    assert rows.rejected == ["row of 0: crossed: bid 2 is above ask 1"]


written = st.one_of(
    st.decimals("0.00000001", "1000000", places=8).map(str),
    st.decimals("1", "9", places=12).map(str),
    st.sampled_from(["1e-5", "100", "5.", "0.10", " 1.25 ", "12E2"]),
)


@given(st.lists(written, min_size=1, max_size=6))
def test_decimal_places_are_those_of_the_numbers_as_text(column: list[str]) -> None:
    assert places(column) == max(decimal_places(exact(cell)) for cell in column)


@given(
    st.lists(
        st.one_of(
            st.decimals("0.0001", "1000000", places=4).map(float),
            st.decimals("0.00000001", "10000000000", places=8).map(float),
            st.floats(1e-9, 1e15),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_decimal_places_are_those_of_floats_as_their_shortest_text(column: list[float]) -> None:
    expected = min(12, max(decimal_places(exact(cell)) for cell in column))
    assert places(column) == places(array("d", column)) == expected


@pytest.mark.parametrize("column", [[Decimal("1.25"), 3], [1, 2], ["1", 2.5, Decimal("0.001")]])
def test_decimal_places_of_mixed_columns(column: list[Cell]) -> None:
    assert places(column) == max(decimal_places(exact(cell)) for cell in column)


def test_floats_of_a_column_of_text_are_the_nearest() -> None:
    checked = check(Kind.TRADES, {"time": [T], "price": ["0.1234567890123456789"], "quantity": [Decimal("1e-7")]})
    assert checked.floats["price"].tolist() == [0.1234567890123456789]
    assert checked.floats["quantity"].dtype == np.float64
