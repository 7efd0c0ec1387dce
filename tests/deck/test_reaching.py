"""How the deck gets in, and what it shows when nobody answers."""

from __future__ import annotations

import time

import pytest
from streamlit.testing.v1 import AppTest

from mockexchange.store.memory import MemoryStore

from ..conformance.served import KEY, Served, serve
from .busy import NOBODY
from .pages import PATIENCE, app, listening_at, screen, started_with, text_of

AWAY = "No answer from the exchange since 2"


def is_trade(page: AppTest) -> bool:
    """Whether it is the first screen, with its ticket."""
    return not page.title and "Buy BTC" in [button.label for button in page.button]


def test_the_key_it_was_started_with_lets_it_in(deck: Served) -> None:
    page = app().run()

    assert not page.exception
    assert is_trade(page)


def test_without_a_key_the_form_asks_for_one(served: Served, monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    started_with(monkeypatch, served.url, None)
    listening_at("127.0.0.1")
    monkeypatch.setenv("MOCKX_DATA_DIR", str(tmp_path))
    page = app().run()

    assert [title.value for title in page.title] == ["Sign in"]
    assert page.text_input[0].proto.autocomplete == "current-password"  # a browser may keep it

    page.text_input[0].input("a wrong one")
    page.button[0].click().run()
    assert [title.value for title in page.title] == ["Sign in"]
    assert len(page.error) == 1

    page.text_input[0].input(KEY)
    page.button[0].click().run()
    assert not page.exception
    assert is_trade(page)


def test_who_signed_in_can_sign_out(served: Served, monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    started_with(monkeypatch, served.url, None)
    listening_at("127.0.0.1")
    monkeypatch.setenv("MOCKX_DATA_DIR", str(tmp_path))
    page = app().run()
    page.text_input[0].input(KEY)
    page.button[0].click().run()

    [sign_out] = [button for button in page.button if button.label == "Sign out"]
    sign_out.click().run()

    assert [title.value for title in page.title] == ["Sign in"]
    assert KEY not in text_of(page)


@pytest.mark.parametrize("address", [None, "0.0.0.0", "::", "192.168.1.20", "pi.local"])
def test_a_deck_that_others_can_open_does_not_let_them_in(address: str | None, deck: Served) -> None:
    listening_at(address)
    page = app().run()

    assert [title.value for title in page.title] == ["Sign in"]


def test_a_key_that_is_revoked_is_asked_for_again(deck: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    started_with(monkeypatch, deck.url, "revoked")
    page = app().run()

    assert [title.value for title in page.title] == ["Sign in"]
    assert len(page.warning) == 1


def test_when_the_exchange_is_away_the_page_says_since_when_and_stands_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = MemoryStore()
    listening_at("127.0.0.1")
    with serve(store) as served:
        port = int(served.url.rpartition(":")[2])
        started_with(monkeypatch, served.url, KEY)
        page = app().run()
        assert is_trade(page)
        page.text_input(key="trade.amount").input("0.1").run()

    page.run()
    assert AWAY in text_of(page)
    assert is_trade(page)
    assert page.text_input(key="trade.amount").value == "0.1"
    assert [each.value for each in page.metric if each.label == "Last price"] == ["60,000.00"]
    assert not page.exception

    with serve(store, port=port, priced=False) as served:
        served.price("61999", "62001")
        for _ in range(int(PATIENCE)):
            page.run()
            if AWAY not in text_of(page):
                break
            time.sleep(1)  # a host that does not answer is not asked all the time
        assert [each.value for each in page.metric if each.label == "Last price"] == ["62,000.00"]
        assert page.text_input(key="trade.amount").value == "0.1"
        assert not page.exception


def test_a_page_that_was_never_seen_waits_for_the_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore()
    listening_at("127.0.0.1")
    with serve(store) as served:
        port = int(served.url.rpartition(":")[2])
    started_with(monkeypatch, served.url, KEY)

    page = app().run()
    assert AWAY in text_of(page)
    assert not is_trade(page)
    assert not page.exception

    with serve(store, port=port):
        page.run()
        assert AWAY not in text_of(page)
        assert is_trade(page)


@pytest.mark.parametrize("name", ["orders", "performance", "markets", "health"])
def test_every_screen_says_that_the_exchange_is_away(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    listening_at("127.0.0.1")
    started_with(monkeypatch, NOBODY, KEY)
    page = screen(name).run()

    assert AWAY in text_of(page)
    assert not page.exception


@pytest.mark.parametrize("name", ["markets", "health"])
def test_an_exchange_without_prices_says_what_to_do(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    listening_at("127.0.0.1")
    with serve(MemoryStore(), priced=False) as bare:
        started_with(monkeypatch, bare.url, KEY)
        page = screen(name).run()

    assert not page.exception
    assert [said.value.partition(".")[0] for said in page.info] == ["No market has a price yet"]


def test_banners_stand_over_every_screen(deck: Served) -> None:
    deck.chaos(latencyMs=1)

    page = app().run()

    assert [banner.value for banner in page.warning if "Faults on purpose" in banner.value]


def test_the_live_switch_can_be_turned_off(deck: Served) -> None:
    page = app().run()
    assert page.toggle(key="live").value is True

    page.toggle(key="live").set_value(False).run()  # AppTest's own
    assert not page.exception
    assert page.toggle(key="live").value is False
