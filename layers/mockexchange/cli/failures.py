"""Errors as a person wants them: what happened, on stderr, with the next step; and an exit code for scripts."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import NoReturn

import typer

from ..clients.errors import (
    BadAnswer,
    ClientError,
    NotAuthorized,
    NotAvailable,
    NotConfigured,
    NotFound,
    Refused,
    Unreachable,
)
from .exit_codes import ExitCode

NEXT_STEP = {
    "AuthenticationError": "Give the key (--api-key, MOCKX_API_KEY), or the exchange's data directory (--data-dir).",
    "BadSymbol": "`mockx ticker` lists the markets.",
    "DuplicateOrderId": "Leave --client-id out to have a new one made.",
    "ExchangeNotAvailable": "`mockx status` says when it works again.",
    "InsufficientFunds": "`mockx balance` shows what is free; `mockx deposit ASSET AMOUNT` adds to it.",
    "InvalidOrder": "Correct the order; `mockx order place --dry-run` checks a single one without placing it.",
    "MarketClosed": "`mockx status` shows how old each price is; `mockx price set SYMBOL PRICE` sets one by hand.",
    "OrderImmediatelyFillable": "Choose a price further from the market (`mockx ticker`), or leave out --post-only, if "
    "you gave it.",
    "OrderNotFound": "`mockx order list --all` lists the orders, `mockx order-list list --all` the order lists.",
    "PermissionDenied": "Give the default account's key (--api-key): credentials.json in the data directory has it.",
}
"""What to do next, by the problem's code."""

ELSE = "`mockx status` shows how the exchange is; `mockx --help` lists the commands."


@contextmanager
def reported() -> Generator[None]:
    """Turn an error of a client into a message and an exit code."""
    try:
        yield
    except ClientError as error:
        fail(str(error), exit_code(error), next_step(error))


def fail(message: str, code: ExitCode, step: str = "") -> NoReturn:
    """Say what happened and what to do next, and end with `code`."""
    typer.echo(f"Error: {message}", err=True)
    if step:
        typer.echo(f"Next: {step}", err=True)
    raise typer.Exit(code)


def exit_code(error: ClientError) -> ExitCode:
    """What a command ends with after this error."""
    match error:
        case NotConfigured():
            return ExitCode.USAGE
        case Unreachable() | BadAnswer() | NotAvailable():
            return ExitCode.UNREACHABLE
        case NotAuthorized():
            return ExitCode.NOT_AUTHORIZED
        case NotFound():
            return ExitCode.NOT_FOUND
        case _:
            return ExitCode.REFUSED


def next_step(error: ClientError) -> str:
    """What to do after this error; empty when its message says so."""
    match error:
        case Refused(status=409, code="InvalidOrder"):
            return "`mockx order list` shows the orders that are open. `mockx order-list list` shows the order lists."
        case Refused(code=code):
            return NEXT_STEP.get(code, ELSE)
        case BadAnswer():
            return "Check the address (--url, API_URL): another program may be listening there."
        case _:
            return ""
