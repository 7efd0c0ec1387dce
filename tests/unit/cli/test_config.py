"""`mockx config show`: every setting, with its secrets hidden and where it comes from."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from mockexchange.cli.main import app
from mockexchange.settings import Settings, setting_rows

Show = Callable[..., Result]


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Show:
    """Runs it in an empty directory, without variables of ours."""
    for name in [*(row.name for row in setting_rows()), "REDIS_URL"]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    def run(*options: str, environment: dict[str, str] | None = None) -> Result:
        return CliRunner().invoke(app, [*options, "config", "show", "--json"], env=environment, catch_exceptions=False)

    return run


def by_name(result: Result) -> dict[str, dict[str, Any]]:
    assert result.exit_code == 0, result.stderr
    return {each["name"]: each for each in json.loads(result.stdout)}


def test_every_setting_is_there_with_its_default(show: Show) -> None:
    found = by_name(show())

    assert list(found) == [name.upper() for name in Settings.model_fields]
    assert {each["source"] for each in found.values()} == {"default"}
    assert all(each["value"] == each["default"] for each in found.values())
    assert found["VENUE"]["value"] == "main"
    assert found["VALKEY_URL"]["value"] is None
    assert all(each["description"] for each in found.values())


def test_option_environment_file_and_file_count_in_this_order(show: Show, tmp_path: Path) -> None:
    (tmp_path / "mockx.toml").write_text(
        'api_url = "http://toml"\nvenue = "toml"\nspeed = 2\nseed = 3\nmockx_data_dir = "toml"\n'
    )
    (tmp_path / ".env").write_text("API_URL=http://dotenv\nVENUE=dotenv\nSPEED=4\nMOCKX_DATA_DIR=dotenv\n")
    environment = {"API_URL": "http://environment", "VENUE": "environment", "MOCKX_DATA_DIR": "environment"}

    found = by_name(show("--url", "http://option", "--data-dir", "option", environment=environment))

    assert {name: (found[name]["value"], found[name]["source"]) for name in (
        "API_URL", "MOCKX_DATA_DIR", "VENUE", "SPEED", "SEED", "FEED",
    )} == {
        "API_URL": ("http://option", "option"),
        "MOCKX_DATA_DIR": ("option", "option"),
        "VENUE": ("environment", "environment"),
        "SPEED": ("4", ".env"),
        "SEED": ("3", "mockx.toml"),
        "FEED": (found["FEED"]["default"], "default"),
    }  # fmt: skip


def test_an_older_name_counts_as_the_setting(show: Show) -> None:
    assert by_name(show(environment={"REDIS_URL": "redis://older"}))["VALKEY_URL"]["source"] == "environment"


def test_secrets_and_passwords_are_not_shown(show: Show) -> None:
    secrets = {
        "MOCKX_API_KEY": "word-1" * 8,
        "MOCKX_SECRET": "word-2" * 8,
        "MOCKX_MASTER_KEY": "ab" * 32,
        "VALKEY_URL": "redis://me:word-3@127.0.0.1:6379/0",
        "EXCHANGE_CONFIG": '{"secret": "word-4", "httpsProxy": "http://me:word-5@proxy"}',
    }

    result = show(environment=secrets)

    found = by_name(result)
    assert found["MOCKX_SECRET"]["value"] == "(hidden)"
    assert found["VALKEY_URL"]["value"] == "redis://***@127.0.0.1:6379/0"
    assert "word-" not in result.output
    assert "abab" not in result.output


def test_as_a_table(monkeypatch: pytest.MonkeyPatch, show: Show) -> None:
    result = CliRunner().invoke(app, ["config", "show"], env={"VENUE": "class-7b"})

    assert [line.split() for line in result.stdout.splitlines() if line.startswith("VENUE")] == [
        ["VENUE", "class-7b", "environment"]
    ]


def test_what_cannot_be_used_is_2_and_named(show: Show, tmp_path: Path) -> None:
    (tmp_path / "mockx.toml").write_text("intervall_sec = 1\n")

    result = show()

    assert result.exit_code == 2
    assert "mockx.toml: there is no setting 'intervall_sec'; did you mean 'interval_sec'?" in result.stderr
