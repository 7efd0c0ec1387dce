"""What the native HTTP API answers about the requests it had, as types."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from .schemas import Answer, MaybeAmount, Milliseconds


class RequestFigures(Answer):
    """How many requests there were, how they ended, and how long they took until the answer began."""

    count: int
    client_errors: Annotated[int, Meta(description="Those of them answered with 4xx.")]
    server_errors: Annotated[int, Meta(description="Those of them answered with 5xx.")]
    p50: Annotated[
        MaybeAmount, Meta(description="Half of them took no longer, in ms; at most 9 % too much. Null: no request.")
    ]
    p95: Annotated[MaybeAmount, Meta(description="The same of 95 %.")]
    max: Annotated[MaybeAmount, Meta(description="The slowest one, in ms.")]


class RouteRequests(Answer):
    """The requests of one route."""

    route: Annotated[
        str,
        Meta(
            description="As it was registered, on either door. `other`: no route was found, as for wrong keys and "
            "paths that there are not.",
            examples=["GET /orders/{order_id}", "POST /api/v3/order"],
        ),
    ]
    since_start: RequestFigures
    recent: RequestFigures


class RequestReport(Answer):
    """The requests that one process had."""

    started_at: Annotated[Milliseconds, Meta(description="When it began to count; ms since the epoch.")]
    seconds: Annotated[int, Meta(description="How long it has counted.")]
    recent_seconds: Annotated[int, Meta(description="How much of that is recent: the last 4 to 5 minutes.")]
    since_start: RequestFigures
    recent: RequestFigures
    routes: Annotated[list[RouteRequests], Meta(description="Those that were asked, the most asked one first.")]
