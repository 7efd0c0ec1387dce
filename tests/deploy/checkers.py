"""Programs that look for mistakes in files: hadolint, check-jsonschema, shellcheck, zizmor, systemd-analyze."""

from __future__ import annotations

import shutil
import subprocess
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.examples.conftest import absent

PROJECT = Path(__file__).parents[2]
INSTALLED = PROJECT / ".venv-deploy" / "bin"


def run(program: str, *arguments: str, cwd: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    """What a linter says. The test is skipped where it is not installed; in continuous integration it fails."""
    path = INSTALLED / program
    if not path.exists():
        absent(program, "make extras")
    return subprocess.run([str(path), *arguments], cwd=cwd, capture_output=True, text=True, timeout=100, check=False)


def systemd_analyze(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """What systemd itself says of a unit; it need not be what runs the machine."""
    path = shutil.which("systemd-analyze")
    if path is None:
        absent("systemd-analyze", "apt install systemd")
    return subprocess.run([str(path), *arguments], cwd=cwd, capture_output=True, text=True, timeout=100, check=False)


def approved(told: subprocess.CompletedProcess[str]) -> bool:
    """Whether a linter ended with 0; shows what it said otherwise."""
    assert told.returncode == 0, told.stdout + told.stderr
    return True


def read_yaml(path: Path) -> Any:
    """A YAML file's content."""
    yaml: Any = import_module("yaml")  # it has no types
    return yaml.safe_load(path.read_text())
