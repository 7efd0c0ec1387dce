"""The feeder of docs/feeds.md, word for word, as a process beside the exchange."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

from mockexchange.clock import SystemClock
from mockexchange.domain.quotes import Tick
from mockexchange.domain.rules import Rules
from mockexchange.exchange import Exchange
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection

DOCS = Path(__file__).parents[3] / "docs" / "feeds.md"

CCXT = """
import itertools

calls = itertools.count()

class NetworkError(Exception):
    pass

class binance:
    def fetch_tickers(self, symbols):
        if next(calls) == 0:
            raise NetworkError("the network is down")
        return {symbol: {"last": 100.5, "bid": 100.25, "ask": 100.75} for symbol in symbols}
"""
"""Stands in for ccxt: the first call fails."""


def feeder() -> str:
    """The program in the docs."""
    found = re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL)
    assert len(found) == 1
    return found[0]


def test_it_is_twenty_lines() -> None:
    """Give or take the imports."""
    assert len(feeder().splitlines()) <= 24


def test_it_feeds_the_exchange(tmp_path: Path, valkey_url: str) -> None:
    """It survives a failure, and its quotes are traded at."""
    (tmp_path / "feeder.py").write_text(feeder())
    (tmp_path / "ccxt.py").write_text(CCXT)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "credentials.json").write_text(json.dumps({"valkeyUrl": valkey_url}))
    connection = Connection(valkey_url)
    exchange = Exchange(ValkeyStore(connection), SystemClock(), Rules())
    process = subprocess.Popen(
        [sys.executable, "feeder.py"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        ticks: dict[str, Tick] = {}
        deadline = time.monotonic() + 60
        while len(ticks) < 2:
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < deadline
            time.sleep(0.05)
            ticks = exchange.ticks(["BTC/USDT", "ETH/USDT"])
    finally:
        process.kill()
        process.communicate()
        connection.close()
    quote = ticks["BTC/USDT"].quote
    assert (quote.bid, quote.ask, quote.last) == (Decimal("100.25"), Decimal("100.75"), Decimal("100.5"))
    assert ticks["ETH/USDT"].source == "external"
