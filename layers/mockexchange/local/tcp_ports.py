"""Finds TCP ports that are free on this machine."""

from __future__ import annotations

import socket

HIGHEST_CLUSTER_PORT = 55_535
"""A cluster node also listens 10,000 ports above its own, and ports end at 65,535."""


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # as servers do: a port whose last connections linger in TIME_WAIT counts as free
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(*, cluster: bool = False) -> int:
    """A port that was free on 127.0.0.1 a moment ago; with `cluster`, one whose bus port was free too."""
    for _ in range(1000):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if not cluster or (port <= HIGHEST_CLUSTER_PORT and is_free(port + 10_000)):
            return port
    raise OSError("No free TCP port was found on 127.0.0.1 in 1000 attempts.")
