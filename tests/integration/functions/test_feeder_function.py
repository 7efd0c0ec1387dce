"""The feeder as EventBridge and the local scheduler call it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mockexchange.charts import candles
from mockexchange.local.lambda_events import scheduled_event
from mockexchange.store.keys import FEEDER_LEASE
from mockexchange.store.lease import Lease
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection
from tests.stand_in_exchange.server import running_exchange, wall

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


def test_candles_are_made_and_filled_from_the_source(valkey_url: str, tmp_path: Path) -> None:
    [did] = invoke_feeder(valkey_url, tmp_path).answers

    store = ValkeyStore(Connection(valkey_url))
    record = store.read_candles([("BTC/USDT", ())])[0].record
    assert record.tick == 1
    assert record.open is not None
    assert did["candleTicks"] == 2
    assert did["candlesTaken"] > 0


def test_a_replay_s_candles_carry_its_own_time(valkey_url: str, tmp_path: Path) -> None:
    lines = ["time,open,high,low,close,volume"]
    lines += [f"{1_600_000_020_000 + minute * 60_000},10,12,9,11,4" for minute in range(3)]
    (tmp_path / "BTC_USDT-1m.csv").write_text("\n".join(lines))

    # every fifth of a second more than a minute of the recording
    invoke_feeder(
        valkey_url,
        tmp_path,
        times=5,
        FEED="replay:BTC_USDT-1m.csv",
        SYMBOLS="BTC/USDT",
        SPEED="300",
        INTERVAL_SEC="0.2",
    )

    store = ValkeyStore(Connection(valkey_url))
    shown = candles(store, "BTC/USDT", "1m", 1_600_000_200_000, since=None, until=None, limit=10)
    assert [each.time for each in shown] == [1_600_000_020_000 + minute * 60_000 for minute in range(3)]
    assert {(each.open, each.high, each.low, each.close, each.volume) for each in shown} == {(10, 12, 9, 11, 4)}


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


def test_candles_of_a_live_exchange_are_its_own(valkey_url: str, tmp_path: Path) -> None:
    """Its past is filled in, with its volumes, whatever our ticks saw."""
    now = wall()
    first = now - now % 3_600_000 - 2 * 3_600_000
    with running_exchange() as binance:
        binance.add("BTC/USDT")
        minutes = range(first, now, 60_000)
        binance.candles = [
            [time, "100.01", "100.05", "99.97", "100.02", "1.23456789", time + 59_999] for time in minutes
        ]
        config = json.dumps(binance.config())
        outcome = invoke_feeder(
            valkey_url, tmp_path, times=6, FEED="ccxt:binance", SYMBOLS="BTC/USDT", EXCHANGE_CONFIG=config
        )

    assert sum(did["candlesTaken"] for did in outcome.answers) > 0
    store = ValkeyStore(Connection(valkey_url))
    shown = candles(store, "BTC/USDT", "1m", now, since=first, until=first + 10 * 60_000, limit=100)
    assert [each.time for each in shown] == [first + minute * 60_000 for minute in range(11)]
    assert {(str(each.open), str(each.high), str(each.low), str(each.close), str(each.volume)) for each in shown} == {
        ("100.01", "100.05", "99.97", "100.02", "1.23456789")
    }
