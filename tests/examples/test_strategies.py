"""The strategies run as they stand: on history, on the running exchange through ccxt, on the fixture of a test."""

from __future__ import annotations

import json
import os
import runpy
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from mockexchange import Backtest
from mockexchange.testing.in_memory import ExchangeInHand

from ..e2e.terminal import Terminal

STRATEGIES = Path(__file__).parents[2] / "examples" / "strategies"
BTC = "BTC/USDT"
START = 1_700_000_040_000
BALANCES = {"USDT": 100_000, "BTC": 1}
PATH = [50_000, 49_300, 49_900, 50_600, 48_400, 49_600, 52_100, 50_900, 50_000, 47_300, 51_700]
"""Prices that cross levels of the grid, up and down."""

Fills = list[tuple[str, float, float]]


def strategy(name: str) -> dict[str, Any]:
    return runpy.run_path(str(STRATEGIES / f"{name}.py"))


def fills(exchange: Any) -> Fills:
    found = exchange.fetch_my_trades(BTC, limit=1000)
    return [(each["side"], each["price"], each["amount"]) for each in found]


def follow(exchange: Any, go_to: Callable[[float], object]) -> Fills:
    """The grid, looking after each price."""
    grid_of = strategy("grid")
    go_to(PATH[0])
    grid = grid_of["start"](exchange)
    for price in PATH[1:]:
        go_to(price)
        grid = grid_of["step"](exchange, grid)
    return fills(exchange)


def on_history() -> Fills:
    pandas: Any = import_module("pandas")  # it ships no types
    frame = pandas.DataFrame(
        [(START + at * 1_000, price, price, price) for at, price in enumerate(PATH)],
        columns=["timestamp", "bid", "ask", "price"],
    )
    bt = Backtest({BTC: frame}, balances=BALANCES)
    prices = iter(bt)
    return follow(bt.exchange, lambda price: next(prices))


@pytest.mark.mockexchange(balances=BALANCES)
def test_the_grid_fares_the_same_on_history_and_in_a_test(exchange: ExchangeInHand) -> None:
    expected = on_history()
    assert len(expected) > 20

    def go_to(price: float) -> None:
        exchange.advance(seconds=1)
        exchange.price(BTC, price)

    assert follow(exchange, go_to) == expected


@pytest.mark.slow
def test_the_grid_fares_the_same_on_the_running_exchange(tmp_path: Path) -> None:
    ccxt: Any = import_module("ccxt")
    import_module("mockexchange.clients.ccxt")
    terminal = Terminal(tmp_path, {**environment(), "MOCKX_BALANCES": "USDT=100000,BTC=1"})
    with terminal.up("--feed", "manual", "--symbols", BTC):
        keys = json.loads((terminal.directory / "data" / "credentials.json").read_text())
        exchange = ccxt.mockexchange({"url": keys["url"], "apiKey": keys["apiKey"], "secret": keys["secret"]})
        there = follow(exchange, lambda price: terminal.ask("price", "set", BTC, str(price)))
    assert there == on_history()


def environment() -> dict[str, str]:
    """This one's, without a word about an exchange."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("MOCKX_", "API_URL", "VALKEY_URL"))
    }


def minutes(count: int) -> list[list[float]]:
    """A price that swings, with a seed of its own."""
    rows: list[list[float]] = []
    price, state = 50_000.0, 11
    for at in range(count):
        state = (state * 1103515245 + 12345) % (1 << 31)
        close = round(price * (1 + ((state >> 16) % 401 - 200) / 100_000) + 20 * (1 if (at // 700) % 2 else -1), 2)
        rows.append([START + at * 60_000, price, max(price, close) + 5, min(price, close) - 5, close, 3.0])
        price = close
    return rows


@pytest.mark.parametrize(("name", "count"), [("grid", 3_000), ("moving_average", 6_000), ("market_making", 200)])
def test_a_strategy_trades_on_history(name: str, count: int) -> None:
    run, data = strategy(name)["run"], minutes(count)
    found = Backtest({BTC: data}, balances=BALANCES, check_path=False).run(run)
    assert len(found.record.fills) >= 4
    assert {fill.side.value for fill in found.record.fills} == {"BUY", "SELL"}
    again = Backtest({BTC: data}, balances=BALANCES, check_path=False).run(run)
    assert found.to_json() == again.to_json(), "the same to the byte"
