"""`make bench-backtest`: this project and other back-testing engines on the same quotes, with the same strategy.

Each run has a process of its own and each engine of others an environment of its own (`.venv-bench-NAME`, pinned).
Rounds go through all engines in turn, so that what else the machine does meets all alike, and the best of three counts.
`--month FILE` runs a grid of 50 resting orders over a month of 1-minute BTC/USDT candles instead, twice, and compares
the books byte by byte.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from .environments import ROOT, NotInstalled, python_of
from .measuring import CASES
from .quotes import EVERY, RESTING, expected, made

OURS = "mockexchange"
ENGINES = {OURS: "ours", "nautilus": "peer_nautilus", "backtrader": "peer_backtrader", "vectorbt": "peer_vectorbt"}
TITLES = {
    "silent": "no orders, the strategy is not asked",
    "waiting": f"{RESTING:,} resting limits, the strategy is not asked",
    "called": "no orders, called at each quote",
    "orders": f"a market order every {EVERY} quotes",
    "resting": f"{RESTING:,} resting limits, called at each quote",
}
AIMS = {(OURS, "silent"): 1_000_000, (OURS, "waiting"): 1_000_000, (OURS, "orders"): 100_000}
"""Quotes a second that we want."""
FEWER = {("nautilus", "orders"): 5, ("nautilus", "resting"): 50, ("backtrader", "resting"): 50}
"""So many times fewer quotes, or a round would take an hour. An order costs nautilus more the more were before it, so
fewer quotes flatter it if anything; both look at every resting order at every quote, however many quotes come."""
SAME = 1e-5
"""How far, as a share of what was traded, profits may lie apart: ours takes the fee of a buy in coins, as Binance
does."""
TOO_LONG = 900  # seconds for one run


@dataclass
class Measured:
    """All runs of one engine at one case, as it told them. `absent` says why there are none."""

    engine: str
    case: str
    runs: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    absent: str = ""

    @property
    def version(self) -> str:
        """Its own and that of its Python."""
        return f"{self.runs[0]['version']} (Python {self.runs[0]['python']})"

    @property
    def best(self) -> dict[str, Any]:
        """The run that the machine disturbed least."""
        return min(self.runs, key=lambda run: run["seconds"])

    @property
    def least_work(self) -> float:
        """Seconds of the processor's time."""
        return min(run["cpu_seconds"] for run in self.runs)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quotes", type=int, default=100_000, help="how many (default: 100000)")
    parser.add_argument("--rounds", type=int, default=3, help="of which the best counts (default: 3)")
    parser.add_argument("--only", default=",".join(ENGINES), help="engines, comma separated")
    parser.add_argument("--cases", default=",".join(CASES), help="cases, comma separated")
    parser.add_argument("--python", metavar="PATH", help="the Python for the environments of others (3.12 or 3.13)")
    parser.add_argument("--json", action="store_true", help="print every run as JSON, no table")
    parser.add_argument("--month", type=Path, metavar="FILE", help="1-minute candles of BTC/USDT: the grid instead")
    chosen = parser.parse_args()
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    about = f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load} before the run"
    if chosen.month:
        return month(chosen.month, about, as_json=chosen.json)
    engines, cases = chosen.only.split(","), chosen.cases.split(",")
    for known, asked in ((ENGINES, engines), (CASES, cases)):
        if unknown := [each for each in asked if each not in known]:
            parser.error(f"{unknown[0]} is none of {', '.join(known)}")
    measured = measure(engines, cases, chosen.quotes, chosen.rounds, chosen.python)
    if chosen.json:
        print(json.dumps([vars(each) for each in measured], indent=1))
    else:
        print(f"{about}\n")
        show(measured, chosen.quotes)
    return 0


def measure(engines: list[str], cases: list[str], quotes: int, rounds: int, python: str | None) -> list[Measured]:
    pythons: dict[str, Path] = {}
    found: list[Measured] = []
    for engine in engines:
        try:
            pythons[engine] = Path(sys.executable) if engine == OURS else python_of(engine, python)
        except NotInstalled as why:
            found.append(Measured(engine, "", absent=f"not installed: {why}"))
    asked = [Measured(engine, case) for case in cases for engine in pythons]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "quotes.npz"
        # One more: what is decided by the last quote but one has a bar to fill on, where an engine needs that.
        made(quotes + 1).save(path)
        for number in range(rounds):
            for each in asked:
                if not each.absent:
                    print(f"round {number + 1}, {each.engine}: {TITLES[each.case]} ...", file=sys.stderr, flush=True)
                    _round(each, pythons[each.engine], path, quotes)
    return found + asked


