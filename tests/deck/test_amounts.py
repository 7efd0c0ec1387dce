"""Amounts on the screen are the exchange's, to the last digit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockexchange.deck.amounts import age, moment, money, percent, price, worth

AMOUNTS = st.decimals(min_value="-1e12", max_value="1e12", places=8)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("1E-8", "0.00000001"),
        ("1E+12", "1,000,000,000,000.00"),
        ("999999999999.99999999", "999,999,999,999.99999999"),
        ("1234.5", "1,234.50"),
        ("0", "0.00"),
        ("-0.5", "-0.50"),
        ("100.10000000", "100.10"),
        ("123456789012345678901234567890.12345678", "123,456,789,012,345,678,901,234,567,890.12345678"),
    ],
)
def test_money_has_every_digit_and_at_least_two_places(amount: str, shown: str) -> None:
    assert money(Decimal(amount)) == shown


@given(amount=AMOUNTS, places=st.integers(0, 8))
def test_money_reads_back_as_the_same_amount(amount: Decimal, places: int) -> None:
    assert Decimal(money(amount, places).replace(",", "")) == amount


def test_a_price_has_the_places_of_its_tick() -> None:
    assert price(Decimal("59999.9"), Decimal("0.01")) == "59,999.90"
    assert price(Decimal(60000), Decimal("0.01000000")) == "60,000.00"
    assert price(Decimal("0.00001234"), Decimal("0.00000001")) == "0.00001234"
    assert price(Decimal("60000.005"), Decimal("0.01")) == "60,000.005"  # off the tick, and not hidden
    assert price(Decimal(7), Decimal(1)) == "7"


def test_what_something_is_worth_ends_at_the_smallest_part() -> None:
    said = [
        worth(Decimal(each)) for each in ("452.416914299869869871", "-0.019999999", "-1E-9", "7", "1000000000000.5")
    ]

    assert said == ["452.41691429", "-0.01999999", "0.00", "7.00", "1,000,000,000,000.50"]
    assert worth(None) == "-"


def test_percents_are_rounded_and_have_their_sign() -> None:
    said = [percent(Decimal(share)) for share in ("1.255", "-12.3456", "-0.001", "0", "1234.5")]

    assert said == ["+1.26 %", "-12.35 %", "0.00 %", "0.00 %", "+1,234.50 %"]
    assert percent(Decimal("12.5"), 1, signed=False) == "12.5 %"


def test_an_age_has_the_largest_unit_that_it_fills() -> None:
    ages = ("0.44", "9.94", "12.9", "59.9", "60", "3599", "3600", "86399", "90000")

    assert [age(Decimal(each)) for each in ages] == [
        "0.4 s", "9.9 s", "12 s", "59 s", "1 min", "59 min", "1 h", "23 h", "1 d",
    ]  # fmt: skip


def test_what_is_not_known_is_a_dash() -> None:
    assert [money(None), price(None), percent(None), age(None), moment(None)] == ["-"] * 5
    assert moment(1_767_225_600_999) == "2026-01-01 00:00:00"
