"""What can be seen of an exchange from its own machine, whether it runs or not."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from mockexchange.domain.diagnosis import Check, Health
from mockexchange.local.checkup import deck_check, directory_checks, server_checks
from mockexchange.local.credentials import Credentials, default_key_pair, master_key, write_credentials
from mockexchange.local.directory_lock import DirectoryLock
from mockexchange.local.tcp_ports import free_port
from mockexchange.local.valkey import EmbeddedValkey
from mockexchange.settings import Settings


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    path = tmp_path / "data"
    master_key(path)
    default_key_pair(path, None, None)
    return path


def seen(path: Path) -> dict[str, Check]:
    return {each.name: each for each in directory_checks(Settings(mockx_data_dir=path))}


def test_a_directory_that_is_not_there_is_one_warning(tmp_path: Path) -> None:
    found = seen(tmp_path / "none")

    assert [(name, each.health) for name, each in found.items()] == [("data directory", Health.WARNING)]


def test_a_directory_that_is_well(directory: Path) -> None:
    lock = DirectoryLock(directory / "mockx.lock")
    lock.acquire()
    try:
        found = seen(directory)
    finally:
        lock.release()

    assert list(found) == ["data directory", "mockx up", "master key", "default key"]
    assert {each.health for each in found.values()} <= {Health.OK, Health.WARNING}  # the disk here may be full
    assert "runs on it" in found["mockx up"].detail
    assert found["master key"].value == "600"


def test_a_directory_that_nobody_works_on_is_a_warning(directory: Path) -> None:
    (directory / "mockx.lock").write_text(json.dumps({"pid": 1, "started": "long ago"}))

    assert seen(directory)["mockx up"].health is Health.WARNING


@pytest.mark.parametrize("name", ["master.key", "default-key.json"])
def test_a_key_that_others_may_read_is_an_error_and_how_to_mend_it(directory: Path, name: str) -> None:
    (directory / name).chmod(0o640)

    [bad] = [each for each in seen(directory).values() if each.health is Health.ERROR]

    assert bad.advice == f"chmod 600 {directory / name}"
    assert "mode 640" in bad.detail


def test_a_damaged_master_key_is_an_error(directory: Path) -> None:
    (directory / "master.key").write_text("half")

    assert "does not hold 32 bytes" in seen(directory)["master key"].detail


def test_a_new_directory_lacks_nothing(tmp_path: Path) -> None:
    assert {each.health for each in seen(tmp_path).values() if each.name.endswith("key")} == {Health.OK}


def test_a_port_that_nobody_listens_on_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:  # bound and not listening: a connection is refused
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

        found = list(server_checks(Settings(mockx_data_dir=tmp_path), f"http://127.0.0.1:{port}"))

    assert [(each.name, each.health) for each in found] == [("port", Health.ERROR), ("valkey", Health.OK)]
    assert f"nothing listens on port {port} of this machine" in found[0].detail


def test_valkey_is_asked_whether_the_api_is_there_or_not(valkey_url: str, tmp_path: Path) -> None:
    write_credentials(tmp_path, Credentials("http://127.0.0.1:9", "key", "secret", valkey_url))

    *_, valkey = server_checks(Settings(mockx_data_dir=tmp_path), "http://127.0.0.1:9")

    assert (valkey.name, valkey.health) == ("valkey", Health.OK)


def test_a_valkey_that_is_gone_is_told_without_its_password(tmp_path: Path) -> None:
    with EmbeddedValkey(tmp_path, preferred_port=0) as server:
        password = server.url.partition("//:")[2].partition("@")[0]

    *_, valkey = server_checks(Settings(mockx_data_dir=tmp_path), "http://127.0.0.1:9")

    assert valkey.health is Health.ERROR
    assert "It runs while `mockx up` does" in (valkey.advice or "")
    assert password not in f"{valkey}"


def test_a_deck_that_could_be_started(tmp_path: Path) -> None:
    port = free_port()

    found = deck_check(Settings(mockx_data_dir=tmp_path, mockx_deck_port=port))

    assert (found.health, found.detail) == (Health.OK, f"installed, and port {port} of 127.0.0.1 is free")


def test_a_deck_whose_port_another_has_is_a_warning_and_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as taken:  # bound and not listening: a connection is refused
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

        found = deck_check(Settings(mockx_data_dir=tmp_path, mockx_deck_port=port))

    assert (found.health, found.detail) == (
        Health.WARNING,
        f"The deck cannot listen on 127.0.0.1 port {port}",
    )
    assert "--deck-port" in (found.advice or "")


@pytest.mark.parametrize("url", [None, "http://127.0.0.1:9"])
def test_the_deck_of_an_exchange_that_runs(directory: Path, url: str | None) -> None:
    write_credentials(directory, Credentials("http://127.0.0.1:9", "key", "secret", "valkey://127.0.0.1:9", url))
    lock = DirectoryLock(directory / "mockx.lock")
    lock.acquire()
    try:
        found = deck_check(Settings(mockx_data_dir=directory))
    finally:
        lock.release()

    if url is None:
        assert (found.health, found.detail) == (Health.OK, "the exchange runs without it")
    else:
        assert found.health is Health.ERROR
        assert f"{url} does not answer" in found.detail
