"""Amounts: exact, and rounded only where it is said."""

from __future__ import annotations

from decimal import Decimal, Inexact

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockexchange.domain.amounts import (
    MAX_DIGITS,
    add,
    decimal_places,
    divide,
    divide_down,
    floor_to_step,
    from_units,
    is_multiple,
    multiply,
    parse_amount,
    round_down,
    round_up,
    subtract,
    text,
    to_units,
    total,
)
from mockexchange.domain.errors import BadRequest

D = Decimal
units = st.integers(min_value=-(10**40), max_value=10**40)
scales = st.integers(min_value=0, max_value=18)
positive = st.integers(min_value=1, max_value=10**30)


@settings(deadline=None)
@given(units, scales)
def test_units_go_to_an_amount_and_back(count: int, scale: int) -> None:
    assert to_units(from_units(count, scale), scale) == count
    assert from_units(str(count), scale) == from_units(count, scale)


@settings(deadline=None)
@given(units, scales)
def test_an_amount_is_written_and_read_back_exactly(count: int, scale: int) -> None:
    amount = from_units(count, scale)
    written = text(amount)
    assert Decimal(written) == amount
    assert "E" not in written.upper()
    assert "." not in written or written[-1] not in "0."


@settings(deadline=None)
@given(st.integers(min_value=1, max_value=10**MAX_DIGITS - 1), scales)
def test_what_is_written_parses_to_the_same_amount(count: int, scale: int) -> None:
    amount = from_units(count, scale)
    assert parse_amount(text(amount), "amount") == amount


@settings(deadline=None)
@given(positive, positive, scales)
def test_rounding_brackets_the_exact_product(price: int, quantity: int, scale: int) -> None:
    exact = multiply(from_units(price, 9), from_units(quantity, 9))
    unit = Decimal(1).scaleb(-scale)
    assert round_down(exact, scale) <= exact <= round_up(exact, scale)
    assert round_up(exact, scale) - round_down(exact, scale) in (0, unit)


@settings(deadline=None)
@given(positive, positive, st.integers(min_value=1, max_value=10**6))
def test_a_quantity_bought_for_an_amount_never_costs_more_and_one_step_more_would(
    spend: int, price: int, step: int
) -> None:
    amount, each, lot = from_units(spend, 8), from_units(price, 8), from_units(step, 8)
    quantity = divide_down(amount, each, lot)
    assert multiply(quantity, each) <= amount < multiply(add(quantity, lot), each)
    assert is_multiple(quantity, lot)


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("100", "100"),
        ("1E+2", "100"),
        ("100.00", "100"),
        ("0.10", "0.1"),
        ("1E-8", "0.00000001"),
        ("0", "0"),
        ("0.000", "0"),
        ("-0", "0"),
        ("-0.5", "-0.5"),
        ("9223372036854775808.000000000000000001", "9223372036854775808.000000000000000001"),
    ],
)
def test_an_amount_has_one_way_of_being_written(amount: str, written: str) -> None:
    assert text(D(amount)) == written


def test_sums_and_products_keep_digits_that_python_would_round_away() -> None:
    # Python's own operators keep 28 digits: D("1e30") + D("1e-8") == D("1e30").
    assert add(D("1e30"), D("1e-8")) == D("1000000000000000000000000000000.00000001")
    assert subtract(D("1e30"), D("1e-8")) == D("999999999999999999999999999999.99999999")
    assert multiply(D("12345678901234567890.12345678"), D("0.00000001")) == D("123456789012.3456789012345678")
    assert total([D("1e30"), D("1e-8"), D("-1e30")]) == D("1e-8")
    assert total([]) == 0


def test_what_cannot_be_kept_exactly_is_an_error_and_not_a_rounding() -> None:
    with pytest.raises(Inexact):
        add(D("1e199"), D("1e-8"))
    with pytest.raises(ArithmeticError, match="more than 8 decimal places"):
        to_units(D("0.000000001"), 8)


@pytest.mark.parametrize(
    ("amount", "scale", "up", "down"),
    [
        ("0.000804789", 8, "0.00080479", "0.00080478"),
        ("0.00080478", 8, "0.00080478", "0.00080478"),
        ("1.0000000001", 0, "2", "1"),
        ("100", 8, "100", "100"),
        ("0.0000000001", 8, "0.00000001", "0"),
    ],
)
def test_costs_round_up_and_credits_down(amount: str, scale: int, up: str, down: str) -> None:
    assert round_up(D(amount), scale) == D(up)
    assert round_down(D(amount), scale) == D(down)


@pytest.mark.parametrize(
    ("amount", "step", "floor"),
    [("0.123456", "0.00001", "0.12345"), ("7", "2.5", "5"), ("2.4", "2.5", "0"), ("0.5", "0", "0.5"), ("5", "5", "5")],
)
def test_a_quantity_is_cut_to_its_step(amount: str, step: str, floor: str) -> None:
    assert floor_to_step(D(amount), D(step)) == D(floor)
    assert is_multiple(floor_to_step(D(amount), D(step)), D(step))


def test_a_mean_price_is_rounded_down_and_never_money() -> None:
    assert divide(D(1), D(3)) == D("0.333333333333333333")
    assert divide(D(2), D(3), places=2) == D("0.66")


@pytest.mark.parametrize(
    ("amount", "places"), [("100", 0), ("1E+5", 0), ("0.10", 1), ("0.00000001", 8), ("1.000", 0), ("0", 0)]
)
def test_decimal_places_are_those_that_are_needed(amount: str, places: int) -> None:
    assert decimal_places(D(amount)) == places


@pytest.mark.parametrize(
    ("value", "amount"),
    [("0.1", "0.1"), (3, "3"), (D("1e-8"), "0.00000001"), ("1e-8", "0.00000001"), ("9" * MAX_DIGITS, "9" * MAX_DIGITS)],
)
def test_strings_integers_and_decimals_are_amounts(value: object, amount: str) -> None:
    assert parse_amount(value, "amount") == D(amount)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (0.1, "must be a number, was 0.1"),  # a float has lost its digits already
        (True, "must be a number, was True"),
        (None, "must be a number, was None"),
        ([], r"must be a number, was \[\]"),
        ("", "must be a number, was ''"),
        ("ten", "must be a number, was 'ten'"),
        ("1,5", "must be a number, was '1,5'"),
        ("1_000", "must be a number, was '1_000'"),
        ("\uff11\uff12", "must be a number, was"),  # digits of another script, which Decimal() would take
        ("nan", "must be a finite number"),
        ("sNaN", "must be a finite number"),
        ("Infinity", "must be a finite number"),
        ("-inf", "must be a finite number"),
        ("0", "must be greater than 0, was 0"),
        ("-1", "must be greater than 0, was -1"),
        (D("-0"), "must be greater than 0, was 0"),
        ("9" * (MAX_DIGITS + 1), "too many digits"),
        ("1e40", "too many digits"),
        ("1e-40", "too many digits"),
        ("1e999999999", "too many digits"),
    ],
)
def test_anything_else_is_refused_and_the_reason_says_what_it_was(value: object, reason: str) -> None:
    with pytest.raises(BadRequest, match=f"^price .*{reason}"):
        parse_amount(value, "price")


def test_zero_and_less_are_amounts_where_they_are_asked_for() -> None:
    assert parse_amount("0", "volume", positive=False) == 0
    assert parse_amount("-2.5", "change", positive=False) == D("-2.5")
