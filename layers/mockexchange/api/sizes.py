"""How long a request's path, query and headers may be; bodies.py says it of bodies."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from .problems import problem

LONGEST_PATH = 8 * 1024
"""Bytes: the tickers of some 800 symbols."""

LONGEST_QUERY = 8 * 1024
"""Bytes. The longest query that means something is below one kilobyte."""

LARGEST_HEADERS = 32 * 1024
"""Bytes of all names and values together. Proxies and browsers send a few kilobytes."""


class SizeCheck:
    """ASGI middleware that refuses what is longer before anybody looks at it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection."""
        refused = _refusal(scope) if scope["type"] == "http" else None
        await (refused or self._app)(scope, receive, send)


def _refusal(scope: Scope) -> ASGIApp | None:
    path = scope["path"]
    for name, length, longest in (
        ("path", len(path), LONGEST_PATH),
        ("query", len(scope["query_string"]), LONGEST_QUERY),
    ):
        if length > longest:
            detail = f"the {name} has {length} bytes; at most {longest} are read"
            return problem(414, "BadRequest", "Address too long", detail, path)
    size = sum(len(name) + len(value) for name, value in scope["headers"])
    if size > LARGEST_HEADERS:
        detail = f"the headers have {size} bytes; at most {LARGEST_HEADERS} are read"
        return problem(431, "BadRequest", "Headers too large", detail, path)
    return None
