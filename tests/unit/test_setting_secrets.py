"""Settings that AWS keeps: read, kept for a while, read again, and never shown. AWS is moto's here."""

from __future__ import annotations

import logging
import os
import traceback
from collections.abc import Iterator
from pathlib import Path

import boto3  # pyright: ignore[reportMissingTypeStubs]
import pytest
from moto import mock_aws
from moto.core import set_initial_no_auth_action_count

from mockexchange.setting_secrets import HOLDABLE, NoSecrets, SecretPlace
from mockexchange.setting_sources import origins
from mockexchange.settings import BadSettings, OwnSettings, Settings, setting_rows
from tests.aws import aws_client, keep_secret

LONG = 3600
KEPT = {"MOCKX_API_KEY": "word-1", "MOCKX_SECRET": "word-2", "VALKEY_PASSWORD": "word-3/@:"}


class Time:
    """Seconds that pass when told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of ours is set, and of AWS what Lambda gives."""
    for name in [*(row.name for row in setting_rows()), "REDIS_URL", "AWS_PROFILE", "AWS_DEFAULT_REGION"]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def aws() -> Iterator[None]:
    with mock_aws():
        yield


def keep(name: str, **values: object) -> None:
    keep_secret(aws_client("secretsmanager"), name, values)


def keep_text(name: str, text: str) -> None:
    keep_secret(aws_client("secretsmanager"), name, text)


def keep_parameters(path: str, **values: str) -> None:
    client = aws_client("ssm")
    for name, value in values.items():
        client.put_parameter(Name=f"{path}/{name}", Value=value, Type="SecureString", Overwrite=True)


def forget(name: str) -> None:
    aws_client("secretsmanager").delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


# where they come from


@pytest.mark.usefixtures("aws")
def test_a_secret_of_secrets_manager(monkeypatch: pytest.MonkeyPatch) -> None:
    keep("mockx/one", **KEPT)
    monkeypatch.setenv("MOCKX_SECRETS", " mockx/one ")
    monkeypatch.setenv("VALKEY_URL", "valkeys://mockx@cache.example:6379")

    found = Settings()

    assert found.mockx_api_key is not None
    assert found.mockx_api_key.get_secret_value() == "word-1"
    assert found.function_valkey_url == "rediss://mockx:word-3%2F%40%3A@cache.example:6379"


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("place", ["ssm:/mockx/two", "ssm:/mockx/two/"])
def test_parameters_below_a_path(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    keep_parameters("/mockx/two", MOCKX_SECRET="word-2", VALKEY_URL="valkey://here")
    monkeypatch.setenv("MOCKX_SECRETS", place)

    found = Settings()

    assert found.mockx_secret is not None
    assert (found.mockx_secret.get_secret_value(), found.valkey_url) == ("word-2", "redis://here")


@pytest.mark.usefixtures("aws")
def test_what_is_set_here_counts_before_them_and_what_is_empty_there_is_not_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keep("mockx/three", MOCKX_API_KEY="word-1", MOCKX_SECRET="", EXCHANGE_CONFIG='{"apiKey": "word-4"}')
    monkeypatch.setenv("MOCKX_API_KEY", "ours")
    monkeypatch.setenv("MOCKX_SECRETS", "mockx/three")

    found = Settings()

    assert found.mockx_api_key is not None
    assert found.mockx_api_key.get_secret_value() == "ours"
    assert found.mockx_secret is None
    assert found.exchange_config == '{"apiKey": "word-4"}'
    places = origins(Settings, {})
    assert (places["mockx_api_key"], places["mockx_secret"], places["exchange_config"]) == (
        "environment",
        "default",
        "AWS",
    )


@pytest.mark.usefixtures("aws")
def test_a_file_may_name_the_place_and_none_means_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    keep("mockx/four", **KEPT)
    (tmp_path / "mockx.toml").write_text('mockx_secrets = "mockx/four"\n')

    assert Settings().mockx_secret is not None
    monkeypatch.setenv("MOCKX_SECRETS", "none")
    assert (Settings().mockx_secret, Settings().mockx_secrets) == (None, None)


@pytest.mark.usefixtures("aws")
def test_what_starts_without_them_does_not_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKX_SECRETS", "mockx/nowhere")

    assert OwnSettings().mockx_secrets == "mockx/nowhere"


@pytest.mark.usefixtures("aws")
def test_a_child_process_gets_the_values_and_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    keep("mockx/five", **KEPT)
    monkeypatch.setenv("MOCKX_SECRETS", "mockx/five")
    ours = Settings()
    forget("mockx/five")
    for name, value in ours.environment().items():
        monkeypatch.setenv(name, value)

    assert Settings() == ours.model_copy(update={"mockx_secrets": None})


# how long they are kept


@pytest.mark.usefixtures("aws")
def test_they_are_kept_and_a_rotation_counts_when_they_are_old() -> None:
    keep("mockx/six", MOCKX_SECRET="first")
    long, short = SecretPlace("mockx/six", LONG), SecretPlace("mockx/six", 0)
    assert (long.values(), short.values()) == ({"MOCKX_SECRET": "first"},) * 2

    keep("mockx/six", MOCKX_SECRET="second")

    assert (long.values(), short.values()) == ({"MOCKX_SECRET": "first"}, {"MOCKX_SECRET": "second"})


@pytest.mark.usefixtures("aws")
def test_parameters_are_kept_likewise() -> None:
    keep_parameters("/mockx/six", MOCKX_SECRET="first")
    long, short = SecretPlace("ssm:/mockx/six", LONG), SecretPlace("ssm:/mockx/six", 0)
    assert (long.values(), short.values()) == ({"MOCKX_SECRET": "first"},) * 2

    keep_parameters("/mockx/six", MOCKX_SECRET="second")

    assert (long.values(), short.values()) == ({"MOCKX_SECRET": "first"}, {"MOCKX_SECRET": "second"})


@pytest.mark.usefixtures("aws")
def test_those_in_use_stay_when_they_cannot_be_read_again(caplog: pytest.LogCaptureFixture) -> None:
    time = Time()
    keep("mockx/seven", MOCKX_SECRET="first")
    place = SecretPlace("mockx/seven", 0, time)
    place.values()
    forget("mockx/seven")

    for _ in range(3):
        assert place.values() == {"MOCKX_SECRET": "first"}
        time.now += 10
    keep("mockx/seven", MOCKX_SECRET="second")
    assert place.values() == {"MOCKX_SECRET": "second"}

    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("ERROR", "MOCKX_SECRETS=mockx/seven: there is none of that name in this account and region"),
        ("WARNING", "MOCKX_SECRETS=mockx/seven: can be read now"),
    ]


