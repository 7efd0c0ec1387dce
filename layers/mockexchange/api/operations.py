"""Endpoints and what the OpenAPI document says of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from fastapi import APIRouter, Depends
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import request_response

from ..domain.errors import BadRequest
from .schemas import Given

Tag = Literal["markets", "funds", "orders", "trades", "admin", "health"]


@dataclass(frozen=True, slots=True)
class Operation:
    """What an endpoint takes and answers, beyond its parameters.

    `operation_id` is what generated clients call it. `answer` is the type of its answer, `statuses` the successful ones
    with what each means, `refusals` the statuses it refuses with beyond those that any endpoint may answer. `paged`
    lists carry `Link` and `X-Next-Cursor`; `public` ones need no key.
    """

    operation_id: str
    tag: Tag
    answer: Any
    statuses: Mapping[int, str] = field(default_factory=lambda: {200: "Done."})
    body: type[Given] | None = None
    refusals: tuple[int, ...] = ()
    paged: bool = False
    public: bool = False


class DirectRoute(APIRoute):
    """A documented endpoint that gets the bare request. FastAPI's own way through dependencies and exit stacks costs
    three times as much (30 us a request, measured), which the endpoint that places orders would notice."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **described: Any) -> None:
        super().__init__(path, endpoint, **described)
        self.app = request_response(endpoint)


class Endpoints:
    """The endpoints of an app, in the order in which paths are tried."""

    def __init__(self, router: APIRouter) -> None:
        self.operations: dict[str, Operation] = {}
        self._router = router

    def add(
        self,
        method: Literal["GET", "POST", "PUT", "DELETE"],
        path: str,
        endpoint: Callable[..., Any],
        operation: Operation,
        *,
        direct: bool = False,
    ) -> None:
        """One endpoint. Its docstring begins with the summary. A `direct` one gets the bare request, and has no
        parameters."""
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
            dependencies=None if direct else [Depends(refuse_unknown_parameters)],
            route_class_override=DirectRoute if direct else None,
        )
        self.operations[operation.operation_id] = operation


async def refuse_unknown_parameters(request: Request) -> None:
    """A query parameter that means nothing here is refused, so that a misspelled one is not overlooked: `DELETE
    /orders?symbl=...` must not cancel everything. Raises BadRequest."""
    if not request.scope["query_string"]:
        return
    known = [each.alias for each in request.scope["route"].dependant.query_params]
    unknown = sorted(set(request.query_params) - set(known))
    if unknown:
        allowed = f"it takes {', '.join(known)}" if known else "it takes none"
        raise BadRequest(f"unknown query parameter {', '.join(map(repr, unknown))[:200]}; {allowed}")


def refuse_parameters(request: Request) -> None:
    """The same for an endpoint that takes no parameters. Raises BadRequest."""
    if request.scope["query_string"]:
        raise BadRequest("this takes no query parameters; what it needs goes into the JSON body")
