"""The counting of requests in Lua, held to the one in Python by made-up histories."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockexchange.domain.rate_limits import RateLimit
from mockexchange.domain.request_weights import RequestLimits
from mockexchange.store.memory import MemoryStore
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection

FAILURES = RateLimit(per_minute=60, burst=3)
START = 1_700_000_000_000

clients = map(str, itertools.count())

steps = st.lists(
    st.tuples(
        st.integers(0, 100_000) | st.integers(0, 90_000_000),  # ms since the step before
        st.integers(1, 60),  # weight
        st.integers(0, 2),  # orders
        st.sampled_from([None, "unknown"]),
        st.integers(1, 60),  # times
    ),
    max_size=25,
)
limits = st.builds(
    RequestLimits,
    weight_per_minute=st.sampled_from([0, 100, 6000]),
    orders_per_10s=st.sampled_from([0, 1, 10]),
    orders_per_day=st.sampled_from([0, 5, 100]),
)


@pytest.fixture
def valkey(valkey_url: str) -> Iterator[ValkeyStore]:
    connection = Connection(valkey_url)
    yield ValkeyStore(connection)
    connection.close()


# each history is of another client, so that the store need not be emptied between two
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limits=limits, history=steps)
def test_both_stores_count_alike(
    valkey: ValkeyStore,
    limits: RequestLimits,
    history: list[tuple[int, int, int, str | None, int]],
) -> None:
    memory, now, client = MemoryStore(), START, next(clients)
    for passed, weight, orders, digest, times in history:
        now += passed
        for _ in range(times):
            asked = (digest, client, client, weight, orders, limits, FAILURES, now)
            one, other = memory.weigh(*asked), valkey.weigh(*asked)
            assert (one.key, one.wait) == (other.key, other.wait)
            assert (one.weighed is None) == (other.weighed is None)
            if one.weighed and other.weighed:
                assert (one.weighed.verdict, one.weighed.wait) == (other.weighed.verdict, other.weighed.wait)
                mine, theirs = one.weighed.usage, other.weighed.usage
                assert (mine.weight, mine.orders_10s, mine.orders_day) == (
                    theirs.weight,
                    theirs.orders_10s,
                    theirs.orders_day,
                )
