"""What a handler costs to import, beside the libraries it loads without a line of ours."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator

from .report import Figure

FUNCTIONS = ("orders", "matcher", "feeder")

LIBRARIES = """
import json, sys
before = set(sys.modules)
import {module}
loaded = [name for name in sys.modules if name not in before and name.partition(".")[0] not in ("mockexchange",)]
print(json.dumps(loaded))
"""

TIMED = "import time; start = time.perf_counter(); {statement}; print((time.perf_counter() - start) * 1000)"


def handlers(rounds: int = 9) -> Iterator[Figure]:
    """Milliseconds from a started interpreter to an imported handler, and to its libraries alone, in turn."""
    for function in FUNCTIONS:
        module = f"mockexchange.functions.{function}.handler"
        libraries = [name for name in json.loads(_run(LIBRARIES.format(module=module))) if "editable" not in name]
        bare_statement = f"[__import__(name) for name in {libraries!r}]"
        ours: list[float] = []
        bare: list[float] = []
        for _ in range(rounds):
            ours.append(float(_run(TIMED.format(statement=f"import {module}"))))
            bare.append(float(_run(TIMED.format(statement=bare_statement))))
        took, beside = statistics.median(ours), statistics.median(bare)
        yield Figure(
            f"import of the {function} handler",
            f"{took:.0f} ms",
            f"{beside:.0f} ms for the {len(libraries)} modules of its libraries",
            f"{took / beside:.2f} x",
            "1.2 x",
        )


def _run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
