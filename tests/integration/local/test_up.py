"""`mockx up` as a person starts it: a command, its output, and the exchange behind it."""

from __future__ import annotations

import json
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

from mockexchange.local.credentials import Credentials, read_credentials
from mockexchange.local.process_identity import ProcessIdentity
from mockexchange.local.valkey import EmbeddedValkey


class Exchange:
    """A running `mockx up`."""

    def __init__(self, home: Path, process: subprocess.Popen[str]) -> None:
        self.home = home
        self.process = process

    def credentials(self) -> Credentials:
        return read_credentials(self.home / "data")

    def processes(self) -> list[ProcessIdentity]:
        records = json.loads((self.home / "data" / "processes.json").read_text())["processes"]
        return [ProcessIdentity(record["pid"], record["started"]) for record in records]

    def answer(self, path: str) -> int:
        """The status of a request with the key of the default account."""
        where = self.credentials()
        request = urllib.request.Request(where.url + path, headers={"x-api-key": where.api_key})
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status

    def body(self, path: str) -> Any:
        """What a page says that needs no key."""
        with urllib.request.urlopen(self.credentials().url + path, timeout=10) as response:
            return json.load(response)

    def said(self) -> str:
        return (self.home / "stdout").read_text() + (self.home / "stderr").read_text()

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something that takes a moment; a limit far above that tells a hang from it."""
        deadline = time.monotonic() + 90
        while not condition():
            assert self.process.poll() is None or condition(), f"it ended\n{self.said()}"
            assert time.monotonic() < deadline, f"waited in vain\n{self.said()}"
            time.sleep(0.05)


def command(home: Path, *options: str) -> list[str]:
    program = [sys.executable, "-m", "mockexchange", "up", "--no-deck", "--port", "0", "--data-dir", str(home / "data")]
    return [*program, "--feed", "synthetic:7", "--symbols", "BTC/USDT", *options]


def environment() -> dict[str, str]:
    """Ours, without what would point the exchange elsewhere."""
    ours = ("VALKEY_URL", "REDIS_URL", "MOCKX_", "FEED", "SYMBOLS")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


@contextmanager
def exchange(home: Path, *options: str, **settings: str) -> Generator[Exchange]:
    home.mkdir(exist_ok=True)
    with (home / "stdout").open("w") as stdout, (home / "stderr").open("w") as stderr:
        process = subprocess.Popen(
            command(home, *options), cwd=home, env=environment() | settings, stdout=stdout, stderr=stderr, text=True
        )
        running = Exchange(home, process)
        try:
            running.until(lambda: "MockExchange is ready." in running.said())
            yield running
        finally:
            process.kill()
            process.wait()


def test_it_comes_up_answers_and_stops_when_asked(tmp_path: Path) -> None:
    with exchange(tmp_path) as running:
        processes = running.processes()
        assert running.answer("/health/ready") == 200
        assert running.answer("/balance") == 200
        # what was printed is where it is, and holds no secret
        where = running.credentials()
        assert where.url in running.said()
        assert where.secret not in running.said()
        assert where.api_key not in running.said()

        running.process.terminate()
        assert running.process.wait(60) == 0
        assert len(processes) == 4
        assert not any(process.alive() for process in processes)


def test_keys_and_data_are_the_same_after_kill_9_of_everything(tmp_path: Path) -> None:
    with exchange(tmp_path) as running:
        before = running.credentials()
        for process in running.processes():
            os.kill(process.pid, signal.SIGKILL)
        running.process.kill()

    with exchange(tmp_path) as running:
        after = running.credentials()
        assert (after.api_key, after.secret) == (before.api_key, before.secret)
        assert after.valkey_url == before.valkey_url
        assert running.answer("/balance") == 200


def test_a_second_one_on_the_same_directory_is_refused_and_harms_nothing(tmp_path: Path) -> None:
    with exchange(tmp_path) as running:
        second = subprocess.run(
            command(tmp_path), cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=60, check=False
        )
        assert second.returncode == 1
        assert f"in use by process {running.process.pid}" in second.stderr
        assert running.answer("/health/ready") == 200


def test_every_part_that_is_killed_comes_back(tmp_path: Path) -> None:
    with exchange(tmp_path) as running:
        before = running.processes()
        for process in before:
            os.kill(process.pid, signal.SIGKILL)
        running.until(
            lambda: not {process.pid for process in running.processes()} & {process.pid for process in before}
        )
        running.until(lambda: len(running.processes()) == 4)

        def answers() -> bool:
            try:
                return running.answer("/health/ready") == 200
            except OSError:  # which is what an HTTP error is here
                return False

        running.until(answers)


def test_a_valkey_that_is_named_is_used_and_left_running(tmp_path: Path, valkey_server: EmbeddedValkey) -> None:
    with exchange(tmp_path, VALKEY_URL=valkey_server.url, VENUE="somebody-elses") as running:
        assert running.credentials().valkey_url == valkey_server.url
        assert len(running.processes()) == 3
        assert running.answer("/balance") == 200
        running.process.terminate()
        assert running.process.wait(60) == 0

    assert valkey_server.exit_code() is None
    assert not (tmp_path / "data" / "valkey").exists()


def test_several_workers_serve_the_api(tmp_path: Path) -> None:
    with exchange(tmp_path, MOCKX_WORKERS="2") as running:
        assert len(running.processes()) == 5
        assert running.answer("/balance") == 200


def test_a_price_source_that_is_none_ends_the_start_with_a_reason(tmp_path: Path) -> None:
    refused = subprocess.run(
        command(tmp_path, "--feed", "crystal-ball"),
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert refused.returncode == 2
    assert "crystal-ball" in refused.stderr
