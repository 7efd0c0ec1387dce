"""`mockx order-list`: place, list, show and cancel orders that belong together."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Literal

import typer

from ..clients.answers import OrderList
from ..clients.order_lists import OrderListRequest
from ..clients.order_request import OrderRequest, new_client_order_id
from ..domain.amounts import text
from .cells import moment, optional
from .invocation import invocation_of, mention_limit
from .order_tables import kind_of
from .parameters import (
    QUANTITY,
    AmountCommand,
    BookSide,
    Json,
    Limit,
    SideArgument,
    SymbolArgument,
    amount,
    client_id,
    list_id,
)
from .tables import Table, facts

lists = typer.Typer(no_args_is_help=True, help="Orders that belong together: OCO, OTO, OTOCO.")
place = typer.Typer(no_args_is_help=True, help="Place an order list: all of it, or nothing.")
lists.add_typer(place, name="place")

Amount = Annotated[Decimal, QUANTITY]
Price = Annotated[Decimal, typer.Option("--limit", parser=amount, metavar="PRICE", help="At this price or better.")]
Target = Annotated[
    Decimal,
    typer.Option(parser=amount, metavar="PRICE", help="The price that gains: a limit order that only rests."),
]
Stop = Annotated[
    Decimal,
    typer.Option(parser=amount, metavar="PRICE", help="The price that loses: a stop, when the last price reaches it."),
]
StopLimit = Annotated[
    Decimal | None,
    typer.Option(
        "--stop-limit", parser=amount, metavar="PRICE", help="What the stop then takes at worst; else a market order."
    ),
]
Exit = Annotated[
    Decimal | None,
    typer.Option(
        "--exit",
        parser=amount,
        metavar="AMOUNT",
        help="How much the other side trades then; not given: AMOUNT. Sell a little less than is bought: the "
        "commission comes out of it.",
    ),
]
ClientListId = Annotated[
    str | None,
    typer.Option(
        "--client-id", parser=client_id, metavar="ID", help="Your own id for it: the same list twice is one list."
    ),
]
ListId = Annotated[str, typer.Argument(parser=list_id, metavar="ID", help="The list's number.")]


@place.command(
    "oco", cls=AmountCommand, epilog="Example: mockx order-list place oco BTC/USDT sell 0.1 --target 66000 --stop 57000"
)
def place_oco(
    context: typer.Context,
    of: SymbolArgument,
    side: SideArgument,
    quantity: Amount,
    target: Target,
    stop: Stop,
    stop_limit: StopLimit = None,
    client: ClientListId = None,
    as_json: Json = False,
) -> None:
    """A target and a stop, of which one cancels the other; they lock the money once."""
    orders = _pair(of, side, quantity, target, stop, stop_limit)
    _place(context, "oco", orders, client, as_json=as_json)


@place.command(
    "oto",
    cls=AmountCommand,
    epilog="Examples: mockx order-list place oto BTC/USDT buy 0.1 --limit 60000 --stop 57000 --exit 0.099  |  "
    "mockx order-list place oto BTC/USDT buy 0.1 --limit 60000 --target 66000 --exit 0.099",
)
def place_oto(
    context: typer.Context,
    of: SymbolArgument,
    side: SideArgument,
    quantity: Amount,
    limit: Price,
    target: Annotated[
        Decimal | None, typer.Option(parser=amount, metavar="PRICE", help="Then close it at this price or better.")
    ] = None,
    stop: Annotated[
        Decimal | None,
        typer.Option(parser=amount, metavar="PRICE", help="Then close it by a stop, when the last price reaches it."),
    ] = None,
    stop_limit: StopLimit = None,
    exit_amount: Exit = None,
    client: ClientListId = None,
    as_json: Json = False,
) -> None:
    """A limit order, and one of the other side that is placed when it is filled."""
    if (target is None) == (stop is None):
        raise typer.BadParameter("what is placed then is either a --target or a --stop; `otoco` places both")
    if stop is None and stop_limit is not None:
        raise typer.BadParameter("--stop-limit goes with --stop")
    closing, closed = _other(side), exit_amount or quantity
    then = _limit(of, closing, closed, target) if target is not None else _stop(of, closing, closed, stop, stop_limit)
    _place(context, "oto", [_limit(of, side, quantity, limit), then], client, as_json=as_json)


@place.command(
    "otoco",
    cls=AmountCommand,
    epilog="Example: mockx order-list place otoco BTC/USDT buy 0.1 --limit 60000 --target 66000 --stop 57000 "
    "--exit 0.099",
)
def place_otoco(
    context: typer.Context,
    of: SymbolArgument,
    side: SideArgument,
    quantity: Amount,
    limit: Price,
    target: Target,
    stop: Stop,
    stop_limit: StopLimit = None,
    exit_amount: Exit = None,
    client: ClientListId = None,
    as_json: Json = False,
) -> None:
    """A bracket: a limit order, and a target and a stop that are placed when it is filled."""
    pair = _pair(of, _other(side), exit_amount or quantity, target, stop, stop_limit)
    _place(context, "oto", [_limit(of, side, quantity, limit), *pair], client, as_json=as_json)


@lists.command("list", epilog="Examples: mockx order-list list  |  mockx order-list list --all --limit 20")
def list_lists(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Those that have come to their end too.")] = False,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """List order lists, the newest first; those of which an order is open, unless --all is given."""
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        found = exchange.order_lists(status="all" if everything else "open", limit=limit)
        invocation.show(found, lambda: [list_table(found)], as_json=as_json)
        mention_limit(len(found), limit)


@lists.command("show", epilog="Example: mockx order-list show 42")
def show_list(context: typer.Context, number: ListId, as_json: Json = False) -> None:
    """Show one order list with its orders."""
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        found = exchange.order_list(number)
        invocation.show(found, lambda: list_card(found), as_json=as_json)


@lists.command("cancel", epilog="Example: mockx order-list cancel 42")
def cancel_list(context: typer.Context, number: ListId, as_json: Json = False) -> None:
    """Cancel all that is open of an order list."""
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        canceled = exchange.cancel_list(number)
        invocation.show(canceled, lambda: list_card(canceled), as_json=as_json)


def _place(
    context: typer.Context,
    kind: Literal["oco", "oto"],
    orders: Sequence[OrderRequest],
    client: str | None,
    *,
    as_json: bool,
) -> None:
    request = OrderListRequest(kind, orders, new_client_order_id() if client is None else client)
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        placed = exchange.place_list(request)
        invocation.show(placed, lambda: list_card(placed), as_json=as_json)


def _pair(
    of: str, side: BookSide, quantity: Decimal, target: Decimal, stop: Decimal, stop_limit: Decimal | None
) -> list[OrderRequest]:
    # of a pair the exchange takes no target that might fill at once
    return [_limit(of, side, quantity, target, post_only=True), _stop(of, side, quantity, stop, stop_limit)]


def _limit(of: str, side: BookSide, quantity: Decimal, price: Decimal, *, post_only: bool = False) -> OrderRequest:
    return OrderRequest(of, side.value, quantity, price=price, post_only=post_only)


def _stop(of: str, side: BookSide, quantity: Decimal, stop: Decimal | None, stop_limit: Decimal | None) -> OrderRequest:
    return OrderRequest(of, side.value, quantity, price=stop_limit, stop_loss_price=stop)


def _other(side: BookSide) -> BookSide:
    return BookSide.SELL if side is BookSide.BUY else BookSide.BUY


def list_table(found: Sequence[OrderList]) -> Table:
    """One row for each order list."""
    return Table(
        headers=("id", "time (UTC)", "symbol", "type", ">orders", ">open", "status"),
        rows=[
            (
                each.id,
                moment(each.timestamp),
                each.symbol,
                _kind(each),
                str(len(each.orders)),
                str(sum(order.status == "open" for order in each.orders)),
                each.status,
            )
            for each in found
        ],
        empty="No order list. `mockx order-list place --help` shows how to place one.",
        optional=("time (UTC)", "open"),
    )


def list_card(found: OrderList) -> list[Table]:
    """Everything about one order list, and a row for each of its orders."""
    card = facts(
        [
            ("id", found.id),
            ("client list id", found.client_list_id),
            ("placed (UTC)", moment(found.timestamp)),
            ("symbol", found.symbol),
            ("type", _kind(found)),
            ("status", found.status),
        ]
    )
    orders = Table(
        headers=("id", "side", "type", ">amount", ">price", ">stop", ">filled", ">average", "status"),
        rows=[
            (
                order.id,
                order.side,
                kind_of(order),
                text(order.amount),
                optional(order.price),
                optional(order.trigger_price),
                text(order.filled),
                optional(order.average),
                "waits" if order.pending else order.status,
            )
            for order in found.orders
        ],
        optional=("average",),
    )
    return [card, orders]


def _kind(found: OrderList) -> str:
    return "otoco" if found.type == "oto" and len(found.orders) > 2 else found.type
