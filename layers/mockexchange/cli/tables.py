"""Tables for people: with lines and colors on a terminal, plain columns where the output goes elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import typer

GAP = "  "
"""Between two plain columns."""

STYLES = {
    "buy": "green",
    "sell": "red",
    "open": "cyan",
    "canceled": "dim",
    "expired": "dim",
    "rejected": "red",
    "stale": "yellow",
    "synthetic": "yellow",
}
"""Cells with a color of their own."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headers. A header that begins with `>` stands over numbers, which are aligned to the right.

    `empty` is said instead of a table without rows.
    """

    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    empty: str = "Nothing to show."

    @property
    def names(self) -> list[str]:
        """The headers as they are shown."""
        return [header.removeprefix(">") for header in self.headers]

    @property
    def numeric(self) -> list[bool]:
        """Which columns are aligned to the right."""
        return [header.startswith(">") for header in self.headers]


def facts(pairs: Sequence[tuple[str, str]]) -> Table:
    """A table of names and values, without headers."""
    return Table(headers=("", ""), rows=pairs)


def print_plain(table: Table) -> None:
    """Columns of text and nothing else: no color, and no line is cut to a width."""
    lines = [table.names, *table.rows] if any(table.names) else list(table.rows)
    widths = [max(len(line[column]) for line in lines) for column in range(len(table.headers))]
    for line in lines:
        cells = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, table.numeric, strict=True)
        ]
        typer.echo(GAP.join(cells).rstrip())


def print_rich(table: Table) -> None:
    """Lines and colors. A number too wide for the terminal is continued in the next line: no digit is lost."""
    # here, not above: a command that writes into a pipe has no use for it
    from rich import box
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    console = Console(highlight=False)
    if console.no_color:  # NO_COLOR is set
        print_plain(table)
        return
    drawn = RichTable(box=box.ROUNDED, show_header=any(table.names))
    for name, right in zip(table.names, table.numeric, strict=True):
        drawn.add_column(Text(name), justify="right" if right else "left", overflow="fold")
    for row in table.rows:
        # Text, so that a bracket in a name is not taken for markup
        drawn.add_row(*(Text(cell, style=STYLES.get(cell, "")) for cell in row))
    console.print(drawn)
