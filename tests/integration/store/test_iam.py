"""Logins to ElastiCache with tokens of IAM, to a stand-in that checks each as AWS would: the signature by its own
arithmetic, the time by its own clock."""

from __future__ import annotations

import hashlib
import hmac
import socketserver
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl, quote, urlencode

import pytest

from mockexchange.domain.errors import ExchangeNotAvailable, OutcomeUnknown
from mockexchange.settings import BadSettings, Settings
from mockexchange.store.valkey_connection import Connection, Script
from mockexchange.store.valkey_iam import IamLogin
from mockexchange.store.valkey_sockets import options_of
from mockexchange.valkey_address import Address
from tests.tls import Authority, Proxy

KEY, SECRET, SESSION = "AKIDEXAMPLE", "the-secret-of-a-role", "the/token+of=a-session"
REGION, CACHE, USER = "eu-central-1", "books", "functions"
RAISE = Script("raise")


def why_refused(user: str, token: str, *, serverless: bool) -> str:
    """What is wrong with a token; empty: nothing."""
    place, _, query = token.partition("/?")
    given = dict(parse_qsl(query, strict_parsing=True))
    signature = given.pop("X-Amz-Signature")
    wanted = {"Action": "connect", "User": USER} | ({"ResourceType": "ServerlessCache"} if serverless else {})
    if user != USER or place != CACHE or {name: given.get(name) for name in wanted} != wanted:
        return "it is for something else"
    if given["X-Amz-Security-Token"] != SESSION or len(given) != len(wanted) + 6:
        return "its parts"
    made = datetime.strptime(given["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    if (
        not made
        <= datetime.now(UTC)
        < made + timedelta(seconds=int(given["X-Amz-Expires"]))
        <= made + timedelta(minutes=15)
    ):
        return "its time"
    scope = f"{made:%Y%m%d}/{REGION}/elasticache/aws4_request"
    if given["X-Amz-Credential"] != f"{KEY}/{scope}":
        return "its scope"
    canonical = "\n".join(
        ("GET", "/", urlencode(sorted(given.items()), quote_via=quote, safe="-_.~"), f"host:{CACHE}", "", "host")
    )
    request = hashlib.sha256(f"{canonical}\n{hashlib.sha256(b'').hexdigest()}".encode()).hexdigest()
    key = f"AWS4{SECRET}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    text = f"AWS4-HMAC-SHA256\n{given['X-Amz-Date']}\n{scope}\n{request}"
    return "" if hmac.digest(key, text.encode(), "sha256").hex() == signature else "its signature"


class Cache(socketserver.ThreadingTCPServer):
    """Speaks as much of Valkey's protocol as a login and a PING need."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.serverless = False
        self.tokens: list[str] = []


class Session(socketserver.StreamRequestHandler):
    """One connection."""

    def handle(self) -> None:
        cache = cast("Cache", self.server)
        let_in = False
        while head := self.rfile.readline():
            words: list[str] = []
            for _ in range(int(head[1:])):
                length = int(self.rfile.readline()[1:])
                words.append(self.rfile.read(length + 2)[:-2].decode())
            if words[0] == "AUTH":
                cache.tokens.append(words[2])
                reason = why_refused(words[1], words[2], serverless=cache.serverless)
                let_in = not reason
                self.wfile.write(b"+OK\r\n" if let_in else f"-WRONGPASS {reason}\r\n".encode())
            elif not let_in:
                self.wfile.write(b"-NOAUTH Authentication required.\r\n")
            else:
                self.wfile.write(b"+PONG\r\n" if words[0] == "PING" else b"+OK\r\n")


@pytest.fixture
def cache() -> Iterator[Cache]:
    with Cache() as cache:
        thread = threading.Thread(target=cache.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield cache
        cache.shutdown()
        thread.join()


@pytest.fixture
def role(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """What Lambda puts into a function's environment."""
    for name in ("AWS_PROFILE", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_REGION", REGION)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", SESSION)
    return monkeypatch


@pytest.fixture
def url(cache: Cache, tmp_path: Path) -> Iterator[str]:
    authority = Authority(tmp_path)
    with Proxy(authority.context("127.0.0.1"), cache.server_address[1]) as proxy:
        yield f"valkeys://{USER}@127.0.0.1:{proxy.port}?ssl_ca_certs={authority.file}"


@pytest.mark.usefixtures("role")
@pytest.mark.parametrize("serverless", [False, True], ids=["replication group", "serverless"])
def test_the_cache_lets_us_in(serverless: bool, cache: Cache, url: str) -> None:
    cache.serverless = serverless
    connection = Connection(f"{url}&iam={'serverless/' if serverless else ''}{CACHE}")

    assert connection.run("PING") == b"PONG"
    connection.close()
    assert connection.run("PING") == b"PONG"
    assert len(cache.tokens) == 2, "each socket has a token of its own"
    connection.close()


@pytest.mark.usefixtures("role")
@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (f"&iam=serverless/{CACHE}", "its parts|something else"),
        ("&iam=another", "something else"),
        (f"&iam={CACHE}&region=us-east-1", "its scope"),
    ],
)
def test_a_wrong_token_is_refused_and_not_told(options: str, reason: str, cache: Cache, url: str) -> None:
    connection = Connection(url + options)

    with pytest.raises(ExchangeNotAvailable, match=f"does not let us in.*{reason}.*nothing was changed") as refusal:
        connection.run("PING")
    assert not isinstance(refusal.value, OutcomeUnknown)
    assert cache.tokens
    assert not any(token[-40:] in str(refusal.value) for token in cache.tokens)
    assert SECRET not in str(refusal.value)
    connection.close()


