"""What an operator should know of a venue, judged from what its store reads. Pure: readings and times go in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from .candles import MINUTE
from .quotes import CANDLES


class Health(StrEnum):
    """How bad it is."""

    OK = "ok"
    """nothing to do"""
    WARNING = "warning"
    """it works, and something should be looked at"""
    ERROR = "error"
    """something does not work"""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: what was seen, what to do, and the figure for machines."""

    name: str
    health: Health
    detail: str
    advice: str | None = None
    value: int | str | None = None


@dataclass(frozen=True, slots=True)
class StoreReading:
    """What a store says of itself. Bytes; `time` is its own clock and `round_trip` what one question takes, in ms;
    limits of 0: none. `append_only`, `sync` and `eviction` are None where it does not say."""

    product: str
    version: str
    round_trip: float
    time: int | None
    memory: int
    memory_limit: int
    machine_memory: int
    eviction: str | None
    append_only: bool | None
    sync: str | None
    keys: int
    journal: int
    leases: Mapping[str, int] = field(default_factory=dict[str, int])
    """Those that are held: name -> ms until they run out by themselves."""


@dataclass(frozen=True, slots=True)
class SymbolReading:
    """One market's prices and how far the matcher is. Times in ms. `orders`: whether it ever had one; without, nobody
    matches it. `waiting_since` is when the first tick that is not matched yet was logged, `logged_at` when the newest
    was. `foreign_at` is when our feed
    last found that somebody else had written its quote (None: never, or long ago), `foreign` how often."""

    symbol: str
    quote_at: int | None
    source: str | None
    newest: int
    done: int
    orders: bool
    waiting_since: int | None
    rejected: int
    foreign: int
    foreign_at: int | None
    logged_at: int | None = None


MANUAL_FEEDS = frozenset({"manual", "external"})
"""Feeds whose prices others bring: one that is missing is not a fault of ours."""

SLOW_ROUND_TRIP = 20.0
"""ms. A Valkey beside the API answers in well under 1; an order is two round trips."""

LATE = 10_000
"""ms that a tick may wait for the matcher: a few of its rounds."""

NEWS = 600_000
"""ms in which a foreign write is worth a warning."""

LONG_JOURNAL = 5_000_000
"""Entries: about 3 GB of memory with the orders that go with them (measured: 585 bytes a market order)."""

CLOCKS_APART = 1_000
"""ms. Signed requests from the future are refused from there on, as on Binance."""


def store_checks(reading: StoreReading, now: int) -> list[Check]:
    """What the store itself looks like; `now` is this machine's wall time in ms."""
    name = f"{reading.product} {reading.version}"
    checks = [
        Check(
            "valkey",
            Health.OK if reading.round_trip < SLOW_ROUND_TRIP else Health.WARNING,
            f"{name} answers in {reading.round_trip:.2f} ms",
            None
            if reading.round_trip < SLOW_ROUND_TRIP
            else "Orders take two round trips: run Valkey on the same machine, or in the same place.",
            round(1000 * reading.round_trip),
        ),
        _memory(reading),
        _eviction(reading),
        _persistence(reading),
    ]
    if reading.time is not None:
        apart = abs(reading.time - now)
        close = apart <= CLOCKS_APART
        checks.append(
            Check(
                "clock of valkey",
                Health.OK if close else Health.WARNING,
                f"{apart} ms from the server's",
                None if close else "Set both machines' clocks by NTP (`timedatectl set-ntp true`).",
                apart,
            )
        )
    long = reading.journal > LONG_JOURNAL
    checks.append(
        Check(
            "growth",
            Health.WARNING if long else Health.OK,
            f"{reading.journal} journal entries, {reading.keys} keys, {_size(reading.memory)} of memory",
            "docs/operations.md, Growth, says what can be done about it." if long else None,
            reading.journal,
        )
    )
    held = ", ".join(f"{lease} ({left} ms left)" for lease, left in sorted(reading.leases.items()))
    checks.append(Check("leases", Health.OK, f"held now: {held}" if held else "none is held at this moment"))
    return checks


def _memory(reading: StoreReading) -> Check:
    limit, which = reading.memory_limit, "maxmemory"
    if not limit:
        limit, which = reading.machine_memory, "the machine's memory (no maxmemory is set)"
    if not limit:
        return Check("memory", Health.OK, f"{_size(reading.memory)} used", value=reading.memory)
    # without a limit of its own it shares the machine with others
    full, high = (0.95, 0.8) if reading.memory_limit else (0.8, 0.5)
    share = reading.memory / limit
    health = Health.ERROR if share >= full else Health.WARNING if share >= high else Health.OK
    advice = "Raise maxmemory, or make room: docs/operations.md, Growth." if health is not Health.OK else None
    detail = f"{_size(reading.memory)} used, {share:.0%} of {_size(limit)}, {which}"
    return Check("memory", health, detail, advice, reading.memory)


def _eviction(reading: StoreReading) -> Check:
    if reading.eviction in (None, "noeviction"):
        detail = "nothing is dropped when memory is full" if reading.eviction else "the store does not say"
        return Check("eviction", Health.OK, detail, value=reading.eviction)
    return Check(
        "eviction",
        Health.ERROR,
        f"maxmemory-policy is {reading.eviction}: when memory is full, orders and balances are dropped",
        "Set `maxmemory-policy noeviction`: full memory then refuses new orders, and loses nothing.",
        reading.eviction,
    )


