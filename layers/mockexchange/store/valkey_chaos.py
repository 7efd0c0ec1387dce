"""Faults on purpose of a venue in Valkey. See ports.ChaosStore."""

from __future__ import annotations

from ..domain.chaos import ChaosPlan
from .chaos_records import read_plan, write_plan
from .keys import VenueKeys
from .valkey_connection import Connection


class ValkeyChaos:
    """A mixin of the store: it stands on its connection and its key names."""

    connection: Connection
    keys: VenueKeys

    def chaos(self) -> ChaosPlan | None:
        """See ports.ChaosStore.chaos."""
        record = self.connection.run("GET", self.keys.chaos)
        return read_plan(record) if record else None

    def put_chaos(self, plan: ChaosPlan | None) -> None:
        """See ports.ChaosStore.put_chaos."""
        if plan is None:
            self.connection.run("DEL", self.keys.chaos)
        else:
            self.connection.run("SET", self.keys.chaos, write_plan(plan))
