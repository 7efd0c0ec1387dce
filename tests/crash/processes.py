"""The workers as the storm sees them: what each is, what it has said, and how it ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from mockexchange.local.program import LAUNCHER

from .messages import Answer, Failed, Job, Message, Tried, read, write

ROOT = Path(__file__).parents[2]
"""Where `tests` is found as a package."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place that is always filled: when its worker was killed, another takes over."""

    name: str
    role: str
    stream: str = ""


SLOTS = (
    Slot("writer a", "writer", "a"),
    Slot("writer b", "writer", "b"),
    # two on one stream: every invocation of it comes twice, at about the same time
    Slot("writer c", "writer", "c"),
    Slot("writer c again", "writer", "c"),
    Slot("matcher 1", "matcher"),
    Slot("matcher 2", "matcher"),
    # two feeders of one source: every tick is appended twice
    Slot("feeder 1", "feeder"),
    Slot("feeder 2", "feeder"),
)


@dataclass(slots=True)
class Life:
    """One worker from its start to its end, and all that it said; kept by the storm, which is not killed."""

    slot: Slot
    number: int
    messages: list[Message] = field(default_factory=list[Message])
    killed: bool = False

    def attempts(self) -> Iterator[tuple[Tried, Answer | None]]:
        """A writer's operations in order, each with its answer; None when the writer was killed before that."""
        tried: Tried | None = None
        for message in self.messages:
            if isinstance(message, Tried):
                assert tried is None, f"{self.slot.name} tried {message} before it answered {tried}"
                tried = message
            elif isinstance(message, Answer):
                assert tried is not None and tried.number == message.number, f"{message} answers {tried}"
                yield tried, message
                tried = None
        if tried is not None:
            yield tried, None


class Worker:
    """A living worker process."""

    def __init__(self, life: Life, job: Job) -> None:
        self.life = life
        # The launcher has the kernel end it with us, should it be frozen when we die; stdin's end does the rest.
        launcher = [sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), str(int(signal.SIGKILL))]
        self._process = subprocess.Popen(
            [*launcher, sys.executable, "-m", "tests.crash.worker"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._reader = threading.Thread(target=self._read, name=f"ears for {life.slot.name}", daemon=True)
        self._reader.start()
        assert self._process.stdin is not None  # it was opened as a pipe
        with suppress(BrokenPipeError):  # it ended at once, which is seen when it is looked after
            self._process.stdin.write(write(job))
            self._process.stdin.flush()

    @property
    def at_work(self) -> bool:
        """Whether it has got so far that killing it means something."""
        return bool(self.life.messages) and self._process.poll() is None

    @property
    def ended(self) -> bool:
        """Whether it is gone, for whatever reason."""
        return self._process.poll() is not None

    def freeze(self, seconds: float) -> None:
        """Keep it from running for so long, wherever it is: what it has read grows old."""
        self._process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """SIGKILL; returns when it is gone and all that it said is known."""
        self.life.killed = True
        self._process.kill()
        self._bury()

    def ask_to_stop(self) -> None:
        """Have it end after what it is doing."""
        assert self._process.stdin is not None  # it was opened as a pipe
        self._process.stdin.close()

    def wait(self, patience: float) -> str | None:
        """What was wrong with its end, if anything; kills it when it has not ended after `patience` seconds."""
        try:
            code = self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
            return f"{self.life.slot.name} did not stop within {patience:g} s"
        self._bury()
        for message in self.life.messages:
            if isinstance(message, Failed):
                return f"{self.life.slot.name} failed: {message.traceback}"
        return f"{self.life.slot.name} ended with code {code}" if code else None

    def _bury(self) -> None:
        self._process.wait()
        self._reader.join()
        assert self._process.stdin is not None and self._process.stdout is not None  # they were opened as pipes
        with suppress(BrokenPipeError):  # something was left for it to read
            self._process.stdin.close()
        self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None  # it was opened as a pipe
        for line in self._process.stdout:
            self.life.messages.append(read(line))
