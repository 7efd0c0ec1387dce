"""How an order is named: by the exchange's id, by its owner's, and how often."""

from __future__ import annotations

import pytest

from mockexchange.domain.errors import BadRequest, DuplicateOrderId, OrderNotFound

from .venue import D, Venue, order


def test_the_same_client_id_with_the_same_order_gives_the_first_answer(venue: Venue) -> None:
    request = order("BUY", "1", client_order_id="once")
    first = venue.exchange.place(request)
    again = venue.another().place(request)
    assert (again.order, again.fills, again.repeated, first.repeated) == (first.order, first.fills, True, False)
    assert len(venue.all_orders()) == 1
    for other in (order("BUY", "2", client_order_id="once"), order("BUY", "1", "100", client_order_id="once")):
        with pytest.raises(DuplicateOrderId, match=f"'once' belongs to order {first.order.order_id}"):
            venue.exchange.place(other)
    # Another account's ids are its own.
    venue.exchange.open_account("bob", {"USDT": D(1000)})
    assert not venue.exchange.place(order("BUY", "2", account="bob", client_order_id="once")).repeated


def test_as_on_binance_a_client_id_is_free_again_once_its_order_is_closed(venue: Venue) -> None:
    request = order("BUY", "1", "90", client_order_id="again", reuse_client_id=True)
    first = venue.exchange.place(request).order
    with pytest.raises(DuplicateOrderId):
        venue.exchange.place(request)
    venue.exchange.cancel("alice", first.order_id)
    second = venue.exchange.place(request).order
    assert second.order_id != first.order_id
    assert venue.exchange.order("alice", client_order_id="again") == second
    assert venue.exchange.order("alice", first.order_id).status == "CANCELED"


def test_orders_are_found_by_their_ids_and_only_in_their_own_account(venue: Venue) -> None:
    venue.exchange.open_account("bob", {"USDT": D(1000)})
    given = venue.exchange.place(order("BUY", "1", "90")).order
    named = venue.exchange.place(order("BUY", "1", "90", client_order_id="mine")).order
    assert given.client_order_id == f"mx-{given.order_id}"
    assert venue.exchange.order("alice", client_order_id=given.client_order_id) == given
    assert venue.exchange.order("alice", client_order_id="mine") == named
    for account, ids in (
        ("bob", {"order_id": given.order_id}),
        ("bob", {"client_order_id": "mine"}),
        ("bob", {"client_order_id": given.client_order_id}),
        ("alice", {"order_id": 999}),
        ("alice", {"order_id": 0}),
        ("alice", {"client_order_id": "yours"}),
        ("alice", {"client_order_id": "mx-999"}),
        ("alice", {"client_order_id": f"mx-{named.order_id}"}),  # its owner called it otherwise
        ("alice", {"client_order_id": "mx-" + "9" * 5000}),
        ("alice", {"client_order_id": ""}),
    ):
        with pytest.raises(OrderNotFound, match="no order .* in this account"):
            venue.exchange.order(account, **ids)  # type: ignore[arg-type]  # one of two keywords
        with pytest.raises(OrderNotFound):
            venue.exchange.cancel(account, **ids)  # type: ignore[arg-type]  # one of two keywords
    with pytest.raises(BadRequest, match="by its id or its client order id"):
        venue.exchange.order("alice")
