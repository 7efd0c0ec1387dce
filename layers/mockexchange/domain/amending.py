"""Decide what an amendment leaves of an open order. Pure.

An order may only be made smaller. That changes neither its price nor its age, so it keeps its place in the line, and
what it met stays met: an amendment is no placement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from .amounts import decimal_places, multiply, text
from .announcing import announcements
from .balances import Account
from .errors import (
    BadRequest,
    DuplicateOrderId,
    InvalidOrder,
    MarketClosed,
    NothingAmended,
    QuantityFilled,
    QuantityIncreased,
)
from .instruments import Instrument
from .journal import Amended
from .matching import list_postings
from .models import Engine
from .order_lists import follow
from .orders import Amendment, Order
from .placing import check_client_order_id, check_open, given_order_id
from .transactions import ClientIdClaim, Transaction


@dataclass(frozen=True, slots=True)
class AmendOrder:
    """A command: an open order made smaller. `quantity` (base asset) is all of it, what has filled included;
    `client_order_id` is its name from now on, None: the one it has."""

    quantity: Decimal
    client_order_id: str | None = None


@dataclass(frozen=True, slots=True)
class AmendmentView:
    """What was read for one amendment: `prior` is the latest order that has the new client order id, `scales` the
    decimal places of both assets, `mates` the others of the order's list; `now` is venue ms."""

    order: Order
    account: Account
    instrument: Instrument
    scales: Mapping[str, int]
    now: int
    prior: Order | None = None
    mates: tuple[Order, ...] = ()


def amend(command: AmendOrder, view: AmendmentView, engine: Engine) -> Transaction:
    """Make an open order smaller and release what it holds no longer.

    Raises OrderNotOpen, InvalidOrder, QuantityIncreased, NothingAmended, QuantityFilled, FilterFailure, MarketClosed,
    BadRequest, DuplicateOrderId.
    """
    order, now = view.order, view.now
    _check_quantity(command.quantity, order)
    _check_filters(command.quantity, view)
    claim = _claim(command, view)
    name = claim.client_order_id if claim else order.client_order_id
    made = Amendment(order.version + 1, now, order.quantity, command.quantity, order.client_order_id, name)
    smaller = order.moved(
        order.status,
        now,
        quantity=command.quantity,
        client_order_id=name,
        amendments=(*order.amendments, made),
    )
    changed = follow(order, smaller, view.mates, view.instrument, now, None)
    return Transaction(
        entry=Amended(now, order.account_id, order.order_id, command.quantity, command.client_order_id),
        account=view.account,
        scales=view.scales,
        # The filters are all that it stands on beside the order.
        announcements=announcements(view.instrument, None, engine),
        client_ids=(claim,) if claim else (),
        orders=changed.writes,
        postings=list_postings(changed, (), view.instrument),
    )


def _check_quantity(quantity: Decimal, order: Order) -> None:
    check_open(order)
    name = f"order {order.order_id}"
    if quantity <= 0:
        raise InvalidOrder(f"quantity must be greater than 0, was {text(quantity)}")
    if quantity > order.quantity:
        raise QuantityIncreased(f"{name} is of {text(order.quantity)}; {text(quantity)} would be more")
    if quantity == order.quantity:
        raise NothingAmended(f"{name} is of {text(quantity)} already")
    if quantity <= order.filled_quantity:
        raise QuantityFilled(
            f"{text(order.filled_quantity)} of {name} has filled; {text(quantity)} would leave nothing of it, cancel it"
        )


def _check_filters(quantity: Decimal, view: AmendmentView) -> None:
    """LOT_SIZE, NOTIONAL and MAX_NUM_ORDER_AMENDS, as the market has them now."""
    instrument, order = view.instrument, view.order
    if instrument.status != "TRADING":
        raise MarketClosed(f"{instrument.symbol} is {instrument.status}")
    instrument.check_quantity(quantity, market=False)
    price = order.worth_at
    if price is not None:
        instrument.check_notional(multiply(price, quantity))
    instrument.check_amendments(len(order.amendments))
    scale = view.scales[instrument.base_asset]
    if decimal_places(quantity) > scale:
        raise BadRequest(f"{instrument.base_asset} is kept with {scale} decimal places, {text(quantity)} has more")


def _claim(command: AmendOrder, view: AmendmentView) -> ClientIdClaim | None:
    """The new client order id, if there is one. It may have been that of an order that is closed."""
    order, name = view.order, command.client_order_id
    if name is None or name == order.client_order_id:
        return None
    check_client_order_id(name)
    if view.prior and view.prior.is_open:
        raise DuplicateOrderId(f"client order id {name!r} belongs to order {view.prior.order_id}")
    own = given_order_id(order.client_order_id) is None
    return ClientIdClaim(
        name,
        view.prior.order_id if view.prior else None,
        order.order_id,
        released=order.client_order_id if own else None,
    )
