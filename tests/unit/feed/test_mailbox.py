"""A quote that a foreign process wrote: generous about what is missing, strict about what is wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mockexchange.domain.errors import BadQuote
from mockexchange.domain.mailbox import quote_from_mailbox
from mockexchange.domain.quotes import Quote

NOW = 1_700_000_000_000


def read(**fields: str) -> Quote:
    """The quote in a hash with these fields."""
    return quote_from_mailbox("BTC/USDT", fields, NOW)


def test_a_whole_quote_is_taken_to_the_digit() -> None:
    """Text never passes through a float."""
    quote = read(
        price="64000.10000000000000001",
        timestamp="1699999999.1239",
        bid="6.4e4",
        ask="64000.2",
        bidVolume="0.5",
        askVolume="1e-8",
        symbol="BTC/USDT",
    )
    assert quote == Quote(
        symbol="BTC/USDT",
        bid=Decimal(64000),
        ask=Decimal("64000.2"),
        last=Decimal("64000.10000000000000001"),
        timestamp=1_699_999_999_123,
        bid_size=Decimal("0.5"),
        ask_size=Decimal("0.00000001"),
    )


def test_a_price_and_nothing_else_is_a_quote() -> None:
    """Bid and ask are the price, the time is now, sizes are unknown."""
    price = Decimal("64000.1")
    assert read(price="64000.1") == Quote("BTC/USDT", price, price, price, NOW)


@pytest.mark.parametrize(("side", "other"), [("bid", "ask"), ("ask", "bid")])
def test_a_missing_side_is_the_price(side: str, other: str) -> None:
    """The one that is there stays."""
    quote = read(**{"price": "10", side: "10"})
    assert getattr(quote, other) == quote.last == 10


def test_a_missing_price_is_the_bid() -> None:
    """A price that somebody offers; the middle may lie off the market's increments."""
    assert read(bid="9.99", ask="10.02").last == Decimal("9.99")


@pytest.mark.parametrize("volume", ["0", "0.0", "", "None", "nan", " NaN ", "null", "-0.0"])
def test_an_unknown_volume_is_not_no_liquidity(volume: str) -> None:
    """However a feeder spells it."""
    quote = read(price="10", bidVolume=volume, askVolume=volume)
    assert (quote.bid_size, quote.ask_size) == (None, None)


@pytest.mark.parametrize("wrong", ["nan", "None", "", " ", "0", "0.0", "-1", "inf", "abc", "1e99", "9" * 50])
@pytest.mark.parametrize("name", ["price", "bid", "ask", "timestamp"])
def test_a_value_that_is_wrong_is_refused(name: str, wrong: str) -> None:
    """With its name, whatever the others hold."""
    fields = {"price": "10", "bid": "10", "ask": "10", "timestamp": "1699999999", name: wrong}
    with pytest.raises(BadQuote, match=f"BTC/USDT: {name}"):
        read(**fields)


@pytest.mark.parametrize("wrong", ["-1", "inf", "abc"])
def test_a_volume_that_is_wrong_is_refused(wrong: str) -> None:
    """Unknown is one thing, impossible another."""
    with pytest.raises(BadQuote):
        read(price="10", askVolume=wrong)


def test_a_crossed_quote_is_refused() -> None:
    """Also when a missing side makes it so."""
    for fields in ({"price": "9", "bid": "11", "ask": "10"}, {"price": "10", "bid": "11"}, {"price": "10", "ask": "9"}):
        with pytest.raises(BadQuote, match="crossed"):
            read(**fields)


def test_no_price_at_all_is_refused() -> None:
    """It says what was there."""
    for fields, shown in (({}, "an empty hash"), ({"bid": "1", "symbol": "x"}, "bid, symbol"), ({"ask": "1"}, "ask")):
        with pytest.raises(BadQuote, match=f"no price.*{shown}"):
            read(**fields)


def test_milliseconds_for_seconds_are_refused() -> None:
    """Such a quote would never go stale."""
    with pytest.raises(BadQuote, match="epoch seconds"):
        read(price="10", timestamp="1700000000000")
