"""Whether the process is up, and whether the exchange can trade."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import PurePath

from starlette.requests import Request
from starlette.responses import Response

from ..domain.errors import ExchangeNotAvailable
from ..domain.quotes import Tick
from ..exchange import Exchange
from .answering import answer
from .auth import NO_KEY
from .native import maybe
from .operations import Endpoints, Operation
from .queries import refuse_query
from .schemas import Liveness, Readiness, SymbolHealth

SET_FROM_OUTSIDE = frozenset({"manual", "external"})
"""Feeds that we write no prices for: with them the exchange is ready before the first one."""


class HealthEndpoints:
    """For those who start, watch and balance."""

    def __init__(self, exchange: Exchange, feed: str, *, locked: bool) -> None:
        """`feed`: the price source. `locked`: nobody can be let in, because there is no API key."""
        self._exchange = exchange
        self._feed = feed
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
        it does not wait for a price.
        """
        refuse_query(request)
        if self._locked:
            raise ExchangeNotAvailable(NO_KEY)
        self._exchange.store.ping()
        symbols = self._exchange.symbols()
        ticks = self._exchange.ticks(symbols)
        health = self._health(symbols, ticks)
        if self._feed not in SET_FROM_OUTSIDE and all(each.stale for each in health.values()):
            raise ExchangeNotAvailable(
                f"no fresh price yet for {', '.join(symbols) or 'any market'} from the feed {self._feed_name()}; "
                "it is still starting, or its process does not run"
            )
        made_up = any(tick.source.startswith("synthetic") for tick in ticks.values())
        return answer(
            Readiness(
                status="ready",
                feed=self._feed_name(),
                synthetic=made_up or self._feed.startswith("synthetic"),
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
                age_sec=maybe(age), stale=tick is None or tick.quote.is_stale(now, stale_after)
            )
        return health

    def _feed_name(self) -> str:
        """The feed without the folder of a recording: this needs no key, and nobody needs to know our folders."""
        kind, _, rest = self._feed.partition(":")
        return f"{kind}:{PurePath(rest).name}" if kind == "replay" else self._feed
