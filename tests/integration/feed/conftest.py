"""The feeder, the real ccxt class, and an exchange in hand that it asks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.stand_in_exchange.server import StandInExchange, running_exchange


@pytest.fixture
def exchange() -> Iterator[StandInExchange]:
    """A stand-in with two markets."""
    with running_exchange() as running:
        running.add("BTC/USDT", bid="60000.00", ask="60000.01", last="60000.00")
        running.add("ETH/USDT", bid="3000.00", ask="3000.01", last="3000.00")
        yield running
