"""AWS's own tools, which `make extras` installs into environments of their own."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]
TEMPLATE = PROJECT / "template.yaml"
ENVIRONMENT = PROJECT / ".venv-sam"
RUNTIME = ENVIRONMENT / "runtime"
"""A Python environment with what Lambda's has: the runtime client, boto3, and what they need."""

WORK = PROJECT / ".aws-sam" / "tests"
PYTHON = (3, 11)
"""The version of the template's Runtime: only this Python can load what is built for it."""

HERE = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "none")
"""What AWS calls this machine's processor."""

REGION = "eu-central-1"


_OF_OTHERS = ("AWS_", "SAM_", "MAKE", "MFLAGS", "PYTHON")
"""What variables begin with that would change what the tools do: somebody's account, and what `make test` was told."""


def needed() -> None:
    """Skips a test where the tools are absent. Where continuous integration runs it fails: there everything is."""
    if not (ENVIRONMENT / "stamp").exists():
        _absent("the SAM CLI is absent: make .venv-sam/stamp")


def needed_to_run() -> None:
    """Likewise where what is built for Lambda cannot be run."""
    needed()
    if sys.version_info[:2] != PYTHON:
        _absent("the functions run on python{}.{}, and the tests on another version".format(*PYTHON))
    if HERE == "none" or sys.platform != "linux":
        _absent("the functions run on Linux, on x86-64 or aarch64")


def _absent(why: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


def environment() -> dict[str, str]:
    """For AWS's tools: without anybody's credentials, without telemetry, and without a look for newer versions."""
    settings = WORK / "cli"
    settings.mkdir(parents=True, exist_ok=True)
    (settings / "metadata.json").write_text(json.dumps({"telemetryEnabled": False, "lastVersionCheck": 4e9}))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OF_OTHERS)}
    return {
        **kept,
        "PATH": f"{ENVIRONMENT / 'bin'}:{kept['PATH']}",
        "__SAM_CLI_APP_DIR": str(settings),
        "SAM_CLI_TELEMETRY": "0",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def sam(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The SAM CLI, in the project. Its output is in what is returned, whatever became of it."""
    return subprocess.run(
        [str(ENVIRONMENT / "bin" / "sam"), *arguments],
        cwd=PROJECT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )


def in_sam_environment(program: str, given: object) -> Any:
    """What a Python program prints as JSON that runs beside the SAM CLI; `given` is JSON on its standard input."""
    ended = subprocess.run(
        [str(ENVIRONMENT / "bin" / "python"), "-c", program],
        env=environment(),
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)
