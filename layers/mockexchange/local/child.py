"""Starts a program that must not outlive the process that started it.

Run as a script:

    python child.py PARENT_PID SIGNAL PROGRAM [ARGUMENT ...]

On Linux the kernel sends SIGNAL to the program when its parent dies, also by kill -9. Elsewhere this only starts the
program; what is left over is then found and ended by the next start. It is a script of its own, and not code between
fork and exec, because the parent has threads.
"""

from __future__ import annotations

import os
import sys

PR_SET_PDEATHSIG = 1
"""The number of this request in Linux' <sys/prctl.h>."""


def main(arguments: list[str]) -> None:
    """Become the program."""
    parent, signal_number, program = int(arguments[0]), int(arguments[1]), arguments[2:]
    if sys.platform == "linux":
        import ctypes  # only here: not every build of Python for other systems has it

        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0) != 0:
            sys.exit(f"{program[0]}: cannot be tied to its parent: {os.strerror(ctypes.get_errno())}")
    if os.getppid() != parent:
        sys.exit(f"{program[0]}: not started, its parent {parent} has ended")
    try:
        os.execvp(program[0], program)
    except OSError as error:
        sys.exit(f"{program[0]}: cannot be started: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
