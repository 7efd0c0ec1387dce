"""The feeder as EventBridge and the local scheduler call it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mockexchange.local.lambda_events import scheduled_event
from mockexchange.store.keys import FEEDER_LEASE
from mockexchange.store.lease import Lease
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection
from tests.stand_in_exchange.server import running_exchange

from .sandbox import Outcome, invoke

EVENT: dict[str, Any] = {**scheduled_event("feeder", 1_767_225_600_000), "id": "event-1"}


def invoke_feeder(valkey_url: str, tmp_path: Path, *, times: int = 1, **environment: str) -> Outcome:
    """The feeder's answers; an invocation has time for one step."""
    given = {"VALKEY_URL": valkey_url, "FEED": "synthetic:7", "SYMBOLS": "BTC/USDT,ETH/USDT", **environment}
    return invoke("feeder", [EVENT] * times, tmp_path, seconds=0.5, **{"INTERVAL_SEC": "0.5", **given})


def test_quotes_are_logged_and_it_says_how_many(valkey_url: str, tmp_path: Path) -> None:
    outcome = invoke_feeder(valkey_url, tmp_path, LOG_FORMAT="json")

    did = outcome.answers[0]
    assert (did["runs"], did["appended"], did["rejected"]) == (1, 2, 0)
    tick = ValkeyStore(Connection(valkey_url)).market("BTC/USDT").tick
    assert tick is not None
    assert (tick.number, tick.source) == (1, "synthetic:7")
    metrics = next(line for line in outcome.lines if "Appended" in line)
    assert (metrics["Appended"], metrics["service"]) == ([2.0], "feeder")


def test_the_same_moment_twice_logs_once(valkey_url: str, tmp_path: Path) -> None:
    first, second = invoke_feeder(valkey_url, tmp_path, times=2, INTERVAL_SEC="3600").answers

    assert (first["appended"], second["appended"]) == (2, 0)


def test_while_another_feeder_holds_the_lease_nothing_is_logged(valkey_url: str, tmp_path: Path) -> None:
    assert Lease(Connection(valkey_url), FEEDER_LEASE, 60_000).hold()

    assert invoke_feeder(valkey_url, tmp_path).answers == [{"skipped": "lease"}]
    assert ValkeyStore(Connection(valkey_url)).market("BTC/USDT").tick is None


def test_live_prices_and_an_unusable_quote_that_is_told_once(valkey_url: str, tmp_path: Path) -> None:
    """While it is counted each time."""
    with running_exchange() as binance:
        binance.add("BTC/USDT")
        binance.add("ETH/USDT", bid="NaN")
        config = json.dumps(binance.config())
        outcome = invoke_feeder(
            valkey_url, tmp_path, times=3, FEED="ccxt:binance", EXCHANGE_CONFIG=config, LOG_FORMAT="json"
        )

    assert [(did["appended"], did["rejected"]) for did in outcome.answers] == [(1, 1), (0, 1), (0, 1)]
    told = [line["message"] for line in outcome.lines if "rejected" in line.get("message", "")]
    assert told == ["a quote was rejected: ETH/USDT: bid must be a positive number, was NaN"]
