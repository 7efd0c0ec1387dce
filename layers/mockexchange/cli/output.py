"""What a command writes: data on stdout, as a table or as JSON; everything else on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable

import typer

from ..clients.exact_json import encode
from .tables import Table, print_plain, print_rich

INDENT = 2


def show(data: object, table: Callable[[], Table], *, as_json: bool, decorated: bool | None = None) -> None:
    """Write `data` as JSON, or the table made of it. `decorated` None: as the terminal is."""
    if as_json:
        typer.echo(encode(data, indent=INDENT))
        return
    made = table()
    if not made.rows:
        say(made.empty)
    elif sys.stdout.isatty() if decorated is None else decorated:
        print_rich(made)
    else:
        print_plain(made)
    for note in made.notes:
        say(note)


def say(message: str) -> None:
    """A message for people, out of the way of the data."""
    typer.echo(message, err=True)
