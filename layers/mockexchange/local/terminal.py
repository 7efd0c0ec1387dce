"""Lines on the terminal, each with the name of the part it comes from."""

from __future__ import annotations

import threading
from typing import TextIO

NAME_WIDTH = 8


class Terminal:
    """Writes whole lines to a stream, from any thread."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def line(self, name: str, text: str) -> None:
        """One line of the part `name`; a text of several lines becomes several."""
        self.write("".join(f"{name:<{NAME_WIDTH}} | {line}\n" for line in text.splitlines() or [""]))

    def write(self, text: str) -> None:
        """A text as it is."""
        with self._lock:
            try:
                self._stream.write(text)
                self._stream.flush()
            except (OSError, ValueError):
                pass  # nobody reads any more (a closed window or pipe), which is no reason for the exchange to stop
