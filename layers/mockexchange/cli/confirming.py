"""Asking before something is done that cannot be undone."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from .exit_codes import ExitCode
from .failures import fail
from .invocation import Invocation

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def confirm(invocation: Invocation, question: str, *, yes: bool) -> None:
    """Go on only with --yes, or with a yes at the terminal. Without a terminal there is nobody to ask: refused."""
    if yes:
        return
    at_a_terminal = sys.stdin.isatty() if invocation.asks is None else invocation.asks
    if not at_a_terminal:
        fail(f"{question} Nobody can be asked here.", ExitCode.USAGE, "Give --yes to have it done without a question.")
    if not typer.confirm(question, err=True):
        fail("Nothing was changed.", ExitCode.REFUSED)
