"""The screen Admin."""

from __future__ import annotations

from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from mockexchange.deck.screens.admin import amount_of

from ..conformance.served import ACCOUNT, KEY, Served
from .busy import NOBODY, client_of
from .pages import screen, started_with, tables_of, text_of

D = Decimal


def submit(page: AppTest, label: str) -> AppTest:
    """Press the button that says this."""
    [button] = [each for each in page.button if each.label == label]
    return button.click().run()


def test_other_keys_are_shown_nothing(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    with client_of(served) as client:
        key = client.create_key(ACCOUNT, "trade").api_key
    started_with(monkeypatch, served.url, key)
    page = screen("admin").run()

    assert [each.value for each in page.error] == ["This takes an admin key."]
    assert not page.button


def test_money_is_paid_in_to_the_last_digit(deck: Served) -> None:
    page = screen("admin").run()
    assert not page.exception
    page.text_input(key="admin.amount").input("1,000,000,000,000.00000001")
    submit(page, "Deposit")

    assert "1,000,000,000,000.00000001 USDT were paid in." in text_of(page)
    assert deck.free("USDT") == D("1000000100000.00000001")


def test_what_is_refused_is_said_and_not_done(deck: Served) -> None:
    page = screen("admin").run()
    page.text_input(key="admin.amount").input("100000.01")
    submit(page, "Withdraw")

    assert page.error[0].value.startswith("**Refused:** ")
    assert not page.success
    assert deck.free("USDT") == 100_000


def test_no_amount_is_sent_nowhere(deck: Served) -> None:
    page = screen("admin").run()
    page.text_input(key="admin.amount").input("-5")
    submit(page, "Deposit")

    assert "no positive amount" in page.error[0].value
    assert deck.free("USDT") == 100_000


def test_an_account_is_opened(deck: Served) -> None:
    page = screen("admin").run()
    page.text_input(key="admin.new").input("bot-7")
    submit(page, "Open")

    assert deck.exchange.balance("bot-7", "USDT").free == 100_000
    assert "bot-7" in tables_of(page)[0]["Account"]


def test_a_key_is_made_shown_once_and_revoked(deck: Served) -> None:
    page = screen("admin").run()
    page.text_input(key="admin.key_label").input("laptop")
    submit(page, "Make a key")
    with client_of(deck) as client:
        [key] = [each for each in client.keys(ACCOUNT) if each.label == "laptop"]

    assert "API key: " in page.code[0].value
    page.run()
    assert not page.code

    page.selectbox(key="admin.revoked").set_value(key.id)
    submit(page, "Revoke")
    with client_of(deck) as client:
        assert [each.revoked_at is None for each in client.keys(ACCOUNT) if each.id == key.id] == [False]


def test_a_price_is_set(deck: Served) -> None:
    page = screen("admin").run()
    page.text_input(key="admin.last").input("61000.5")
    submit(page, "Set the price")

    with client_of(deck) as client:
        assert client.tickers(["BTC/USDT"])["BTC/USDT"].last == D("61000.5")


def test_faults_begin_and_end(deck: Served) -> None:
    page = screen("admin").run()
    submit(page, "Begin")
    with client_of(deck) as client:
        assert client.chaos().error == D("0.1")

    submit(page, "End all faults")
    with client_of(deck) as client:
        assert not client.chaos().on


def test_a_snapshot_is_kept_and_restored_by_its_typed_name(deck: Served) -> None:
    page = screen("admin").run()
    page.text_input(key="admin.snapshot_name").input("before")
    submit(page, "Keep")
    with client_of(deck) as client:
        client.deposit("USDT", D(5))
    assert page.button(key="admin.restore").disabled

    page.text_input(key="admin.restore_name").input("before").run()
    page.button(key="admin.restore").click().run()

    assert deck.free("USDT") == 100_000


def test_a_reset_takes_the_typed_name_of_the_account(deck: Served) -> None:
    with client_of(deck) as client:
        client.deposit("USDT", D(5))
    page = screen("admin").run()
    assert page.button(key="admin.reset").disabled

    page.text_input(key="admin.confirm").input(ACCOUNT).run()
    page.button(key="admin.reset").click().run()

    assert deck.free("USDT") == 100_000
    assert "began anew" in page.success[0].value


def test_an_exchange_that_is_away(deck: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    page = screen("admin").run()
    del page.session_state["reach.client"]
    started_with(monkeypatch, NOBODY, KEY)
    page.run()

    assert "No answer from the exchange since 2" in text_of(page)
    assert not page.exception


@pytest.mark.parametrize("text", ["", "x", "0", "-1", "nan", "inf", "1e999999999999999999999"])
def test_what_is_no_amount(text: str) -> None:
    assert amount_of(text) is None


def test_amounts_are_exact() -> None:
    assert amount_of(" 1,234.00000001 ") == D("1234.00000001")
