"""Answers as HTTP responses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response

from .request_schemas import ListQuery

T = TypeVar("T")

_encode = msgspec.json.Encoder().encode


def answer(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """One of the types in schemas.py, or a list or an object of them."""
    return Response(_encode(content), status, headers=headers, media_type="application/json")


def part(items: Sequence[T], query: ListQuery, write: Callable[[T], Any], request: Request) -> Response:
    """The part of a list that a query asks for, each item written by `write`."""
    start = 0 if query.cursor is UNSET else query.cursor
    end = len(items) if query.limit is UNSET else start + query.limit
    return page([write(each) for each in items[start:end]], end if end < len(items) else None, request)


def page(content: list[Any], cursor: int | None, request: Request) -> Response:
    """A page of a list. `cursor` asks for the next one, named in `Link` and in `X-Next-Cursor`; None: no more."""
    if cursor is None:
        return answer(content)
    following = request.url.include_query_params(cursor=cursor)
    return answer(content, headers={"Link": f'<{following}>; rel="next"', "X-Next-Cursor": str(cursor)})
