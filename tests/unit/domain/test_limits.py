"""The generic cell rate algorithm."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mockexchange.domain.limits import RateLimit

NOW = 1_700_000_000_000_000


def test_a_burst_is_let_through_and_then_one_after_the_other() -> None:
    limit = RateLimit(per_minute=60, burst=3)
    paid, remaining = 0, list[int]()
    for _ in range(3):
        judged = limit.judge(paid, NOW)
        assert judged.allowed
        paid = judged.paid_until
        remaining.append(judged.remaining)

    refused = limit.judge(paid, NOW)

    assert remaining == [2, 1, 0]
    assert (refused.allowed, refused.wait, refused.full) == (False, 1_000_000, 3_000_000)
    assert refused.paid_until == paid
    assert not limit.judge(paid, NOW + 999_999).allowed
    assert limit.judge(paid, NOW + 1_000_000).allowed


def test_who_waits_has_the_whole_burst_again() -> None:
    limit = RateLimit(per_minute=60, burst=3)
    assert limit.judge(NOW, NOW + 3_600_000_000).remaining == 2
    assert limit.window == 3


@given(
    st.builds(RateLimit, per_minute=st.integers(1, 100_000), burst=st.integers(1, 50)),
    st.lists(st.integers(0, 2_000_000), max_size=60),
)
def test_no_more_than_the_burst_and_the_rate_ever_pass(limit: RateLimit, pauses: list[int]) -> None:
    paid, now, passed = 0, NOW, list[int]()
    for pause in pauses:
        now += pause
        judged = limit.judge(paid, now)
        if judged.allowed:
            passed.append(now)
        else:
            assert judged.wait > 0
        paid = judged.paid_until
    for first in range(len(passed)):
        for last in range(first, len(passed)):
            most = limit.burst + (passed[last] - passed[first]) // limit.interval
            assert last - first + 1 <= most
