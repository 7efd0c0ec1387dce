"""A bucket of requests that fills up evenly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mockexchange.domain.rate_limits import MINUTE, RateLimit, Spending, spend

NOW = 1_700_000_000_000_000
TEN = RateLimit(per_minute=60, burst=10)
SECOND = 1_000_000


class Bucket:
    def __init__(self, limit: RateLimit) -> None:
        self.limit = limit
        self.full_at = 0

    def spend(self, now: int) -> Spending:
        spending = spend(self.full_at, now, self.limit)
        if not spending.wait:
            self.full_at = now + spending.missing
        return spending


def test_a_full_bucket_holds_a_burst_and_grows_back_one_by_one() -> None:
    bucket = Bucket(TEN)

    assert [bucket.spend(NOW).left(TEN) for _ in range(10)] == list(range(9, -1, -1))
    assert bucket.spend(NOW) == Spending(missing=10 * SECOND, wait=SECOND)
    assert bucket.spend(NOW + SECOND - 1) == Spending(missing=9 * SECOND + 1, wait=1)
    assert bucket.spend(NOW + SECOND) == Spending(missing=10 * SECOND, wait=0)
    assert bucket.spend(NOW + SECOND).wait == SECOND


def test_refused_requests_cost_nothing() -> None:
    bucket = Bucket(TEN)
    for _ in range(1000):
        bucket.spend(NOW)

    assert bucket.spend(NOW + SECOND).wait == 0


def test_a_clock_that_was_set_back_shuts_nobody_out_for_longer_than_an_empty_bucket() -> None:
    bucket = Bucket(TEN)
    bucket.spend(NOW + 3600 * SECOND)

    assert bucket.spend(NOW) == Spending(missing=10 * SECOND, wait=SECOND)
    assert spend(bucket.full_at, NOW, TEN).left(TEN) == 0


@pytest.mark.parametrize("per_minute", [1, 7, 60, 6000, 59_999, MINUTE, 2 * MINUTE])
def test_the_interval_is_never_shorter_than_asked_for(per_minute: int) -> None:
    interval = RateLimit(per_minute, 1).interval

    assert interval >= 1
    assert interval * per_minute >= MINUTE
    assert (interval - 1) * per_minute < MINUTE


@given(
    per_minute=some.integers(1, 10_000),
    burst=some.integers(1, 50),
    pauses=some.lists(some.integers(0, 3 * SECOND), max_size=200),
)
def test_in_any_time_no_more_is_let_through_than_a_burst_and_what_grew_back(
    per_minute: int, burst: int, pauses: list[int]
) -> None:
    limit = RateLimit(per_minute, burst)
    bucket, now, admitted = Bucket(limit), NOW, 0
    for pause in pauses:
        now += pause
        spending = bucket.spend(now)
        admitted += spending.wait == 0
        assert 0 <= spending.left(limit) <= burst
        assert spending.wait == 0 or spend(bucket.full_at, now + spending.wait, limit).wait == 0

    assert admitted <= burst + (now - NOW) // limit.interval
