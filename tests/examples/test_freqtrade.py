"""Freqtrade itself, in live mode, with the example's configuration and strategy: it opens a trade and closes it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from ..conformance.exercised import Client, exercises
from ..conformance.served import KEY, SECRET, Served
from .conftest import absent

PROJECT = Path(__file__).parents[2]
EXAMPLE = PROJECT / "examples" / "freqtrade"
PROGRAM = PROJECT / ".venv-freqtrade" / "bin" / "freqtrade"

FREQTRADE = Client(
    "Freqtrade (live mode)",
    "freqtrade",
    "`exchange.ccxt_config.urls` in its configuration",
    pins="examples/freqtrade/requirements.txt",
)


class Bot:
    """Freqtrade at work in a folder of its own."""

    def __init__(self, folder: Path, url: str) -> None:
        (folder / "user_data").mkdir()
        configuration = (EXAMPLE / "config.json").read_text()
        (folder / "config.json").write_text(configuration.replace("http://127.0.0.1:8000", url))
        self.log = folder / "log.txt"
        self.database = folder / "freqtrade.sqlite"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [
                    str(PROGRAM), "trade", "--config", "config.json", "--userdir", "user_data",
                    "--strategy", "OnePercent", "--strategy-path", str(EXAMPLE / "strategies"),
                ],
                cwd=folder,
                env=os.environ | {"FREQTRADE__EXCHANGE__KEY": KEY, "FREQTRADE__EXCHANGE__SECRET": SECRET},
                stdout=log,
                stderr=subprocess.STDOUT,
            )  # fmt: skip

    def until(self, done: Callable[[], object]) -> None:
        """Wait until something has happened; the bot must live that long."""
        for _ in range(600):
            if done():
                return
            assert self.process.poll() is None, self.log.read_text()[-6000:]
            time.sleep(0.1)
        raise AssertionError(self.log.read_text()[-6000:])

    def closed_trades(self) -> list[tuple[str, float, float, str]]:
        """(pair, price of entry, price of exit, why) of the trades that it has booked as closed."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as database:
            return database.execute(
                "SELECT pair, open_rate, close_rate, exit_reason FROM trades WHERE NOT is_open"
            ).fetchall()

    def stop(self) -> None:
        """As Ctrl-C does."""
        self.process.terminate()
        self.process.wait(30)


@pytest.mark.slow
@exercises(FREQTRADE, "a trade from entry to exit, by the example's strategy")
def test_a_trade_from_entry_to_exit(served: Served, tmp_path: Path) -> None:
    if not PROGRAM.exists():
        absent("Freqtrade", "make test-freqtrade")
    bot = Bot(tmp_path, served.url)
    try:
        bot.until(lambda: served.exchange.store.account("default") and len(served.orders()) == 1)
        [entry] = served.orders()
        assert (entry.side.value, entry.status.value, entry.price) == ("BUY", "FILLED", Decimal(60_001))
        assert entry.filled_notional <= 1000  # the stake

        served.price("61499", "61501")  # more than one percent up
        bot.until(lambda: len(served.orders()) == 2)
        _, exit_ = served.orders()
        assert (exit_.side.value, exit_.status.value, exit_.price) == ("SELL", "FILLED", Decimal(61_499))
        assert exit_.quantity == entry.quantity

        bot.until(bot.closed_trades)
        assert bot.closed_trades() == [("BTC/USDT", 60_001, 61_499, "roi")]
    finally:
        bot.stop()
    assert " ERROR " not in bot.log.read_text()
    assert "Traceback" not in bot.log.read_text()
