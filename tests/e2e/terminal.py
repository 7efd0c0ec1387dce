"""A person at a terminal: commands in a directory of their own, each a process."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

START_TIMEOUT = 60.0
STOP_TIMEOUT = 40.0
"""Seconds, both far above what it takes: only a hang meets them."""

MOCKX = [sys.executable, "-m", "mockexchange"]


@dataclass(slots=True)
class Terminal:
    """One working directory with its data directory; commands find the exchange by it. `program` is how `mockx` is
    called."""

    directory: Path
    environment: Mapping[str, str]
    lines: list[str] = field(default_factory=list[str])
    program: Sequence[str] = tuple(MOCKX)

    def mockx(self, *arguments: str, expect: int | None = None) -> subprocess.CompletedProcess[str]:
        """Run one command to its end; with `expect` it must end with that code."""
        ended = subprocess.run(
            [*self.program, *arguments],
            cwd=self.directory,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        told = f"{arguments} ended with {ended.returncode}: {ended.stdout}{ended.stderr}\n{''.join(self.lines)}"
        assert expect in (None, ended.returncode), told
        assert "Traceback" not in ended.stderr, told
        return ended

    def ask(self, *arguments: str, expect: int = 0) -> Any:
        """The JSON that a command writes."""
        return json.loads(self.mockx(*arguments, "--json", expect=expect).stdout, parse_float=Decimal)

    def free(self, asset: str) -> Decimal:
        """What is free of an asset."""
        return Decimal(self.ask("balance", asset)["free"])

    @contextmanager
    def up(self, *options: str, stop: signal.Signals = signal.SIGTERM) -> Generator[subprocess.Popen[str]]:
        """`mockx up`, from the moment it says that it is ready until it was asked to stop and has done so."""
        process = subprocess.Popen(
            [*self.program, "up", "--no-deck", "--port", "0", *options],
            cwd=self.directory,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        ready = threading.Event()
        reader = threading.Thread(target=self._read, args=(process.stdout, ready), daemon=True)
        reader.start()
        try:
            assert ready.wait(START_TIMEOUT), "".join(self.lines)
            assert process.poll() is None, "".join(self.lines)
            yield process
        finally:
            process.send_signal(stop)
            try:
                process.wait(STOP_TIMEOUT)
            finally:
                process.kill()  # nothing happens to one that has ended
                process.wait()
                reader.join()
        assert process.returncode == 0, "".join(self.lines)

    def _read(self, output: TextIO, ready: threading.Event) -> None:
        with output:
            for line in output:
                self.lines.append(line)
                if "MockExchange is ready" in line:
                    ready.set()
        ready.set()  # it has ended: nobody needs to wait any longer
