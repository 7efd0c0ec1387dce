"""What an operator asks of faults on purpose: to see them, to turn them on and off."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from starlette.requests import Request
from starlette.responses import Response

from ..domain.access import Scope
from ..domain.amounts import ZERO
from ..domain.chaos import RATED, ChaosPlan, Door, Fault, check_plan, in_words
from ..domain.diagnosis import MANUAL_FEEDS
from ..domain.errors import BadRequest
from ..exchange import Exchange
from .answering import answer
from .bodies import BodyReader, given_amount
from .callers import Callers
from .chaos import SEQUENCE
from .chaos_routes import Routed, check_routes
from .chaos_switch import ChaosSwitch
from .native import number
from .operations import Endpoints, Operation
from .queries import refuse_query
from .requests_chaos import ChaosRequest
from .schemas_chaos import Chaos

_BODY = BodyReader(ChaosRequest)

logger = logging.getLogger(__name__)


class ChaosEndpoints:
    """For keys with the scope admin."""

    def __init__(
        self,
        exchange: Exchange,
        switch: ChaosSwitch,
        callers: Callers,
        feed: str,
        routed: Callable[[], Iterable[Routed]],
        *,
        by_api: bool,
    ) -> None:
        """`feed`: the price source; `routed`: what both doors take; `by_api`: a feeder sends its prices to this API."""
        self._exchange = exchange
        self._switch = switch
        self._callers = callers
        self._feed = feed
        self._routed = routed
        self._by_api = by_api

    def add_to(self, endpoints: Endpoints) -> None:
        """Register every path."""
        add, admin = endpoints.add, Scope.ADMIN
        add("GET", "/admin/chaos", self.show, Operation("getChaos", "admin", Chaos, scope=admin))
        operation = Operation("setChaos", "admin", Chaos, body=ChaosRequest, refusals=(413,), scope=admin)
        add("PUT", "/admin/chaos", self.set, operation)
        add("DELETE", "/admin/chaos", self.end, Operation("endChaos", "admin", Chaos, scope=admin))

    async def show(self, request: Request) -> Response:
        """See what goes wrong on purpose."""
        refuse_query(request)
        return answer(chaos_answer(self._switch.plan()))

    async def set(self, request: Request) -> Response:
        """Let things go wrong on purpose.
        From now on in this process, within a second in all others, in the place of what was set before. Nothing happens
        to requests below /admin and /health. Routes that no request has are refused, and faults of the feed where
        others bring the prices.
        """
        refuse_query(request)
        plan = self._plan(await _BODY.read(request))
        self._switch.put(plan)
        logger.warning("CHAOS is set by key %s: %s", self._callers.of(request).key_id, in_words(plan))
        return answer(chaos_answer(plan))

    async def end(self, request: Request) -> Response:
        """Let nothing go wrong on purpose any more."""
        refuse_query(request)
        self._switch.put(None)
        logger.warning("CHAOS is ended by key %s", self._callers.of(request).key_id)
        return answer(chaos_answer(None))

    def _plan(self, given: ChaosRequest) -> ChaosPlan:
        asked = {fault: getattr(given, fault.name.lower()) for fault in RATED}
        rates = {fault: given_amount(rate, fault, positive=False) or ZERO for fault, rate in asked.items()}
        plan = ChaosPlan(
            seed=given.seed,
            until=None if given.for_sec is None else self._exchange.clock.now() + 1000 * given.for_sec,
            doors=tuple(Door(each) for each in dict.fromkeys(given.doors)),
            routes=tuple(dict.fromkeys(given.routes)),
            latency=given.latency_ms,
            jitter=given.jitter_ms,
            retry_after=given.retry_after_sec,
            rates={fault: rate for fault, rate in rates.items() if rate},
            maintenance=given.maintenance,
            frozen=given.frozen,
            stale=1000 * given.stale_sec,
            gap=given_amount(given.gap, Fault.GAP, positive=False) or ZERO,
            first=self._exchange.store.next_id(SEQUENCE),
        )
        check_plan(plan)
        check_routes(plan, self._routed())
        if plan.of_feed and self._feed in MANUAL_FEEDS and not self._by_api:
            raise BadRequest(
                f"frozen, staleSec and gap are for prices that a feeder of ours brings; the feed here is {self._feed}, "
                "whose prices come from outside: let them go wrong there (where our feeder sends them to this API, "
                "set FEED_SINK=api here too)"
            )
        return plan


def chaos_answer(plan: ChaosPlan | None) -> Chaos:
    """A plan as it is answered; None: nothing goes wrong."""
    shown = plan or ChaosPlan()
    return Chaos(
        on=plan is not None,
        summary="off" if plan is None else in_words(plan),
        until=shown.until,
        seed=shown.seed,
        doors=[each.value for each in shown.doors],
        routes=list(shown.routes),
        latency_ms=shown.latency,
        jitter_ms=shown.jitter,
        retry_after_sec=shown.retry_after,
        maintenance=shown.maintenance,
        frozen=shown.frozen,
        stale_sec=shown.stale // 1000,
        gap=number(shown.gap),
        **{fault.name.lower(): number(shown.rates.get(fault, ZERO)) for fault in RATED},
    )
