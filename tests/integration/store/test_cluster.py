"""Several nodes: where commands go, and what is done when slots move, nodes die and others take over."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis

from mockexchange.clock import SystemClock
from mockexchange.domain.errors import ExchangeNotAvailable, OutcomeUnknown
from mockexchange.domain.instruments import default_instrument
from mockexchange.domain.orders import OrderType, Side
from mockexchange.domain.placing import PlaceOrder
from mockexchange.domain.quotes import Quote
from mockexchange.domain.rules import Rules
from mockexchange.exchange import Exchange
from mockexchange.local.tcp_ports import free_port
from mockexchange.local.valkey import EmbeddedValkey
from mockexchange.local.valkey_probe import ValkeyProbe
from mockexchange.ports import FeedTick
from mockexchange.store import keys
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_cluster import ClusterConnection
from mockexchange.store.valkey_connection import Connection, Script, connect
from mockexchange.valkey_address import Address
from tests.cluster import PASSWORD, Cluster, Node
from tests.tls import Authority, Proxy

HOME = "{main}"
RAISE = Script("raise")
SYMBOLS = ("BTC/USDT", "ETH/USDT", "SOL/USDT", "ADA/USDT", "XRP/USDT")


@pytest.fixture
def connection(cluster_url: str) -> Iterator[Connection]:
    connection = connect(cluster_url, home=HOME)
    yield connection
    connection.close()


def names(count: int) -> list[str]:
    """Keys in many slots."""
    return [f"key-{number}" for number in range(count)]


def test_the_symbols_of_these_tests_are_on_every_node(cluster_of_three: Cluster) -> None:
    assert {cluster_of_three.owner(keys.hash_of(symbol)).name for symbol in SYMBOLS} == {
        node.name for node in cluster_of_three.nodes
    }


def test_a_pipeline_over_all_nodes_is_answered_in_its_order(connection: Connection) -> None:
    many = names(200)
    written = connection.pipe([("SET", name, number) for number, name in enumerate(many)])
    assert written == [b"OK"] * 200
    assert connection.pipe([("GET", name) for name in many]) == [str(number).encode() for number in range(200)]
    mixed = connection.pipe([("PING",), ("GET", "key-7"), ("ECHO", "x"), ("INCR", "key-7"), ("GET", "key-7")])
    assert mixed == [b"PONG", b"7", b"x", 8, b"8"]


def test_commands_without_a_key_go_to_the_venue_s_node(connection: Connection, cluster_of_three: Cluster) -> None:
    assert connection.run("CLUSTER", "MYID").decode() == cluster_of_three.owner(HOME).name
    connection.pipe([("SET", f"{HOME}:a", 1), ("SET", f"{HOME}:b", 1)])
    assert connection.run("DBSIZE") == 2


def test_a_refused_command_is_raised_and_the_others_are_carried_out(connection: Connection) -> None:
    with pytest.raises(redis.ResponseError, match="WRONGTYPE"):
        connection.pipe([("SET", "key-1", "x"), ("LPUSH", "key-1", "y"), ("SET", "key-2", "z")])
    assert connection.pipe([("GET", "key-1"), ("GET", "key-2")]) == [b"x", b"z"]


def test_scripts_are_brought_to_each_node_that_does_not_know_them(
    connection: Connection, cluster_of_three: Cluster
) -> None:
    for number in (1, 2):
        for node in cluster_of_three.nodes[: 4 - number]:
            node.ask("SCRIPT", "FLUSH")
        answers = connection.pipe([RAISE.command([name], number) for name in names(20)])
        assert answers == [1] * 20
    for node in cluster_of_three.nodes:
        node.ask("SCRIPT", "FLUSH")
    assert [connection.script(RAISE, [name], [3]) for name in names(5)] == [1] * 5


# a slot that moves


def test_a_slot_that_moved_is_found(connection: Connection, cluster_of_three: Cluster) -> None:
    many = names(50)
    connection.pipe([("SET", name, "x") for name in many])
    for name in many[:3]:
        cluster_of_three.move(name)
    assert connection.pipe([("APPEND", name, "y") for name in many]) == [2] * 50
    cluster_of_three.move("key-4")
    assert connection.script(RAISE, ["{key-4}"], [1]) == 1
    assert connection.run("GET", "key-4") == b"xy"


def test_a_slot_on_its_way_is_asked_for_where_its_keys_are(connection: Connection, cluster_of_three: Cluster) -> None:
    there, not_there = "{key-5}:1", "{key-5}:2"
    connection.pipe([("SET", there, "1"), ("SET", "{key-5}", "0")])
    old, new, slot = cluster_of_three.begin_move("key-5")
    cluster_of_three.move_keys(old, new, slot, 1)

    answers = connection.pipe(
        [("GET", there), ("SET", not_there, "2"), ("GET", "key-6"), ("GET", "{key-5}"), ("GET", not_there)]
    )

    assert answers == [b"1", b"OK", None, b"0", b"2"]
    assert connection.script(RAISE, ["{key-5}:3"], [7]) == 1
    cluster_of_three.move_keys(old, new, slot)
    cluster_of_three.end_move(new, slot)
    assert connection.pipe([("GET", not_there), ("GET", "{key-5}:3")]) == [b"2", b"7"]


def test_keys_that_are_apart_for_a_moment_are_waited_for(cluster_url: str, cluster_of_three: Cluster) -> None:
    """MGET and scripts with several keys get TRYAGAIN while some are here and some there."""
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            while cluster_of_three.move_keys(old, new, slot):
                pass
            cluster_of_three.end_move(new, slot)

    connection = ClusterConnection(Address.of(cluster_url), HOME, sleep=sleep)
    connection.pipe([("SET", f"{{key-7}}:{number}", number) for number in range(10)])
    old, new, slot = cluster_of_three.begin_move("key-7")
    cluster_of_three.move_keys(old, new, slot, 5)

    found = connection.run("MGET", *(f"{{key-7}}:{number}" for number in range(10)))

    assert found == [str(number).encode() for number in range(10)]
    assert len(pauses) == 3
    connection.close()


def test_whoever_waits_too_long_is_told_to_come_again(cluster_url: str, cluster_of_three: Cluster) -> None:
    time_now = [0]

    def sleep(seconds: float) -> None:
        time_now[0] += round(1000 * seconds)

    connection = ClusterConnection(Address.of(cluster_url), HOME, lambda: time_now[0], sleep)
    connection.pipe([("SET", f"{{key-8}}:{number}", number) for number in range(10)])
    old, new, slot = cluster_of_three.begin_move("key-8")
    cluster_of_three.move_keys(old, new, slot, 5)
    with pytest.raises(ExchangeNotAvailable, match=r"is being changed .*; nothing was changed"):
        connection.run("MGET", *(f"{{key-8}}:{number}" for number in range(10)))
    while cluster_of_three.move_keys(old, new, slot):
        pass
    cluster_of_three.end_move(new, slot)
    assert None not in connection.run("MGET", *(f"{{key-8}}:{number}" for number in range(10)))
    connection.close()


AHEAD = 20


class Crowd:
    """Threads that work until they are told to stop; what went wrong in any of them. None is more than so many rounds
    AHEAD of the slowest: of orders that are placed faster than matched there would be more and more to match at once,
    and a round of that would take longer than anybody waits."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.failures: list[Exception] = []
        self.rounds: list[int] = []
        self._threads: list[threading.Thread] = []

    def begin(self, work: Callable[[int], object]) -> None:
        """Call `work` again and again with the number of the round."""
        number = len(self._threads)
        self.rounds.append(0)

        def run() -> None:
            while not self.over.is_set():
                if self.rounds[number] > min(self.rounds) + AHEAD:
                    self.over.wait(0.002)
                    continue
                try:
                    work(self.rounds[number])
                except Exception as error:  # noqa: BLE001  # whatever it is, the test says so
                    self.failures.append(error)
                self.rounds[number] += 1

        self._threads.append(threading.Thread(target=run))
        self._threads[-1].start()

    def end(self) -> None:
        self.over.set()
        for thread in self._threads:
            thread.join()


