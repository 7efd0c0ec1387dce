"""What a sandbox had loaded at its end, and whether all of it was built, or is there on Lambda."""

from __future__ import annotations

import subprocess
import sysconfig
from functools import cache
from pathlib import Path
from typing import Any

from .tools import RUNTIME

OF_THE_RUNTIME = {
    "_distutils_hack", "awslambdaric", "boto3", "botocore", "dateutil", "jmespath", "runtime_client", "s3transfer",
    "simplejson", "six", "snapshot_restore_py", "urllib3",
}  # fmt: skip
"""What AWS's runtime client and SDK consist of."""


@cache
def standard_library() -> list[Path]:
    """Where Python's own modules are, and no others."""
    program = "import sysconfig; print(sysconfig.get_path('stdlib'), sysconfig.get_path('platstdlib'), sep='\\n')"
    command = [str(RUNTIME / "bin" / "python"), "-c", program]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return [Path(each) for each in found]


def check_loaded(loaded: dict[str, Any], artefacts: Path, function: str) -> None:
    """Every module lies in the artefact, the layer, the standard library, or what Lambda has."""
    ours = [artefacts / function, artefacts / "Layer" / "python"]
    lambdas = RUNTIME / "lib"
    strangers: list[str] = []
    for name, file in loaded["modules"].items():
        if file is None or name == "__main__":
            continue  # built in, or a namespace
        path = Path(file)
        if any(path.is_relative_to(each) for each in ours):
            continue
        if path.is_relative_to(lambdas):
            if name.partition(".")[0] not in OF_THE_RUNTIME:
                strangers.append(f"{name}: {file}")
        elif not any(path.is_relative_to(each) for each in standard_library()) or "-packages" in file:
            strangers.append(f"{name}: {file}")
    assert strangers == []
    known = (*ours, lambdas, *standard_library(), Path(sysconfig.get_config_var("LIBDIR") or "/usr/lib"))
    system = ("/lib/", "/lib64/", "/usr/lib/")
    libraries = [each for each in loaded["mapped"] if not any(Path(each).is_relative_to(one) for one in known)]
    assert [each for each in libraries if not each.startswith(system) or "-packages" in each] == []
