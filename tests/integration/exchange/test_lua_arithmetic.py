"""Money in Lua is text, added and subtracted limb by limb: held to Python's integers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mockexchange.domain.amounts import from_units, to_units
from mockexchange.domain.balances import Account, Bucket, Posting
from mockexchange.domain.journal import Deposited
from mockexchange.domain.transactions import Transaction, Verdict
from mockexchange.local.valkey import EmbeddedValkey
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection

from .venue import D

SCALE = 18
ALICE = Account("alice", 1, 1, D(0), D(0), 0)

# Where limbs, doubles and 64-bit integers end, and anything around them.
EDGES = [2**53, 2**63, 2**64, 10**14, 10**15, 10**16, 10**29, 10**30, 10**31, 10**45]
around_edges = st.sampled_from([edge + off for edge in EDGES for off in range(-2, 3)])
repeated_digits = st.sampled_from([int(digit * size) for digit in "159" for size in range(1, 50)])
anything = st.one_of(around_edges, repeated_digits, st.integers(1, 10**60), st.integers(1, 10**16))
moves = st.lists(st.tuples(st.booleans(), anything), min_size=1, max_size=12)


@pytest.fixture(scope="module")
def connection(cluster_valkey_server: EmbeddedValkey) -> Iterator[Connection]:
    connection = Connection(cluster_valkey_server.url)
    yield connection
    connection.close()


def transaction(postings: Sequence[tuple[Bucket, int]]) -> Transaction:
    amounts = tuple(Posting("WEI", bucket, from_units(units, SCALE)) for bucket, units in postings)
    return Transaction(
        entry=Deposited(0, "alice", 1, "WEI", D(1), SCALE), account=ALICE, scales={"WEI": SCALE}, postings=amounts
    )


def opened(store: ValkeyStore) -> None:
    entry = Deposited(0, "alice", 1, "WEI", D(1), SCALE)
    store.commit([Transaction(entry=entry, account=ALICE, scales={"WEI": SCALE}, opens_account=True)])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves)
@example([(True, 10**15), (False, 1), (False, 10**15 - 1)])
@example([(True, 10**30), (False, 1), (True, 1), (False, 10**30)])
@example([(True, 10**45 - 1), (True, 1), (False, 10**45)])
@example([(True, 5 * 10**14), (True, 5 * 10**14), (False, 10**15), (False, 1)])
@example([(True, 10**15), (False, 10**15 + 1), (False, 10**15)])
@example([(True, 999_999_999_999_999), (True, 999_999_999_999_999)])
def test_credits_and_debits_of_any_size(connection: Connection, steps: list[tuple[bool, int]]) -> None:
    """Each step is a transaction of its own; the model is an int that refuses to go below zero."""
    connection.run("FLUSHALL")
    store = ValkeyStore(connection)
    opened(store)
    owned = 0
    for paid_in, units in steps:
        signed = units if paid_in else -units
        (verdict,) = store.commit([transaction([(Bucket.FREE, signed)])])
        assert verdict is (Verdict.COMMITTED if owned + signed >= 0 else Verdict.INSUFFICIENT)
        if verdict is Verdict.COMMITTED:
            owned += signed
        assert balance(store, Bucket.FREE) == owned


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(anything, moves)
@example(10**15, [(False, 1), (True, 1), (False, 10**15)])
def test_a_transaction_of_many_postings_is_refused_at_its_first_overdraft_and_leaves_nothing(
    connection: Connection, first: int, steps: list[tuple[bool, int]]
) -> None:
    """Each step moves between free and locked, as a lock or a release does."""
    connection.run("FLUSHALL")
    store = ValkeyStore(connection)
    opened(store)
    store.commit([transaction([(Bucket.FREE, first)])])
    postings: list[tuple[Bucket, int]] = []
    held = {Bucket.FREE: first, Bucket.LOCKED: 0}
    enough = True
    for locks, units in steps:
        gives, takes = (Bucket.FREE, Bucket.LOCKED) if locks else (Bucket.LOCKED, Bucket.FREE)
        postings += [(gives, -units), (takes, units)]
        held[gives] -= units
        enough = enough and held[gives] >= 0
        held[takes] += units
    (verdict,) = store.commit([transaction(postings)])
    assert verdict is (Verdict.COMMITTED if enough else Verdict.INSUFFICIENT)
    expected = held if enough else {Bucket.FREE: first, Bucket.LOCKED: 0}
    assert {bucket: balance(store, bucket) for bucket in Bucket} == expected
    assert store.revision() == (3 if enough else 2), "a refused transaction is not journalled"


def balance(store: ValkeyStore, bucket: Bucket) -> int:
    """What is written, checked to be a plain integer without padding."""
    (held,) = store.balances(ALICE) or [None]
    if held is None:
        return 0
    units = to_units(held.free if bucket is Bucket.FREE else held.locked, SCALE)
    written = store.connection.run("HGET", store.keys.of("balance", ALICE), f"WEI:{bucket}")
    assert written is None or written.decode() == str(units)
    return units
