"""Prices and markets, symbols in paths, prices set by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mockexchange.store.memory import MemoryStore

from .door import START, Door

D = Decimal

BITCOIN = {
    "symbol": "BTC/USDT",
    "timestamp": START,
    "datetime": "2023-11-14T22:13:20.000Z",
    "bid": 59999,
    "ask": 60001,
    "bidVolume": None,
    "askVolume": None,
    "last": 60000,
    "open": None,
    "high": None,
    "low": None,
    "close": 60000,
    "baseVolume": None,
    "quoteVolume": None,
    "vwap": None,
    "change": None,
    "percentage": None,
    "tick": 1,
    "source": "manual",
    "stale": False,
}


@pytest.mark.parametrize("path", ["BTC/USDT", "BTC%2FUSDT", "BTC%2fUSDT"])
def test_a_symbol_in_a_path_may_have_its_slash_written_either_way(door: Door, path: str) -> None:
    assert door.get(f"/tickers/{path}") == {"BTC/USDT": BITCOIN}


@pytest.mark.parametrize("path", ["BTC/USDT,ETH/USDT", "BTC%2FUSDT%2CETH%2FUSDT", "BTC/USDT,ETH/USDT,BTC/USDT"])
def test_several_tickers_come_in_the_order_asked_for(door: Door, path: str) -> None:
    door.price("3000", symbol="ETH/USDT")

    assert list(door.get(f"/tickers/{path}")) == ["BTC/USDT", "ETH/USDT"]
    assert door.get("/tickers") == ["BTC/USDT", "ETH/USDT"]


def test_a_price_that_is_too_old_to_trade_at_says_so(door: Door) -> None:
    door.clock.time += 60_000
    assert door.get("/tickers/BTC/USDT")["BTC/USDT"]["stale"] is False

    door.clock.time += 1
    assert door.get("/tickers/BTC/USDT")["BTC/USDT"]["stale"] is True


@pytest.mark.parametrize("path", ["FOO/BAR", "btc/usdt", "BTCUSDT", "BTC/USDT,FOO/BAR", "BTC/USDT,", ",", "a/b/c"])
def test_an_unknown_symbol_in_a_path_is_404(door: Door, path: str) -> None:
    reply = door.send("GET", f"/tickers/{path}")

    assert (reply.status, reply.problem["code"]) == (404, "BadSymbol")


def test_a_market_without_a_price_says_how_to_get_one() -> None:
    door = Door(MemoryStore(), symbols=("BTC/USDT",))
    with door.loop:
        reply = door.send("GET", "/tickers/BTC/USDT")

        assert (reply.status, reply.problem["code"]) == (404, "MarketClosed")
        assert "PUT /admin/tickers/BTC/USDT/price" in reply.problem["detail"]
        assert door.get("/tickers") == ["BTC/USDT"]


def test_a_symbol_that_is_not_configured_is_refused_everywhere() -> None:
    door = Door(MemoryStore(), symbols=("BTC/USDT",))
    with door.loop:
        asked = door.send("GET", "/tickers/ETH/USDT")
        priced = door.send("PUT", "/admin/tickers/ETH/USDT/price", '{"price": 1}')
        placed = door.post('{"symbol": "ETH/USDT", "side": "buy", "amount": 1}')
        assessed = door.send("POST", "/orders/can_execute", '{"symbol": "ETH/USDT", "side": "buy", "amount": 1}')

        assert [each.status for each in (asked, priced, placed, assessed)] == [404, 404, 400, 200]
        for document in (asked.problem, priced.problem, placed.problem, assessed.json):
            assert document["code"] == "BadSymbol"
        assert "SYMBOLS is BTC/USDT" in placed.problem["detail"]


def test_a_market_says_what_it_demands(door: Door) -> None:
    assert door.get("/markets") == [
        {
            "id": "BTCUSDT",
            "symbol": "BTC/USDT",
            "base": "BTC",
            "quote": "USDT",
            "active": True,
            "precision": {"amount": D("0.00001"), "price": D("0.01")},
            "limits": {
                "amount": {"min": D("0.00001"), "max": 9_000_000_000},
                "price": {"min": D("0.01"), "max": 1_000_000_000},
                "percentPrice": {"buy": {"min": D("0.2"), "max": 5}, "sell": {"min": D("0.2"), "max": 5}},
                "cost": {"min": 5, "max": None},
                "openOrders": 200,
            },
        }
    ]


def test_a_price_by_hand_has_the_sides_and_sizes_it_is_given(quiet_door: Door) -> None:
    body = '{"price": 0.1, "bid": "0.09", "ask": 0.11, "bidVolume": 7.5, "askVolume": 0}'

    reply = quiet_door.send("PUT", "/admin/tickers/XRP%2FUSDT/price", body)

    assert reply.status == 200
    for text in ('"bid":0.09,', '"ask":0.11,', '"bidVolume":7.5,', '"askVolume":null,', '"last":0.1,'):
        assert text in reply.text


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"price": 1, "bid": 2}', "crossed"),
        ('{"price": 1, "bidVolume": -1}', "a size must be positive"),
        ('{"price": 0}', "greater than 0"),
        ('{"price": null}', "was null"),
        ("{}", "missing required field `price`"),
    ],
)
def test_a_price_that_makes_no_sense_is_refused(door: Door, body: str, words: str) -> None:
    reply = door.send("PUT", "/admin/tickers/BTC/USDT/price", body)

    assert (reply.status, reply.problem["code"]) == (400, "BadRequest")
    assert words in reply.problem["detail"]
    assert door.get("/tickers/BTC/USDT") == {"BTC/USDT": BITCOIN}
