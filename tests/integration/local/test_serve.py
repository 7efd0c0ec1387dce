"""`mockx serve`: real processes, real handlers, a real Valkey. The feeder stands for both scheduled parts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis

from mockexchange.local.process_identity import ProcessIdentity
from mockexchange.local.valkey import EmbeddedValkey


@contextmanager
def feeder(home: Path, valkey_url: str, interval: str = "0.05") -> Generator[subprocess.Popen[str]]:
    settings = {"VALKEY_URL": valkey_url, "INTERVAL_SEC": interval, "FEED": "synthetic:7", "SYMBOLS": "BTC/USDT"}
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
    # an interval that a busy machine keeps: it would say that it did not
    with feeder(tmp_path, valkey_url, interval="1") as process:
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
        until(lambda: "feeder works again." in (tmp_path / "output").read_text())
        assert process.poll() is None


@pytest.mark.skipif(sys.platform != "linux", reason="children are looked up in /proc")
def test_the_api_outlasts_its_workers(tmp_path: Path, valkey_url: str) -> None:
    """Two workers share a port. When one is killed, and then the other, every request still gets its answer."""
    settings = {"VALKEY_URL": valkey_url, "MOCKX_WORKERS": "2", "MOCKX_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "mockexchange", "serve", "api", "--port", "0"]
    with subprocess.Popen(command, cwd=tmp_path, env=os.environ | settings, stderr=subprocess.PIPE, text=True) as api:
        assert api.stderr is not None  # it was opened as a pipe
        url = api.stderr.readline().split()[-1]
        try:
            until(lambda: len(children(api.pid)) == 2)
            for worker in children(api.pid):
                assert answers(url)
                os.kill(worker.pid, signal.SIGKILL)
                until(lambda worker=worker: not worker.alive())
                assert answers(url)
            until(lambda: len(children(api.pid)) == 2)
            left = children(api.pid)
            api.terminate()
            assert api.wait(60) == 0
            assert not any(worker.alive() for worker in left)
        finally:
            api.kill()


def answers(url: str) -> bool:
    with urllib.request.urlopen(f"{url}/health/live", timeout=60) as answer:
        return answer.status == 200


def children(pid: int) -> list[ProcessIdentity]:
    """The living children of a process."""
    pids = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [child for each in pids if (child := ProcessIdentity.of(int(each))) is not None]
