"""`mockx order`: place, list, show, amend and cancel."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import typer

from ..clients.answers import Verdict
from ..clients.order_request import OrderRequest, new_client_order_id
from .exit_codes import ExitCode
from .failures import ELSE, NEXT_STEP, fail
from .invocation import Invocation, invocation_of, mention_limit, say
from .moments import deadline, span
from .order_tables import order_card, order_table, reason_table, trade_table
from .parameters import (
    QUANTITY,
    AmountCommand,
    ClientId,
    HowLong,
    Json,
    Limit,
    OrderId,
    SideArgument,
    SideOption,
    Since,
    SymbolArgument,
    SymbolOption,
    Until,
    amount,
    client_id,
    order_id,
)

orders = typer.Typer(no_args_is_help=True, help="Place, list, show, amend and cancel orders.")


@orders.command(
    "place",
    cls=AmountCommand,
    epilog="Examples: mockx order place BTC/USDT buy 0.01 --limit 60000  |  mockx order place BTC/USDT buy --cost 500"
    "  |  mockx order place BTC/USDT sell 0.01 --stop 55000 --limit 54900"
    "  |  mockx order place BTC/USDT sell 0.01 --trail 2"
    "  |  mockx order place BTC/USDT buy 0.01 --limit 60000 --expires 2h",
)
def place(
    context: typer.Context,
    of: SymbolArgument,
    side: SideArgument,
    quantity: Annotated[Decimal | None, QUANTITY] = None,
    limit: Annotated[
        Decimal | None,
        typer.Option(parser=amount, metavar="PRICE", help="At this price or better; without it, a market order."),
    ] = None,
    cost: Annotated[
        Decimal | None,
        typer.Option(
            parser=amount, metavar="QUOTE", help="Market order by quote asset: how much to spend, or to receive."
        ),
    ] = None,
    stop: Annotated[
        Decimal | None,
        typer.Option(
            parser=amount,
            metavar="PRICE",
            help="Stop-loss: wait until the last price falls (sell) or rises (buy) to this.",
        ),
    ] = None,
    take_profit: Annotated[
        Decimal | None,
        typer.Option(
            "--take-profit",
            parser=amount,
            metavar="PRICE",
            help="Take-profit: wait until the last price rises (sell) or falls (buy) to this.",
        ),
    ] = None,
    trail: Annotated[
        Decimal | None,
        typer.Option(
            parser=amount,
            metavar="PERCENT",
            help="Trailing stop: wait until the last price has come back so far from its best, from now on or from "
            "--stop or --take-profit on.",
        ),
    ] = None,
    iceberg: Annotated[
        Decimal | None,
        typer.Option(parser=amount, metavar="AMOUNT", help="Show only so much of a limit order at a time."),
    ] = None,
    tif: Annotated[
        HowLong | None,
        typer.Option(case_sensitive=False, help="Until canceled, what fills at once, all at once or none."),
    ] = None,
    expires: Annotated[
        str | None,
        typer.Option(
            metavar="WHEN",
            help="Let what is left of a limit order expire then: 2026-01-31, 2026-01-31T12:00 (UTC unless it says "
            "otherwise), milliseconds, or 2h from now.",
        ),
    ] = None,
    post_only: Annotated[bool, typer.Option("--post-only", help="Refuse the order if it would fill at once.")] = False,
    client: ClientId = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say whether it would be accepted.")] = False,
    as_json: Json = False,
) -> None:
    """Place an order: a limit order with --limit, else a market order; later with --stop, --take-profit or --trail."""
    if (quantity is None) == (cost is None):
        raise typer.BadParameter("name either an AMOUNT of the base asset, or a --cost in the quote asset")
    if cost is not None and limit is not None:
        raise typer.BadParameter("--cost is for market orders: give an AMOUNT with --limit")
    if limit is None and (tif is not None or post_only or iceberg is not None or expires is not None):
        raise typer.BadParameter("--tif, --expires, --post-only and --iceberg are for limit orders: give a --limit too")
    if expires is not None and tif not in (None, HowLong.GTC):
        raise typer.BadParameter(f"an order that --expires rests until then: it cannot be {tif}")
    _check_stop(stop, take_profit, trail, by_cost=cost is not None, post_only=post_only)
    if post_only and tif not in (None, HowLong.GTC):
        raise typer.BadParameter(f"a --post-only order rests until canceled: it cannot be {tif}")
    request = OrderRequest(
        symbol=of,
        side=side.value,
        amount=quantity,
        price=limit,
        cost=cost,
        # one that expires is good until then, which the request says by itself
        time_in_force=None if tif is None or expires is not None else tif.value,
        post_only=post_only,
        stop_loss_price=stop,
        take_profit_price=take_profit,
        trailing_percent=trail,
        iceberg_amount=iceberg,
        expires_at=None if expires is None else deadline(expires),
        client_order_id=new_client_order_id() if client is None else client,
    )
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        if dry_run:
            _tell(exchange.can_execute(request), invocation, as_json=as_json)
        else:
            placed = exchange.place(request)
            invocation.show(placed, lambda: order_card(placed), as_json=as_json)


def _check_stop(
    stop: Decimal | None, take_profit: Decimal | None, trail: Decimal | None, *, by_cost: bool, post_only: bool
) -> None:
    if stop is not None and take_profit is not None:
        raise typer.BadParameter("one order is a --stop or a --take-profit: place two for both")
    waits = any(each is not None for each in (stop, take_profit, trail))
    if waits and (by_cost or post_only):
        raise typer.BadParameter("a --stop, --take-profit or --trail takes an AMOUNT, and is never --post-only")


class Status(StrEnum):
    """Where an order is in its life; `closed` is whatever can fill no more."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELED = "canceled"
    EXPIRED = "expired"
    ALL = "all"


