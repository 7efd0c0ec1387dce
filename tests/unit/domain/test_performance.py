"""The numbers of a curve in plain Python, held to those that back-tests count with numpy."""

from __future__ import annotations

import math
from dataclasses import asdict
from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockexchange.backtest import statistics as counted
from mockexchange.domain.performance import DAY, Performance, daily_returns, growth, performance

CURVES = st.lists(st.tuples(st.integers(1, 3 * DAY), st.floats(-0.5, 0.5) | st.just(0.0)), min_size=1, max_size=60)


def flat(found: Performance) -> dict[str, float]:
    """By name; what is not defined is nan, which is compared too."""
    numbers: dict[str, float | None] = {**asdict(found), "drawdown": None}
    if found.drawdown:
        numbers |= asdict(found.drawdown)
    return {name: math.nan if value is None else value for name, value in numbers.items()}


@given(CURVES, st.integers(0, DAY))
def test_the_numbers_are_those_of_a_back_test(steps: list[tuple[int, float]], began: int) -> None:
    times = list(accumulate((step for step, _ in steps), initial=began))
    curve = list(accumulate((1 + change for _, change in steps), lambda left, right: left * right, initial=1.0))

    own, theirs = flat(performance(times, curve)), flat(counted.performance(np.array(times), np.array(curve)))

    assert own == pytest.approx(theirs, rel=1e-6, abs=1e-9, nan_ok=True)
    days, returns = counted.daily_returns(np.array(times), np.array(curve))
    assert daily_returns(times, curve) == [
        (day, pytest.approx(returned, abs=1e-12)) for day, returned in zip(days.tolist(), returns, strict=True)
    ]


@pytest.mark.parametrize("curve", [[], [1.0], [1.0, math.nan], [1.0, -0.1], [0.0, 1.0]])
def test_what_is_no_curve_says_nothing(curve: list[float]) -> None:
    assert performance([DAY * index for index in range(len(curve))], curve).total_return is None


def test_a_deposit_is_no_return() -> None:
    assert growth([100, 210, 105], [0, 100, 0]) == pytest.approx([1, 1.1, 0.55])


def test_what_comes_into_an_empty_account_is_no_return() -> None:
    assert growth([100, 0, 50], [0, -100, 50]) == pytest.approx([1, 1, 1])


def test_what_is_earned_on_nothing_is_not_defined() -> None:
    assert math.isnan(growth([0, 50], [0, 0])[1])
