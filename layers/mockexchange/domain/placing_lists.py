"""Decide what becomes of a new order list. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from .account_models import engine_of
from .amounts import ZERO, text
from .announcing import announcements
from .balances import Posting
from .errors import BadRequest, DuplicateOrderId, InvalidOrder, PricesOutOfOrder
from .fills import Fill
from .journal import ListPlaced, Prices
from .matching import Outcome, placement_postings
from .models import Engine
from .order_lists import LIST_NAME, Met, follow, funded, locks
from .orders import Contingency, Leg, Order, OrderStatus, OrderType, Side
from .placing import (
    GIVEN_PREFIX,
    PlacementView,
    PlaceOrder,
    check,
    check_client_order_id,
    check_form,
    claims,
    decide,
    draft,
    entry,
    most_open,
)
from .transactions import ClientIdClaim, OrderWrite, Transaction


@dataclass(frozen=True, slots=True)
class PlaceList:
    """A command: orders that belong together, all on one market and of one account.

    OCO: two, of which one cancels the other. OTO: a working limit order, and one or two that are placed when it is
    filled; two are an OCO then. `client_id`: the list's own name, None: the exchange gives one.
    """

    contingency: Contingency
    orders: tuple[PlaceOrder, ...]
    client_id: str | None = None

    @property
    def working(self) -> PlaceOrder | None:
        """The order that others wait for."""
        return self.orders[0] if self.contingency is Contingency.OTO else None

    @property
    def pair(self) -> tuple[PlaceOrder, ...]:
        """The two that cancel each other, if there are two."""
        rest = self.orders if self.working is None else self.orders[1:]
        return rest if len(rest) == 2 else ()


@dataclass(frozen=True, slots=True)
class ListView:
    """What was read for a new list: the market and the account as `base` has them, with the first of as many fresh ids
    in a row as there are orders; `priors` are the latest orders with their client ids, `prior_list` those of the
    latest list with the name of this one."""

    base: PlacementView
    priors: tuple[Order | None, ...]
    prior_list: tuple[Order, ...] = ()

    def of(self, command: PlaceList, number: int) -> PlacementView:
        """The view for one of the orders."""
        first = self.base.order_id
        working = command.working is not None and number == 0
        leg = Leg(first, command.client_id or "", command.contingency, len(command.orders), number, holds=working)
        return replace(self.base, order_id=first + number, prior=self.priors[number], leg=leg)


@dataclass(frozen=True, slots=True)
class ListPlacement:
    """A decided list: its orders as they stand in the end. `transaction` is None when they are an earlier answer to the
    same request."""

    orders: tuple[Order, ...]
    transaction: Transaction | None

    @property
    def fills(self) -> tuple[Fill, ...]:
        """What the working order traded at once."""
        return self.transaction.fills if self.transaction else ()


def list_name(order: Order) -> str:
    """The name of the list that an order belongs to: its owner's, or the one that the exchange gave. "" for none."""
    if order.leg is None:
        return ""
    return order.leg.list_client_id or f"{GIVEN_PREFIX}{order.leg.list_id}"


def place_list(command: PlaceList, view: ListView, engine: Engine, *, short: bool = False) -> ListPlacement:
    """Decide a new list on the newest tick. `short`: the account cannot pay for what a working order that is filled at
    once would place, so that is rejected.

    Raises what `place` raises, of any of its orders, and PricesOutOfOrder.
    """
    check_list_form(command)
    base, views = view.base, [view.of(command, number) for number in range(len(command.orders))]
    earlier = _earlier_answer(command, view, views)
    if earlier:
        return ListPlacement(earlier, None)
    _check_names(command, view)
    _check_prices(command, base)
    own = engine_of(engine, base.account)
    decided = _of_two(command, views, own) if command.working is None else _of_waiting(command, views, own, short)
    return ListPlacement(
        decided.orders,
        Transaction(
            entry=ListPlaced(
                command.contingency,
                command.client_id,
                tuple(
                    entry(order, each, decided.prices if each is views[0] else ())
                    for order, each in zip(command.orders, views, strict=True)
                ),
                short,
            ),
            account=base.account,
            scales={**base.scales, **(decided.outcome.scales if decided.outcome else {})},
            placed_on=(base.instrument.symbol, base.tick.number if base.tick else base.seen),
            most_open=most_open(decided.orders, base),
            announcements=announcements(base.instrument, base.tick, engine),
            client_ids=(
                *_list_claim(command, view),
                *(claim for order, each in zip(command.orders, views, strict=True) for claim in claims(order, each)),
            ),
            orders=tuple(OrderWrite(None, order) for order in decided.orders),
            taken=views[0].taken_by(decided.outcome, own.model) if decided.outcome else None,
            consumed=views[0].consumed_by(decided.outcome, own.model) if decided.outcome else None,
            postings=decided.postings,
            fills=decided.outcome.fills if decided.outcome else (),
            fees=decided.outcome.fees if decided.outcome else None,
        ),
    )


@dataclass(frozen=True, slots=True)
class _Decided:
    orders: tuple[Order, ...]
    postings: tuple[Posting, ...]
    outcome: Outcome | None = None

    @property
    def prices(self) -> Prices:
        """Those that the fees of the working order's fills depend on."""
        return self.outcome.prices if self.outcome else ()


def _of_two(command: PlaceList, views: Sequence[PlacementView], engine: Engine) -> _Decided:
    """Two that cancel each other: both wait, in the book and for a price, so neither trades at once."""
    orders = funded([decide(order, each, engine)[0].order for order, each in zip(command.orders, views, strict=True)])
    return _Decided(
        tuple(orders), tuple(posting for order in orders for posting in locks(order, order.held, views[0].instrument))
    )


