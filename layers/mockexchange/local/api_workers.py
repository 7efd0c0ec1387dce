"""Processes that answer the HTTP API's connections, all from one listening socket.

The socket belongs to the process that starts them. So a port that is taken is noticed before anything runs, the system
deals connections out to whoever is free, and those that come while a worker is started again wait instead of failing.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Mapping

from ..settings import Settings
from .function_environment import child_environment
from .program import Program
from .readiness import Readiness
from .stopping import StopRequest
from .supervisor import Supervisor

STOP_GRACE = 10.0
"""Seconds between asking a worker to stop and killing it: more than uvicorn gives its requests."""


def worker_programs(
    count: int, listener: socket.socket, environment: Mapping[str, str], on_line: Callable[[str, str], None]
) -> list[Program]:
    """`count` workers for `listener`, not yet started; `on_line` gets a worker's name and each line of its output."""
    names = ["api"] if count == 1 else [f"api-{number}" for number in range(1, count + 1)]
    command = [sys.executable, "-m", "mockexchange.local.api_worker", str(listener.fileno())]
    return [
        Program(name, command, environment=environment, on_line=_named(name, on_line), keep_open=[listener.fileno()])
        for name in names
    ]


def run_workers(settings: Settings, listener: socket.socket, url: str) -> None:
    """Keep MOCKX_WORKERS workers, reached at `url`, running until SIGTERM or Ctrl-C.

    Raises StartupFailed or NotConfigured when they do not come up.
    """

    def show(name: str, line: str) -> None:
        sys.stderr.write(f"{name} | {line}\n")

    def say(text: str) -> None:
        show("mockx", text)

    with StopRequest() as stop:
        supervisor = Supervisor(say)
        supervisor.add(*worker_programs(settings.mockx_workers, listener, child_environment(settings), show))
        try:
            supervisor.watch(stop.pause, Readiness(url, say, page="/health/live").missing, lambda: None)
        finally:
            supervisor.stop(STOP_GRACE, hurry=lambda: stop.count > 1)


def _named(name: str, on_line: Callable[[str, str], None]) -> Callable[[str], None]:
    return lambda line: on_line(name, line)
