"""ccxt's own test suite over the exchange id `mockexchange`: what ccxt asks of any exchange that it lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from .ccxt_clients import MOCKEXCHANGE
from .ccxt_suite import prepare, run
from .exercised import exercises
from .served import Served

PUBLIC = (
    "loadMarkets features afterConstruct fetchCurrencies fetchTicker fetchTickers fetchLastPrices fetchOHLCV "
    "fetchTrades fetchOrderBook fetchStatus"
).split()
PRIVATE = (
    "fetchBalance fetchTradingFees fetchOrders fetchOpenOrders fetchClosedOrders fetchMyTrades fetchDeposits "
    "fetchWithdrawals createOrder"
).split()


@pytest.mark.slow
@exercises(MOCKEXCHANGE, *PUBLIC, *PRIVATE, result="passes ccxt's own tests (sync, async)")
@pytest.mark.parametrize("form", ["--sync", "async"])
def test_the_suite(served: Served, tmp_path: Path, form: str) -> None:
    report = run(prepare(tmp_path), served.url, *([form] if form == "--sync" else []))

    assert report.failures == (), report.text[-8000:]
    assert report.done >= {*PUBLIC, *PRIVATE}, report.text[-8000:]
    assert report.skipped == set()
    # its orders were really there: a limit order canceled, one filled, and the position sold
    assert {order.status.value for order in served.orders()} == {"CANCELED", "FILLED"}
