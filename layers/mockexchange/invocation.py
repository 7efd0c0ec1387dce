"""The time that a scheduled function has. EventBridge fires once a minute at most, and prices move faster: a function
works in steps until its time is nearly up. The local scheduler gives it time for one."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from typing import Protocol

LONGEST_RESERVE = 1000
"""Milliseconds kept back at the end of an invocation: enough to finish what was begun."""


class InvocationContext(Protocol):
    """What is needed of the second argument of a Lambda handler."""

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the invocation is ended."""
        ...


def steps(
    context: InvocationContext,
    interval: float,
    *,
    sleep: Callable[[float], None] = time.sleep,
    monotonic: Callable[[], float] = time.monotonic,
) -> Iterator[Callable[[], bool]]:
    """Yield at once, then every `interval` seconds while there is time for another step; each time with what tells the
    step whether it may go on. A step that takes longer than the interval skips those that fall due meanwhile."""
    # A tenth of it: an interval, and with it the whole time, may be much shorter than the longest reserve.
    reserve = min(LONGEST_RESERVE, context.get_remaining_time_in_millis() // 10)
    begin = monotonic()
    step = 0

    def keep_on() -> bool:
        return context.get_remaining_time_in_millis() > reserve

    while True:
        yield keep_on
        step = max(step + 1, math.ceil((monotonic() - begin) / interval))
        wait = max(0.0, begin + step * interval - monotonic())
        if context.get_remaining_time_in_millis() - wait * 1000 <= reserve:
            return
        sleep(wait)
