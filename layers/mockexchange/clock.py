"""Wall time. The only reader of the system clock below the doors."""

from __future__ import annotations

import time


class SystemClock:
    """See ports.Clock."""

    def now(self) -> int:
        """Milliseconds since the epoch."""
        return time.time_ns() // 1_000_000
