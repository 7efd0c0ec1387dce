"""Many on one venue at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from mockexchange.domain.errors import ExchangeError
from mockexchange.domain.rules import Rules
from mockexchange.exchange import Exchange
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection

from .venue import Venue


class Crowd:
    """Runs actions at once, each in a thread with an exchange on a connection of its own."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue

    def run(self, actions: Sequence[Callable[[Exchange], object]]) -> list[object]:
        """What each gave: its result, or the refusal it met."""
        together = threading.Barrier(len(actions))
        results: list[object] = [None] * len(actions)

        def act(number: int) -> None:
            connection = Connection(self._venue.url or "")
            exchange = Exchange(ValkeyStore(connection), self._venue.clock, Rules())
            together.wait(timeout=30)
            try:
                results[number] = actions[number](exchange)
            except ExchangeError as refused:
                results[number] = refused
            connection.close()

        threads = [threading.Thread(target=act, args=(number,)) for number in range(len(actions))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        return results
