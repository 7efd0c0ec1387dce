"""A server on the loopback interface that stands in for the exchange: it gives the answers it was told to, and
remembers what it was asked. Bodies are text, so that a test sees every digit that goes over the wire.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
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
    named = "" if filter_name is None else f', "filter": "{filter_name}"'
    body = f'{{"type": "about:blank", "title": "{code}", "status": {status}, "code": "{code}", "detail": "{detail}"{named}}}'
    return Reply(body, status, {"content-type": "application/problem+json"})


@dataclass(slots=True)
class StandIn:
    """What it was told and what it was asked. Of several answers to one question each is given once, the last for ever."""

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


@contextmanager
def stand_in() -> Iterator[StandIn]:
    """One that listens on a port of its own until the end of the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    told = StandIn(f"http://127.0.0.1:{server.server_address[1]}")
    _Handler.told[server] = told
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    ...
