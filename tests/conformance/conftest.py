"""Exchanges to hold against others' rules, over a real Valkey and over memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mockexchange.store.memory import MemoryStore
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection

from ..integration.api.door import Door
from .served import Served, serve


@pytest.fixture(params=["memory", "valkey"])
def door(request: pytest.FixtureRequest) -> Iterator[Door]:
    """BTC/USDT at 59,999 / 60,001; whatever was tried, the books are clean in the end."""
    connection = Connection(request.getfixturevalue("valkey_url")) if request.param == "valkey" else None
    door = Door(ValkeyStore(connection) if connection else MemoryStore())
    with door.loop:
        door.price("60000", bid="59999", ask="60001")
        yield door
        problems = door.exchange.audit().problems
    if connection:
        connection.close()
    assert problems == []


@pytest.fixture
def served() -> Iterator[Served]:
    """A server over memory."""
    with serve(MemoryStore()) as running:
        yield running


@pytest.fixture(params=["memory", "valkey"])
def served_on_each(request: pytest.FixtureRequest) -> Iterator[Served]:
    """A server over memory, and one over a real Valkey."""
    connection = Connection(request.getfixturevalue("valkey_url")) if request.param == "valkey" else None
    with serve(ValkeyStore(connection) if connection else MemoryStore()) as running:
        yield running
    if connection:
        connection.close()
