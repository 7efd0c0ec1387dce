"""The built functions with what the template gives them: their secrets are in Secrets Manager (moto's, here)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from moto.server import ThreadedMotoServer

from tests.aws import aws_client, keep_secret

from .conftest import StartSandbox
from .gateway import LOCAL, examples, from_lambda, requests
from .loaded import check_loaded
from .stack import stack
from .tools import REGION

KEYS = {name: LOCAL["OrdersFunction"][name] for name in ("MOCKX_API_KEY", "MOCKX_SECRET", "MOCKX_MASTER_KEY")}


@pytest.fixture
def aws() -> Iterator[str]:
    """The address of Secrets Manager."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    httpx.post(f"http://{host}:{port}/moto-api/reset").raise_for_status()  # what it holds outlives it
    yield f"http://{host}:{port}"
    server.stop()


@pytest.mark.parametrize("function", ["OrdersFunction", "MatcherFunction"])
def test_keys_and_valkeys_password_are_read_where_the_template_says(
    sandbox: StartSandbox, artefacts: Path, valkey_url: str, aws: str, function: str
) -> None:
    place = stack().environment(function)["MOCKX_SECRETS"].strip("${}")
    parts = urlsplit(valkey_url)
    kept = {"VALKEY_PASSWORD": str(parts.password)} | (KEYS if function == "OrdersFunction" else {})
    role = {"aws_access_key_id": "testing", "aws_secret_access_key": "word-of-the-role"}
    keep_secret(aws_client("secretsmanager", endpoint_url=aws, region_name=REGION, **role), place, kept)
    found = {name: "" for name in KEYS if name in LOCAL[function]} | {"MOCKX_SECRETS": place, "AWS_ENDPOINT_URL": aws}
    found |= {name.upper(): value for name, value in role.items()}

    running = sandbox(function, url=f"valkey://127.0.0.1:{parts.port}/0", INTERVAL_SEC="1", **found)
    if function == "OrdersFunction":
        assert from_lambda(running.invoke(requests()["accounts"])).status == 200
    else:
        assert running.invoke(examples()["schedule-matcher"], seconds=1)["runs"] == 1

    loaded = running.loaded()
    assert "boto3" in loaded["modules"]
    check_loaded(loaded, artefacts, function)
    told = running.stdout + running.stderr
    assert [word for word in (*kept.values(), role["aws_secret_access_key"]) if word in told] == []
