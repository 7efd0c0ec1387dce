"""What a handler costs to import, beside its libraries alone."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterator

from .report import Figure

# What each function cannot do without, imported bare.
LIBRARIES = {
    "orders": ["fastapi", "mangum", "msgspec", "redis", "hiredis", "pydantic_settings", "aws_lambda_powertools"],
    "matcher": ["msgspec", "redis", "hiredis", "pydantic_settings", "aws_lambda_powertools"],
    "feeder": ["msgspec", "redis", "hiredis", "pydantic_settings", "aws_lambda_powertools"],
}
POWERTOOLS = "from aws_lambda_powertools import Logger, Metrics"


def handlers(rounds: int = 7) -> Iterator[Figure]:
    """Time from process start to imported, the interpreter's own start taken off."""
    bare_python = _median("pass", rounds)
    for name, libraries in LIBRARIES.items():
        bare = _median(f"import {', '.join(libraries)}; {POWERTOOLS}", rounds) - bare_python
        ours = _median(f"import mockexchange.functions.{name}.handler", rounds) - bare_python
        beside = f"{bare:.0f} ms for its libraries"
        yield Figure(f"import of the {name} handler", f"{ours:.0f} ms", beside, f"{ours / bare:.2f} x", "1.2 x")


def _median(statement: str, rounds: int) -> float:
    code = f"import time; start = time.perf_counter(); {statement}; print((time.perf_counter() - start) * 1000)"
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()[-1]
        for _ in range(rounds)
    ]
    return statistics.median(float(run) for run in runs)
