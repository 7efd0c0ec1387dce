"""Every key that a script touches is declared: on ElastiCache Serverless, and on any real cluster, it must be."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from importlib import resources
from typing import Any

import pytest
import redis

from mockexchange.domain.access import Scope
from mockexchange.domain.candles import DAY
from mockexchange.domain.fees import FeeSchedule, FeeTier
from mockexchange.domain.models import Engine
from mockexchange.domain.orders import OrderType
from mockexchange.domain.quotes import Book, PublicTrade
from mockexchange.domain.rate_limits import RateLimit
from mockexchange.domain.request_weights import RequestLimits
from mockexchange.domain.rules import Rules
from mockexchange.equity import EquityRecorder
from mockexchange.exchange import Exchange
from mockexchange.feed.candling import CandleBuilder
from mockexchange.keyring import Keyring
from mockexchange.overview import Overview
from mockexchange.ports import FeedTick
from mockexchange.store.keys import VenueKeys
from mockexchange.store.lease import Lease
from mockexchange.store.valkey_connection import Connection, Script

from .venue import BTC, D, Venue, order

SCRIPTS = [
    Script(file.name.removesuffix(".lua"))
    for file in resources.files("mockexchange.store").joinpath("lua").iterdir()
    if file.name.endswith(".lua")
]
LAST_WORD = "over"


class Watched:
    """What MONITOR told: each script call with its declared keys, and the commands it ran."""

    def __init__(self) -> None:
        self.commands: list[tuple[str, list[str]]] = []

    def calls(self) -> list[tuple[str, set[str], list[list[str]]]]:
        """(digest, declared keys, the commands of the script) of every call."""
        found: list[tuple[str, set[str], list[list[str]]]] = []
        for origin, words in self.commands:
            if words[0].upper() == "EVALSHA":
                declared = int(words[2])
                found.append((words[1], set(words[3 : 3 + declared]), []))
            elif origin == "lua":
                found[-1][2].append(words)
        return found


@contextmanager
def watching(url: str) -> Generator[Watched]:
    """MONITOR for as long as the block runs."""
    watched = Watched()
    client = redis.Redis.from_url(url)  # pyright: ignore[reportUnknownMemberType]  # redis-py's **kwargs
    with client, client.monitor() as monitor:

        def listen() -> None:
            while True:
                said: Any = monitor.next_command()
                if said["command"] == f"PING {LAST_WORD}":
                    return
                # Nothing that these scripts are given has a space in it: records are compact JSON.
                watched.commands.append((said["client_type"], said["command"].split(" ")))

        listener = threading.Thread(target=listen)
        listener.start()
        yield watched
        last = Connection(url)
        last.run("PING", LAST_WORD)
        last.close()
        listener.join(timeout=10)
        assert not listener.is_alive()


def use_keys(venue: Venue) -> None:
    """Make, use, rotate and revoke keys."""
    keyring = Keyring(venue.store, venue.clock, master=bytes(32))
    first, second = (keyring.create("alice", Scope.TRADE).key for _ in range(2))
    limit = RateLimit(60, 10)
    for digest in (first.digest, second.digest, "unknown", None):
        venue.store.admit(digest, digest or "default", "192.0.2.1", limit, limit, 1000 * venue.clock.time)
        name, limits = digest or "default", RequestLimits(100, 10, 10)
        venue.store.weigh(digest, name, "192.0.2.1", 1, 1, limits, limit, venue.clock.time)
    keyring.rotate(first.key_id)
    keyring.revoke(second.key_id)


def walk_a_book(venue: Venue) -> None:
    """Fills from several levels, taken and made; then the prices go stale."""
    walking = venue.another(model="depth")
    venue.book("98x0.2 97x1", "101x0.2 102x1")
    walking.place(order("BUY", "0.5"))
    walking.place(order("BUY", "0.4", "99"))
    venue.book("97x0.2", "98x0.2 99x1")
    walking.match()
    venue.clock.time += 70_000


def begin_anew(exchange: Exchange) -> None:
    """Everything that is done with an account as a whole."""
    exchange.accounts.take_snapshot("alice", "kept")
    exchange.accounts.restore("alice", "kept")
    exchange.accounts.clone("alice", "carol")
    exchange.accounts.reset("bob")
    exchange.accounts.set_fees("bob", maker_rate=D(0))
    exchange.accounts.delete_snapshot("alice", "kept")


def pay_fees(venue: Venue) -> None:
    """Fill orders in the fee asset and without it, today and tomorrow, with volume for tiers."""
    schedule = FeeSchedule(tiers=(FeeTier(D(1), D(0), D("0.0005")),), asset="BNB", discount=D("0.25"))
    exchange = venue.another(Rules(engine=Engine(fees=schedule)))
    exchange.accounts.set_fees("alice", pays_in_fee_asset=True)
    venue.tick("10", "10", "BNB/USDT")
    for amount in (None, D("0.01")):
        venue.tick("100", "101")
        exchange.place(order("BUY", "0.1"))
        if amount:
            exchange.deposit("alice", "BNB", amount)
            exchange.place(order("BUY", "0.1"))
        venue.clock.time += DAY
    exchange.accounts.set_fees("alice", pays_in_fee_asset=False)


def trigger_one_of_two(venue: Venue, exchange: Exchange) -> None:
    """Two stops, of which one is triggered and rests."""
    for stop_price in (D(97), D(80)):
        exchange.place(order("SELL", "0.1", "99", type=OrderType.STOP_LOSS_LIMIT, stop_price=stop_price))
    venue.tick("97", "101", sizes="0.5")
    exchange.match()


def follow_a_price(venue: Venue, exchange: Exchange) -> None:
    """A stop that follows the price, and comes to its end."""
    exchange.place(order("SELL", "0.1", type=OrderType.STOP_LOSS, trailing_delta=100))
    for bid in ("98", "90"):
        venue.tick(bid, "101", sizes="0.5")
        exchange.match()


def trade_otherwise(venue: Venue, exchange: Exchange) -> None:
    """What not every exchange does."""
    trigger_one_of_two(venue, exchange)
    follow_a_price(venue, exchange)
    pay_fees(venue)


@pytest.fixture
def watched(valkey_venue: Venue) -> Watched:
    """All that a scenario with every kind of script call sent."""
    assert valkey_venue.url is not None
    for script in SCRIPTS:
        valkey_venue.connection.run("SCRIPT", "LOAD", script.text)
    with watching(valkey_venue.url) as watched:
        exchange = valkey_venue.another(model="touch-size")
        exchange.open_account("bob", {"USDT": D(1000)})
        exchange.deposit("bob", "ETH", D(5))
        exchange.withdraw("bob", "ETH", D(1))
        valkey_venue.tick("99", "101", sizes="0.5")
        exchange.place(order("BUY", "1", "101", client_order_id="a"))
        exchange.place(order("BUY", "1", "90", account="bob"))
        first = exchange.place(order("SELL", "0.5", "120")).order
        valkey_venue.tick("98", "101", sizes="0.5")
        exchange.match()
        second = exchange.replace("alice", first.order_id, order("SELL", "0.4", "130", client_order_id="b")).order
        exchange.amend("alice", second.order_id, quantity=D("0.3"), new_client_order_id="c")
        trade_otherwise(valkey_venue, exchange)
        exchange.cancel_all("alice")
        walk_a_book(valkey_venue)
        exchange.place(order("BUY", "1", "90"))
        valkey_venue.hset(BTC, {"price": 89.5, "bid": 89.0, "ask": 90.0, "timestamp": valkey_venue.clock.time / 1000})
        exchange.match()
        valkey_venue.hset(BTC, {"price": "nan"})
        exchange.match()
        valkey_venue.store.record_equity([(exchange.account("alice"), D(1))], valkey_venue.clock.time)
        begin_anew(exchange)
        now = valkey_venue.clock.time
        trades = (PublicTrade(1, D(90), D(2), now, buyer_is_maker=True),)
        book = Book(((D(89), D(1)),), ((D(90), D(1)),))
        tick = FeedTick(valkey_venue.quote("89", "90"), 1, trades, book)
        assert valkey_venue.store.append(tick, "synthetic:1", now, serves=True)
        assert valkey_venue.store.append(tick, "synthetic:1", now, serves=True) is None
        valkey_venue.store.set_market_time(now)
        valkey_venue.store.set_market_time(now - 1)
        assert EquityRecorder(Overview(exchange)).run() == 3
        valkey_venue.clock.time += 60_000
        assert EquityRecorder(Overview(exchange)).run() == 3
        CandleBuilder(valkey_venue.store, valkey_venue.clock).run()
        valkey_venue.clock.time += 60_000
        valkey_venue.tick("89", "90")
        CandleBuilder(valkey_venue.store, valkey_venue.clock).run()
        valkey_venue.clock.time += 10 * DAY  # and blocks are dropped
        valkey_venue.tick("89", "90")
        CandleBuilder(valkey_venue.store, valkey_venue.clock).run()
        valkey_venue.clock.time += 60_000
        valkey_venue.tick("89", "90")
        CandleBuilder(valkey_venue.store, valkey_venue.clock).run()
        with Lease(valkey_venue.connection, VenueKeys("main").lease("matcher"), 60_000) as lease:
            assert lease.hold()
        use_keys(valkey_venue)
    return watched


def test_every_script_call_declares_the_keys_it_touches(watched: Watched, valkey_venue: Venue) -> None:
    touched = 0
    ask = valkey_venue.connection.run
    for _, declared, commands in watched.calls():
        assert declared, "a script without keys belongs to no slot"
        for words in commands:
            names = {key.decode() for key in ask("COMMAND", "GETKEYS", *words)}
            assert names, words
            assert names <= declared, f"{words} touches {names - declared}, which is not declared"
            touched += len(names)
    assert touched > 200


def test_every_key_of_a_call_is_in_one_slot(watched: Watched, valkey_venue: Venue) -> None:
    ask = valkey_venue.connection.run
    for _, declared, _ in watched.calls():
        assert len({ask("CLUSTER", "KEYSLOT", key) for key in declared}) == 1, declared


def test_the_scenario_called_every_script_and_every_write_there_is(watched: Watched) -> None:
    assert {called for called, _, _ in watched.calls()} == {script.sha for script in SCRIPTS}
    ran = {words[0].upper() for _, _, commands in watched.calls() for words in commands}
    assert ran >= {
        "DEL",
        "EXISTS",
        "GET",
        "HDEL",
        "HGET",
        "HINCRBY",
        "HKEYS",
        "HMGET",
        "HSET",
        "LLEN",
        "LTRIM",
        "RPUSH",
        "SET",
        "XADD",
        "ZADD",
        "ZCARD",
        "ZREM",
        "ZSCORE",
    }


def test_scripts_read_no_clock_and_no_chance(watched: Watched) -> None:
    ran = {words[0].upper() for _, _, commands in watched.calls() for words in commands}
    assert ran.isdisjoint({"TIME", "RANDOMKEY", "SRANDMEMBER", "KEYS", "SCAN", "EXPIRE", "PEXPIRE", "SELECT"})
