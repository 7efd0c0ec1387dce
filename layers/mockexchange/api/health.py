"""Whether the process is up, and whether the exchange can trade."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import PurePath

from starlette.requests import Request
from starlette.responses import Response

from ..domain.chaos import in_words
from ..domain.diagnosis import MANUAL_FEEDS
from ..domain.errors import ExchangeNotAvailable
from ..domain.quotes import Tick
from ..exchange import Exchange
from .answering import answer
from .auth import NO_KEY
from .chaos_switch import ChaosSwitch
from .native import maybe, moment
from .operations import Endpoints, Operation
from .queries import refuse_query
from .schemas import FeedOutage, Liveness, Readiness, SymbolHealth


class HealthEndpoints:
    """For those who start, watch and balance."""

    def __init__(self, exchange: Exchange, feed: str, chaos: ChaosSwitch, *, locked: bool) -> None:
        """`feed`: the price source. `locked`: nobody can be let in, because there is no API key."""
        self._exchange = exchange
        self._feed = feed
        self._chaos = chaos
        self._locked = locked

    def add_to(self, endpoints: Endpoints) -> None:
        """Register every path."""
        add = endpoints.add
        add("GET", "/health/live", self.live, Operation("isLive", "health", Liveness, public=True))
        add("GET", "/health/ready", self.ready, Operation("isReady", "health", Readiness, public=True))

    async def live(self, request: Request) -> Response:
        """Whether the process is up."""
        refuse_query(request)
        return answer(Liveness(status="ok"))

    async def ready(self, request: Request) -> Response:
        """Whether the exchange can trade.
        It can when its store answers and at least one market has a fresh price. With the feeds `manual` and `external`
        it does not wait for a price. Faults on purpose change nothing of that; `chaos` names them.
        """
        refuse_query(request)
        if self._locked:
            raise ExchangeNotAvailable(NO_KEY)
        self._exchange.store.ping()
        symbols = self._exchange.symbols()
        ticks = self._exchange.ticks(symbols)
        health = self._health(symbols, ticks)
        feed, outage = self._feed_name(), self._exchange.store.outage()
        plan = self._chaos.plan()
        if self._feed not in MANUAL_FEEDS and all(each.stale for each in health.values()):
            reason = "it is still starting, or its process does not run"
            if outage is not None:
                reason = f"none since {moment(outage.since)}: {outage.reason}"
            elif reached := [each.catching_up for each in health.values() if each.catching_up is not None]:
                reason = f"what was missed comes first, and {moment(min(reached))} is reached"
            if plan is not None and plan.of_feed:
                reason = f"on purpose: {in_words(plan)}"
            markets = ", ".join(symbols or self._exchange.rules.symbols)
            raise ExchangeNotAvailable(f"no fresh price yet for {markets} from the feed {feed}; {reason}")
        made_up = any(tick.is_made_up for tick in ticks.values())
        return answer(
            Readiness(
                status="ready",
                feed=feed,
                synthetic=made_up or feed.startswith("synthetic"),
                fill_model=self._exchange.rules.engine.model.name,
                latency_ms=self._exchange.rules.engine.latency,
                outage=None if outage is None else FeedOutage(outage.since, outage.reason),
                chaos=None if plan is None else in_words(plan),
                symbols=health,
            )
        )

    def _health(self, symbols: list[str], ticks: Mapping[str, Tick]) -> dict[str, SymbolHealth]:
        now, stale_after = self._exchange.now(), self._exchange.rules.engine.stale_after
        health: dict[str, SymbolHealth] = {}
        for symbol in symbols:
            tick = ticks.get(symbol)
            age = None if tick is None else Decimal(max(0, now - tick.quote.timestamp)).scaleb(-3)
            health[symbol] = SymbolHealth(
                age_sec=maybe(age),
                stale=tick is None or tick.is_stale(now, stale_after),
                catching_up=tick.began_at if tick and tick.is_catching_up(now, stale_after) else None,
            )
        return health

    def _feed_name(self) -> str:
        """The feed without the folder of a recording: this needs no key, and nobody needs to know our folders. Of
        `auto` what it chose, as soon as it did."""
        kind, _, rest = self._feed.partition(":")
        if kind == "auto":
            chosen = self._exchange.store.feed_state()
            return self._feed if chosen is None else chosen.source
        return f"{kind}:{PurePath(rest).name}" if kind == "replay" else self._feed
