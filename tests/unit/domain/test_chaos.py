"""Faults on purpose are drawn by seed and number alone, at the rate that was asked for."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest

from mockexchange.domain.chaos import (
    AFTERWARDS,
    INSTEAD,
    RATED,
    ChaosPlan,
    Door,
    Fault,
    RequestFaults,
    check_plan,
    disturbed,
    faults_of,
    in_words,
)
from mockexchange.domain.errors import BadRequest
from mockexchange.domain.quotes import Quote
from mockexchange.store.chaos_records import read_plan, write_plan

D = Decimal
QUOTE = Quote("BTC/USDT", D(99), D(101), D(100), 1_700_000_000_000, D(1), D(2))


def of(**rates: str) -> ChaosPlan:
    """A plan with these rates, by the names of Fault."""
    return ChaosPlan(seed=7, rates={Fault[name.upper()]: D(rate) for name, rate in rates.items()})


def happened(faults: RequestFaults) -> set[Fault]:
    found = {faults.instead, faults.afterwards, Fault.REJECTED if faults.rejected else None}
    return {each for each in found if each is not None}


@pytest.mark.parametrize("fault", RATED)
def test_each_happens_at_its_rate_and_alone(fault: Fault) -> None:
    plan = ChaosPlan(seed=1, rates={fault: D("0.25")})
    seen = Counter(each for number in range(4000) for each in happened(faults_of(plan, number)))

    assert set(seen) == {fault}
    assert 900 < seen[fault] < 1100


@pytest.mark.parametrize("fault", RATED)
def test_a_rate_of_one_is_always_and_of_zero_never(fault: Fault) -> None:
    always, never = ChaosPlan(rates={fault: D(1)}), ChaosPlan(rates={fault: D(0)})

    assert all(happened(faults_of(always, number)) == {fault} for number in range(500))
    assert not any(happened(faults_of(never, number)) for number in range(500))


def test_the_same_seed_and_number_give_the_same_faults() -> None:
    plan = of(dropped="0.1", rejected="0.2", timeout="0.3")
    course = [faults_of(plan, number) for number in range(200)]

    assert [faults_of(plan, number) for number in range(200)] == course
    assert [faults_of(replace(plan, seed=8), number) for number in range(200)] != course


def test_more_of_one_fault_does_not_change_whom_another_one_befalls() -> None:
    some = [faults_of(of(timeout="0.2"), number).afterwards for number in range(300)]
    with_more = [faults_of(of(timeout="0.2", rejected="0.5"), number).afterwards for number in range(300)]

    assert some == with_more


def test_the_first_fault_that_is_drawn_is_the_one() -> None:
    everything = ChaosPlan(rates={fault: D(1) for fault in RATED})

    assert faults_of(everything, 0) == RequestFaults(0, INSTEAD[0])
    left = replace(everything, rates={fault: D(1) for fault in (*AFTERWARDS, Fault.REJECTED)})
    assert faults_of(left, 0) == RequestFaults(0, None, rejected=True, afterwards=AFTERWARDS[0])
    assert faults_of(replace(everything, maintenance=True), 0) == RequestFaults(0, Fault.MAINTENANCE)


def test_latency_is_spread_over_its_jitter() -> None:
    plan = ChaosPlan(seed=3, latency=100, jitter=50)
    waits = sorted(faults_of(plan, number).latency for number in range(3000))

    assert (waits[0], waits[-1]) == (100, 150)
    assert max(after - before for before, after in pairwise(waits)) == 1
    assert faults_of(ChaosPlan(latency=20), 5).latency == 20


@pytest.mark.parametrize(
    ("plan", "door", "method", "path", "is_for"),
    [
        ({}, Door.NATIVE, "GET", "/orders", True),
        ({"doors": (Door.BINANCE,)}, Door.NATIVE, "GET", "/orders", False),
        ({"doors": (Door.BINANCE,)}, Door.BINANCE, "GET", "/api/v3/order", True),
        ({"routes": ("/orders",)}, Door.NATIVE, "GET", "/orders/7", True),
        ({"routes": ("/orders",)}, Door.NATIVE, "GET", "/trades", False),
        ({"routes": ("/trades", "POST /orders")}, Door.NATIVE, "POST", "/orders", True),
        ({"routes": ("/trades", "POST /orders")}, Door.NATIVE, "GET", "/orders", False),
    ],
)
def test_whom_it_is_for(plan: dict[str, tuple[str, ...]], door: Door, method: str, path: str, is_for: bool) -> None:
    assert replace(of(timeout="1"), **plan).is_for(door, method, path) is is_for


def test_faults_of_quotes_are_for_no_request() -> None:
    assert not ChaosPlan(frozen=True).is_for(Door.NATIVE, "GET", "/orders")


def test_it_ends_by_itself() -> None:
    assert not ChaosPlan(latency=1).is_over(10**15)
    assert not ChaosPlan(latency=1, until=5000).is_over(4999)
    assert ChaosPlan(latency=1, until=5000).is_over(5000)


def test_quotes_stand_still_are_old_or_missing() -> None:
    last = Quote("BTC/USDT", D(89), D(91), D(90), QUOTE.timestamp - 2000)

    assert disturbed(ChaosPlan(latency=5), QUOTE, last) is QUOTE
    assert disturbed(ChaosPlan(frozen=True), QUOTE, last) == replace(last, timestamp=QUOTE.timestamp)
    assert disturbed(ChaosPlan(frozen=True), QUOTE, None) == QUOTE
    assert disturbed(ChaosPlan(stale=90_000), QUOTE, last) == replace(QUOTE, timestamp=QUOTE.timestamp - 90_000)
    assert disturbed(ChaosPlan(stale=90_000, frozen=True), QUOTE, last) == replace(
        last, timestamp=QUOTE.timestamp - 90_000
    )
    assert disturbed(ChaosPlan(gap=D(1)), QUOTE, last) is None


def test_a_gap_is_of_the_share_that_was_asked_for() -> None:
    plan = ChaosPlan(seed=5, gap=D("0.3"))
    quotes = [replace(QUOTE, timestamp=QUOTE.timestamp + 1000 * number) for number in range(2000)]
    missing = [disturbed(plan, quote, None) is None for quote in quotes]

    assert 500 < sum(missing) < 700
    assert missing == [disturbed(plan, quote, QUOTE) is None for quote in quotes]


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (ChaosPlan(), "a plan of nothing"),
        (of(timeout="0"), "a plan of nothing"),
        (of(timeout="1.01"), "timeout must be a share from 0 to 1 with at most 6 decimal places, was 1.01"),
        (of(rate_limited="0.0000001"), "rateLimited must be a share"),
        (ChaosPlan(gap=D(2)), "gap must be a share"),
        (ChaosPlan(latency=60_001), "latencyMs must be from 0 to 60000, was 60001"),
        (ChaosPlan(latency=1, jitter=60_001), "jitterMs"),
        (ChaosPlan(latency=1, retry_after=0), "retryAfterSec must be from 1"),
        (ChaosPlan(stale=10**12), "staleSec"),
        (ChaosPlan(latency=1, seed=-1), "seed"),
        (ChaosPlan(latency=1, doors=()), "doors must name one at least: binance, native"),
        (ChaosPlan(latency=1, routes=("orders",)), "a route is the beginning of a path"),
        (ChaosPlan(latency=1, routes=("get /orders",)), "a route is the beginning of a path"),
        (ChaosPlan(latency=1, routes=("/",) * 21), "routes must be 20 at most, were 21"),
    ],
)
def test_what_cannot_be_is_refused(plan: ChaosPlan, said: str) -> None:
    with pytest.raises(BadRequest, match=said):
        check_plan(plan)


FULL = ChaosPlan(
    seed=9,
    until=1_700_000_600_000,
    first=41,
    doors=(Door.BINANCE,),
    routes=("POST /api/v3/order",),
    latency=200,
    jitter=300,
    retry_after=30,
    rates={Fault.TIMEOUT: D("0.05"), Fault.REJECTED: D("0.000001")},
    maintenance=True,
    frozen=True,
    stale=90_000,
    gap=D("0.3"),
)


def test_it_is_told_in_words() -> None:
    assert in_words(FULL) == (
        "latency 200-500 ms, maintenance, rejected 0.0001 %, timeout 5 %, frozen prices, quotes 90 s old, "
        "30 % of quotes missing, on the door binance, for POST /api/v3/order"
    )
    assert in_words(ChaosPlan(latency=20)) == "latency 20 ms"


@pytest.mark.parametrize("plan", [FULL, ChaosPlan(latency=1), ChaosPlan(gap=D(1))])
def test_its_record_is_read_as_it_was_written(plan: ChaosPlan) -> None:
    check_plan(plan)
    assert read_plan(write_plan(plan)) == plan
