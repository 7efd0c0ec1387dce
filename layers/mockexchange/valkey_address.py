"""What VALKEY_URL says: where Valkey is, and how it is spoken to.

    valkey://[[user]:password@]host[:port][/0]   plain; redis:// means the same
    valkeys://...                                TLS; rediss:// means the same
    valkey+cluster://, valkeys+cluster://        likewise, where the keys are spread over several nodes, or may be
    unix://[:password@]/path                     a socket of this machine

    ?ssl_ca_certs=FILE    PEM file of the authorities that may have signed the server's certificate; not given: those
                          that the system trusts. TLS has redis-py's other options, too
    ?iam=NAME             log in to ElastiCache with a token instead of a password: the name of the cache (its
                          replication group), or serverless/NAME; the user stands before the host
    &region=NAME          the cache's region; not given: the one that AWS_REGION names

The last two are ours; the rest of an address is redis-py's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

_CLUSTER = "+cluster"
_NAMES = {"redis": "redis", "rediss": "rediss", "valkey": "redis", "valkeys": "rediss", "unix": "unix"}
"""The older names of the schemes, which redis-py knows; the protocol is the same."""

_SCHEMES = _NAMES | {f"{name}{_CLUSTER}": f"{old}{_CLUSTER}" for name, old in _NAMES.items() if name != "unix"}

_TLS = ("ssl_ca_certs", "ssl_ca_path", "ssl_certfile", "ssl_keyfile", "ssl_cert_reqs", "ssl_check_hostname")
_OURS = ("iam", "region")
DEFAULT_PORT = 6379


def normal(given: str) -> str:
    """A VALKEY_URL with the older name of its scheme. Raises ValueError for one that no Valkey has; its text holds
    nothing of what may be secret."""
    scheme, mark, rest = given.partition("://")
    if not (mark and rest and scheme in _SCHEMES):
        raise ValueError(f"it should be an address that begins with {'://, '.join(_SCHEMES)}://")
    address = f"{_SCHEMES[scheme]}://{rest}"
    parts = urlsplit(address)
    try:
        in_range = parts.port is None or parts.port > 0
    except ValueError:
        in_range = False
    if not in_range:
        raise ValueError("its port should be a number from 1 to 65535")
    tls = parts.scheme.startswith("rediss")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    for name, value in options.items():
        if name not in (*_TLS, *_OURS):
            raise ValueError(f"it has no option {name!r}; those that it may have: {', '.join((*_TLS, *_OURS))}")
        if not value:
            raise ValueError(f"its option {name} is empty")
        if name in _TLS and not tls:
            raise ValueError(f"{name} is for TLS, with which an address begins with valkeys:// or valkeys+cluster://")
    if "iam" in options and not (tls and parts.username and parts.password is None):
        raise ValueError("a login by IAM needs TLS, a user and no password, like valkeys://USER@HOST:6379?iam=CACHE")
    if "region" in options and "iam" not in options:
        raise ValueError("a region is for a login by IAM (?iam=CACHE)")
    return address


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
        """The address in a VALKEY_URL. Raises ValueError as `normal` does."""
        parts = urlsplit(normal(given))
        options = parse_qsl(parts.query)
        ours = {name: value for name, value in options if name in _OURS}
        theirs = urlencode([each for each in options if each[0] not in _OURS])
        scheme = parts.scheme.removesuffix(_CLUSTER)
        # a login by token has no password, and redis-py wants no user beside it
        place = parts.netloc.rpartition("@")[2] if "iam" in ours else parts.netloc
        return cls(
            url=urlunsplit(parts._replace(scheme=scheme, netloc=place, query=theirs)),
            shown=unquote(parts.path) if scheme == "unix" else f"{parts.hostname}:{parts.port or DEFAULT_PORT}",
            cluster=parts.scheme != scheme,
            user=unquote(parts.username or ""),
            iam=ours.get("iam"),
            region=ours.get("region"),
        )

    def at(self, node: str) -> Address:
        """The same for another node (`host:port`) of its cluster."""
        parts = urlsplit(self.url)
        login, mark, _ = parts.netloc.rpartition("@")
        return replace(self, url=urlunsplit(parts._replace(netloc=f"{login}{mark}{node}")), shown=node)
