"""`mockx ticker` and `mockx price`: what the market shows, and setting it by hand."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from ..clients.answers import Ticker
from ..clients.errors import NotFound
from ..domain.amounts import text
from .cells import moment, optional
from .invocation import invocation_of, say
from .parameters import AmountCommand, Json, SymbolArgument, amount, symbol
from .tables import Table
from .watching import watch

if TYPE_CHECKING:
    from ..clients.http import ExchangeClient

prices = typer.Typer(no_args_is_help=True, help="Set prices by hand.")


def ticker(
    context: typer.Context,
    symbols: Annotated[
        list[str] | None,
        typer.Argument(parser=symbol, metavar="SYMBOL", help="Markets, like BTC/USDT; all when none."),
    ] = None,
    watched: Annotated[bool, typer.Option("--watch", help="Go on showing them as they change, until Ctrl-C.")] = False,
    interval: Annotated[
        float | None,
        typer.Option(min=0.1, max=3600, metavar="SECONDS", help="Time between two looks; 1 when not given."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show prices: bid, ask and last. With --watch and --json, or into a pipe, there is one line for each change."""
    if interval is not None and not watched:
        raise typer.BadParameter("--interval goes with --watch")
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        if watched:
            # the markets there are now; which have no price is said once
            chosen = symbols or list(_every_ticker(exchange))
            watch(
                invocation,
                lambda: exchange.tickers(chosen) if chosen else {},
                lambda now: ticker_table(now.values()),
                interval or 1,
                as_json=as_json,
            )
            return
        found = exchange.tickers(symbols) if symbols else _every_ticker(exchange)
        invocation.show(found, lambda: [ticker_table(found.values())], as_json=as_json)


@prices.command("set", cls=AmountCommand, epilog="Example: mockx price set BTC/USDT 60000 --bid 59999 --ask 60001")
def set_price(
    context: typer.Context,
    of: SymbolArgument,
    price: Annotated[Decimal, typer.Argument(parser=amount, metavar="PRICE", help="In the quote asset.")],
    bid: Annotated[Decimal | None, typer.Option(parser=amount, metavar="PRICE", help="The price without it.")] = None,
    ask: Annotated[Decimal | None, typer.Option(parser=amount, metavar="PRICE", help="The price without it.")] = None,
    as_json: Json = False,
) -> None:
    """Set a market's price. Orders that it reaches are filled before this returns."""
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        now = exchange.set_price(of, price, bid, ask)
        invocation.show(now, lambda: [ticker_table([now])], as_json=as_json)


def _every_ticker(exchange: ExchangeClient) -> dict[str, Ticker]:
    """The price of every market that has one; the others are named."""
    symbols = exchange.symbols()
    try:
        return exchange.tickers(symbols) if symbols else {}
    except NotFound:
        pass  # one of them has no price yet, and the exchange says so instead of leaving it out
    found: dict[str, Ticker] = {}
    for each in symbols:
        try:
            found |= exchange.tickers([each])
        except NotFound as error:
            say(error.detail)
    return found


def ticker_table(tickers: Iterable[Ticker]) -> Table:
    """One row for each symbol."""
    return Table(
        headers=("symbol", ">last", ">bid", ">ask", ">bid volume", ">ask volume", "time (UTC)", "", "source"),
        rows=[
            (
                ticker.symbol,
                text(ticker.last),
                text(ticker.bid),
                text(ticker.ask),
                optional(ticker.bid_volume),
                optional(ticker.ask_volume),
                moment(ticker.timestamp),
                "stale" if ticker.stale else "",
                ticker.source,
            )
            for ticker in tickers
        ],
        empty="No market has a price yet. `mockx price set SYMBOL PRICE` sets one by hand.",
        optional=("bid volume", "ask volume", "time (UTC)"),
    )
