"""The matcher as EventBridge and the local scheduler call it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mockexchange.clock import SystemClock
from mockexchange.domain.orders import OrderType, Side
from mockexchange.domain.placing import PlaceOrder
from mockexchange.domain.quotes import Quote
from mockexchange.domain.rules import Rules
from mockexchange.exchange import Exchange
from mockexchange.local.lambda_events import scheduled_event
from mockexchange.ports import EquityStep, FeedTick
from mockexchange.store.lease import Lease
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection

from .sandbox import Outcome, invoke

D = Decimal
EVENT: dict[str, Any] = {**scheduled_event("matcher", 1_767_225_600_000), "id": "event-1"}


@pytest.fixture
def connection(valkey_url: str) -> Iterator[Connection]:
    with closing(Connection(valkey_url)) as connection:
        yield connection


@pytest.fixture
def exchange(connection: Connection) -> Exchange:
    """One resting buy of 1 BTC at 100, and a tick at 99 that nobody has matched."""
    exchange = Exchange(ValkeyStore(connection, log_length=1), SystemClock(), Rules())
    exchange.open_account("alice", {"USDT": D(1000)})
    tick(exchange, "101", 1)
    exchange.place(PlaceOrder("alice", "BTC/USDT", Side.BUY, OrderType.LIMIT, quantity=D(1), price=D(100)))
    tick(exchange, "99", 2)
    return exchange


def tick(exchange: Exchange, price: str, position: int, *, age: int = 0) -> None:
    now, amount = exchange.clock.now() - age, D(price)
    quote = Quote("BTC/USDT", amount, amount, amount, now)
    assert exchange.store.append(FeedTick(quote, position), "a feed", now, serves=True)


def test_resting_orders_meet_the_ticks_and_it_says_what_it_did(
    exchange: Exchange, valkey_url: str, tmp_path: Path
) -> None:
    outcome = invoke_matcher(valkey_url, tmp_path, LOG_FORMAT="json")

    did = outcome.answers[0]
    assert (did["fills"], did["ticks"], did["lag"], did["gaps"]) == (1, 1, 0, 0)
    assert exchange.order("alice", 1).status == "FILLED"
    assert exchange.audit().problems == []
    metrics = next(line for line in outcome.lines if "Fills" in line)
    assert (metrics["Fills"], metrics["Ticks"], metrics["service"]) == ([1.0], [1.0], "matcher")
    logged = next(line for line in outcome.lines if "fills" in str(line.get("message", "")))
    assert (logged["service"], logged["correlation_id"]) == ("matcher", "event-1")


def test_called_again_it_changes_nothing(exchange: Exchange, valkey_url: str, tmp_path: Path) -> None:
    first, second = invoke_matcher(valkey_url, tmp_path, times=2).answers

    assert (first["fills"], second["fills"], second["ticks"]) == (1, 0, 0)
    assert exchange.audit().problems == []


def test_it_records_what_accounts_are_worth_once_a_minute(exchange: Exchange, valkey_url: str, tmp_path: Path) -> None:
    outcome = invoke_matcher(valkey_url, tmp_path, times=2, LOG_FORMAT="json")

    assert outcome.answers[0]["valued"] == 1
    account = exchange.account("alice")
    curve = exchange.store.equity(account, EquityStep.MINUTE, 0, None, 10)
    # 1 BTC, less the fee, bought at 100 and worth 99; a second one when the minute turned meanwhile
    assert {value for _, value in curve} == {D(900) + D("0.999") * 99}
    assert len(curve) in (1, 2)


def test_ticks_that_fell_off_the_log_are_a_warning(exchange: Exchange, valkey_url: str, tmp_path: Path) -> None:
    # The log keeps about a node's worth of entries, however short it is meant to be.
    for position in range(3, 300):
        tick(exchange, "150", position)

    outcome = invoke_matcher(valkey_url, tmp_path, LOG_FORMAT="json")

    assert outcome.answers[0]["gaps"] > 0
    warned = [line for line in outcome.lines if line.get("level") == "WARNING"]
    assert "BTC/USDT" in warned[0]["message"]
    assert "fell off the log" in warned[0]["message"]


def test_while_another_matcher_holds_the_lease_it_keeps_out(
    exchange: Exchange, connection: Connection, valkey_url: str, tmp_path: Path
) -> None:
    other = Lease(connection, "{main}:lease:matcher", 60_000)
    assert other.hold()

    assert invoke_matcher(valkey_url, tmp_path).answers == [{"skipped": "lease"}]
    assert exchange.order("alice", 1).status == "NEW"

    other.release()
    assert invoke_matcher(valkey_url, tmp_path).answers[0]["fills"] == 1


def test_it_gives_the_lease_back(exchange: Exchange, connection: Connection, valkey_url: str, tmp_path: Path) -> None:
    del exchange
    invoke_matcher(valkey_url, tmp_path)

    assert Lease(connection, "{main}:lease:matcher", 60_000).hold()


def test_it_works_in_steps_until_its_time_is_up(exchange: Exchange, valkey_url: str, tmp_path: Path) -> None:
    del exchange
    outcome = invoke_matcher(valkey_url, tmp_path, seconds=1.0, INTERVAL_SEC="0.2")

    assert outcome.answers[0]["runs"] > 1
    assert outcome.answers[0]["fills"] == 1


def test_without_time_left_it_leaves_the_ticks_to_the_next_run(
    exchange: Exchange, valkey_url: str, tmp_path: Path
) -> None:
    assert invoke_matcher(valkey_url, tmp_path, seconds=0, INTERVAL_SEC="1").answers[0]["fills"] == 0
    assert exchange.order("alice", 1).status == "NEW"

    assert invoke_matcher(valkey_url, tmp_path).answers[0]["fills"] == 1


def invoke_matcher(url: str, folder: Path, *, times: int = 1, seconds: float = 0.5, **environment: str) -> Outcome:
    """The matcher's answers; an invocation has time for one step unless told otherwise."""
    environment = {"VALKEY_URL": url, "SYMBOLS": "*", "INTERVAL_SEC": str(seconds), **environment}
    return invoke("matcher", [EVENT] * times, folder, seconds=seconds, **environment)
