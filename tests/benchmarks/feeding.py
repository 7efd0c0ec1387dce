"""Whether feeder and matcher keep up with many markets at a tick a second, as processes of their own. The lag of a tick
is counted from the moment at which the feeder asked for it; a live quote carries that time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from decimal import Decimal

import psutil

from mockexchange.domain.orders import OrderType, Side
from mockexchange.domain.placing import PlaceOrder
from mockexchange.store.valkey import ValkeyStore
from tests.stand_in_exchange.server import StandInExchange

from .report import Figure
from .venue import ACCOUNT, valkey, venue

COUNT = 200
SECONDS = 12
SAMPLE = 0.04
"""Seconds between two looks at the cursors: what a lag may be overestimated by."""


def markets() -> Iterator[Figure]:
    """The ccxt source against an exchange in another process, then the synthetic source."""
    with _exchange() as url:
        config = json.dumps(StandInExchange(url).config())
        yield from _measure("ccxt", {"FEED": "ccxt:binance", "EXCHANGE_CONFIG": config}, url)
    yield from _measure("synthetic", {"FEED": "synthetic:7"}, None)


def _measure(name: str, settings: dict[str, str], exchange_url: str | None) -> Iterator[Figure]:
    symbols = [f"C{number}/USDT" for number in range(COUNT)]
    with valkey() as url:
        exchange, store = venue(url)
        store.forget_feed()
        environment = {
            "VALKEY_URL": url,
            "INTERVAL_SEC": "1",
            "SYMBOLS": ",".join(symbols),
            "LOG_LEVEL": "WARNING",
            **settings,
        }
        with _part("feeder", environment) as feeder, _part("matcher", environment) as matcher:
            _until_priced(store, symbols)
            for symbol in symbols:  # an order in each market, far away, so that its ticks are matched
                exchange.place(PlaceOrder(ACCOUNT, symbol, Side.BUY, OrderType.LIMIT, Decimal(1000), Decimal("0.01")))
            time.sleep(2)
            server = psutil.Process(int(_info(store, "process_id")))
            parts = {"feeder": psutil.Process(feeder), "matcher": psutil.Process(matcher), "valkey": server}
            before = {part: _cpu(process) for part, process in parts.items()}
            start = time.monotonic()
            met = _watch(store, symbols)
            took = time.monotonic() - start
            used = {part: _cpu(process) - before[part] for part, process in parts.items()}
            memory = {part: process.memory_info().rss / 2**20 for part, process in parts.items()}
        lags = sorted(_lags(store, met))
    p50, p99 = lags[len(lags) // 2], lags[len(lags) * 99 // 100]
    rate = len(lags) / took
    yield Figure(
        f"{COUNT} markets, {name}: lag of a tick, p99",
        f"{p99:,.0f} ms",
        f"p50 {p50:,.0f} ms, longest {lags[-1]:,.0f} ms",
        "",
        "1,000 ms",
    )
    yield Figure(f"{COUNT} markets, {name}: ticks met", f"{rate:.0f}/s", f"{COUNT}/s offered", f"{rate / COUNT:.0%}")
    for part in parts:
        beside = ""
        if part == "feeder" and exchange_url is not None:
            beside = f"{_bare_fetch(exchange_url) / 10:.2%} to fetch and parse the same JSON"
        yield Figure(f"{COUNT} markets, {name}: {part}", f"{used[part] / took:.1%} CPU, {memory[part]:.0f} MB", beside)


def _watch(store: ValkeyStore, symbols: list[str]) -> dict[tuple[str, int], float]:
    """When each tick was first seen to be met, wall ms, by market and number."""
    commands = [("HGET", store.keys.at("cursor", symbol), "done") for symbol in symbols]
    done = [int(each or 0) for each in store.connection.pipe(commands)]
    met: dict[tuple[str, int], float] = {}
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        time.sleep(SAMPLE)
        cursors = store.connection.pipe(commands)
        now = time.time_ns() / 1e6
        for nth, (symbol, cursor) in enumerate(zip(symbols, cursors, strict=True)):
            for number in range(done[nth] + 1, int(cursor or 0) + 1):
                met[symbol, number] = now
            done[nth] = max(done[nth], int(cursor or 0))
    return met


def _lags(store: ValkeyStore, met: dict[tuple[str, int], float]) -> Iterator[float]:
    for symbol in {symbol for symbol, _ in met}:
        for tick in store.ticks(symbol, 0, 10_000):
            seen = met.get((symbol, tick.number))
            if seen is not None:
                yield seen - tick.logged_at


def _bare_fetch(url: str) -> float:
    """CPU seconds of this process for ten answers of the exchange, read and parsed by the standard library."""
    measured: list[float] = []
    for _ in range(10):
        start = time.process_time()
        with urllib.request.urlopen(f"{url}/api/v3/ticker/bookTicker") as answer:
            json.load(answer)
        measured.append(time.process_time() - start)
    return sum(measured)


def _until_priced(store: ValkeyStore, symbols: list[str]) -> None:
    for _ in range(300):
        if all(view.tick for view in store.markets(symbols)):
            return
        time.sleep(0.1)
    raise SystemExit(f"no prices: {store.outage()}")


def _info(store: ValkeyStore, name: str) -> str:
    lines = store.connection.run("INFO", "server").decode().splitlines()
    return dict(line.split(":", 1) for line in lines if ":" in line)[name]


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


@contextmanager
def _part(name: str, environment: dict[str, str]) -> Generator[int]:
    command = [sys.executable, "-m", "mockexchange", "serve", name]
    process = subprocess.Popen(command, env={**os.environ, **environment})
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait()


@contextmanager
def _exchange() -> Generator[str]:
    command = [sys.executable, "-m", "tests.benchmarks.priced_exchange", str(COUNT)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin
    assert process.stdout
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.wait()
