"""What readings mean: each fault alone, among readings that are well."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mockexchange.domain.diagnosis import (
    Check,
    Health,
    StoreReading,
    SymbolReading,
    store_checks,
    symbol_checks,
    worst,
)

NOW = 1_700_000_000_000
GB = 1 << 30

WELL = StoreReading(
    product="Valkey",
    version="9.0.0",
    round_trip=0.2,
    time=NOW + 3,
    memory=GB // 10,
    memory_limit=0,
    machine_memory=4 * GB,
    eviction="noeviction",
    append_only=True,
    sync="no",
    keys=100,
    journal=1000,
    leases={"matcher": 900},
)

FRESH = SymbolReading(
    symbol="BTC/USDT",
    quote_at=NOW - 500,
    source="synthetic:7",
    newest=20,
    done=20,
    orders=True,
    waiting_since=None,
    rejected=0,
    foreign=0,
    foreign_at=None,
)


def only_bad(checks: list[Check]) -> list[Check]:
    return [each for each in checks if each.health is not Health.OK]


def test_a_store_that_is_well_has_nothing_to_say() -> None:
    checks = store_checks(WELL, NOW)

    assert only_bad(checks) == []
    assert [each.name for each in checks] == [
        "valkey",
        "memory",
        "eviction",
        "persistence",
        "clock of valkey",
        "growth",
        "leases",
    ]
    assert all(each.advice is None for each in checks)


@pytest.mark.parametrize(
    ("changed", "name", "health", "seen"),
    [
        ({"round_trip": 25.0}, "valkey", "warning", "answers in 25.00 ms"),
        ({"memory": 3 * GB}, "memory", "warning", "75% of 4.0 GB, the machine's memory"),
        ({"memory": 4 * GB}, "memory", "error", "100% of 4.0 GB"),
        ({"memory": GB, "memory_limit": 1 << 30}, "memory", "error", "100% of 1.0 GB, maxmemory"),
        ({"memory": GB, "memory_limit": (GB * 10) // 9}, "memory", "warning", "90% of 1.1 GB, maxmemory"),
        ({"eviction": "allkeys-lru"}, "eviction", "error", "orders and balances are dropped"),
        ({"append_only": False}, "persistence", "warning", "the append-only file is off"),
        ({"sync": "everysec"}, "persistence", "warning", "kill -9 of Valkey while a slow disk syncs"),
        ({"time": NOW - 1001}, "clock of valkey", "warning", "1001 ms from the server's"),
        ({"journal": 5_000_001}, "growth", "warning", "5000001 journal entries"),
    ],
)
def test_each_fault_of_a_store_is_told_with_what_to_do(
    changed: dict[str, Any], name: str, health: str, seen: str
) -> None:
    [bad] = only_bad(store_checks(replace(WELL, **changed), NOW))

    assert (bad.name, bad.health.value) == (name, health)
    assert seen in bad.detail
    assert bad.advice


@pytest.mark.parametrize(
    "changed",
    [
        {"append_only": None, "sync": None, "eviction": None, "time": None, "machine_memory": 0},
        {"sync": "always"},
        {"sync": None},
        {"leases": {}},
        {"memory": GB, "memory_limit": 2 * GB},
    ],
)
def test_what_a_managed_server_does_not_say_is_no_fault(changed: dict[str, Any]) -> None:
    assert only_bad(store_checks(replace(WELL, **changed), NOW)) == []


def checked(feed: str = "synthetic:7", *, replay: bool = False, **changed: Any) -> list[Check]:
    return symbol_checks([replace(FRESH, **changed)], NOW, 60_000, feed, replay=replay)


def test_a_market_that_is_well_has_two_lines() -> None:
    assert [(each.name, each.health, each.value) for each in checked()] == [
        ("price BTC/USDT", Health.OK, 500),
        ("matcher BTC/USDT", Health.OK, 0),
    ]


@pytest.mark.parametrize(
    ("feed", "changed", "name", "health", "seen"),
    [
        ("synthetic:7", {"quote_at": None}, "price BTC/USDT", "error", "none yet"),
        ("synthetic:7", {"quote_at": NOW - 60_001}, "price BTC/USDT", "error", "60.0 s old"),
        ("manual", {"quote_at": None}, "price BTC/USDT", "warning", "none yet"),
        ("external", {"quote_at": NOW - 90_000}, "price BTC/USDT", "warning", "too old to trade at"),
        (
            "synthetic:7",
            {"done": 5, "waiting_since": NOW - 10_000},
            "matcher BTC/USDT",
            "error",
            "15 ticks behind; the first has waited for 10.0 s",
        ),
        ("synthetic:7", {"rejected": 3}, "rejected quotes BTC/USDT", "warning", "3 quotes"),
        (
            "synthetic:7",
            {"foreign": 4, "foreign_at": NOW - 1000},
            "foreign writes BTC/USDT",
            "warning",
            "another process writes sym_BTC/USDT, which our feed synthetic:7 serves",
        ),
    ],
)
def test_each_fault_of_a_market_is_told_with_what_to_do(
    feed: str, changed: dict[str, Any], name: str, health: str, seen: str
) -> None:
    [bad] = only_bad(checked(feed, **changed))

    assert (bad.name, bad.health.value) == (name, health)
    assert seen in bad.detail
    assert bad.advice


@pytest.mark.parametrize(
    ("replay", "changed"),
    [
        (False, {"done": 5, "waiting_since": NOW - 9_999}),  # between two looks of the matcher
        (False, {"done": 5, "waiting_since": NOW - 60_000, "orders": False}),  # nobody matches what has no order
        (True, {"done": 5, "waiting_since": NOW - 60_000}),  # a replay's minute is a moment
        (False, {"foreign": 4, "foreign_at": NOW - 600_000}),  # long ago
        (False, {"foreign": 4, "foreign_at": None}),
    ],
)
def test_what_is_no_fault(replay: bool, changed: dict[str, Any]) -> None:
    assert only_bad(checked(replay=replay, **changed)) == []


def test_no_market_at_all_is_a_warning() -> None:
    [check] = symbol_checks([], NOW, 60_000, "external", replay=False)

    assert check.health is Health.WARNING


def test_the_worst_counts() -> None:
    ok, warning, error = (Check("-", health, "-") for health in Health)

    assert worst([]) is Health.OK
    assert worst([ok, warning]) is Health.WARNING
    assert worst([warning, error, ok]) is Health.ERROR
