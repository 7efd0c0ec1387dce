"""The invented path: a function of time alone, as restless as asked for, and bound to its start."""

from __future__ import annotations

from statistics import pstdev

from hypothesis import given
from hypothesis import strategies as st

from mockexchange.feed.noise import LogPath

YEAR = 365 * 86_400_000
HOUR = 3_600_000
START = 1_700_000_000_000


def test_the_digits_are_the_same_everywhere() -> None:
    """Written down once; another platform, or a change of the arithmetic, must not give other prices."""
    path = LogPath(7, "BTC", 7_000)
    assert [path.at(START + step * 2_000) for step in range(4)] == [
        459689255171,
        459749737022,
        459768051079,
        459687839714,
    ]


@given(st.lists(st.integers(0, 4 * 10**12), min_size=1, max_size=30))
def test_the_order_of_questions_does_not_matter(times: list[int]) -> None:
    """Nothing is carried: one path asked backwards and a fresh one each time agree with one asked forwards."""
    forwards = LogPath(3, "ETH", 9_000)
    backwards = LogPath(3, "ETH", 9_000)
    asked = [forwards.at(time) for time in times]
    assert [backwards.at(time) for time in reversed(times)][::-1] == asked
    assert [LogPath(3, "ETH", 9_000).at(time) for time in times] == asked


def test_an_hours_change_has_the_volatility_asked_for() -> None:
    """0.7 % an hour, over 2,400 hours of 60 seeds."""
    paths = [LogPath(seed, "BTC", 7_000) for seed in range(60)]
    begins = range(START, START + 40 * 97 * HOUR, 97 * HOUR)
    changes = [(path.at(begin + HOUR) - path.at(begin)) / 10**12 for path in paths for begin in begins]
    assert 0.0063 < pstdev(changes) < 0.0077


def test_every_two_seconds_move_it() -> None:
    """A change of the size that two seconds of such a market have: 0.7 % x sqrt(2 s / 3600 s) = 1.65 basis points."""
    path = LogPath(1, "BTC", 7_000)
    changes = [(path.at(START + (step + 1) * 2_000) - path.at(START + step * 2_000)) / 10**12 for step in range(2_000)]
    assert all(changes)
    assert 1.2e-4 < pstdev(changes) < 2.1e-4


def test_it_stays_near_its_start_for_decades() -> None:
    """No drift: thirty years on, the price is still within a factor of four."""
    for seed in range(10):
        path = LogPath(seed, "BTC", 7_000)
        levels = [path.at(START + month * YEAR // 12) for month in range(360)]
        assert max(map(abs, levels)) < 1_386_294_361_120  # ln 4
        assert max(levels) > 0 > min(levels)


def test_no_volatility_is_no_change() -> None:
    """The dollar against itself."""
    assert LogPath(5, "USDT", 0).at(START) == 0
