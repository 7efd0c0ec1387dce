"""deploy/install.sh: a version beside the others, and the link to it."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from importlib import metadata
from pathlib import Path

import pytest

from .checkers import PROJECT


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_version_is_installed_beside_the_one_that_runs(tmp_path: Path) -> None:
    """What the package needs comes from the environment of the tests."""
    prefix, packages = tmp_path / "opt", sysconfig.get_path("purelib")
    environment = os.environ | {"PYTHON": sys.executable, "PIP_NO_DEPS": "1", "PYTHONPATH": packages}
    version = metadata.version("mockexchange")
    before = (PROJECT / "build").exists()

    def install() -> Path:
        asked = [str(PROJECT / "deploy" / "install.sh"), str(prefix)]
        told = subprocess.run(asked, env=environment, capture_output=True, text=True, check=False)
        assert told.returncode == 0, told.stdout + told.stderr
        current = (prefix / "current").readlink()
        assert told.stdout.splitlines() == [
            f"mockx {version}",
            f"Installed mockx {version} in {current}; {prefix / 'current'} points there.",
        ]
        return current

    def runs(installed: Path) -> bool:
        [site] = installed.glob("lib/python3*/site-packages")
        asked = [str(installed / "bin" / "python"), "-c", "import mockexchange; print(mockexchange.__file__)"]
        told = subprocess.run(asked, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True).stdout
        package = site / "mockexchange"
        assert (package / "deck" / "app.py").is_file() and (package / "deck" / "screens" / "health.py").is_file()
        return Path(told.strip()) == package / "__init__.py"

    first = install()
    assert first == prefix / version
    assert runs(first)
    second = install()
    assert second != first
    assert runs(first) and runs(second)
    assert (PROJECT / "build").exists() == before  # nothing is written into the sources


def test_an_old_python_is_refused(tmp_path: Path) -> None:
    old = tmp_path / "python"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2" && exit\nexit 1\n')
    old.chmod(0o700)
    told = subprocess.run(
        [str(PROJECT / "deploy" / "install.sh"), str(tmp_path / "opt")],
        env=os.environ | {"PYTHON": str(old)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 1
    assert told.stderr == f"Python 3.11 or newer is needed; {old} is Python 3.9.2.\n"
    assert not (tmp_path / "opt").exists()
