"""What README, docs/backtest.md, the strategies and the notebook show is what happens: it is run as it stands."""

from __future__ import annotations

import gzip
import re
import runpy
import zipfile
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mockexchange.cli.invocation import Invocation
from mockexchange.cli.main import app

from .test_strategies import STRATEGIES, minutes

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "backtest.md").read_text()
README = (ROOT / "README.md").read_text()
COMMANDS = [
    command
    for text in (README, PAGE, *(each.read_text() for each in sorted(STRATEGIES.glob("*.py"))))
    for command in re.findall(r"^(?:\$|   ) mockx (backtest run .*)$", text, re.MULTILINE)
]
HOUR = 3_600_000


def hours(count: int) -> list[list[float]]:
    """The minutes of a swinging price, taken for hours."""
    rows = minutes(count)
    begin = int(rows[0][0]) // HOUR * HOUR
    return [[begin + at * HOUR, *row[1:]] for at, row in enumerate(rows)]


def csv(rows: list[list[float]]) -> bytes:
    lines = ["timestamp,open,high,low,close,volume", *(",".join(str(cell) for cell in row) for row in rows)]
    return ("\n".join(lines) + "\n").encode()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files that the pages name."""
    monkeypatch.chdir(tmp_path)
    pandas: Any = import_module("pandas")  # it ships no types
    few = minutes(300)
    for name in ("BTC_USDT-1m.csv.gz", "BTC_USDT-1m-202401.csv.gz"):
        Path(name).write_bytes(gzip.compress(csv(few)))
    Path("BTC_USDT-1h.csv.gz").write_bytes(gzip.compress(csv(hours(1_500))))
    Path("data").mkdir()
    klines = "\n".join(",".join([*map(str, row), "0", "0", "0", "0", "0", "0"]) for row in few)
    with zipfile.ZipFile("data/BTCUSDT-1m-2024-01.zip", "w") as packed:
        packed.writestr("BTCUSDT-1m-2024-01.csv", klines)
    names = ["date", "open", "high", "low", "close", "volume"]
    frame = pandas.DataFrame(hours(50), columns=names)
    Path("user_data/data/binance").mkdir(parents=True)
    five = pandas.DataFrame([[row[0] + at * 240_000, *row[1:]] for at, row in enumerate(few)], columns=names)
    five.assign(date=pandas.to_datetime(five["date"], unit="ms", utc=True)).to_feather(
        "user_data/data/binance/BTC_USDT-5m.feather"
    )
    frame.rename(columns={"date": "timestamp"}).to_parquet("eth.parquet")
    pandas.DataFrame(few, columns=["timestamp", *names[1:]]).to_parquet("BTC_USDT-1m.parquet")
    quotes = pandas.DataFrame([[row[0], row[4] - 1, row[4] + 1] for row in few], columns=["timestamp", "bid", "ask"])
    quotes.to_parquet("BTC_USDT-quotes.parquet")
    Path("examples").symlink_to(ROOT / "examples")
    return tmp_path


class Elsewhere:
    """A ccxt exchange, as far as the page asks it."""

    @staticmethod
    def fetch_ohlcv(symbol: str, timeframe: str) -> list[list[float]]:
        assert (symbol, timeframe) == ("BTC/USDT", "1h")
        return hours(50)


def blocks(text: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


@pytest.mark.usefixtures("folder")
def test_the_page_s_code_runs(capsys: pytest.CaptureFixture[str]) -> None:
    pandas: Any = import_module("pandas")  # it ships no types
    names = ["timestamp", "open", "high", "low", "close", "volume"]
    known: dict[str, Any] = {"exchange": Elsewhere, "frame": pandas.DataFrame(hours(50), columns=names)}
    found = blocks(PAGE)
    assert len(found) == 3
    for block in found:
        exec(compile(block, "docs/backtest.md", "exec"), known)
    assert "Final equity" in capsys.readouterr().out
    assert len(known["bt"].report().record.fills) > 0
    assert known["results"].record.fills == [], "the price never was there"


@pytest.mark.usefixtures("folder")
def test_the_readme_s_code_runs(capsys: pytest.CaptureFixture[str]) -> None:
    [block] = [each for each in blocks(README) if "from mockexchange import Backtest" in each]
    exec(compile(block, "README.md", "exec"), {})
    assert "Final equity" in capsys.readouterr().out
    assert "<html" in Path("report.html").read_text()


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_that_is_shown_runs(command: str) -> None:
    ended = CliRunner().invoke(app, command.split(), obj=Invocation(decorated=False))
    assert ended.exit_code == 0, ended.stderr
    assert "Final equity" in ended.stdout


def test_every_strategy_shows_its_command() -> None:
    assert len(COMMANDS) == 2 + len(list(STRATEGIES.glob("*.py")))


def test_the_notebook_runs(folder: Path) -> None:
    shown = runpy.run_path(str(ROOT / "examples" / "backtest_notebook.py"))
    assert shown["results"].final_equity != 10_000
    assert len(shown["curve"]) > 1_000
    assert shown["by_model"]["brutal"] < shown["by_model"]["frictionless"]
    assert list(shown["by_fee"].values()) == sorted(shown["by_fee"].values(), reverse=True)
    assert len(shown["trips"]) >= 3
    assert (folder / "report.html").stat().st_size > 10_000
