"""The built functions need nothing but what was built, and what Lambda itself has."""

from __future__ import annotations

import json
from pathlib import Path

from tests.stand_in_exchange.server import running_exchange

from .conftest import StartSandbox
from .gateway import examples, requests
from .loaded import check_loaded


def test_orders(sandbox: StartSandbox, artefacts: Path) -> None:
    orders = sandbox("OrdersFunction")
    for event in requests().values():
        orders.invoke(event)

    check_loaded(orders.loaded(), artefacts, "OrdersFunction")


def test_matcher(sandbox: StartSandbox, artefacts: Path) -> None:
    matcher = sandbox("MatcherFunction", INTERVAL_SEC="1")
    matcher.invoke(examples()["schedule-matcher"], seconds=1)

    check_loaded(matcher.loaded(), artefacts, "MatcherFunction")


def test_feeder_of_live_prices(sandbox: StartSandbox, artefacts: Path) -> None:
    with running_exchange() as binance:
        binance.add("BTC/USDT")
        config = json.dumps(binance.config())
        feeder = sandbox("FeederFunction", FEED="ccxt:binance", EXCHANGE_CONFIG=config, INTERVAL_SEC="10")
        assert feeder.invoke(examples()["schedule-feeder"], seconds=9)["appended"] == 1

    loaded = feeder.loaded()
    check_loaded(loaded, artefacts, "FeederFunction")
    assert "ccxt" in loaded["modules"]
