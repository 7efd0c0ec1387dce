"""A process that imports a handler and calls it, as Lambda does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CALLER = """
import importlib, json, sys, time
module = importlib.import_module(sys.argv[1])

class Context:
    function_name = "under-test"
    memory_limit_in_mb = 128
    invoked_function_arn = "arn:aws:lambda:local:000000000000:function:under-test"
    aws_request_id = "request-of-lambda"

    def __init__(self, seconds):
        self.deadline = time.monotonic() + seconds

    def get_remaining_time_in_millis(self):
        return max(0, int((self.deadline - time.monotonic()) * 1000))

answers = [module.lambda_handler(event, Context(float(sys.argv[3]))) for event in json.load(sys.stdin)]
with open(sys.argv[2], "w") as file:
    json.dump(answers, file)
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the handler answered, one for each event, and what the process wrote."""

    answers: list[Any]
    stdout: str
    stderr: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The JSON lines on stdout: log records, and metrics (which have `_aws`)."""
        return [json.loads(line) for line in self.stdout.splitlines() if line.startswith("{")]


def invoke(
    function: str, events: list[dict[str, Any]], folder: Path, *, seconds: float = 1.0, **environment: str
) -> Outcome:
    """Call a function's handler with each event, in a fresh process whose environment has nothing of ours but
    `environment`; every invocation may take `seconds`."""
    result = folder / "answers.json"
    ended = subprocess.run(
        [
            sys.executable,
            "-W",
            "error",
            "-W",
            "ignore::DeprecationWarning:mangum",
            "-c",
            CALLER,
            f"mockexchange.functions.{function}.handler",
            result,
            str(seconds),
        ],
        input=json.dumps(events),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=folder,
        env={**{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}, **environment},
    )
    assert ended.returncode == 0, ended.stderr
    return Outcome(json.loads(result.read_text()), ended.stdout, ended.stderr)
