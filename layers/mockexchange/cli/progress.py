"""A progress bar, for commands that take a while."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .invocation import Invocation

if TYPE_CHECKING:
    from rich.progress import Progress


@contextmanager
def bar(invocation: Invocation, *, stays: bool = True) -> Generator[Progress | None]:
    """A bar on stderr where a person looks at it; elsewhere none. It `stays` there in the end, or goes."""
    at_a_terminal = sys.stderr.isatty() if invocation.decorated is None else invocation.decorated
    if not at_a_terminal:
        yield None
        return
    # here, not above: only a terminal wants it
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.description}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=not stays) as shown:
        yield shown
