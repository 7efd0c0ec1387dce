"""Puts an append-only file on the disk once a second, so that Valkey need not.

Valkey's own `appendfsync everysec` gives up more than a second of power: while its fsync runs in the background it
puts *writes* off for up to two seconds and acknowledges them all the same, so kill -9 of the server at that moment
loses acknowledged orders. With `appendfsync no` every write reaches the kernel before its answer is sent, always, and
nothing but a power cut (or a crash of the kernel) can lose it; this thread bounds that loss to about a second.
"""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path

logger = logging.getLogger(__name__)


class AofSync:
    """A thread that syncs the files of one directory that have grown."""

    def __init__(self, directory: Path, interval: float = 1.0) -> None:
        """`interval` in seconds. The directory need not exist yet."""
        self._directory = directory
        self._interval = interval
        self._synced: dict[str, int] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="AOF sync", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Sync what is left, and end."""
        self._stopping.set()
        self._thread.join()

    def sync(self) -> list[str]:
        """Sync every file whose size has changed since the last time; gives their names.

        Raises OSError when the disk refuses: then nothing is safe until it is repaired.
        """
        synced: list[str] = []
        for path in sorted(self._directory.glob("*.aof")):
            try:
                descriptor = os.open(path, os.O_RDONLY)
            except FileNotFoundError:
                continue  # a rewrite has just replaced it
            try:
                # the size before the sync: what is written meanwhile belongs to the next turn
                size = os.fstat(descriptor).st_size
                if self._synced.get(path.name) != size:
                    os.fsync(descriptor)
                    self._synced[path.name] = size
                    synced.append(path.name)
            finally:
                os.close(descriptor)
        return synced

    def _run(self) -> None:
        failing = False
        while True:
            last = self._stopping.wait(self._interval)
            try:
                self.sync()
                if failing:
                    logger.warning("The append-only file in %s reaches the disk again.", self._directory)
                failing = False
            except OSError as error:
                if not failing:
                    logger.error(
                        "The append-only file in %s cannot be put on the disk: %s. What happens now may be lost.",
                        self._directory,
                        error,
                    )
                failing = True
            if last:
                return
