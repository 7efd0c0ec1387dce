"""`mockx serve feeder`, which stands for the scheduled parts: a real process, a real handler, a real Valkey."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis

from mockexchange.local.valkey import EmbeddedValkey


@contextmanager
def feeder(home: Path, valkey_url: str) -> Generator[subprocess.Popen[str]]:
    settings = {"VALKEY_URL": valkey_url, "INTERVAL_SEC": "0.05", "FEED": "synthetic:7", "SYMBOLS": "BTC/USDT"}
    with (home / "output").open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "mockexchange", "serve", "feeder"],
            cwd=home,
            env=os.environ | settings,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that takes a moment; a limit far above that tells a hang from it."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def ticks(valkey_url: str) -> int:
    """How many ticks of BTC/USDT are logged."""
    client: Any = redis.Redis.from_url(valkey_url)  # pyright: ignore[reportUnknownMemberType]  # its **kwargs
    with client:
        return client.xlen("ticks:{sym_BTC/USDT}")


def test_it_feeds_until_it_is_asked_to_stop(tmp_path: Path, valkey_url: str) -> None:
    with feeder(tmp_path, valkey_url) as process:
        until(lambda: ticks(valkey_url) >= 3)
        process.terminate()
        assert process.wait(60) == 0
    assert (tmp_path / "output").read_text() == ""  # metrics and all: nothing to say


def test_it_outlasts_its_store(tmp_path: Path) -> None:
    with EmbeddedValkey(tmp_path, preferred_port=0) as valkey, feeder(tmp_path, valkey.url) as process:
        until(lambda: ticks(valkey.url) >= 3)
        os.kill(valkey.pid, signal.SIGKILL)
        until(lambda: "feeder failed again: ExchangeNotAvailable" in (tmp_path / "output").read_text())
        valkey.launch()
        valkey.wait_until_ready()
        before = ticks(valkey.url)

        until(lambda: ticks(valkey.url) > before)
        assert "feeder works again." in (tmp_path / "output").read_text()
        assert process.poll() is None
