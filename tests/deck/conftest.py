"""The deck against a real exchange over HTTP: what a page shows, run by run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from streamlit import config

from mockexchange.clients.endpoint import Endpoint
from mockexchange.clients.http import ExchangeClient
from mockexchange.store.memory import MemoryStore

from ..conformance.served import KEY, Served, serve
from .browser import Deck, Page, Venue, free_port, launched
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


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser."""
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def venue_port() -> int:
    """Where the exchanges of a module's tests listen, one after the other."""
    return free_port()


@pytest.fixture
def venue(venue_port: int) -> Iterator[Venue]:
    """An exchange for browsers to look at."""
    venue = Venue(venue_port)
    yield venue
    venue.go_away()


@pytest.fixture(scope="module")
def deck_program(venue_port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deck]:
    """One program for a module's tests: what it remembers, it remembers for each tab alone."""
    deck = Deck(f"http://127.0.0.1:{venue_port}", tmp_path_factory.mktemp("deck"))
    deck.start()
    yield deck
    deck.stop()
    assert "Traceback" not in deck.log.read_text()


@pytest.fixture
def deck_url(venue: Venue, deck_program: Deck) -> str:
    """The deck, with an exchange behind it."""
    assert venue.served.url == deck_program.api_url
    return deck_program.url


@pytest.fixture
def page(chromium: Any, deck_url: str) -> Iterator[Page]:
    """The screen Trade."""
    page = Page(chromium, deck_url)
    page.shows_trade()
    yield page
    page.close()


@pytest.fixture
def tab(chromium: Any) -> Iterator[Any]:
    """An empty tab, for a component alone."""
    tab = chromium.new_page()
    yield tab
    tab.close()
