"""The screen Performance."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mockexchange.deck.amounts import ratio
from mockexchange.deck.screens.performance import fallen, share
from mockexchange.equity import EquityRecorder
from mockexchange.overview import Overview

from ..conformance.served import KEY, Served
from .busy import NOBODY, client_of, exact, trade
from .pages import screen, started_with, tables_of, text_of

D = Decimal


def test_an_account_without_a_curve_says_so(deck: Served) -> None:
    page = screen("performance").run()

    assert not page.exception
    assert "Nothing is recorded of this period yet" in text_of(page)
    assert "Nothing that was bought was sold again yet." in text_of(page)


def test_money_is_that_of_the_exchange_to_the_last_digit(deck: Served) -> None:
    busy(deck)
    page = screen("performance").run()

    assert not page.exception
    with client_of(deck) as client:
        found, trips = client.performance(), client.round_trips(100)
    shown = {each.label: each.value for each in page.metric}
    assert exact(shown["Profit, USDT"]) == found.profit
    assert exact(shown["Equity, USDT"]) == found.final_equity
    assert exact(shown["Net deposits, USDT"]) == found.net_deposits == D(deposited())
    assert exact(shown["Fees, USDT"]) == found.trading.fees
    assert shown["Round trips won"].startswith(f"{found.trading.won} of {found.trading.round_trips} ")
    assert found.trading.round_trips == len(trips) > 3
    numbers, days, shown_trips = tables_of(page)
    assert numbers[""][0] == "Return"
    assert numbers["Account"][0] == share(found.account.total_return)
    assert list(numbers) == ["", "Account", "Buy and hold"]
    assert [exact(each) for each in days["Profit, USDT"]] == [each.profit for each in found.days[::-1]]
    assert [exact(each) for each in shown_trips["Profit"]] == [each.profit for each in trips]
    assert [exact(each) for each in shown_trips["Amount"]] == [each.amount for each in trips]


def test_deposits_are_no_returns(deck: Served) -> None:
    with client_of(deck) as client:
        client.balances()
        record(deck)
        client.deposit("USDT", D("1000000000000"))
    page = screen("performance").run()

    shown = {each.label: each.value for each in page.metric}
    assert exact(shown["Net deposits, USDT"]) == 1_000_000_000_000
    assert exact(shown["Profit, USDT"]) == 0
    assert tables_of(page)[0]["Account"][0] == "0.00 %"


def test_the_period_stands_in_the_address(deck: Served) -> None:
    page = screen("performance")
    page.query_params["period"] = "7 days"
    page.run()

    assert page.session_state["performance.period"] == "7 days"


def test_an_exchange_that_is_away(deck: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    started_with(monkeypatch, NOBODY, KEY)
    page = screen("performance").run()

    assert "No answer from the exchange since 2" in text_of(page)
    assert not page.exception


def test_what_is_not_defined_is_no_number() -> None:
    assert (share(None), ratio(None), share(D("-0.0123")), ratio(D("1.005"))) == ("-", "-", "-1.23 %", "1.00")


def test_a_fall_is_measured_from_the_peak_before_it() -> None:
    curve = [(index, D(1), growth, None) for index, growth in enumerate((D(1), D(2), D("1.5"), None, D("2.5")))]

    assert fallen(curve) == [0, 0, -25, 0, 0]


def busy(deck: Served) -> None:
    """A curve with a beginning before everything that the account did."""
    with client_of(deck) as client:
        client.balances()
    record(deck)
    trade(deck)


def record(deck: Served) -> None:
    """What the matcher does once a minute."""
    EquityRecorder(Overview(deck.exchange)).run()


def deposited() -> str:
    """By `trade`, less what it takes out."""
    return "1234567890123"
