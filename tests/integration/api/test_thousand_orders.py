"""A thousand orders under each fault, through both doors, while two matchers fill them: none is lost, none is there
twice, and the books are clean."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from decimal import Decimal

import pytest

from mockexchange.domain.chaos import AFTERWARDS, INSTEAD, RATED
from mockexchange.domain.orders import OrderStatus
from mockexchange.domain.quotes import Quote
from mockexchange.exchange import Exchange
from mockexchange.feed.feeding import Feeder
from mockexchange.feed.synthetic import SyntheticSource
from mockexchange.ports import FeedTick, Store
from mockexchange.store.memory import MemoryStore
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import connect

from .bot import Bot
from .door import Door, set_chaos

D = Decimal
BTC = "BTC/USDT"
EVERY = 25
"""Orders between two prices: the first of each two lets all that rest fill, and the second one lets others rest."""

PLANS: dict[str, dict[str, object]] = {
    **{fault.value: {fault.value: 0.5} for fault in RATED},
    "latency": {"latencyMs": 50, "jitterMs": 900},
    "maintenance": {"maintenance": True, "forSec": 2},
    "all at once": {**{fault.value: 0.1 for fault in RATED}, "latencyMs": 10, "jitterMs": 20},
}
"""Of each, about half of the requests; those that ask for an order's fate too."""


@contextmanager
def matchers(stores: list[Store], door: Door) -> Generator[list[int]]:
    """One matcher for each store, all at work until the end of the block; how much each of their runs filled."""
    fills: list[int] = []
    over = threading.Event()

    def match(store: Store) -> None:
        exchange = Exchange(store, door.clock, door.exchange.rules)
        while not over.is_set():
            fills.append(exchange.match().fills)
            time.sleep(0.002)

    threads = [threading.Thread(target=match, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    try:
        yield fills
    finally:
        over.set()
        for thread in threads:
            thread.join(30)


def place_orders(door: Door, plan: dict[str, object], count: int) -> Bot:
    """So many, one after the other, at a price that goes to and fro."""
    bot = Bot(door)
    set_chaos(door, seed=count, **plan)
    for number in range(count):
        if number % EVERY == 0:
            bid = D(59_000) if number // EVERY % 2 else D(60_000)
            quote = Quote(BTC, bid, bid + 2, bid, door.clock.time)
            door.store.append(FeedTick(quote, 0), "manual", door.clock.time, serves=False)
            if "forSec" in plan:
                set_chaos(door, **plan)
        bot.place(f"bot-{number}", "59900", by_wire=number % 2 == 0)
    door.send("DELETE", "/admin/chaos")
    return bot


def check(door: Door, bot: Bot, plan: dict[str, object], count: int) -> None:
    """Every order once, each of them filled or at rest, no money unaccounted for."""
    door.exchange.match()
    orders = list(reversed(door.exchange.orders("default", limit=2 * count).items))
    assert [order.client_order_id for order in orders] == [f"bot-{number}" for number in range(count)]
    assert {order.status for order in orders} <= {OrderStatus.FILLED, OrderStatus.NEW}
    filled = sum(order.status is OrderStatus.FILLED for order in orders)
    assert filled > count / 3
    assert door.exchange.balance("default", "BTC").free == 2 + filled * D("0.000999")
    assert door.exchange.audit().problems == []
    befell = {fault for fault in plan if plan[fault] and fault in {each.value for each in (*INSTEAD, *AFTERWARDS)}}
    if befell & {fault.value for fault in AFTERWARDS}:
        assert bot.seen["found"] > count / 20
    elif befell or plan.get("rejected") or plan.get("maintenance"):
        assert sum(bot.seen.values()) > count
        assert not bot.seen["found"]


def test_a_few_orders_under_all_faults_at_once(door: Door) -> None:
    bot = place_orders(door, PLANS["all at once"], 100)
    check(door, bot, PLANS["all at once"], 100)
    assert {"200", "201", "400", "418", "422", "429", "500", "502", "503", "504"} <= set(bot.seen)


THOUSAND = 1000


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("plan", PLANS.values(), ids=list(PLANS))
def test_a_thousand_orders_with_two_matchers_at_work(valkey_url: str, plan: dict[str, object]) -> None:
    connections = [connect(valkey_url, home="{main}") for _ in range(3)]
    door = Door(ValkeyStore(connections[0]))
    with door.loop:
        door.price("60000")
        with matchers([ValkeyStore(connection) for connection in connections[1:]], door) as fills:
            bot = place_orders(door, plan, THOUSAND)
        check(door, bot, plan, THOUSAND)
    assert sum(fills) > THOUSAND / 4
    for connection in connections:
        connection.close()


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("plan", [{"frozen": True}, {"staleSec": 90}, {"gap": 0.5}], ids=["frozen", "stale", "gap"])
def test_a_thousand_orders_while_the_feed_goes_wrong(plan: dict[str, object]) -> None:
    """Orders at rest are taken back now and then: with no fresh price none of them ends."""
    store = MemoryStore()
    door = Door(store, feed="synthetic:7")
    feeder = Feeder(store, SyntheticSource(7, (BTC,), 1000), door.clock, chaos=store.chaos)
    with door.loop, matchers([store, store], door):
        feeder.tick()
        set_chaos(door, seed=1, **plan)
        for number in range(THOUSAND):
            door.clock.time += 1000
            feeder.tick()
            tick = store.market(BTC).tick
            assert tick is not None
            Bot(door).place(f"bot-{number}", f"{tick.quote.bid:f}", by_wire=number % 2 == 0)
            if number % 100 == 99:
                assert door.send("DELETE", "/orders").status == 200
        door.send("DELETE", "/admin/chaos")
    orders = list(reversed(door.exchange.orders("default", limit=2 * THOUSAND).items))
    assert [order.client_order_id for order in orders] == [f"bot-{number}" for number in range(THOUSAND)]
    assert door.exchange.audit().problems == []
