"""Tables for people: with lines and colors on a terminal, plain columns where the output goes elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.table import Table as RichTable

GAP = "  "
"""Between two columns."""

RIGHT = ">"
"""Begins the header of a column of numbers, which are aligned to the right."""

STYLES = {
    "buy": "green",
    "sell": "red",
    "open": "cyan",
    "canceled": "dim",
    "expired": "dim",
    "rejected": "red",
    "stale": "yellow",
    "ok": "green",
    "warning": "yellow",
    "error": "red",
    "synthetic": "yellow",
}
"""Cells with a color of their own."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headers.

    `empty` is said instead of a table without rows. `optional` names the columns that a narrow terminal can do without,
    the first of them first.
    """

    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    empty: str = "Nothing to show."
    optional: Sequence[str] = ()

    @property
    def names(self) -> list[str]:
        """The headers as they are shown."""
        return [header.removeprefix(RIGHT) for header in self.headers]

    def widths(self) -> list[int]:
        """How many characters each column needs."""
        lines = [self.names, *self.rows]
        return [max(len(line[column]) for line in lines) for column in range(len(self.headers))]


def facts(pairs: Sequence[tuple[str, str]]) -> Table:
    """A table of names and values, without headers."""
    return Table(headers=("", ""), rows=pairs)


def print_plain(table: Table) -> None:
    """Columns of text and nothing else: no color, and no line is cut to a width."""
    widths = table.widths()
    for line in [table.names, *table.rows] if any(table.names) else table.rows:
        cells = [
            cell.rjust(width) if header.startswith(RIGHT) else cell.ljust(width)
            for cell, width, header in zip(line, widths, table.headers, strict=True)
        ]
        typer.echo(GAP.join(cells).rstrip())


def print_rich(table: Table) -> None:
    """Lines and colors. On a narrow terminal optional columns are left out, which is said on stderr; a number that is
    still too wide is continued in the next line, so that no digit is lost."""
    # here, not above: a command that writes into a pipe has no use for it
    from rich.console import Console

    console = Console(highlight=False)
    if console.no_color:  # NO_COLOR is set
        print_plain(table)
        return
    drawn, left_out = rich_table(table, console.width)
    console.print(drawn)
    if left_out:
        typer.echo(f"Left out for want of room: {', '.join(left_out)}. A wider terminal or --json has them.", err=True)


def rich_table(table: Table, room: int) -> tuple[RichTable, list[str]]:
    """The table for a terminal of `room` characters, and the names of the columns that were left out."""
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    shown, left_out = _fitting(table, room)
    drawn = RichTable(
        box=box.SIMPLE_HEAD,  # one space between columns
        padding=(0, 1, 0, 0),  # and one more: together GAP
        pad_edge=False,
        show_edge=False,
        show_header=any(table.names),
    )
    for column in shown:
        right = table.headers[column].startswith(RIGHT)
        drawn.add_column(Text(table.names[column]), justify="right" if right else "left", overflow="fold")
    for row in table.rows:
        # Text, so that a bracket in a name is not taken for markup
        drawn.add_row(*(Text(row[column], style=STYLES.get(row[column], "")) for column in shown))
    return drawn, left_out


def _fitting(table: Table, room: int) -> tuple[list[int], list[str]]:
    """The columns to show in `room` characters, and the names of those that are left out."""
    widths = table.widths()
    shown, left_out = list(range(len(widths))), list[str]()
    for name in table.optional:
        if sum(widths[column] for column in shown) + len(GAP) * (len(shown) - 1) <= room:
            break
        shown.remove(table.names.index(name))
        left_out.append(name)
    return shown, left_out