def _round(measured: Measured, python: Path, path: Path, quotes: int) -> None:
    count = quotes // FEWER.get((measured.engine, measured.case), 1) + 1
    told = _tell(python, ENGINES[measured.engine], str(path), measured.case, str(count))
    if "absent" in told:
        measured.absent = told["absent"]
    else:
        measured.runs.append(told)


def _tell(python: Path, module: str, *arguments: str, seed: int = 0) -> dict[str, Any]:
    """What one process says of its run: the last line that it prints. A failure is told as an engine's absence."""
    environment = os.environ | {"PYTHONHASHSEED": str(seed), "PYTHONWARNINGS": "ignore"}
    command = [str(python), "-m", f"{__package__}.{module}", *arguments]
    try:
        ended = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=TOO_LONG
        )
    except subprocess.TimeoutExpired:
        return {"absent": f"took more than {TOO_LONG} s"}
    if ended.returncode:
        return {"absent": f"failed: {(ended.stderr.splitlines() or ['without a word'])[-1]}"}
    return json.loads(ended.stdout.splitlines()[-1])


def show(measured: list[Measured], quotes: int) -> None:
    table = Table(title=f"Back-tests of {quotes:,} quotes", title_justify="left", header_style="bold")
    for name in ("case", "engine"):
        table.add_column(name)
    for name in ("quotes/s", "by processor time", "aim", "peak memory", "of which the run", "fills", "profit"):
        table.add_column(name, justify="right")
    table.add_column("the same as all")
    shown = ""
    for each in measured:
        if not each.case:
            continue
        if shown and each.case != shown:
            table.add_section()
        table.add_row("" if each.case == shown else TITLES[each.case], *_row(each, quotes))
        shown = each.case
    Console(width=190).print(table)
    print(", ".join(sorted({f"{each.engine} {each.version}" for each in measured if each.runs})))
    for each in measured:
        if not each.case:
            print(f"{each.engine}: {each.absent}")
        elif not each.absent and (fewer := FEWER.get((each.engine, each.case))):
            print(f"{each.engine}, {TITLES[each.case]}: measured over {quotes // fewer:,} quotes only")


def _row(measured: Measured, quotes: int) -> tuple[str, ...]:
    if measured.absent:
        return measured.engine, "-", "-", "", "", "", "", "", measured.absent
    best = measured.best
    aim = AIMS.get((measured.engine, measured.case))
    return (
        measured.engine,
        f"{best['quotes'] / best['seconds']:,.0f}",
        f"{best['quotes'] / measured.least_work:,.0f}",
        f"{aim:,}" if aim else "",
        f"{best['peak_mb']:.0f} MB",
        f"{best['peak_mb'] - best['before_mb']:.0f} MB",
        f"{best['fills']:,}",
        f"{best['profit']:,.2f}",
        _verdict(best, quotes),
    )


def _verdict(run: dict[str, Any], quotes: int) -> str:
    """Whether a run did what arithmetic says it had to do."""
    wanted = expected(made(quotes + 1).first(run["quotes"]), run["case"])
    if run["fills"] != wanted.fills:
        return f"no: {run['fills']:,} fills, not {wanted.fills:,}"
    if abs(run["traded"] - wanted.traded) > 1e-9 * wanted.traded:
        return f"no: traded {run['traded']:,.2f}, not {wanted.traded:,.2f}"
    if abs(run["profit"] - wanted.profit) > SAME * wanted.traded:
        return f"no: profit {run['profit']:,.2f}, not {wanted.profit:,.2f}"
    return "yes"


def month(path: Path, about: str, *, as_json: bool) -> int:
    runs = [_tell(Path(sys.executable), "month", str(path), seed=seed) for seed in (1, 2)]
    if failed := [run for run in runs if "absent" in run]:
        print(failed[0]["absent"], file=sys.stderr)
        return 1
    same = runs[0]["digest"] == runs[1]["digest"]
    if as_json:
        print(json.dumps(runs, indent=1))
        return 0 if same else 1
    print(f"{about}\n")
    table = Table(title="A grid of 50 resting orders over 1-minute candles", title_justify="left", header_style="bold")
    names = (
        "run",
        "ticks",
        "loading",
        "run alone",
        "processor time",
        "peak memory",
        "fills",
        "final equity",
        "books",
    )
    for name in names:
        table.add_column(name, justify="right")
    for number, run in enumerate(runs, start=1):
        table.add_row(
            str(number),
            f"{run['ticks']:,}",
            f"{run['loading_seconds']:.1f} s",
            f"{run['seconds']:.1f} s",
            f"{run['cpu_seconds']:.1f} s",
            f"{run['peak_mb']:.0f} MB",
            f"{run['fills']:,}",
            run["final_equity"],
            f"{run['books']:,} bytes, {run['digest'][:12]}",
        )
    Console(width=150).print(table)
    print("The books of both runs are the same to the byte." if same else "The books of the two runs differ.")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
