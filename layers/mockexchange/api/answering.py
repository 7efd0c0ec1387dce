"""Answers as HTTP responses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

_encode = msgspec.json.Encoder().encode


def answer(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """One of the types in schemas.py, or a list or an object of them."""
    return Response(_encode(content), status, headers=headers, media_type="application/json")


def page(content: list[Any], cursor: int | None, request: Request) -> Response:
    """A page of a list. `cursor` asks for the next one, named in `Link` and in `X-Next-Cursor`; None: no more."""
    if cursor is None:
        return answer(content)
    following = request.url.include_query_params(cursor=cursor)
    return answer(content, headers={"Link": f'<{following}>; rel="next"', "X-Next-Cursor": str(cursor)})
