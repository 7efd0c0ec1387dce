"""One venue a test, on every store; whatever a test did to it, its books are clean in the end."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from mockexchange.store.memory import MemoryStore
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection, connect

from .venue import HOME, LEVELS, Venue


@pytest.fixture(params=["memory", "valkey", "cluster"])
def empty_venue(request: pytest.FixtureRequest) -> Iterator[Venue]:
    """A venue with nothing in it, on each store in turn."""
    if request.param == "memory":
        yield from audited(Venue(MemoryStore(levels=LEVELS), None))
        return
    url: str = request.getfixturevalue("valkey_url" if request.param == "valkey" else "cluster_url")
    yield from audited(Venue(ValkeyStore(connect(url, home=HOME), levels=LEVELS), url))


@pytest.fixture
def venue(empty_venue: Venue) -> Venue:
    """A venue with alice, who owns 1,000 USDT and 2 BTC, and BTC/USDT at 99 / 101."""
    return with_alice(empty_venue)


@pytest.fixture
def valkey_venue(valkey_url: str) -> Iterator[Venue]:
    """The same as `venue`, for what only a server can show."""
    yield from audited(with_alice(Venue(ValkeyStore(Connection(valkey_url), levels=LEVELS), valkey_url)))


def with_alice(venue: Venue) -> Venue:
    venue.exchange.open_account("alice", {"USDT": Decimal(1000), "BTC": Decimal(2)})
    venue.price("99", "101")
    return venue


def audited(venue: Venue) -> Iterator[Venue]:
    yield venue
    problems = venue.another().audit().problems
    venue.close()
    assert problems == []
