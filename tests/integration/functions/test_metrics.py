"""What CloudWatch is told (EMF): names, units, dimensions, and the figures that alarms look at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mockexchange.observability import METRICS, NAMESPACE

from .sandbox import Outcome, invoke
from .test_feeder_function import invoke_feeder
from .test_matcher_function import connection, exchange, invoke_matcher, tick
from .test_orders_function import KEY, event

__all__ = ["connection", "exchange"]

WHERE = {"LOG_FORMAT": "json", "STAGE": "prod", "VENUE": "class-7b"}
LIMIT = '{"symbol": "BTC/USDT", "side": "buy", "amount": 0.01, "price": 50000}'
MARKET = '{"symbol": "BTC/USDT", "side": "buy", "amount": 0.01}'
TOO_MUCH = '{"symbol": "BTC/USDT", "side": "buy", "amount": 1000}'


def recorded(outcome: Outcome, service: str, **where: str) -> list[dict[str, Any]]:
    """The metrics of each invocation by name, once it is seen that CloudWatch would take them for what they are."""
    found: list[dict[str, Any]] = []
    for line in outcome.lines:
        if "_aws" not in line:
            continue
        [told] = line["_aws"]["CloudWatchMetrics"]
        assert told["Namespace"] == NAMESPACE
        [dimensions] = told["Dimensions"]
        assert {name: line[name] for name in dimensions} == {"service": service, **where}
        units = {each["Name"]: each["Unit"] for each in told["Metrics"]}
        assert units == {name: METRICS[name] for name in units}
        assert all(isinstance(value, float) for name in units for value in line[name])
        found.append({name: sum(line[name]) for name in units})
    return found


def test_orders_tells_of_requests_and_orders(valkey_url: str, tmp_path: Path) -> None:
    events = [
        event("PUT", "/admin/tickers/BTC/USDT/price", '{"price": 60000}'),
        event("POST", "/orders", LIMIT),
        event("POST", "/orders", MARKET),
        event("POST", "/orders", TOO_MUCH),
        event("GET", "/balance", key="wrong"),
        event("PUT", "/admin/tickers/BTC/USDT/price", '{"price": 49000}'),
    ]
    given = {"VALKEY_URL": valkey_url, "MOCKX_API_KEY": KEY, "FEED": "manual", **WHERE}

    outcome = invoke("orders", events, tmp_path, seconds=1, **given)

    told = recorded(outcome, "orders", stage="prod", venue="class-7b")
    assert told[0] == {
        "ColdStart": 1,
        "Requests": 1,
        "Refused": 0,
        "Failed": 0,
        "OrdersPlaced": 0,
        "OrdersRefused": 0,
        "Fills": 0,
        "Conflicts": 0,
        "Errors": 0,
    }
    assert [(each["OrdersPlaced"], each["OrdersRefused"], each["Fills"], each["Refused"]) for each in told] == [
        (0, 0, 0, 0),
        (1, 0, 0, 0),
        (1, 0, 1, 0),
        (0, 1, 0, 1),
        (0, 0, 0, 1),
        (0, 0, 1, 0),
    ]
    assert ["ColdStart" in each for each in told] == [True] + [False] * 5
    logged = [line for line in outcome.lines if "message" in line]
    assert {(line["service"], line["stage"], line["venue"]) for line in logged} == {("orders", "prod", "class-7b")}


def test_a_store_that_does_not_answer_is_a_failed_request(tmp_path: Path) -> None:
    given = {"VALKEY_URL": "valkey://127.0.0.1:9", "MOCKX_API_KEY": KEY, "FEED": "manual", **WHERE}

    outcome = invoke("orders", [event("GET", "/balance")], tmp_path, seconds=1, **given)

    [told] = recorded(outcome, "orders", stage="prod", venue="class-7b")

    assert (told["Failed"], told["Refused"], told["Errors"]) == (1, 0, 0)


@pytest.mark.usefixtures("exchange")
def test_matcher_tells_how_late_it_and_the_prices_are(valkey_url: str, tmp_path: Path, request: Any) -> None:
    tick(request.getfixturevalue("exchange"), "99", 3, age=40_000)
    outcome = invoke_matcher(
        valkey_url, tmp_path, times=2, SYMBOLS="BTC/USDT,ETH/USDT", LOG_FORMAT="json", STAGE="prod", INTERVAL_SEC="30"
    )

    first, second = recorded(outcome, "matcher", stage="prod", venue="main")
    assert (first["Fills"], first["Ticks"], first["Conflicts"], first["TicksLeft"], first["Errors"]) == (1, 2, 0, 0, 0)
    assert 0 <= first["TickLag"] < 40_000  # of the oldest that waited, which was logged just now
    assert second["TickLag"] == 0
    assert 40 <= first["FeedAge"] < 140
    assert first["StaleMarkets"] == 1  # ETH/USDT, which has none
    assert first["ColdStart"] == 1
    assert outcome.answers[0]["tickLag"] == first["TickLag"]


def test_a_tick_that_waited_is_told(exchange: Any, valkey_url: str, tmp_path: Path) -> None:
    invoke_matcher(valkey_url, tmp_path)
    tick(exchange, "99", 3, age=100_000)

    [told] = recorded(invoke_matcher(valkey_url, tmp_path, LOG_FORMAT="json"), "matcher", stage="local", venue="main")

    assert 100_000 <= told["TickLag"] < 200_000
    assert told["StaleMarkets"] == 1


def test_without_a_price_there_is_no_age(valkey_url: str, tmp_path: Path) -> None:
    outcome = invoke_matcher(valkey_url, tmp_path, SYMBOLS="BTC/USDT", LOG_FORMAT="json")

    [told] = recorded(outcome, "matcher", stage="local", venue="main")
    assert "FeedAge" not in told
    assert told["StaleMarkets"] == 1


def test_feeder_tells_of_quotes(valkey_url: str, tmp_path: Path) -> None:
    outcome = invoke_feeder(valkey_url, tmp_path, times=2, LOG_FORMAT="json", INTERVAL_SEC="3600")

    first, second = recorded(outcome, "feeder", stage="local", venue="main")
    assert first.keys() == {"ColdStart", "Runs", "Appended", "Stale", "Rejected", "CaughtUp", "CatchingUp", "Errors"}
    assert (first["ColdStart"], first["Runs"], first["Appended"], first["Errors"]) == (1, 1, 2, 0)
    assert second["Appended"] == 0


def test_lines_carry_the_name_that_the_caller_gave(valkey_url: str, tmp_path: Path) -> None:
    request = event("POST", "/orders", TOO_MUCH)
    request["headers"]["x-correlation-id"] = "order-of-my-bot"
    given = {"VALKEY_URL": valkey_url, "MOCKX_API_KEY": KEY, "FEED": "manual", **WHERE}
    outcome = invoke("orders", [request], tmp_path, seconds=1, LOG_LEVEL="DEBUG", **given)

    assert outcome.answers[0]["headers"]["x-correlation-id"] == "order-of-my-bot"
    # those of the import are of no invocation
    logged = [line for line in outcome.lines if line.get("function_request_id")]
    assert {line["correlation_id"] for line in logged} == {"order-of-my-bot"}
    assert json.loads(outcome.answers[0]["body"])["code"] == "BadSymbol"
