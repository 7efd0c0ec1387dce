"""The report as one HTML file: nothing is loaded from elsewhere, and nothing runs in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from ..domain.candles import DAY
from ..domain.fills import Fill
from ..domain.orders import Side
from .report_plots import Line, Mark, plot
from .report_style import STYLE
from .report_terminal import title
from .report_words import (
    SYMBOL_HEADERS,
    duration,
    moment,
    money,
    percent,
    performance_rows,
    price,
    sense_of,
    symbol_rows,
    trading_rows,
    when,
)

if TYPE_CHECKING:
    from .results import Results

MOST_TRADES = 1_000
"""Rows of the table of round trips."""

MOST_MARKS = 600
"""Fills that are marked in the picture of one market."""

MOST_PICTURES = 12
"""Markets that have a picture of their own."""

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def page(results: Results) -> str:
    """The whole file."""
    heading = escape(title(results))
    body = "\n".join(
        (
            f"<h1>Back-test <small>{heading}</small></h1>",
            _notices(results),
            _equity(results),
            _numbers(results),
            _drawdown(results),
            _daily(results),
            _months(results),
            _markets(results),
            _trades(results),
            _positions(results),
            _settings(results),
        )
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>Back-test: {heading}</title>\n<style>{STYLE}\nbody{{margin:0}}</style>\n</head>\n"
        f'<body><main class="mockx">\n{body}\n</main></body>\n</html>\n'
    )


def fragment(results: Results) -> str:
    """The most important part, for a notebook's cell."""
    parts = (f"<h3>{escape(title(results))}</h3>", _notices(results), _equity(results), _numbers(results))
    return f'<div class="mockx"><style>{STYLE}</style>{"".join(parts)}</div>'


def _equity(results: Results) -> str:
    curve = results.curve
    if curve.flows.any():
        lines = [
            Line("account", "own", curve.growth * 100),
            Line("buy and hold", "hold", curve.hold_growth * 100),
        ]
        return plot("What 100 became, without deposits and withdrawals", curve.times, lines, height=280)
    lines = [Line("account", "own", curve.equity), Line("buy and hold", "hold", curve.hold)]
    return plot(f"Equity, {results.record.quote_asset}", curve.times, lines, height=280)


def _drawdown(results: Results) -> str:
    line = Line("", "fall", results.drawdowns, area=True)
    figure = plot("Drawdown", results.curve.times, [line], height=120, in_percent=True, zero=True)
    return f"{figure}<p class=quiet>Deepest: {escape(when(results.performance.drawdown))}</p>"


def _daily(results: Results) -> str:
    days, returns = results.daily
    if len(days) < 2:
        return ""
    middle = days + DAY // 2
    lines = [
        Line("", "up", np.where(returns > 0, returns, np.nan), bars=True),
        Line("", "down", np.where(returns < 0, returns, np.nan), bars=True),
        Line("", "none", np.zeros(len(returns))),
    ]
    return plot("Daily returns", middle, lines, height=120, in_percent=True, zero=True)


