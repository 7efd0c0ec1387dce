"""What `mockx up` costs a machine that does nothing else: memory, processor and disk, by process."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.soak.running import Running, exchange
from tests.stand_in_exchange.server import running_exchange

from .report import Figure

MARKETS = ("BTC/USDT", "ETH/USDT", "SOL/USDT")
SETTLE, WATCH = 90.0, 60.0
"""Seconds. At first the feeder fills the charts, which costs more than what follows."""


def processes() -> Iterator[Figure]:
    """Both kinds of prices, at the default settings. A live feed imports ccxt."""
    yield from _figures("synthetic", "--feed", "synthetic")
    with running_exchange() as binance:
        for symbol in MARKETS:
            binance.add(symbol)
        yield from _figures("live", "--feed", "ccxt:binance", EXCHANGE_CONFIG=json.dumps(binance.config()))


def _figures(feed: str, *options: str, **environment: str) -> Iterator[Figure]:
    with (
        tempfile.TemporaryDirectory() as directory,
        exchange(Path(directory), "--symbols", ",".join(MARKETS), *options, **environment) as running,
    ):
        time.sleep(SETTLE)
        before, written_before = _processor_time(running), _written(running)
        time.sleep(WATCH)
        after, written = _processor_time(running), _written(running)
        memory = {part: process.memory_full_info() for part, process in running.processes().items()}
        for part, sizes in memory.items():
            used = (after[part] - before[part]) / WATCH
            own = f"{sizes.pss / 1e6:.0f} MB shared fairly"
            yield Figure(f"{feed}: {part}", f"{sizes.rss / 1e6:.0f} MB", own, f"{used:.1%} of a core")
        total = sum(after.values()) - sum(before.values())
        all_of_it = f"{sum(sizes.pss for sizes in memory.values()) / 1e6:.0f} MB shared fairly"
        disk = f"{(written - written_before) / WATCH / 1e3:.0f} kB/s to the disk"
        yield Figure(f"{feed}: all", disk, all_of_it, f"{total / WATCH:.1%} of a core")


def _processor_time(running: Running) -> dict[str, float]:
    """Seconds since each process was started."""
    return {part: sum(process.cpu_times()[:2]) for part, process in running.processes().items()}


def _written(running: Running) -> int:
    """Bytes that went to the disk, or 0 where the system does not count them."""
    counters = (getattr(process, "io_counters", None) for process in running.processes().values())
    return sum(each().write_bytes for each in counters if each is not None)
