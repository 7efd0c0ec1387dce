"""The screen Portfolio."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from mockexchange.clients.profit_answers import AssetProfit, Holding
from mockexchange.deck.screens.portfolio import MOVEMENTS
from mockexchange.domain.access import Scope

from ..conformance.served import ACCOUNT, KEY, Served
from .busy import NOBODY, client_of, cut, exact, trade
from .pages import figures_of, listening_at, screen, started_with, tables_of, text_of

COLUMNS_OF_HOLDINGS = {
    "Free": "free",
    "Locked": "frozen",
    "Total": "total",
    "Price, USDT": "price",
    "Value, USDT": "value",
}
COLUMNS_OF_PROFITS = {
    "Held": "quantity",
    "Cost, USDT": "cost",
    "Value, USDT": "value",
    "Unrealized, USDT": "unrealized",
    "Realized, USDT": "realized",
    "Fees, USDT": "fees",
}


def test_an_account_that_has_nothing_says_so(deck: Served) -> None:
    with client_of(deck) as client:
        client.reset_account({})
    page = screen("portfolio").run()

    assert not page.exception
    assert "The account has nothing." in text_of(page)
    assert "Nothing was paid in or taken out." in text_of(page)


def test_an_account_that_did_nothing_has_its_deposits(deck: Served) -> None:
    page = screen("portfolio").run()

    assert not page.exception
    holdings, _, movements = tables_of(page)
    assert holdings["Asset"] == ["BTC", "USDT"]
    assert holdings["Total"] == ["2.00", "100,000.00"]
    assert holdings["Value, USDT"] == ["120,000.00", "100,000.00"]
    assert set(movements["Kind"]) == {"deposit"}


def test_money_is_that_of_the_exchange_to_the_last_digit(deck: Served) -> None:
    trade(deck)
    page = screen("portfolio").run()

    assert not page.exception
    with client_of(deck) as client:
        capital, holdings, profit = client.capital(), client.holdings(), client.profit()
        lines = client.ledger(1000, kind="deposit") + client.ledger(1000, kind="withdrawal")
    shown = {label: exact(value) for label, value in figures_of(page).items()}
    assert shown == {
        "Equity, USDT": cut(capital.equity),
        "Profit, USDT": cut(capital.profit),
        "Realized, USDT": cut(profit.realized),
        "Unrealized, USDT": cut(profit.unrealized),
        "Fees, USDT": cut(profit.fees),
        "Net deposits, USDT": cut(capital.net_deposits),
    }
    assets, profits, movements = tables_of(page)
    assert set(assets["Asset"]) == {asset for asset, each in holdings.by_asset.items() if each.total}
    same(assets, COLUMNS_OF_HOLDINGS, holdings.by_asset)
    assert set(profits["Asset"]) == set(profit.by_asset)
    same(profits, COLUMNS_OF_PROFITS, profit.by_asset)
    assert sorted(map(exact, movements["Amount"])) == sorted(line.amount for line in lines)
    held = dict(zip(assets["Asset"], assets["Total"], strict=True))
    assert (held["TINY"], held["HUGE"]) == ("0.00000001", "999,000,000,000.1233333")


def test_of_many_deposits_and_withdrawals_the_newest_are_shown(deck: Served) -> None:
    for number in range(MOVEMENTS):
        deck.exchange.deposit(ACCOUNT, "USDT", Decimal(number + 1))
    deck.exchange.withdraw(ACCOUNT, "BTC", Decimal("0.5"))
    page = screen("portfolio").run()

    movements = tables_of(page)[-1]
    assert len(movements["Amount"]) == MOVEMENTS
    assert (movements["Kind"][0], movements["Asset"][0]) == ("withdrawal", "BTC")
    assert movements["Amount"][1] == "1,000.00"
    assert f"the newest 1,000 of {MOVEMENTS + 3:,}" in text_of(page)  # two when the account was opened


def test_money_goes_in_and_out_with_a_key_that_trades(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    listening_at("127.0.0.1")
    started_with(monkeypatch, served.url, served.keyring.create(ACCOUNT, Scope.TRADE).api_key)
    page = screen("portfolio").run()
    page.text_input(key="portfolio.amount").input("0.00000001")
    page.button(key="portfolio.deposit").click().run()

    assert not page.exception
    assert "0.00000001 USDT were paid in." in text_of(page)
    assert served.free("USDT") == Decimal("100000.00000001")
    assert tables_of(page)[-1]["Amount"][0] == "0.00000001"


def test_a_withdrawal_that_is_refused_says_why_and_stays_typed(deck: Served) -> None:
    page = screen("portfolio").run()
    page.text_input(key="portfolio.amount").input("100001")
    page.button(key="portfolio.withdraw").click().run()

    assert "**Refused:**" in page.error[0].value
    assert page.text_input(key="portfolio.amount").value == "100001"
    assert deck.free("USDT") == 100_000


def test_a_key_that_may_only_look_has_no_form(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    listening_at("127.0.0.1")
    started_with(monkeypatch, served.url, served.keyring.create(ACCOUNT, Scope.READ).api_key)
    page = screen("portfolio").run()

    assert tables_of(page)
    assert not page.button


def test_an_asset_without_a_price_is_named(deck: Served) -> None:
    with client_of(deck) as client:
        client.deposit("FOO", Decimal(7))
    page = screen("portfolio").run()

    assert "No market prices FOO" in page.warning[0].value
    holdings = tables_of(page)[0]
    assert holdings["Value, USDT"][holdings["Asset"].index("FOO")] == "-"


def test_the_rest_is_there_before_profits_are_counted(deck: Served) -> None:
    deck.chaos(error=1, doors=["native"], routes=["GET /overview/profit"])
    page = screen("portfolio").run()

    holdings, movements = tables_of(page)
    assert holdings["Asset"] == ["BTC", "USDT"]
    assert set(movements["Kind"]) == {"deposit"}
    assert page.button(key="portfolio.deposit")
    assert "No answer from the exchange since 2" in text_of(page)


def test_an_exchange_that_is_away(deck: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    page = screen("portfolio").run()
    assert tables_of(page)

    page.session_state["reach.client"].close()
    del page.session_state["reach.client"]
    started_with(monkeypatch, NOBODY, KEY)
    page.run()

    assert "No answer from the exchange since 2" in text_of(page)
    assert not page.exception


def same(
    table: Mapping[str, list[Any]],
    columns: Mapping[str, str],
    answers: Mapping[str, Holding] | Mapping[str, AssetProfit],
) -> None:
    """Each cell of a table is the amount that the exchange said."""
    for index, asset in enumerate(table["Asset"]):
        for column, name in columns.items():
            amount: Decimal | None = getattr(answers[asset], name)
            cell: str = table[column][index]
            assert (
                (cell == "-")
                if amount is None
                else exact(cell) == (cut(amount) if column.endswith(", USDT") else amount)
            ), (asset, column)
