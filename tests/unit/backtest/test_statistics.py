"""The numbers of a curve: as a library that others trust has them, and None where they are not defined."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import empyrical  # pyright: ignore[reportMissingTypeStubs]
import numpy as np
import pytest

from mockexchange.backtest.results import Results
from mockexchange.backtest.statistics import (
    Performance,
    annual_return,
    daily_returns,
    drawdown,
    max_drawdown,
    performance,
    sharpe,
    sortino,
    volatility,
)

from .run_records import BEGAN, DAY, HOUR, busy

LIBRARY: Any = empyrical
"""It has no types."""

Curve = tuple[Any, Any]


def curve(*values: float, step: int = DAY) -> Curve:
    return BEGAN + step * np.arange(len(values), dtype=np.int64), np.array(values, np.float64)


def of(*values: float, step: int = DAY) -> Performance:
    return performance(*curve(*values, step=step))


AS_THE_LIBRARY: list[tuple[Callable[[Any], float | None], str]] = [
    (annual_return, "annual_return"),
    (volatility, "annual_volatility"),
    (sharpe, "sharpe_ratio"),
    (sortino, "sortino_ratio"),
]


@pytest.mark.parametrize(("own", "name"), AS_THE_LIBRARY, ids=str)
@pytest.mark.parametrize("days", [2, 3, 90, 365, 2_000])
@pytest.mark.parametrize("seed", range(5))
def test_a_row_of_returns_says_what_the_library_says(
    own: Callable[[Any], float | None], name: str, days: int, seed: int
) -> None:
    chance = np.random.default_rng(seed)
    returns = np.clip(chance.standard_t(3, days) * 0.02 + 0.001, -0.9, 0.9)
    returns[0] = -abs(returns[0])  # a loss, so that all of them are defined
    found = own(returns)
    assert found is not None
    assert found == pytest.approx(getattr(LIBRARY, name)(returns, annualization=365), rel=1e-9, abs=1e-9)
    assert max_drawdown(returns) == pytest.approx(LIBRARY.max_drawdown(returns), rel=1e-9)


def test_a_whole_run_says_what_the_library_says_of_its_frame() -> None:
    results = Results.of(busy())
    frame: Any = results.to_frame()
    ends: Any = (
        frame["equity"].shift(freq="-1ms").resample("1D").last()
    )  # a bar that ends at midnight is of the day before
    before = np.concatenate(([10_000.0], ends.to_numpy()[1:-1]))
    returns = ends.to_numpy()[1:] / before - 1  # the first is the moment before the first day
    own = results.performance
    assert own.days == len(returns) == 60
    for found, name in (
        (own.annual_return, "annual_return"),
        (own.volatility, "annual_volatility"),
        (own.sharpe, "sharpe_ratio"),
        (own.sortino, "sortino_ratio"),
        (own.calmar, "calmar_ratio"),
    ):
        assert found == pytest.approx(getattr(LIBRARY, name)(returns, annualization=365), rel=1e-9), name
    assert own.daily_max_drawdown == pytest.approx(LIBRARY.max_drawdown(returns), rel=1e-9)
    assert own.total_return == pytest.approx(LIBRARY.cum_returns_final(returns), rel=1e-9)
    steps = frame["equity"].pct_change().to_numpy()[1:]
    assert own.drawdown is not None
    assert own.drawdown.depth == pytest.approx(LIBRARY.max_drawdown(steps), rel=1e-9)
    assert own.drawdown.depth < (own.daily_max_drawdown or 0)


def test_a_bar_that_ends_at_midnight_belongs_to_the_day_before() -> None:
    times, values = curve(*range(100, 149), step=HOUR)
    days, returns = daily_returns(times, values)
    assert days.tolist() == [BEGAN // DAY, BEGAN // DAY + 1]
    assert returns.tolist() == pytest.approx([0.24, 148 / 124 - 1])


def test_days_without_a_value_return_nothing() -> None:
    times = BEGAN + np.array([0, HOUR, 3 * DAY + HOUR], np.int64)
    days, returns = daily_returns(times, np.array([1.0, 2.0, 3.0]))
    assert len(days) == 4
    assert returns.tolist() == [1.0, 0.0, 0.0, 0.5]


def test_a_drawdown_tells_when_it_was_and_whether_it_is_over() -> None:
    times, values = curve(1, 2, 1.5, 1.8, 2.2, 2.0, 1.1, 2.1, 2.3, 2.4)
    found = drawdown(times, values)
    assert found.depth == pytest.approx(-0.5)
    assert [found.peak, found.bottom, found.recovered] == [int(times[4]), int(times[6]), int(times[8])]
    assert found.longest == 4 * DAY
    lasting = drawdown(*curve(1, 2, 1.5, 1.8, 1.9, 1.7, 1.6))
    assert lasting.recovered is None
    assert lasting.longest == 5 * DAY
    assert drawdown(*curve(1, 2, 1.9, 2.1, 2.2)).longest == 2 * DAY
    assert drawdown(*curve(1, 1, 2, 2)).depth == 0
    assert drawdown(*curve(1, 1, 2, 2)).longest == 0


RATIOS = ("annual_return", "volatility", "sharpe", "sortino", "calmar")


def numbers(of: Performance) -> list[float]:
    flat = {**asdict(of), **(asdict(of.drawdown) if of.drawdown else {})}
    return [value for value in flat.values() if isinstance(value, float)]


@pytest.mark.parametrize(
    ("values", "undefined"),
    [
        pytest.param((5, 5, 5, 5), {"sharpe", "sortino", "calmar"}, id="nothing happens"),
        pytest.param((1, 2, 4, 8), {"sharpe", "sortino", "calmar"}, id="every day the same gain"),
        pytest.param((1, 2, 3, 4), {"sortino", "calmar"}, id="no loss"),
        pytest.param((1, 2), set(RATIOS), id="one day"),
        pytest.param((1, 0.5, 0, 0), set[str](), id="a total loss"),
        pytest.param((1, 1e200, 1e201, 1e301), set(RATIOS), id="too much"),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("error")
def test_what_is_not_defined_is_none(values: tuple[float, ...], undefined: set[str]) -> None:
    found = of(*values)
    assert {name for name in RATIOS if getattr(found, name) is None} == undefined
    assert np.isfinite(numbers(found)).all()
    assert found.total_return is not None


@pytest.mark.parametrize("values", [(0, 0, 0), (1, -1, 2), (1, float("nan"), 2), (1,), (-1, 1)])
def test_of_no_money_or_debts_nothing_can_be_said(values: tuple[float, ...]) -> None:
    assert set(asdict(of(*values)).values()) == {None, 0}
