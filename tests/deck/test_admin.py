"""The screen Admin."""

from __future__ import annotations

from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from mockexchange.clients.errors import Refused
from mockexchange.deck.amounts import moment
from mockexchange.deck.faults import KINDS, Kind, active, with_fault
from mockexchange.deck.moving import amount_of
from mockexchange.deck.screens.admin import EVERYTHING, balances_of

from ..conformance.served import ACCOUNT, KEY, Served
from .busy import NOBODY, client_of, trade
from .pages import screen, started_with, tables_of, text_of

D = Decimal


def part(name: str) -> AppTest:
    """One part of the screen, as its address asks for it."""
    page = screen("admin")
    page.query_params["part"] = name
    return page.run()


def submit(page: AppTest, label: str) -> AppTest:
    """Press the button that says this."""
    [button] = [each for each in page.button if each.label == label]
    return button.click().run()


def refused(page: AppTest) -> str:
    """What the page says to a command that was not carried out."""
    assert not page.exception
    assert not page.success
    [said] = page.error
    return said.value


def test_other_keys_are_shown_nothing(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    with client_of(served) as client:
        key = client.create_key(ACCOUNT, "trade").api_key
    started_with(monkeypatch, served.url, key)
    page = screen("admin").run()

    assert [each.value for each in page.error] == ["This takes an admin key."]
    assert not page.button


@pytest.mark.parametrize("name", ["Accounts", "Money", "Keys", "Prices", "Faults", "Snapshots", "Reset"])
def test_every_part_has_an_address(name: str, deck: Served) -> None:
    trade(deck)
    page = part(name)

    assert not page.exception
    assert not page.error
    assert page.session_state["admin.part"] == name


def test_an_exchange_that_is_away(deck: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    page = screen("admin").run()
    del page.session_state["reach.client"]
    started_with(monkeypatch, NOBODY, KEY)
    page.run()

    assert "No answer from the exchange since 2" in text_of(page)
    assert not page.exception


# money


def test_money_is_paid_in_to_the_last_digit(deck: Served) -> None:
    page = part("Money")
    page.text_input(key="admin.amount").input("1,000,000,000,000.00000001")
    submit(page, "Deposit")

    assert "1,000,000,000,000.00000001 USDT were paid in." in text_of(page)
    assert "1,000,000,100,000.00000001 USDT" in text_of(page)
    assert page.text_input(key="admin.amount").value == ""  # so that nobody pays it in twice by a slip
    assert deck.free("USDT") == D("1000000100000.00000001")


def test_money_of_another_account(deck: Served) -> None:
    with client_of(deck) as client:
        client.create_account("bob", {"USDT": D(5)})
    page = part("Money")
    page.selectbox(key="admin.money_account").set_value("bob").run()
    page.text_input(key="admin.amount").input("1.5")
    submit(page, "Withdraw")

    assert "1.50 USDT were taken out." in text_of(page)
    assert deck.exchange.balance("bob", "USDT").free == D("3.5")
    assert deck.free("USDT") == 100_000


def test_what_is_refused_is_said_not_done_and_still_typed(deck: Served) -> None:
    page = part("Money")
    page.text_input(key="admin.amount").input("100000.01")
    submit(page, "Withdraw")

    assert refused(page).startswith("**Refused:** ")
    assert page.text_input(key="admin.amount").value == "100000.01"
    assert deck.free("USDT") == 100_000


def test_no_amount_is_sent_nowhere(deck: Served) -> None:
    page = part("Money")
    page.text_input(key="admin.amount").input("-5")
    submit(page, "Deposit")

    assert "no positive amount" in refused(page)
    assert deck.free("USDT") == 100_000


# accounts


def test_an_account_is_opened(deck: Served) -> None:
    page = part("Accounts")
    page.text_input(key="admin.new").input("bot-7")
    page.text_input(key="admin.first").input("usdt=5000, BTC=0.00000001")
    page.text_input(key="admin.new_maker").input("0.02")
    submit(page, "Open it")

    assert deck.exchange.balance("bot-7", "USDT").free == 5_000
    assert deck.exchange.balance("bot-7", "BTC").free == D("0.00000001")
    [shown] = tables_of(page)
    row = shown["Account"].index("bot-7")
    assert (shown["Maker fee, %"][row], shown["Taker fee, %"][row]) == ("0.02", "0.10")
    assert shown["Resets and restores"][row] == "0"


def test_an_account_that_is_there_already_is_refused(deck: Served) -> None:
    page = part("Accounts")
    page.text_input(key="admin.new").input(ACCOUNT)
    page.text_input(key="admin.first").input("USDT=1")
    submit(page, "Open it")

    assert "already" in refused(page)
    assert page.text_input(key="admin.new").value == ACCOUNT


def test_fees_are_set_to_the_last_digit(deck: Served) -> None:
    page = part("Accounts")
    page.text_input(key=f"admin.maker.{ACCOUNT}").input("0.0125")
    page.text_input(key=f"admin.taker.{ACCOUNT}").input("0")
    submit(page, "Set the fees")

    account = deck.exchange.account(ACCOUNT)
    assert (account.maker_rate, account.taker_rate) == (D("0.000125"), 0)
    assert "It pays 0.0125 % (by the account) as maker" in text_of(page)


def test_fees_that_the_exchange_refuses(deck: Served) -> None:
    page = part("Accounts")
    page.text_input(key=f"admin.maker.{ACCOUNT}").input("200")
    submit(page, "Set the fees")

    assert "**Refused:**" in refused(page)
    assert page.text_input(key=f"admin.maker.{ACCOUNT}").value == "200"


def test_a_fill_model_is_set_and_an_unknown_one_refused(deck: Served) -> None:
    page = part("Accounts")
    page.text_input(key=f"admin.model.{ACCOUNT}").input("last")
    submit(page, "Set the fill model")
    assert tables_of(page)[0]["Fill model"] == ["last"]

    page.text_input(key=f"admin.model.{ACCOUNT}").input("luck")
    submit(page, "Set the fill model")
    assert "luck" in refused(page)


def test_an_account_is_cloned(deck: Served) -> None:
    page = part("Accounts")
    page.text_input(key="admin.clone_to").input("twin")
    submit(page, "Clone it")

    assert deck.exchange.balance("twin", "BTC").free == 2


# keys


def test_a_key_is_made_shown_once_and_revoked_by_its_typed_id(deck: Served) -> None:
    page = part("Keys")
    page.text_input(key="admin.key_label").input("laptop")
    page.selectbox(key="admin.key_scope").set_value("read")
    submit(page, "Make a key")
    with client_of(deck) as client:
        [key] = [each for each in client.keys(ACCOUNT) if each.label == "laptop"]

    said = page.code[0].value
    secret = said.split()[2]
    assert said.startswith("API key: ") and "Secret:" in said
    assert key.scope == "read"
    assert len(secret) > 20
    assert secret not in f"{page.session_state} {page.query_params}"
    page.run()
    assert not page.code

    page.selectbox(key="admin.revoked").set_value(key.id).run()
    assert page.button(key="admin.revoke").disabled
    page.text_input(key="admin.revoke_name").input(key.id).run()
    page.button(key="admin.revoke").click().run()
    with client_of(deck) as client:
        assert [each.revoked_at is None for each in client.keys(ACCOUNT) if each.id == key.id] == [False]
    assert tables_of(page)[0]["State"][0].startswith("revoked 2")


# prices


def test_a_price_is_set(deck: Served) -> None:
    page = part("Prices")
    assert "last 60,000.00 USDT" in text_of(page)
    page.text_input(key="admin.last").input("61000.5")
    submit(page, "Set the price")

    with client_of(deck) as client:
        assert client.tickers(["BTC/USDT"])["BTC/USDT"].last == D("61000.5")


def test_a_price_that_is_refused_stays_typed(deck: Served) -> None:
    page = part("Prices")
    page.text_input(key="admin.last").input("100")
    page.text_input(key="admin.bid").input("200")
    page.text_input(key="admin.ask").input("150")
    submit(page, "Set the price")

    assert "**Refused:**" in refused(page)
    assert page.text_input(key="admin.bid").value == "200"


# faults


def choose(page: AppTest, name: str, amount: str | None = None) -> None:
    """A kind of fault, and how much of it."""
    [kind] = [each for each in KINDS if each.name == name]
    page.selectbox(key="admin.fault").set_value(kind).run()
    if amount is not None:
        page.text_input(key="admin.fault_amount").input(amount)


def test_faults_are_added_stopped_one_by_one_and_all_at_once(deck: Served) -> None:
    page = part("Faults")
    assert "Nothing goes wrong on purpose." in text_of(page)
    choose(page, "latencyMs", "250")
    submit(page, "Add it")
    choose(page, "error", "12.5")
    page.pills(key="admin.doors").set_value(["binance"])
    page.text_input(key="admin.routes").input("POST /api/v3/order")
    submit(page, "Add it")
    with client_of(deck) as client:
        chaos = client.chaos()
    assert (chaos.latency_ms, chaos.error, chaos.doors) == (250, D("0.125"), ("binance",))
    assert chaos.routes == ("POST /api/v3/order",)
    assert chaos.until is not None
    assert moment(chaos.until) in text_of(page)
    assert tables_of(page)[0]["How much"] == ["250 ms", "12.5 % of requests"]

    page.selectbox(key="admin.on").set_value(KINDS[0]).run()
    submit(page, "Stop it")
    with client_of(deck) as client:
        left = client.chaos()
    assert (left.latency_ms, left.error) == (0, D("0.125"))
    assert left.until is not None and left.until <= chaos.until

    submit(page, "Stop all faults")
    with client_of(deck) as client:
        assert not client.chaos().on


def test_the_last_fault_that_is_stopped_leaves_none(deck: Served) -> None:
    deck.chaos(maintenance=True)
    page = part("Faults")  # what is below /admin goes on
    submit(page, "Stop it")

    with client_of(deck) as client:
        assert not client.chaos().on


def test_a_fault_that_is_refused_stays_typed(deck: Served) -> None:
    page = part("Faults")
    choose(page, "error", "101")
    submit(page, "Add it")

    assert "share from 0 to 1" in refused(page)
    assert page.text_input(key="admin.fault_amount").value == "101"


@pytest.mark.parametrize("key", ["admin.fault_amount", "admin.seed", "admin.wait"])
def test_a_part_of_what_is_counted_is_sent_nowhere(key: str, deck: Served) -> None:
    page = part("Faults")
    choose(page, "rateLimited" if key == "admin.wait" else "latencyMs", "1")
    page.text_input(key=key).input("2.5")
    submit(page, "Add it")

    assert "whole numbers" in refused(page)
    assert page.text_input(key=key).value == "2.5"
    with client_of(deck) as client:
        assert not client.chaos().on


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_fault_is_asked_for_as_it_is_answered(kind: Kind, deck: Served) -> None:
    of_feed = kind.name in ("frozen", "staleSec", "gap")
    with client_of(deck) as client:
        none = client.chaos()
        plan = with_fault(none, kind, D(3), minutes=None, doors=["native"], routes=[], retry_after=7, seed=9)
        if of_feed:
            with pytest.raises(Refused, match="prices that a feeder of ours brings"):
                client.set_chaos(plan)
            return
        set_now = client.set_chaos(plan)
        client.end_chaos()

    [(found, amount)] = active(set_now)
    assert (found, amount) == (kind, D(3) if kind.unit else 1)
    assert (set_now.doors, set_now.retry_after_sec, set_now.seed, set_now.until) == (("native",), 7, 9, None)


# snapshots


def test_a_snapshot_is_kept_compared_and_restored_by_its_typed_name(deck: Served) -> None:
    page = part("Snapshots")
    assert "There is no snapshot of default yet." in text_of(page)
    page.text_input(key="admin.snapshot_name").input("before")
    submit(page, "Take a snapshot")
    with client_of(deck) as client:
        client.deposit("USDT", D("0.00000001"))
    submit(page, "What changed since it")
    assert tables_of(page)[1]["Change"] == ["0.00000001"]
    assert page.button(key="admin.restore").disabled

    page.text_input(key="admin.restore_name").input("before").run()
    page.button(key="admin.restore").click().run()

    assert deck.free("USDT") == 100_000
    assert page.button(key="admin.restore").disabled


def test_a_snapshot_of_another_account_is_deleted(deck: Served) -> None:
    with client_of(deck) as client:
        client.create_account("bob", {"USDT": D(5)})
        client.save_snapshot("old", "bob")
    page = part("Snapshots")
    page.selectbox(key="admin.snapshots_of").set_value("bob").run()
    page.text_input(key="admin.restore_name").input("old").run()
    page.button(key="admin.delete").click().run()

    assert "The snapshot old is deleted." in text_of(page)
    with client_of(deck) as client:
        assert client.snapshots(9, "bob") == []


def test_a_snapshot_whose_name_is_taken_is_refused(deck: Served) -> None:
    with client_of(deck) as client:
        client.save_snapshot("before")
    page = part("Snapshots")
    page.text_input(key="admin.snapshot_name").input("before")
    submit(page, "Take a snapshot")

    assert "before" in refused(page)
    assert page.text_input(key="admin.snapshot_name").value == "before"


# a new beginning


def test_a_reset_takes_the_typed_name_of_the_account(deck: Served) -> None:
    with client_of(deck) as client:
        client.deposit("USDT", D(5))
    page = part("Reset")
    assert page.button(key="admin.reset").disabled

    page.text_input(key="admin.confirm").input(ACCOUNT).run()
    page.button(key="admin.reset").click().run()

    assert deck.free("USDT") == 100_000
    assert "began anew" in page.success[0].value


def test_a_reset_of_everything_takes_its_word(deck: Served) -> None:
    with client_of(deck) as client:
        client.create_account("bob", {"USDT": D(5)})
        client.deposit("USDT", D(7), "bob")
        client.deposit("USDT", D(7))
    page = part("Reset")
    page.text_input(key="admin.confirm_all").input("reset").run()
    assert page.button(key="admin.reset_all").disabled

    page.text_input(key="admin.confirm_all").input(EVERYTHING).run()
    page.button(key="admin.reset_all").click().run()

    assert "All 2 accounts began anew." in text_of(page)
    assert (deck.free("USDT"), deck.exchange.balance("bob", "USDT").free) == (100_000, 5)


# what is typed


@pytest.mark.parametrize("text", ["", "x", "0", "-1", "nan", "inf", "1e999999999999999999999"])
def test_what_is_no_amount(text: str) -> None:
    assert amount_of(text) is None


def test_amounts_are_exact() -> None:
    assert amount_of(" 1,234.00000001 ") == D("1234.00000001")


def test_balances_are_typed_as_a_list() -> None:
    assert balances_of(" usdt = 1000.5, BTC=0.00000001 ") == {"USDT": D("1000.5"), "BTC": D("0.00000001")}
    assert balances_of("") == {}
    assert [balances_of(text) for text in ("USDT", "=5", "USDT=-1", "USDT=x")] == [None] * 4
