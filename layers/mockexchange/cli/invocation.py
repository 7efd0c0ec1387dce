"""What all commands of one call of `mockx` share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer

from ..clients.endpoint import Endpoint
from ..clients.http import ExchangeClient
from .failures import reported


@dataclass(slots=True)
class Invocation:
    """The global options, and the way to the exchange. A test hands in one of its own as the context's `obj`."""

    connect: Callable[[Endpoint], ExchangeClient] = ExchangeClient
    decorated: bool | None = None
    """Whether tables have lines and colors; None: as the terminal is."""

    url: str | None = None
    api_key: str | None = None
    data_dir: Path | None = None

    @contextmanager
    def exchange(self) -> Iterator[ExchangeClient]:
        """A connection to the exchange; errors become messages and exit codes."""
        with reported(), self.connect(self.endpoint()) as client:
            yield client

    def endpoint(self) -> Endpoint:
        """Where the exchange is: by option, else by environment, else by what it wrote into its data directory."""
        ...


def invocation_of(context: typer.Context) -> Invocation:
    """The invocation that a command belongs to."""
    found: object = context.obj
    if not isinstance(found, Invocation):
        raise TypeError(f"the context of a command carries an Invocation, was {found!r}")
    return found