class Market:
    """Traders, a feeder and a matcher on one cluster, each with a connection of its own."""

    def __init__(self, url: str) -> None:
        self.stores = [ValkeyStore(connect(url, home=HOME)) for _ in range(4)]
        self.exchanges = [Exchange(store, SystemClock(), Rules(symbols=("*",))) for store in self.stores]
        crowded = [replace(default_instrument(symbol), max_num_orders=10**9) for symbol in SYMBOLS]
        self.stores[0].put_instruments(crowded, replace=True)
        self.exchanges[0].open_account("alice", {"USDT": Decimal(10**9)})
        self.accepted: list[int] = []
        for symbol in SYMBOLS:
            self.price(symbol, 100, 1)

    def price(self, symbol: str, amount: int, position: int) -> None:
        now, number = SystemClock().now(), Decimal(amount)
        self.stores[2].append_all([(FeedTick(Quote(symbol, number, number, number, now), position), now)], "test")

    def trade(self, number: int) -> Callable[[int], None]:
        def work(count: int) -> None:
            at = Decimal(95 if count % 2 else 101)
            symbol = SYMBOLS[count % len(SYMBOLS)]
            command = PlaceOrder("alice", symbol, Side.BUY, OrderType.LIMIT, quantity=Decimal(1), price=at)
            self.accepted.append(self.exchanges[number].place(command).order.order_id)

        return work

    def feed(self, count: int) -> None:
        for symbol in SYMBOLS:
            self.price(symbol, 100 - count % 10, count + 2)

    def match(self, _count: int) -> None:
        self.exchanges[3].match()

    def crowd(self) -> Crowd:
        crowd = Crowd()
        for work in (self.trade(0), self.trade(1), self.feed, self.match):
            crowd.begin(work)
        return crowd

    def check(self) -> None:
        """The books are clean, and every order that was accepted is there."""
        assert self.exchanges[0].audit().problems == []
        for order_id in self.accepted:
            assert self.exchanges[0].order("alice", order_id).order_id == order_id

    def close(self) -> None:
        for store in self.stores:
            store.connection.close()


