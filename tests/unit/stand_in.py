"""A server on the loopback interface that stands in for the exchange: it gives the answers it was told to, and
remembers what it was asked. Bodies are text, so that a test sees every digit that goes over the wire.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

API_KEY = "the-key-of-the-stand-in"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, as it arrived."""

    method: str
    path: str
    body: str
    api_key: str | None
    last_event_id: str | None = None
    if_none_match: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `lost`: the connection is closed instead, after the request was read."""

    body: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict[str, str])
    lost: bool = False


LOST = Reply(lost=True)


def problem(status: int, code: str, detail: str = "Because.", filter_name: str | None = None) -> Reply:
    """A problem document."""
    fields: dict[str, object] = {"type": "about:blank", "title": code, "status": status, "code": code, "detail": detail}
    if filter_name is not None:
        fields["filter"] = filter_name
    return Reply(json.dumps(fields), status, {"content-type": "application/problem+json"})


@dataclass(slots=True)
class StandIn:
    """What it was told and what it was asked. Of several answers each is given once, and the last one for ever."""

    url: str
    asked: list[Asked] = field(default_factory=list[Asked])
    replies: dict[tuple[str, str], list[Reply]] = field(default_factory=dict[tuple[str, str], list[Reply]])

    def on(self, method: str, path: str, *replies: Reply | str) -> None:
        """Answer `method` on `path` (with its query) so; text is the body of a 200."""
        self.replies[method, path] = [Reply(reply) if isinstance(reply, str) else reply for reply in replies]

    def answer(self, asked: Asked) -> Reply:
        """The next answer."""
        self.asked.append(asked)
        planned = self.replies.get((asked.method, asked.path))
        if planned is None:
            return problem(404, "NotFound", f"{asked.method} {asked.path} was not expected.")
        return planned.pop(0) if len(planned) > 1 else planned[0]


class _Server(ThreadingHTTPServer):
    """Knows what to answer."""

    told: StandIn


class _Handler(BaseHTTPRequestHandler):
    """Reads one request after the other from a connection that stays open."""

    protocol_version = "HTTP/1.1"

    def handle_one_request(self) -> None:
        """Any method will do."""
        self.raw_requestline = self.rfile.readline(65_537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        assert isinstance(self.server, _Server)
        key, event_id = self.headers.get("x-api-key"), self.headers.get("last-event-id")
        known = self.headers.get("if-none-match")
        reply = self.server.told.answer(Asked(self.command, self.path, body, key, event_id, known))
        if reply.lost:
            self.close_connection = True
            return
        content = reply.body.encode()
        self.send_response(reply.status)
        for name, value in ({"content-type": "application/json"} | reply.headers).items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the standard library's name for it
        """Say nothing."""


@contextmanager
def running_stand_in() -> Generator[StandIn]:
    """One that listens on a port of its own until the end of the block."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.told = StandIn(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server.told
        finally:
            server.shutdown()
            thread.join()
