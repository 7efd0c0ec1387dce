"""`mockx up` with the deck, and the deck alone."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from mockexchange.domain.diagnosis import Health
from mockexchange.local.checkup import deck_check
from mockexchange.settings import Settings

from .test_up import environment, exchange


def healthy(url: str) -> bool:
    """Whether a Streamlit answers there."""
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5) as response:
            return response.status == 200 and response.read() == b"ok"
    except (urllib.error.URLError, OSError):
        return False


def deck_url(home: Path) -> str:
    """Where the running exchange says its deck is."""
    return json.loads((home / "data" / "credentials.json").read_text())["deckUrl"]


def process_of(home: Path, words: str) -> int:
    """The process id of the part that was started with these words."""
    for record in json.loads((home / "data" / "processes.json").read_text())["processes"]:
        command = Path(f"/proc/{record['pid']}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        if words in command:
            return record["pid"]
    raise AssertionError(f"no process was started with {words!r}")


def test_the_deck_comes_up_with_the_exchange_and_stops_with_it(tmp_path: Path) -> None:
    with exchange(tmp_path, "--deck", "--deck-port", "0") as running:
        url = deck_url(tmp_path)
        assert healthy(url)
        assert url in running.said()
        assert url.startswith("http://127.0.0.1:")
        seen = deck_check(Settings(mockx_data_dir=tmp_path / "data"))
        assert (seen.health, seen.detail) == (Health.OK, f"answers at {url}")
        processes = running.processes()
        assert len(processes) == 5

        running.process.terminate()
        assert running.process.wait(60) == 0
        assert not any(process.alive() for process in processes)
        assert not healthy(url)
        assert "killed" not in running.said()


def test_a_deck_that_dies_is_started_again_at_the_same_place(tmp_path: Path) -> None:
    with exchange(tmp_path, "--deck", "--deck-port", "0") as running:
        url, died = deck_url(tmp_path), process_of(tmp_path, "mockexchange.deck")
        os.kill(died, signal.SIGKILL)

        running.until(lambda: "deck was ended by signal 9" in running.said())
        running.until(lambda: healthy(url))
        assert process_of(tmp_path, "mockexchange.deck") != died
        assert running.answer("/balance") == 200


def test_a_taken_port_ends_the_start_at_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        command = [sys.executable, "-m", "mockexchange", "up", "--deck", "--deck-port", port, "--port", "0"]
        ended = subprocess.run(
            [*command, "--feed", "manual"],
            cwd=tmp_path,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert ended.returncode == 1
    assert f"port {port}" in ended.stderr
    assert "--no-deck" in ended.stderr
    assert not (tmp_path / "data" / "credentials.json").exists()


def test_without_the_deck_nothing_is_said_of_it(tmp_path: Path) -> None:
    with exchange(tmp_path) as running:
        assert "deckUrl" not in json.loads((tmp_path / "data" / "credentials.json").read_text())
        assert "  deck" not in running.said()


def test_the_deck_runs_alone(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "mockexchange", "serve", "deck", "--deck-port", str(port)],
        cwd=tmp_path,
        env=environment(),
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 90  # far above what it takes: only a hang meets it
        while not healthy(f"http://127.0.0.1:{port}"):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        process.terminate()
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
