"""Looks at what the processes and Valkey hold."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import psutil
import redis

PAGE = 500

BUFFERS = ("mem_clients_normal", "mem_aof_buffer", "mem_replication_backlog")
"""What INFO says of passing things: they are not what is kept."""

CANDLES = "candles and equity curves"

FAMILIES = (
    (r"\{main\}:journal$", "journal"),
    (r"\{main\}:order:", "orders"),
    (r"\{main\}:(orders|client|fills|trades|ledger):", "lists of orders and trades"),
    (r"(candles:|\{main\}:equity:)", CANDLES),
    (r"ticks:", "tick logs"),
    (r"", "other keys"),
)

HISTORY = tuple(name for _, name in FAMILIES[:4])
"""What grows by design: with every order for ever, or with the time up to an age (7 days by minute)."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One look. `rss` is in bytes by part, `cpu` in seconds by part since each was started."""

    at: float
    rss: dict[str, int]
    cpu: dict[str, float]


@dataclass(frozen=True, slots=True)
class Inside:
    """What Valkey holds, in bytes by family of keys. `used` is what it has allocated, without buffers; `active` the
    pages that this lies in: what is between is in pieces, or not needed any more."""

    at: float
    used: int
    active: int
    families: dict[str, int] = field(default_factory=dict[str, int])

    def history(self) -> int:
        """What grows by design."""
        return sum(self.families.get(name, 0) for name in HISTORY)

    def held(self) -> int:
        """All the rest: prices, indexes, the tables of keys, scripts, and what the server itself is."""
        return self.used - self.history()


class Looker:
    """Takes samples of one exchange."""

    def __init__(self, valkey_url: str) -> None:
        self._valkey: Any = redis.Redis.from_url(valkey_url)  # pyright: ignore[reportUnknownMemberType]

    def sample(self, processes: dict[str, psutil.Process]) -> Sample:
        """A quick look."""
        rss = {part: process.memory_info().rss for part, process in processes.items()}
        cpu = {part: sum(process.cpu_times()[:2]) for part, process in processes.items()}
        return Sample(time.monotonic(), rss, cpu)

    def inside(self) -> Inside:
        """A look at every key: tens of milliseconds for ten thousand orders."""
        families: defaultdict[str, int] = defaultdict(int)
        keys: list[bytes] = list(self._valkey.scan_iter(count=PAGE))
        for start in range(0, len(keys), PAGE):
            page = keys[start : start + PAGE]
            pipeline = self._valkey.pipeline(transaction=False)
            for key in page:
                pipeline.memory_usage(key, samples=0)
            for key, size in zip(page, pipeline.execute(), strict=True):
                families[family_of(key.decode())] += size or 0
        info = self._valkey.info("memory")
        used = info["used_memory"] - sum(info.get(name, 0) for name in BUFFERS)
        return Inside(time.monotonic(), used, info["allocator_active"], dict(families))

    def ticks(self, symbols: list[str]) -> int:
        """The number of the last tick of the market that has the fewest."""
        return min(int(self._valkey.hget(f"feed:{{sym_{symbol}}}", "number") or 0) for symbol in symbols)

    def close(self) -> None:
        """Let go of the connection."""
        self._valkey.close()


def family_of(key: str) -> str:
    """Which family a key belongs to."""
    return next(family for pattern, family in FAMILIES if re.match(pattern, key))
