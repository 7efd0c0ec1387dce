"""compose.yaml: valid by the Compose schema, closed to the outside, and its Valkey does what its lines say."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import redis

from mockexchange.local.tcp_ports import free_port
from mockexchange.local.valkey_binary import find_valkey
from mockexchange.settings import Settings

from .checkers import PROJECT, approved, read_yaml, run
from .dockerfile import stages

PASSWORD = "c0ffee" * 8


@pytest.fixture(scope="module")
def compose() -> Any:
    return read_yaml(PROJECT / "compose.yaml")


@pytest.fixture(scope="module")
def services(compose: Any) -> dict[str, Any]:
    return compose["services"]


def test_it_is_valid_by_the_compose_schema() -> None:
    assert approved(run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml"))


def test_every_part_has_a_service_and_a_command_that_there_is(services: dict[str, Any]) -> None:
    assert set(services) == {"valkey", "api", "matcher", "feeder"}
    for part in ("api", "matcher", "feeder"):
        assert services[part]["command"] == ["serve", part]
        shown = subprocess.run(
            [sys.executable, "-m", "mockexchange", *services[part]["command"], "--help"],
            capture_output=True,
            check=False,
        )
        assert shown.returncode == 0


def test_every_part_is_started_again_and_waits_for_valkey(services: dict[str, Any]) -> None:
    assert {service["restart"] for service in services.values()} == {"unless-stopped"}
    assert "test" in services["valkey"]["healthcheck"]
    for part in ("api", "matcher", "feeder"):
        assert services[part]["depends_on"] == {"valkey": {"condition": "service_healthy"}}
    # the API has the image's check; who has no port has none
    assert "healthcheck" not in services["api"]
    assert services["matcher"]["healthcheck"] == services["feeder"]["healthcheck"] == {"disable": True}


def test_only_the_api_is_reached_and_only_from_this_machine(compose: Any, services: dict[str, Any]) -> None:
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert list(published) == ["api"]
    assert all(port.startswith("127.0.0.1:") for port in published["api"])
    assert compose["networks"]["inside"] == {"internal": True}
    assert services["valkey"]["networks"] == services["matcher"]["networks"] == ["inside"]


def test_nothing_may_do_more_than_it_must(services: dict[str, Any]) -> None:
    for service in services.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["logging"]["options"]["max-size"]
    assert services["valkey"]["user"] == "valkey"
    assert services["valkey"]["working_dir"] == "/data"  # where its log goes


def test_what_is_to_be_kept_is_in_volumes(compose: Any, services: dict[str, Any]) -> None:
    mounts = {name: service["volumes"] for name, service in services.items() if "volumes" in service}
    assert mounts == {"valkey": ["valkey:/data"], "api": ["keys:/data"]}
    assert set(compose["volumes"]) == {"valkey", "keys"}
    assert services["api"]["environment"]["MOCKX_DATA_DIR"] == "/data"
    assert stages()[-1].last("VOLUME").text == "/data"


def test_no_secret_is_written_down_and_no_setting_is_unknown(services: dict[str, Any]) -> None:
    text = (PROJECT / "compose.yaml").read_text()
    secrets = set(re.findall(r"\$\{([A-Z_]*(?:PASSWORD|SECRET|_KEY)[A-Z_]*)(:\?)?", text))
    assert secrets == {("VALKEY_PASSWORD", ":?")}  # it has no default: without one nothing starts
    known = {name.upper() for name in Settings.model_fields}
    for part in ("api", "matcher", "feeder"):
        assert set(services[part]["environment"]) <= known
        assert services[part]["env_file"] == [{"path": ".env", "required": False}]
    # authentication stays on unless .env says otherwise, and then the API does not start (test_dockerfile.py)
    assert "MOCKX_AUTH" not in services["api"]["environment"]
    assert ".env" in (PROJECT / ".gitignore").read_text().split()


@pytest.mark.slow
def test_its_valkey_asks_for_the_password_keeps_everything_and_stops_when_asked(
    services: dict[str, Any], tmp_path: Path
) -> None:
    """The command as Compose hands it to the shell, with a real server that is told another port."""
    valkey, port = services["valkey"], free_port()
    data = tmp_path / "data"
    data.mkdir()
    command = [word.replace("$$", "$") for word in valkey["command"]]
    # The last word "-" has it read its standard input; options on the command line count before what is read there.
    stand_in = tmp_path / "valkey-server"
    stand_in.write_text(
        f'#!/bin/sh\n[ "$*" = - ] && exec {find_valkey()} --port {port} --bind 127.0.0.1 --dir {data} -\n'
    )
    stand_in.chmod(stat.S_IRWXU)
    environment = {
        "PATH": f"{tmp_path}{os.pathsep}{os.defpath}",
        "VALKEY_PASSWORD": PASSWORD,
        **{name: _default(valkey["environment"][name]) for name in ("VALKEY_APPENDFSYNC", "VALKEY_MAXMEMORY")},
    }
    with subprocess.Popen(command, cwd=data, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            client: Any = redis.Redis(port=port, password=PASSWORD)
            _until_it_answers(client, process)
            arguments = Path(f"/proc/{process.pid}/cmdline")
            assert not arguments.exists() or PASSWORD not in arguments.read_text()
            assert client.set("kept", "1")
            told = {
                name: client.config_get(name)[name]
                for name in ("appendonly", "appendfsync", "save", "maxmemory", "maxmemory-policy")
            }
            assert told == {
                "appendonly": "yes",
                "appendfsync": "always",
                "save": "",
                "maxmemory": str(512 * 1024 * 1024),
                "maxmemory-policy": "noeviction",
            }
            client.close()
            stranger: Any = redis.Redis(port=port)
            with stranger, pytest.raises(redis.AuthenticationError):
                stranger.ping()
        finally:
            process.send_signal(signal.SIGTERM)  # to the shell's process id, as Docker does: it has become the server
            assert process.wait(30) == 0
    assert list((data / "appendonlydir").glob("*.aof"))


def _default(written: str) -> str:
    """What Compose makes of `${NAME:-default}` when nothing is set."""
    found = re.fullmatch(r"\$\{[A-Z_]+:-(.+)\}", written)
    assert found, written
    return found[1]


def _until_it_answers(client: Any, process: subprocess.Popen[str]) -> None:
    while True:
        assert process.poll() is None
        try:
            client.ping()
        except redis.ConnectionError:
            time.sleep(0.05)
        else:
            return
