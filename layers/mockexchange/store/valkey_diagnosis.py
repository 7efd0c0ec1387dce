"""What Valkey says of itself and of its feeds. See ports.Diagnosable."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, cast

import redis

from ..domain.diagnosis import StoreReading, SymbolReading
from ..domain.errors import ExchangeNotAvailable
from . import keys, records
from .keys import VenueKeys
from .valkey_connection import Command, Connection

_SECTIONS = ("server", "memory", "persistence")


class ValkeyDiagnosis:
    """A mixin of the store: it stands on its connection and its key names."""

    connection: Connection
    keys: VenueKeys

    def read_store(self) -> StoreReading:
        """See ports.Diagnosable.read_store."""
        begin = time.perf_counter()
        self.connection.run("PING")
        round_trip = (time.perf_counter() - begin) * 1000
        leases = {"matcher": self.keys.lease("matcher"), "feeder": keys.FEEDER_LEASE}
        commands: list[Command] = [("INFO", section) for section in _SECTIONS]
        commands += [("DBSIZE",), ("LLEN", self.keys.journal), *(("PTTL", key) for key in leases.values())]
        *sections, count, journal, matcher, feeder = self.connection.pipe(commands)
        facts: dict[str, str] = {}
        for section in sections:
            facts |= _facts(section)
        return StoreReading(
            product="Valkey" if "valkey_version" in facts else "Redis",
            version=facts.get("valkey_version") or facts.get("redis_version", "?"),
            round_trip=round_trip,
            time=self._own_time(),
            memory=int(facts.get("used_memory", 0)),
            memory_limit=int(facts.get("maxmemory", 0)),
            machine_memory=int(facts.get("total_system_memory", 0)),
            eviction=facts.get("maxmemory_policy"),
            append_only={"1": True, "0": False}.get(facts.get("aof_enabled", "")),
            sync=self._directive("appendfsync"),
            keys=count,
            journal=journal,
            leases={name: left for name, left in zip(leases, (matcher, feeder), strict=True) if left > 0},
        )

    def _own_time(self) -> int | None:
        seconds, microseconds = self._asked("TIME") or (None, None)
        return None if seconds is None else int(seconds) * 1000 + int(microseconds or 0) // 1000

    def _directive(self, name: str) -> str | None:
        found = self._asked("CONFIG", "GET", name)
        return found[1].decode() if found and len(found) > 1 else None

    def _asked(self, *command: str) -> list[Any] | None:
        """What a command gives that managed servers may refuse; None then."""
        try:
            return cast("list[Any]", self.connection.run(*command))
        except redis.ResponseError:
            return None

    def read_symbols(self, symbols: Sequence[str]) -> list[SymbolReading]:
        """See ports.Diagnosable.read_symbols."""
        commands: list[Command] = []
        for symbol in symbols:
            commands += [
                ("HMGET", self.keys.at("cursor", symbol), "done"),
                ("ZSCORE", self.keys.symbols, symbol),
                ("HMGET", keys.feed_of(symbol), "number", "rejected", "foreign", "foreign_tick"),
                ("XREVRANGE", keys.ticks_of(symbol), "+", "-", "COUNT", 1),
            ]
        answers = self.connection.pipe(commands)
        asked = [answers[at : at + 4] for at in range(0, len(answers), 4)]
        more: list[Command] = []
        for symbol, ((done,), _, (_, _, _, foreign_tick), _) in zip(symbols, asked, strict=True):
            more += [
                ("XRANGE", keys.ticks_of(symbol), f"{int(done or 0) + 1}-0", "+", "COUNT", 1),
                ("XRANGE", keys.ticks_of(symbol), f"{int(foreign_tick or 0)}-0", f"{int(foreign_tick or 0)}-0"),
            ]
        found = self.connection.pipe(more)
        return [
            _reading(symbol, each, found[2 * at], found[2 * at + 1])
            for at, (symbol, each) in enumerate(zip(symbols, asked, strict=True))
        ]


def _reading(symbol: str, asked: Sequence[Any], waiting: Sequence[Any], overwrote: Sequence[Any]) -> SymbolReading:
    (done,), orders, (number, rejected, foreign, _), newest = asked
    last = _tick(symbol, newest)
    first = _tick(symbol, waiting)
    over = _tick(symbol, overwrote)
    return SymbolReading(
        symbol=symbol,
        quote_at=last.quote.timestamp if last else None,
        source=last.source if last else None,
        newest=int(number or 0),
        done=int(done or 0),
        orders=orders is not None,
        waiting_since=first.logged_at if first else None,
        rejected=int(rejected or 0),
        foreign=int(foreign or 0),
        foreign_at=over.logged_at if over else None,
        logged_at=last.logged_at if last else None,
    )


def _tick(symbol: str, entries: Sequence[Any]) -> Any:
    for entry_id, fields in entries:
        return records.read_tick(symbol, int(entry_id.partition(b"-")[0]), fields[1])
    return None


def _facts(section: bytes) -> dict[str, str]:
    """The `name:value` lines of INFO."""
    if not section:
        raise ExchangeNotAvailable("Valkey does not answer INFO")
    return dict(line.split(":", 1) for line in section.decode().splitlines() if ":" in line)
