"""The systemd units: systemd understands them, they are closed, and what they forbid nobody needs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.e2e.terminal import MOCKX, Terminal

from . import confined
from .checkers import PROJECT, approved, systemd_analyze

UNITS = PROJECT / "deploy" / "systemd"
SERVICES = ("mockexchange.service", "mockexchange-backup.service")

MOST_EXPOSED = 1.5
"""Of 10, by `systemd-analyze security`. What is left is the network, which an exchange is for."""


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units, with a program that is here in place of the one that is installed there."""
    for path in UNITS.iterdir():
        text = path.read_text().replace("/opt/mockexchange/current/bin/mockx", sys.executable)
        (tmp_path / path.name).write_text(text)
    return tmp_path


def test_systemd_finds_no_mistake(units: Path) -> None:
    """Also a setting that it does not know would be one: it is told on stderr, with exit code 0."""
    told = systemd_analyze("verify", *(str(path) for path in sorted(units.iterdir())), cwd=units)
    assert approved(told)
    # it looks at the units of the machine too, and says what it thinks of them
    assert [line for line in told.stderr.splitlines() if "mockexchange" in line] == []


@pytest.mark.parametrize("name", SERVICES)
def test_little_is_exposed(units: Path, name: str) -> None:
    told = systemd_analyze("security", "--offline=true", "--no-pager", f"./{name}", cwd=units)
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", told.stdout)
    assert found, told.stdout + told.stderr
    assert float(found[1]) <= MOST_EXPOSED


def test_it_is_started_again_and_stopped_in_order() -> None:
    said = confined.settings(UNITS / "mockexchange.service")
    assert said["Restart"] == ["always"]
    assert said["KillMode"] == ["mixed"]  # the first process alone is told, and stops Valkey last
    assert said["OOMPolicy"] == ["continue"]
    assert "WatchdogSec" not in said  # nothing answers a watchdog
    assert said["StateDirectoryMode"] == ["0700"]


@pytest.mark.parametrize("name", SERVICES)
def test_it_runs_a_command_that_there_is(name: str) -> None:
    [line] = confined.settings(UNITS / name)["ExecStart"]
    program, *arguments = line.split()
    assert program == "/opt/mockexchange/current/bin/mockx"
    command = [each for each in arguments if not each.startswith(("%", "-", "1"))]
    shown = subprocess.run([sys.executable, "-m", "mockexchange", *command, "--help"], capture_output=True, check=False)
    assert shown.returncode == 0


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.skipif(sys.platform != "linux", reason="system calls are filtered on Linux")
def test_it_works_with_what_is_forbidden_by_the_units(units: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """`mockx up` with every part, the deck among them, an order, a backup: under each unit's filter of system calls and
    the rest that can be put in force without systemd (confined.py)."""
    systemd_analyze("--version", cwd=units)  # skips where it is absent: it knows the groups of system calls
    folder, environment = tmp_path_factory.mktemp("exchange"), {"PATH": "/usr/bin:/bin"}
    service, backup = (
        Terminal(folder, environment, program=[sys.executable, confined.__file__, str(units / name), *MOCKX])
        for name in SERVICES
    )
    desk = Terminal(folder, environment)
    with service.up("--feed", "synthetic", "--deck", "--deck-port", "0") as process:
        all_of_it = [process.pid, *(child.pid for child in psutil.Process(process.pid).children())]
        states = [Path(f"/proc/{pid}/status").read_text() for pid in all_of_it]
        assert len(states) == 6
        assert all("Seccomp:\t2" in state and "CapBnd:\t0000000000000000" in state for state in states)
        assert desk.ask("order", "place", "BTC/USDT", "buy", "0.01")["status"] == "closed"
        rests = desk.ask("order", "place", "BTC/USDT", "buy", "0.01", "--limit", "20000")
        assert backup.ask("backup", "save", "backup.tar.gz")["bytes"] > 0
        assert [each["id"] for each in desk.ask("order", "list")] == [rests["id"]]
        assert desk.ask("audit")["clean"] is True
    assert [line for line in service.lines if "ended" in line or "ERROR" in line] == []
