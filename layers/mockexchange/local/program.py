"""A program that runs under this one, in a process group of its own, and whose output is read line by line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TextIO

from .errors import StartupFailed

LAUNCHER = Path(__file__).with_name("child.py")

KEPT_LINES = 20
"""How much of the newest output is kept for an error message: a Python traceback with its reason mostly fits."""


class Program:
    """A command that can be started, watched, stopped, and started again.

    It gets a process group of its own, so that Ctrl-C on the terminal does not reach it past us, and on Linux it is
    told to end when this process dies. The kernel watches the *thread* that starts it: launch it from one that lives
    as long as it should. `on_line` is called with each line of its output (stdout and stderr) from another thread.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        on_line: Callable[[str], None] | None = None,
        keep_open: Sequence[int] = (),
        on_parent_death: signal.Signals = signal.SIGKILL,
    ) -> None:
        """`environment` replaces ours when given; `keep_open` are file descriptors that it inherits."""
        self.name = name
        self._command = list(command)
        self._environment = None if environment is None else dict(environment)
        self._on_line = on_line
        self._keep_open = tuple(keep_open)
        self._on_parent_death = on_parent_death
        self._tail: deque[str] = deque(maxlen=KEPT_LINES)
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    @property
    def pid(self) -> int:
        """The process id of the latest start, also after it has ended."""
        return self._started().pid

    def launch(self, stdin: str = "") -> None:
        """Start it, without waiting for anything. `stdin` is all that it can read there. Raises StartupFailed when it
        runs already.
        """
        if self._process is not None and self._process.poll() is None:
            raise StartupFailed(f"{self.name} runs already (process {self.pid}).")
        self._tail.clear()
        guarded = [str(LAUNCHER), str(os.getpid()), str(int(self._on_parent_death)), *self._command]
        process = subprocess.Popen(
            # -I -S: the launcher needs the standard library only, and starts in a third of the time so
            [sys.executable, "-I", "-S", *guarded],
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            process_group=0,
            pass_fds=self._keep_open,
        )
        self._process = process
        assert process.stdin is not None and process.stdout is not None  # they were opened as pipes
        self._reader = threading.Thread(
            target=self._read, args=(process.stdout,), name=f"output of {self.name}", daemon=True
        )
        self._reader.start()
        try:
            process.stdin.write(stdin)
            process.stdin.close()
        except BrokenPipeError:
            pass  # it ended before it read this; whoever watches it sees that

    def exit_code(self) -> int | None:
        """None while it runs; minus the signal's number when a signal ended it."""
        return self.wait(0)

    def tail(self) -> str:
        """The newest lines it wrote."""
        return "\n".join(list(self._tail))

    def wait(self, timeout: float) -> int | None:
        """Its exit code, waiting at most `timeout` seconds for it; None when it still runs."""
        try:
            code = self._started().wait(timeout)
        except subprocess.TimeoutExpired:
            return None
        if self._reader is not None:
            # its last words are in the pipe still; a grandchild may hold that open, so do not wait for ever
            self._reader.join(1.0)
        return code

    def ask_to_stop(self) -> None:
        """SIGTERM to it, not to its own children. Nothing happens when it has ended."""
        self._started().send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL to it and to all that it started in its group, and wait for its end."""
        process = self._started()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self, grace: float) -> None:
        """Ask it to stop, and kill it when it has not after `grace` seconds. Nothing happens when it does not run."""
        if self._process is not None:
            self.ask_to_stop()
            if self.wait(grace) is None:
                self.kill()

    def _started(self) -> subprocess.Popen[str]:
        if self._process is None:
            raise StartupFailed(f"{self.name} has not been started.")
        return self._process

    def _read(self, output: TextIO) -> None:
        with output:
            for line in output:
                text = line.rstrip("\n")
                self._tail.append(text)
                if self._on_line is not None:
                    self._on_line(text)
