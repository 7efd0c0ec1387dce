"""Who may come in: one API key, the default account's, in the header `x-api-key`."""

from __future__ import annotations

import hmac

from starlette.types import ASGIApp, Receive, Scope, Send

from ..domain.errors import AuthenticationError
from .problems import refusal

HEADER = b"x-api-key"

PUBLIC_PATHS = frozenset({"/", "/docs", "/openapi.json", "/health/live", "/health/ready"})
"""Paths that say nothing about an account."""


class KeyCheck:
    """ASGI middleware that lets requests with the right key through, and any to a public path."""

    def __init__(self, app: ASGIApp, api_key: str) -> None:
        self._app = app
        self._key = api_key.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection."""
        if scope["type"] != "http" or self._is_right(scope) or scope["path"] in PUBLIC_PATHS:
            await self._app(scope, receive, send)
            return
        given = any(name == HEADER for name, _ in scope["headers"])
        detail = (
            "this API key is not known here; it may belong to another exchange or an earlier data directory"
            if given
            else "no API key: send it in the header x-api-key. `mockx up` writes it to credentials.json in its data directory"
        )
        await refusal(AuthenticationError(detail), scope["path"])(scope, receive, send)

    def _is_right(self, scope: Scope) -> bool:
        for name, value in scope["headers"]:
            if name == HEADER:
                # in constant time: how long a wrong key takes must not tell how much of it is right
                return hmac.compare_digest(value, self._key)
        return False
