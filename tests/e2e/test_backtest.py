"""`mockx backtest run`, as a person types it: a strategy, a file of prices, and what comes of it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mockexchange.cli.invocation import Invocation
from mockexchange.cli.main import app

START = 1_767_225_600_000
"""2026-01-01, midnight (UTC)."""

ON_BAR = """
bought = False

def on_bar(exchange, bar):
    global bought
    if not bought:
        exchange.create_order("BTC/USDT", "market", "buy", 1)
        bought = True
"""

RUN = """
def run(exchange):
    exchange.create_order("BTC/USDT", "market", "buy", 2)
    exchange.sleep(600_000)
    exchange.create_order("BTC/USDT", "market", "sell", 1)
    while True:
        exchange.sleep(60_000)
"""


def mockx(*arguments: object, decorated: bool | None = None) -> tuple[int, str, str]:
    given = ["backtest", "run", *map(str, arguments)]
    result = CliRunner().invoke(app, given, obj=Invocation(decorated=decorated), env={"COLUMNS": "200"})
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def prices(tmp_path: Path) -> Path:
    """Three hours of minutes, rising from 100 by 1 a minute."""
    rows = [
        f"{START + 60_000 * n},{100 + n},{101 + n},{99 + n},{101 + n},50" for n in range(180)
    ]  # a bar opens where the one before closed
    file = tmp_path / "BTC_USDT-1m.csv"
    file.write_text("timestamp,open,high,low,close,volume\n" + "\n".join(rows) + "\n")
    return file


def strategy(folder: Path, text: str) -> Path:
    file = folder / "strategy.py"
    file.write_text(text)
    return file


def told(*arguments: object) -> dict[str, Any]:
    code, out, err = mockx(*arguments, "--json")
    assert code == 0, err
    return json.loads(out, parse_float=Decimal)


def test_a_strategy_that_is_called_with_every_bar(prices: Path, tmp_path: Path) -> None:
    code, out, err = mockx(strategy(tmp_path, ON_BAR), "--data", prices, "--commission", "0")
    assert code == 0, err
    assert "BTC/USDT: 2026-01-01 00:00 to 2026-01-01 03:00" in out
    assert "Sharpe ratio" in out


def test_json_has_exact_numbers(prices: Path, tmp_path: Path) -> None:
    found = told(strategy(tmp_path, ON_BAR), "--data", prices, "--balance", "USDT=1000", "--commission", "0")
    assert found["trading"]["fills"] == 1
    (position,) = found["positions"]
    assert position["quantity"] == 1
    assert found["finalEquity"] == 1000 + position["value"] - position["cost"]
    assert float(found["performance"]["totalReturn"]) == pytest.approx(float(found["finalEquity"]) / 1000 - 1)


def test_a_strategy_that_trades_and_sleeps(prices: Path, tmp_path: Path) -> None:
    found = told(strategy(tmp_path, RUN), "--data", prices, "--taker-commission", "0.001", "--balance", "USDT=1000")
    assert (found["trading"]["orders"], found["trading"]["trades"]) == (2, 1)
    assert found["trading"]["fees"] > 0
    (trip,) = found["trades"]
    assert trip["profit"] > 0
    assert trip["duration"] == 600_000


def test_the_report_is_one_file(prices: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    code, _, err = mockx(strategy(tmp_path, RUN), "--data", prices, "--report", report)
    assert code == 0, err
    assert f"The report is in {report}." in err
    assert "<svg" in report.read_text(encoding="utf-8")


def test_a_report_that_cannot_be_written_costs_no_result(prices: Path, tmp_path: Path) -> None:
    code, out, err = mockx(strategy(tmp_path, RUN), "--data", prices, "--report", tmp_path / "nowhere" / "x.html")
    assert code == 2
    assert "Sharpe ratio" in out
    assert "The report cannot be written" in err


def test_both_paths(prices: Path, tmp_path: Path) -> None:
    bracket = """
def on_bar(exchange, bar):
    if not exchange.fetch_open_orders("BTC/USDT"):
        exchange.create_order("BTC/USDT", "limit", "buy", 1, bar.close - 1)
        if exchange.fetch_balance().get("BTC", {}).get("free"):
            exchange.create_order("BTC/USDT", "limit", "sell", 1, bar.close + 1)
"""
    found = told(strategy(tmp_path, bracket), "--data", prices, "--path", "both", "--commission", "0")
    assert set(found["paths"]) == {"optimistic", "pessimistic"}
    assert found["paths"]["pessimistic"] == found["finalEquity"]
    assert "path through the candles" in found["notices"][-1]


def test_markets_by_name(prices: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text(prices.read_text())
    file = strategy(tmp_path, "def run(exchange): exchange.create_order('ETH/USDT', 'market', 'buy', 1)")
    found = told(file, "--data", f"BTC/USDT={prices}", "--data", f"ETH/USDT={other}")
    assert found["symbols"] == ["BTC/USDT", "ETH/USDT"]
    assert [each["fills"] for each in found["bySymbol"]] == [0, 1]


def test_a_part_of_the_data(prices: Path, tmp_path: Path) -> None:
    file = strategy(tmp_path, ON_BAR)
    found = told(file, "--data", prices, "--since", "2026-01-01T01:00", "--until", "2026-01-01T02:00")
    assert found["began"] == START + 3_600_000
    assert found["ended"] <= START + 7_200_000


def test_what_a_strategy_prints_stays_out_of_the_data(prices: Path, tmp_path: Path) -> None:
    code, out, err = mockx(strategy(tmp_path, "def run(exchange): print('hello')"), "--data", prices, "--json")
    assert code == 0
    assert json.loads(out)["trading"]["orders"] == 0
    assert "hello" in err


def test_a_terminal_gets_colors_and_a_bar(prices: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    code, out, err = mockx(strategy(tmp_path, ON_BAR), "--data", prices, decorated=True)
    assert code == 0, err
    assert "Sharpe ratio" in out
    assert "─" in out
    quiet = mockx(strategy(tmp_path, ON_BAR), "--data", prices, "--quiet", decorated=True)
    assert quiet[2] == ""


def test_a_strategy_that_fails_says_where(prices: Path, tmp_path: Path) -> None:
    file = strategy(tmp_path, "def run(exchange):\n    exchange.create_order('BTC/USDT', 'market', 'buy', 1_000_000)\n")
    code, out, err = mockx(file, "--data", prices)
    assert (code, out) == (1, "")
    assert "line 2, in run" in err
    assert "strategy.py ended with InsufficientFunds" in err
    assert "site-packages" not in err


def test_what_is_wrong_is_said(prices: Path, tmp_path: Path) -> None:
    good = strategy(tmp_path, ON_BAR)
    for arguments, said in (
        ((good, "--data", tmp_path / "none.csv"), "none.csv"),
        ((good, "--data", prices, "--fill-model", "kind"), "unknown fill model 'kind'"),
        ((good, "--data", prices, "--balance", "1000"), "--balance: balances are written like USDT=1000,BTC=1"),
        ((good, "--data", prices, "--path", "sideways"), "sideways"),
        ((good, "--data", prices, "--spread-bps", "few"), "basis points is written like 2 or 0.5"),
        ((good, "--data", prices, "--timeframe", "7x"), "7x"),
        ((good, "--data", prices, "--data", f"ETH/USDT={prices}"), "each is written SYMBOL=FILE"),
        ((good,), "Missing option '--data'"),
    ):
        code, out, err = mockx(*arguments)
        assert (code, out) == (2, ""), err
        assert said in err
