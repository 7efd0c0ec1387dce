"""What may happen to a sandbox between any two instructions: nothing is lost, nothing is doubled, the books are clean.

A client that got no answer repeats its order with the same client order id, and Lambda may deliver a schedule twice.
"""

from __future__ import annotations

import json
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mockexchange.clock import SystemClock
from mockexchange.domain.fill_models import fill_model
from mockexchange.domain.models import Engine
from mockexchange.domain.orders import Order, OrderType, Side
from mockexchange.domain.placing import PlaceOrder
from mockexchange.domain.quotes import Quote
from mockexchange.domain.rules import Rules
from mockexchange.exchange import Exchange
from mockexchange.local.valkey import EmbeddedValkey
from mockexchange.ports import FeedTick
from mockexchange.store.keys import VenueKeys
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection

from .conftest import StartSandbox, variables
from .gateway import examples, from_lambda, requests
from .sandbox import Sandbox

D = Decimal
ORDER: dict[str, Any] = requests()["orders"]
SCHEDULE: dict[str, Any] = examples()["schedule-matcher"]
KILLS = 8
PAUSES = [each * 0.0007 for each in range(KILLS)]
"""Seconds from an event's delivery to the kill: an order takes a few milliseconds."""


def placed(number: int) -> dict[str, Any]:
    """A market order for 0.01 BTC, with a client order id of its own."""
    body = {"symbol": "BTC/USDT", "side": "buy", "amount": 0.01, "clientOrderId": f"order-{number}"}
    return {**ORDER, "body": json.dumps(body)}


def exchange_at(url: str) -> Exchange:
    """The same venue, seen from here; no price grows old."""
    rules = Rules(engine=Engine(fill_model("touch"), stale_after=3_600_000))
    return Exchange(ValkeyStore(Connection(url)), SystemClock(), rules)


def free_the_lease(url: str) -> None:
    """As its time to live does."""
    connection = Connection(url)
    connection.run("DEL", VenueKeys("main").lease("matcher"))
    connection.close()


def tick(exchange: Exchange, price: str, position: int) -> None:
    now, amount = exchange.clock.now(), D(price)
    quote = Quote("BTC/USDT", amount, amount, amount, now)
    assert exchange.store.append(FeedTick(quote, position), "a feed", now, serves=True)


def orders_of(exchange: Exchange, account: str = "default") -> list[Order]:
    return list(exchange.orders(account, limit=1000).items)


def test_orders_functions_killed_in_the_middle_of_an_order(sandbox: StartSandbox, valkey_url: str) -> None:
    exchange = exchange_at(valkey_url)
    tick(exchange, "60000", 1)
    orders = sandbox("OrdersFunction", FEED="external", STALE_AFTER_SEC="3600")
    number = 0
    for pause in PAUSES:
        for _ in range(3):
            number += 1
            assert from_lambda(orders.invoke(placed(number))).status in (200, 201)
        number += 1
        orders.send(placed(number))
        assert orders.api.taken.wait(60)
        time.sleep(pause)
        orders.kill()
        # the client had no answer and asks again; another sandbox is there for it
        orders = sandbox("OrdersFunction", FEED="external", STALE_AFTER_SEC="3600")
        answer = from_lambda(orders.invoke(placed(number)))
        assert answer.status in (200, 201), answer

    ids = [order.client_order_id for order in orders_of(exchange)]
    assert sorted(ids) == sorted(f"order-{each}" for each in range(1, number + 1))
    report = exchange.audit()
    assert report.problems == []
    # 0.01 BTC each, less the fee in what is bought
    assert exchange.balance("default", "BTC").free == number * D("0.00999")


def test_an_order_that_is_delivered_twice_is_one_order(sandbox: StartSandbox, valkey_url: str) -> None:
    exchange = exchange_at(valkey_url)
    tick(exchange, "60000", 1)
    one, other = (
        sandbox("OrdersFunction", FEED="external", STALE_AFTER_SEC="3600"),
        sandbox("OrdersFunction", FEED="external", STALE_AFTER_SEC="3600"),
    )
    sent = [each.send(placed(1), request_id="the-same") for each in (one, other)]
    answers = [from_lambda(each.result(invocation)) for each, invocation in zip((one, other), sent, strict=True)]
    answers.append(from_lambda(one.invoke(placed(1), request_id="the-same")))

    documents = [json.loads(answer.body) for answer in answers]
    assert {document["id"] for document in documents} == {documents[0]["id"]}
    assert len(orders_of(exchange)) == 1
    assert exchange.audit().problems == []


