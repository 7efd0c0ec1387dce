"""Where the HTTP API listens, and whether it may."""

from __future__ import annotations

import ipaddress
import socket

from pydantic import SecretStr

from .errors import StartupFailed, UnsafeBind

BACKLOG = 2048
"""Connections that may wait while every worker is busy; the system may allow fewer."""

SHORTEST_KEY = 16
"""Characters of an API key that is not to be guessed over a network, at a guess a second (api/limiting.py)."""


def is_loopback(host: str) -> bool:
    """Whether only programs on this machine can connect there. A name other than `localhost` may mean anything."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def refuse_unsafe_bind(host: str, *, authentication: bool) -> None:
    """Raises UnsafeBind when anybody in the network could trade without a key."""
    if not authentication and not is_loopback(host):
        raise UnsafeBind(
            f"MOCKX_HOST was {host!r} and authentication is off (MOCKX_AUTH): anybody who reaches this machine could "
            "trade and read everything. Turn authentication on, or listen on 127.0.0.1."
        )


def refuse_guessable_key(host: str, api_key: SecretStr | None) -> None:
    """Raises UnsafeBind when others can connect and the key that was set is short enough to be found by trying."""
    length = len(api_key.get_secret_value()) if api_key else SHORTEST_KEY
    if length < SHORTEST_KEY and not is_loopback(host):
        raise UnsafeBind(
            f"MOCKX_HOST was {host!r} and MOCKX_API_KEY has {length} characters: in a network it could be guessed. "
            f"Give it {SHORTEST_KEY} or more, or unset it to have one made; or listen on 127.0.0.1."
        )


def local_url(host: str, port: int) -> str:
    """An address at which a program on this machine reaches a server that listens on `host`."""
    # what stands for all addresses of the machine, as a server's address, is none for a client
    host = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # only looked up
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 for any free one. Raises StartupFailed when the address is taken or is not ours."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise StartupFailed(f"MOCKX_HOST was {host!r}, which is no address: {error.strerror}.") from None
    server = socket.socket(family, kind, protocol)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        server.bind(address)
        server.listen(BACKLOG)
    except OSError as error:
        server.close()
        raise StartupFailed(
            f"Cannot listen on {host} port {port}: {error.strerror}. Choose another with --port (MOCKX_PORT) or --host."
        ) from None
    return server
