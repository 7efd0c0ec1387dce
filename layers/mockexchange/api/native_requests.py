"""How the API itself does: requests, errors and how long answers take."""

from __future__ import annotations

from decimal import Decimal

from starlette.requests import Request
from starlette.responses import Response

from ..domain.access import Scope
from ..exchange import Exchange
from . import schemas_requests as schemas
from .answering import answer
from .native import maybe
from .operations import Endpoints, Operation
from .queries import refuse_query
from .request_statistics import RequestStatistics, Tally, total


class RequestEndpoints:
    """For admins."""

    def __init__(self, exchange: Exchange, statistics: RequestStatistics) -> None:
        self._statistics = statistics
        self._started_at = exchange.clock.now()

    def add_to(self, endpoints: Endpoints) -> None:
        """Register the path."""
        operation = Operation("getRequests", "admin", schemas.RequestReport, scope=Scope.ADMIN)
        endpoints.add("GET", "/admin/requests", self.report, operation)

    async def report(self, request: Request) -> Response:
        """How many requests there were, how they ended and how long they took.
        Of both doors, as a whole and by route. Counted by the process that answers: with several workers each has its
        own figures, and on AWS Lambda each instance.
        """
        refuse_query(request)
        since_start, recent = self._statistics.since_start, self._statistics.recent()
        seconds, recent_seconds = self._statistics.seconds()
        most_asked = sorted(since_start.items(), key=lambda each: (-each[1].count, each[0]))
        return answer(
            schemas.RequestReport(
                started_at=self._started_at,
                seconds=seconds,
                recent_seconds=recent_seconds,
                since_start=_figures(total(since_start.values())),
                recent=_figures(total(recent.values())),
                routes=[
                    schemas.RouteRequests(route, _figures(tally), _figures(recent.get(route, Tally())))
                    for route, tally in most_asked
                ],
            )
        )


def _figures(tally: Tally) -> schemas.RequestFigures:
    p50, p95, slowest = (
        maybe(None if each is None else Decimal(each).scaleb(-3))
        for each in (tally.within(0.5), tally.within(0.95), tally.slowest if tally.count else None)
    )
    return schemas.RequestFigures(tally.count, tally.client_errors, tally.server_errors, p50, p95, slowest)
