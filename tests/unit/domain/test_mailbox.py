"""What foreign processes write into `sym_` hashes, and what is made of it."""

from __future__ import annotations

import pytest

from mockexchange.domain.errors import BadQuote
from mockexchange.domain.mailbox import quote_from_mailbox
from mockexchange.domain.quotes import Quote

from .words import NOW, D

SECONDS = "1700000000.123"
FULL = {
    "price": "100.5",
    "timestamp": SECONDS,
    "bid": "100.4",
    "ask": "100.6",
    "bidVolume": "3.25",
    "askVolume": "0.5",
    "symbol": "BTC/USDT",
}


def read(**changes: str | None) -> Quote:
    fields = {**FULL, **changes}
    return quote_from_mailbox("BTC/USDT", {name: value for name, value in fields.items() if value is not None}, NOW)


def test_a_full_hash_is_read_to_the_digit() -> None:
    assert read() == Quote("BTC/USDT", D("100.4"), D("100.6"), D("100.5"), 1_700_000_000_123, D("3.25"), D("0.5"))


@pytest.mark.parametrize("written", ["0", "0.0", "0.00000000", "", "None", "nan", "null", " NaN ", None])
def test_a_volume_that_is_missing_or_zero_is_unknown(written: str | None) -> None:
    quote = read(bidVolume=written, askVolume=written)
    assert (quote.bid_size, quote.ask_size) == (None, None)


@pytest.mark.parametrize(
    ("changes", "bid", "ask", "last"),
    [
        ({"bid": None}, "100.5", "100.6", "100.5"),
        ({"ask": None}, "100.4", "100.5", "100.5"),
        ({"bid": None, "ask": None}, "100.5", "100.5", "100.5"),
        ({"price": None}, "100.4", "100.6", "100.4"),
        ({"price": "1e2", "bid": "9.9E+1", "ask": "101"}, "99", "101", "100"),  # how floats of some languages print
        ({"price": "4.2e-05", "bid": None, "ask": None}, "0.000042", "0.000042", "0.000042"),
    ],
)
def test_a_missing_price_is_taken_from_what_is_there(
    changes: dict[str, str | None], bid: str, ask: str, last: str
) -> None:
    quote = read(**changes)
    assert (quote.bid, quote.ask, quote.last) == (D(bid), D(ask), D(last))


@pytest.mark.parametrize(
    ("written", "milliseconds"),
    [
        ("1700000000", 1_700_000_000_000),
        ("1700000000.0", 1_700_000_000_000),
        ("1700000000.9999999", 1_700_000_000_999),
        ("1.7e9", 1_700_000_000_000),
        (None, NOW),
    ],
)
def test_a_timestamp_is_epoch_seconds_and_now_when_it_is_missing(written: str | None, milliseconds: int) -> None:
    assert read(timestamp=written).timestamp == milliseconds


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"price": None, "bid": None}, "no price, and no bid and ask"),
        ({"price": None, "ask": None}, "no price, and no bid and ask"),
        ({"price": "nan"}, "price must be a finite number"),
        ({"price": "None"}, "price must be a number, was 'None'"),
        ({"price": "0.0"}, "price must be greater than 0"),
        ({"bid": "-1"}, "bid must be greater than 0, was -1"),
        ({"ask": "inf"}, "ask must be a finite number"),
        ({"bid": "100.61"}, "crossed, bid 100.61 is above ask 100.6"),
        ({"bidVolume": "-3"}, "a size must be positive or unknown, was -3"),
        ({"askVolume": "lots"}, "askVolume must be a number, was 'lots'"),
        ({"timestamp": "1700000000123"}, "timestamp must be epoch seconds, '1700000000123' looks like a finer unit"),
        ({"timestamp": "2026-01-01"}, "timestamp must be a number"),
        ({"timestamp": "0"}, "timestamp must be greater than 0"),
    ],
)
def test_anything_that_is_wrong_is_refused_and_named(changes: dict[str, str | None], reason: str) -> None:
    with pytest.raises(BadQuote, match=f"^BTC/USDT: {reason}"):
        read(**changes)


def test_an_empty_hash_is_no_quote() -> None:
    with pytest.raises(BadQuote, match="found an empty hash"):
        quote_from_mailbox("BTC/USDT", {}, NOW)
