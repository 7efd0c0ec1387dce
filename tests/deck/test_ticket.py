"""What the ticket says that an order would do is what it does, to the last digit."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from mockexchange.clients.answers import Market, Order
from mockexchange.clients.endpoint import Endpoint
from mockexchange.clients.http import ExchangeClient
from mockexchange.clients.order_lists import OrderListRequest
from mockexchange.clients.order_request import OrderRequest
from mockexchange.deck.ticket import (
    Change,
    Choices,
    Effect,
    Good,
    Kind,
    Side,
    average_entry,
    change,
    effect,
    larger,
    read,
    standing,
)

from ..conformance.served import KEY, Served

TYPED = {
    "amount": "0.12345",
    "cost": "1234.56",
    "price": "59000.01",
    "trigger": "60500.03",
    "percent": "1.37",
    "iceberg": "0.02",
    "minutes": "5",
    "target": "66000",
    "stop": "57000",
}


@pytest.fixture
def client(served: Served) -> Iterator[ExchangeClient]:
    with ExchangeClient(Endpoint(served.url, KEY)) as client:
        yield client


@pytest.fixture
def market(client: ExchangeClient) -> Market:
    return next(each for each in client.markets() if each.symbol == "BTC/USDT")


@pytest.mark.parametrize(
    ("choices", "typed"),
    [
        (Choices("buy", Kind.MARKET), {}),
        (Choices("sell", Kind.MARKET), {}),
        (Choices("buy", Kind.MARKET, by_cost=True), {}),
        (Choices("buy", Kind.LIMIT), {}),
        (Choices("buy", Kind.LIMIT), {"price": "60002"}),
        (Choices("sell", Kind.LIMIT, good=Good.POST_ONLY), {"price": "61000"}),
        (Choices("buy", Kind.LIMIT, good=Good.IOC), {}),
        (Choices("buy", Kind.STOP), {}),
        (Choices("buy", Kind.STOP_LIMIT), {"price": "60600"}),
        (Choices("buy", Kind.TAKE_PROFIT), {"trigger": "58000"}),
        (Choices("sell", Kind.STOP), {"trigger": "58000"}),
        (Choices("buy", Kind.TRAILING), {}),
        (Choices("buy", Kind.TRAILING), {"begins": "58000"}),
        (Choices("sell", Kind.TRAILING), {}),
        (Choices("sell", Kind.OCO), {}),
        (Choices("buy", Kind.OCO), {"target": "57000", "stop": "66000"}),
        (Choices("buy", Kind.OTOCO), {}),
    ],
)
def test_the_balances_after_an_order_are_those_that_were_shown(
    client: ExchangeClient, market: Market, choices: Choices, typed: dict[str, str]
) -> None:
    reading = read(choices, {**TYPED, **typed}, market, name="one", now=0)
    found: list[Effect] = []
    for request in reading.assessable:
        order = client.can_execute(request).order
        assert isinstance(order, Order)
        found.append(effect(order, client.balances(), market, Decimal(60_000)))
    shown = larger(found)

    assert reading.request is not None
    if isinstance(reading.request, OrderListRequest):
        client.place_list(reading.request)
    else:
        client.place(reading.request)

    held = client.balances()
    assert [(each.free, each.total) for each in shown.after] == [
        (held[each.asset].free, held[each.asset].total) for each in shown.after
    ]
    assert shown.locks == held[shown.locked_asset].used


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("side", ["buy", "sell"])
def test_every_field_that_is_asked_for_must_be_filled_unless_it_is_optional(
    market: Market, kind: Kind, side: Side
) -> None:
    choices = Choices(side, kind, good=Good.GTD)
    reading = read(choices, {}, market, name="one", now=0)

    assert reading.missing == tuple(field.label for field in choices.fields() if not field.optional)
    assert reading.request is None


@pytest.mark.parametrize("said", ["1e5", "0x10", "١", "1_000", "60,000", "-1", "nan", "inf", "9" * 41])
def test_what_is_no_number_is_none(market: Market, said: str) -> None:
    reading = read(Choices("buy", Kind.MARKET), {"amount": said}, market, name="one", now=0)

    assert reading.request is None
    assert "must be a number" in reading.problems[0]


def test_what_is_typed_over_an_order_changes_what_it_differs_in(client: ExchangeClient, market: Market) -> None:
    typed = {"amount": "0.1", "price": "59000", "iceberg": "0.02"}
    request = read(Choices("buy", Kind.LIMIT), typed, market, name="one", now=0).request
    assert request is not None
    assert not isinstance(request, OrderListRequest)
    order = client.place(request)

    assert not change(order, {"amount": " 0.100", "price": "59000.0"}).is_any
    smaller = change(order, {"amount": "0.05", "price": "59000"})
    assert (smaller, smaller.keeps_place(order)) == (Change(amount=Decimal("0.05")), True)
    for said in ({"amount": "0.2"}, {"amount": "0.05", "price": "59001"}, {"amount": "0.1", "price": "58000"}):
        wanted = change(order, said)
        assert (wanted.is_any, wanted.keeps_place(order)) == (True, False)
    wrong = change(order, {"amount": "a little"})
    assert (wrong.is_any, wrong.problem) == (False, "The amount must be a number like 1234.5, was 'a little'.")

    assert change(order, {"iceberg": "0.010"}) == Change(iceberg=Decimal("0.01"))
    assert change(order, {"iceberg": " "}) == change(order, {"iceberg": "0"}) == Change(iceberg=Decimal(0))
    assert not change(order, {"iceberg": "0.02", "expires": ""}).is_any
    for said in ("2026-01-31 12:00", "2026-01-31T13:00:00+01:00"):
        assert change(order, {"expires": said}) == Change(expires=1_769_860_800_000)
    assert change(order, {"expires": "soon"}).problem == "The date is written like 2026-01-31 12:00, was 'soon'."


def test_a_date_that_stands_is_kept_to_the_last_digit(client: ExchangeClient) -> None:
    order = client.place(OrderRequest("BTC/USDT", "buy", Decimal("0.1"), Decimal(59_000), expires_at=2_000_000_000_123))

    assert standing(order)["expires"] == "2033-05-18 03:33:20"
    assert not change(order, standing(order)).is_any
    assert change(order, {"expires": ""}) == Change(expires=0)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"price": Decimal(59_000)}, "amount price iceberg expires"),
        ({"price": Decimal(59_000), "post_only": True}, "amount price iceberg expires"),
        ({"stop_loss_price": Decimal(62_000)}, "amount trigger"),
        ({"stop_loss_price": Decimal(62_000), "price": Decimal(62_100)}, "amount price trigger iceberg expires"),
        (
            {"stop_loss_price": Decimal(62_000), "price": Decimal(62_100), "time_in_force": "IOC"},
            "amount price trigger",
        ),
        ({"trailing_percent": Decimal(2)}, "amount percent"),
        ({"trailing_percent": Decimal(2), "take_profit_price": Decimal(58_000)}, "amount trigger percent"),
    ],
)
def test_only_what_an_order_has_can_be_changed(client: ExchangeClient, more: dict[str, Any], expected: str) -> None:
    order = client.place(OrderRequest("BTC/USDT", "buy", Decimal("0.1"), **more))

    assert list(standing(order)) == expected.split()


@pytest.mark.parametrize(
    ("fills", "expected"),
    [
        ([], None),
        ([("buy", 100, 1), ("buy", 200, 1)], 150),
        ([("buy", 100, 1), ("buy", 200, 1), ("sell", 300, 1)], 150),
        ([("buy", 100, 1), ("sell", 300, 2), ("buy", 50, 1)], 50),
        ([("sell", 300, 2)], None),
    ],
)
def test_the_average_entry_is_of_what_is_not_sold_again(
    fills: list[tuple[str, int, int]], expected: int | None
) -> None:
    assert average_entry([(side, Decimal(price), Decimal(amount)) for side, price, amount in fills]) == expected
