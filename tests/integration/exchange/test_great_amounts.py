"""Trades in amounts that neither a double (2^53) nor a 64-bit integer (2^63) holds, in smallest units."""

from __future__ import annotations

import pytest

from mockexchange.domain.errors import InsufficientFunds
from mockexchange.domain.instruments import Instrument
from mockexchange.domain.rules import Rules
from mockexchange.exchange import Exchange

from .venue import D, Venue, order

MARKET = Instrument("MEME/WETH", "MEME", "WETH", tick_size=D("1e-18"), step_size=D(1), min_notional=D(0))


@pytest.fixture
def exchange(empty_venue: Venue) -> Exchange:
    """WETH has 18 decimal places, and alice 10^12 of it and some wei: 10^30 smallest units."""
    exchange = empty_venue.another(Rules(scales={"WETH": 18}))
    exchange.store.put_instruments([MARKET], replace=True)
    exchange.open_account("alice", {"WETH": D("1000000000000.123456789012345678")})
    empty_venue.tick("0.00000000012345678", "0.00000000012345679", "MEME/WETH")
    return exchange


def test_a_trade_is_exact_to_the_last_wei(exchange: Exchange, empty_venue: Venue) -> None:
    """8999999999999999999 x 0.00000000012345679 = 1111111110 - 0.00000000012345679; the fee is a thousandth."""
    (fill,) = exchange.place(order("BUY", "8999999999999999999", symbol="MEME/WETH")).fills
    assert fill.quote_quantity == D("1111111109.99999999987654321")
    assert fill.commission == D("8999999999999999.999")
    assert empty_venue.owned() == {
        "MEME": (D("8990999999999999999.001"), D(0)),
        "WETH": (D("998888888890.123456789135802468"), D(0)),
    }


def test_a_lock_is_exact_to_the_last_wei(exchange: Exchange, empty_venue: Venue) -> None:
    placed = exchange.place(order("BUY", "1", "0.000000000000000001", "MEME/WETH")).order
    assert empty_venue.owned()["WETH"] == (D("1000000000000.123456789012345677"), D("0.000000000000000001"))
    exchange.cancel("alice", placed.order_id)
    everything = order("BUY", "1000000000000123456789012345678", "0.000000000000000001", "MEME/WETH")
    exchange.place(everything)
    assert empty_venue.owned()["WETH"] == (D(0), D("1000000000000.123456789012345678"))
    with pytest.raises(InsufficientFunds, match="0 WETH is free"):
        exchange.place(order("BUY", "1", "0.000000000000000001", "MEME/WETH"))


def test_a_resting_order_of_great_size_fills_exactly(exchange: Exchange, empty_venue: Venue) -> None:
    """10^21 at 0.000000000123 = 123000000000; the fee 10^18."""
    exchange.place(order("BUY", "1000000000000000000000", "0.000000000123", "MEME/WETH"))
    empty_venue.tick("0.000000000122", "0.000000000123", "MEME/WETH")
    assert exchange.match().fills == 1
    assert empty_venue.owned() == {
        "MEME": (D("999000000000000000000"), D(0)),
        "WETH": (D("877000000000.123456789012345678"), D(0)),
    }
