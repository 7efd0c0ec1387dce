"""Files that hold secrets: readable by their owner alone, never half written."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Put `text` into `path` (mode 600) in one step: a reader sees the old content or the new, also after a crash."""
    temporary = _written_beside(path, text)
    try:
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def create_private(path: Path, text: str) -> str:
    """Put `text` into `path` (mode 600) unless it is there already; gives what is there then.

    Of several processes that do this at once one wins, and all get the same answer.
    """
    if not path.exists():
        temporary = _written_beside(path, text)
        try:
            os.link(temporary, path)
        except FileExistsError:
            pass  # somebody else was first
        finally:
            temporary.unlink()
    return path.read_text(encoding="utf-8")


def private_directory(path: Path) -> Path:
    """`path`, made with mode 700 when it is not there; an existing one is left as it is."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def _written_beside(path: Path, text: str) -> Path:
    """A complete file next to `path`, on the disk."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    # O_EXCL: a file or link that somebody else put there is an error, not a place to write secrets to
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return temporary
