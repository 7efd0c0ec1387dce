"""Wall time, and time that stands still. The only reader of the system clock below the doors."""

from __future__ import annotations

import time


class SystemClock:
    """See ports.Clock."""

    def now(self) -> int:
        """Milliseconds since the epoch."""
        return time.time_ns() // 1_000_000


class ManualClock:
    """Stands at `time` (ms since the epoch) until somebody sets it."""

    def __init__(self, time: int = 0) -> None:
        self.time = time

    def now(self) -> int:
        """Milliseconds since the epoch."""
        return self.time
