"""What an operator asks of the price feed: to let another source begin."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from ..domain.access import Scope
from ..exchange import Exchange
from .answering import answer
from .callers import Callers
from .operations import Endpoints, Operation
from .queries import refuse_query
from .schemas_feed import FeedReset


class FeedEndpoints:
    """The feed that all venues on this market data share."""

    def __init__(self, exchange: Exchange, callers: Callers) -> None:
        self._exchange = exchange
        self._callers = callers

    def add_to(self, endpoints: Endpoints) -> None:
        """Register every path."""
        operation = Operation("resetFeed", "admin", FeedReset, scope=Scope.ADMIN)
        endpoints.add("POST", "/admin/feed/reset", self.reset, operation)

    async def reset(self, request: Request) -> Response:
        """Forget where prices come from.
        Another source may begin then; until it does there are no prices. A feeder that runs begins anew with its own.
        Accounts, orders and tick numbers stay.
        """
        refuse_query(request)
        self._callers.of(request)
        store = self._exchange.store
        before = store.feed_state()
        store.forget_feed()
        return answer(FeedReset(source=None if before is None else before.source))
