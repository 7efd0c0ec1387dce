"""Errors as a person wants them: what happened, on stderr, with the next step; and the exit code for a script."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

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
    "AuthenticationError": (
        "Give the key with --api-key or MOCKX_API_KEY, or name the exchange's data directory with --data-dir."
    ),
    "BadSymbol": "`mockx ticker` lists the symbols.",
    "DuplicateOrderId": "Leave --client-id out to have a new one made.",
    "ExchangeNotAvailable": "`mockx status` says when it works again.",
    "InsufficientFunds": "`mockx balance` shows what is free, `mockx deposit ASSET AMOUNT` adds to it.",
    "InvalidOrder": "Correct the order; `--dry-run` checks one without placing it.",
    "MarketClosed": "`mockx status` shows how old each price is; `mockx price set SYMBOL PRICE` sets one by hand.",
    "OrderImmediatelyFillable": "Choose a price away from the market (`mockx ticker`), or leave --post-only out.",
    "OrderNotFound": "`mockx order list --all` lists the orders.",
    "PermissionDenied": "Use the key of the default account: it is in credentials.json in the exchange's data directory.",
}
"""What to do next, by the problem's code."""


@contextmanager
def reported() -> Iterator[None]:
    """Turn a client's error into a message on stderr and an exit code."""
    try:
        yield
    except ClientError as error:
        fail(str(error), next_step(error), exit_code(error))


def fail(message: str, step: str, code: ExitCode) -> None:
    """Say what happened and what to do next, and end with `code`."""
    typer.echo(f"Error: {message}", err=True)
    if step:
        typer.echo(f"Next: {step}", err=True)
    raise typer.Exit(code)


def exit_code(error: ClientError) -> ExitCode:
    """What the command ends with after this error."""
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
    """What to do next; empty when the message says so itself."""
    match error:
        case Refused(code=code):
            return NEXT_STEP.get(code, "`mockx --help` lists the commands, `mockx status` shows how the exchange is.")
        case BadAnswer():
            return "Check the address (--url, API_URL): another program may be listening there."
        case _:
            return ""
