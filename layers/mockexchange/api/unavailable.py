"""What the HTTP API says while there is none: its settings cannot be read yet."""

from __future__ import annotations

import msgspec
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ..domain.errors import ExchangeError
from .binance import PREFIXES
from .binance_errors import from_refusal
from .problems import refusal


class Unavailable:
    """ASGI app that refuses every request for one reason, in the words of the door it came to."""

    def __init__(self, reason: ExchangeError) -> None:
        self._reason = reason

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        assert scope["type"] == "http", "it stands behind API Gateway, which has nothing else"
        await self._answer(scope["path"])(scope, receive, send)

    def _answer(self, path: str) -> Response:
        if not path.startswith(PREFIXES):
            return refusal(self._reason, path)
        error = from_refusal(self._reason)
        return Response(msgspec.json.encode(error.body), error.status, media_type="application/json;charset=UTF-8")
