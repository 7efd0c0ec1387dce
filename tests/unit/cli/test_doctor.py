"""`mockx doctor`: exit codes, and what it says when the exchange answers, refuses, or is not there."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from mockexchange.cli.invocation import Invocation
from mockexchange.cli.main import app
from mockexchange.local.credentials import master_key

from ..account_answers import diagnosis
from ..stand_in import API_KEY, Reply, StandIn, problem

Doctor = Callable[..., Result]


@pytest.fixture
def doctor(exchange: StandIn, tmp_path: Path) -> Doctor:
    """Runs it against the stand-in, with a data directory of its own."""

    def run(*arguments: str, url: str | None = None) -> Result:
        given = ["--url", url or exchange.url, "--api-key", API_KEY, "--data-dir", str(tmp_path / "data"), "doctor"]
        invocation = Invocation(decorated=False)
        return CliRunner().invoke(app, [*given, *arguments], obj=invocation, catch_exceptions=False)

    return run


def now() -> int:
    return round(time.time() * 1000)


def shown(result: Result) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in json.loads(result.stdout)["checks"]}


@pytest.mark.parametrize(
    ("checks", "code", "status"),
    [
        ([("memory", "ok", None)], 0, "warning"),  # the data directory is not there
        ([("memory", "warning", "Make room.")], 0, "warning"),
        ([("memory", "error", "Make room."), ("x", "ok", None)], 1, "error"),
    ],
)
def test_errors_are_1_and_warnings_are_not(
    checks: list[tuple[str, str, str | None]], code: int, status: str, exchange: StandIn, doctor: Doctor
) -> None:
    exchange.on("GET", "/admin/diagnosis", diagnosis(*checks, now=now()))

    result = doctor("--json")

    assert result.exit_code == code
    assert json.loads(result.stdout)["status"] == status
    assert shown(result)["clock here"]["status"] == "ok"


def test_each_line_says_what_was_seen_and_what_to_do(exchange: StandIn, doctor: Doctor) -> None:
    exchange.on("GET", "/admin/diagnosis", diagnosis(("memory", "error", "Make room."), now=now()))

    result = doctor()

    assert re.search(r"^error +memory +seen -> Make room\.$", result.stdout, re.MULTILINE)
    assert re.search(r"^warning +data directory +there is no .*data -> Name it", result.stdout, re.MULTILINE)
    assert re.search(r"^valkey +9\.0\.0$", result.stdout, re.MULTILINE)
    assert "1 errors" in result.stderr


def test_a_clock_that_is_wrong_is_a_warning(exchange: StandIn, doctor: Doctor) -> None:
    exchange.on("GET", "/admin/diagnosis", diagnosis(now=now() - 5_000))

    clock = shown(doctor("--json"))["clock here"]

    assert clock["status"] == "warning"
    assert 5_000 <= clock["value"] < 60_000
    assert "NTP" in clock["advice"]


def test_nobody_there_is_3_and_what_can_be_seen_from_here_is_told(doctor: Doctor, tmp_path: Path) -> None:
    master_key(tmp_path / "data")
    (tmp_path / "data" / "master.key").chmod(0o644)
    with socket.socket() as taken:  # bound and not listening: a connection is refused
        taken.bind(("127.0.0.1", 0))
        result = doctor("--json", url=f"http://127.0.0.1:{taken.getsockname()[1]}")

    assert result.exit_code == 3
    found = shown(result)
    assert {name: found[name]["status"] for name in ("api", "port", "master key", "mockx up")} == {
        "api": "error",
        "port": "error",
        "master key": "error",
        "mockx up": "warning",
    }
    assert all(each["advice"] for each in found.values() if each["status"] != "ok")


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (problem(401, "AuthenticationError", "no such key"), 4),
        (problem(403, "PermissionDenied", "this key may only read"), 4),
        (problem(503, "ExchangeNotAvailable", "Valkey does not answer"), 3),
        (Reply("<html>", 200), 3),
    ],
)
def test_a_refusal_is_one_of_the_errors(reply: Reply, code: int, exchange: StandIn, doctor: Doctor) -> None:
    exchange.on("GET", "/admin/diagnosis", reply)

    result = doctor("--json")

    assert result.exit_code == code
    assert shown(result)["api"]["status"] == "error"
    assert shown(result)["api"]["advice"]


def test_settings_that_cannot_be_used_are_told_like_the_rest(exchange: StandIn) -> None:
    exchange.on("GET", "/admin/diagnosis", diagnosis(now=now()))
    given = ["--url", exchange.url, "--api-key", API_KEY, "doctor", "--json"]

    result = CliRunner().invoke(app, given, env={"SPEED": "fast"}, catch_exceptions=False)

    assert result.exit_code == 1
    assert "SPEED='fast'" in shown(result)["settings"]["detail"]
