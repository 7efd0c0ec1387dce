"""A server on the loopback interface that gives candles as Binance does, to the real ccxt class."""

from __future__ import annotations

import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

MINUTE = 60_000
FIRST = 1_767_225_600_000
"""2026-01-01T00:00:00Z: before that it has no candle."""

MARKET = {
    "symbol": "BTCUSDT", "status": "TRADING", "baseAsset": "BTC", "quoteAsset": "USDT", "baseAssetPrecision": 8,
    "quotePrecision": 8, "orderTypes": ["LIMIT", "MARKET"], "isSpotTradingAllowed": True, "permissions": ["SPOT"],
    "filters": [
        {"filterType": "PRICE_FILTER", "minPrice": "0.01", "maxPrice": "1000000", "tickSize": "0.01"},
        {"filterType": "LOT_SIZE", "minQty": "0.00001", "maxQty": "9000", "stepSize": "0.00001"},
    ],
}  # fmt: skip


@dataclass(slots=True)
class Klines:
    """`until` (ms) is when its candles end; `gap` lists times that have none. Of `failures`, each is the status of one
    answer in place of a page of candles (0: the connection is closed)."""

    url: str = ""
    until: int = FIRST + 3000 * MINUTE
    gap: set[int] = field(default_factory=set[int])
    failures: list[int] = field(default_factory=list[int])
    asked: list[int] = field(default_factory=list[int])

    def config(self) -> str:
        """EXCHANGE_CONFIG that leads ccxt here."""
        return json.dumps({"urls": {"api": {"public": f"{self.url}/api/v3"}}, "rateLimit": 1})

    def page(self, since: int, limit: int) -> list[list[object]]:
        """As GET /api/v3/klines gives them."""
        self.asked.append(since)
        begin = max(FIRST, -(-since // MINUTE) * MINUTE)
        times = [time for time in range(begin, self.until, MINUTE) if time not in self.gap][:limit]
        return [
            [
                time,
                "60000.1",
                "60001.5",
                "59999",
                "60000.2",
                "1.50000001",
                time + MINUTE - 1,
                "90000",
                10,
                "1",
                "2",
                "0",
            ]
            for time in times
        ]


class _Server(ThreadingHTTPServer):
    told: Klines


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, _Server)
        told, place = self.server.told, urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(place.query).items()}
        status = 200
        if place.path == "/api/v3/exchangeInfo":
            answer: object = {"timezone": "UTC", "serverTime": FIRST, "symbols": [MARKET]}
        elif place.path == "/api/v3/klines":
            status = told.failures.pop(0) if told.failures else 200
            answer = told.page(int(query["startTime"]), int(query["limit"])) if status == 200 else {"msg": "no"}
        else:
            status, answer = 404, {"msg": f"{place.path} was not expected"}
        if status == 0:
            self.close_connection = True
            return
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the standard library's name for it
        """Say nothing."""


@contextmanager
def running_klines() -> Generator[Klines]:
    """One that listens on a port of its own until the end of the block."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.told = Klines(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server.told
        finally:
            server.shutdown()
            thread.join()