@pytest.fixture
def market(cluster_url: str) -> Iterator[Market]:
    market = Market(cluster_url)
    yield market
    market.close()


def test_trading_goes_on_while_every_slot_wanders(market: Market, cluster_of_three: Cluster) -> None:
    crowd = market.crowd()
    for key in [HOME, *(keys.hash_of(symbol) for symbol in SYMBOLS), keys.INSTRUMENTS] * 2:
        cluster_of_three.move(key)
    crowd.end()

    assert crowd.failures == []
    assert min(crowd.rounds) > 0
    market.check()


# nodes that die


def test_a_node_that_was_started_again_is_found(cluster_url: str, cluster_of_three: Cluster) -> None:
    """Its sockets are gone, and it knows no script any more."""
    connection = connect(cluster_url, home=HOME)
    many = names(30)
    connection.pipe([("SET", name, "x") for name in many])
    connection.pipe([RAISE.command([f"n-{name}"], 1) for name in many])
    node = cluster_of_three.owner("key-1")
    os.kill(node.server.pid, signal.SIGKILL)
    with pytest.raises(ExchangeNotAvailable):
        connection.run("GET", "key-1")
    with pytest.raises(ExchangeNotAvailable, match="nothing was changed"):
        connection.script(RAISE, ["{key-1}:n"], [2])
    node.server.launch()
    cluster_of_three.until_well()

    assert connection.pipe([("GET", name) for name in many]) == [b"x"] * 30
    assert connection.pipe([RAISE.command([f"n-{name}"], 3) for name in many]) == [1] * 30
    connection.close()


def test_a_script_whose_answer_is_lost_is_not_sent_twice(cluster_url: str, cluster_of_three: Cluster) -> None:
    connection = connect(cluster_url, home=HOME)
    connection.script(RAISE, ["key-1"], [1])
    for node in cluster_of_three.nodes:
        node.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    with pytest.raises(OutcomeUnknown):
        connection.script(RAISE, ["key-1"], [2])
    assert connection.script(RAISE, ["key-1"], [3]) == 1
    for node in cluster_of_three.nodes:
        node.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    assert connection.pipe([("GET", name) for name in ("key-1", "key-2", "key-3")]) == [b"3", None, None]
    connection.close()


@pytest.fixture(scope="module")
def cluster_with_replicas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with Cluster(tmp_path_factory.mktemp("replicas"), replicas=3) as cluster:
        yield cluster


@pytest.mark.slow
def test_a_replica_takes_over_as_planned(cluster_with_replicas: Cluster) -> None:
    market = Market(cluster_with_replicas.url)
    crowd = market.crowd()
    old = cluster_with_replicas.owner(HOME)
    new = cluster_with_replicas.replica_of(old)
    new.ask("CLUSTER", "FAILOVER")
    while cluster_with_replicas.owner(HOME) is not new:
        time.sleep(0.02)
    before = list(crowd.rounds)
    while any(now <= then + 2 for now, then in zip(crowd.rounds, before, strict=True)):
        time.sleep(0.02)
    crowd.end()

    assert crowd.failures == []
    market.check()
    market.close()


