"""Valkey behind TLS: a proxy that speaks it in front of the embedded server, which does not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mockexchange.domain.errors import ExchangeNotAvailable
from mockexchange.local.errors import ServerUnreachable
from mockexchange.local.valkey_probe import ValkeyProbe
from mockexchange.settings import Settings
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection, Script
from tests.integration.api.door import Door
from tests.integration.functions.sandbox import invoke
from tests.integration.functions.test_orders_function import EVENTS, KEY
from tests.tls import Authority, Proxy

RAISE = Script("raise")

Place = Callable[..., str]
"""Gives the address of the server behind a proxy that shows a certificate for these names, with these options."""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def proxy(authority: Authority, valkey_url: str) -> Iterator[Proxy]:
    port = urlsplit(valkey_url).port
    assert port
    with Proxy(authority.context("127.0.0.1", "localhost"), port) as proxy:
        yield proxy


@pytest.fixture
def place(authority: Authority, valkey_url: str) -> Iterator[Place]:
    parts = urlsplit(valkey_url)
    assert parts.port
    with ExitStack() as proxies:

        def place(*names: str, host: str = "127.0.0.1", options: str = "", expired: bool = False) -> str:
            context = authority.context(*names, expired=expired) if names else None
            proxy = proxies.enter_context(Proxy(context, parts.port or 0))
            return f"valkeys://:{parts.password}@{host}:{proxy.port}/0?{options}"

        yield place


def trusted(authority: Authority) -> str:
    return f"ssl_ca_certs={authority.file}"


def test_commands_pipelines_and_scripts(place: Place, authority: Authority) -> None:
    for host in ("127.0.0.1", "localhost"):
        connection = Connection(place("127.0.0.1", "localhost", host=host, options=trusted(authority)))
        assert connection.run("PING") == b"PONG"
        assert connection.pipe([("SET", "a", "1"), ("GET", "a")]) == [b"OK", b"1"]
        assert connection.script(RAISE, ["number"], [7]) in (0, 1)
        assert len(connection.pipe([("ECHO", "x" * 100_000)] * 20)) == 20
        connection.close()


def test_a_socket_that_was_cut_is_replaced(proxy: Proxy, authority: Authority, valkey_url: str) -> None:
    connection = Connection(f"rediss://:{urlsplit(valkey_url).password}@127.0.0.1:{proxy.port}/0?{trusted(authority)}")
    connection.run("PING")
    proxy.cut()
    assert connection.run("ECHO", "again") == b"again"
    connection.close()


def test_the_function_trades_over_it(place: Place, authority: Authority, tmp_path: Path) -> None:
    url = place("localhost", host="localhost", options=trusted(authority))

    outcome = invoke("orders", EVENTS, tmp_path, VALKEY_URL=url, MOCKX_API_KEY=KEY, FEED="manual")

    assert [answer["statusCode"] for answer in outcome.answers] == [200, 200, 201, 401, 400, 200, 200, 200]
    assert json.loads(outcome.answers[7]["body"])["clean"] is True


@pytest.mark.parametrize(
    ("names", "host", "options", "complaint"),
    [
        (
            ["localhost"],
            "localhost",
            "",
            "its certificate is not accepted: unable to get local issuer certificate. Name",
        ),
        (["localhost"], "127.0.0.1", "CA", "IP address mismatch, certificate is not valid for '127.0.0.1'. It must be"),
        (
            ["else.example"],
            "localhost",
            "CA",
            "Hostname mismatch, certificate is not valid for 'localhost'. It must be",
        ),
        (["localhost", "EXPIRED"], "localhost", "CA", "certificate has expired. Renew it, and look at this machine's"),
        ([], "localhost", "CA", "it does not speak TLS as we do"),
        (["localhost"], "localhost", "ssl_ca_certs=/no/such/file", "No such file or directory.; look at the files"),
    ],
)
def test_what_is_wrong_with_a_certificate_is_said(
    names: list[str], host: str, options: str, complaint: str, place: Place, authority: Authority
) -> None:
    given = trusted(authority) if options == "CA" else options
    url = place(*(name for name in names if name != "EXPIRED"), host=host, options=given, expired="EXPIRED" in names)
    password = urlsplit(url).password
    assert password

    if names:
        with pytest.raises(ExchangeNotAvailable) as refusal:
            Connection(url).run("PING")
        assert complaint in refusal.value.detail
        assert f"Valkey at {host}:" in refusal.value.detail
        assert refusal.value.detail.endswith("; nothing was changed")
        with pytest.raises(ExchangeNotAvailable, match="nothing was changed$"):
            Connection(url).script(RAISE, ["number"], [7])
        with pytest.raises(ServerUnreachable) as unreachable, ValkeyProbe(url) as probe:
            probe.wait(lambda _seconds: False, lambda _text: None, patience=0)
        assert complaint in str(unreachable.value)
        assert password not in f"{refusal.value} {unreachable.value}"
    else:
        plain = url.replace("valkeys", "rediss")
        with pytest.raises(ExchangeNotAvailable) as refusal:
            Connection(plain).run("PING")
        assert complaint in refusal.value.detail or "does not answer" in refusal.value.detail
        assert password not in str(refusal.value)


def test_checks_may_be_left_out_by_name(place: Place) -> None:
    """It is the operator's word against anybody in between."""
    connection = Connection(place("else.example", host="localhost", options="ssl_cert_reqs=none"))
    assert connection.run("PING") == b"PONG"
    connection.close()


def test_the_http_api_says_so_too(place: Place) -> None:
    url = place("localhost", host="localhost")
    connection = Connection(url)
    door = Door(ValkeyStore(connection))
    with door.loop:
        reply = door.send("GET", "/health/ready", key=None)

    assert (reply.status, reply.problem["code"]) == (503, "ExchangeNotAvailable")
    assert "its certificate is not accepted" in reply.problem["detail"]
    password = urlsplit(url).password
    assert password
    assert password not in reply.text
    connection.close()


def test_plain_words_to_a_server_that_wants_tls(place: Place, authority: Authority) -> None:
    url = place("localhost", options=trusted(authority)).partition("?")[0].replace("valkeys", "valkey")

    with pytest.raises(ExchangeNotAvailable, match="does not answer"):
        Connection(url).run("PING")


def test_a_socket_that_slept_too_long_is_not_trusted(proxy: Proxy, authority: Authority, valkey_url: str) -> None:
    """A sandbox that was frozen may have lost it without being told; a commit must not find out."""
    time = [0]
    url = f"rediss://:{urlsplit(valkey_url).password}@127.0.0.1:{proxy.port}/0?{trusted(authority)}"
    connection = Connection(url, lambda: time[0])
    connection.run("PING")
    proxy.lose()
    time[0] += 60_001

    assert connection.script(RAISE, ["number"], [7]) == 1
    assert connection.run("GET", "number") == b"7"
    connection.close()


def test_settings_take_these_addresses() -> None:
    given = "valkeys+cluster://:word@cache.example:6379?ssl_ca_certs=/etc/authority.pem"

    assert Settings(valkey_url=given).function_valkey_url == given.replace("valkeys", "rediss")
