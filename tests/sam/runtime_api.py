"""Lambda's side of the Runtime API (2018-06-01), on loopback: what a runtime client asks for events, and answers to.

One server for each client, as in a sandbox. It hands out one event at a time and keeps whatever comes back.
"""

from __future__ import annotations

import json
import queue
import threading
import time
import uuid
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ARN = "arn:aws:lambda:eu-central-1:123456789012:function:{}"
PREFIX = "/2018-06-01/runtime"


@dataclass(slots=True)
class Invocation:
    """An event on its way. `taken` and `done` are readings of time.perf_counter() (seconds)."""

    payload: bytes
    seconds: float
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    over: threading.Event = field(default_factory=threading.Event)
    answer: bytes | None = None
    error: dict[str, Any] | None = None
    taken: float = 0.0
    done: float = 0.0
    deadline: float = 0.0


class RuntimeApi:
    """Use it as a context manager; `address` is the client's AWS_LAMBDA_RUNTIME_API."""

    def __init__(self, function: str) -> None:
        self.function = function
        self.init_error: dict[str, Any] | None = None
        self.waiting: queue.SimpleQueue[Invocation | None] = queue.SimpleQueue()
        self.running: dict[str, Invocation] = {}
        self.taken = threading.Event()
        """Set when the newest event was handed out."""
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.api = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> RuntimeApi:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.end()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    @property
    def address(self) -> str:
        """Host and port."""
        return "{}:{}".format(*self._server.server_address)

    def send(self, payload: bytes, seconds: float, request_id: str | None = None) -> Invocation:
        """Hand out an event as soon as it is asked for; the invocation then has `seconds`."""
        invocation = Invocation(payload, seconds)
        invocation.request_id = request_id or invocation.request_id
        self.taken.clear()
        self.waiting.put(invocation)
        return invocation

    def end(self) -> None:
        """There are no more events: who asks for the next one is told so."""
        self.waiting.put(None)


class _Server(ThreadingHTTPServer):
    api: RuntimeApi
    daemon_threads = True


class _Handler(BaseHTTPRequestHandler):
    """One connection of the client."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body in one piece: a second one would wait for the first to be acknowledged

    @property
    def _api(self) -> RuntimeApi:
        assert isinstance(self.server, _Server)
        return self.server.api

    def do_GET(self) -> None:  # the name is http.server's
        """The next event; it is waited for."""
        assert self.path == f"{PREFIX}/invocation/next", self.path
        invocation = self._api.waiting.get()
        if invocation is None:
            self._reply(410, b'{"errorMessage": "there are no more events", "errorType": "Over"}')
            return
        self._api.running[invocation.request_id] = invocation
        invocation.deadline = time.time() + invocation.seconds
        invocation.taken = time.perf_counter()
        self._reply(
            200,
            invocation.payload,
            {
                "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
                "Lambda-Runtime-Deadline-Ms": str(round(invocation.deadline * 1000)),
                "Lambda-Runtime-Invoked-Function-Arn": ARN.format(self._api.function),
                "Lambda-Runtime-Trace-Id": "Root=1-00000000-000000000000000000000000;Sampled=0",
            },
        )
        self._api.taken.set()

    def do_POST(self) -> None:  # the name is http.server's
        """An answer, an error of an invocation, or an error before the first one."""
        body = self._body()
        if self.path == f"{PREFIX}/init/error":
            self._api.init_error = json.loads(body)
        else:
            request_id, kind = self.path.removeprefix(f"{PREFIX}/invocation/").split("/")
            invocation = self._api.running.pop(request_id)
            invocation.done = time.perf_counter()
            if kind == "response":
                invocation.answer = body
            else:
                assert kind == "error", self.path
                invocation.error = json.loads(body)
            invocation.over.set()
        self._reply(202, b'{"status": "OK"}')

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("content-length", 0)))
        parts: list[bytes] = []
        while length := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(length))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _reply(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        try:
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()
        except (TimeoutError, BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # it was killed

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the names are http.server's
        """Nothing."""
