"""compose.yaml: valid by the Compose schema, closed to the outside, and its Valkey does what its lines say."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from mockexchange.local.listening import is_loopback
from mockexchange.settings import Settings

from .checkers import PROJECT, approved, read_yaml, run
from .composed import PARTS, Composed, interpolated
from .dockerfile import stages
from .image import Installed

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
    assert set(services) == {"valkey", *PARTS}
    for part in PARTS:
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
    assert services["deck"]["depends_on"] == {"api": {"condition": "service_healthy"}}
    # the API has the image's check, the deck its own; who has no port has none
    assert "healthcheck" not in services["api"]
    assert services["matcher"]["healthcheck"] == services["feeder"]["healthcheck"] == {"disable": True}


def test_the_api_and_the_deck_are_reached_and_only_from_this_machine(compose: Any, services: dict[str, Any]) -> None:
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert set(published) == {"api", "deck"}
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)
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
    for part in PARTS:
        assert set(services[part]["environment"]) <= known
    for part in ("api", "matcher", "feeder"):
        assert services[part]["env_file"] == [{"path": ".env", "required": False}]
    # authentication stays on unless .env says otherwise, and then the API does not start (test_dockerfile.py)
    assert "MOCKX_AUTH" not in services["api"]["environment"]
    assert ".env" in (PROJECT / ".gitignore").read_text().split()


def test_the_deck_is_given_no_secret_and_asks_for_a_key(services: dict[str, Any]) -> None:
    deck = services["deck"]
    assert deck["env_file"] == []  # the password is in it
    assert set(deck["environment"]) == {"API_URL", "MOCKX_HOST", "MOCKX_DECK_PORT"}
    assert "volumes" not in deck  # the keys are in one
    # on the loopback interface alone nobody is asked (tests/deck/test_reaching.py)
    assert not is_loopback(deck["environment"]["MOCKX_HOST"])


def test_without_a_password_nothing_starts(services: dict[str, Any]) -> None:
    for name, service in services.items():
        if name == "deck":
            continue  # it waits for the API
        with pytest.raises(KeyError, match=r"put VALKEY_PASSWORD into \.env"):
            [interpolated(value, {}) for value in service["environment"].values()]


@pytest.fixture
def composed(installed: Installed, tmp_path: Path) -> Iterator[Composed]:
    made = Composed(tmp_path, installed, {"VALKEY_PASSWORD": PASSWORD, "FEED": "synthetic", "SYMBOLS": "BTC/USDT"})
    yield made
    made.kill()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_its_parts_trade_and_outlive_kill_9_of_everything(composed: Composed, tmp_path: Path) -> None:
    """deploy/try-compose.sh, which the workflow runs with Docker; here its `docker` is a stand-in that asks us."""
    composed.up()
    asked = tmp_path / "asked"
    docker = tmp_path / "programs" / "docker"
    docker.write_text(
        "#!/bin/sh\n"
        'case "$*" in\n'
        f'"compose exec -T api "*) cd {composed.keys}; shift 4; exec "$@" ;;\n'
        f'*) echo "$*" > {asked}; while [ -e {asked} ]; do sleep 0.1; done ;;\n'
        "esac\n"
    )
    docker.chmod(stat.S_IRWXU)
    environment = {
        "PATH": f"{docker.parent}:{os.environ['PATH']}",
        "MOCKX_PORT": str(composed.port),
        "MOCKX_DECK_PORT": str(composed.deck_port),
    }
    wanted: list[str] = []
    with subprocess.Popen(
        [str(PROJECT / "deploy" / "try-compose.sh")], env=environment, stdout=subprocess.PIPE, text=True
    ) as script:
        while script.poll() is None:
            if asked.exists() and (what := asked.read_text().split()):
                wanted.append(what[1])
                {"kill": composed.kill, "up": composed.up}[what[1]]()
                asked.unlink()
            time.sleep(0.05)
        assert script.stdout is not None  # it was opened as a pipe
        told = script.stdout.read()
    assert script.returncode == 0, told + "".join(path.read_text() for path in tmp_path.glob("*.log"))
    assert told.endswith("The order that rested is there, and the books are clean.\n")
    assert wanted == ["kill", "up"]
    assert composed.running() == {"valkey", *PARTS}
    assert PASSWORD not in composed.environment_of("deck")
    assert set(composed.stop().values()) == {0}


@pytest.mark.slow
def test_its_valkey_asks_for_the_password_and_keeps_everything(composed: Composed, tmp_path: Path) -> None:
    composed.up()
    client: Any = redis.Redis(port=composed.valkey_port, password=PASSWORD)
    with client:
        told = {
            name: client.config_get(name)[name]
            for name in ("appendonly", "appendfsync", "save", "maxmemory", "maxmemory-policy")
        }
        process = Path(f"/proc/{client.info('server')['process_id']}")
    assert told == {
        "appendonly": "yes",
        "appendfsync": "always",
        "save": "",
        "maxmemory": str(512 * 1024 * 1024),
        "maxmemory-policy": "noeviction",
    }
    assert not process.exists() or PASSWORD not in (process / "cmdline").read_text()
    stranger: Any = redis.Redis(port=composed.valkey_port)
    with stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()
    assert list((tmp_path / "valkey" / "appendonlydir").glob("*.aof"))
    key = composed.keys / "default-key.json"
    assert stat.S_IMODE(key.stat().st_mode) == stat.S_IRUSR | stat.S_IWUSR
