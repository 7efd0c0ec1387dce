"""The price feed as the API tells of it."""

from __future__ import annotations

import pytest

from mockexchange.ports import FeedState, Outage
from mockexchange.store.memory import MemoryStore
from mockexchange.store.valkey import ValkeyStore

from .door import START, Door
from .test_health import fed

REASON = "binance (api.binance.com) is out of order (HTTP 503)"


def test_an_outage_shows_while_old_prices_are_still_fresh(store: MemoryStore | ValkeyStore) -> None:
    """And afterwards in the reason why the exchange is not ready."""
    door = Door(store, symbols=("BTC/USDT",), feed="ccxt:binance")
    with door.loop:
        fed(door, "60000", source="ccxt:binance")
        store.put_outage(Outage(START, REASON))
        door.clock.time = START + 60_000
        reply = door.send("GET", "/health/ready", key=None)
        assert reply.json["outage"] == {"since": START, "reason": REASON}
        assert reply.json["synthetic"] is False
        door.clock.time += 1
        reply = door.send("GET", "/health/ready", key=None)
        assert reply.status == 503
        assert f"from the feed ccxt:binance; none since 2023-11-14T22:13:20.000Z: {REASON}" in reply.problem["detail"]
        store.put_outage(None)
        fed(door, "60000", source="ccxt:binance", position=2)
        assert door.send("GET", "/health/ready", key=None).json["outage"] is None


@pytest.mark.parametrize(("source", "synthetic"), [("synthetic:7", True), ("ccxt:binance", False)])
def test_auto_is_named_by_what_it_chose(source: str, synthetic: bool) -> None:
    """As soon as it did; invented prices are called so."""
    door = Door(MemoryStore(), symbols=("BTC/USDT",), feed="auto")
    with door.loop:
        assert "from the feed auto;" in door.send("GET", "/health/ready", key=None).problem["detail"]
        door.store.begin_feed(FeedState(source))
        fed(door, "60000", source=source)
        reply = door.send("GET", "/health/ready", key=None)
    assert (reply.json["feed"], reply.json["synthetic"]) == (source, synthetic)


def test_markets_found_by_a_pattern_are_listed_and_others_refused() -> None:
    door = Door(MemoryStore(), symbols=("*/USDT",), feed="auto")
    with door.loop:
        fed(door, "60000")
        assert door.send("GET", "/tickers/ETH/BTC").problem["code"] == "BadSymbol"
        assert door.send("GET", "/tickers/BTC/USDT").status == 200


def test_a_reset_of_the_feed_lets_another_source_begin(store: MemoryStore | ValkeyStore) -> None:
    """It can be repeated; orders wait for the next price."""
    door = Door(store, symbols=("BTC/USDT",), feed="auto")
    with door.loop:
        store.begin_feed(FeedState("synthetic:7"))
        fed(door, "60000")
        door.place(amount="0.01", price="50000")
        assert door.send("POST", "/admin/feed/reset").json == {"source": "synthetic:7"}
        assert door.send("POST", "/admin/feed/reset").json == {"source": None}
        assert door.send("GET", "/health/ready", key=None).status == 503
        fed(door, "49000", source="ccxt:binance")
        door.exchange.match()
        assert door.send("GET", "/orders").json[0]["status"] == "closed"
        assert door.audit()["clean"] is True
