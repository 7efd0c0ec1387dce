"""What a key may do, enforced in one place for every endpoint."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as Connection

from ..domain.access import Scope
from ..domain.errors import PermissionDenied
from .callers import caller_of
from .problems import refusal


class ScopeCheck:
    """ASGI app of one route: lets in who has its scope. Where no key is asked for there is no caller to look at, and
    everybody may do everything."""

    def __init__(self, app: ASGIApp, needed: Scope, operation_id: str) -> None:
        self._app = app
        self._needed = needed
        self._operation_id = operation_id

    async def __call__(self, connection: Connection, receive: Receive, send: Send) -> None:
        """One request."""
        caller = caller_of(connection)
        if caller is None or caller.scope.includes(self._needed):
            await self._app(connection, receive, send)
            return
        denied = PermissionDenied(
            f"{self._operation_id} needs a key with the scope {self._needed}; this one has {caller.scope}"
        )
        await refusal(denied, connection["path"])(connection, receive, send)
