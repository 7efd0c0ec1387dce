"""Nothing is Binance's alone: Kraken speaks another wire, lists other precisions, and has no request for bids and asks
alone."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from mockexchange.feed.ccxt_calls import CcxtCalls
from mockexchange.feed.ccxt_source import CcxtOptions, CcxtSource

D = Decimal
START = 1_700_000_000_000

PAIR = {
    "altname": "XBTUSDT",
    "wsname": "XBT/USDT",
    "aclass_base": "currency",
    "base": "XXBT",
    "aclass_quote": "currency",
    "quote": "USDT",
    "pair_decimals": 1,
    "cost_decimals": 5,
    "lot_decimals": 8,
    "lot_multiplier": 1,
    "fees": [[0, 0.26]],
    "fees_maker": [[0, 0.16]],
    "ordermin": "0.00005",
    "costmin": "0.5",
    "tick_size": "0.1",
    "status": "online",
}
TICKER = {
    "a": ["60000.10000", "1", "1.250"],
    "b": ["60000.00000", "2", "2.500"],
    "c": ["60000.05000", "0.00100000"],
    "v": ["10.0", "20.0"],
    "p": ["60000.0", "60000.0"],
    "t": [1, 2],
    "l": ["59000.0", "59000.0"],
    "h": ["61000.0", "61000.0"],
    "o": "59500.0",
}
ANSWERS: dict[str, Any] = {
    "AssetPairs": {"XBTUSDT": PAIR},
    "Assets": {
        "XXBT": {"aclass": "currency", "altname": "XBT", "decimals": 10, "display_decimals": 5, "status": "enabled"},
        "USDT": {"aclass": "currency", "altname": "USDT", "decimals": 8, "display_decimals": 4, "status": "enabled"},
    },
    "Ticker": {"XBTUSDT": TICKER},
    "Time": {"unixtime": 1_700_000_000, "rfc1123": "Tue, 14 Nov 23 22:13:20 +0000"},
}


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        name = self.path.partition("?")[0].rpartition("/")[2]
        body = json.dumps({"error": [], "result": ANSWERS[name]}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the standard library's name for it
        """Say nothing."""


@pytest.fixture
def kraken() -> Iterator[dict[str, Any]]:
    """EXCHANGE_CONFIG for a stand-in of Kraken."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        yield {"urls": {"api": {"public": url, "private": url}}, "enableRateLimit": False}
        server.shutdown()
        thread.join()


def test_kraken(kraken: dict[str, Any]) -> None:
    source = CcxtSource(CcxtCalls("kraken", kraken), CcxtOptions(("*/USDT",)))
    assert source.probe() is None
    batch = source.poll(source.start(START), START)
    assert batch.outage is None
    quote = batch.ticks[0].quote
    assert (quote.symbol, quote.bid, quote.ask, quote.last) == (
        "BTC/USDT",
        60_000,
        D("60000.1"),
        D("60000.05"),
    )
    instrument = batch.instruments[0]
    assert (instrument.tick_size, instrument.step_size) == (D("0.1"), D("0.00000001"))
    assert (instrument.min_quantity, instrument.min_notional) == (D("0.00005"), D("0.5"))
    assert source.name == batch.state.source == "ccxt:kraken"