@pytest.mark.slow
def test_a_replica_takes_over_when_its_primary_dies(cluster_with_replicas: Cluster) -> None:
    """Until then requests wait, and are refused with a reason after a while; then the same connections work again."""
    cluster = cluster_with_replicas
    connection = connect(cluster.url, home=HOME)
    key = "{failing}"
    old = cluster.owner(key)
    assert connection.pipe([("SET", key, "x"), RAISE.command([f"{key}:n"], 1)]) == [b"OK", 1]
    replica = cluster.replica_of(old)
    while not replica.ask("DBSIZE"):
        time.sleep(0.02)

    os.kill(old.server.pid, signal.SIGKILL)
    passed = [0]

    def sleep(seconds: float) -> None:
        passed[0] += round(1000 * seconds)

    impatient = ClusterConnection(Address.of(cluster.url), HOME, lambda: passed[0], sleep)
    with pytest.raises(ExchangeNotAvailable, match="nothing was changed") as refusal:
        impatient.script(RAISE, [f"{key}:n"], [4])
    assert not isinstance(refusal.value, OutcomeUnknown)
    impatient.close()
    while replica.ask("ROLE")[0] != b"master":
        with suppress(ExchangeNotAvailable):
            connection.script(RAISE, [f"{key}:n"], [5])
    connection.script(RAISE, [f"{key}:n"], [6])

    assert connection.pipe([("GET", key), ("GET", f"{key}:n")]) == [b"x", b"6"]
    old.server.launch()
    connection.close()


# what is no cluster, or a small one


def as_cluster(url: str) -> str:
    return url.replace("redis://", "valkey+cluster://")


def test_one_node_that_has_all_slots(cluster_valkey_url: str) -> None:
    """What ElastiCache Serverless looks like from outside: one address for everything."""
    connection = connect(as_cluster(cluster_valkey_url), home=HOME)
    market = Market(as_cluster(cluster_valkey_url))
    market.trade(0)(1)
    market.feed(7)
    market.match(0)
    market.check()
    market.close()
    assert len(connection.pipe([("EXISTS", name) for name in names(100)])) == 100
    assert connection.run("CLUSTER", "COUNTKEYSINSLOT", 1) is not None
    connection.close()


def test_a_cluster_behind_tls(tmp_path: Path) -> None:
    """Its nodes are checked like the address that was given."""
    authority = Authority(tmp_path)
    with Proxy(authority.context("127.0.0.1")) as proxy:
        directives = {"cluster-announce-port": str(proxy.port), "cluster-announce-bus-port": "1"}
        with EmbeddedValkey(tmp_path, preferred_port=0, cluster=True, directives=directives) as server:
            proxy.target = server.port
            password = urlsplit(server.url).password
            address = f"valkeys+cluster://:{password}@127.0.0.1:{proxy.port}?ssl_ca_certs={authority.file}"
            connection = connect(address, home=HOME)
            assert connection.pipe([("SET", name, "x") for name in names(20)]) == [b"OK"] * 20
            assert proxy.connections == 2  # of the address that was given, and of the node that it named
            with ValkeyProbe(address) as probe:
                probe.wait(lambda _seconds: False, lambda _text: None, patience=1)
            connection.close()
            with pytest.raises(ExchangeNotAvailable, match="its certificate is not accepted"):
                connect(address.partition("?")[0], home=HOME).run("PING")


def test_a_server_that_is_no_cluster_says_so(valkey_url: str) -> None:
    with pytest.raises(ExchangeNotAvailable) as refusal:
        connect(as_cluster(valkey_url), home=HOME).run("PING")

    assert "cluster support disabled" in refusal.value.detail
    assert "Without a cluster the address begins with valkey://" in refusal.value.detail


def test_a_cluster_that_is_taken_for_one_server_says_so(cluster_url: str, cluster_of_three: Cluster) -> None:
    connection = connect(cluster_url.replace("+cluster", ""))

    with pytest.raises(ExchangeNotAvailable, match=r"is one node of a cluster.*valkey\+cluster://"):
        connection.pipe([("GET", name) for name in names(10)])
    elsewhere = next(name for name in names(100) if cluster_of_three.owner(name) is not cluster_of_three.nodes[0])
    with pytest.raises(ExchangeNotAvailable, match="is one node of a cluster"):
        connection.script(RAISE, [elsewhere], [1])
    connection.close()


def test_a_node_without_slots_is_no_cluster_yet(tmp_path: Path) -> None:
    node = Node(tmp_path)
    node.start()
    try:
        with pytest.raises(ExchangeNotAvailable, match="CLUSTERDOWN no node has any slot"):
            connect(f"valkey+cluster://:{PASSWORD}@{node.place}", home=HOME).run("PING")
    finally:
        node.server.stop()


def test_a_cluster_that_is_not_there_is_named_without_its_password() -> None:
    port = free_port()
    with pytest.raises(ExchangeNotAvailable) as refused:
        connect(f"valkey+cluster://:hunter2@127.0.0.1:{port}", home=HOME).run("PING")
    assert f"127.0.0.1:{port}" in refused.value.detail
    assert "hunter2" not in refused.value.detail
