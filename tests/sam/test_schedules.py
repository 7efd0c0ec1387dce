"""Matcher and feeder as the scheduler starts them: they work until their time is nearly up, and say what they did."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection
from tests.stand_in_exchange.server import running_exchange

from .conftest import StartSandbox, variables
from .gateway import LOCAL, examples, local_server
from .stack import stack

MATCHER: dict[str, Any] = examples("schedule-matcher")["schedule-matcher"]
FEEDER: dict[str, Any] = examples("schedule-feeder")["schedule-feeder"]
SECONDS = 6.0
"""Of one invocation; the functions keep a tenth of it back."""


def test_they_tick_until_their_time_is_nearly_up(sandbox: StartSandbox, valkey_url: str) -> None:
    with running_exchange() as binance:
        binance.add("BTC/USDT")
        config = json.dumps(binance.config())
        feeder = sandbox("FeederFunction", FEED="ccxt:binance", EXCHANGE_CONFIG=config, INTERVAL_SEC="0.5")
        matcher = sandbox("MatcherFunction", INTERVAL_SEC="0.5")
        running = [each.send(event, seconds=SECONDS) for each, event in ((feeder, FEEDER), (matcher, MATCHER))]
        fed, matched = (each.result(sent) for each, sent in zip((feeder, matcher), running, strict=True))

    assert fed["runs"] > 1
    assert fed["appended"] == 1
    assert matched["runs"] > 1
    assert all(each.done - each.taken < SECONDS for each in running)
    tick = ValkeyStore(Connection(valkey_url)).market("BTC/USDT").tick
    assert tick is not None
    assert tick.source == "ccxt:binance"


def test_a_feeder_outside_sends_prices_to_the_api_and_the_matcher_makes_the_candles(
    sandbox: StartSandbox, valkey_url: str, tmp_path: Path
) -> None:
    with local_server(tmp_path / "local", variables("OrdersFunction", valkey_url)) as api:
        key = LOCAL["OrdersFunction"]["MOCKX_API_KEY"]
        outside = {"FEED": "synthetic:7", "FEED_SINK": "api", "API_URL": api, "MOCKX_API_KEY": key}
        feeder = sandbox("FeederFunction", url="redis://127.0.0.1:1", INTERVAL_SEC="1", **outside)
        sent = feeder.invoke(FEEDER, seconds=1)
    matcher = sandbox("MatcherFunction", FEED_SINK="api", FEED="manual", INTERVAL_SEC="1")
    matched = matcher.invoke(MATCHER, seconds=1)

    assert (sent["sent"], sent["rejected"], sent["failed"]) == (3, 0, 0)
    assert matched["candleTicks"] == 3
    assert key not in feeder.stdout + feeder.stderr
    metrics = next(line for line in feeder.lines if "Appended" in line)
    assert metrics["Appended"] == [3.0]


def test_alarms_watch_what_the_functions_write(sandbox: StartSandbox) -> None:
    """CloudWatch takes metrics from log lines, and tells them apart by the exact set of their dimensions."""
    feeder = sandbox("FeederFunction", FEED="synthetic:7", INTERVAL_SEC="1")
    matcher = sandbox("MatcherFunction", INTERVAL_SEC="1")
    for each, event in ((feeder, FEEDER), (matcher, MATCHER)):
        each.invoke(event, seconds=1)

    written: dict[str, list[dict[str, str]]] = {}
    for line in (line for each in (feeder, matcher) for line in each.lines if "_aws" in line):
        for directive in line["_aws"]["CloudWatchMetrics"]:
            assert directive["Namespace"] == "MockExchange"
            dimensions = [{name: line[name] for name in names} for names in directive["Dimensions"]]
            for metric in directive["Metrics"]:
                assert metric["Name"] in line
                written.setdefault(metric["Name"], []).extend(dimensions)
    alarms = stack().of_type("AWS::CloudWatch::Alarm").values()
    watched = [each for each in alarms if each["Namespace"] == "MockExchange"]
    assert len(watched) == 2
    for alarm in watched:
        dimensions = {each["Name"]: each["Value"] for each in alarm["Dimensions"]}
        assert dimensions in written[alarm["MetricName"]], alarm["MetricName"]
    assert {"ColdStart", "Appended"} <= written.keys()


def test_without_time_left_they_stop_after_one_look(sandbox: StartSandbox) -> None:
    feeder = sandbox("FeederFunction", FEED="synthetic:7", INTERVAL_SEC="60")

    assert feeder.invoke(FEEDER, seconds=29)["runs"] == 1
