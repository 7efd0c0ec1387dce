"""The built functions, and sandboxes that run them."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack
from pathlib import Path

import pytest

from mockexchange.clock import SystemClock
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection

from .building import built
from .gateway import LOCAL
from .sandbox import Sandbox
from .stack import stack
from .tools import HERE, needed_to_run

StartSandbox = Callable[..., Sandbox]


@pytest.fixture
def artefacts() -> Path:
    """What `sam build` made for this machine's processor."""
    needed_to_run()
    return built(HERE)


def variables(function: str, valkey_url: str, **changed: str) -> dict[str, str]:
    """What a function finds in its environment: what the template says, with env.json's keys."""
    local = {name: value for name, value in LOCAL[function].items() if name != "LOG_FORMAT"}
    deployed = stack(ValkeyUrl="valkey://elsewhere", FeederPlace="inside").environment(function)
    return {**deployed, **local, "VALKEY_URL": valkey_url, **changed}


@pytest.fixture
def sandbox(artefacts: Path, valkey_url: str, tmp_path: Path) -> Generator[StartSandbox]:
    """Starts a sandbox of a function; keyword arguments are environment variables of its own."""
    with ExitStack() as running:
        count = 0

        def start(function: str, *, url: str = valkey_url, **changed: str) -> Sandbox:
            nonlocal count
            count += 1
            environment = variables(function, url, **changed)
            return running.enter_context(Sandbox(artefacts, function, tmp_path / str(count), environment))

        yield start


def freeze(*valkey_urls: str) -> int:
    """Stop the venues' clocks at one time (ms), as a replay does: whoever is asked then says the same."""
    now = SystemClock().now()
    for url in valkey_urls:
        connection = Connection(url)
        ValkeyStore(connection).set_market_time(now)
        connection.close()
    return now


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever needs a build first waits for it, and for what it downloads."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.timeout(900))
