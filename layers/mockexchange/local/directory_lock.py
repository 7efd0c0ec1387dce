"""One worker per directory, enforced by the kernel: the lock goes when its last holder does, however that ends."""

from __future__ import annotations

import fcntl
import json
import os
import time
from pathlib import Path

from .errors import DirectoryInUse
from .process_identity import ProcessIdentity


class DirectoryLock:
    """An exclusive lock on a directory, held by this process and by every child that inherits `descriptor`.

    A child that keeps it lets the next start notice that it is still there, even when its parent was killed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """Whether this process holds it."""
        return self._descriptor is not None

    @property
    def descriptor(self) -> int:
        """The open file that carries the lock, to be passed on to children."""
        if self._descriptor is None:
            raise DirectoryInUse(f"{self.path} is not locked by this process.")
        return self._descriptor

    def acquire(self, wait: float = 0.0) -> None:
        """Take the lock, trying again for `wait` seconds. Raises DirectoryInUse, naming the holder."""
        # no truncation: until the lock is ours, what stands in the file is the holder's
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    os.close(descriptor)
                    raise DirectoryInUse(self._refusal()) from None
                time.sleep(0.05)
        self._descriptor = descriptor
        own = ProcessIdentity.own()
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps({"pid": own.pid, "started": own.started}).encode(), 0)

    def release(self) -> None:
        """Let go of it. Children that inherited it keep it until they end."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def holder(self) -> ProcessIdentity | None:
        """Who took the lock last, as that process wrote it down; None when the file says nothing readable."""
        try:
            record = json.loads(self.path.read_text())
            return ProcessIdentity(int(record["pid"]), str(record["started"]))
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None

    def _refusal(self) -> str:
        holder = self.holder()
        who = "another process" if holder is None else f"process {holder.pid}"
        return (
            f"{self.path.parent} is in use by {who}. Stop that one first (Ctrl-C where it runs, or `kill "
            f"{'PID' if holder is None else holder.pid}`), or choose another --data-dir."
        )
