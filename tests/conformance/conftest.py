"""An exchange under attack, over a real Valkey and over memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mockexchange.store.memory import MemoryStore
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection

from ..integration.api.door import Door


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
