"""`mockx ohlcv` and `mockx book`: what a market did, and what stands around its price."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import zip_longest
from typing import Annotated

import typer

from ..clients.answers import Ohlcv, OrderBook
from ..domain.amounts import text
from ..domain.candles import TIMEFRAMES
from .cells import moment
from .invocation import invocation_of, say
from .parameters import Json, SymbolArgument
from .tables import Table

MOST = 1000
"""Candles or levels that the exchange gives at once."""


def _timeframe(given: str) -> str:
    """One of the lengths that candles come in."""
    if given not in TIMEFRAMES:
        raise typer.BadParameter(f"it is one of {', '.join(TIMEFRAMES)}, was {given!r}")
    return given


def ohlcv(
    context: typer.Context,
    of: SymbolArgument,
    timeframe: Annotated[
        str,
        typer.Option(
            parser=_timeframe, metavar="LENGTH", help=f"How long a candle lasts: {', '.join(TIMEFRAMES)} (a month)."
        ),
    ] = "1m",
    limit: Annotated[int, typer.Option(min=1, max=MOST, metavar="N", help="At most so many, the newest.")] = 50,
    as_json: Json = False,
) -> None:
    """Show candles, oldest first; the last one may be open still."""
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        found = exchange.ohlcv(of, timeframe, limit=limit)
        invocation.show(found, lambda: [candle_table(found)], as_json=as_json)


def book(
    context: typer.Context,
    of: SymbolArgument,
    limit: Annotated[int, typer.Option(min=1, max=MOST, metavar="N", help="At most so many levels a side.")] = 10,
    as_json: Json = False,
) -> None:
    """Show the order book, best prices first."""
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        found = exchange.order_book(of, limit=limit)
        invocation.show(found, lambda: [book_table(found)], as_json=as_json)
        if found.synthetic and not as_json:
            say("This book is made up around the bid and the ask.")


def candle_table(candles: Iterable[Ohlcv]) -> Table:
    """One row for each candle."""
    return Table(
        headers=("time (UTC)", ">open", ">high", ">low", ">close", ">volume"),
        rows=[(moment(candle[0]), *(text(amount) for amount in candle[1:])) for candle in candles],
        empty="No candles yet: they are made of prices, and there was none.",
        optional=("volume",),
    )


def book_table(book: OrderBook) -> Table:
    """Bids on the left, asks on the right."""
    levels = zip_longest(book.bids, book.asks)
    return Table(
        headers=(">bid amount", ">bid", ">ask", ">ask amount"),
        rows=[(*_cells(bid)[::-1], *_cells(ask)) for bid, ask in levels],
        empty="The book is empty.",
    )


def _cells(level: tuple[Decimal, Decimal] | None) -> tuple[str, str]:
    return (text(level[0]), text(level[1])) if level else ("", "")
