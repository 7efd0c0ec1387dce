"""Faults on purpose of a venue in memory. See ports.ChaosStore."""

from __future__ import annotations

from ..domain.chaos import ChaosPlan


class MemoryChaos:
    """A mixin of the store."""

    _plan: ChaosPlan | None = None

    def chaos(self) -> ChaosPlan | None:
        """See ports.ChaosStore.chaos."""
        return self._plan

    def put_chaos(self, plan: ChaosPlan | None) -> None:
        """See ports.ChaosStore.put_chaos."""
        self._plan = plan
