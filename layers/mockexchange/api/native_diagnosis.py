"""What an operator asks when something may be wrong: `mockx doctor` shows it."""

from __future__ import annotations

import platform
from importlib import metadata

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ..domain.access import Scope
from ..domain.chaos import in_words
from ..domain.diagnosis import Check, Health, StoreReading, store_checks, symbol_checks, worst
from ..domain.errors import ExchangeNotAvailable
from ..exchange import Exchange
from . import schemas_diagnosis as schemas
from .answering import answer
from .chaos_switch import ChaosSwitch
from .operations import Endpoints, Operation
from .queries import refuse_query
from .request_statistics import MINUTES, RequestStatistics, total

PACKAGES = ("mockexchange", "ccxt", "fastapi", "redis")
"""Whose versions explain most of what can go wrong."""


class DiagnosisEndpoints:
    """For admins."""

    def __init__(
        self,
        exchange: Exchange,
        feed: str,
        chaos: ChaosSwitch,
        statistics: RequestStatistics,
        *,
        auth: bool,
        has_owner: bool,
    ) -> None:
        """`feed`: the price source. `auth`: whether a key is asked for. `has_owner`: whether the default account has
        one."""
        self._exchange = exchange
        self._feed = feed
        self._chaos = chaos
        self._statistics = statistics
        self._auth = auth
        self._has_owner = has_owner

    def add_to(self, endpoints: Endpoints) -> None:
        """Register the path."""
        operation = Operation("diagnose", "admin", schemas.Diagnosis, scope=Scope.ADMIN)
        endpoints.add("GET", "/admin/diagnosis", self.diagnose, operation)

    async def diagnose(self, request: Request) -> Response:
        """Look for what is wrong.
        The store, the age of every price, how far the matcher is, clocks, keys, growth; each with what to do about it.
        A store that cannot be reached is one of the things that are found.
        """
        refuse_query(request)
        requests = _requests(self._statistics)  # here: they are counted by this thread, while others may run
        # in a thread: with hundreds of markets it takes a while
        return await run_in_threadpool(self._look, requests)

    def _look(self, requests: Check) -> Response:
        wall = self._exchange.clock.now()
        checks = [Check("clock of the server", Health.OK, f"{wall} ms since the epoch", value=wall), self._keys()]
        checks.append(requests)
        plan = self._chaos.plan()
        if plan is not None:
            checks.append(Check("chaos", Health.WARNING, f"on purpose: {in_words(plan)}", "`mockx chaos off` ends it."))
        reading: StoreReading | None = None
        try:
            reading = self._exchange.store.read_store()
            checks += store_checks(reading, wall)
            checks += self._symbols()
        except ExchangeNotAvailable as error:
            advice = "Start Valkey, or correct VALKEY_URL; the exchange goes on by itself when it is there."
            checks.append(Check("valkey", Health.ERROR, error.detail, advice))
        return answer(
            schemas.Diagnosis(
                status=worst(checks).value, checks=[_answer(each) for each in checks], versions=_versions(reading)
            )
        )

    def _keys(self) -> Check:
        if not self._auth:
            return Check(
                "keys",
                Health.WARNING,
                "no key is asked for: whoever reaches this can do everything",
                "Set MOCKX_AUTH=true.",
            )
        if not self._has_owner:
            return Check("keys", Health.ERROR, "the default account has no key", "Set MOCKX_API_KEY and MOCKX_SECRET.")
        return Check("keys", Health.OK, "the default account has its key, and a key is asked for")

    def _symbols(self) -> list[Check]:
        exchange = self._exchange
        symbols = exchange.symbols()
        exchange.ticks(symbols)  # looks at what others wrote, as any request for a price does
        readings = exchange.store.read_symbols(symbols)
        replay = exchange.store.market_time() is not None
        return symbol_checks(readings, exchange.now(), exchange.rules.engine.stale_after, self._feed, replay=replay)


def _requests(statistics: RequestStatistics) -> Check:
    # not those that ask how it is: to say that it is not ready is no failure, and `mockx up` waits until it is
    asked = (tally for route, tally in statistics.recent().items() if not route.startswith("GET /health/"))
    found = total(asked)
    half, most = found.within(0.5), found.within(0.95)
    if half is None or most is None:
        return Check("requests", Health.OK, "none in the last minutes", value=0)
    detail = (
        f"{found.count} in the last {MINUTES} minutes, half answered within {half / 1000:.1f} ms and 95 % within "
        f"{most / 1000:.1f} ms; {found.client_errors} refused (4xx), {found.server_errors} failed (5xx)"
    )
    if not found.server_errors:
        return Check("requests", Health.OK, detail, value=0)
    advice = "`GET /admin/requests` says which, the log what nobody foresaw."
    return Check("requests", Health.WARNING, detail, advice, found.server_errors)


def _answer(check: Check) -> schemas.Check:
    return schemas.Check(
        name=check.name, status=check.health.value, detail=check.detail, advice=check.advice, value=check.value
    )


def _versions(reading: StoreReading | None) -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    if reading is not None:
        found[reading.product.lower()] = reading.version
    return found
