"""What a curve of equity says in a few numbers, in plain Python. Pure.

The definitions are those of backtest/statistics.py, which counts long curves with numpy; tests hold the two equal. The
API counts here, because numpy takes longer to load than a curve of some thousand points takes to be counted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from .candles import DAY

DAYS_A_YEAR = 365
"""The market never closes."""


@dataclass(frozen=True, slots=True)
class Drawdown:
    """The deepest fall from a peak: `depth` is a fraction of the peak, negative. It fell from `peak` to `bottom`, and
    was back at `recovered` (venue ms), None: not until the end. `longest` is the longest time without a new peak,
    in ms."""

    depth: float
    peak: int | None
    bottom: int | None
    recovered: int | None
    longest: int


@dataclass(frozen=True, slots=True)
class Performance:
    """The numbers of one curve. Returns and drawdowns are fractions: 0.01 is 1 %.

    `daily_max_drawdown` knows the ends of days only, as the library does, and is what `calmar` divides by; `drawdown`
    knows every point of the curve.
    """

    total_return: float | None
    annual_return: float | None
    volatility: float | None
    sharpe: float | None
    sortino: float | None
    calmar: float | None
    drawdown: Drawdown | None
    daily_max_drawdown: float | None
    best_day: float | None
    worst_day: float | None
    positive_days: float | None
    days: int


NOT_DEFINED = Performance(*(None,) * 11, days=0)
"""What a curve says that is none: too short, or below zero."""


def growth(equity: Sequence[float], flows: Sequence[float]) -> list[float]:
    """What one unit of money became at each point: each step returns (equity - flow) / equity before - 1. nan from
    where that is not defined: something was earned on nothing, or on debts. `flows` are the deposits less the
    withdrawals since the point before."""
    found = [1.0] if equity else []
    for (before, after), flow in zip(pairwise(equity), flows[1:], strict=True):
        if before > 0:
            step = (after - flow) / before
        else:
            # what comes into an empty account earned nothing
            step = 1.0 if before == 0 and abs(after - flow) <= 1e-9 * abs(flow) else math.nan
        found.append(found[-1] * step)
    return found


def performance(times: Sequence[int], curve: Sequence[float]) -> Performance:
    """The numbers of a curve of growth that begins with the moment before anything happened. `times` in ms, rising."""
    if len(times) < 2 or any(not math.isfinite(each) or each < 0 for each in curve) or curve[0] <= 0:
        return NOT_DEFINED
    daily = [returned for _, returned in daily_returns(times, curve)]
    annual, lowest = _annual_return(daily), _max_drawdown(daily)
    return Performance(
        total_return=_known(curve[-1] / curve[0] - 1),
        annual_return=annual,
        volatility=_volatility(daily),
        sharpe=_sharpe(daily),
        sortino=_sortino(daily),
        calmar=None if annual is None or not lowest else _known(annual / -lowest),
        drawdown=drawdown(times, curve),
        daily_max_drawdown=lowest,
        best_day=_known(max(daily)) if daily else None,
        worst_day=_known(min(daily)) if daily else None,
        positive_days=sum(each > 0 for each in daily) / len(daily) if daily else None,
        days=len(daily),
    )


def ends_of_days(times: Sequence[int]) -> list[tuple[int, int]]:
    """The days (UTC, counted since the epoch) that a curve touches, each with the index of its newest point at its end:
    one at midnight belongs to the day before. A day without a point has that of the day before it; the point before
    the first day is 0."""
    if len(times) < 2:
        return []
    day, found = times[0] // DAY, list[tuple[int, int]]()
    for index, moment in enumerate(times[1:], 1):
        of = (moment - 1) // DAY
        while day < of:
            found.append((day, index - 1))
            day += 1
    return [*found, (day, len(times) - 1)]


def daily_returns(times: Sequence[int], curve: Sequence[float]) -> list[tuple[int, float]]:
    """The days and what each returned, the first and the last however short. A day without a value returned nothing.
    Nothing is left to return after a total loss: 0."""
    found, before = list[tuple[int, float]](), curve[0] if curve else 0.0
    for day, index in ends_of_days(times):
        after = curve[index]
        found.append((day, after / before - 1 if before > 0 else 0.0))
        before = after
    return found


def fallen(curve: Sequence[float]) -> list[float]:
    """How far each value lies below the highest before it, as a fraction of that."""
    return [value / highest - 1 for value, highest in zip(curve, accumulate(curve, max), strict=True)]


def drawdown(times: Sequence[int], curve: Sequence[float]) -> Drawdown:
    """The deepest fall of the curve, when it was, and the longest time without a new peak."""
    depths = fallen(curve)
    peaks = [index for index, depth in enumerate(depths) if depth == 0]  # the first point always is
    longest = 0
    for peak, following in pairwise([*peaks, len(depths)]):
        # a peak that is followed by the next point of a rise, or of a level, was no time under water
        if following - peak > 1:
            longest = max(longest, times[min(following, len(times) - 1)] - times[peak])
    bottom = min(range(len(depths)), key=depths.__getitem__)
    if depths[bottom] == 0:
        return Drawdown(0.0, None, None, None, 0)
    peak = max(each for each in peaks if each < bottom)
    recovered = next((times[each] for each in peaks if each > bottom), None)
    return Drawdown(depths[bottom], times[peak], times[bottom], recovered, longest)


def _annual_return(daily: Sequence[float]) -> float | None:
    if len(daily) < 2:
        return None
    try:
        return _known(math.prod(1 + each for each in daily) ** (DAYS_A_YEAR / len(daily)) - 1)
    except OverflowError:
        return None


def _volatility(daily: Sequence[float]) -> float | None:
    return None if len(daily) < 2 else _known(_deviation(daily) * math.sqrt(DAYS_A_YEAR))


def _sharpe(daily: Sequence[float]) -> float | None:
    if len(daily) < 2 or max(daily) == min(daily):
        return None
    deviation = _deviation(daily)
    return _known(_mean(daily) / deviation * math.sqrt(DAYS_A_YEAR)) if 0 < deviation < math.inf else None


def _sortino(daily: Sequence[float]) -> float | None:
    if len(daily) < 2:
        return None
    risk = math.sqrt(_mean([min(each, 0.0) ** 2 for each in daily]))
    return _known(_mean(daily) / risk * math.sqrt(DAYS_A_YEAR)) if risk else None


def _max_drawdown(daily: Sequence[float]) -> float | None:
    if not daily:
        return None
    values = accumulate((1 + each for each in daily), lambda left, right: left * right, initial=1.0)
    return _known(min(fallen(list(values))))


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def _deviation(values: Sequence[float]) -> float:
    """Of a sample: n - 1."""
    mean = _mean(values)
    try:
        return math.sqrt(math.fsum((each - mean) ** 2 for each in values) / (len(values) - 1))
    except OverflowError:
        return math.inf


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
