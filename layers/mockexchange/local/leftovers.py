"""Notices the processes of an earlier run that was killed, and ends them.

On Linux there are none, since the kernel ends them with their parent; elsewhere a killed parent leaves them behind.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from .private_file import write_private
from .process_identity import ProcessIdentity
from .supervisor import Part


class Leftovers:
    """A file that says which processes a run has started. To be used under the lock of the data directory.

    It names the directory that it stands in: in a copy of a data directory (a backup, say) the processes are not those
    of the copy, and are left alone.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def record(self, parts: Sequence[Part]) -> None:
        """These run now."""
        processes = [process for part in parts if (process := ProcessIdentity.of(part.pid)) is not None]
        record = {"directory": self._directory(), "processes": [asdict(process) for process in processes]}
        write_private(self._path, json.dumps(record) + "\n")

    def end(self, grace: float) -> list[ProcessIdentity]:
        """End those of an earlier run that still run, each within `grace` seconds; gives them."""
        ended: list[ProcessIdentity] = []
        for process in self._recorded():
            if process.alive():
                process.end(grace)
                ended.append(process)
        self._path.unlink(missing_ok=True)
        return ended

    def _recorded(self) -> list[ProcessIdentity]:
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            if kept["directory"] != self._directory():
                return []
            return [ProcessIdentity(int(record["pid"]), str(record["started"])) for record in kept["processes"]]
        except FileNotFoundError:
            return []
        except (ValueError, TypeError, KeyError):
            return []  # nothing is known, so nothing is ended; locks and ports tell if something is there

    def _directory(self) -> str:
        return str(self._path.parent.resolve())
