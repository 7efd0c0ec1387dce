"""The report: one file that needs nothing else, and a summary."""

from __future__ import annotations

import re
from decimal import Decimal
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from mockexchange.backtest.report_page import MOST_TRADES, page
from mockexchange.backtest.report_plots import Line, Mark, plot, thinned
from mockexchange.backtest.report_terminal import sparkline
from mockexchange.backtest.report_words import duration, moment, money, percent, price
from mockexchange.backtest.results import Results

from .run_records import BEGAN, HOUR, Run, busy

D = Decimal


class Read(HTMLParser):
    """The tags, addresses and cells of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [str(value) for name, value in attrs if name in ("src", "href", "srcset", "data", "action")]


@pytest.fixture(scope="module")
def results() -> Results:
    return Results.of(busy())


def test_the_file_needs_nothing_else_and_nothing_runs_in_it(results: Results, tmp_path: Path) -> None:
    file = results.save(tmp_path / "report.html")
    written = file.read_text(encoding="utf-8")
    read = Read(written)
    assert read.addresses == []
    assert not {"script", "link", "iframe", "img", "object"} & set(read.tags)
    assert "url(" not in written
    assert "//" not in written
    assert "@import" not in written
    assert "prefers-color-scheme:dark" in written
    assert 'name="viewport"' in written
    assert len(written) < 400_000


def test_it_has_every_picture_and_table(results: Results) -> None:
    written = page(results)
    parts = ("Equity, USDT", "Drawdown", "Daily returns", "Months", "BTC/USDT", "ETH/USDT", "Round trips")
    assert [part for part in parts if part not in written] == []
    assert Read(written).tags.count("svg") == 5
    assert written.count('<b class="buy"') + written.count('<b class="sell"') == results.trading.fills
    assert money(results.final_equity) in written
    assert "nan" not in written


def test_what_others_wrote_is_shown_as_they_wrote_it() -> None:
    record = Run(USDT="1").record(BTC=[1, 2, 3])
    record.notices, record.settings = ["<script>alert(1)</script>"], {"file": "a&b<c>.csv"}
    written = page(Results.of(record))
    assert "<script" not in written
    assert "&lt;script&gt;" in written
    assert "a&amp;b&lt;c&gt;.csv" in written


def test_of_many_round_trips_the_first_are_shown_and_it_says_so() -> None:
    run = Run(USDT="1000000")
    for number in range(MOST_TRADES + 7):
        run.trade("buy", "BTC/USDT", "1", "100", 1 + number / 1000)
        run.trade("sell", "BTC/USDT", "1", "101", 1.0005 + number / 1000)
    written = page(Results.of(run.record(BTC=[100, 101, 102])))
    assert f"The first {MOST_TRADES:,} of {MOST_TRADES + 7:,}." in written
    assert written.count("<td class=gain>+1.00 %") == MOST_TRADES
    assert "largest of 2,014 fills are marked" in written


def test_money_that_came_makes_the_picture_one_of_growth() -> None:
    run = Run(USDT="1000")
    run.deposit("USDT", "500", 1.5)
    assert "without deposits and withdrawals" in page(Results.of(run.record(BTC=[1, 2, 3])))


@pytest.mark.parametrize("hours", [1, 2, 30])
@pytest.mark.parametrize("balances", [{"USDT": "1000"}, {}])
def test_a_run_of_nothing_has_a_report(hours: int, balances: dict[str, str]) -> None:
    results = Results.of(Run(**balances).record(BTC=[100.0] * hours))
    assert "None." in page(results)
    assert results._repr_html_()  # pyright: ignore[reportPrivateUsage]  # what notebooks call


def test_a_notebook_shows_the_equity_and_the_numbers(results: Results) -> None:
    shown = results._repr_html_()  # pyright: ignore[reportPrivateUsage]  # what notebooks call
    assert shown.startswith('<div class="mockx">')
    assert "Sharpe ratio" in shown
    assert Read(shown).tags.count("svg") == 1


def test_no_peak_is_lost_when_a_curve_is_thinned() -> None:
    values = np.zeros(200_000)
    values[77_777], values[123_456] = 9, -9
    times = BEGAN + HOUR * np.arange(len(values), dtype=np.int64)
    at = thinned(times, values)
    assert len(at) < 3_000
    assert {0, 77_777, 123_456, 199_999} <= set(at.tolist())
    assert (np.diff(at) > 0).all()
    few = np.array([np.nan, 1, 2, np.nan, 3])
    assert thinned(times[:5], few).tolist() == [1, 2, 4]


def test_a_plot_puts_things_where_they_belong() -> None:
    times = np.array([0, 1_000, 2_000], np.int64)
    drawn = plot("X", times, [Line("a", "own", np.array([0.0, 100.0, 50.0]))], [Mark(1_000, 100.0, "buy", "▲", "here")])
    path = re.search(r'<path class="own" d="([^"]*)"', drawn)
    assert path is not None
    assert path[1] == "M0.00 96.30L500.00 3.70L1000.00 50.00"  # 4 % of room above and below
    assert 'style="left:50.00%;top:3.70%" title="here"' in drawn
    assert [each for each in ("0", "20", "40", "60", "80", "100") if f">{each}</i>" not in drawn] == []


def test_the_summary(results: Results) -> None:
    lines = results.summary().splitlines()
    assert lines[0] == "BTC/USDT, ETH/USDT: 2026-01-01 00:00 to 2026-03-02 00:00 UTC, 60 d"
    assert len(lines[2]) == 60
    assert set(lines[2]) <= set("▁▂▃▄▅▆▇█")
    (sharpe,) = (line.split() for line in lines if line.startswith("Sharpe"))
    assert sharpe[-2] == f"{results.performance.sharpe:.2f}"
    assert str(results) == results.summary()


@pytest.mark.parametrize("width", [40, 80, 200])
def test_rich_shows_the_same_numbers(results: Results, width: int) -> None:
    file = StringIO()
    console = Console(file=file, width=width, force_terminal=True, color_system=None)
    console.print(results)
    written = file.getvalue()
    assert f"{results.performance.sharpe:.2f}" in written
    assert "…" not in written
    assert max(map(len, written.splitlines())) <= width


def test_a_sparkline() -> None:
    times = np.array([0, 10, 20, 30], np.int64)
    assert sparkline(times, np.array([1.0, 2.0, 3.0, 4.0]), 8) == "▁▃▆█"
    assert sparkline(times, np.array([5.0, 5.0, 5.0, 5.0]), 4) == "▁▁▁▁"
    assert sparkline(times, np.array([5.0, np.nan, 5.0, 5.0]), 4) == ""


def test_words() -> None:
    assert money(D("1234567.895")) == "1,234,567.90"
    assert money(D("0.00012345")) == "0.0001234"
    assert money(D("-0.004"), signed=True) == "-0.004000"
    assert money(D(0), signed=True) == "+0.00"
    assert money(None) == percent(None) == "-"
    assert percent(-0.1234, signed=True) == "-12.34 %"
    assert price(D("61234.50000")) == "61234.5"
    assert price(D("0.000012345678912")) == "0.00001235"
    assert duration(90_061_000) == "1 d 1 h"
    assert duration(86_400_000 + 60_000) == "1 d"
    assert duration(59_000) == "59 s"
    assert duration(0) == "0 s"
    assert duration(3 * HOUR - 1) == "3 h"
    assert moment(BEGAN + HOUR - 1) == "2026-01-01 01:00"
    assert moment(BEGAN + 1_000) == "2026-01-01 00:00:01"
