"""A process that imports a handler and calls it, as Lambda does: with all events at once, or one by one."""

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

def call(event):
    return module.lambda_handler(event, Context(float(sys.argv[3])))

if sys.argv[4:]:
    for line in sys.stdin:
        with open(sys.argv[2], "w") as file:
            try:
                json.dump({"answer": call(json.loads(line))}, file)
            except Exception as error:
                json.dump({"error": f"{type(error).__name__}: {error}"}, file)
        print(sys.argv[4], flush=True)
else:
    answers = [call(event) for event in json.load(sys.stdin)]
    with open(sys.argv[2], "w") as file:
        json.dump(answers, file)
"""

DONE = "-- done --"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the handler answered, one for each event, and what the process wrote."""

    answers: list[Any]
    stdout: str
    stderr: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The JSON lines on stdout: log records, and metrics (which have `_aws`)."""
        return json_lines(self.stdout)


def json_lines(written: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.splitlines() if line.startswith("{")]


def invoke(
    function: str, events: list[dict[str, Any]], folder: Path, *, seconds: float = 1.0, **environment: str
) -> Outcome:
    """Call a function's handler with each event, in a fresh process whose environment has nothing of ours but
    `environment`; every invocation may take `seconds`."""
    result = folder / "answers.json"
    ended = subprocess.run(
        _command(function, result, seconds),
        input=json.dumps(events),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=folder,
        env=_environment(environment),
    )
    assert ended.returncode == 0, ended.stderr
    return Outcome(json.loads(result.read_text()), ended.stdout, ended.stderr)


class HandlerError(Exception):
    """What a handler raised, as Lambda would report it."""


class Sandbox:
    """A sandbox that stays: one invocation after the other, and what may happen between them."""

    def __init__(self, function: str, folder: Path, *, seconds: float = 1.0, **environment: str) -> None:
        self._result = folder / "answer.json"
        self._errors = (folder / "stderr").open("w+")
        self._process = subprocess.Popen(
            [*_command(function, self._result, seconds), DONE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            cwd=folder,
            env=_environment(environment),
        )
        self.written = ""

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.kill()
        self._process.communicate()
        self._errors.seek(0)
        self.written += self._errors.read()
        self._errors.close()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return json_lines(self.written)

    def invoke(self, event: dict[str, Any]) -> Any:
        """The handler's answer. Raises HandlerError."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None  # they were opened as pipes
        stdin.write(json.dumps(event) + "\n")
        stdin.flush()
        while (line := stdout.readline()) != DONE + "\n":
            assert line, "the process ended: " + (Path(self._errors.name)).read_text()
            self.written += line
        found = json.loads(self._result.read_text())
        if "error" in found:
            raise HandlerError(found["error"])
        return found["answer"]


def _command(function: str, result: Path, seconds: float) -> list[str]:
    return [
        sys.executable,
        "-W",
        "error",
        "-W",
        "ignore::DeprecationWarning:mangum",
        "-c",
        CALLER,
        f"mockexchange.functions.{function}.handler",
        str(result),
        str(seconds),
    ]


def _environment(ours: dict[str, str]) -> dict[str, str]:
    return {**{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}, **ours}