def _months(results: Results) -> str:
    days, returns = results.daily
    if len(days) < 2 or not np.isfinite(returns).all():
        return ""
    months = days.astype("datetime64[ms]").astype("datetime64[M]").astype(np.int64)
    of_month = {int(month): float(np.prod(1 + returns[months == month]) - 1) for month in np.unique(months)}
    years = sorted({month // 12 for month in of_month})
    rows: list[str] = []
    for year in years:
        cells = [of_month.get(year * 12 + number) for number in range(12)]
        whole = float(np.prod([1 + each for each in cells if each is not None]) - 1)
        rows.append(f"<tr><th>{1970 + year}{''.join(map(_tinted, cells))}{_tinted(whole)}</tr>")
    head = "".join(f"<th>{month}" for month in (*_MONTHS, "year"))
    return f'<h2>Months</h2><div class="wide"><table class="months"><tr><th>{head}</tr>{"".join(rows)}</table></div>'


def _tinted(share: float | None) -> str:
    if share is None:
        return "<td>"
    strength = min(60, round(abs(share) * 400))
    color = "up" if share >= 0 else "down"
    tint = f"background:color-mix(in srgb,var(--{color}) {strength}%,transparent)"
    return f'<td style="{tint}">{share * 100 + 0:+.1f}'


def _numbers(results: Results) -> str:
    own = _table(("", "account", "buy and hold"), performance_rows(results))
    return f'<div class="pair">{own}<div class="did">{_table((), trading_rows(results))}</div></div>'


def _markets(results: Results) -> str:
    record = results.record
    table = _table(SYMBOL_HEADERS, symbol_rows(results)) if len(record.symbols) > 1 else ""
    active = sorted(results.by_symbol, key=lambda of: of.traded, reverse=True)[:MOST_PICTURES]
    drawn = {of.symbol for of in active}
    pictures = "".join(_market(results, symbol) for symbol in record.symbols if symbol in drawn)
    left = len(record.symbols) - len(drawn)
    note = f"<p class=quiet>{left} markets that traded less are not drawn.</p>" if left else ""
    return f"<h2>Markets</h2>{table}{pictures}{note}"


def _market(results: Results, symbol: str) -> str:
    record = results.record
    fills = [fill for fill in record.fills if fill.symbol == symbol]
    shown = _most_telling(fills)
    marks = [_mark(fill) for fill in shown]
    note = (
        f"<p class=quiet>The {len(shown)} largest of {len(fills):,} fills are marked.</p>"
        if len(shown) < len(fills)
        else ""
    )
    return plot(symbol, record.times, [Line("", "hold", record.prices[symbol])], marks, height=240) + note


def _most_telling(fills: Sequence[Fill]) -> list[Fill]:
    largest = sorted(fills, key=lambda fill: fill.quote_quantity, reverse=True)[:MOST_MARKS]
    return sorted(largest, key=lambda fill: fill.timestamp)


def _mark(fill: Fill) -> Mark:
    bought = fill.side is Side.BUY
    told = f"{moment(fill.timestamp)}: {fill.side.lower()} {price(fill.quantity)} at {price(fill.price)}"
    return Mark(fill.timestamp, float(fill.price), "buy" if bought else "sell", "▲" if bought else "▼", told)


def _trades(results: Results) -> str:
    trades = results.trades
    if not trades:
        return "<h2>Round trips</h2><p class=quiet>None.</p>"
    headers = ("Symbol", "Bought", "Sold", "After", "Quantity", "Paid each", "Got each", "Fees", "Profit", "Return")
    rows = [
        (
            trip.symbol,
            moment(trip.entered),
            moment(trip.exited),
            duration(trip.duration),
            price(trip.quantity),
            price(trip.entry_price),
            price(trip.exit_price),
            money(trip.fees),
            money(trip.profit, signed=True),
            percent(trip.gain, signed=True),
        )
        for trip in trades[:MOST_TRADES]
    ]
    note = f"<p class=quiet>The first {MOST_TRADES:,} of {len(trades):,}.</p>" if len(trades) > MOST_TRADES else ""
    quote = escape(results.record.quote_asset)
    unit = f"<p class=quiet>First in, first out; prices and profits after fees, in {quote}.</p>"
    return f"<h2>Round trips</h2>{unit}{note}{_table(headers, rows)}"


def _positions(results: Results) -> str:
    if not results.positions:
        return ""
    rows = [
        (each.asset, price(each.quantity), money(each.cost), money(each.value), money(each.profit, signed=True))
        for each in results.positions
    ]
    return f"<h2>Still held</h2>{_table(('Asset', 'Quantity', 'Paid', 'Worth', 'Profit'), rows)}"


def _settings(results: Results) -> str:
    rows = sorted(results.record.settings.items())
    return f'<h2>Simulated</h2><div class="told">{_table((), rows)}</div>' if rows else ""


def _notices(results: Results) -> str:
    told = "".join(f"<li>{escape(notice)}" for notice in results.notices)
    return f'<ul class="notices">{told}</ul>' if told else ""


def _table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = f"<thead><tr>{''.join(f'<th>{escape(header)}' for header in headers)}</thead>" if headers else ""
    lines = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f'<div class="wide"><table>{head}{lines}</table></div>'


def _cell(told: str) -> str:
    sense = sense_of(told)
    return f"<td{f' class={sense}' if sense else ''}>{escape(told)}"
