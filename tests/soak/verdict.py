"""Whether memory stays flat: start, middle and end of a series, its slope, and the bound that it must keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import linear_regression, median

MB = 1_000_000
HOUR = 3600.0
SHARE = 10
"""Start, middle and end are medians of a tenth of the samples each: one odd sample decides nothing."""

ALLOWED_SHARE = 0.02
ALLOWED = 1 * MB
"""How much anything may grow from start to end: 1 MB and 2 % of what it has. An allocator that keeps a few more pages
stays below. In an hour (3,600 ticks of 20 markets, about 4,000 orders) a process of 100 MB that loses 50 bytes a tick
and market, or 1,000 bytes an order, does not."""


@dataclass(frozen=True, slots=True)
class Course:
    """How one thing went. Sizes in bytes; `slope` in bytes an hour, the least squares' line through all samples."""

    name: str
    start: float
    middle: float
    end: float
    slope: float
    excused: float = 0.0
    """Growth that something else accounts for."""

    @classmethod
    def of(cls, name: str, times: Sequence[float], values: Sequence[float], excused: float = 0.0) -> Course:
        """From samples (times in seconds). One sample is its own start, middle and end."""
        count = len(values)
        width = max(1, count // SHARE)
        half = (count - width) // 2
        slope = linear_regression(times, values).slope * HOUR if count > 1 else 0.0
        parts = (values[:width], values[half : half + width], values[count - width :])
        start, middle, end = (float(median(part)) for part in parts)
        return cls(name, start, middle, end, slope, excused)

    @property
    def growth(self) -> float:
        """From start to end."""
        return self.end - self.start

    @property
    def bound(self) -> float:
        """The most that it may have in the end."""
        return self.start * (1 + ALLOWED_SHARE) + ALLOWED + self.excused

    @property
    def flat(self) -> bool:
        """Whether it kept its bound."""
        return self.end <= self.bound
