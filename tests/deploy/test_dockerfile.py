"""The Dockerfile: what it copies is there, nothing else goes in, it is not root in the end, and it works."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from mockexchange.local.tcp_ports import free_port

from .checkers import PROJECT, approved, run
from .dockerfile import context_paths, ignored, stages
from .image import Installed


def test_hadolint_finds_nothing() -> None:
    assert approved(run("hadolint", "Dockerfile"))


def test_what_it_copies_is_there_and_is_let_in() -> None:
    rules = [line for line in (PROJECT / ".dockerignore").read_text().split("\n") if line and not line.startswith("#")]
    copied = [path for stage in stages() for path in context_paths(stage)]
    assert copied
    for path in copied:
        assert (PROJECT / path).exists(), path
        assert not ignored(path, rules), path
    for path in (".env", "data", ".git", ".venv", "tests", "mockx.toml"):
        assert ignored(path, rules), path
    # what is let in is needed
    assert {rule[1:] for rule in rules if rule.startswith("!")} == set(copied)


def test_the_final_stage_builds_nothing_and_is_not_root() -> None:
    build, final = stages()
    assert build.base == final.base
    uid, gid = (int(each) for each in final.last("USER").text.split(":"))
    assert uid > 0 and gid > 0
    assert final.instructions.index(final.last("USER")) > max(
        final.instructions.index(each) for each in final.all("RUN")
    )
    commands = " ".join(each.text for each in final.all("RUN"))
    assert not {"pip", "apt-get", "gcc", "make"} & set(commands.split())
    [copied] = final.all("COPY")
    assert copied.flags["from"] == build.name
    assert "--constraint requirements.txt" in build.all("RUN")[-1].text


def test_nothing_is_for_one_kind_of_machine() -> None:
    text = (PROJECT / "Dockerfile").read_text()
    instructions = [line for line in text.splitlines() if not line.startswith("#")]
    assert not [line for line in instructions for word in ("amd64", "x86", "arm64", "aarch64") if word in line]
    assert not any(stage.base.startswith("--platform") for stage in stages())


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_what_it_installs_answers_and_tells_its_health(installed: Installed, valkey_url: str, tmp_path: Path) -> None:
    """Its command and its health check, at an address of this machine alone and a data directory of the test's."""
    final = stages()[-1]
    settings = dict(each.split("=", 1) for instruction in final.all("ENV") for each in instruction.words())
    assert settings["MOCKX_HOST"] == "0.0.0.0"
    assert [settings["MOCKX_PORT"], settings["MOCKX_DECK_PORT"]] == final.last("EXPOSE").words()
    port = free_port()
    environment = installed.environment(
        MOCKX_DATA_DIR=str(tmp_path), MOCKX_HOST="127.0.0.1", MOCKX_PORT=str(port), VALKEY_URL=valkey_url
    )
    program, *check = json.loads(final.last("HEALTHCHECK").text.partition("CMD ")[2])
    check = [each.replace(f":{settings['MOCKX_PORT']}/", f":{port}/") for each in check]

    def healthy() -> bool:
        asked = [str(installed.prefix / "bin" / program), *check]
        return subprocess.run(asked, env=environment, capture_output=True, timeout=60, check=False).returncode == 0

    assert not healthy()
    command = installed.command(*final.last("CMD").words())
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None  # it was opened as a pipe
            assert "The API listens" in process.stderr.readline()
            assert any(healthy() for _ in range(30))
            key = json.loads((tmp_path / "default-key.json").read_text())["apiKey"]
            assert _balances(port, key)["USDT"]["free"] == 100_000
            with pytest.raises(urllib.error.HTTPError, match="401") as refused:
                _balances(port, "somebody")
            refused.value.close()
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
    loaded = subprocess.run(
        [*installed.command()[:1], "-c", "import mockexchange; print(mockexchange.__file__)"],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert Path(loaded.stdout.strip()).is_relative_to(installed.prefix)


def _balances(port: int, key: str) -> Any:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/balance", headers={"x-api-key": key})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def test_it_refuses_to_listen_without_a_key(tmp_path: Path) -> None:
    """The image's address is not the loopback interface, so MOCKX_AUTH=false must not let it start."""
    settings = dict(each.split("=", 1) for instruction in stages()[-1].all("ENV") for each in instruction.words())
    environment = {name: value for name, value in settings.items() if name in ("MOCKX_HOST", "MOCKX_PORT")}
    refused = subprocess.run(
        [sys.executable, "-m", "mockexchange", "serve", "api"],
        cwd=tmp_path,
        env=environment | {"MOCKX_AUTH": "false", "MOCKX_DATA_DIR": str(tmp_path)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert refused.returncode == 2
    assert "authentication is off" in refused.stderr
