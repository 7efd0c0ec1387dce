"""A person at a terminal, from `mockx up` to a clean audit, with nothing but the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

import pytest

START_TIMEOUT = 60.0
STOP_TIMEOUT = 40.0
"""Seconds, both far above what it takes: only a hang meets them."""

MOCKX = [sys.executable, "-m", "mockexchange"]


@dataclass(slots=True)
class Terminal:
    """One working directory with its data directory; commands find the exchange by it."""

    directory: Path
    environment: Mapping[str, str]
    lines: list[str] = field(default_factory=list[str])

    def mockx(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        return subprocess.run(
            [*MOCKX, *arguments],
            cwd=self.directory,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def ask(self, *arguments: str) -> Any:
        """The JSON that a command writes; it must succeed."""
        ended = self.mockx(*arguments, "--json")
        assert ended.returncode == 0, f"{arguments}: {ended.stderr}\n{''.join(self.lines)}"
        return json.loads(ended.stdout, parse_float=Decimal)

    @contextmanager
    def up(self, *options: str) -> Generator[subprocess.Popen[str]]:
        """`mockx up`, from the moment it says that it is ready until it was asked to stop and has done so."""
        process = subprocess.Popen(
            [*MOCKX, "up", "--no-deck", "--port", "0", *options],
            cwd=self.directory,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        ready = threading.Event()
        reader = threading.Thread(target=self._read, args=(process.stdout, ready), daemon=True)
        reader.start()
        try:
            assert ready.wait(START_TIMEOUT), "".join(self.lines)
            assert process.poll() is None, "".join(self.lines)
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_TIMEOUT)
            finally:
                process.kill()  # nothing happens to one that has ended
                process.wait()
                reader.join()
        assert process.returncode == 0, "".join(self.lines)

    def _read(self, output: TextIO, ready: threading.Event) -> None:
        with output:
            for line in output:
                self.lines.append(line)
                if "MockExchange is ready" in line:
                    ready.set()
        ready.set()  # it has ended: nobody needs to wait any longer


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    ours = ("MOCKX_", "API_URL", "VALKEY_URL", "REDIS_URL", "FEED", "SYMBOLS", "VENUE")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return Terminal(tmp_path, environment)


def free(terminal: Terminal, asset: str) -> Decimal:
    return Decimal(terminal.ask("balance", asset)["free"])


@pytest.mark.slow
def test_an_exchange_is_started_traded_on_stopped_and_started_again(terminal: Terminal) -> None:
    with terminal.up("--feed", "manual", "--symbols", "BTC/USDT", "--interval", "0.2"):
        assert terminal.ask("status")["synthetic"] is False
        assert free(terminal, "USDT") == 100_000

        closed = terminal.mockx("order", "place", "BTC/USDT", "buy", "0.5")
        assert closed.returncode == 1, closed.stderr
        assert "MarketClosed" in closed.stderr

        terminal.ask("price", "set", "BTC/USDT", "60000", "--bid", "59999", "--ask", "60001")
        bought = terminal.ask("order", "place", "BTC/USDT", "buy", "0.5")
        assert (bought["status"], bought["average"], bought["filled"]) == ("closed", 60001, Decimal("0.5"))
        assert bought["trades"][0]["takerOrMaker"] == "taker"
        assert bought["fee"] == {"currency": "BTC", "cost": Decimal("0.0005")}

        resting = terminal.ask("order", "place", "BTC/USDT", "buy", "0.1", "--limit", "55000", "--client-id", "dip")
        assert resting["status"] == "open"
        again = terminal.ask("order", "place", "BTC/USDT", "buy", "0.1", "--limit", "55000", "--client-id", "dip")
        assert again["id"] == resting["id"]
        canceled = terminal.ask("order", "place", "BTC/USDT", "sell", "0.2", "--limit", "70000")
        assert terminal.ask("order", "cancel", canceled["id"])["status"] == "canceled"

        terminal.ask("deposit", "USDT", "0.00000001")
        assert terminal.ask("order", "place", "BTC/USDT", "sell", "0.2", "--dry-run")["ok"] is True

        refusals = {
            ("withdraw", "USDT", "1000000"): 1,
            ("order", "cancel", canceled["id"]): 1,
            ("order", "place", "BTC/USDT", "buy", "-1"): 2,
            ("--api-key", "wrong", "balance"): 4,
            ("order", "show", "999999"): 5,
            ("ticker", "NO/SUCH"): 5,
        }
        ended = {arguments: terminal.mockx(*arguments) for arguments in refusals}
        assert {arguments: each.returncode for arguments, each in ended.items()} == refusals
        assert all(each.stdout == "" and each.stderr for each in ended.values())
        before = terminal.ask("balance")
        assert terminal.ask("audit")["clean"] is True

    assert terminal.mockx("balance").returncode == 3

    with terminal.up("--feed", "manual", "--symbols", "BTC/USDT", "--interval", "0.2"):
        assert terminal.ask("balance") == before
        assert [order["id"] for order in terminal.ask("order", "list")] == [resting["id"]]

        terminal.ask("price", "set", "BTC/USDT", "54000")
        filled = terminal.ask("order", "show", "--client-id", "dip")
        assert (filled["status"], filled["average"]) == ("closed", 55000)
        assert filled["trades"][0]["takerOrMaker"] == "maker"

        assert [trade["order"] for trade in terminal.ask("trades")] == [resting["id"], bought["id"]]
        # 100,000 and a hundred-millionth, less 0.5 at 60,001 and 0.1 at 55,000
        assert terminal.ask("balance", "USDT")["total"] == Decimal("64499.50000001")
        assert terminal.ask("balance", "BTC")["total"] == Decimal("0.5994")  # less a thousandth
        audited = terminal.ask("audit")
        assert (audited["clean"], audited["fills"], audited["openOrders"]) == (True, 2, 0)
