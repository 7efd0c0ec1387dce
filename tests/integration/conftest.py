"""Stores, real ones and the one in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mockexchange.store.memory import MemoryStore
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import connect


@pytest.fixture(params=["memory", "valkey", "cluster"])
def store(request: pytest.FixtureRequest) -> Iterator[MemoryStore | ValkeyStore]:
    """An empty venue's store, of each kind in turn."""
    if request.param == "memory":
        yield MemoryStore()
        return
    url: str = request.getfixturevalue("valkey_url" if request.param == "valkey" else "cluster_url")
    connection = connect(url, home="{main}")
    yield ValkeyStore(connection)
    connection.close()
