"""A month of minutes under a grid of 50 resting orders: `python -m tests.benchmarks.backtest.month FILE`."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from runpy import run_path

from mockexchange import Backtest
from mockexchange.store.dump import dump_memory

from .measuring import Stopwatch, peak

GRID = Path(__file__).parents[3] / "examples" / "strategies" / "grid.py"
BALANCES = {"USDT": 10_000, "BTC": "0.1"}


def main() -> None:
    grid = run_path(str(GRID))
    loading, running = Stopwatch(), Stopwatch()
    ticks: set[int] = set()
    with loading:
        bt = Backtest(
            sys.argv[1],
            symbol=grid["SYMBOL"],
            timeframe="1m",
            balances=BALANCES,
            check_path=False,  # one run, not one for each path through the candles
            progress=lambda done, total: ticks.add(total),
        )
    with running:
        results = bt.run(grid["run"])
    books = json.dumps(dump_memory(bt.store.state), sort_keys=True).encode()
    print(
        json.dumps(
            {
                "loading_seconds": loading.seconds,
                "seconds": running.seconds,
                "cpu_seconds": running.cpu_seconds,
                "peak_mb": peak(),
                "ticks": max(ticks),
                "fills": len(results.record.fills),
                "final_equity": str(results.final_equity),
                "books": len(books),
                "digest": hashlib.sha256(books).hexdigest(),
            }
        )
    )


if __name__ == "__main__":
    main()
