"""The results on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from .report_words import SYMBOL_HEADERS, duration, moment, performance_rows, sense_of, symbol_rows, trading_rows, when

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from rich.console import RenderableType

    from .results import Results

_BARS = "▁▂▃▄▅▆▇█"
_WIDTH = 60
"""Characters of the sparkline in plain text."""


def summary(results: Results) -> str:
    """Plain text: numbers in columns, and the equity as a line of bars."""
    own = [("", "account", "buy and hold"), *performance_rows(results)]
    did = trading_rows(results)
    name = max(len(row[0]) for row in (*own, *did))
    widths = [max(len(row[column]) for row in own) for column in (1, 2)]
    lines = [
        title(results),
        "",
        sparkline(results.curve.times, results.curve.equity, _WIDTH),
        "",
        *(f"{row[0]:<{name}}  {row[1]:>{widths[0]}}  {row[2]:>{widths[1]}}" for row in own),
        f"{'Drawdown':<{name}}  {_fall(results)}",
        "",
        *(f"{row[0]:<{name}}  {row[1]}" for row in did),
    ]
    if len(results.record.symbols) > 1:
        lines += ["", *_columns([SYMBOL_HEADERS, *symbol_rows(results)])]
    lines += [f"Note: {notice}" for notice in results.notices]
    return "\n".join(line.rstrip() for line in lines)


def rich_summary(results: Results, width: int) -> Iterator[RenderableType]:
    """The same with lines and colors."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    yield Text(title(results), style="bold")
    rises = results.curve.growth[-1] >= results.curve.growth[0]
    line = sparkline(results.curve.times, results.curve.equity, max(10, min(width, 100)))
    yield Text(line, style="green" if rises else "red")
    numbers = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for header in ("", "account", "buy and hold"):
        numbers.add_column(header, justify="right" if header else "left", overflow="fold")
    for row in performance_rows(results):
        numbers.add_row(row[0], *(Text(cell, style=_color(cell)) for cell in row[1:]))
    yield numbers
    did = Table(box=None, show_header=False, pad_edge=False)
    did.add_column(no_wrap=True)
    did.add_column(overflow="fold")
    did.add_row("Drawdown", _fall(results))
    for name, told in trading_rows(results):
        did.add_row(name, Text(told, style=_color(told)))
    yield did
    if len(results.record.symbols) > 1:
        markets = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
        for header in SYMBOL_HEADERS:
            markets.add_column(header, justify="left" if header == "Symbol" else "right", overflow="fold")
        for cells in symbol_rows(results):
            markets.add_row(*(Text(cell, style=_color(cell)) for cell in cells))
        yield markets
    for notice in results.notices:
        yield Text(f"Note: {notice}", style="yellow")


def title(results: Results) -> str:
    """What was run, and for how long."""
    record = results.record
    length = duration(record.ended - record.began)
    return f"{', '.join(record.symbols)}: {moment(record.began)} to {moment(record.ended)} UTC, {length}"


def sparkline(times: NDArray[np.int64], values: NDArray[np.float64], width: int) -> str:
    """The values as bars, each the newest at its moment."""
    at: NDArray[np.float64] = np.linspace(float(times[0]), float(times[-1]), min(width, len(values)))
    shown = values[np.searchsorted(times, at, side="right") - 1]
    if not np.isfinite(shown).all():
        return ""
    spread = shown.max() - shown.min()
    heights = (shown - shown.min()) / spread * (len(_BARS) - 1) if spread else np.zeros(len(shown))
    return "".join(_BARS[round(float(height))] for height in heights)


def _fall(results: Results) -> str:
    return when(results.performance.drawdown)


def _color(cell: str) -> str:
    return {"gain": "green", "loss": "red"}.get(sense_of(cell), "")


def _columns(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
