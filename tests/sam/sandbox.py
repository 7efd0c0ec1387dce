"""A process like that of a Lambda sandbox: AWS's runtime client runs a built function, and nothing else is there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from .runtime_api import Invocation, RuntimeApi
from .tools import REGION, RUNTIME

PATIENCE = 60.0
"""Seconds for anything here on a busy machine."""

CLIENT = """
import atexit, json, sys

@atexit.register
def tell():
    files = {name: getattr(module, "__file__", None) for name, module in sys.modules.items()}
    with open("/proc/self/maps") as maps:
        mapped = sorted({line.split(maxsplit=5)[5].strip() for line in maps if line.count("/") and ".so" in line})
    with open(sys.argv[1], "w") as told:
        json.dump({"modules": files, "mapped": mapped, "path": sys.path}, told)

from awslambdaric.__main__ import main
main(["bootstrap", sys.argv[2]])
"""
"""What /var/runtime/bootstrap does on Lambda; at its end it tells what was loaded."""


class FunctionFailed(Exception):
    """The invocation ended in an error; `error` is what the runtime client told Lambda."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        super().__init__(f"{error['errorType']}: {error['errorMessage']}")
        self.error = error


class SandboxDied(Exception):
    """The process ended before it answered."""


class Sandbox:
    """A function of `artefacts` with these environment variables of its own. Use it as a context manager.

    `started` is a reading of time.perf_counter() (seconds).
    """

    def __init__(
        self,
        artefacts: Path,
        function: str,
        folder: Path,
        environment: Mapping[str, str],
        *,
        options: tuple[str, ...] = (),
    ) -> None:
        """`folder` is for what the process writes; `options` are Python's."""
        folder.mkdir(parents=True, exist_ok=True)
        self.api = RuntimeApi(function)
        self.function = function
        self._artefacts = artefacts
        self._environment = dict(environment)
        self._options = options
        self._told = folder / f"{function}.json"
        self._stdout = folder / f"{function}.out"
        self._stderr = folder / f"{function}.err"
        self.started = 0.0
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Sandbox:
        self.api.__enter__()
        task, layer = self._artefacts / self.function, self._artefacts / "Layer" / "python"
        environment = {
            "AWS_LAMBDA_RUNTIME_API": self.api.address,
            "AWS_LAMBDA_FUNCTION_NAME": self.function,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{self.function}",
            "AWS_LAMBDA_LOG_STREAM_NAME": "2026/01/01/[$LATEST]0",
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.11",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "LAMBDA_TASK_ROOT": str(task),
            "LAMBDA_RUNTIME_DIR": str(RUNTIME),
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "PYTHONPATH": f"{task}:{layer}",
            "PYTHONDONTWRITEBYTECODE": "1",  # nothing there can be written to
            "_HANDLER": "handler.lambda_handler",
            **self._environment,
        }
        command = [str(RUNTIME / "bin" / "python"), *self._options, "-c", CLIENT, str(self._told)]
        with self._stdout.open("wb") as out, self._stderr.open("wb") as err:
            self.started = time.perf_counter()
            self.process = subprocess.Popen(
                [*command, environment["_HANDLER"]],
                cwd=task,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.api.end()
        try:
            self._running().wait(5 if kind is None else 1)
        except subprocess.TimeoutExpired:
            self.kill()
        self.api.__exit__(None, None, None)

    def send(self, event: object, *, seconds: float = 29.0, request_id: str | None = None) -> Invocation:
        """Hand an event out. Bytes go as they are, anything else as JSON."""
        payload = event if isinstance(event, bytes) else json.dumps(event).encode()
        return self.api.send(payload, seconds, request_id)

    def result(self, invocation: Invocation) -> Any:
        """What the function answered. Raises FunctionFailed or SandboxDied."""
        end = time.monotonic() + PATIENCE
        while not invocation.over.wait(0.02):
            if self._running().poll() is not None:
                raise SandboxDied(f"{self.function}: {self.stderr}")
            assert time.monotonic() < end, f"{self.function} does not answer: {self.stderr}"
        if invocation.error is not None:
            raise FunctionFailed(invocation.error)
        assert invocation.answer is not None
        return json.loads(invocation.answer)

    def invoke(self, event: object, *, seconds: float = 29.0, request_id: str | None = None) -> Any:
        """Hand an event out and wait for the answer."""
        return self.result(self.send(event, seconds=seconds, request_id=request_id))

    def kill(self) -> None:
        """kill -9."""
        process = self._running()
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)

    def wait(self) -> int:
        """Until the process has ended; its exit code."""
        return self._running().wait(PATIENCE)

    def loaded(self) -> dict[str, Any]:
        """What the process had loaded when it ended: files by module, mapped libraries, and where it looked."""
        self.api.end()
        self.wait()
        return json.loads(self._told.read_text())

    @property
    def stdout(self) -> str:
        """What the process has written so far."""
        return self._stdout.read_text()

    @property
    def stderr(self) -> str:
        """Likewise."""
        return self._stderr.read_text()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The JSON lines on stdout: log records, and metrics (which have `_aws`)."""
        return [json.loads(line) for line in self.stdout.splitlines() if line.startswith("{")]

    def _running(self) -> subprocess.Popen[bytes]:
        assert self.process is not None, "it is not started"
        return self.process