ACCOUNTS = ("alice", "bob", "carol")
EACH = 150
"""Resting orders of each; Binance's filter lets them have 200."""


def resting(exchange: Exchange) -> None:
    """Buys of 0.1 BTC from 59,999 down, a dollar apart, and fifty ticks that fall through all of them."""
    tick(exchange, "60000", 1)
    for account in ACCOUNTS:
        exchange.open_account(account, {"USDT": D(EACH * 6_000)})
        for number in range(1, EACH + 1):
            price = D(60_000 - number)
            exchange.place(PlaceOrder(account, "BTC/USDT", Side.BUY, OrderType.LIMIT, quantity=D("0.1"), price=price))
    for fall in range(1, 51):
        tick(exchange, str(60_000 - EACH * fall // 50), 1 + fall)


def all_filled_once(exchange: Exchange) -> None:
    assert exchange.audit().problems == []
    for account in ACCOUNTS:
        assert [order.status for order in orders_of(exchange, account)] == ["FILLED"] * EACH
        assert exchange.balance(account, "BTC").free == EACH * D("0.0999")


@pytest.mark.slow
def test_matchers_killed_in_the_middle_of_their_work(sandbox: StartSandbox, valkey_url: str) -> None:
    exchange = exchange_at(valkey_url)
    resting(exchange)
    for pause in PAUSES:
        matcher = sandbox("MatcherFunction", INTERVAL_SEC="0.01")
        matcher.send(SCHEDULE, seconds=60)
        assert matcher.api.taken.wait(60)
        time.sleep(pause * 8)
        matcher.kill()
        free_the_lease(valkey_url)

    sandbox("MatcherFunction", INTERVAL_SEC="1").invoke(SCHEDULE, seconds=1)
    all_filled_once(exchange)


@pytest.mark.parametrize("leased", [True, False])
def test_two_matchers_with_the_same_event(sandbox: StartSandbox, valkey_url: str, *, leased: bool) -> None:
    """At most one works while the lease holds; and without it what they do is right as well."""
    exchange = exchange_at(valkey_url)
    both = [sandbox("MatcherFunction", INTERVAL_SEC="0.5", VENUE="main") for _ in range(2)]
    for each in both:
        each.invoke(SCHEDULE, seconds=0.1)  # warm
    resting(exchange)
    sent = [each.send(SCHEDULE, seconds=4, request_id="the-same") for each in both]
    if not leased:
        while not all(invocation.over.is_set() for invocation in sent):
            free_the_lease(valkey_url)
    answers = [each.result(invocation) for each, invocation in zip(both, sent, strict=True)]

    assert sum(answer.get("fills", 0) for answer in answers) == len(ACCOUNTS) * EACH
    all_filled_once(exchange)


def restart(server: EmbeddedValkey, *, kill: bool) -> None:
    """Valkey is gone and comes back at the same address, with all that it had acknowledged."""
    if kill:
        server.kill()
    else:
        server.ask_to_stop()
    assert server.wait(30) is not None
    server.launch()
    server.wait_until_ready()


def test_valkey_restarted_between_invocations(artefacts: Path, tmp_path: Path) -> None:
    """Warm functions, whose sockets are dead, answer the next event as if nothing had been."""
    with EmbeddedValkey(tmp_path, preferred_port=0) as server:
        orders_variables = variables("OrdersFunction", server.url, FEED="external")
        matcher_variables = variables("MatcherFunction", server.url, INTERVAL_SEC="0.5")
        with (
            Sandbox(artefacts, "OrdersFunction", tmp_path, orders_variables) as orders,
            Sandbox(artefacts, "MatcherFunction", tmp_path, matcher_variables) as matcher,
        ):
            exchange = exchange_at(server.url)
            tick(exchange, "60000", 1)
            for number in range(1, 5):
                answer = from_lambda(orders.invoke(placed(number)))
                assert answer.status in (200, 201), answer
                assert matcher.invoke(SCHEDULE, seconds=0.5)["runs"] == 1
                restart(server, kill=number % 2 == 1)
            assert len(orders_of(exchange)) == 4
            assert exchange.audit().problems == []
