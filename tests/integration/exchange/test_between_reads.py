"""A pipeline is not a transaction: whatever happens between two of its commands must not be misread."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from mockexchange.domain.instruments import default_instrument
from mockexchange.domain.rules import Rules
from mockexchange.exchange import Exchange
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Command, Connection

from .venue import BTC, Venue, order


class SteppingConnection(Connection):
    """Sends the commands of a pipeline one by one, and lets something happen before the n-th command of all."""

    def __init__(self, url: str, step: int, happens: Callable[[], None]) -> None:
        super().__init__(url)
        self.left = step
        self._happens = happens

    def pipe(self, commands: Sequence[Command]) -> list[Any]:
        return [self._one(command) for command in commands]

    def _one(self, command: Command) -> Any:
        if self.left == 0:
            self._happens()
        self.left -= 1
        return super().pipe([command])[0]


@pytest.fixture
def interrupted(
    valkey_venue: Venue,
) -> Iterator[Callable[[int, Callable[[], None]], tuple[Exchange, SteppingConnection]]]:
    """Makes exchanges whose reads are interrupted at a given step."""
    connections: list[SteppingConnection] = []

    def make(step: int, happens: Callable[[], None]) -> tuple[Exchange, SteppingConnection]:
        connections.append(SteppingConnection(valkey_venue.url or "", step, happens))
        return Exchange(ValkeyStore(connections[-1]), valkey_venue.clock, Rules()), connections[-1]

    yield make
    for connection in connections:
        connection.close()


READS = 4
"""What a placement reads at least: its venue, the clock, the prices, the market."""

STEPS = 14
"""More than a placement reads, and than a matcher does before it holds an order against a tick."""


@pytest.mark.parametrize("step", range(STEPS))
def test_a_tick_that_is_logged_and_matched_between_two_reads_of_a_placement(
    valkey_venue: Venue,
    interrupted: Callable[[int, Callable[[], None]], tuple[Exchange, SteppingConnection]],
    step: int,
) -> None:
    """It is decided on the old tick and conflicts, or on the new one; the old quote is never logged again as newer."""
    valkey_venue.exchange.place(order("BUY", "1", "60"))

    def happens() -> None:
        valkey_venue.price("89", "90")

    exchange, connection = interrupted(step, happens)
    placed = exchange.place(order("BUY", "1", "95")).order
    assert connection.left < 0 or step >= READS, "a placement has more reads than this"
    asks = [tick.quote.ask for tick in valkey_venue.store.ticks(BTC, 0, 100)]
    assert asks == ([101, 90] if connection.left < 0 else [101])
    assert placed.status == ("FILLED" if placed.met_tick == 2 else "NEW")
    valkey_venue.price("93", "94")
    assert valkey_venue.exchange.order("alice", placed.order_id).status == "FILLED"


@pytest.mark.parametrize("step", range(STEPS))
def test_the_first_tick_of_all_that_is_logged_and_matched_between_two_reads_of_a_placement(
    valkey_venue: Venue,
    interrupted: Callable[[int, Callable[[], None]], tuple[Exchange, SteppingConnection]],
    step: int,
) -> None:
    """A placement that saw no price may not overlook one that the matcher has shown to all that waited."""
    valkey_venue.store.put_instruments([default_instrument("ETH/USDT")], replace=False)
    valkey_venue.exchange.place(order("BUY", "1", "60", "ETH/USDT"))

    def happens() -> None:
        valkey_venue.price("89", "90", "ETH/USDT")

    exchange, connection = interrupted(step, happens)
    placed = exchange.place(order("BUY", "1", "95", "ETH/USDT")).order
    asks = [tick.quote.ask for tick in valkey_venue.store.ticks("ETH/USDT", 0, 100)]
    assert asks == ([90] if connection.left < 0 else [])
    if connection.left < 0:
        assert (placed.status, placed.unmet) == ("FILLED", False)


@pytest.mark.parametrize("step", range(STEPS))
def test_a_tick_that_is_logged_and_matched_between_two_reads_of_the_matcher(
    valkey_venue: Venue,
    interrupted: Callable[[int, Callable[[], None]], tuple[Exchange, SteppingConnection]],
    step: int,
) -> None:
    valkey_venue.exchange.place(order("BUY", "1", "95"))
    valkey_venue.tick("98", "100")

    def happens() -> None:
        valkey_venue.price("94", "95")

    exchange, connection = interrupted(step, happens)
    exchange.match()
    asks = [tick.quote.ask for tick in valkey_venue.store.ticks(BTC, 0, 100)]
    assert asks == ([101, 100, 95] if connection.left < 0 else [101, 100])
