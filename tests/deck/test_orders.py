"""The screen Orders."""

from __future__ import annotations

from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from mockexchange.clients.order_request import OrderRequest
from mockexchange.deck.amounts import money
from mockexchange.deck.screens.orders import PAGE, Filters, all_of, as_csv

from ..conformance.served import KEY, Served
from .busy import NOBODY, client_of, exact, trade
from .pages import screen, started_with, tables_of, text_of


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
    assert shown["Id"] == [order.id for order in orders]
    for index, order in enumerate(orders):
        for column, amount in (("Amount", order.amount), ("Value", order.cost), ("Average", order.average)):
            assert shown[column][index] == money(amount)
            if amount is not None:
                assert exact(shown[column][index]) == amount


def test_the_address_says_which_orders(deck: Served) -> None:
    trade(deck)
    page = orders_with(status="open", symbol="BTC/USDT")

    assert set(tables_of(page)[0]["Status"]) == {"open"}
    page.selectbox(key="orders.status").set_value("canceled").run()
    assert page.query_params["status"] == "canceled"
    assert "No order is like that." in text_of(page)


def test_what_the_address_says_wrongly_is_left_out(deck: Served) -> None:
    trade(deck)
    page = orders_with(status="lost", side="both")

    assert not page.exception
    assert len(tables_of(page)[0]["Id"]) > 1


def test_older_orders_are_on_the_next_pages(deck: Served) -> None:
    with client_of(deck) as client:
        ids = [client.place(resting(index)).id for index in range(PAGE + 3)]
    page = screen("orders").run()
    assert tables_of(page)[0]["Id"] == ids[: -PAGE - 1 : -1]

    page.button(key="orders.older").click().run()
    assert tables_of(page)[0]["Id"] == ids[2::-1]
    assert page.button(key="orders.older").disabled

    page.button(key="orders.newer").click().run()
    assert tables_of(page)[0]["Id"] == ids[: -PAGE - 1 : -1]


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
    assert fills["Amount"] == [money(each.amount) for each in order.trades]
    assert ledger["Amount"] == [money(each.amount) for each in lines]
    assert len(lines) == 3


def test_an_order_that_is_not_there(deck: Served) -> None:
    page = orders_with(order="999")

    assert not page.exception
    assert "no order" in page.error[0].value


def test_the_file_has_every_order_to_the_last_digit(deck: Served) -> None:
    trade(deck)
    with client_of(deck) as client:
        orders = client.orders(limit=1000)
        assert all_of(client, Filters()) == orders
    head, *rows = as_csv(orders).splitlines()

    column = head.split(",").index("amount")
    assert [Decimal(row.split(",")[column]) for row in rows] == [order.amount for order in orders]


def test_a_client_order_id_is_no_formula(deck: Served) -> None:
    with client_of(deck) as client:
        order = client.place(resting(1, client_order_id="-1"))

    assert ",'-1," not in as_csv([]) and "'-1," in as_csv([order])


def test_an_exchange_that_is_away(deck: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    started_with(monkeypatch, NOBODY, KEY)
    page = screen("orders").run()

    assert "No answer from the exchange since 2" in text_of(page)
    assert not page.exception


def resting(index: int, client_order_id: str | None = None) -> OrderRequest:
    """A buy that no price reaches."""
    return OrderRequest(
        symbol="BTC/USDT",
        side="buy",
        amount=Decimal("0.001"),
        price=Decimal(30_000 + index),
        client_order_id=client_order_id or f"resting-{index}",
    )
