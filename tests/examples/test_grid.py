"""examples/strategies/grid.py, unchanged, with ccxt's own client and in a back-test: the same orders rest."""

from __future__ import annotations

from decimal import Decimal
from runpy import run_path
from types import SimpleNamespace
from typing import Any

import pandas as pd  # pyright: ignore[reportMissingTypeStubs]
import pytest

from mockexchange import Backtest

from ..conformance.ccxt_clients import ccxt_binance
from ..conformance.served import FIRST_BALANCES, Served
from .test_examples import EXAMPLES

PRICES = [(59_999, 60_001), (58_700, 58_799), (59_401, 59_500), (59_401, 59_500)]
"""Bid and ask: the grid begins at 60,000; two buys fill, then one of the sells that came of them; then nothing does."""
RESTING = [
    (list(range(-25, 0)), list(range(1, 26))),
    (list(range(-25, -2)), list(range(-1, 26))),
    (list(range(-25, -1)), list(range(26))),
    (list(range(-25, -1)), list(range(26))),
]
"""The levels of the buys and those of the sells after each."""


@pytest.fixture
def strategy() -> SimpleNamespace:
    """The example, by its path."""
    return SimpleNamespace(**run_path(str(EXAMPLES / "strategies" / "grid.py")))


def levels(exchange: Any) -> tuple[list[int], ...]:
    """Where orders rest, as the exchange tells it: buys and sells."""
    rest = exchange.fetch_open_orders("BTC/USDT")
    assert {order["amount"] for order in rest} == {0.001}
    return tuple(
        sorted(round((order["price"] / 60_000 - 1) * 100) for order in rest if order["side"] == side)
        for side in ("buy", "sell")
    )


def test_with_ccxt(served: Served, strategy: SimpleNamespace) -> None:
    with ccxt_binance(served.url) as exchange:
        grid, seen = strategy.start(exchange), [levels(exchange)]
        for bid, ask in PRICES[1:]:
            served.price(str(bid), str(ask))
            grid = strategy.step(exchange, grid)
            seen.append(levels(exchange))

    assert seen == RESTING
    assert sum(order.filled_quantity for order in served.orders()) == Decimal("0.003")


def test_in_a_back_test(strategy: SimpleNamespace) -> None:
    rows = [(1_700_000_000_000 + at * 60_000, bid, ask) for at, (bid, ask) in enumerate(PRICES)]
    frame = pd.DataFrame(rows, columns=["timestamp", "bid", "ask"])
    bt = Backtest({"BTC/USDT": frame}, balances=FIRST_BALANCES)
    grid: Any = None
    seen: list[tuple[list[int], ...]] = []
    for _ in bt:
        grid = strategy.step(bt.exchange, grid) if grid else strategy.start(bt.exchange)
        seen.append(levels(bt.exchange))

    assert seen == RESTING


def test_an_order_that_somebody_canceled_leaves_a_gap(strategy: SimpleNamespace) -> None:
    rows = [(1_700_000_000_000 + at * 60_000, 59_999, 60_001) for at in range(2)]
    bt = Backtest({"BTC/USDT": pd.DataFrame(rows, columns=["timestamp", "bid", "ask"])}, balances=FIRST_BALANCES)
    steps = iter(bt)
    next(steps)
    grid = strategy.start(bt.exchange)
    [gone] = [order for order, (_, level) in grid.orders.items() if level == -3]
    bt.exchange.cancel_order(gone, "BTC/USDT")
    next(steps)

    after = strategy.step(bt.exchange, grid)

    assert grid.orders[gone] == ("buy", -3)  # what it was given is as it was
    assert after.orders == {order: where for order, where in grid.orders.items() if order != gone}
    assert levels(bt.exchange) == ([level for level in range(-25, 0) if level != -3], list(range(1, 26)))


def test_run_waits_in_between_until_the_history_is_over(strategy: SimpleNamespace) -> None:
    rows = [(1_700_000_000_000 + at * 60_000, bid, ask) for at, (bid, ask) in enumerate([*PRICES, PRICES[-1]])]
    bt = Backtest({"BTC/USDT": pd.DataFrame(rows, columns=["timestamp", "bid", "ask"])}, balances=FIRST_BALANCES)

    results = bt.run(strategy.run)

    assert levels(bt.exchange) == RESTING[-1]
    assert len(results.record.fills) == 3
