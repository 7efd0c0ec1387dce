"""`sam build`, once for what is in the working tree: a second run of the tests finds what the first one built."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from pathlib import Path

from .tools import PROJECT, WORK, sam

INPUTS = ("template.yaml", "requirements.txt", "layers", "functions", "sam")
FUNCTIONS = ("OrdersFunction", "MatcherFunction", "FeederFunction")


def built(architecture: str) -> Path:
    """The folder with the built layer and functions for x86_64 or arm64. Workers that ask meanwhile wait."""
    WORK.mkdir(parents=True, exist_ok=True)
    folder = WORK / f"{architecture}-{_digest()}"
    with (WORK / f"{architecture}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            for older in WORK.glob(f"{architecture}-*"):
                shutil.rmtree(older)
            unfinished = WORK / f"building-{architecture}" / "build"  # beside it SAM keeps notes of its own
            ended = sam(
                "build",
                "--parameter-overrides",
                f"Arch={architecture}",
                "--build-dir",
                str(unfinished),
                "--no-cached",
            )
            assert ended.returncode == 0, ended.stdout
            unfinished.rename(folder)
    return folder


def _digest() -> str:
    digest = hashlib.sha256()
    for name in INPUTS:
        path = PROJECT / name
        for file in sorted([path] if path.is_file() else path.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(str(file.relative_to(PROJECT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def size(folder: Path) -> int:
    """Bytes of all files below."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
