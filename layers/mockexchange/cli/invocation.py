"""What all commands of one call of `mockx` share."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ..clients.endpoint import Endpoint, find_endpoint
from ..clients.exact_json import encode
from .failures import reported
from .tables import Table, print_plain, print_rich

if TYPE_CHECKING:
    from ..clients.http import ExchangeClient

JSON_INDENT = 2


@dataclass(slots=True)
class Invocation:
    """The global options, the way to the exchange, and the way to the user.

    `connect` and `decorated` are for tests, which hand in an invocation of their own as the context's `obj`;
    `decorated` says whether tables have lines and colors, `asks` whether there is somebody to ask, None: as the
    terminal is. `pause` waits for some seconds.
    """

    connect: Callable[[Endpoint], ExchangeClient] | None = None
    decorated: bool | None = None
    asks: bool | None = None
    pause: Callable[[float], None] = time.sleep
    url: str | None = None
    api_key: str | None = None
    data_dir: Path | None = None

    @contextmanager
    def exchange(self) -> Generator[ExchangeClient]:
        """A connection to the exchange. Errors become messages and exit codes."""
        # here, not above: help and wrong usage have no need of an HTTP library
        from ..clients.http import ExchangeClient

        connect = self.connect or ExchangeClient
        with reported(), connect(find_endpoint(self.url, self.api_key, self.data_dir)) as client:
            try:
                yield client
            finally:
                if client.on_purpose:
                    say(f"CHAOS is on there: {client.on_purpose} (`mockx chaos off` ends it)")

    @property
    def at_a_terminal(self) -> bool:
        """Whether stdout is looked at by a person."""
        return sys.stdout.isatty() if self.decorated is None else self.decorated

    def show(self, data: object, tables: Callable[[], Sequence[Table]], *, as_json: bool) -> None:
        """Write `data` to stdout, as JSON or as the tables made of it."""
        if as_json:
            typer.echo(encode(data, indent=JSON_INDENT))
            return
        for table in tables():
            if not table.rows:
                say(table.empty)
            elif self.at_a_terminal:
                print_rich(table)
            else:
                print_plain(table)


def invocation_of(context: typer.Context) -> Invocation:
    """The invocation that a command belongs to."""
    found: object = context.obj
    if not isinstance(found, Invocation):
        raise TypeError(f"the context of a command carries an Invocation, was {found!r}")
    return found


def say(message: str) -> None:
    """A message for people, on stderr: out of the way of the data."""
    typer.echo(message, err=True)


def mention_limit(shown: int, limit: int) -> None:
    """Say so when a listing shows as many rows as it may, and there may be more."""
    if shown == limit:
        say(f"These are the newest {limit}; there may be more (--limit).")
