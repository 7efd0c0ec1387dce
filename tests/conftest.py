"""What every test may use: real Valkeys, plain, cluster-enabled, and in three nodes; one of each per worker process."""

from __future__ import annotations

import gc
from collections.abc import Generator, Iterator
from typing import Any

import pytest
import redis
from hypothesis import settings

from mockexchange.local.valkey import EmbeddedValkey

from .cluster import Cluster

# How long an example takes depends on the machine, and on who else is at work there.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

TEST_DIRECTIVES = {
    "enable-debug-command": "local",  # tests look inside (DEBUG), and reload
    "loglevel": "warning",
}


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported and collected stays to the end: nobody need look through it for garbage, now or during tests.
    To collect took a third longer with that."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what passed tests measured and recorded with `record_property("told", ...)`, whichever worker ran them."""
    passed: list[pytest.TestReport] = terminalreporter.stats.get("passed", [])
    told = [str(text) for report in passed for name, text in report.user_properties if name == "told"]
    if told:
        terminalreporter.section("measured")
        for line in told:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def valkey_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedValkey]:
    """A Valkey of this worker's own, empty at first. Most tests want `valkey_url`."""
    with EmbeddedValkey(tmp_path_factory.mktemp("valkey"), preferred_port=0, directives=TEST_DIRECTIVES) as server:
        yield server


@pytest.fixture(scope="session")
def cluster_valkey_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedValkey]:
    """A cluster-enabled Valkey of this worker's own: one node with all slots. Most tests want `cluster_valkey_url`."""
    directory = tmp_path_factory.mktemp("cluster-valkey")
    with EmbeddedValkey(directory, preferred_port=0, cluster=True, directives=TEST_DIRECTIVES) as server:
        yield server


@pytest.fixture(scope="session")
def cluster_of_three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Three nodes that share the slots, of this worker's own. Most tests want `cluster_url`."""
    with Cluster(tmp_path_factory.mktemp("cluster-of-three")) as cluster:
        yield cluster


@pytest.fixture
def cluster_url(cluster_of_three: Cluster) -> str:
    """The address of a cluster of three nodes that are empty when the test begins; connect() takes it."""
    cluster_of_three.flush()
    return cluster_of_three.url


@pytest.fixture
def valkey_url(valkey_server: EmbeddedValkey) -> str:
    """The address of a Valkey that is empty when the test begins."""
    return _emptied(valkey_server.url)


@pytest.fixture
def cluster_valkey_url(cluster_valkey_server: EmbeddedValkey) -> str:
    """The address of a cluster-enabled Valkey that is empty when the test begins."""
    return _emptied(cluster_valkey_server.url)


def _emptied(url: str) -> str:
    client: Any = redis.Redis.from_url(url)  # pyright: ignore[reportUnknownMemberType]  # its **kwargs have no types
    with client:
        client.flushall()
        client.script_flush()
    return url
