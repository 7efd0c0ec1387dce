"""A figure, its ceiling or its aim, side by side."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """One line of the report. `beside` is what was measured in the same run to judge it by; `aim` what we want."""

    what: str
    value: str
    beside: str = ""
    ratio: str = ""
    aim: str = ""


def show(title: str, figures: list[Figure]) -> None:
    table = Table(title=title, title_justify="left", header_style="bold")
    table.add_column("what")
    for name in ("measured", "beside it, in the same run", "ratio", "aim"):
        table.add_column(name, justify="right")
    for figure in figures:
        table.add_row(figure.what, figure.value, figure.beside, figure.ratio, figure.aim)
    Console(width=140).print(table)
