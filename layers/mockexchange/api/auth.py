"""Who may come in: one API key, the default account's, in the header `x-api-key`."""

from __future__ import annotations

import hmac

from starlette.types import ASGIApp, Receive, Scope, Send

from ..domain.access import Caller
from ..domain.errors import AuthenticationError, ExchangeError, ExchangeNotAvailable
from .callers import set_caller
from .problems import refusal

HEADER = b"x-api-key"

NO_KEY = "this exchange has no API key, so nobody can trade: set MOCKX_API_KEY, or MOCKX_AUTH=false to let everybody in"

PUBLIC_PATHS = frozenset({"/", "/docs", "/openapi.json", "/health/live", "/health/ready"})
"""Paths that say nothing about an account."""


class KeyCheck:
    """ASGI middleware that lets requests with the right key through, and any to a public path. When there is no right
    key it says so: nobody is let in by mistake."""

    def __init__(self, app: ASGIApp, api_key: str | None, owner: Caller) -> None:
        """`owner`: whose key it is."""
        self._app = app
        self._owner = owner
        self._key = (api_key or "").encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection."""
        if scope["type"] != "http" or scope["path"] in PUBLIC_PATHS:
            await self._app(scope, receive, send)
            return
        if self._is_right(scope):
            set_caller(scope, self._owner)
            await self._app(scope, receive, send)
            return
        await refusal(self._refusal(scope), scope["path"])(scope, receive, send)

    def _refusal(self, scope: Scope) -> ExchangeError:
        if not self._key:
            return ExchangeNotAvailable(NO_KEY)
        if any(name == HEADER for name, _ in scope["headers"]):
            return AuthenticationError(
                "this API key is not known here; it may be of another exchange or data directory"
            )
        return AuthenticationError(
            "no API key: send it in the header x-api-key. `mockx up` writes it to <data-dir>/credentials.json"
        )

    def _is_right(self, scope: Scope) -> bool:
        for name, value in scope["headers"]:
            if name == HEADER:
                # in constant time: how long a wrong key takes must not tell how much of it is right
                return bool(self._key) and hmac.compare_digest(value, self._key)
        return False
