"""The screen Orders."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from mockexchange.clients.order_request import OrderRequest
from mockexchange.clock import ManualClock
from mockexchange.deck.amounts import money
from mockexchange.deck.screens.orders import PAGE, Filters, file_of, page_of
from mockexchange.store.memory import MemoryStore

from ..conformance.served import Served, serve
from .busy import client_of, exact, trade
from .pages import screen, tables_of, text_of


def orders_with(**asked: str) -> AppTest:
    """The screen at an address that asks for something."""
    page = screen("orders")
    for name, value in asked.items():
        page.query_params[name] = value
    return page.run()


def test_an_account_without_orders_says_so(deck: Served) -> None:
    page = screen("orders").run()

    assert not page.exception
    assert "No order was placed yet." in text_of(page)


def test_every_order_with_the_amounts_of_the_exchange(deck: Served) -> None:
    trade(deck)
    page = screen("orders").run()

    assert not page.exception
    [shown] = tables_of(page)
    with client_of(deck) as client:
        orders = client.orders(limit=1000)
    assert shown["Order"] == [order.id for order in orders]
    for index, order in enumerate(orders):
        for column, amount in (("Amount", order.amount), ("Value", order.cost), ("Average", order.average)):
            assert shown[column][index] == money(amount)
            if amount is not None:
                assert exact(shown[column][index]) == amount


def test_the_address_says_which_orders(deck: Served) -> None:
    trade(deck)
    page = orders_with(status="open", symbol="BTC/USDT")

    assert set(tables_of(page)[0]["Status"]) == {"open"}
    assert set(tables_of(page)[0]["Market"]) == {"BTC/USDT"}
    page.selectbox(key="orders.status").set_value("canceled").run()
    assert page.query_params["status"] == "canceled"
    assert "No order is like that." in text_of(page)

    assert set(tables_of(orders_with(side="sell"))[0]["Side"]) == {"sell"}


WRONG_DAYS = {"from": "2026-02-30", "to": "1066-10-14"}


def test_what_the_address_says_wrongly_is_left_out_and_named(deck: Served) -> None:
    trade(deck)
    page = orders_with(status="lost", side="both", symbol="NOPE/USDT", cursor="x", **WRONG_DAYS)

    assert not page.exception
    assert len(tables_of(page)[0]["Order"]) > 1
    assert [each.value for each in page.warning] == [
        "The address asks for status 'lost', which there is not. It is left out.",
        "The address asks for symbol 'NOPE/USDT', which there is not. It is left out.",
        "The address asks for side 'both', which there is not. It is left out.",
        "The address asks for from '2026-02-30', which there is not. It is left out.",
        "The address asks for to '1066-10-14', which there is not. It is left out.",
        "The address asks for cursor 'x', which there is not. It is left out.",
    ]

    page.selectbox(key="orders.status").set_value("open").run()
    page.date_input(key="orders.from").set_value(date(2001, 2, 3)).run()
    assert [each.value.split()[4] for each in page.warning] == ["symbol", "side", "to"]  # it is their first page


def test_what_the_address_says_rightly_needs_no_word(deck: Served) -> None:
    page = orders_with(status="all", side="all", symbol="BTC/USDT", **{"from": "2001-02-03", "to": ""})

    assert not page.exception
    assert not page.warning


def test_older_orders_are_on_the_next_pages(deck: Served) -> None:
    with client_of(deck) as client:
        ids = [client.place(resting(index)).id for index in range(PAGE + 3)]
    page = screen("orders").run()
    assert tables_of(page)[0]["Order"] == ids[: -PAGE - 1 : -1]

    page.button(key="orders.older").click().run()
    assert tables_of(page)[0]["Order"] == ids[2::-1]
    assert page.button(key="orders.older").disabled

    page.button(key="orders.newer").click().run()
    assert tables_of(page)[0]["Order"] == ids[: -PAGE - 1 : -1]


def test_one_order_with_its_reasons_fills_and_ledger(deck: Served) -> None:
    trade(deck)
    with client_of(deck) as client:
        order = client.order(client.orders(status="closed", limit=1000)[-1].id)
        reasons, lines = client.why(order.id), client.ledger(10, order=order.id)
    page = orders_with(order=order.id)

    assert not page.exception
    why, fills, ledger = tables_of(page)
    assert why["What"] == [each.text for each in reasons]
    assert order.trades
    assert fills[f"Amount, {order.symbol.split('/')[0]}"] == [money(each.amount) for each in order.trades]
    assert ledger["Amount"] == [money(each.amount) for each in lines]
    assert len(lines) == 3


def test_an_order_that_is_not_there(deck: Served) -> None:
    page = orders_with(order="999")

    assert not page.exception
    assert "no order" in page.error[0].value


@pytest.mark.parametrize("name", ["banana", "0", "-1", "9" * 30, "1/2", "client:nobody", "?"])
def test_what_is_no_order_is_not_there_either(name: str, deck: Served) -> None:
    page = orders_with(order=name)

    assert not page.exception
    assert page.error


def test_the_file_has_every_order_to_the_last_digit(deck: Served) -> None:
    trade(deck)
    told: list[int] = []
    with client_of(deck) as client:
        orders = client.orders(limit=1000)
        file = file_of(client, Filters(), told.append)
    head, *rows = file.text.splitlines()

    column = head.split(",").index("amount")
    assert [Decimal(row.split(",")[column]) for row in rows] == [order.amount for order in orders]
    assert (file.orders, file.whole) == (len(orders), True)
    assert told == [len(orders)]


def test_a_file_holds_all_pages_and_says_how_far_it_is(deck: Served) -> None:
    with client_of(deck) as client:
        ids = [client.place(resting(index)).id for index in range(5)]
        told: list[int] = []
        file = file_of(client, Filters(status="open", symbol="BTC/USDT"), told.append, at_once=2)

    assert [row.split(",")[0] for row in file.text.splitlines()[1:]] == ids[::-1]
    assert told == [2, 4, 5]


@pytest.mark.parametrize(("most", "whole"), [(3, False), (4, True), (5, True)])
def test_a_file_that_leaves_orders_out_says_so(most: int, whole: bool, deck: Served) -> None:
    with client_of(deck) as client:
        ids = [client.place(resting(index)).id for index in range(4)]
        file = file_of(client, Filters(), lambda orders: None, at_once=2, most=most)

    assert [row.split(",")[0] for row in file.text.splitlines()[1:]] == ids[::-1][:most]
    assert (file.orders, file.whole) == (min(most, 4), whole)


def test_the_button_makes_a_file_of_what_the_filters_let_through(deck: Served) -> None:
    trade(deck)
    page = orders_with(status="open")
    page.button(key="orders.export").click().run()

    assert not page.exception
    [download] = page.get("download_button")
    assert "Download 1 orders" in str(download.proto)
    page.selectbox(key="orders.status").set_value("closed").run()
    assert not page.get("download_button")  # it was of other orders

    page.button(key="orders.export").click().run()
    assert page.get("download_button")
    again = screen("orders")  # after a look at another screen, which leaves the filters behind
    again.session_state["orders.file"] = page.session_state["orders.file"]
    assert not again.run().get("download_button")


def test_days_stand_in_the_address_and_are_asked_for(deck: Served) -> None:
    trade(deck)
    page = orders_with(to="2001-02-03")
    assert page.date_input(key="orders.to").value == date(2001, 2, 3)
    assert "No order is like that." in text_of(page)

    page.date_input(key="orders.to").set_value(None).run()
    assert len(tables_of(page)[0]["Order"]) > 1

    page.date_input(key="orders.from").set_value(date(2901, 2, 3)).run()
    assert page.query_params["from"] in ("2901-02-03", ["2901-02-03"])
    assert "No order is like that." in text_of(page)


def test_a_day_is_whole_and_ends_where_the_next_one_begins() -> None:
    clock = ManualClock(1_767_225_599_999)
    with serve(MemoryStore(), clock=clock) as venue, client_of(venue) as client:
        last = client.place(resting(1))
        clock.time += 1
        first = client.place(resting(2))
        until, _ = page_of(client, Filters(last=date(2025, 12, 31)), None, PAGE)
        since, _ = page_of(client, Filters(first=date(2026, 1, 1)), None, PAGE)

    assert [order.id for order in until] == [last.id]
    assert [order.id for order in since] == [first.id]


def test_a_client_order_id_is_no_formula(deck: Served) -> None:
    with client_of(deck) as client:
        client.place(resting(1, client_order_id="-1"))
        file = file_of(client, Filters(), lambda orders: None)

    assert ",'-1," in file.text


def resting(index: int, client_order_id: str | None = None) -> OrderRequest:
    """A buy that no price reaches."""
    return OrderRequest(
        symbol="BTC/USDT",
        side="buy",
        amount=Decimal("0.001"),
        price=Decimal(30_000 + index),
        client_order_id=client_order_id or f"resting-{index}",
    )
