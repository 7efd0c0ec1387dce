"""AWS for tests: moto in the place of the real one."""

from __future__ import annotations

import json
from typing import Any, cast

import boto3  # pyright: ignore[reportMissingTypeStubs]


def aws_client(service: str, **options: str) -> Any:
    """A client of AWS's SDK, which has no types."""
    return cast("Any", boto3).client(service, **options)


def keep_secret(client: Any, name: str, values: object) -> None:
    """Write a secret of Secrets Manager, or write it anew; a text as it is, anything else as JSON."""
    text = values if isinstance(values, str) else json.dumps(values)
    try:
        client.create_secret(Name=name, SecretString=text)
    except client.exceptions.ResourceExistsException:
        client.put_secret_value(SecretId=name, SecretString=text)
