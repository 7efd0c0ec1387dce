"""The screen Health."""

from __future__ import annotations

import pytest

from mockexchange.clients.event_answers import Check
from mockexchange.deck.screens.health import matcher_lag, percentile
from mockexchange.domain.access import Scope
from mockexchange.store.memory import MemoryStore

from ..conformance.served import KEY, Served, serve
from .busy import NOBODY
from .pages import listening_at, screen, started_with, tables_of, text_of


def test_an_admin_sees_the_store_the_matcher_and_the_versions(deck: Served) -> None:
    page = screen("health").run()

    assert not page.exception
    figures = {metric.label: metric.value for metric in page.metric}
    assert figures["Valkey answers in"].endswith(" ms")
    assert figures["Matcher"] == "0 ticks behind"
    assert figures["API, no answer"] == "0 of 1"
    symbols, checks, versions = tables_of(page)
    assert symbols["Market"] == ["BTC/USDT", "ETH/USDT"]
    assert symbols["State"] == ["fresh", "fresh"]
    assert {"mockexchange", "python", "streamlit"} <= set(versions["Of"])
    assert "from `manual`" in text_of(page)
    assert "by the model `touch`" in text_of(page)
    assert set(checks["State"]) == {"ok"}
    [clock] = [found for of, found in zip(checks["Of"], checks["Found"], strict=True) if of == "clock of the server"]
    assert clock.startswith("20") and clock.endswith(" UTC")
    assert "Faults on purpose: none." in text_of(page)


def test_faults_that_are_on_are_told(deck: Served) -> None:
    deck.chaos(rejected=0.5)

    page = screen("health").run()

    assert "Faults on purpose: **" in text_of(page)
    checks = tables_of(page)[1]
    assert (checks["State"][0], checks["Of"][0]) == ("warning", "chaos")  # what is not well is on top
    assert checks["What to do"][0] == "mockx chaos off ends it."


def test_an_exchange_without_prices_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(MemoryStore(), priced=False) as bare:
        listening_at("127.0.0.1")
        started_with(monkeypatch, bare.url, KEY)
        page = screen("health").run()

    assert not page.exception
    assert "No market has a price yet. The feed brings them" in text_of(page)


def test_an_exchange_that_is_away(deck: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    started_with(monkeypatch, NOBODY, KEY)
    page = screen("health").run()

    assert page.session_state["reach.away_since"]
    assert not page.exception


def test_a_trader_sees_the_prices_alone(deck: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    made = deck.keyring.create("default", Scope.TRADE)
    started_with(monkeypatch, deck.url, made.api_key)
    page = screen("health").run()

    assert not page.exception
    assert len(tables_of(page)) == 1
    assert "admin keys only" in text_of(page)


def test_percentiles_are_values_that_were_seen() -> None:
    assert percentile([], 0.5) is None
    assert percentile([3.0], 0.95) == 3.0
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.5) == 2.0
    assert percentile([float(each) for each in range(1, 101)], 0.95) == 95.0


def test_the_matcher_is_as_far_behind_as_its_slowest_market() -> None:
    checks = {name: Check(name=name, status="ok", detail="", value=value) for name, value in
              [("matcher A/USDT", 3), ("matcher B/USDT", 7), ("memory", 99)]}  # fmt: skip

    assert matcher_lag(checks) == 7
    assert matcher_lag({}) is None
