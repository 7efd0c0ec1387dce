"""Answers that are made of the books alone: who has one already is told that it is still right, without any work.

Such an answer carries an `ETag`. Sent back as `If-None-Match`, it gets 304 without a body as long as nothing was
committed, by whichever account: the version of the books is one look into the store. Where others trade too, an answer
may be sent again that is the same as before; never is one kept back that is another.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Send
from starlette.types import Scope as Connection

from .callers import caller_of

HEADER = "If-None-Match"

_ASKED = HEADER.lower().encode()
_TAG = b"etag"


class Unchanged:
    """ASGI app of one route. `version` is that of the books now."""

    def __init__(self, app: ASGIApp, version: Callable[[], str]) -> None:
        self._app = app
        self._version = version

    async def __call__(self, connection: Connection, receive: Receive, send: Send) -> None:
        """One request."""
        # before the answer is made: what is committed meanwhile is in it, and the next question gets it again
        tag = self._tag(connection)
        if any(name == _ASKED and _names(value, tag) for name, value in connection["headers"]):
            await Response(status_code=304, headers={"ETag": tag.decode()})(connection, receive, send)
            return

        async def send_tagged(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                message["headers"] = [*message.get("headers", ()), (_TAG, tag)]
            await send(message)

        await self._app(connection, receive, send_tagged)

    def _tag(self, connection: Connection) -> bytes:
        caller = caller_of(connection)
        account = "" if caller is None else caller.account_id
        path, query = connection["path"].encode(), connection["query_string"]
        made_of = [self._version().encode(), account.encode(), path, query]
        return b'"%s"' % blake2b(b"\n".join(made_of), digest_size=12).hexdigest().encode()


def _names(asked: bytes, tag: bytes) -> bool:
    """Whether an `If-None-Match` names this answer. A proxy may have made a weak tag of it."""
    return any(each.strip().removeprefix(b"W/") == tag for each in asked.split(b","))
