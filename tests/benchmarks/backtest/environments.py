"""An environment for each engine of others: `.venv-bench-NAME`, made when it is first needed and after its requirements
changed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
OLDEST, NEWEST = (3, 12), (3, 13)
"""Pythons that all of the pinned versions are there for."""
TOO_LONG = 1_200  # seconds for an installation


class NotInstalled(Exception):
    """An engine that cannot be had here; the text is a reason in one line."""


def python_of(peer: str, given: str | None) -> Path:
    """The Python of an engine's environment. Raises NotInstalled."""
    requirements = HERE / f"requirements-{peer}.txt"
    environment = ROOT / f".venv-bench-{peer}"
    python, stamp = environment / "bin" / "python", environment / "requirements.txt"
    wanted = requirements.read_text()
    if stamp.exists() and stamp.read_text() == wanted:
        return python
    print(f"Installing {peer} into {environment.name} ...", file=sys.stderr, flush=True)
    _run(_suitable(given), "-m", "venv", "--clear", str(environment))
    _run(str(python), "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "-r", str(requirements))
    stamp.write_text(wanted)
    return python


def _suitable(given: str | None) -> str:
    for name in [given] if given else ["python3.12", "python3.13", "python3", sys.executable]:
        found = shutil.which(name)
        if found and OLDEST <= _version(found) <= NEWEST:
            return found
    between = " to ".join(".".join(map(str, each)) for each in (OLDEST, NEWEST))
    have = f"{given} is none" if given else "none is on the PATH"
    raise NotInstalled(f"it needs Python {between}, and {have}; name one: --python PATH")


def _version(python: str) -> tuple[int, ...]:
    asked = subprocess.run(
        [python, "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True, text=True, check=False
    )
    return tuple(map(int, asked.stdout.split())) if asked.returncode == 0 else (0, 0)


def _run(*command: str) -> None:
    try:
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=TOO_LONG)
    except subprocess.TimeoutExpired:
        raise NotInstalled(f"installing took more than {TOO_LONG} s") from None
    if ended.returncode:
        said = [line for line in (ended.stderr or ended.stdout).splitlines() if line.strip()] or ["without a word"]
        errors = [line for line in said if line.startswith("ERROR")]  # pip may print advice after them
        raise NotInstalled((errors or said)[-1])
