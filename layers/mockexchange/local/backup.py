"""Backups of a data directory, also of one at work, and what becomes of them.

Valkey's log is several files that its manifest lists in order; only the last one grows, at its end. So a copy needs no
stop and no help from Valkey: open every file of a manifest that has not changed meanwhile, and read each up to the size
it has then. That is the log as it was at one moment, with everything that was acknowledged before; half a transaction
at its end is left out by the next start. A rewrite of the log that begins later removes names, not opened files.

    backup.json                    what is in it: when it was made, by which version, the size of every file
    master.key, default-key.json   secrets, so a backup is readable by its owner alone (mode 600)
    format.json                    see data_format.py
    valkey/appendonlydir/...       the log and its manifest

All of that in a tar file, compressed by gzip, whose checksum a restore looks at.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import shutil
import tarfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from .data_format import FILE, this_version
from .errors import BackupFailed, NotConfigured
from .private_file import private_directory

LOG = Path("valkey", "appendonlydir")
MANIFEST = LOG / "appendonly.aof.manifest"
KEYS = ("master.key", "default-key.json", FILE)
INDEX = "backup.json"
"""The first file of a backup."""

HISTORY = "h"
"""The type of a file that a rewrite has made superfluous; `file NAME seq NUMBER type TYPE` is a line."""

ATTEMPTS = 100
"""How often a manifest may change while its files are opened, which takes a millisecond; a rewrite takes longer."""

_NAME = re.compile(r"master\.key|default-key\.json|format\.json|valkey/appendonlydir/[A-Za-z0-9_][A-Za-z0-9_.-]*")
_DATED = re.compile(r"mockx-\d{8}-\d{6}\.tar\.gz")


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made or restored. `files` are the sizes in bytes by name, `created` is in ms."""

    path: Path
    created: int
    version: str
    files: Mapping[str, int]


def dated_name(now: str) -> str:
    """The name of a backup made at `now`, like 2026-01-31 12:00:00; names sort by time."""
    day, _, time = now.partition(" ")
    return f"mockx-{day.replace('-', '')}-{time.replace(':', '')}.tar.gz"


