"""`make soak`: let the exchange run for an hour under a light load, and look whether memory stays flat.

`mockx up` with 20 synthetic markets, a tick a second, 10,000 resting orders, and a bot (python-binance, about an order
a second); `--minutes 10` for less. Everything is on 127.0.0.1. Exit code 0 when every process kept its bound, no log
has an error and the books are clean; otherwise 1, and the data stay where the last line says.
"""

from __future__ import annotations

import argparse
import csv
import platform
import shutil
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from .market import SYMBOLS
from .soak import Plan, Report, soak
from .verdict import ALLOWED, ALLOWED_SHARE, MB, Course

SHOWN = 30
"""Problems that are printed."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60, help="how long memory is watched (default: 60)")
    parser.add_argument("--symbols", type=int, default=len(SYMBOLS), choices=range(1, len(SYMBOLS) + 1), metavar="N")
    parser.add_argument("--resting", type=int, default=10_000, help="orders that rest (default: 10000)")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="where every look at Valkey and the processes goes")
    chosen = parser.parse_args()
    plan = Plan(chosen.minutes * 60, chosen.symbols, chosen.resting)
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - began:7.1f} s  {text}", file=sys.stderr, flush=True)

    directory = Path(tempfile.mkdtemp(prefix="mockx-soak-"))
    report = soak(plan, directory, say)
    show(report)
    if chosen.csv:
        write_csv(report, chosen.csv)
    if report.problems:
        print(f"The data are in {directory}.")
        return 1
    shutil.rmtree(directory)
    return 0


def show(report: Report) -> None:
    """The report, as text."""
    plan = report.plan
    print(
        f"{platform.machine()}, Python {platform.python_version()}; {plan.markets} markets, "
        f"{plan.resting:,} resting orders, {plan.seconds / 60:g} minutes after {report.warm_up:,.0f} s of warming up"
    )
    load = report.load()
    table = Table(title="Resident memory, MB", title_justify="left", header_style="bold")
    for name in ("process", "start", "middle", "end", "slope per hour", "bound", "", "PSS in the end", "of one core"):
        table.add_column(name, justify="left" if name in ("process", "") else "right")
    for course in report.processes():
        beside = (f"{report.shares[course.name] / MB:.1f}", f"{load[course.name]:.1%}")
        table.add_row(*_sizes(course), f"{course.bound / MB:.1f}", _word(course), *beside)
    table.add_row("all", "", "", "", "", "", "", f"{sum(report.shares.values()) / MB:.1f}", f"{sum(load.values()):.1%}")
    kept = Table(title="In Valkey, MB", title_justify="left", header_style="bold")
    for name in ("what", "start", "middle", "end", "slope per hour", "bound", ""):
        kept.add_column(name, justify="left" if name in ("what", "") else "right")
    held = report.held()
    kept.add_row("all but history", *_sizes(held)[1:], f"{held.bound / MB:.1f}", _word(held))
    for course in report.history():
        kept.add_row(*_sizes(course), "-", "grows by design")
    console = Console(width=140)
    console.print(table)
    console.print(kept)
    bound = f"{ALLOWED_SHARE:.0%} of the start and {ALLOWED / MB:g} MB more"
    print(f"Bound: {bound}. Valkey's process may also grow in proportion to what it has allocated.")
    print(f"ticks of each market: {report.ticks:,} in {plan.seconds:,.0f} s")
    done = ", ".join(f"{name} {count:,}" for name, count in report.bot.items())
    print(f"bot: {done}; longest round {report.longest_round * 1000:,.0f} ms")
    for warning, times in report.warnings.most_common(SHOWN):
        print(f"warning, {times} times: {warning}")
    audit = report.audit
    if audit is not None:
        verdict = "clean" if audit.clean else f"{len(audit.problems):,} problems"
        print(f"audit: {audit.orders:,} orders ({audit.open_orders:,} open), {audit.fills:,} fills, {verdict}")
    for problem in report.problems[:SHOWN]:
        print(f"PROBLEM: {problem}")
    print(f"{len(report.problems):,} problems" if report.problems else "Memory is flat, and no log has an error.")


def write_csv(report: Report, path: Path) -> None:
    """Bytes by what they are for: the processes as often as they were looked at, Valkey's keys a line each minute."""
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["second", "what", "bytes"])
        began = report.samples[0].at
        for sample in report.samples:
            rows.writerows((f"{sample.at - began:.0f}", part, size) for part, size in sample.rss.items())
        for each in report.insides:
            sizes = {"used": each.used, "active": each.active, **each.families}
            rows.writerows((f"{each.at - began:.0f}", f"valkey: {what}", size) for what, size in sizes.items())


def _sizes(course: Course) -> tuple[str, ...]:
    sizes = (f"{size / MB:.1f}" for size in (course.start, course.middle, course.end))
    return (course.name, *sizes, f"{course.slope / MB:+.2f}")


def _word(course: Course) -> str:
    return "flat" if course.flat else "GROWS"


if __name__ == "__main__":
    sys.exit(main())
