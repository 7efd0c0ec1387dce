"""The Dockerfile's build stage without Docker: its files copied, its commands run, in a folder instead of an image.

What the package needs comes from the environment of the tests, which has the same versions (requirements.txt): the
installation of the package itself is tried, with nothing around it but what the Dockerfile copies.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .checkers import PROJECT
from .dockerfile import context_paths, stages

PREFIX = "/opt/mockexchange"
"""Where the image has it."""


@dataclass(frozen=True, slots=True)
class Installed:
    """An installation under `prefix`."""

    prefix: Path

    def command(self, *arguments: str) -> list[str]:
        """The image's entry point with these arguments."""
        entry = stages()[-1].last("ENTRYPOINT").words()
        return [str(self.prefix / "bin" / entry[0]), *entry[1:], *arguments]

    def environment(self, **settings: str) -> dict[str, str]:
        """Nothing but these settings, and where programs are."""
        return {"PATH": f"{self.prefix / 'bin'}{os.pathsep}{os.defpath}", **settings}


def install(folder: Path) -> Installed:
    """Do what the build stage does."""
    build = stages()[0]
    source, prefix = folder / "src", folder / "prefix"
    source.mkdir()
    for path in context_paths(build):
        if (PROJECT / path).is_dir():
            shutil.copytree(
                PROJECT / path, source / path, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "*.pyc")
            )
        else:
            shutil.copy(PROJECT / path, source / path)
    chosen = dict(each.text.split("=", 1) for each in build.all("ARG"))
    for each in build.all("RUN"):
        command = each.text.replace(PREFIX, str(prefix)).replace(" install ", " install --no-deps --quiet ")
        # "python" is the base image's there, and the one that runs the tests here
        _shell(command.replace("python -m", f"{sys.executable} -m"), source, chosen)
    [packages] = prefix.glob("lib/python3*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return Installed(prefix)


def _shell(command: str, folder: Path, chosen: Mapping[str, str]) -> None:
    done = subprocess.run(
        ["sh", "-euc", command],
        cwd=folder,
        env=os.environ | chosen,
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
