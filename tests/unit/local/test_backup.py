"""Backups of a data directory: whole or not at all, private, and never over anything that is there."""

from __future__ import annotations

import gzip
import io
import json
import stat
import tarfile
from pathlib import Path

import pytest

from mockexchange.local.backup import INDEX, LOG, MANIFEST, Backup, dated_name, prune, restore, save
from mockexchange.local.data_format import DATA_FORMAT, FILE, claim_data
from mockexchange.local.errors import BackupFailed, NotConfigured

NOON = 1_790_000_000_000
LINES = (
    "file appendonly.aof.2.base.rdb seq 2 type b",
    "file appendonly.aof.1.incr.aof seq 1 type h",
    "file appendonly.aof.2.incr.aof seq 2 type i",
)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A data directory just after a rewrite of its log."""
    directory = tmp_path / "data"
    (directory / LOG).mkdir(parents=True)
    (directory / MANIFEST).write_text("\n".join(LINES) + "\n")
    (directory / LOG / "appendonly.aof.2.base.rdb").write_bytes(b"base" * 1000)
    (directory / LOG / "appendonly.aof.2.incr.aof").write_bytes(b"grows")
    (directory / LOG / "temp-rewriteaof-17.aof").write_bytes(b"a rewrite that is on")
    (directory / "master.key").write_text("ab" * 32)
    (directory / "default-key.json").write_text("{}")
    (directory / "mockx.lock").write_text("{}")
    (directory / "credentials.json").write_text("{}")
    (directory / "valkey" / "server.json").write_text("{}")
    return directory


def contents(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def test_what_is_restored_is_the_log_and_the_keys_and_nothing_about_processes(data_dir: Path, tmp_path: Path) -> None:
    backup = save(data_dir, tmp_path / "backup.tar.gz", NOON)
    restored = restore(backup.path, tmp_path / "restored")
    assert (restored.created, restored.files) == (NOON, backup.files)
    assert contents(tmp_path / "restored") == {
        "master.key": b"ab" * 32,
        "default-key.json": b"{}",
        str(MANIFEST): f"{LINES[0]}\n{LINES[2]}\n".encode(),
        str(LOG / "appendonly.aof.2.base.rdb"): b"base" * 1000,
        str(LOG / "appendonly.aof.2.incr.aof"): b"grows",
    }


def test_only_its_owner_can_read_it(data_dir: Path, tmp_path: Path) -> None:
    backup = save(data_dir, tmp_path / "backup.tar.gz", NOON)
    restore(backup.path, tmp_path / "restored")
    files = [backup.path, *(path for path in (tmp_path / "restored").rglob("*") if path.is_file())]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    folders = [tmp_path / "restored", *(path for path in (tmp_path / "restored").rglob("*") if path.is_dir())]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o700}


def test_nothing_is_written_over(data_dir: Path, tmp_path: Path) -> None:
    backup = save(data_dir, tmp_path / "backup.tar.gz", NOON)
    with pytest.raises(BackupFailed, match="is there already"):
        save(data_dir, backup.path, NOON)
    before = contents(data_dir)
    with pytest.raises(BackupFailed, match="is not empty"):
        restore(backup.path, data_dir)
    assert contents(data_dir) == before


def test_a_directory_that_was_made_for_it_is_filled(data_dir: Path, tmp_path: Path) -> None:
    """Also where nothing may be written beside it."""
    backup = save(data_dir, tmp_path / "backup.tar.gz", NOON)
    restore(backup.path, tmp_path / "beside")
    parent = tmp_path / "owned by root"
    (parent / "made").mkdir(parents=True)
    parent.chmod(0o500)
    restore(backup.path, parent / "made")
    assert contents(parent / "made") == contents(tmp_path / "beside")
    parent.chmod(0o700)


def test_a_directory_without_a_log_has_nothing_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(NotConfigured, match="VALKEY_URL"):
        save(tmp_path, tmp_path / "backup.tar.gz", NOON)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_named(data_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupFailed, match="nowhere"):
        save(data_dir, tmp_path / "nowhere" / "backup.tar.gz", NOON)


@pytest.mark.parametrize("cut", [-1, -9, 200, 0], ids=["a byte is missing", "no checksum", "half of it", "nothing"])
def test_what_is_cut_short_is_not_restored(data_dir: Path, tmp_path: Path, cut: int) -> None:
    backup = save(data_dir, tmp_path / "backup.tar.gz", NOON)
    backup.path.write_bytes(backup.path.read_bytes()[:cut])
    refused_and_nothing_left(backup.path, tmp_path)


def test_what_was_changed_is_not_restored(data_dir: Path, tmp_path: Path) -> None:
    backup = save(data_dir, tmp_path / "backup.tar.gz", NOON)
    content = bytearray(backup.path.read_bytes())
    content[-5] ^= 1  # in the checksum
    backup.path.write_bytes(content)
    refused_and_nothing_left(backup.path, tmp_path)


@pytest.mark.parametrize(
    "name", ["../outside", "/outside", "valkey/server.json", "valkey/appendonlydir/../../outside", "other"]
)
def test_names_that_no_backup_has_are_refused(tmp_path: Path, name: str) -> None:
    refused_and_nothing_left(forged(tmp_path, {name: b"x"}, {name: 1}), tmp_path)


def test_a_file_that_is_missing_is_noticed(tmp_path: Path) -> None:
    refused_and_nothing_left(forged(tmp_path, {"master.key": b"x"}, {"master.key": 1, "default-key.json": 1}), tmp_path)


def test_another_archive_is_none(tmp_path: Path) -> None:
    path = tmp_path / "other.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        archive.add(__file__, "test.py")
    refused_and_nothing_left(path, tmp_path)
    path.write_text("no archive at all")
    refused_and_nothing_left(path, tmp_path)


def refused_and_nothing_left(path: Path, folder: Path) -> None:
    before = set(folder.rglob("*"))
    with pytest.raises(BackupFailed, match="cannot be restored"):
        restore(path, folder / "restored")
    assert set(folder.rglob("*")) == before


def forged(folder: Path, files: dict[str, bytes], said: dict[str, int]) -> Path:
    """A backup with these files that says it has others."""
    path = folder / "forged.tar.gz"
    index = json.dumps({"format": 1, "created": NOON, "version": "0", "files": said}).encode()
    with gzip.open(path, "wb") as packed, tarfile.open(fileobj=packed, mode="w|") as archive:
        for name, content in {INDEX: index, **files}.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


def test_a_backup_that_was_killed_is_no_obstacle(data_dir: Path, tmp_path: Path) -> None:
    (tmp_path / ".backup.tar.gz.partial").write_bytes(b"half")
    assert isinstance(save(data_dir, tmp_path / "backup.tar.gz", NOON), Backup)
    assert not (tmp_path / ".backup.tar.gz.partial").exists()


def test_the_newest_are_kept_and_other_files_left_alone(tmp_path: Path) -> None:
    names = [dated_name(f"2026-01-{day:02} 12:00:00") for day in range(1, 6)]
    assert names[0] == "mockx-20260101-120000.tar.gz"
    for name in (*names, "before-the-upgrade.tar.gz", "mockx-notes.txt"):
        (tmp_path / name).touch()
    assert [path.name for path in prune(tmp_path, 2)] == names[:3]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "before-the-upgrade.tar.gz",
        *names[3:],
        "mockx-notes.txt",
    ]
    assert prune(tmp_path, 2) == []


def test_data_of_a_later_version_are_left_alone(tmp_path: Path) -> None:
    claim_data(tmp_path)
    claim_data(tmp_path)
    noted = json.loads((tmp_path / FILE).read_text())
    assert noted["format"] == DATA_FORMAT
    later = json.dumps({"format": DATA_FORMAT + 1, "version": "9.0.0"})
    (tmp_path / FILE).write_text(later)
    with pytest.raises(NotConfigured, match="written by version 9.0.0"):
        claim_data(tmp_path)
    assert (tmp_path / FILE).read_text() == later
    (tmp_path / FILE).write_text("[]")
    with pytest.raises(NotConfigured, match="does not say"):
        claim_data(tmp_path)
