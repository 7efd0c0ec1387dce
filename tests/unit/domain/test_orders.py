"""The life of an order: every pair of states, and what an order holds at each point of it."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from mockexchange.domain.orders import TRANSITIONS, Order, OrderStatus, OrderType, Side, TimeInForce

from .words import NOW, D

BUY = Order(
    order_id=7,
    account_id="alice",
    generation=1,
    client_order_id="mx-7",
    symbol="ETH/BTC",
    side=Side.BUY,
    type=OrderType.LIMIT,
    time_in_force=TimeInForce.GTC,
    post_only=False,
    price=D("0.06543"),
    quantity=D("0.0123"),
    quote_quantity=None,
    quote_scale=8,
    status=OrderStatus.NEW,
    filled_quantity=D(0),
    filled_notional=D(0),
    trade_ids=(),
    created_at=NOW,
    updated_at=NOW,
    met_tick=3,
    unmet=False,
    version=1,
)
SELL = replace(BUY, side=Side.SELL)

# One row a state, one column the state that may follow: written out by hand, not derived.
TABLE = """
                  PENDING_NEW  NEW  PARTIALLY_FILLED  FILLED  CANCELED  REJECTED  EXPIRED
PENDING_NEW            -       yes        yes           yes      yes       yes      yes
NEW                    -        -         yes           yes      yes        -       yes
PARTIALLY_FILLED       -        -         yes           yes      yes        -       yes
FILLED                 -        -          -             -        -         -        -
CANCELED               -        -          -             -        -         -        -
REJECTED               -        -          -             -        -         -        -
EXPIRED                -        -          -             -        -         -        -
"""
HEADER, *ROWS = (line.split() for line in TABLE.strip().splitlines())
ALLOWED = {(row[0], after) for row in ROWS for after, mark in zip(HEADER, row[1:], strict=True) if mark == "yes"}
TERMINAL = {OrderStatus.FILLED, OrderStatus.CANCELED, OrderStatus.REJECTED, OrderStatus.EXPIRED}


def test_the_table_names_every_state_once() -> None:
    assert sorted(HEADER) == sorted(OrderStatus) == sorted(row[0] for row in ROWS) == sorted(TRANSITIONS)


@pytest.mark.parametrize(("before", "after"), list(product(OrderStatus, OrderStatus)))
def test_every_pair_of_states(before: OrderStatus, after: OrderStatus) -> None:
    assert (after in TRANSITIONS[before]) is ((before, after) in ALLOWED)


@pytest.mark.parametrize(("before", "after"), list(product(OrderStatus, OrderStatus)))
def test_an_order_moves_as_the_table_says_and_not_otherwise(before: OrderStatus, after: OrderStatus) -> None:
    order = replace(BUY, status=before)
    # To stay open in the same state is not a change of state: an arrival that only rests writes the record again.
    if (before, after) in ALLOWED or (before is after and before not in TERMINAL):
        moved = order.moved(after, NOW + 5)
        assert (moved.status, moved.updated_at, moved.created_at, moved.version) == (after, NOW + 5, NOW, 2)
    else:
        with pytest.raises(ValueError, match="order 7 (cannot go from|is) "):
            order.moved(after, NOW + 5)


@pytest.mark.parametrize("status", OrderStatus)
def test_a_terminal_state_is_closed_and_holds_nothing(status: OrderStatus) -> None:
    for order in (replace(BUY, status=status), replace(SELL, status=status)):
        assert order.is_open is (status not in TERMINAL)
        assert bool(order.held) is (status not in TERMINAL)


@pytest.mark.parametrize(
    ("filled", "notional", "paid", "held"),
    [
        # 0.06543 x 0.0123 = 0.000804789: nine decimal places, so the lock rounds up to 0.00080479
        ("0", "0", "0", "0.00080479"),
        # 0.06543 x 0.0041 = 0.000268263 is paid as 0.00026827, and 0.00080479 - 0.00026827 stays
        ("0.0041", "0.000268263", "0.00026827", "0.00053652"),
        # 0.06543 x 0.0082 = 0.000536526 is paid as 0.00053653, and 0.00080479 - 0.00053653 stays
        ("0.0082", "0.000536526", "0.00053653", "0.00026826"),
        # bought cheaper: 0.06 x 0.0041 = 0.000246 paid; 0.000246 + 0.06543 x 0.0082 = 0.000782526, up 0.00078253
        ("0.0041", "0.000246", "0.000246", "0.00053653"),
    ],
)
def test_a_buy_holds_what_is_left_of_its_promise(filled: str, notional: str, paid: str, held: str) -> None:
    status = OrderStatus.PARTIALLY_FILLED if D(filled) else OrderStatus.NEW
    order = replace(BUY, status=status, filled_quantity=D(filled), filled_notional=D(notional))
    assert (order.paid, order.held) == (D(paid), D(held))


def test_a_sell_holds_the_quantity_it_has_not_sold() -> None:
    assert SELL.held == D("0.0123")
    partly = replace(SELL, status=OrderStatus.PARTIALLY_FILLED, filled_quantity=D("0.0041"))
    assert partly.held == partly.remaining_quantity == D("0.0082")


def test_the_mean_price_is_the_notional_over_the_quantity() -> None:
    assert BUY.average_price is None
    filled = replace(BUY, filled_quantity=D("0.003"), filled_notional=D("0.0002"))
    assert filled.average_price == D("0.066666666666666666")


CHANGES = [
    {"symbol": "BTC/USDT"},
    {"side": Side.SELL},
    {"type": OrderType.MARKET},
    {"time_in_force": TimeInForce.IOC},
    {"post_only": True},
    {"price": D("0.06544")},
    {"quantity": D("0.0124")},
    {"quote_quantity": D("0.0123")},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_a_request_is_the_same_only_in_the_same_words(change: dict[str, object]) -> None:
    assert not BUY.same_request(replace(BUY, **change))


def test_what_became_of_an_order_does_not_change_its_request() -> None:
    later = replace(BUY, status=OrderStatus.FILLED, order_id=8, filled_quantity=D("0.0123"), met_tick=9, version=4)
    assert BUY.same_request(later)
    by_quote = replace(BUY, type=OrderType.MARKET, price=None, quote_quantity=D(100))
    # A market order by quote quantity buys what the price of its moment gives; the request is the amount.
    assert by_quote.same_request(replace(by_quote, quantity=D("0.5")))
