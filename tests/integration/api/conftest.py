"""The API over every store in turn; whatever a test did, the books are clean in the end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mockexchange.store.memory import MemoryStore
from mockexchange.store.valkey import ValkeyStore

from .door import Door


@pytest.fixture
def quiet_door(store: MemoryStore | ValkeyStore) -> Iterator[Door]:
    """An exchange that nobody has used and that has no prices."""
    door = Door(store)
    with door.loop:
        yield door
        report = door.exchange.audit()
    assert report.problems == []


@pytest.fixture
def door(quiet_door: Door) -> Door:
    """An exchange with BTC/USDT at 59,999 / 60,001."""
    quiet_door.price("60000", bid="59999", ask="60001")
    return quiet_door


@pytest.fixture
def memory_door() -> Iterator[Door]:
    """For what no store has a part in."""
    door = Door(MemoryStore())
    with door.loop:
        yield door
        report = door.exchange.audit()
    assert report.problems == []
