"""The screen Health: whether prices come, orders are matched and the store keeps up, and what of it is simulated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import streamlit as st

from mockexchange.clients.answers import Readiness, SymbolHealth
from mockexchange.clients.errors import NotAuthorized, NotAvailable
from mockexchange.clients.event_answers import Check, Diagnosis, RequestFigures, RequestReport
from mockexchange.clients.http import ExchangeClient

from ..amounts import NOTHING, age, moment
from ..live import live
from ..reach import reached
from ..tables import Numbers, table

GRAVITY = ("error", "warning", "ok")
"""States of what is looked at, the gravest first."""

ROUTES = 20
"""That are shown, the most asked first."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the exchange said of itself. `ready` is why it is not ready where it is not; `diagnosis` and `requests`
    are None for a key that is no admin's."""

    ready: Readiness | str
    diagnosis: Diagnosis | None = None
    requests: RequestReport | None = None


def show() -> None:
    """Draw it."""
    st.title("Health")
    _overview()


@live()
def _overview() -> None:
    seen = reached(_look)
    checks = {check.name: check for check in seen.diagnosis.checks} if seen.diagnosis else {}
    _figures(checks, seen.requests)
    _simulated(seen.ready, checks)
    _symbols(seen.ready, checks)
    if seen.diagnosis is None or seen.requests is None:
        st.info("The store, the matcher, the API's figures and the versions are shown to admin keys only.")
        return
    _requests(seen.requests)
    _checks(seen.diagnosis.checks)
    _versions(seen.diagnosis)


def matcher_lag(checks: Mapping[str, Check]) -> int | None:
    """Ticks that the market which is furthest behind has to be matched with yet; None when it is not known."""
    lags = [check.value for name, check in checks.items() if name.startswith("matcher ")]
    return max((lag for lag in lags if isinstance(lag, int)), default=None)


def a_minute(count: int, seconds: int) -> str:
    """So many in so many seconds, by the minute."""
    return f"{count * 60 / seconds:,.1f}"


def _look(client: ExchangeClient) -> Seen:
    try:
        ready: Readiness | str = client.readiness()
    except NotAvailable as error:
        ready = error.detail
    try:
        return Seen(ready, client.diagnosis(), client.request_report())
    except NotAuthorized as error:
        if error.status != 403:
            raise
        return Seen(ready)


def _figures(checks: Mapping[str, Check], requests: RequestReport | None) -> None:
    store, memory, lag = checks.get("valkey"), checks.get("memory"), matcher_lag(checks)
    recent = requests.recent if requests else None
    with st.container(horizontal=True):
        st.metric("Matcher", NOTHING if lag is None else f"{lag} ticks behind", border=True)
        st.metric("Valkey answers in", _milliseconds(_thousandth(store)), border=True)
        st.metric("Valkey memory", _megabytes(memory), border=True)
        st.metric("API, half within", _milliseconds(recent and recent.p50), border=True)
        st.metric("API, 95 % within", _milliseconds(recent and recent.p95), border=True)
        st.metric("API, failed a minute", _rate(requests, recent and recent.server_errors), border=True)
        st.metric("API, refused a minute", _rate(requests, recent and recent.client_errors), border=True)


def _rate(requests: RequestReport | None, count: int | None) -> str:
    return NOTHING if requests is None or count is None else a_minute(count, requests.recent_seconds)


def _requests(report: RequestReport) -> None:
    st.subheader("Requests")
    st.caption(
        f"Of both doors, in the last {report.recent_seconds} seconds and since the start {report.seconds} seconds ago, "
        "as counted by the process of the API that answered. Refused is 4xx, failed 5xx."
    )
    named = [("all", report.recent, report.since_start)]
    named += [(each.route, each.recent, each.since_start) for each in report.routes[:ROUTES]]
    recent = [each for _, each, _ in named]
    table(
        {
            "Route": [route for route, _, _ in named],
            "Requests": Numbers([Decimal(each.count) for each in recent], _count),
            "Refused": Numbers([Decimal(each.client_errors) for each in recent], _count),
            "Failed": Numbers([Decimal(each.server_errors) for each in recent], _count),
            "Half within": Numbers([each.p50 for each in recent], _milliseconds),
            "95 % within": Numbers([each.p95 for each in recent], _milliseconds),
            "Slowest": Numbers([each.max for each in recent], _milliseconds),
            "Since the start": [_in_words(ever) for _, _, ever in named],
        },
        name="Requests of the API, by route",
        key="health.requests",
    )
    if len(report.routes) > ROUTES:
        left_out = len(report.routes) - ROUTES
        st.caption(f"{left_out} routes that were asked less are left out; `GET /admin/requests` has them.")


