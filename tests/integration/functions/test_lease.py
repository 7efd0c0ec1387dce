"""At most one holder, on a plain and on a cluster-enabled Valkey, and on several nodes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mockexchange.store.keys import FEEDER_LEASE, VenueKeys
from mockexchange.store.lease import Lease
from mockexchange.store.valkey_connection import Connection, connect

LONG = 60_000


@pytest.fixture(params=["valkey_url", "cluster_valkey_url", "cluster_url"])
def connection(request: pytest.FixtureRequest) -> Iterator[Connection]:
    connection = connect(request.getfixturevalue(request.param))
    yield connection
    connection.close()


@pytest.mark.parametrize("key", [FEEDER_LEASE, VenueKeys("main").lease("matcher")])
def test_the_first_one_holds_it_and_goes_on_holding_it(connection: Connection, key: str) -> None:
    one, other = Lease(connection, key, LONG), Lease(connection, key, LONG)

    assert [one.hold(), other.hold(), one.hold(), other.hold()] == [True, False, True, False]


def test_holding_it_again_makes_it_last_again(connection: Connection) -> None:
    lease = Lease(connection, "lease", LONG)
    lease.hold()
    connection.run("PEXPIRE", "lease", 1_000)

    lease.hold()

    assert connection.run("PTTL", "lease") > 1_000


def test_one_that_was_given_back_is_free(connection: Connection) -> None:
    other = Lease(connection, "lease", LONG)
    with Lease(connection, "lease", LONG) as one:
        assert one.hold()
        assert not other.hold()

    assert other.hold()


def test_nobody_gives_back_what_another_holds(connection: Connection) -> None:
    one, other = Lease(connection, "lease", LONG), Lease(connection, "lease", LONG)
    one.hold()

    other.release()

    assert not other.hold()


def test_one_that_ran_out_is_free(connection: Connection) -> None:
    one, other = Lease(connection, "lease", LONG), Lease(connection, "lease", LONG)
    one.hold()
    connection.run("DEL", "lease")  # as its time to live does

    assert other.hold()
    assert not one.hold()
    one.release()
    assert other.hold()


def test_a_holder_that_fails_leaves_it_to_run_out(connection: Connection) -> None:
    lease = Lease(connection, "lease", LONG)

    with pytest.raises(RuntimeError, match="broken"):
        fail_while_holding(lease)

    assert not Lease(connection, "lease", LONG).hold()
    assert 0 < connection.run("PTTL", "lease") <= LONG


def fail_while_holding(lease: Lease) -> None:
    with lease:
        lease.hold()
        raise RuntimeError("broken")
