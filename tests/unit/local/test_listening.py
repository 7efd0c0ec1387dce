"""Where the API may listen."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from pydantic import SecretStr

from mockexchange.local.errors import StartupFailed, UnsafeBind
from mockexchange.local.listening import is_loopback, listen, local_url, refuse_guessable_key, refuse_unsafe_bind
from mockexchange.local.serve import serve_api
from mockexchange.local.up import up
from mockexchange.settings import Settings

OPEN_TO_ALL = ["0.0.0.0", "::", "192.168.1.10", "example.org", "127.0.0.1.example.org", ""]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "::1", "localhost"])
def test_loopback_may_go_without_authentication(host: str) -> None:
    assert is_loopback(host)
    refuse_unsafe_bind(host, authentication=False)


@pytest.mark.parametrize("host", OPEN_TO_ALL)
def test_any_other_address_needs_authentication(host: str) -> None:
    refuse_unsafe_bind(host, authentication=True)
    with pytest.raises(UnsafeBind, match=r"MOCKX_HOST was .* and authentication is off") as refused:
        refuse_unsafe_bind(host, authentication=False)
    assert refused.value.exit_code == 2


def test_up_and_serve_refuse_it_before_anything_is_started(tmp_path: Path) -> None:
    unsafe = Settings(mockx_host="0.0.0.0", mockx_auth=False, mockx_data_dir=tmp_path / "data")

    for command in (serve_api, up):
        with pytest.raises(UnsafeBind):
            command(unsafe)
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("host", OPEN_TO_ALL)
def test_a_key_that_could_be_guessed_is_for_this_machine_alone(host: str) -> None:
    short, long = SecretStr("x" * 15), SecretStr("x" * 16)

    refuse_guessable_key("127.0.0.1", short)
    refuse_guessable_key(host, long)
    refuse_guessable_key(host, None)
    with pytest.raises(UnsafeBind, match="MOCKX_API_KEY has 15 characters") as refused:
        refuse_guessable_key(host, short)
    assert short.get_secret_value() not in str(refused.value)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::", "http://[::1]:80"),
        ("::1", "http://[::1]:80"),
        ("box.local", "http://box.local:80"),
    ],
)
def test_there_is_an_address_for_programs_on_this_machine(host: str, url: str) -> None:
    assert local_url(host, 80) == url


def test_a_port_that_is_taken_is_refused_with_what_to_do() -> None:
    with listen("127.0.0.1", 0) as first:
        port: int = first.getsockname()[1]
        with pytest.raises(StartupFailed, match=f"Cannot listen on 127.0.0.1 port {port}: .*--port"):
            listen("127.0.0.1", port)
        with socket.create_connection(("127.0.0.1", port)):
            pass  # and the first still answers


def test_a_host_that_is_none_is_refused() -> None:
    with pytest.raises(StartupFailed, match="MOCKX_HOST was 'no host', which is no address"):
        listen("no host", 0)
