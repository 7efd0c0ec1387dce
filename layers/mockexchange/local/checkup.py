"""What of an exchange can be seen from its own machine, whether it runs or not: data directory, keys, ports, Valkey,
the deck."""

from __future__ import annotations

import shutil
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from ..domain.diagnosis import Check, Health
from ..settings import Settings
from .credentials import MASTER_BYTES, Credentials, read_credentials
from .deck import HEALTH_PAGE, HOW_TO_GET_IT, free_port, is_installed
from .directory_lock import DirectoryLock
from .errors import LocalError, NotConfigured, ServerUnreachable, StartupFailed
from .listening import is_loopback, local_url
from .process_identity import ProcessIdentity
from .readiness import Readiness
from .server_record import ServerRecord
from .valkey_probe import ValkeyProbe

GB = 1 << 30
LITTLE_ROOM, NO_ROOM = GB, GB // 10
"""Bytes. Valkey writes its log anew when it has doubled, beside the old one."""

CONNECT_TIMEOUT = 1.0
"""Seconds; a port on this machine answers at once, or not at all."""


def directory_checks(settings: Settings) -> Iterator[Check]:
    """The data directory and what is in it. A directory that is not there is one check."""
    directory = settings.mockx_data_dir.absolute()
    if not directory.is_dir():
        yield Check(
            "data directory",
            Health.WARNING,
            f"there is no {directory}",
            "Name it (--data-dir, MOCKX_DATA_DIR), or start the exchange with `mockx up`, which makes it.",
        )
        return
    yield _room(directory)
    yield _runs(directory)
    yield _private("master key", directory / "master.key", directory)
    yield _private("default key", directory / "default-key.json", directory)
    master = _master_damage(directory / "master.key")
    if master:
        yield Check(
            "master key",
            Health.ERROR,
            master,
            "Restore master.key from a backup: all keys but the default one need it.",
        )


def server_checks(settings: Settings, url: str) -> Iterator[Check]:
    """Why the HTTP API does not answer: whether its port listens, whether Valkey is there."""
    yield _port("port", url)
    address = valkey_address(settings)
    if address is None:
        yield Check("valkey", Health.OK, "no Valkey is known here: `mockx up` starts its own")
        return
    try:
        with ValkeyProbe(address) as probe:
            probe.wait(lambda _seconds: False, lambda _text: None, patience=CONNECT_TIMEOUT)
            yield Check("valkey", Health.OK, f"Valkey at {probe.address} answers")
    except ServerUnreachable as error:
        step = "Start it." if settings.valkey_url else "It runs while `mockx up` does: start the exchange."
        yield Check("valkey", Health.ERROR, str(error), step)
    except (LocalError, ValueError) as error:
        yield Check("valkey", Health.ERROR, str(error), "Correct VALKEY_URL.")


def deck_check(settings: Settings) -> Check:
    """The deck: whether it answers where the exchange runs with it, otherwise whether it could be started."""
    if not is_installed():
        return Check("deck", Health.OK, f"not installed; {HOW_TO_GET_IT}")
    directory = settings.mockx_data_dir.absolute()
    if _worker(directory) is not None:
        kept = _credentials(directory)
        if kept is None or kept.deck_url is None:
            return Check("deck", Health.OK, "the exchange runs without it")
        missing = _deck_lacks(kept.deck_url)
        if missing is None:
            return Check("deck", Health.OK, f"answers at {kept.deck_url}")
        return Check("deck", Health.ERROR, missing, "It is started again when it dies: its lines (`mockx up`) say why.")
    host, port = settings.mockx_host, settings.mockx_deck_port
    try:
        free_port(settings)
    except StartupFailed as error:
        url = local_url(host, port)
        if _deck_lacks(url) is None:
            return Check("deck", Health.OK, f"one answers at {url}")
        detail, _, advice = str(error).partition(". ")
        return Check("deck", Health.WARNING, detail, advice, port)
    return Check("deck", Health.OK, f"installed, and {f'port {port}' if port else 'a port'} of {host} is free")


def _deck_lacks(url: str) -> str | None:
    return Readiness(url, lambda _text: None, page=HEALTH_PAGE).missing()


def _room(directory: Path) -> Check:
    free = shutil.disk_usage(directory).free
    used = sum(each.stat().st_size for each in (directory / "valkey").rglob("*") if each.is_file())
    detail = f"{directory}: {free / GB:.1f} GB free, Valkey's data has {used / GB:.3f} GB"
    if free < NO_ROOM:
        return Check(
            "data directory", Health.ERROR, detail, "Make room on the disk: writes fail when it is full.", free
        )
    if free < max(LITTLE_ROOM, 2 * used):
        return Check(
            "data directory", Health.WARNING, detail, "Make room: Valkey writes its log anew beside the old.", free
        )
    return Check("data directory", Health.OK, detail, value=free)


def _worker(directory: Path) -> ProcessIdentity | None:
    """The `mockx up` that runs on it."""
    path = directory / "mockx.lock"
    holder = DirectoryLock(path).holder() if path.exists() else None
    return holder if holder is not None and holder.alive() else None


def _runs(directory: Path) -> Check:
    holder = _worker(directory)
    if holder is not None:
        return Check("mockx up", Health.OK, f"runs on it (process {holder.pid})", value=holder.pid)
    return Check(
        "mockx up", Health.WARNING, "does not run on it", "Start it, unless its parts are run one by one (mockx serve)."
    )


def _private(name: str, path: Path, directory: Path) -> Check:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return Check(name, Health.OK, f"there is no {path.name} in {directory} yet; `mockx up` makes it")
    except OSError as error:
        return Check(name, Health.ERROR, f"{path} cannot be looked at: {error.strerror}", "Run this as its owner.")
    if mode & 0o077:
        return Check(name, Health.ERROR, f"others may read {path} (mode {mode:o})", f"chmod 600 {path}", f"{mode:o}")
    return Check(name, Health.OK, f"{path.name} is its owner's alone (mode {mode:o})", value=f"{mode:o}")


def _master_damage(path: Path) -> str | None:
    try:
        kept = path.read_text(encoding="utf-8").strip()
        whole = len(bytes.fromhex(kept)) == MASTER_BYTES
    except (FileNotFoundError, PermissionError):
        return None
    except ValueError:
        whole = False
    return None if whole else f"{path} does not hold {MASTER_BYTES} bytes in hex"


def _port(name: str, url: str) -> Check:
    place = urlsplit(url)
    host, port = place.hostname or "", place.port or (443 if place.scheme == "https" else 80)
    where = "this machine" if is_loopback(host) else host
    try:
        with socket.create_connection((host, port), CONNECT_TIMEOUT):
            return Check(name, Health.OK, f"something listens on port {port} of {where}", value=port)
    except OSError as error:
        return Check(
            name,
            Health.ERROR,
            f"nothing listens on port {port} of {where} ({error.strerror or error})",
            "Start the exchange with `mockx up`, or correct the address (--url, API_URL).",
            port,
        )


def valkey_address(settings: Settings) -> str | None:
    """The Valkey that is named, else the one that the exchange of this directory started last."""
    if named := settings.named_valkey_url:
        return named
    directory = settings.mockx_data_dir
    kept = _credentials(directory)
    if kept is not None:
        return kept.valkey_url
    try:
        record = ServerRecord.read(directory / "valkey" / "server.json")
    except (LocalError, OSError):
        return None
    return f"redis://:{record.password}@127.0.0.1:{record.port}/0" if record else None


def _credentials(directory: Path) -> Credentials | None:
    try:
        return read_credentials(directory)
    except (NotConfigured, OSError):
        return None
