"""`make bench`: every figure beside its ceiling, measured in the same run. `--only http,memory` runs some of them."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from . import candles, deck, feeding, footprint, functions, http, imports, matching, memory, overview, wire
from .report import Figure, show

SECTIONS: dict[str, tuple[str, Callable[[bool], Iterator[Figure]]]] = {
    "http": ("Orders over HTTP (native API, uvicorn, one worker)", lambda quick: http.orders()),
    "wire": ("The Binance wire beside the native API (uvicorn, one worker)", lambda quick: wire.figures()),
    "ticks": (
        "A tick that touches nothing",
        lambda quick: matching.idle_ticks((1_000, 100_000) if quick else (1_000, 100_000, 1_000_000)),
    ),
    "settling": ("Settling", lambda quick: matching.settling()),
    "models": ("What a fill costs under each fill model", lambda quick: matching.models()),
    "overview": ("Overview and lists, 5,000 orders and 50,000 fills", lambda quick: overview.figures()),
    "imports": ("Imports of the handlers", lambda quick: imports.handlers()),
    "functions": ("The built functions under AWS's runtime client", lambda quick: functions.figures()),
    "feeding": ("200 markets at a tick a second (feeder and matcher, a process each)", lambda quick: feeding.markets()),
    "memory": ("Memory in Valkey, without the journal", lambda quick: memory.orders()),
    "footprint": ("Processes of `mockx up`, 3 markets, nobody trades", lambda quick: footprint.processes()),
    "candles": ("Candles", lambda quick: candles.costs()),
    "deck": ("The deck: 200 symbols, 5,000 orders, 50,000 fills", lambda quick: deck.screens(quick=quick)),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default=",".join(SECTIONS), help="sections, comma separated")
    parser.add_argument(
        "--quick", action="store_true", help="leave the million resting orders out, watch for less time"
    )
    parser.add_argument("--json", action="store_true", help="JSON instead of tables")
    chosen = parser.parse_args()
    found: dict[str, Any] = {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": [round(each, 1) for each in os.getloadavg()],
        "figures": {},
    }
    if not chosen.json:
        load = ", ".join(map(str, found["load"]))
        print(f"Python {found['python']}, {found['cores']} cores, load {load} before the run\n")
    for name in chosen.only.split(","):
        title, measure = SECTIONS[name]
        print(f"{title} ...", file=sys.stderr, flush=True)
        figures = list(measure(chosen.quick))
        if chosen.json:
            found["figures"][name] = [asdict(figure) for figure in figures]
        else:
            show(title, figures)
    if chosen.json:
        print(json.dumps(found, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
