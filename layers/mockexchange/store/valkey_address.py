"""What VALKEY_URL says: where Valkey is, and how it is spoken to.

    valkey://[[user]:password@]host[:port][/0]   plain; redis:// means the same
    valkeys://...                                TLS; rediss:// means the same
    valkey+cluster://, valkeys+cluster://        likewise, where the keys are spread over several nodes, or may be
    unix://[:password@]/path                     a socket of this machine

    ?ssl_ca_certs=FILE    PEM file of the authorities that may have signed the server's certificate; not given: those
                          that the system trusts. redis-py's other options for TLS are passed on, too
    ?iam=NAME             log in to ElastiCache with a token instead of a password: the name of the cache (its
                          replication group), or serverless/NAME; the user stands before the host
    &region=NAME          the cache's region; not given: the one that AWS_REGION names

The last two are ours; the rest of an address is redis-py's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from redis.backoff import NoBackoff
from redis.retry import Retry

_CLUSTER = "+cluster"
_SCHEMES = {"valkey": "redis", "valkeys": "rediss"}
"""Their older names, which redis-py knows."""

_OURS = ("iam", "region")

CONNECT_TIMEOUT = 2.0
"""Seconds to open a socket; a Valkey in the same place answers in under a millisecond."""

SOCKET_TIMEOUT = 5.0
"""Seconds to wait for one answer: above the slowest page read, below every caller's own patience."""


@dataclass(frozen=True, slots=True)
class Address:
    """One Valkey. `url` is what redis-py takes and may hold a password; `shown` does not."""

    url: str
    shown: str
    cluster: bool = False
    user: str = ""
    iam: str | None = None
    region: str | None = None

    @classmethod
    def of(cls, given: str) -> Address:
        """The address in a VALKEY_URL."""
        parts = urlsplit(given)
        scheme = parts.scheme.removesuffix(_CLUSTER)
        options = parse_qsl(parts.query)
        ours = {name: value for name, value in options if name in _OURS}
        theirs = urlencode([each for each in options if each[0] not in _OURS])
        # a login by token has no password, and redis-py wants no user beside it
        place = parts.netloc.rpartition("@")[2] if "iam" in ours else parts.netloc
        return cls(
            url=urlunsplit(parts._replace(scheme=_SCHEMES.get(scheme, scheme), netloc=place, query=theirs)),
            shown=unquote(parts.path) if scheme == "unix" else f"{parts.hostname}:{parts.port or 6379}",
            cluster=parts.scheme.endswith(_CLUSTER),
            user=unquote(parts.username or ""),
            iam=ours.get("iam"),
            region=ours.get("region"),
        )

    def at(self, node: str) -> Address:
        """The same for another node (`host:port`) of its cluster."""
        parts = urlsplit(self.url)
        login, mark, _ = parts.netloc.rpartition("@")
        url = urlunsplit(parts._replace(netloc=f"{login}{mark}{node}"))
        return Address(url, node, self.cluster, self.user, self.iam, self.region)

    def options(self) -> dict[str, Any]:
        """What redis-py opens sockets with, besides the URL: short waits, nothing tried again by itself, and tokens of
        IAM where the URL asks for them."""
        options: dict[str, Any] = {
            "socket_connect_timeout": CONNECT_TIMEOUT,
            "socket_timeout": SOCKET_TIMEOUT,
            "retry": Retry(NoBackoff(), 0),
            "health_check_interval": 0,
            "protocol": 2,
        }
        if self.iam is not None:
            from .valkey_iam import IamLogin  # here: it brings AWS's SDK

            options["credential_provider"] = IamLogin(self.iam, self.user, self.region)
        return options