def _persistence(reading: StoreReading) -> Check:
    if reading.append_only is None:
        return Check("persistence", Health.OK, "the store does not say how it keeps its data", value="unknown")
    if not reading.append_only:
        return Check(
            "persistence",
            Health.WARNING,
            "the append-only file is off: everything since the last snapshot is gone when Valkey ends",
            "Set `appendonly yes`, unless losing this exchange does not matter.",
            "off",
        )
    match reading.sync:
        case "everysec":
            return Check(
                "persistence",
                Health.WARNING,
                "appendfsync is everysec: kill -9 of Valkey while a slow disk syncs can lose acknowledged orders",
                "Set `appendfsync always` (each order waits for the disk), or `no` (a power cut may lose half a "
                "minute); docs/operations.md compares them.",
                "everysec",
            )
        case "always":
            return Check("persistence", Health.OK, "an order is on the disk before it is answered", value="always")
        case "no":
            detail = (
                "an order is written before it is answered, so that kill -9 loses nothing; `mockx up` has the disk "
                "synced every second, elsewhere the system does within half a minute"
            )
            return Check("persistence", Health.OK, detail, value="no")
        case _:
            return Check("persistence", Health.OK, "the append-only file is on", value="on")


def symbol_checks(
    readings: Sequence[SymbolReading], now: int, stale_after: int, feed: str, *, replay: bool
) -> list[Check]:
    """Feed and matcher, market by market. `now` is venue time (ms), which a `replay` drives."""
    if not readings:
        return [
            Check(
                "prices", Health.WARNING, f"no market has a price (feed {feed})", "Look at SYMBOLS and at the feeder."
            )
        ]
    checks: list[Check] = []
    for reading in readings:
        checks += [_price(reading, now, stale_after, feed), _matching(reading, now, replay=replay)]
        if reading.foreign_at is not None and now - reading.foreign_at < NEWS:
            checks.append(
                Check(
                    f"foreign writes {reading.symbol}",
                    Health.WARNING,
                    f"another process writes sym_{reading.symbol}, which our feed {reading.source} serves; what it "
                    f"wrote was ignored ({reading.foreign} times)",
                    "Stop that process, or run with --feed external and let it bring the prices.",
                    reading.foreign,
                )
            )
        if reading.rejected:
            checks.append(
                Check(
                    f"rejected quotes {reading.symbol}",
                    Health.WARNING,
                    f"{reading.rejected} quotes that others wrote were no prices, and were dropped",
                    "The matcher's log says why each was dropped; correct the feeder that writes them.",
                    reading.rejected,
                )
            )
    return checks


def _price(reading: SymbolReading, now: int, stale_after: int, feed: str) -> Check:
    name = f"price {reading.symbol}"
    bad = Health.WARNING if feed in MANUAL_FEEDS else Health.ERROR
    advice = {
        "manual": f"`mockx price set {reading.symbol} PRICE` sets one.",
        "external": f"Look at the process that writes sym_{reading.symbol}.",
    }.get(feed, "Look at the lines of the feeder (`mockx up`, or `mockx serve feeder`): it says what it waits for.")
    if reading.quote_at is None:
        return Check(name, bad, f"none yet (feed {feed})", advice)
    age = max(0, now - reading.quote_at)
    if (reading.source or "").startswith(CANDLES) and now - (reading.logged_at or 0) <= stale_after:
        return Check(
            name,
            Health.WARNING,
            f"catching up on what was missed, from {reading.source}: {age / MINUTE:.0f} min to go",
            "Nothing to do: live prices come after it. The feeder's lines say what it does.",
            age,
        )
    detail = f"{age / 1000:.1f} s old, from {reading.source}"
    if age > stale_after:
        return Check(
            name, bad, f"{detail}: too old to trade at (STALE_AFTER_SEC is {stale_after / 1000:g})", advice, age
        )
    return Check(name, Health.OK, detail, value=age)


def _matching(reading: SymbolReading, now: int, *, replay: bool) -> Check:
    name = f"matcher {reading.symbol}"
    if not reading.orders:
        return Check(name, Health.OK, "no order yet, so there is nothing to match", value=0)
    lag = max(0, reading.newest - reading.done)
    waited = 0 if reading.waiting_since is None else max(0, now - reading.waiting_since)
    # the clock of a replay may run a thousand times as fast
    if not lag or replay or waited < LATE:
        return Check(name, Health.OK, f"{lag} ticks behind" if lag else "has met every tick", value=lag)
    return Check(
        name,
        Health.ERROR,
        f"{lag} ticks behind; the first has waited for {waited / 1000:.1f} s",
        "Is the matcher running (`mockx up`, or `mockx serve matcher`)? Its lines say what it does.",
        lag,
    )


def worst(checks: Sequence[Check]) -> Health:
    """The worst of them."""
    for health in (Health.ERROR, Health.WARNING):
        if any(check.health is health for check in checks):
            return health
    return Health.OK


def _size(amount: int) -> str:
    """Bytes for people."""
    for unit, power in (("GB", 30), ("MB", 20), ("KB", 10)):
        if amount >= 1 << power:
            return f"{amount / (1 << power):.1f} {unit}"
    return f"{amount} bytes"