def _in_words(ever: RequestFigures) -> str:
    most = _milliseconds(ever.p95)
    return f"{ever.count}, 95 % within {most}, {ever.client_errors} refused, {ever.server_errors} failed"


def _simulated(ready: Readiness | str, checks: Mapping[str, Check]) -> None:
    st.subheader("What is simulated")
    st.markdown("Orders, fills, fees and balances: always. No order leaves this exchange, and no money is real.")
    if isinstance(ready, str):
        st.markdown(f"Prices: **not ready**. {ready}")
        chaos = checks.get("chaos")
        faults = chaos.detail if chaos else None
    else:
        prices = "made up, no market's" if ready.synthetic else "as their source gives them"
        st.markdown(f"Prices: from `{ready.feed}`, {prices}.")
        faults = ready.chaos
        if ready.fill_model is not None:
            late = f", {ready.latency_ms} ms after they were sent" if ready.latency_ms else ""
            st.markdown(f"Fills: by the model `{ready.fill_model}`{late}; an account may have one of its own.")
    st.markdown(f"Faults on purpose: **{faults}**" if faults else "Faults on purpose: none.")


def _symbols(ready: Readiness | str, checks: Mapping[str, Check]) -> None:
    st.subheader("Prices and matching")
    health = {} if isinstance(ready, str) else ready.symbols
    named = {name.partition(" ")[2] for name in checks if name.startswith("price ")}
    symbols = sorted({*health, *named})
    if not symbols:
        st.info("No market has a price yet. The feed brings them, and Admin sets one by hand.")
        return
    table(
        {
            "Market": symbols,
            "Age of the price": Numbers([health[each].age_sec if each in health else None for each in symbols], age),
            "State": [_state(health.get(symbol), checks.get(f"price {symbol}")) for symbol in symbols],
            "Matcher": [_detail(checks.get(f"matcher {symbol}")) for symbol in symbols],
        },
        name="Prices and matching, by market",
        key="health.symbols",
    )


def _checks(checks: Sequence[Check]) -> None:
    st.subheader("What was looked at")
    # the table above has what is well with prices and matching
    shown = [each for each in checks if each.status != "ok" or not each.name.startswith(("price ", "matcher "))]
    worst_first = sorted(shown, key=lambda each: GRAVITY.index(each.status) if each.status in GRAVITY else 0)
    table(
        {
            "State": [each.status for each in worst_first],
            "Of": [each.name for each in worst_first],
            "Found": [_found(each) for each in worst_first],
            "What to do": [(each.advice or NOTHING).replace("`", "") for each in worst_first],
        },
        name="What was looked at",
        key="health.checks",
    )


def _found(check: Check) -> str:
    if check.name == "clock of the server" and isinstance(check.value, int):
        return f"{moment(check.value)} UTC"
    return check.detail


def _versions(diagnosis: Diagnosis) -> None:
    st.subheader("Versions")
    versions = {**{name: str(version) for name, version in diagnosis.versions.items()}, "streamlit": st.__version__}
    table({"Of": list(versions), "Version": list(versions.values())}, name="Versions", key="health.versions")


def _state(health: SymbolHealth | None, check: Check | None) -> str:
    if health is None:
        return check.status if check else NOTHING
    if health.catching_up is not None:
        return "catching up"
    return "stale" if health.stale else "fresh"


def _detail(check: Check | None) -> str:
    return check.detail if check else NOTHING


def _thousandth(check: Check | None) -> float | None:
    """The check of Valkey counts microseconds."""
    return check.value / 1000 if check and isinstance(check.value, int) else None


def _milliseconds(value: float | Decimal | None) -> str:
    return NOTHING if value is None else f"{value:.2f} ms" if value < 10 else f"{value:.0f} ms"


def _count(value: Decimal | None) -> str:
    return NOTHING if value is None else f"{value:,}"


def _megabytes(check: Check | None) -> str:
    return f"{check.value / (1 << 20):.1f} MB" if check and isinstance(check.value, int) else NOTHING
