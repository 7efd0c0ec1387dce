"""Every digit that goes in comes out, and what is not a number is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from .door import Door, order


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("0.1", "0.1"),
        ("1e-8", "0.00000001"),
        ("1E-8", "0.00000001"),
        ("0.10000000", "0.1"),
        ("100.0", "100"),
        ("1e3", "1000"),
        ("123456789012345678.12345678", "123456789012345678.12345678"),
        ("9007199254740993", "9007199254740993"),  # 2^53 + 1, which no double holds
        ("18446744073709551617", "18446744073709551617"),  # 2^64 + 1, which no 64-bit integer holds
        ('"0.30000000000000000"', "0.3"),
        ('"1e-8"', "0.00000001"),
        ('"007"', "7"),
    ],
)
def test_an_amount_is_written_as_it_was_given(quiet_door: Door, given: str, written: str) -> None:
    reply = quiet_door.send("POST", "/balance/ETH/deposit", f'{{"amount": {given}}}')

    assert reply.text == f'{{"asset":"ETH","free":{written},"used":0,"total":{written}}}'
    assert f'"amount":{written},' in quiet_door.send("GET", "/ledger").text


def test_a_tenth_and_two_tenths_are_three_tenths(quiet_door: Door) -> None:
    for amount in ("0.1", "0.2"):
        reply = quiet_door.send("POST", "/balance/ETH/deposit", f'{{"amount": {amount}}}')

    assert reply.text == '{"asset":"ETH","free":0.3,"used":0,"total":0.3}'


def test_prices_and_sizes_keep_their_digits_through_a_fill(door: Door) -> None:
    door.price("0.00012345", symbol="SHIB/USDT", bid="0.00012344", ask="0.00012346")

    reply = door.post(order(symbol="SHIB/USDT", amount="123456789"))

    for text in ('"average":0.00012346,', '"filled":123456789,', '"remaining":0,', '"cost":15241.97516994,'):
        assert text in reply.text
    assert '"fee":{"currency":"SHIB","cost":123456.789}' in reply.text
    assert reply.json["trades"][0]["cost"] == Decimal("15241.97516994")


@pytest.mark.parametrize(
    "given",
    [
        "NaN",
        "Infinity",
        "-1",
        "0",
        "-0",
        "0e9",
        "true",
        "[1]",
        "{}",
        "01",
        ".5",
        "5.",
        "+5",
        "0x10",
        '"NaN"',
        '"Infinity"',
        '"-1"',
        '""',
        '" 1"',
        '"1 "',
        '"1_000"',
        '"1,5"',
        '"\u0661"',  # an Arabic digit one, which Decimal() takes
        '"\\u0031"',  # an escaped one
        '"one"',
        "1" * 41,
        "1e40",
        "1e999999999",
        "1e-999999999",
        '"1e99999999999999999999999"',
        "0." + "1" * 41,
        "null",
    ],
)
def test_what_is_no_positive_number_of_reasonable_length_is_refused(memory_door: Door, given: str) -> None:
    body = f'{{"amount": {given}}}'.encode()

    reply = memory_door.send("POST", "/balance/ETH/deposit", body)

    assert (reply.status, reply.problem["code"]) == (400, "BadRequest")
    assert len(reply.problem["detail"]) < 200


@pytest.mark.parametrize("name", ["amount", "price", "limit_price", "cost"])
def test_a_refused_number_is_named(memory_door: Door, name: str) -> None:
    reply = memory_door.post(f'{{"symbol": "BTC/USDT", "side": "buy", "{name}": "much"}}')

    assert reply.status == 400
    assert reply.problem["detail"] == f'{name} must be a number, or a string that holds one like "0.1"; was much'


def test_more_decimal_places_than_the_asset_has_are_refused(memory_door: Door) -> None:
    reply = memory_door.send("POST", "/balance/ETH/deposit", '{"amount": 0.123456789}')

    assert reply.status == 400
    assert reply.problem["detail"] == "ETH is kept with 8 decimal places, 0.123456789 has more"
