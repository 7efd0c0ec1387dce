"""An invocation's time, cut into steps."""

from __future__ import annotations

import pytest

from mockexchange.invocation import steps


class Time:
    """A clock and the context of an invocation that ends at `deadline` (seconds)."""

    def __init__(self, deadline: float) -> None:
        self.now = 0.0
        self.deadline = deadline

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.now += seconds

    def monotonic(self) -> float:
        return self.now

    def get_remaining_time_in_millis(self) -> int:
        return max(0, round((self.deadline - self.now) * 1000))


def begins(deadline: float, interval: float, takes: list[float]) -> list[float]:
    """When each step begins, when they take so long (the last one's length for all that follow)."""
    time, found = Time(deadline), list[float]()
    for _ in steps(time, interval, sleep=time.sleep, monotonic=time.monotonic):
        found.append(round(time.now, 6))
        time.now += takes[min(len(found), len(takes)) - 1]
    return found


def test_an_invocation_as_long_as_the_interval_is_one_step() -> None:
    for interval in (0.01, 0.1, 2.0, 60.0):
        assert begins(interval, interval, [interval / 10]) == [0]


def test_on_lambda_it_steps_until_the_time_is_nearly_up() -> None:
    assert begins(60, 2, [0.1]) == [2 * step for step in range(30)]
    assert begins(10, 2.5, [0.1]) == [0, 2.5, 5, 7.5]


def test_a_slow_step_skips_those_that_fall_due_meanwhile_and_keeps_the_rhythm() -> None:
    assert begins(11, 2, [5.5, 0.1]) == [0, 6, 8]


def test_a_step_that_ends_when_the_next_is_due_skips_none() -> None:
    assert begins(11, 2, [2.0]) == [0, 2, 4, 6, 8]


@pytest.mark.parametrize(("deadline", "reserve"), [(60, 1.0), (2, 0.2), (0.1, 0.01)])
def test_a_step_is_told_to_stop_before_the_end(deadline: float, reserve: float) -> None:
    time = Time(deadline)
    keep_on = next(steps(time, deadline, sleep=time.sleep, monotonic=time.monotonic))

    time.now = deadline - reserve * 1.1
    assert keep_on()
    time.now = deadline - reserve
    assert not keep_on()
