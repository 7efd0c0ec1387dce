"""The screen Health."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mockexchange.clients.endpoint import Endpoint
from mockexchange.clients.errors import NotFound
from mockexchange.clients.event_answers import Check
from mockexchange.clients.http import ExchangeClient
from mockexchange.deck.screens.health import a_minute, matcher_lag
from mockexchange.domain.access import Scope

from ..conformance.served import KEY, Served
from .pages import screen, started_with, tables_of, text_of


def test_an_admin_sees_the_store_the_matcher_and_the_versions(deck: Served) -> None:
    page = screen("health").run()

    assert not page.exception
    figures = {metric.label: metric.value for metric in page.metric}
    assert figures["Valkey answers in"].endswith(" ms")
    assert figures["Matcher"] == "0 ticks behind"
    symbols, checks, versions = (table for table in tables_of(page) if "Route" not in table)
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
    [checks] = [table for table in tables_of(page) if "What to do" in table]
    assert (checks["State"][0], checks["Of"][0]) == ("warning", "chaos")  # what is not well is on top
    assert checks["What to do"][0] == "mockx chaos off ends it."


def test_a_trader_sees_the_prices_alone(deck: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    made = deck.keyring.create("default", Scope.TRADE)
    started_with(monkeypatch, deck.url, made.api_key)
    page = screen("health").run()

    assert not page.exception
    assert len(tables_of(page)) == 1
    assert "admin keys only" in text_of(page)


def test_what_was_refused_and_failed_is_told_by_route(deck: Served) -> None:
    with ExchangeClient(Endpoint(deck.url, KEY)) as client:
        for _ in range(3):
            with pytest.raises(NotFound):
                client.order("999")

    page = screen("health").run()

    figures = {metric.label: metric.value for metric in page.metric}
    assert figures["API, half within"].endswith(" ms")
    assert figures["API, failed a minute"] == "0.0"
    assert Decimal(figures["API, refused a minute"]) > Decimal("0.5")
    (requests,) = [table for table in tables_of(page) if "Route" in table]
    rows = dict(zip(requests["Route"], zip(requests["Requests"], requests["Refused"], strict=True), strict=True))
    assert rows["GET /orders/{order_id}"] == ("3", "3")
    assert int(rows["all"][0]) > 3


def test_a_rate_is_by_the_minute() -> None:
    assert [a_minute(*each) for each in ((0, 300), (1, 300), (6, 120), (10_000, 1))] == [
        "0.0",
        "0.2",
        "3.0",
        "600,000.0",
    ]


def test_the_matcher_is_as_far_behind_as_its_slowest_market() -> None:
    checks = {name: Check(name=name, status="ok", detail="", value=value) for name, value in
              [("matcher A/USDT", 3), ("matcher B/USDT", 7), ("memory", 99)]}  # fmt: skip

    assert matcher_lag(checks) == 7
    assert matcher_lag({}) is None
