"""One run of one engine, told as a line of JSON: `python -m tests.benchmarks.backtest.ENGINE FILE CASE COUNT`.

Each run has a process of its own, so that its peak memory is its own. Seconds are those of the run, without imports and
without getting the quotes into the engine's own form.
"""

from __future__ import annotations

import json
import platform
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from .quotes import Outcome, Quotes, load

CASES = ("silent", "waiting", "called", "orders", "resting")
"""Nothing is asked until the end; the same while 1,000 limit orders rest far away; a function is called at each quote
and does nothing; a market order every 10 quotes; 1,000 orders rest, and the function is called at each quote."""


class Absent(Exception):
    """An engine has nothing like a case; the text says why."""


class Stopwatch:
    """`with` it around a run: how long that took, by the clock on the wall and by the processor's."""

    seconds = cpu_seconds = memory_before = 0.0
    _wall = _cpu = 0.0

    def start(self) -> None:
        self.memory_before = peak()
        self._cpu = time.process_time()
        self._wall = time.perf_counter()

    def stop(self) -> None:
        self.seconds = time.perf_counter() - self._wall
        self.cpu_seconds = time.process_time() - self._cpu

    def __enter__(self) -> None:
        self.start()

    def __exit__(self, *raised: object) -> None:
        self.stop()


def peak() -> float:
    """The most memory this process ever had (MB)."""
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilobytes / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def tell(version: str, run: Callable[[Quotes, str, Stopwatch], Outcome]) -> None:
    """Run what the command line asks for."""
    path, case, count = sys.argv[1:]
    quotes = load(Path(path)).first(int(count))
    watch = Stopwatch()
    about = {"version": version, "python": platform.python_version(), "case": case, "quotes": len(quotes)}
    try:
        outcome = run(quotes, case, watch)
    except Absent as absent:
        print(json.dumps(about | {"absent": str(absent)}))
        return
    measured = {
        "seconds": watch.seconds,
        "cpu_seconds": watch.cpu_seconds,
        "peak_mb": peak(),
        "before_mb": watch.memory_before,
    }
    print(json.dumps(about | measured | asdict(outcome)))