def _of_waiting(command: PlaceList, views: Sequence[PlacementView], engine: Engine, short: bool) -> _Decided:  # noqa: FBT001  # passed on
    """A working order, and what waits for it: that is placed in the same transaction when it is filled at once."""
    view, instrument = views[0], views[0].instrument
    outcome, before = decide(command.orders[0], view, engine)
    waiting = [_waiting(order, each) for order, each in zip(command.orders[1:], views[1:], strict=True)]
    met = Met(view.tick, engine.model) if view.tick else None
    followed = follow(before, outcome.order, waiting, instrument, view.now, met, short=short)
    changed = {after.order_id: after for _, after in followed.mates}
    # Whatever became of them at once is their first write.
    rest = (replace(changed.get(order.order_id, order), version=1) for order in waiting)
    postings = placement_postings(before, outcome.order, outcome.fills, instrument)
    return _Decided((outcome.order, *rest), (*postings, *followed.last), outcome)


def _waiting(command: PlaceOrder, view: PlacementView) -> Order:
    """An order that waits for the working one. Its market's filters hold already; whether it would trade, or be
    triggered, is seen when it is placed."""
    assert command.quantity is not None, "checked with the form of the list"
    check(command, command.quantity, view, None)
    return replace(draft(command, view, command.quantity), status=OrderStatus.PENDING_NEW)


def check_list_form(command: PlaceList) -> None:
    """What any market demands of a list. Raises BadRequest, InvalidOrder."""
    for order in command.orders:
        check_form(order)
        if order.expires_at is not None:
            raise InvalidOrder("the orders of a list are good until they are canceled; only one alone has a date (GTD)")
    if command.client_id is not None:
        check_client_order_id(command.client_id)
    if len({(order.account_id, order.symbol) for order in command.orders}) != 1:
        raise InvalidOrder("the orders of a list are of one account and on one market")
    most = 2 if command.working is None else 3
    if not 2 <= len(command.orders) <= most:
        raise InvalidOrder(f"an {command.contingency} list has {'two' if most == 2 else 'two or three'} orders")
    if command.working is not None and command.working.type is not OrderType.LIMIT:
        raise InvalidOrder("the working order of a list is a limit order")
    if any(order.quantity is None for order in command.orders):
        raise InvalidOrder("the orders of a list name their quantities, not a quote quantity")
    if command.pair:
        _check_pair(*command.pair)


def _check_pair(one: PlaceOrder, other: PlaceOrder) -> None:
    if (one.side, one.quantity) != (other.side, other.quantity):
        raise InvalidOrder("two orders of which one cancels the other have the same side and quantity")
    stop_losses = [each for each in (one, other) if each.type.is_stop_loss]
    if len(stop_losses) != 1 or not any(_gains(each) for each in (one, other)):
        raise InvalidOrder(
            "of two orders of which one cancels the other, one is a stop-loss (limit), and one is a post-only limit "
            "order or a take-profit (limit)"
        )


def _gains(order: PlaceOrder) -> bool:
    return order.post_only or order.type in (OrderType.TAKE_PROFIT, OrderType.TAKE_PROFIT_LIMIT)


def _check_prices(command: PlaceList, view: PlacementView) -> None:
    """Of a pair, the price that gains and the one that loses lie on their sides of the last price; while they wait for
    another order, of each other (rest-api.md, "New Order list - OCO"). Raises PricesOutOfOrder."""
    if not command.pair:
        return
    gain, loss = sorted(command.pair, key=lambda order: order.type.is_stop_loss)
    target, stop = gain.price if gain.price is not None else gain.stop_price, loss.stop_price
    between = [view.tick.quote.last] if view.tick and command.working is None else []
    prices = [price for price in (stop, *between, target) if price is not None]
    if gain.side is Side.BUY:
        prices.reverse()
    if any(low >= high for low, high in pairwise(prices)):
        named = " < ".join(("stop", "last", "target") if between else ("stop", "target"))
        written = ", ".join(text(price) for price in prices)
        raise PricesOutOfOrder(
            f"the prices of a {gain.side.lower()} must be {named if gain.side is Side.SELL else _mirrored(named)}; "
            f"they were {written}"
        )


def _mirrored(order: str) -> str:
    return order.replace("<", ">")


def _check_names(command: PlaceList, view: ListView) -> None:
    """Every name is of one thing. Raises BadRequest, DuplicateOrderId."""
    names = [name for name in (command.client_id, *(order.client_order_id for order in command.orders)) if name]
    if len(names) != len(set(names)):
        raise BadRequest("the client ids of a list and of its orders must differ")
    for order, prior in zip(command.orders, view.priors, strict=True):
        if prior and (prior.is_open or not order.reuse_client_id):
            raise DuplicateOrderId(f"client order id {order.client_order_id!r} belongs to order {prior.order_id}")


def _earlier_answer(command: PlaceList, view: ListView, views: Sequence[PlacementView]) -> tuple[Order, ...] | None:
    prior, reuse = view.prior_list, command.orders[0].reuse_client_id
    if not prior or (reuse and not any(order.is_open for order in prior)):
        return None
    asked = [draft(order, each, order.quantity or ZERO) for order, each in zip(command.orders, views, strict=True)]
    same = len(asked) == len(prior) and all(map(Order.same_request, prior, asked))
    if same and not reuse and prior[0].leg and prior[0].leg.contingency is command.contingency:
        return prior
    raise DuplicateOrderId(f"client id {command.client_id!r} belongs to order list {prior[0].order_id}")


def _list_claim(command: PlaceList, view: ListView) -> tuple[ClientIdClaim, ...]:
    if command.client_id is None:
        return ()
    prior = view.prior_list[0].order_id if view.prior_list else None
    return (ClientIdClaim(LIST_NAME + command.client_id, prior, view.base.order_id),)
