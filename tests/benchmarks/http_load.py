"""Requests over loopback as fast as a server answers: one process, raw sockets, a fixed number of requests."""

from __future__ import annotations

import asyncio
import sys
import time
from urllib.parse import urlsplit


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


async def _run(url: str, body: bytes, key: str, clients: int, requests: int) -> float:
    parts = urlsplit(url)
    assert parts.hostname
    assert parts.port
    head = (
        f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nx-api-key: {key}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    start = time.perf_counter()
    await asyncio.gather(
        *(_client(parts.hostname, parts.port, head.encode() + body, requests // clients) for _ in range(clients))
    )
    return requests / (time.perf_counter() - start)


if __name__ == "__main__":
    url, body, key, clients, requests = sys.argv[1:]
    print(asyncio.run(_run(url, body.encode(), key, int(clients), int(requests))))
