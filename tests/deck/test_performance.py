"""The screen Performance."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from mockexchange.clock import ManualClock
from mockexchange.deck.amounts import ratio, worth
from mockexchange.deck.screens.performance import fallen, share
from mockexchange.equity import EquityRecorder
from mockexchange.overview import Overview
from mockexchange.store.memory import MemoryStore

from ..conformance.served import KEY, Served, serve
from .busy import client_of, cut, exact, trade
from .pages import components_of, figures_of, listening_at, notes_of, screen, started_with, tables_of, text_of

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
    shown, notes = figures_of(page), notes_of(page)
    assert exact(shown["Profit, USDT"]) == cut(found.profit)
    assert found.final_equity is not None
    assert exact(shown["Equity, USDT"]) == cut(found.final_equity)
    assert notes["Equity, USDT"] == f"{worth(found.net_deposits)} net deposits"
    assert found.net_deposits == D(deposited())
    assert exact(shown["Fees, USDT"]) == cut(found.trading.fees)
    assert notes["Round trips won"] == f"{found.trading.won} of {found.trading.round_trips}"
    assert found.trading.round_trips == len(trips) > 3
    days, numbers, shown_trips = tables_of(page)
    assert numbers["Figure"][0] == "Return"
    assert numbers["Account"][0] == share(found.account.total_return)
    assert list(numbers) == ["Figure", "Account", "Buying and holding"]
    assert [exact(each) for each in days["Profit, USDT"]] == [cut(each.profit) for each in found.days[::-1]]
    assert [exact(each) for each in shown_trips["Profit"]] == [cut(each.profit) for each in trips]
    assert [exact(each) for each in shown_trips["Amount"]] == [each.amount for each in trips]


def test_deposits_are_no_returns(deck: Served) -> None:
    with client_of(deck) as client:
        client.balances()
        record(deck)
        client.deposit("USDT", D("1000000000000"))
    page = screen("performance").run()

    assert notes_of(page)["Equity, USDT"] == "1,000,000,000,000.00 net deposits"
    assert exact(figures_of(page)["Profit, USDT"]) == 0
    assert tables_of(page)[1]["Account"][0] == "0.00 %"


def test_the_curves_are_those_of_the_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = ManualClock(1_767_225_600_000)
    listening_at("127.0.0.1")
    with serve(MemoryStore(), clock=clock) as deck, client_of(deck) as client:
        started_with(monkeypatch, deck.url, KEY)
        client.balances()
        record(deck)
        clock.time += 90_000
        deck.price("65999", "66001")
        page = screen("performance").run()
        found = client.performance()
    returns, drawdown, daily = components_of(page, "line_chart")
    assert returns["series"][0]["name"] == "Account"
    seconds = sorted({point[0] // 1000 for point in found.curve})
    own = dict(returns["series"][0]["points"])
    assert list(own) == seconds == [1_767_225_600, 1_767_225_690]
    growth = found.curve[-1][2]
    assert growth is not None and growth > 1
    assert list(own.values())[-1] == float(growth * 100 - 100)
    assert [at for _, at in drawdown["series"][0]["points"]] == fallen(found.curve)
    assert [tuple(each) for each in daily["series"][0]["points"]] == [
        (each.day // 1000, float(each.profit)) for each in found.days
    ]


def test_own_dates_stand_in_the_address_and_are_asked_for(deck: Served) -> None:
    busy(deck)
    page = screen("performance")
    page.query_params["period"] = "Own dates"
    page.query_params["from"] = "2001-02-03"
    page.query_params["to"] = "2001-02-04"
    page.run()

    assert not page.exception
    assert [each.value for each in page.date_input] == [date(2001, 2, 3), date(2001, 2, 4)]
    assert "Nothing is recorded of this period yet" in text_of(page)

    page.date_input(key="performance.to").set_value(None).run()
    assert "to" not in page.query_params
    assert "Nothing is recorded" not in text_of(page)


def test_the_period_stands_in_the_address_and_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = ManualClock(1_767_225_600_000)
    listening_at("127.0.0.1")
    with serve(MemoryStore(), clock=clock) as deck, client_of(deck) as client:
        started_with(monkeypatch, deck.url, KEY)
        client.balances()
        for _ in range(3):
            record(deck)
            clock.time += 4 * 86_400_000
        page = screen("performance")
        page.query_params["period"] = "7 days"
        page.run()
        assert "From 2026-01-09 00:00:00 to 2026-01-13 00:00:00 UTC." in text_of(page)

        page.segmented_control(key="performance.period").set_value("All").run()
        assert "From 2026-01-01 00:00:00 to 2026-01-13 00:00:00 UTC." in text_of(page)
        assert page.query_params["period"] in ("All", ["All"])


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
