"""The stand-in's server. It answers as its markets stand, unless a failure was ordered for the request."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .market import StandInMarket, to_json


@dataclass(frozen=True, slots=True)
class Failure:
    """What happens instead of an answer. `cut`: only so much of the body is sent, as if it were all. `lost`: the
    connection is closed. `hangs`: nothing is sent until the server closes."""

    status: int = 200
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    cut: int | None = None
    lost: bool = False
    hangs: bool = False


@dataclass(slots=True)
class StandInExchange:
    """An exchange in hand. `failing` is asked before every answer with the request's path; None: all is well. `now`
    (ms) is its clock."""

    url: str
    markets: dict[str, StandInMarket] = field(default_factory=dict[str, StandInMarket])
    asked: list[str] = field(default_factory=list[str])
    failing: Callable[[str], Failure | None] = lambda path: None
    now: int = 1_700_000_000_000
    candles: list[list[Any]] = field(default_factory=list[list[Any]])
    closing: threading.Event = field(default_factory=threading.Event)

    def add(self, symbol: str, **more: Any) -> StandInMarket:
        """One more market, like BTC/USDT."""
        base, _, quote = symbol.partition("/")
        market = self.markets[base + quote] = StandInMarket(base, quote, **more)
        return market

    def fail(self, failure: Failure | None, *, path: str = "") -> None:
        """From now on, for requests whose path holds `path`; None: no more."""
        self.failing = lambda asked: failure if path in asked else None

    def config(self, **more: Any) -> dict[str, Any]:
        """EXCHANGE_CONFIG that makes ccxt's class ask this one: no pause between requests, short time-outs."""
        api = dict.fromkeys(("public", "private", "v1"), f"{self.url}/api/v3")
        return {"urls": {"api": api}, "enableRateLimit": False, "timeout": 2_000, **more}

    def answer(self, path: str, query: Mapping[str, list[str]]) -> tuple[int, object]:
        """Status and body for a request."""
        wanted = json.loads(query["symbols"][0]) if "symbols" in query else query.get("symbol")
        unknown = [each for each in wanted or () if each not in self.markets]
        if unknown:
            return 400, {"code": -1121, "msg": "Invalid symbol."}
        chosen = [self.markets[each] for each in wanted] if wanted else list(self.markets.values())
        answer = self._found(path.rpartition("/api/v3/")[2], query, chosen)
        return (404, {"code": 404, "msg": f"the stand-in does not know {path}"}) if answer is None else (200, answer)

    def _found(self, path: str, query: Mapping[str, list[str]], chosen: list[StandInMarket]) -> object:
        match path:
            case "ping" | "time":
                return {"serverTime": self.now}
            case "exchangeInfo":
                return {"serverTime": self.now, "symbols": [each.info() for each in self.markets.values()]}
            case "ticker/bookTicker":
                return [each.book_ticker() for each in chosen]
            case "ticker/24hr" if "symbol" in query:
                return chosen[0].ticker(self.now)
            case "ticker/24hr":
                return [each.ticker(self.now) for each in chosen]
            case "depth":
                return chosen[0].depth(int(query["limit"][0]))
            case "aggTrades" | "trades":
                return chosen[0].aggregate_trades()
            case "klines":
                since = int(query.get("startTime", ["0"])[0])
                rows = [row for row in self.candles if row[0] >= since]
                return rows[: int(query.get("limit", ["500"])[0])]
            case _:
                return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    told: StandInExchange


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        assert isinstance(self.server, _Server)
        told, parts = self.server.told, urlsplit(self.path)
        told.asked.append(parts.path.rpartition("/api/v3/")[2])
        failure = told.failing(parts.path)
        if failure is None:
            status, answer = told.answer(parts.path, parse_qs(parts.query))
            self._send(status, to_json(answer), {})
            return
        if failure.hangs:
            told.closing.wait(30)
        if failure.lost or failure.hangs:
            self.close_connection = True
            return
        body = failure.body
        if body is None:
            body = to_json(told.answer(parts.path, parse_qs(parts.query))[1]) if failure.status == 200 else b""
        self._send(failure.status, body[: failure.cut], failure.headers)

    def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response_only(status)
        for name, value in ({"content-type": "application/json"} | dict(headers)).items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the standard library's name for it
        """Say nothing."""


@contextmanager
def running_exchange() -> Generator[StandInExchange]:
    """One that listens on a port of its own until the end of the block."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.told = StandInExchange(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server.told
        finally:
            server.told.closing.set()
            server.shutdown()
            thread.join()


def closed_port_url() -> str:
    """An address where nobody listens."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        return f"http://127.0.0.1:{server.server_address[1]}"


def wall() -> int:
    """Wall time in ms."""
    return time.time_ns() // 1_000_000
