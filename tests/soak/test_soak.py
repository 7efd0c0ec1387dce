"""The short form of `make soak`, and proof that its judge is not blind."""

from __future__ import annotations

from pathlib import Path

import pytest

from .running import ERROR, PARTS
from .samples import family_of
from .soak import Plan, soak
from .verdict import HOUR, MB, Course

# python-binance asks websockets for names that websockets is about to drop
pytestmark = pytest.mark.filterwarnings("ignore:websockets:DeprecationWarning")

SHORT = Plan(seconds=10, markets=4, resting=100, interval=0.5, warm_up=2)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_everything_is_seen_in_a_short_soak(tmp_path: Path) -> None:
    report = soak(SHORT, tmp_path, print)
    memory = [course.name for course in (*report.processes(), report.held()) if not course.flat]
    # so early some process may be growing still; nothing else may be wrong
    assert [problem for problem in report.problems if problem.partition(" ")[0] not in memory] == []
    assert report.audit is not None and report.audit.open_orders >= SHORT.resting
    assert {course.name for course in report.processes()} == set(PARTS) == set(report.shares)
    assert all(course.start > MB for course in report.processes())
    assert report.kept().growth > 0
    assert report.bot["orders"] > 0
    assert report.ticks > 0


def test_a_leak_is_found_and_an_odd_sample_is_not_one() -> None:
    times = [float(second) for second in range(0, 3600, 10)]
    flat = [100.0 * MB] * len(times)
    assert Course.of("flat", times, flat).flat
    assert Course.of("odd", times, [*flat[:-1], 300.0 * MB]).flat
    leaking = [100.0 * MB + 1100 * second for second in times]
    course = Course.of("leaking", times, leaking)
    assert not course.flat
    assert round(course.slope) == 1100 * HOUR
    assert course.start < course.middle < course.end
    assert Course.of("excused", times, leaking, excused=4.0 * MB).flat


@pytest.mark.parametrize(
    "line",
    [
        "feeder   | 12:00:00.123 ERROR mockexchange.local.scheduler: feeder failed: OSError",
        "api      | Traceback (most recent call last):",
        "mockx    | matcher was ended by signal 9. It is started again in 0.5 s.",
        "mockx    | api ended with code 1. It is started again in 0.5 s.",
        "valkey   | 77:M 24 Nov 2026 21:00:00.000 # Can't save in background: fork: Cannot allocate memory",
    ],
)
def test_what_counts_as_an_error_in_the_log(line: str) -> None:
    assert ERROR.search(line)


@pytest.mark.parametrize(
    "line",
    [
        "mockx    | Stopping.",
        "MockExchange is ready.",
        "feeder   | 12:00:00.123 WARNING mockexchange.local.scheduler: feeder took longer than its interval of 1 s",
    ],
)
def test_what_is_none(line: str) -> None:
    assert not ERROR.search(line)


@pytest.mark.parametrize(
    ("key", "family"),
    [
        ("{main}:journal", "journal"),
        ("{main}:order:17", "orders"),
        ("{main}:orders:bot:1:BTC/USDT", "lists of orders and trades"),
        ("{main}:equity:bot:1:60000", "candles and equity curves"),
        ("candles:{sym_BTC/USDT}:1m", "candles and equity curves"),
        ("ticks:{sym_BTC/USDT}", "tick logs"),
        ("{main}:bids:BTC/USDT", "other keys"),
    ],
)
def test_every_key_belongs_to_a_family(key: str, family: str) -> None:
    assert family_of(key) == family
