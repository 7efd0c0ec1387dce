"""What commands take, read exactly and early: a value that cannot be right never leaves this program."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from ..domain.amounts import parse_amount
from ..domain.errors import BadRequest

SYMBOL = re.compile(r"[A-Z0-9]{1,20}/[A-Z0-9]{1,20}")
ASSET = re.compile(r"[A-Z0-9]{1,20}")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}")

LARGEST_COUNT = 100_000
"""Rows that one command fetches at most: more belong into an export."""

LONGEST_CLIENT_ID = 64
"""Characters. The exchange's rule (domain/placing.py), which takes long to import."""


def amount(given: str) -> Decimal:
    """An exact amount above zero."""
    try:
        return parse_amount(given, "an amount")
    except BadRequest as error:
        raise typer.BadParameter(error.detail) from None


def symbol(given: str) -> str:
    """A market, BASE/QUOTE; small letters are as good."""
    if not SYMBOL.fullmatch(given.upper()):
        raise typer.BadParameter(f"a symbol is written like BTC/USDT, was {given!r}")
    return given.upper()


def asset(given: str) -> str:
    """A currency."""
    if not ASSET.fullmatch(given.upper()):
        raise typer.BadParameter(f"an asset is written like USDT, was {given!r}")
    return given.upper()


def order_id(given: str) -> str:
    """An order's number."""
    return _number(given, "an order id", "mockx order list")


def list_id(given: str) -> str:
    """An order list's number."""
    return _number(given, "an order list's id", "mockx order-list list")


def _number(given: str, what: str, shown_by: str) -> str:
    if not (given.isascii() and given.isdigit()):
        raise typer.BadParameter(f"{what} is a number (`{shown_by}` shows them), was {given!r}")
    return given


def client_id(given: str) -> str:
    """An id of the user's own, for an order or an order list."""
    if not (0 < len(given) <= LONGEST_CLIENT_ID and given.isascii() and given.isprintable()):
        raise typer.BadParameter(f"it has 1 to {LONGEST_CLIENT_ID} printable ASCII characters, was {given!r}")
    return given


def count(given: str | int) -> int:
    """A whole number from 1 to LARGEST_COUNT."""
    written = str(given)  # typer has a default parsed too, which is a number already
    if not (written.isascii() and written.isdigit() and len(written) <= 9 and 1 <= int(written) <= LARGEST_COUNT):
        raise typer.BadParameter(f"a whole number from 1 to {LARGEST_COUNT} is needed, was {written!r}")
    return int(written)


def name(given: str) -> str:
    """The name of an account or a snapshot, or a key's id."""
    if not NAME.fullmatch(given):
        raise typer.BadParameter(
            f"a name has 1 to 64 letters, digits and . _ @ + -, the first no punctuation, was {given!r}"
        )
    return given


def rate(given: str) -> Decimal:
    """A fee rate: a fraction from 0 to below 1."""
    try:
        found = Decimal(given)
    except InvalidOperation:
        found = Decimal("NaN")
    if not (found.is_finite() and 0 <= found < 1):
        raise typer.BadParameter(f"a rate is a fraction from 0 to below 1 (0.001 is 0.1 %), was {given!r}")
    return found


def basis_points(given: str) -> Decimal:
    """A number of basis points; what reads it says how many there may be."""
    try:
        found = Decimal(given)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise typer.BadParameter(f"a number of basis points is written like 2 or 0.5, was {given!r}")
    return found


def balances(given: str) -> dict[str, Decimal]:
    """Amounts by asset, from `USDT=1000,BTC=1`; `none` for nothing."""
    if given.strip().lower() == "none":
        return {}
    found: dict[str, Decimal] = {}
    for each in given.split(","):
        of, equals, written = (part.strip() for part in each.partition("="))
        if not equals:
            raise typer.BadParameter(f"balances are written like USDT=1000,BTC=1, or none, was {given!r}")
        if asset(of) in found:
            raise typer.BadParameter(f"{of!r} is given twice in {given!r}")
        found[asset(of)] = amount(written)
    return found


class AmountCommand(TyperCommand):
    """A command that takes amounts. A negative one looks like an option, which would make a strange message."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # typer keeps the type of ctx to itself
        """Refuse negative amounts, then go on as usual."""
        for given in args:
            if re.match(r"-\.?\d", given):
                raise typer.BadParameter(f"an amount must be greater than 0, was {given}", ctx=ctx)
        return super().parse_args(ctx, args)


class BookSide(StrEnum):
    """Which way an order goes."""

    BUY = "buy"
    SELL = "sell"


class HowLong(StrEnum):
    """How long an order stays: until canceled, what fills at once, or all at once or nothing."""

    GTC = "GTC"
    IOC = "IOC"
    FOK = "FOK"


Json = Annotated[bool, typer.Option("--json", help="Write JSON with exact numbers, for machines.")]
SymbolArgument = Annotated[str, typer.Argument(parser=symbol, metavar="SYMBOL", help="A market, like BTC/USDT.")]
SymbolOption = Annotated[
    str | None, typer.Option("--symbol", parser=symbol, metavar="SYMBOL", help="Only this market.")
]
AssetArgument = Annotated[str, typer.Argument(parser=asset, metavar="ASSET", help="A currency, like USDT.")]
AmountArgument = Annotated[Decimal, typer.Argument(parser=amount, metavar="AMOUNT", help="How much of it.")]
SideArgument = Annotated[
    BookSide, typer.Argument(metavar="buy|sell", help="What to do with the base asset.", case_sensitive=False)
]
QUANTITY: Any = typer.Argument(parser=amount, metavar="AMOUNT", help="How much of the base asset.")
OrderId = Annotated[str | None, typer.Argument(parser=order_id, metavar="ID", help="The order's number.")]
ClientId = Annotated[
    str | None,
    typer.Option(
        "--client-id", parser=client_id, metavar="ID", help="Your own id for it: the same order twice is one order."
    ),
]
Limit = Annotated[int, typer.Option(parser=count, metavar="N", help="At most so many, the newest first.")]
SideOption = Annotated[
    BookSide | None, typer.Option("--side", metavar="buy|sell", case_sensitive=False, help="Only this side.")
]
Since = Annotated[
    str | None,
    typer.Option("--since", metavar="WHEN", help="From then on: 2h or 1d (ago), 2026-01-31, 2026-01-31T12:00 (UTC)."),
]
Until = Annotated[str | None, typer.Option("--until", metavar="WHEN", help="Up to then; written alike.")]
AccountOption = Annotated[
    str | None,
    typer.Option(
        "--account", parser=name, metavar="ACCOUNT", help="Another account than your key's; needs an admin key."
    ),
]
