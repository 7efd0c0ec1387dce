"""Endpoints and what the OpenAPI document says of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.responses import Response
from starlette.routing import request_response

from ..domain.access import Scope
from .request_schemas import Given, NoParameters
from .scopes import ScopeCheck
from .unchanged import Unchanged

Tag = Literal["markets", "funds", "orders", "trades", "overview", "events", "accounts", "admin", "health"]


@dataclass(frozen=True, slots=True)
class PathParameter:
    """A part of a path that varies. Examples by name; `pattern`: what it looks like, None for anything."""

    description: str
    examples: Mapping[str, str]
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class HeaderParameter:
    """A header that an endpoint reads. `pattern`: what it looks like."""

    name: str
    description: str
    pattern: str
    example: str


@dataclass(frozen=True, slots=True)
class Operation:
    """What an endpoint takes and answers.

    `scope` is what a key needs to call it, `operation_id` what generated clients call it. `answer` is the type of its
    answer, `statuses` the successful ones with what each means, `refusals` the statuses it refuses with beyond those
    that any endpoint may answer. `paged` lists carry `Link` and `X-Next-Cursor`; `public` ones need no key,
    `streamed` ones are streams of server-sent events too, for who accepts them. `of_books`: the answer is made of the
    books alone, so that it carries an `ETag`.
    """

    operation_id: str
    tag: Tag
    answer: Any
    statuses: Mapping[int, str] = field(default_factory=lambda: {200: "Done."})
    path: Mapping[str, PathParameter] = field(default_factory=dict[str, PathParameter])
    query: type[Given] = NoParameters
    headers: tuple[HeaderParameter, ...] = ()
    body: type[Given] | None = None
    body_required: bool = True
    refusals: tuple[int, ...] = ()
    scope: Scope = Scope.READ
    paged: bool = False
    public: bool = False
    streamed: bool = False
    of_books: bool = False


class DirectRoute(APIRoute):
    """A documented route that hands the bare request to its endpoint. FastAPI's own way, through dependencies and exit
    stacks, costs three times as much (30 us a request, measured), and the first parameter declared to it 60 ms of every
    cold start (it imports the first pydantic to look whether the parameter comes from there)."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **described: Any) -> None:
        super().__init__(path, endpoint, **described)
        self.app = request_response(endpoint)


class Endpoints:
    """The endpoints of an app, in the order in which paths are tried."""

    def __init__(self, router: APIRouter, version: Callable[[], str]) -> None:
        """`version` is that of the books."""
        self.operations: dict[str, Operation] = {}
        self._router = router
        self._version = version

    def add(
        self,
        method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"],
        path: str,
        endpoint: Callable[..., Any],
        operation: Operation,
    ) -> None:
        """One endpoint: it takes the request and gives the response. Its docstring begins with the summary."""
        summary, _, description = (endpoint.__doc__ or "").partition("\n")
        self._router.add_api_route(
            path,
            endpoint,
            methods=[method],
            operation_id=operation.operation_id,
            summary=summary.rstrip("."),
            description=" ".join(description.split()),
            tags=[operation.tag],
            response_class=Response,
            route_class_override=DirectRoute,
        )
        self.operations[operation.operation_id] = operation
        route = self._router.routes[-1]
        assert isinstance(route, DirectRoute), "it was just added"
        if operation.of_books:
            route.app = Unchanged(route.app, self._version)
        if not operation.public:
            route.app = ScopeCheck(route.app, operation.scope, operation.operation_id)
