"""Modules run as programs, each in a process of its own that need not load libraries: it is forked from one that has,
and that has nothing of ours, which may come from another place each time."""

from __future__ import annotations

import multiprocessing
import os
import runpy
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]

# Not pytest's plugins: it wants to be the one that imports them.
LIBRARIES: list[str] = [
    "hypothesis.strategies",
    "pytest",
    "redis.cluster",
    "hiredis",
    "httpx",
    "fastapi",
    "pydantic_settings",
]

_context = multiprocessing.get_context("forkserver")


@dataclass(frozen=True)
class Ended:
    """What became of a program."""

    returncode: int | None
    stdout: str
    stderr: str


def run(directory: Path, *module: str) -> Ended:
    """A module and its arguments, with the packages in that directory before all others."""
    _context.set_forkserver_preload(LIBRARIES)  # heeded when the first one is run
    told = [directory / "stdout", directory / "stderr"]
    process = _context.Process(target=_program, args=(directory, told, module))
    # the file of whatever is called so would be run in the new process first: Streamlit's tests leave the deck's there
    main, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
    try:
        process.start()
    finally:
        sys.modules["__main__"] = main
    try:
        process.join()
        stdout, stderr = (file.read_text() for file in told)
        return Ended(process.exitcode, stdout, stderr)
    finally:
        if process.is_alive():
            process.kill()
            process.join()
        process.close()


def _program(directory: Path, told: list[Path], module: tuple[str, ...]) -> None:
    for number, file in enumerate(told, start=1):
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT)
        os.dup2(descriptor, number)
        os.close(descriptor)
    ours = [name for name in sys.modules if name.partition(".")[0] == "mockexchange"]
    assert not ours, f"they would be those that are not broken: {ours}"
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.chdir(ROOT)
    sys.path.insert(0, str(directory))
    sys.argv = list(module)
    runpy.run_module(module[0], run_name="__main__", alter_sys=True)