def test_the_region_may_stand_in_the_address(role: pytest.MonkeyPatch, cache: Cache, url: str) -> None:
    role.delenv("AWS_REGION")
    role.delenv("AWS_DEFAULT_REGION")
    connection = Connection(f"{url}&iam={CACHE}")
    with pytest.raises(ExchangeNotAvailable, match=r"needs the cache's region.*nothing was changed"):
        connection.script(RAISE, ["number"], [1])
    assert not cache.tokens
    connection.close()

    connection = Connection(f"{url}&iam={CACHE}&region={REGION}")
    assert connection.run("PING") == b"PONG"
    connection.close()


def test_without_credentials_it_says_so(role: pytest.MonkeyPatch, cache: Cache, url: str) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        role.delenv(name)
    connection = Connection(f"{url}&iam={CACHE}")

    with pytest.raises(ExchangeNotAvailable, match="needs credentials of AWS"):
        connection.run("PING")
    assert not cache.tokens

    role.setenv("AWS_ACCESS_KEY_ID", KEY)
    role.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    role.setenv("AWS_SESSION_TOKEN", SESSION)
    assert connection.run("PING") == b"PONG", "it recovers by itself"
    connection.close()


def test_every_node_of_a_cluster_gets_it() -> None:
    address = Address.of(f"valkeys+cluster://{USER}@cache.example:6379?iam=serverless/{CACHE}&region={REGION}")
    assert address.cluster
    for each in (address, address.at("10.0.0.2:6379")):
        login: Any = options_of(each)["credential_provider"]
        assert isinstance(login, IamLogin)
        assert USER not in each.url, "redis-py takes a login or a provider of one"
    assert address.at("10.0.0.2:6379").url == "rediss://10.0.0.2:6379"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (f"valkey://{USER}@127.0.0.1?iam={CACHE}", "needs TLS, a user and no password"),
        (f"valkeys://127.0.0.1?iam={CACHE}", "needs TLS, a user and no password"),
        (f"valkeys://{USER}:word@127.0.0.1?iam={CACHE}", "needs TLS, a user and no password"),
        (f"valkeys://{USER}@127.0.0.1?region={REGION}", "a region is for a login by IAM"),
    ],
)
def test_settings_refuse_half_of_it(given: str, reason: str) -> None:
    with pytest.raises(BadSettings, match=reason):
        Settings(valkey_url=given)


def test_settings_take_it() -> None:
    given = f"valkeys+cluster://{USER}@cache.example:6379?iam=serverless/{CACHE}"
    assert Settings(valkey_url=given).function_valkey_url == given.replace("valkeys", "rediss")
