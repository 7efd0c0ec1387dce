"""Waiting for the exchange to answer, with a server that answers as a test says."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

from mockexchange.local.readiness import Readiness


@contextmanager
def server(status: int, body: bytes) -> Generator[str]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/health/ready" else 404)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is http.server's
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


def unheard(_text: str) -> None:
    pass


def test_an_exchange_that_answers_200_is_ready() -> None:
    with server(200, b"{}") as url:
        assert Readiness(url, unheard).missing() is None


def test_one_that_does_not_says_what_is_missing() -> None:
    with server(503, b'{"detail":"no prices yet"}') as url:
        missing = Readiness(url, unheard).missing()
    assert missing == f'{url}/health/ready says 503: {{"detail":"no prices yet"}}'


def test_nobody_there_is_a_reason_too() -> None:
    with server(200, b"") as url:
        pass
    assert "does not answer" in str(Readiness(url, unheard).missing())


def test_a_start_that_takes_long_is_explained_now_and_then() -> None:
    now = iter([0.0, 5.0, 9.9, 10.0, 15.0, 20.0])
    said: list[str] = []
    with server(503, b"no prices yet") as url:
        readiness = Readiness(url, said.append, monotonic=lambda: next(now))
        for _ in range(5):
            readiness.missing()

    assert said == [f"Not ready yet: {url}/health/ready says 503: no prices yet"] * 2
