"""Handlers whose secrets are in AWS (moto's server here): they start without them, say so, and follow a rotation."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from moto.server import ThreadedMotoServer

from mockexchange.local.lambda_events import scheduled_event
from tests.aws import aws_client, keep_secret

from .sandbox import HandlerError, Sandbox
from .test_orders_function import event

SECRET = "mockx/prod"
FIRST, SECOND = "word-of-the-first-key", "word-of-the-second-key"


@pytest.fixture
def aws() -> Iterator[str]:
    """The address of Secrets Manager."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    # what it holds outlives it
    httpx.post(f"http://{host}:{port}/moto-api/reset").raise_for_status()
    yield f"http://{host}:{port}"
    server.stop()


def environment(aws: str, valkey_url: str) -> dict[str, str]:
    return {
        "MOCKX_SECRETS": SECRET,
        "MOCKX_SECRETS_AGE_SEC": "1",
        "VALKEY_URL": valkey_url,
        "FEED": "manual",
        "SYMBOLS": "BTC/USDT",
        "RATE_LIMIT_PER_MIN": "0",
        "LOG_FORMAT": "json",
        "LOG_LEVEL": "DEBUG",
        "AWS_ENDPOINT_URL": aws,
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "word-of-the-role",
    }


def secrets_manager(aws: str) -> Any:
    return aws_client(
        "secretsmanager",
        endpoint_url=aws,
        region_name="eu-west-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )


def invoked_until(sandbox: Sandbox, request: dict[str, Any], status: int) -> dict[str, Any]:
    """The answer, as soon as it has that status: a secret is kept for a second."""
    while (answer := sandbox.invoke(request))["statusCode"] != status:
        time.sleep(0.2)
    return answer


def test_the_http_api_starts_without_them_says_so_and_follows_a_rotation(
    aws: str, valkey_url: str, tmp_path: Path
) -> None:
    client = secrets_manager(aws)
    with Sandbox("orders", tmp_path, seconds=1, **environment(aws, valkey_url)) as sandbox:
        answer = sandbox.invoke(event("GET", "/balance", key=FIRST))
        assert (answer["statusCode"], answer["headers"]["retry-after"]) == (503, "1")
        problem = json.loads(answer["body"])
        assert problem["code"] == "ExchangeNotAvailable"
        assert "the secrets of this exchange cannot be read from AWS" in problem["detail"]
        assert SECRET not in answer["body"]
        assert answer["headers"]["x-correlation-id"] == "gateway-GET-/balance"
        answer = sandbox.invoke(event("GET", "/api/v3/time", key=None))
        assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (503, -1001)

        keep_secret(client, SECRET, {"MOCKX_API_KEY": FIRST})
        invoked_until(sandbox, event("GET", "/balance", key=FIRST), 200)
        assert sandbox.invoke(event("GET", "/balance", key=SECOND))["statusCode"] == 401

        keep_secret(client, SECRET, {"MOCKX_API_KEY": SECOND})
        invoked_until(sandbox, event("GET", "/balance", key=SECOND), 200)
        assert sandbox.invoke(event("GET", "/balance", key=FIRST))["statusCode"] == 401

        for useless in ("{", '{"MOCKX_MASTER_KEY": "word-of-the-master"}', '{"NO_SUCH": "word-of-nobody"}'):
            keep_secret(client, SECRET, useless)
            reason = "cannot be used" if "MASTER" in useless else "MOCKX_SECRETS=mockx/prod: "
            before = len(sandbox.lines)
            while not any(reason in str(line.get("message")) for line in sandbox.lines[before:]):
                assert sandbox.invoke(event("GET", "/balance", key=SECOND))["statusCode"] == 200
                time.sleep(0.2)

    missing = [line for line in sandbox.lines if "there is none of that name" in str(line.get("message"))]
    assert (missing[0]["level"], missing[0]["message"].partition(":")[0]) == ("ERROR", f"MOCKX_SECRETS={SECRET}")
    assert "word-of" not in sandbox.written


def test_the_matcher_fails_with_a_reason_until_they_are_there(aws: str, valkey_url: str, tmp_path: Path) -> None:
    run = {**scheduled_event("matcher", 1_767_225_600_000), "id": "event-1"}
    password = valkey_url.partition("://:")[2].partition("@")[0]
    given = environment(aws, valkey_url.replace(f":{password}@", ""))
    with Sandbox("matcher", tmp_path, seconds=0.2, **given) as sandbox:
        with pytest.raises(HandlerError, match="^ExchangeNotAvailable: the secrets of this exchange cannot be read"):
            sandbox.invoke(run)

        keep_secret(secrets_manager(aws), SECRET, {"VALKEY_PASSWORD": password})
        time.sleep(1.1)  # it waits a second after a failure
        assert sandbox.invoke(run)["runs"] == 1
    assert password not in sandbox.written
