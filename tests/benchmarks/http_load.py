"""Requests over loopback as fast as a server answers: one process, raw sockets, a fixed number of requests."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Load:
    """One request, made `requests` times by `clients` at once."""

    method: str
    url: str
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    clients: int = 1
    requests: int = 4_000


async def _client(host: str, port: int, request: bytes, times: int) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    for _ in range(times):
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        body = await reader.readexactly(length)
        if status >= 300:
            raise SystemExit(f"{status}: {body[:300]!r}")
    writer.close()


async def _run(asked: Load) -> float:
    parts = urlsplit(asked.url)
    assert parts.hostname
    assert parts.port
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    lines = [f"{asked.method} {path} HTTP/1.1", f"Host: {parts.netloc}", f"content-length: {len(asked.body)}"]
    lines += [f"{name}: {value}" for name, value in asked.headers.items()]
    request = ("\r\n".join(lines) + "\r\n\r\n" + asked.body).encode()
    start = time.perf_counter()
    each = asked.requests // asked.clients
    await asyncio.gather(*(_client(parts.hostname, parts.port, request, each) for _ in range(asked.clients)))
    return asked.requests / (time.perf_counter() - start)


def rate(asked: Load) -> float:
    """Requests a second, of a process that does nothing else."""
    command = [sys.executable, "-m", __name__, json.dumps(asdict(asked))]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


if __name__ == "__main__":
    print(asyncio.run(_run(Load(**json.loads(sys.argv[1])))))
