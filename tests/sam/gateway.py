"""Example events of API Gateway, and the same requests over HTTP to the server that one runs oneself."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from .tools import PROJECT

EVENTS = PROJECT / "events"
LOCAL: dict[str, dict[str, str]] = json.loads((PROJECT / "env.json").read_text())
"""What `sam local` sets, by function."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client would get."""

    status: int
    content_type: str
    body: bytes


def examples(kind: str = "*") -> dict[str, dict[str, Any]]:
    """The example events by name; `schedule-*` are the scheduler's, all others API Gateway's."""
    return {file.stem: json.loads(file.read_text()) for file in sorted(EVENTS.glob(f"{kind}.json"))}


def requests() -> dict[str, dict[str, Any]]:
    """Those of API Gateway."""
    return {name: event for name, event in examples().items() if "requestContext" in event}


def signed_now(event: Mapping[str, Any], secret: str) -> dict[str, Any]:
    """An event of the Binance wire with the time of now and the signature that belongs to it."""
    given = [pair for pair in parse_qsl(event["body"]) if pair[0] not in ("timestamp", "signature")]
    text = urlencode([*given, ("timestamp", time.time_ns() // 1_000_000)])
    signature = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return {**event, "body": f"{text}&signature={signature}"}


def from_lambda(answer: Mapping[str, Any]) -> Answer:
    """What API Gateway makes of a function's answer."""
    body = answer["body"]
    content = base64.b64decode(body) if answer["isBase64Encoded"] else body.encode()
    return Answer(answer["statusCode"], answer["headers"]["content-type"], content)


def over_http(url: str, event: Mapping[str, Any]) -> Answer:
    """The request that became this event, sent to a server."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    query = event["rawQueryString"]
    headers = {name: value for name, value in event["headers"].items() if name != "host"}
    connection.request(
        event["requestContext"]["http"]["method"],
        event["rawPath"] + (f"?{query}" if query else ""),
        event.get("body"),
        headers,
    )
    answer = connection.getresponse()
    got = Answer(answer.status, answer.headers["content-type"], answer.read())
    connection.close()
    return got


@contextmanager
def local_server(folder: Path, settings: Mapping[str, str]) -> Generator[str]:
    """`mockx serve api` with these settings; its address."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "serve.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "mockexchange", "serve", "api"],
            cwd=folder,
            env={**os.environ, "MOCKX_PORT": "0", **settings, "LOG_FORMAT": "text"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + 60
        while "The API listens" not in (told := log.read_text()):
            assert process.poll() is None, told
            assert time.monotonic() < deadline, told
            time.sleep(0.02)
        yield told.split("The API listens")[1].split(": ", 1)[1].split()[0]
    finally:
        process.terminate()
        process.wait(60)
