"""Waiting that ends early when the process is asked to stop (Ctrl-C, SIGTERM, a closed terminal)."""

from __future__ import annotations

import os
import select
import signal
import time
from types import FrameType
from typing import Protocol

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Pause(Protocol):
    """A sleep that can be cut short."""

    def __call__(self, seconds: float, /) -> bool:
        """Sleep for at most `seconds`; True when it is time to stop."""
        ...


def undisturbed(seconds: float) -> bool:
    """A Pause that nothing cuts short."""
    time.sleep(seconds)
    return False


class StopRequest:
    """Catches SIGINT, SIGTERM and SIGHUP while it is entered (in the main thread), and puts the old handlers back.

    The handler only counts and writes one byte to a pipe. A threading.Event would not do: set() in a handler takes a
    lock that the interrupted wait() may hold.
    """

    def __init__(self) -> None:
        self.count = 0
        """How often a stop was asked for; somebody who asks twice is in a hurry."""
        self._reader, self._writer = -1, -1
        self._before: dict[signal.Signals, object] = {}

    def __enter__(self) -> StopRequest:
        self._reader, self._writer = os.pipe()
        for number in STOP_SIGNALS:
            if signal.getsignal(number) != signal.SIG_IGN:  # nohup and background jobs have some ignored, on purpose
                self._before[number] = signal.signal(number, self._asked)
        return self

    def __exit__(self, *_error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what signal.signal gave, it takes
        os.close(self._reader)
        os.close(self._writer)

    @property
    def requested(self) -> bool:
        """Whether a stop was asked for."""
        return self.count > 0

    def pause(self, seconds: float) -> bool:
        """A Pause. Once a stop was asked for it no longer sleeps."""
        if not self.requested:
            select.select([self._reader], [], [], max(0.0, seconds))
        return self.requested

    def _asked(self, _number: int, _frame: FrameType | None) -> None:
        self.count += 1
        os.write(self._writer, b"\0")
