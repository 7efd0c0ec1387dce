"""What a column is, what a number is, what a moment is."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockexchange.domain.errors import BadRequest
from mockexchange.feed.columns import Kind, exact, find_columns, milliseconds
from mockexchange.feed.table import Cell, Table


def table(names: str) -> Table:
    """One row; every cell holds its column's name."""
    return Table({name: [name] for name in names.split()})


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        ("timestamp open high low close volume", Kind.CANDLES),
        ("date Open HIGH low close", Kind.CANDLES),
        ("timestamp symbol ask_size ask bid_size bid", Kind.QUOTES),
        ("time bid ask price quantity", Kind.QUOTES),
        ("timestamp trade_id price quantity buyer_maker", Kind.TRADES),
        ("timestamp id type side price amount cost", Kind.TRADES),
    ],
)
def test_the_kind_is_seen_from_the_columns(names: str, kind: Kind) -> None:
    """In any order and case."""
    found, columns = find_columns(table(names), {}, "a.csv")
    assert found is kind
    assert "time" in columns


def test_other_names_are_mapped() -> None:
    """Ours on the left, the file's on the right; a mapping comes before a known name."""
    kind, columns = find_columns(table("t bid price p q"), {"time": "t", "price": "p", "quantity": "q"}, "a.csv")
    assert (kind, columns["price"], columns["time"]) == (Kind.TRADES, ["p"], ["t"])


@pytest.mark.parametrize(
    ("names", "chosen", "reason"),
    [
        ("a b", {}, "columns 'a', 'b'; a replay needs"),
        ("open high low close", {}, "needs a time"),
        ("time price", {}, "REPLAY_COLUMNS"),
        ("time bid ask", {"time": "t"}, "no column 't'"),
        ("time bid ask", {"when": "time"}, "knows no 'when'"),
    ],
)
def test_columns_that_do_not_do_are_named(names: str, chosen: dict[str, str], reason: str) -> None:
    """With what would do."""
    with pytest.raises(BadRequest, match=reason):
        find_columns(table(names), chosen, "a.csv")


@given(st.decimals(min_value="1e-12", max_value="1e12", allow_nan=False, places=12))
def test_text_keeps_every_digit(number: Decimal) -> None:
    """There and back."""
    assert str(exact(f" {number} ")) == str(number)


@given(st.floats(min_value=1e-12, max_value=1e12))
def test_a_float_becomes_its_shortest_text(number: float) -> None:
    """0.1 is 0.1, not 0.1000000000000000055511151231257827."""
    assert exact(number) == Decimal(repr(number))


@pytest.mark.parametrize("cell", [None, True, "", "abc", "nan", float("nan"), "Infinity", "1e30", "1e-30", "1" * 41])
def test_what_is_no_number_is_refused(cell: Cell) -> None:
    """Never guessed, and never let near memory."""
    with pytest.raises(ValueError, match=r"number|money"):
        exact(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "2022-01-01 00:00:01.500000",
        "2022-01-01T00:00:01.5Z",
        "2022-01-01 01:00:01.500+01:00",
        "1640995201.5",
        "1640995201500",
        1640995201500,
        1640995201500999,
        "1640995201500999999",
        1640995201.5,
    ],
)
def test_a_moment_is_read_however_it_is_written(cell: Cell) -> None:
    """UTC unless it says otherwise; the size of an epoch number tells its unit."""
    assert milliseconds(cell) == 1_640_995_201_500


def test_text_without_a_zone_is_utc_wherever_the_machine_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    """A recording does not shift by hours on a laptop."""
    with monkeypatch.context() as machine:
        machine.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        assert milliseconds("2022-01-01 00:00:00") == 1_640_995_200_000
    time.tzset()


@pytest.mark.parametrize("cell", ["", "yesterday", "-5", None, "nan", "2022-13-01"])
def test_what_is_no_moment_is_refused(cell: Cell) -> None:
    """It says what it was."""
    with pytest.raises(ValueError, match=r"."):
        milliseconds(cell)