def save(data_dir: Path, path: Path, created: int) -> Backup:
    """Write a backup of a data directory, at work or not, to `path`, which must not be there yet.

    Raises NotConfigured when the directory has no log, and BackupFailed when it cannot be read or written.
    """
    if path.exists():
        raise BackupFailed(f"{path} is there already. Choose another name, or remove it.")
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.unlink(missing_ok=True)  # an earlier attempt that was killed
        with _opened_log(data_dir) as parts, os.fdopen(_new_private(partial), "wb") as file:
            backup = Backup(path, created, this_version(), {name: size for name, (_, size) in parts.items()})
            _write(backup, parts, file)
        partial.rename(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise BackupFailed(f"{path} cannot be written: {error}") from None
    return backup


def restore(path: Path, data_dir: Path) -> Backup:
    """Make a data directory of a backup, all of it or nothing. `data_dir` must not be there, or be empty.

    Raises BackupFailed when the backup is damaged, or the place is taken.
    """
    there = data_dir.exists()
    if there and (not data_dir.is_dir() or any(data_dir.iterdir())):
        raise BackupFailed(f"{data_dir} is not empty. Restore into another directory, or move this one away.")
    # beside it, to be moved there in one step; inside one that was made for us, as who made it may own what is beside
    partial = data_dir / ".restoring" if there else data_dir.with_name(f".{data_dir.name}.restoring")
    try:
        shutil.rmtree(partial, ignore_errors=True)
        backup = _read(path, private_directory(partial))
        if there:
            for each in list(partial.iterdir()):
                each.rename(data_dir / each.name)
        else:
            partial.rename(data_dir)
    except (OSError, EOFError, tarfile.TarError, ValueError, KeyError) as error:
        raise BackupFailed(f"{path} cannot be restored: {error}") from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return backup


def prune(directory: Path, keep: int) -> list[Path]:
    """Remove all but the newest `keep` backups with dated names; gives those that were removed."""
    dated = sorted(path for path in directory.iterdir() if _DATED.fullmatch(path.name))
    surplus = dated[: max(0, len(dated) - keep)]
    for path in surplus:
        path.unlink()
    return surplus


Parts = dict[str, tuple[IO[bytes], int]]
"""Open files and how much of each belongs to the copy, by name."""


@contextmanager
def _opened_log(data_dir: Path) -> Generator[Parts]:
    """Everything that a backup of the directory holds, as of one moment."""
    for _ in range(ATTEMPTS):
        with ExitStack() as stack:
            manifest = _manifest(data_dir)
            try:
                files = {str(LOG / name): stack.enter_context((data_dir / LOG / name).open("rb")) for name in manifest}
            except FileNotFoundError:
                continue  # a rewrite has just replaced it, and changed the manifest
            if _manifest(data_dir) != manifest:
                continue
            parts: Parts = {name: (file, os.fstat(file.fileno()).st_size) for name, file in files.items()}
            text = "".join(f"{line}\n" for line in manifest.values()).encode()
            parts[str(MANIFEST)] = io.BytesIO(text), len(text)
            for name in KEYS:
                if (data_dir / name).exists():
                    file = stack.enter_context((data_dir / name).open("rb"))
                    parts[name] = file, os.fstat(file.fileno()).st_size
            yield parts
            return
    raise BackupFailed(f"The log in {data_dir / LOG} changes all the time. Try again.")


def _manifest(data_dir: Path) -> dict[str, str]:
    """The manifest's lines by the file that each is about, without those that wait to be removed."""
    try:
        text = (data_dir / MANIFEST).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotConfigured(
            f"There is no {data_dir / MANIFEST}: no exchange with a Valkey of its own has run in {data_dir}. Name its "
            "data directory (--data-dir). A Valkey that VALKEY_URL names is backed up where it runs."
        ) from None
    lines = {line.split()[1]: line for line in text.splitlines() if line.startswith("file ")}
    return {name: line for name, line in lines.items() if line.split()[5] != HISTORY}


def _write(backup: Backup, parts: Parts, file: IO[bytes]) -> None:
    index = {"format": 1, "created": backup.created, "version": backup.version, "files": dict(backup.files)}
    text = (json.dumps(index, indent=2) + "\n").encode()
    with (
        gzip.GzipFile(fileobj=file, mode="wb", filename="", mtime=backup.created // 1000) as packed,
        tarfile.open(fileobj=packed, mode="w|") as archive,
    ):
        for name, (content, size) in {INDEX: (io.BytesIO(text), len(text)), **parts}.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode, entry.mtime = size, 0o600, backup.created // 1000
            archive.addfile(entry, content)
    file.flush()
    os.fsync(file.fileno())


def _read(path: Path, into: Path) -> Backup:
    """Unpack a backup. Only names that a backup has are written, whatever the file says."""
    with gzip.open(path) as packed, tarfile.open(fileobj=packed, mode="r|") as archive:
        entries = _entries(archive)
        first, content = next(entries, ("nothing", io.BytesIO()))
        if first != INDEX:
            raise ValueError(f"it is no backup of an exchange: it begins with {first}")
        index = cast("dict[str, Any]", json.load(content))
        found: dict[str, int] = {}
        for name, content in entries:
            if not _NAME.fullmatch(name):
                raise ValueError(f"it holds {name}, which no backup has")
            target = into / name
            if name.startswith(str(LOG)):
                private_directory(into / LOG.parent)
                private_directory(into / LOG)
            with os.fdopen(_new_private(target), "wb") as file:
                shutil.copyfileobj(content, file)
                found[name] = file.tell()
                file.flush()
                os.fsync(file.fileno())
        while packed.read(1 << 16):  # to the end, where the checksum stands
            pass
    if found != index["files"]:
        raise ValueError("it does not hold what it says")
    return Backup(path, index["created"], index["version"], found)


def _entries(archive: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    for entry in archive:
        content = archive.extractfile(entry)
        if content is None:
            raise ValueError(f"it holds {entry.name}, which is no file")
        yield entry.name, content


def _new_private(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
