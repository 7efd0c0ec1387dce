"""TLS for tests: certificates of an authority of our own, and a proxy that speaks TLS in front of a server that does
not (the embedded Valkey)."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import trustme

HOST = "127.0.0.1"


class Authority:
    """Signs certificates; `file` is what clients trust."""

    def __init__(self, folder: Path) -> None:
        self._authority = trustme.CA()
        self.file = folder / "authority.pem"
        self._authority.cert_pem.write_to_path(str(self.file))

    def context(self, *names: str, expired: bool = False) -> ssl.SSLContext:
        """What a server with a certificate for these names speaks TLS with."""
        over = datetime.now(UTC) - timedelta(days=1) if expired else None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate: Any = self._authority.issue_cert(*names, not_after=over)  # its types name pyOpenSSL's, too
        certificate.configure_cert(context)
        return context


class Proxy:
    """Listens on a port of its own, and passes on what it hears, to a server of this machine. Without a context it
    speaks no TLS. Use it as a context manager."""

    def __init__(self, context: ssl.SSLContext | None, target: int = 0) -> None:
        """`target`: the server's port, which may be named later."""
        self.target = target
        self._context = context
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._open: set[asyncio.StreamWriter] = set()
        self._silent: set[asyncio.StreamWriter] = set()

    def __enter__(self) -> Proxy:
        self._thread.start()
        self._run(self._listen())
        return self

    def __exit__(self, *_error: object) -> None:
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def connections(self) -> int:
        """How many there are now."""
        return len(self._open)

    def cut(self) -> None:
        """End every connection that there is."""
        self._run(self._cut())

    def lose(self) -> None:
        """Nothing comes through any more on the connections that there are, and neither side is told."""
        self._silent |= self._open

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, sock=self._listener, ssl=self._context)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            from_server, to_server = await asyncio.open_connection(HOST, self.target)
        except OSError:
            writer.transport.abort()
            return
        self._open.add(writer)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pass_on(reader, to_server, writer))
                both.create_task(self._pass_on(from_server, writer, writer))
        finally:
            self._open.discard(writer)
            for each in (writer, to_server):
                each.transport.abort()
                with contextlib.suppress(OSError, asyncio.CancelledError):
                    await each.wait_closed()

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: asyncio.StreamWriter
    ) -> None:
        with contextlib.suppress(OSError):
            while part := await reader.read(65536):
                if connection not in self._silent:
                    writer.write(part)
                    await writer.drain()
        if connection not in self._silent:
            writer.transport.abort()

    async def _cut(self) -> None:
        for each in self._open:
            each.transport.abort()

    async def _close(self) -> None:
        self._server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
