"""Tells whether a recorded process id still means the process it was written down for."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """A process id with the moment it started, since the system gives ids out again. `started` is only ever compared
    (clock ticks since boot on Linux, a date elsewhere)."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> ProcessIdentity | None:
        """Who has this process id now; None when nobody does."""
        started = _start_of(pid)
        return None if started is None else cls(pid, started)

    @classmethod
    def own(cls) -> ProcessIdentity:
        """This very process."""
        return cls(os.getpid(), _start_of(os.getpid()) or "")

    def alive(self) -> bool:
        """Whether that same process still runs. One that has ended but was not waited for counts as gone."""
        return _start_of(self.pid) == self.started

    def end(self, grace: float) -> None:
        """SIGTERM, and SIGKILL when it has not ended after `grace` seconds. For processes that are not our children."""
        deadline = time.monotonic() + grace
        self._send(signal.SIGTERM)
        while self.alive():
            if time.monotonic() >= deadline:
                self._send(signal.SIGKILL)
                return
            time.sleep(0.02)

    def _send(self, number: signal.Signals) -> None:
        if self.alive():
            # it may end between the look and the signal, which is all that is wanted
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


def _start_of(pid: int) -> str | None:
    if not Path("/proc/self/stat").exists():
        return _start_by_ps(pid)
    try:
        line = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # the second field is the command in parentheses and may hold anything, so count from its end
    fields = line.rpartition(")")[2].split()
    state, start_time = fields[0], fields[19]
    return None if state in "ZX" else start_time


def _start_by_ps(pid: int) -> str | None:
    """For systems without /proc."""
    listed = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, started = listed.stdout.strip().partition(" ")
    return None if not state or state.startswith("Z") else started.strip()
