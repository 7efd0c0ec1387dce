"""The deck against a real exchange over HTTP: what a page shows, run by run."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from mockexchange.store.memory import MemoryStore

from ..conformance.served import KEY, Served, serve

# as `mockx up` starts it: only this machine can open it. Streamlit reads this when it is imported.
os.environ["STREAMLIT_SERVER_ADDRESS"] = "127.0.0.1"
os.environ["STREAMLIT_LOGGER_LEVEL"] = "error"

from .pages import started_with  # after them


@pytest.fixture
def served() -> Iterator[Served]:
    """An exchange with two markets and an account that has done nothing."""
    with serve(MemoryStore()) as exchange:
        yield exchange


@pytest.fixture
def deck(served: Served, monkeypatch: pytest.MonkeyPatch) -> Served:
    """The exchange, where the deck finds it with the key of its owner."""
    started_with(monkeypatch, served.url, KEY)
    return served
