"""The exchange that is soaked: `mockx up` in a directory of its own, its processes, its log, and the way in."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from mockexchange.clients.endpoint import Endpoint
from tests.e2e.terminal import Terminal

PARTS = ("mockx", "valkey", "api", "matcher", "feeder")
"""The processes of `mockx up`, the one that watches the others first."""

ERROR = re.compile(
    r" (ERROR|CRITICAL) |Traceback|^\S+ +\| .*(ended with code|was ended by signal|did not stop|cannot be)|^valkey +\|"
)
"""Lines that a healthy run does not have. Valkey's own are shown only when they are warnings."""

WARNING = re.compile(r" WARNING ")


@dataclass(slots=True)
class Running:
    """One exchange. `terminal` is where it was started: its lines are there."""

    terminal: Terminal
    process: psutil.Process
    data_dir: Path
    looked_at: int = 0
    errors: list[str] = field(default_factory=list[str])
    warnings: Counter[str] = field(default_factory=Counter[str])

    def admin(self) -> Endpoint:
        """The default account's way in."""
        record = self._credentials()
        return Endpoint(record["url"], record["apiKey"], record["secret"])

    def valkey_url(self) -> str:
        """Where its Valkey is."""
        return self._credentials()["valkeyUrl"]

    def processes(self) -> dict[str, psutil.Process]:
        """Its processes by part. Raises RuntimeError when one is missing."""
        found = {"mockx": self.process}
        for child in self.process.children():
            part = _part(child.cmdline())
            if part is not None:
                found[part] = child
        missing = set(PARTS) - found.keys()
        if missing:
            raise RuntimeError(f"{', '.join(sorted(missing))} does not run")
        return {part: found[part] for part in PARTS}

    def read_log(self) -> None:
        """Sort the lines that are new: errors as they are, warnings counted without what differs between them."""
        lines = self.terminal.lines
        end = len(lines)
        for line in lines[self.looked_at : end]:
            if ERROR.search(line):
                self.errors.append(line.rstrip())
            elif WARNING.search(line):
                self.warnings[re.sub(r"[0-9][0-9.:]*", "N", line.rstrip())] += 1
        self.looked_at = end

    def _credentials(self) -> dict[str, str]:
        return json.loads((self.data_dir / "credentials.json").read_text())


def _part(command: list[str]) -> str | None:
    """Which part a command line is of; None for one that is about to become something else."""
    if Path(command[0].split()[0]).name.startswith(("valkey", "redis")):
        return "valkey"
    if "mockexchange.local.api_worker" in command:
        return "api"
    return command[-1] if command[-2:-1] == ["serve"] and command[-1] in PARTS else None


@contextmanager
def exchange(directory: Path, *options: str, **environment: str) -> Generator[Running]:
    """`mockx up` with these options and these settings in its environment, until the end of the block."""
    settings = {**os.environ, "MOCKX_DATA_DIR": str(directory / "data"), **environment}
    terminal = Terminal(directory, settings)
    with terminal.up(*options) as process:
        yield Running(terminal, psutil.Process(process.pid), directory / "data")
