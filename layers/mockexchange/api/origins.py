"""Web pages that call the API from a browser: none may, unless they are named."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from ..domain.errors import PermissionDenied
from .problems import refusal

READABLE_HEADERS = (
    "ETag", "Link", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Correlation-Id", "X-Next-Cursor",
    "X-MockExchange-Chaos", "X-MockExchange-Chaos-Plan",
)  # fmt: skip
"""What a page may read of an answer, beside its body."""

SENDABLE_HEADERS = ("content-type", "if-none-match", "last-event-id", "x-api-key", "x-correlation-id", "x-request-id")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class OriginCheck:
    """ASGI middleware for an exchange that asks for no key. There any page that somebody on this machine looks at could
    trade: browsers send a plain POST anywhere. So a page has to be named, or to be this machine's own."""

    def __init__(self, app: ASGIApp, named: Collection[str]) -> None:
        self._app = app
        self._named = frozenset(named)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection."""
        if scope["type"] == "http":
            for name, value in scope["headers"]:
                if name == b"origin" and not may_call(value.decode("latin-1"), self._named):
                    denied = PermissionDenied(
                        "a web page may call this exchange only when CORS_ORIGINS names it, because it asks for no key"
                    )
                    await refusal(denied, scope["path"])(scope, receive, send)
                    return
        await self._app(scope, receive, send)


def may_call(origin: str, named: Collection[str]) -> bool:
    """Whether a page of this origin may call an exchange that asks for no key."""
    return origin in named or _is_of_this_machine(origin)


def _is_of_this_machine(origin: str) -> bool:
    try:
        host = urlsplit(origin).hostname or ""
    except ValueError:
        return False
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
