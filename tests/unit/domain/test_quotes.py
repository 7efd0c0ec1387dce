"""What a quote must be, and how old it may get."""

from __future__ import annotations

import pytest

from mockexchange.domain.errors import BadQuote

from .words import NOW, STALE_AFTER, D, Quote, quote, tick


@pytest.mark.parametrize("words", ["99 101", "100 100", "0.00000001 0.00000001", "99x3 101x0.5", "1e9 1e10"])
def test_a_quote_is_a_bid_not_above_its_ask(words: str) -> None:
    quote(words)


@pytest.mark.parametrize(
    ("bid", "ask", "last", "reason"),
    [
        ("101", "99", "100", "crossed, bid 101 is above ask 99"),
        ("0", "99", "98", "bid must be a positive number, was 0"),
        ("-1", "99", "98", "bid must be a positive number, was -1"),
        ("99", "NaN", "98", "ask must be a positive number, was NaN"),
        ("99", "sNaN", "98", "ask must be a positive number, was sNaN"),
        ("99", "Infinity", "98", "ask must be a positive number, was Infinity"),
        ("99", "101", "0", "last must be a positive number, was 0"),
        ("99", "101", "-0", "last must be a positive number, was -0"),
    ],
)
def test_anything_else_is_no_quote(bid: str, ask: str, last: str, reason: str) -> None:
    with pytest.raises(BadQuote, match=f"^BTC/USDT: {reason}$"):
        Quote("BTC/USDT", D(bid), D(ask), D(last), NOW)


@pytest.mark.parametrize("size", ["0", "-1", "NaN", "Infinity"])
def test_a_size_is_positive_or_unknown(size: str) -> None:
    for sizes in ((D(size), None), (None, D(size))):
        with pytest.raises(BadQuote, match=f"a size must be positive or unknown, was {size}"):
            Quote("BTC/USDT", D(99), D(101), D(100), NOW, *sizes)


@pytest.mark.parametrize(
    ("age", "stale"),
    [(0, False), (STALE_AFTER - 1, False), (STALE_AFTER, False), (STALE_AFTER + 1, True), (-5_000, False)],
)
def test_a_quote_is_stale_when_it_is_older_than_allowed(age: int, stale: bool) -> None:
    assert quote("99 101").is_stale(NOW + age, STALE_AFTER) is stale


def test_a_tick_is_judged_by_its_age_when_it_was_logged_however_late_it_is_matched() -> None:
    assert not tick(1, "99 101", logged_at=NOW + STALE_AFTER).was_stale(STALE_AFTER)
    assert tick(1, "99 101", logged_at=NOW + STALE_AFTER + 1).was_stale(STALE_AFTER)