@orders.command(
    "list",
    epilog="Examples: mockx order list --all --symbol BTC/USDT --limit 20  |  "
    "mockx order list --status canceled --side buy --since 2h",
)
def list_orders(
    context: typer.Context,
    only_open: Annotated[bool, typer.Option("--open", help="Open orders (this is the default).")] = False,
    closed: Annotated[bool, typer.Option("--closed", help="Orders that have come to their end.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Both.")] = False,
    status: Annotated[
        Status | None,
        typer.Option(metavar="open|closed|canceled|expired|all", case_sensitive=False, help="Only these."),
    ] = None,
    of: SymbolOption = None,
    side: SideOption = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """List orders, the newest first."""
    if only_open + closed + everything + (status is not None) > 1:
        raise typer.BadParameter("choose one of --open, --closed, --all and --status")
    wanted = status.value if status else "all" if everything else "closed" if closed else "open"
    begin, end = span(since, until)
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        found = exchange.orders(status=wanted, symbol=of, side=side and side.value, since=begin, until=end, limit=limit)
        invocation.show(found, lambda: [order_table(found)], as_json=as_json)
        mention_limit(len(found), limit)


@orders.command(
    "show", epilog="Examples: mockx order show 42  |  mockx order show 42 --why  |  mockx order show --client-id my-1"
)
def show_order(
    context: typer.Context,
    number: OrderId = None,
    client: ClientId = None,
    why: Annotated[
        bool, typer.Option("--why", help="Say in words how it was placed, filled and ended, or what it waits for.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show one order with its trades; with --why, the reasons of everything."""
    if (number is None) == (client is None):
        raise typer.BadParameter("name the order either by its ID or with --client-id")
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        found = exchange.order_by_client_id(client) if client is not None else exchange.order(number or "")
        if why:
            reasons = exchange.why(found.id)
            invocation.show(reasons, lambda: [reason_table(reasons)], as_json=as_json)
        else:
            invocation.show(found, lambda: order_card(found), as_json=as_json)


@orders.command(
    "amend",
    cls=AmountCommand,
    epilog="Examples: mockx order amend 42 --amount 0.005  |  mockx order amend 42 --limit 59000"
    "  |  mockx order amend --client-id my-1 --trigger 54000 --limit 53900  |  mockx order amend 42 --trail 1.5"
    "  |  mockx order amend 42 --iceberg 0.001 --expires 2h",
)
def amend(
    context: typer.Context,
    number: OrderId = None,
    client: ClientId = None,
    quantity: Annotated[
        Decimal | None,
        typer.Option("--amount", parser=amount, metavar="AMOUNT", help="All of it, what has filled included."),
    ] = None,
    limit: Annotated[Decimal | None, typer.Option(parser=amount, metavar="PRICE", help="Another limit price.")] = None,
    trigger: Annotated[
        Decimal | None,
        typer.Option(parser=amount, metavar="PRICE", help="Of a stop that waits: another price to wait for."),
    ] = None,
    trail: Annotated[
        Decimal | None,
        typer.Option(
            parser=amount,
            metavar="PERCENT",
            help="Of a trailing stop: how far the last price must come back, from its best from now on.",
        ),
    ] = None,
    iceberg: Annotated[
        Decimal | None,
        typer.Option(parser=amount, metavar="AMOUNT", help="Show only so much of a limit order at a time."),
    ] = None,
    no_iceberg: Annotated[bool, typer.Option("--no-iceberg", help="Show all of it.")] = False,
    expires: Annotated[
        str | None,
        typer.Option(
            metavar="WHEN",
            help="Let what is left of a limit order expire then: 2h from now, 2026-01-31T12:00 (UTC), milliseconds.",
        ),
    ] = None,
    no_expiry: Annotated[bool, typer.Option("--no-expiry", help="Let it rest until it is canceled.")] = False,
    new_client: Annotated[
        str | None,
        typer.Option("--new-client-id", parser=client_id, metavar="ID", help="Another id of your own for it."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Change an open order. One that only gets smaller keeps its place in the line; otherwise another one takes it."""
    if (number is None) == (client is None):
        raise typer.BadParameter("name the order either by its ID or with --client-id")
    if (iceberg is not None and no_iceberg) or (expires is not None and no_expiry):
        raise typer.BadParameter("--no-iceberg goes without --iceberg, and --no-expiry without --expires")
    wanted = {
        "amount": quantity,
        "price": limit,
        "trigger_price": trigger,
        "trailing_percent": trail,
        "iceberg_amount": Decimal(0) if no_iceberg else iceberg,
    }
    until = 0 if no_expiry else deadline(expires) if expires is not None else None
    if until is None and not any(each is not None for each in wanted.values()):
        raise typer.BadParameter(
            "name what is to change: --amount, --limit, --trigger, --trail, --iceberg or --expires"
        )
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        named = number or exchange.order_by_client_id(client or "").id
        found = exchange.amend(named, **wanted, expires_at=until, client_order_id=new_client)
        invocation.show(found, lambda: order_card(found.order), as_json=as_json)
        if found.canceled is None:
            say(f"Order {found.order.id} kept its place in the line.")
        else:
            say(f"Order {found.canceled.id} is canceled; order {found.order.id} stands in its place.")


@orders.command("cancel", epilog="Examples: mockx order cancel 42  |  mockx order cancel --all --symbol BTC/USDT")
def cancel(
    context: typer.Context,
    number: OrderId = None,
    client: ClientId = None,
    everything: Annotated[bool, typer.Option("--all", help="Every open order.")] = False,
    of: SymbolOption = None,
    as_json: Json = False,
) -> None:
    """Cancel an open order, or all of them."""
    if (number is not None) + (client is not None) + everything != 1:
        raise typer.BadParameter("name the order to cancel by its ID or with --client-id, or give --all")
    if of is not None and not everything:
        raise typer.BadParameter("--symbol goes with --all")
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        if everything:
            gone = exchange.cancel_all(of)
            invocation.show(gone, lambda: [order_table(gone, "No open order.")], as_json=as_json)
        else:
            canceled = exchange.cancel_by_client_id(client) if client is not None else exchange.cancel(number or "")
            invocation.show(canceled, lambda: order_card(canceled), as_json=as_json)


def trades(
    context: typer.Context,
    of: SymbolOption = None,
    side: SideOption = None,
    order: Annotated[
        str | None, typer.Option("--order", parser=order_id, metavar="ID", help="Only this order's.")
    ] = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """List what was bought and sold, the newest first."""
    begin, end = span(since, until)
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        found = exchange.trades(symbol=of, side=side and side.value, order=order, since=begin, until=end, limit=limit)
        invocation.show(found, lambda: [trade_table(found)], as_json=as_json)
        mention_limit(len(found), limit)


def _tell(verdict: Verdict, invocation: Invocation, *, as_json: bool) -> None:
    """The answer to a dry run. The command ends as placing the order would have."""
    preview = order_card(verdict.order) if verdict.order else []
    invocation.show(verdict, lambda: preview, as_json=as_json)
    if not verdict.ok:
        code = verdict.code or "InvalidOrder"
        fail(f"The order would be refused: {code}: {verdict.reason}", ExitCode.REFUSED, NEXT_STEP.get(code, ELSE))
    say("The order would be accepted. Nothing was placed.")
