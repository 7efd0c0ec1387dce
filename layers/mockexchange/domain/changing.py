"""Decide what an order becomes that its owner wants otherwise. Pure.

Less of it is an amendment: the order stays where it is. Anything else is another order in its place: one is canceled
and the other placed, in one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from .amounts import ZERO, subtract, text
from .errors import InvalidOrder, NothingAmended, QuantityFilled
from .models import Engine
from .orders import Order, OrderStatus, OrderType
from .placing import (
    GIVEN_PREFIX,
    Placement,
    PlacementView,
    PlaceOrder,
    check_open,
    draft,
    given_order_id,
    replace_order,
)


@dataclass(frozen=True, slots=True)
class ChangeOrder:
    """A command: an open order as its owner wants it. What is None stays. `quantity` (base asset) is all of it, what
    has filled included; `price` and `stop_price` are in the quote asset; `trailing_delta` in basis points;
    `iceberg_quantity` is how much of it shows at a time, 0 for all; `expires_at` (venue ms) is when it ends, 0: not by
    itself; `client_order_id` is the name of whichever order stands after it."""

    quantity: Decimal | None = None
    price: Decimal | None = None
    stop_price: Decimal | None = None
    trailing_delta: int | None = None
    iceberg_quantity: Decimal | None = None
    expires_at: int | None = None
    client_order_id: str | None = None


def keeps_place(change: ChangeOrder, order: Order) -> bool:
    """Whether it only makes the order smaller."""
    return change.quantity is not None and change.quantity < order.quantity and _keeps_the_rest(change, order)


def was_made_before(change: ChangeOrder, order: Order) -> bool:
    """Whether an amendment has made the order what is wanted: then this is that one, sent again."""
    return (
        bool(order.amendments)
        and change.quantity == order.quantity
        and _keeps_the_rest(change, order)
        and change.client_order_id in (None, order.client_order_id)
    )


def replacement(change: ChangeOrder, order: Order) -> PlaceOrder:
    """The order that takes the place of an open one, for what is left of it. One that was canceled gives what took its
    place, if anything did.

    It has the name of the order, else one that says which order it replaces: so a change that is sent again finds it.
    Raises OrderNotOpen, InvalidOrder, QuantityFilled, NothingAmended.
    """
    if order.status is not OrderStatus.CANCELED:
        check_open(order)
    _check_kind(change, order)
    quantity = order.quantity if change.quantity is None else change.quantity
    if quantity == order.quantity and _keeps_the_rest(change, order):
        raise NothingAmended(f"order {order.order_id} is what was asked for already; nothing would change")
    if quantity <= 0:
        raise InvalidOrder(f"quantity must be greater than 0, was {text(quantity)}")
    if quantity <= order.filled_quantity:
        raise QuantityFilled(
            f"{text(order.filled_quantity)} of order {order.order_id} has filled; {text(quantity)} would leave nothing "
            "of it, cancel it"
        )
    waits = order.is_untriggered
    left = subtract(quantity, order.filled_quantity)
    return PlaceOrder(
        account_id=order.account_id,
        symbol=order.symbol,
        side=order.side,
        # a stop that was triggered has been a limit order since
        type=order.type if waits else OrderType.LIMIT,
        quantity=left,
        price=order.price if change.price is None else change.price,
        time_in_force=order.time_in_force,
        post_only=order.post_only,
        client_order_id=change.client_order_id or _name(order),
        stop_price=_stop_price(change, order) if waits else None,
        trailing_delta=(change.trailing_delta or order.trailing.delta) if waits and order.trailing else None,
        iceberg_quantity=_iceberg_quantity(change, order, left),
        self_trade_prevention=order.self_trade_prevention,
        expires_at=(order.expires_at if change.expires_at is None else change.expires_at) or None,
    )


def change_place(
    order: Order, mates: Sequence[Order], change: ChangeOrder, view: PlacementView, engine: Engine
) -> Placement:
    """Cancel the order and place the one that is wanted, both or neither; where that was done before, the one that was
    placed. Raises what `replacement` and `replace_order` raise."""
    command = replacement(change, order)
    prior = view.prior
    if (
        order.status is OrderStatus.CANCELED
        and prior is not None
        and prior.created_at == order.updated_at
        and prior.same_request(draft(command, view, command.quantity or order.quantity))
    ):
        return Placement(prior, None, None)
    return replace_order(order, mates, command, view, engine)


def _keeps_the_rest(change: ChangeOrder, order: Order) -> bool:
    """Whether it leaves everything but quantity and name as it is."""
    return (
        change.price in (None, order.price)
        and change.stop_price in (None, order.stop_price)
        and change.trailing_delta in (None, order.trailing and order.trailing.delta)
        and change.iceberg_quantity in (None, order.iceberg_quantity or ZERO)
        and change.expires_at in (None, order.expires_at or 0)
    )


def _stop_price(change: ChangeOrder, order: Order) -> Decimal | None:
    """The price that it waits for. One that has begun to trail there goes on from the price that it finds."""
    if change.stop_price is not None:
        return change.stop_price
    return None if order.trail else order.stop_price


def _iceberg_quantity(change: ChangeOrder, order: Order, left: Decimal) -> Decimal | None:
    """How much of it shows: of what is no more than that, all."""
    if change.iceberg_quantity is not None:
        return change.iceberg_quantity or None
    shown = order.iceberg_quantity
    return shown if shown is not None and shown < left else None


def _check_kind(change: ChangeOrder, order: Order) -> None:
    name = f"order {order.order_id}"
    if order.leg is not None:
        raise InvalidOrder(
            f"{name} is of order list {order.leg.list_id}: it can be made smaller; for anything else cancel the list "
            "and place another one"
        )
    if not order.type.has_limit and not order.is_untriggered:
        raise InvalidOrder(f"{name} is a market order on its way: it can be made smaller, or canceled")
    if change.price is not None and order.price is None:
        raise InvalidOrder(f"{name} has no limit price that could be changed")
    if change.stop_price is not None and not order.is_untriggered:
        why = "its trigger price was reached" if order.type.is_stop else "it has no trigger price"
        raise InvalidOrder(f"{name} waits for nothing that could be changed: {why}")
    if change.stop_price is not None and order.stop_price is None:
        raise InvalidOrder(f"{name} trails the last price, and has no trigger price that could be changed")
    if change.trailing_delta is not None and (order.trailing is None or not order.is_untriggered):
        raise InvalidOrder(f"{name} trails no price, so how far that must come back cannot be changed")


def _name(order: Order) -> str:
    own = given_order_id(order.client_order_id) is None
    return order.client_order_id if own else f"{GIVEN_PREFIX}replaces-{order.order_id}"
