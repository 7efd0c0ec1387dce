"""`mockx history fetch`, with the real ccxt class against a stand-in for the exchange."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from mockexchange.cli.invocation import Invocation
from mockexchange.cli.main import app

from ..feed.klines import FIRST, MINUTE, Klines, running_klines

Fetch = Callable[..., Result]


@pytest.fixture
def klines() -> Iterator[Klines]:
    with running_klines() as server:
        yield server


@pytest.fixture
def fetch(klines: Klines, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Fetch:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXCHANGE_CONFIG", klines.config())

    def run(*arguments: str, decorated: bool = False, pause: Callable[[float], None] = lambda _seconds: None) -> Result:
        given = ["history", "fetch", "BTC/USDT", "--exchange", "binance", "--until", "2026-01-02", *arguments]
        invocation = Invocation(decorated=decorated, pause=pause)
        return CliRunner().invoke(app, given, obj=invocation, env={"TERM": "xterm"}, catch_exceptions=False)

    return run


def test_a_day_is_fetched_and_told(fetch: Fetch, tmp_path: Path) -> None:
    result = fetch("--since", "2026-01-01", "--json")

    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout) == {
        "file": "BTC_USDT-1m.parquet",
        "candles": 1440,
        "added": 1440,
        "first": FIRST,
        "last": FIRST + 1439 * MINUTE,
        "exchange": "binance",
        "symbol": "BTC/USDT",
        "timeframe": "1m",
    }
    assert "mockx up --feed replay:BTC_USDT-1m.parquet" in result.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["BTC_USDT-1m.parquet"]


def test_ctrl_c_keeps_what_there_is_and_the_same_again_goes_on(fetch: Fetch, klines: Klines) -> None:
    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    klines.failures = [200, 503]
    first = fetch("--since", "2026-01-01", pause=interrupted)
    assert first.exit_code == 1
    assert "1000 candles are in BTC_USDT-1m.parquet" in first.stderr

    again = fetch("--since", "2026-01-01", "--json")
    assert json.loads(again.stdout)["added"] == 440
    assert klines.asked[-1] == FIRST + 1000 * MINUTE


def test_on_a_terminal_there_is_a_bar_on_stderr(fetch: Fetch) -> None:
    result = fetch("--since", "2026-01-01", decorated=True)

    assert "100 %" in result.stderr
    assert result.stdout == ""


def test_an_exchange_that_cannot_be_reached_is_3_with_the_next_step(fetch: Fetch, klines: Klines) -> None:
    klines.failures = [503] * 10

    result = fetch("--since", "2026-01-01")

    assert result.exit_code == 3
    assert "binance could not be reached" in result.stderr
    assert "Next: Look at the network and at EXCHANGE_CONFIG" in result.stderr


def test_wrong_usage_is_2(fetch: Fetch, klines: Klines) -> None:
    for arguments in (
        ("--since", "2026-01-03"),
        ("--since", "soon"),
        ("--since", "2026-01-01", "--timeframe", "7m"),
        ("--since", "2026-01-01", "--exchange", "nosuch"),
        ("--since", "2026-01-01", "--out", "candles.csv"),
        (),
    ):
        assert fetch(*arguments).exit_code == 2, arguments
    assert klines.asked == []


def test_no_candle_in_that_time_is_5(fetch: Fetch, klines: Klines) -> None:
    klines.until = FIRST

    assert fetch("--since", "2025-12-01").exit_code == 5
