"""The outermost layer of the app: names each request, and lets nothing out but answers."""

from __future__ import annotations

import logging

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..observability import accepted_correlation_id, correlation_id, new_correlation_id
from .problems import internal

HEADER = b"x-correlation-id"

SAFE = ((b"x-content-type-options", b"nosniff"), (b"content-security-policy", b"frame-ancestors 'none'"))
"""On every answer: JSON is not to be taken for a page, nor the documentation to be put into somebody else's."""

NO_STORE = (b"cache-control", b"no-store")
"""On every answer that says nothing else about it: balances do not belong into caches, prices are old in a second."""

logger = logging.getLogger(__name__)


class Boundary:
    """ASGI middleware. A request keeps the correlation id it came with (`x-correlation-id`, else `x-request-id`), else
    that of the invocation it arrived in, else it gets one; the answer carries it. What nobody foresaw is logged with
    its traceback and answered with a problem that tells nothing but that id."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        name = _given_id(scope) or correlation_id.get() or new_correlation_id()
        header = (HEADER, name.encode())
        started = False

        async def send_named(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = [*message.get("headers", ()), header, *SAFE]
                if not any(name == b"cache-control" for name, _ in headers):
                    headers.append(NO_STORE)
                message["headers"] = headers
            await send(message)

        token = correlation_id.set(name)
        try:
            await self._app(scope, receive, send_named)
        except ClientDisconnect:
            logger.info("%s %s: the client went away", scope["method"], scope["path"])
        except Exception:
            logger.exception("%s %s failed", scope["method"], scope["path"])
            if started:
                raise  # half an answer is out; all that is left is to break the connection
            await internal(name, scope["path"])(scope, receive, send_named)
        finally:
            correlation_id.reset(token)


def _given_id(scope: Scope) -> str | None:
    fallback = None
    for name, value in scope["headers"]:
        if name == HEADER:
            return accepted_correlation_id(value.decode("latin-1"))
        if name == b"x-request-id":
            fallback = accepted_correlation_id(value.decode("latin-1"))
    return fallback
