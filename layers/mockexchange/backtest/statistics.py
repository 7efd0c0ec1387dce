"""What a curve of equity says in a few numbers.

All come from the growth of one unit of money, so that deposits and withdrawals are no returns. Those of returns use
calendar days (UTC), 365 of them a year since the market never closes, no risk-free rate, and the definitions of
the library empyrical, which tests hold them to. domain/performance.py has the same in plain Python, for who must not
load numpy; tests hold the two equal. A number that is not defined is None: never infinite, never nan.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ..domain.candles import DAY
from ..domain.performance import DAYS_A_YEAR, NOT_DEFINED, Drawdown, Performance

if TYPE_CHECKING:
    from numpy.typing import NDArray


@np.errstate(over="ignore", invalid="ignore")  # what is too large for a number is not known, and said to be so
def performance(times: NDArray[np.int64], growth: NDArray[np.float64]) -> Performance:
    """The numbers of a curve that begins with the moment before anything happened. `times` in ms, rising."""
    if len(times) < 2 or not np.isfinite(growth).all() or (growth < 0).any() or growth[0] <= 0:
        return NOT_DEFINED
    daily = daily_returns(times, growth)[1]
    annual, lowest = annual_return(daily), max_drawdown(daily)
    return Performance(
        total_return=_known(growth[-1] / growth[0] - 1),
        annual_return=annual,
        volatility=volatility(daily),
        sharpe=sharpe(daily),
        sortino=sortino(daily),
        calmar=None if annual is None or not lowest else _known(annual / -lowest),
        drawdown=drawdown(times, growth),
        daily_max_drawdown=lowest,
        best_day=_known(daily.max()) if len(daily) else None,
        worst_day=_known(daily.min()) if len(daily) else None,
        positive_days=_known((daily > 0).mean()) if len(daily) else None,
        days=len(daily),
    )


def daily_returns(
    times: NDArray[np.int64], growth: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The days (UTC, counted since the epoch) and what each returned, the first and the last however short.

    What a day ends with is the newest value at its end: a bar that ends at midnight belongs to the day before. A day
    without a value returned nothing. Nothing is left to return after a total loss: 0.
    """
    first = int(times[0]) // DAY
    of = (times[1:] - 1) // DAY
    if not len(of):
        return np.empty(0, np.int64), np.empty(0)
    days = np.arange(first, max(first, int(of[-1])) + 1, dtype=np.int64)
    newest = np.searchsorted(of, days, side="right")  # counts from the point before the first day
    values = growth[np.concatenate(([0], newest))]
    before, after = values[:-1], values[1:]
    return days, np.divide(after, before, out=np.ones_like(after), where=before > 0) - 1


def annual_return(returns: NDArray[np.float64]) -> float | None:
    """The constant return of a year that compounds to the same: (product of 1 + r) ** (365 / days) - 1. None below two
    days, of which nothing can be said about a year."""
    if len(returns) < 2:
        return None
    with np.errstate(over="ignore"):
        return _known(np.power(np.prod(1 + returns), DAYS_A_YEAR / len(returns)) - 1)


def volatility(returns: NDArray[np.float64]) -> float | None:
    """The standard deviation of daily returns (of a sample: n - 1), times the root of 365. None below two days."""
    return None if len(returns) < 2 else _known(returns.std(ddof=1) * math.sqrt(DAYS_A_YEAR))


def sharpe(returns: NDArray[np.float64]) -> float | None:
    """The mean daily return over its standard deviation (n - 1), times the root of 365. None where all are alike."""
    if len(returns) < 2 or returns.max() == returns.min():
        return None
    deviation = float(returns.std(ddof=1))
    return _known(returns.mean() / deviation * math.sqrt(DAYS_A_YEAR)) if math.isfinite(deviation) else None


def sortino(returns: NDArray[np.float64]) -> float | None:
    """The mean daily return over the root of the mean square of the losses, gains counting as 0 among them, times the
    root of 365. None without a day of loss."""
    if len(returns) < 2:
        return None
    risk = math.sqrt(float(np.square(np.minimum(returns, 0)).mean()))
    return _known(returns.mean() / risk * math.sqrt(DAYS_A_YEAR)) if risk else None


def max_drawdown(returns: NDArray[np.float64]) -> float | None:
    """The deepest fall from a peak in a row of returns, as a fraction of the peak: 0 or negative."""
    return _known(fallen(np.concatenate(([1.0], np.cumprod(1 + returns)))).min()) if len(returns) else None


def fallen(growth: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far each value lies below the highest before it, as a fraction of that."""
    return growth / np.maximum.accumulate(growth) - 1


def drawdown(times: NDArray[np.int64], growth: NDArray[np.float64]) -> Drawdown:
    """The deepest fall of the curve, when it was, and the longest time without a new peak."""
    depths = fallen(growth)
    at_peak = np.flatnonzero(depths == 0)  # the first point always is
    spans = np.diff(np.append(times[at_peak], times[-1]))
    # a peak that is followed by the next point of a rise, or of a level, was no time under water
    under = np.append(np.diff(at_peak) > 1, at_peak[-1] != len(times) - 1)
    longest = int(spans[under].max()) if under.any() else 0
    bottom = int(depths.argmin())
    if depths[bottom] == 0:
        return Drawdown(0.0, None, None, None, 0)
    peak = at_peak[np.searchsorted(at_peak, bottom) - 1]
    after = at_peak[at_peak > bottom]
    recovered = int(times[after[0]]) if len(after) else None
    return Drawdown(float(depths[bottom]), int(times[peak]), int(times[bottom]), recovered, longest)


def _known(value: float | np.floating) -> float | None:
    return float(value) if math.isfinite(value) else None
