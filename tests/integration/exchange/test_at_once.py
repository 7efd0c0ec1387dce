"""Several processes, or threads, on one venue at once: nothing is lost, nothing happens twice."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from mockexchange.clock import SystemClock
from mockexchange.domain.balances import Account
from mockexchange.domain.errors import ExchangeError, InsufficientFunds
from mockexchange.domain.orders import Order, OrderStatus
from mockexchange.exchange import Exchange
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection

from .crowd import Crowd
from .venue import D, Venue, order

WRITER = Path(__file__).with_name("order_writer.py")
EACH = 100


def test_two_processes_place_all_their_orders_and_lock_to_the_cent(valkey_url: str) -> None:
    connection = Connection(valkey_url)
    venue = Venue(ValkeyStore(connection), valkey_url)
    venue.clock.time = SystemClock().now()
    venue.price("99", "101")
    writers = [
        subprocess.Popen(
            [sys.executable, str(WRITER), valkey_url, name, str(EACH)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    accepted = [line.split() for writer in writers for line in writer.communicate(timeout=60)[0].splitlines()]
    assert [writer.returncode for writer in writers] == [0, 0]

    assert len({order_id for order_id, _ in accepted}) == 2 * EACH
    stored = venue.all_orders()
    assert {str(each.order_id) for each in stored} == {order_id for order_id, _ in accepted}
    locked = sum((Decimal(price) / 4 for _, price in accepted), Decimal(0))
    assert venue.owned() == {"USDT": (100_000 - locked, locked)}
    assert [line.amount for line in venue.exchange.ledger("alice").items] == [100_000], "one first deposit"
    assert venue.exchange.audit().problems == []

    venue.price("39", "40")
    assert {each.status for each in venue.all_orders()} == {OrderStatus.FILLED}
    assert len(venue.all_fills()) == 2 * EACH
    assert venue.owned()["USDT"] == (100_000 - locked, 0)
    assert venue.exchange.audit().problems == []
    venue.close()


@pytest.fixture
def crowd(valkey_venue: Venue) -> Crowd:
    return Crowd(valkey_venue)


def test_one_account_is_opened_once(crowd: Crowd, valkey_venue: Venue) -> None:
    def open_bob(exchange: Exchange) -> Account:
        return exchange.open_account("bob", {"USDT": D(10), "ETH": D(1)})

    assert len(set(crowd.run([open_bob] * 8))) == 1
    assert valkey_venue.owned("bob") == {"ETH": (D(1), D(0)), "USDT": (D(10), D(0))}
    assert len(valkey_venue.exchange.ledger("bob").items) == 2


def test_one_client_id_is_one_order(crowd: Crowd, valkey_venue: Venue) -> None:
    def place_x(exchange: Exchange) -> int:
        return exchange.place(order("BUY", "1", "90", client_order_id="x")).order.order_id

    assert len(set(crowd.run([place_x] * 8))) == 1
    assert len(valkey_venue.all_orders()) == 1


def test_no_more_is_locked_than_there_is(crowd: Crowd, valkey_venue: Venue) -> None:
    """1,000 USDT are enough for eleven orders of 90."""

    def place_five(exchange: Exchange) -> int:
        placed = 0
        for _ in range(5):
            try:
                exchange.place(order("BUY", "1", "90"))
                placed += 1
            except InsufficientFunds:
                pass
        return placed

    results = crowd.run([place_five] * 4)
    assert sum(result for result in results if isinstance(result, int)) == 11
    assert valkey_venue.owned()["USDT"] == (D(10), D(990))


def test_an_order_is_canceled_or_replaced_by_one_of_many(crowd: Crowd, valkey_venue: Venue) -> None:
    number = valkey_venue.exchange.place(order("BUY", "10", "90")).order.order_id

    def cancel(exchange: Exchange) -> Order:
        return exchange.cancel("alice", number)

    def replace(exchange: Exchange) -> Order:
        return exchange.replace("alice", number, order("BUY", "10", "95")).order

    results = crowd.run([cancel] * 4 + [replace] * 4)
    refused = [result for result in results if isinstance(result, ExchangeError)]
    assert [type(result).__name__ for result in refused] == ["OrderNotOpen"] * 7
    assert len(valkey_venue.all_orders()) <= 2
    assert valkey_venue.owned()["USDT"] in ((D(1000), D(0)), (D(50), D(950)))


def test_matchers_at_once_fill_every_order_once(crowd: Crowd, valkey_venue: Venue) -> None:
    for _ in range(40):
        valkey_venue.exchange.place(order("BUY", "0.1", "90"))
    for _ in range(5):
        valkey_venue.tick("89", "90")
    crowd.run([Exchange.match] * 4)
    assert {each.status for each in valkey_venue.all_orders()} == {OrderStatus.FILLED}
    assert len(valkey_venue.all_fills()) == 40
