"""Whether the exchange can trade, and that it recovers by itself."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from mockexchange.domain.quotes import Quote
from mockexchange.local.valkey import EmbeddedValkey
from mockexchange.ports import FeedTick
from mockexchange.store.memory import MemoryStore
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection

from .door import START, Door, order


def fed(door: Door, price: str, *, source: str = "synthetic:7", position: int = 1) -> None:
    """A quote from a feed of ours."""
    amount = Decimal(price)
    quote = Quote("BTC/USDT", amount, amount, amount, door.clock.time)
    assert door.store.append(FeedTick(quote, position), source, door.clock.time, serves=True)


def caught_up(door: Door, time: int, price: str = "60000", symbol: str = "BTC/USDT") -> None:
    """A tick of the candle of `time` (ms), which was missed."""
    amount = Decimal(price)
    tick = FeedTick(Quote(symbol, amount, amount, amount, time), time, of_candle=True)
    assert door.store.append(tick, "synthetic:7", door.clock.time, serves=True)


@pytest.fixture
def fed_door(store: MemoryStore | ValkeyStore) -> Iterator[Door]:
    """An exchange whose prices come from a synthetic feed."""
    door = Door(store, symbols=("BTC/USDT", "ETH/USDT"), feed="synthetic:7")
    with door.loop:
        yield door


def test_it_is_ready_with_the_first_fresh_price(fed_door: Door) -> None:
    before = fed_door.send("GET", "/health/ready", key=None)
    fed(fed_door, "60000")
    fed_door.clock.time += 1_250

    after = fed_door.send("GET", "/health/ready", key=None)

    assert (before.status, before.problem["code"]) == (503, "ExchangeNotAvailable")
    assert "no fresh price yet for BTC/USDT, ETH/USDT from the feed synthetic:7" in before.problem["detail"]
    assert (after.status, after.json) == (
        200,
        {
            "status": "ready",
            "feed": "synthetic:7",
            "synthetic": True,
            "fillModel": "touch",
            "latencyMs": 0,
            "outage": None,
            "chaos": None,
            "symbols": {
                "BTC/USDT": {"ageSec": Decimal("1.25"), "stale": False, "catchingUp": None},
                "ETH/USDT": {"ageSec": None, "stale": True, "catchingUp": None},
            },
        },
    )


def test_while_every_market_catches_up_it_is_not_ready_and_says_how_far_it_is(fed_door: Door) -> None:
    fed_door.clock.time = START + 7_200_000
    caught_up(fed_door, START)
    caught_up(fed_door, START + 3_600_000, symbol="ETH/USDT")

    reply = fed_door.send("GET", "/health/ready", key=None)

    assert reply.status == 503
    assert reply.problem["detail"].endswith("what was missed comes first, and 2023-11-14T22:13:00.000Z is reached")
    fed(fed_door, "60000", position=START + 7_200_000)
    health = fed_door.send("GET", "/health/ready", key=None).json["symbols"]
    assert health["BTC/USDT"] == {"ageSec": 0, "stale": False, "catchingUp": None}
    assert health["ETH/USDT"] == {"ageSec": 3600, "stale": True, "catchingUp": START + 3_600_000 - 20_000}


def test_a_market_that_stands_at_a_candle_does_not_catch_up_for_ever(fed_door: Door) -> None:
    """Its live prices never came."""
    caught_up(fed_door, START - 100_000)
    fed(fed_door, "1", position=START)
    caught_up(fed_door, START + 1, symbol="ETH/USDT")
    fed_door.clock.time += 60_001
    fed(fed_door, "60000", position=fed_door.clock.time)

    health = fed_door.send("GET", "/health/ready", key=None).json["symbols"]

    assert (health["ETH/USDT"]["stale"], health["ETH/USDT"]["catchingUp"]) == (True, None)


def test_it_is_not_ready_when_every_price_is_too_old(fed_door: Door) -> None:
    fed(fed_door, "60000")
    fed_door.clock.time = START + 60_001

    assert fed_door.send("GET", "/health/ready", key=None).status == 503


@pytest.mark.parametrize("feed", ["manual", "external"])
def test_it_does_not_wait_for_prices_that_others_bring(feed: str) -> None:
    door = Door(MemoryStore(), symbols=("BTC/USDT",), feed=feed)
    with door.loop:
        reply = door.send("GET", "/health/ready", key=None)

    assert (reply.status, reply.json["synthetic"]) == (200, False)
    assert (reply.json["fillModel"], reply.json["latencyMs"]) == ("touch", 0)
    assert reply.json["symbols"] == {"BTC/USDT": {"ageSec": None, "stale": True, "catchingUp": None}}


def test_a_recording_is_named_without_its_folder() -> None:
    door = Door(MemoryStore(), symbols=("BTC/USDT",), feed="replay:/home/me/secret plans/prices.csv.gz")
    with door.loop:
        fed(door, "60000", source="replay:prices.csv.gz")
        reply = door.send("GET", "/health/ready", key=None)

    assert (reply.json["feed"], reply.json["synthetic"]) == ("replay:prices.csv.gz", False)


def test_it_starts_without_valkey_says_so_and_recovers_when_it_comes(tmp_path: Path) -> None:
    with EmbeddedValkey(tmp_path, preferred_port=0) as server:
        url = server.url
    connection = Connection(url)
    door = Door(ValkeyStore(connection))
    with door.loop:
        for method, path, body in (
            ("GET", "/health/ready", None),
            ("GET", "/balance", None),
            ("POST", "/orders", order(amount="1")),
            ("GET", "/orders", None),
        ):
            reply = door.send(method, path, body)
            assert (reply.status, reply.problem["code"]) == (503, "ExchangeNotAvailable")
            assert "Valkey at 127.0.0.1" in reply.problem["detail"]
            assert reply.headers["retry-after"] == "1"
        assert door.send("GET", "/health/live").status == 200

        port = int(url.rpartition(":")[2].partition("/")[0])
        with EmbeddedValkey(tmp_path, preferred_port=port) as server:
            if server.url != url:
                pytest.skip("another program took the port meanwhile")
            assert door.send("GET", "/health/ready").status == 200
            assert door.get("/balance/USDT")["free"] == 100_000
    connection.close()


@pytest.mark.parametrize("path", ["/health/live", "/openapi.json", "/docs", "/"])
def test_whether_the_process_lives_is_no_question_for_valkey(path: str) -> None:
    """One that accepts, and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        connection = Connection(f"valkey://127.0.0.1:{hanging.getsockname()[1]}/0")
        door = Door(ValkeyStore(connection), chaos_header=True)
        with door.loop:
            assert door.send("GET", path, key=None).status in (200, 307)
        hanging.setblocking(False)
        with pytest.raises(BlockingIOError):
            hanging.accept()  # nobody came
        connection.close()


def test_a_store_that_lost_everything_gets_the_account_again(valkey_url: str) -> None:
    connection = Connection(valkey_url)
    door = Door(ValkeyStore(connection))
    with door.loop:
        assert door.get("/balance/USDT")["free"] == 100_000
        connection.run("FLUSHALL")
        assert door.get("/balance/USDT")["free"] == 100_000
        assert door.audit()["clean"] is True
    connection.close()


def test_an_audit_of_one_account_and_of_nobody(door: Door) -> None:
    door.place(amount="0.01", price="50000")

    assert door.audit() == {
        "clean": True,
        "problems": [],
        "accounts": 1,
        "orders": 1,
        "openOrders": 1,
        "fills": 0,
        "ledgerEntries": 2,
    }
    assert door.get("/admin/audit?account=default")["clean"] is True
    reply = door.send("GET", "/admin/audit?account=nobody")
    assert (reply.status, reply.problem["code"]) == (404, "AccountNotFound")