@pytest.mark.usefixtures("aws")
def test_after_a_failure_it_waits_a_moment_and_then_looks_anew() -> None:
    """Also where Powertools keeps what was of no use."""
    time = Time()
    place = SecretPlace("mockx/eight", LONG, time)
    keep_text("mockx/eight", "{")
    with pytest.raises(NoSecrets):
        place.values()
    keep("mockx/eight", MOCKX_SECRET="first")

    with pytest.raises(NoSecrets):
        place.values()
    time.now += 2
    assert place.values() == {"MOCKX_SECRET": "first"}


# what is said when they cannot be used


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("word-1", 'it should hold a JSON object, like {"MOCKX_API_KEY": "..."}'),
        ('{"MOCKX_SECRET": "word-1"', "it should hold a JSON object"),
        ('["word-1"]', "it should hold a JSON object"),
        (
            '{"MOCKX_SECRTE": "word-1"}',
            "no setting that may stand there is called 'MOCKX_SECRTE'; MOCKX_API_KEY, MOCKX",
        ),
        ('{"VENUE": "word-1"}', "no setting that may stand there is called 'VENUE'"),
        ('{"MOCKX_SECRET": {"word-1": 1}}', "every value in it should be a text"),
        ('{"MOCKX_MASTER_KEY": "word-1"}', "MOCKX_MASTER_KEY=(hidden): it should be 64 hex digits"),
        ('{"VALKEY_URL": "http://me:word-1@host"}', "VALKEY_URL='http://***@host': it should be an address"),
        ('{"EXCHANGE_CONFIG": "[word-1]"}', "EXCHANGE_CONFIG=(hidden): it should be a JSON object"),
    ],
)
def test_what_cannot_be_used_is_refused_without_being_shown(
    text: str, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"mockx/nine-{abs(hash(text))}"
    keep_text(name, text)
    monkeypatch.setenv("MOCKX_SECRETS", name)

    with pytest.raises(BadSettings) as refusal:
        Settings()

    assert complaint in str(refusal.value)
    assert "word-" not in "".join(traceback.format_exception(refusal.value))


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("place", "complaint"),
    [
        ("mockx/missing", "MOCKX_SECRETS=mockx/missing: there is none of that name in this account and region"),
        ("ssm:/mockx/missing", "MOCKX_SECRETS=ssm:/mockx/missing: there are no parameters below that path"),
        (
            "mockx missing",
            "MOCKX_SECRETS='mockx missing': it should be a secret's name or ARN, or like ssm:/mockx/prod",
        ),
        ("ssm:mockx", "MOCKX_SECRETS='ssm:mockx': it should be"),
    ],
)
def test_a_place_where_nothing_is(place: str, complaint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKX_SECRETS", place)

    with pytest.raises(BadSettings) as refusal:
        Settings()

    assert complaint in str(refusal.value)


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("place", ["mockx/ten", "ssm:/mockx/ten"])
def test_a_role_that_may_not_read_it(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    keep("mockx/ten", **KEPT)
    keep_parameters("/mockx/ten", **KEPT)
    client = aws_client("iam")
    client.create_user(UserName="function")
    key = client.create_access_key(UserName="function")["AccessKey"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)

    def ask() -> None:
        SecretPlace(place, LONG).values()

    with pytest.raises(NoSecrets, match=f"^MOCKX_SECRETS={place}: this function's role may not read it$"):
        set_initial_no_auth_action_count(0)(ask)()


def test_an_environment_that_is_not_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")

    with pytest.raises(NoSecrets, match="NoRegionError: You must specify a region"):
        SecretPlace("mockx/eleven", LONG).values()


def test_an_endpoint_that_nobody_listens_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")

    with pytest.raises(NoSecrets, match="EndpointConnectionError: Could not connect to the endpoint URL"):
        SecretPlace("mockx/twelve", LONG).values()


# what is never shown


@pytest.mark.usefixtures("aws")
def test_nothing_of_them_is_shown_anywhere(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Not with every library at DEBUG, whose SDK would write down what AWS answers."""
    keep("mockx/thirteen", **dict.fromkeys(HOLDABLE[:2], "word-1"), VALKEY_PASSWORD="word-3")
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("MOCKX_SECRETS", "mockx/thirteen")
    monkeypatch.setenv("VALKEY_URL", "valkey://here")

    found = Settings()

    assert found.mockx_secret is not None
    written = "".join(capfd.readouterr())
    assert "word-" not in f"{found!r} {found} {os.environ!r} {caplog.text} {written}"
    assert "word-3" in found.function_valkey_url
