"""The deck against a real exchange over HTTP: what a page shows, run by run."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit import config

from mockexchange.clients.endpoint import Endpoint
from mockexchange.clients.http import ExchangeClient
from mockexchange.store.memory import MemoryStore

from ..conformance.served import KEY, Served, serve
from .pages import listening_at, started_with


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    """The deck's options after a test are those of before."""
    before = config.get_option("server.address")
    yield
    listening_at(before)


@pytest.fixture
def served() -> Iterator[Served]:
    """An exchange with two markets and an account that has done nothing."""
    with serve(MemoryStore()) as exchange:
        with ExchangeClient(Endpoint(exchange.url, KEY)) as client:
            client.balances()  # the first request of the owner opens the account
        yield exchange


@pytest.fixture
def deck(served: Served, monkeypatch: pytest.MonkeyPatch) -> Served:
    """The exchange, where a deck for this machine alone finds it with the key of its owner."""
    listening_at("127.0.0.1")
    started_with(monkeypatch, served.url, KEY)
    return served


@pytest.fixture
def tab() -> Iterator[Any]:
    """An empty tab of a real browser, for a component alone."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is not installed")
        pytest.skip("Chromium is not installed")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()
