"""Calls a Lambda handler again and again, as EventBridge does on AWS, at a fixed rate and never twice at once."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..domain.errors import ExchangeError
from ..ports import Clock
from .errors import NotConfigured
from .lambda_events import LocalContext, context_for, scheduled_event
from .stopping import Pause

Handler = Callable[[dict[str, Any], LocalContext], object]

SHORTEST_INTERVAL = 0.01
"""Seconds. The wait between two calls is all that keeps a failing handler from spinning."""

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Runs:
    """What has happened so far. `skipped` ticks fell due while an earlier one still ran."""

    started: int = 0
    skipped: int = 0
    failed: int = 0


@dataclass(slots=True)
class Scheduler:
    """Runs `handler` at once and then every `interval` seconds.

    The ticks lie on a grid that begins with the first, so a late one does not move those after it; ticks that fall due
    during a call are skipped and counted. An exception is logged and the next tick comes at its time: a handler that
    fails for a reason that passes (a store that restarts) needs nothing else. `timeout` (seconds) is what the context
    tells the handler it has.
    """

    name: str
    handler: Handler
    interval: float
    clock: Clock
    pause: Pause
    timeout: float | None = None
    monotonic: Callable[[], float] = time.monotonic
    runs: Runs = field(default_factory=Runs)
    _complaint: str | None = None
    _late: bool = False

    def __post_init__(self) -> None:
        if not (math.isfinite(self.interval) and self.interval >= SHORTEST_INTERVAL):
            raise NotConfigured(
                f"INTERVAL_SEC was {self.interval:g}: {self.name} needs {SHORTEST_INTERVAL} seconds or more."
            )

    def run(self) -> Runs:
        """Go on until `pause` says stop. A stop that is asked for during a call waits for its end."""
        begin = self.monotonic()
        tick = 0
        while not self.pause(max(0.0, begin + tick * self.interval - self.monotonic())):
            self._call()
            # the first grid point that is not in the past: one that falls due this very moment is not missed
            following = max(tick + 1, math.ceil((self.monotonic() - begin) / self.interval))
            self._count_skipped(following - tick - 1)
            tick = following
        return self.runs

    def _count_skipped(self, skipped: int) -> None:
        """Count missed ticks; only the first of several late calls in a row is worth a line."""
        self.runs.skipped += skipped
        if skipped and not self._late:
            message = "%s took longer than its interval of %g s: %d skipped, %d so far."
            logger.warning(message, self.name, self.interval, skipped, self.runs.skipped)
        self._late = skipped > 0

    def _call(self) -> None:
        self.runs.started += 1
        context = context_for(self.name, self.timeout or self.interval, self.monotonic)
        try:
            self.handler(scheduled_event(self.name, self.clock.now()), context)
        except Exception as error:  # noqa: BLE001  # whatever a handler raises, the schedule goes on
            self.runs.failed += 1
            self._report(error)
        else:
            if self._complaint is not None:
                logger.warning("%s works again.", self.name)
            self._complaint = None

    def _report(self, error: Exception) -> None:
        """Log a failure in one line; one that nobody foresaw with its traceback, the first time."""
        complaint = f"{type(error).__name__}: {error}"
        if complaint == self._complaint:
            logger.error("%s failed again: %s", self.name, complaint)
        else:
            foreseen = isinstance(error, ExchangeError)
            logger.error("%s failed: %s", self.name, complaint, exc_info=None if foreseen else error)
        self._complaint = complaint
