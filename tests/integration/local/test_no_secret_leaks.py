"""Secrets go in everywhere, and come out nowhere: not in a log line at any level, not in an answer but the one that
hands a key out, not in the list of processes."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from mockexchange.local.bounded_http import LONGEST_HEAD

API_KEY = "ApiKeyOfTheDefaultAccount".ljust(64, "k")
SECRET = "SecretOfTheDefaultAccount".ljust(64, "s")
MASTER = "5ec7e7".ljust(64, "a")
WRONG = "WrongKeyThatIsSomebodyElses".ljust(64, "w")
SIGNATURE = "51691a7".ljust(64, "b")


@dataclass(slots=True)
class Served:
    """`mockx serve api`, and what it wrote so far."""

    url: str
    process: subprocess.Popen[str]
    output: Path


@contextmanager
def served(home: Path, valkey_url: str, workers: int) -> Generator[Served]:
    settings = {
        "VALKEY_URL": valkey_url,
        "MOCKX_API_KEY": API_KEY,
        "MOCKX_SECRET": SECRET,
        "MOCKX_MASTER_KEY": MASTER,
        "MOCKX_WORKERS": str(workers),
        "LOG_LEVEL": "DEBUG",
        "FEED": "manual",
        "RATE_LIMIT_PER_MIN": "1",  # next to none comes back while the test runs
        "RATE_LIMIT_BURST": "300",
    }
    command = [sys.executable, "-m", "mockexchange", "serve", "api", "--port", "0"]
    output = home / "output"
    with output.open("w") as written:
        process = subprocess.Popen(
            command, cwd=home, env=os.environ | settings, stderr=subprocess.PIPE, stdout=written, text=True
        )
        assert process.stderr is not None  # it was opened as a pipe
        first = process.stderr.readline()
        try:
            yield Served(first.split()[-1], process, output)
        finally:
            process.terminate()
            rest = process.stderr.read()
            process.wait(60)
            process.stderr.close()
            output.write_text(output.read_text() + first + rest)


def command_lines(pid: int) -> str:
    """Of a process and its children."""
    pids = [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    return "\n".join(Path(f"/proc/{each}/cmdline").read_text() for each in pids)


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
@pytest.mark.parametrize("workers", [1, 2])
def test_no_secret_leaves(tmp_path: Path, valkey_url: str, workers: int) -> None:
    answers: list[str] = []
    with served(tmp_path, valkey_url, workers) as api:
        with httpx.Client(base_url=api.url, headers={"x-api-key": API_KEY}, timeout=60) as client:
            made = client.post("/admin/keys", json={"account": "default"}).json()
            rotated = client.post(f"/admin/keys/{made['id']}/rotate").json()
            for method, path, body in requests(client, made["id"]):
                for key in (API_KEY, WRONG, made["apiKey"], rotated["apiKey"]):
                    headers = {
                        "x-api-key": key,
                        "x-mbx-apikey": key,
                        "authorization": f"Bearer {SECRET}",
                        "x-signature": SIGNATURE,
                        "cookie": f"secret={SECRET}",
                    }
                    answer = client.request(method, path, content=body, headers=headers)
                    answers.append(f"{answer.status_code} {answer.headers} {answer.text}")
            answers += (f"{client.get('/balance').headers}" for _ in range(300))
            assert client.get("/balance").status_code == 429
        shown = command_lines(api.process.pid)
    written = api.output.read_text()
    assert f"key {made['id']} (trade of default) made by key default" in written
    for secret in (API_KEY, SECRET, MASTER, WRONG, SIGNATURE, made["apiKey"], made["secret"], rotated["secret"]):
        # a part of one would help as well
        for part in (secret, secret[:20], secret[-20:]):
            assert part not in written
            assert part not in shown
            assert not [answer for answer in answers if part in answer]


def requests(client: httpx.Client, key_id: str) -> list[tuple[str, str, bytes | None]]:
    """Each operation with a body that is wrong, and paths that there are none."""
    document: dict[str, Any] = client.get("/openapi.json").json()
    found: list[tuple[str, str, bytes | None]] = []
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            if path.startswith("/admin/keys") and method != "get":
                continue
            body = json.dumps({"amount": "x", "account": 1}).encode() if "requestBody" in described else None
            found.append((method.upper(), path.replace("{", "").replace("}", ""), body))
    return [
        *found,
        ("GET", "/nowhere", None),
        ("DELETE", "/balance", None),
        ("GET", f"/admin/keys?account={key_id}", None),
    ]


def test_headers_without_end_are_cut_off(tmp_path: Path, valkey_url: str) -> None:
    with served(tmp_path, valkey_url, 1) as api:
        port = int(api.url.rpartition(":")[2])
        for line in (b"x-%d: " + b"a" * 1000 + b"\r\n", b"a" * 1000):
            with socket.create_connection(("127.0.0.1", port), timeout=60) as endless:
                endless.sendall(b"GET /balance HTTP/1.1\r\nhost: x\r\nx-api-key: ")
                assert cut_off(endless, line) < 100
        with socket.create_connection(("127.0.0.1", port), timeout=60) as long:
            long.sendall(b"GET /health/live HTTP/1.1\r\nhost: x\r\nx-long: " + b"a" * 16_000 + b"\r\n\r\n")
            assert long.recv(1000).startswith(b"HTTP/1.1 200 ")


def cut_off(endless: socket.socket, line: bytes) -> int:
    """How many times LONGEST_HEAD went out until the server closed."""
    for count in range(10_000):
        try:
            endless.sendall(line * (LONGEST_HEAD // len(line)))
        except OSError:
            return count
    raise AssertionError("it listens for ever")
