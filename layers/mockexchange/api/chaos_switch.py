"""The plan of faults on purpose as this process knows it."""

from __future__ import annotations

import logging
from contextlib import suppress

from ..domain.chaos import ChaosPlan, Door, in_words
from ..domain.errors import ExchangeNotAvailable
from ..ports import ChaosStore, Clock

LOOKS = 1000
"""ms between two looks at the store: a plan that another process was given is in force here by then, and a request
costs nothing while there is none."""

logger = logging.getLogger(__name__)


class ChaosSwitch:
    """Turns faults on and off. Times are the wall's."""

    def __init__(self, store: ChaosStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._plan: ChaosPlan | None = None
        self._looked_at: int | None = None
        self._told: ChaosPlan | None = None

    def plan(self) -> ChaosPlan | None:
        """What is in force now; None: nothing."""
        now = self._clock.now()
        # set back, the clock must not keep us from looking
        if self._looked_at is None or abs(now - self._looked_at) >= LOOKS:
            # where the store does not answer, what was in force stays: the request itself is told so
            with suppress(ExchangeNotAvailable):
                self._plan = self._store.chaos()
            # after the look: one that waits for a hanging store takes longer than LOOKS itself
            self._looked_at = now = self._clock.now()
        plan = self._plan if self._plan is None or not self._plan.is_over(now) else None
        if plan != self._told:
            self._told = plan
            logger.warning("CHAOS is %s", "off" if plan is None else f"on: {in_words(plan)}")
        return plan

    def on_maintenance(self) -> bool:
        """Whether the Binance wire says so."""
        plan = self.plan()
        return plan is not None and plan.maintenance and Door.BINANCE in plan.doors

    def put(self, plan: ChaosPlan | None) -> None:
        """Another plan from now on; None: none."""
        self._store.put_chaos(plan)
        self._plan, self._looked_at, self._told = plan, self._clock.now(), plan
