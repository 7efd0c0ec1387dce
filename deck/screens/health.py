"""The screen Health: whether prices come, orders are matched and the store keeps up, and what of it is simulated."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import streamlit as st

from mockexchange.clients.answers import Readiness, SymbolHealth
from mockexchange.clients.errors import ClientError, NotAuthorized, NotAvailable
from mockexchange.clients.event_answers import Check, Diagnosis
from mockexchange.clients.http import ExchangeClient

from ..amounts import NOTHING, age
from ..live import live
from ..reach import exchange, reached
from ..tables import table

KEPT_LOOKS = 200
"""Round trips of this browser session that the percentiles are taken of."""

SIGNS = {"ok": ":material/check_circle:", "warning": ":material/warning:", "error": ":material/error:"}

_LOOKS = "health.looks"


@dataclass(frozen=True, slots=True)
class Look:
    """One round trip to the exchange: how long it took, and whether there was an answer."""

    milliseconds: float
    answered: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """What the exchange said of itself. `ready` is why it is not ready where it is not; `diagnosis` is None for a key
    that is no admin's."""

    ready: Readiness | str
    diagnosis: Diagnosis | None


def show() -> None:
    """Draw it."""
    st.title("Health")
    _overview()


@live()
def _overview() -> None:
    seen = reached(_look)
    checks = {check.name: check for check in seen.diagnosis.checks} if seen.diagnosis else {}
    _figures(checks)
    _simulated(seen.ready, checks)
    _symbols(seen.ready, checks)
    if seen.diagnosis is None:
        st.info("The store, the matcher and the versions are shown to admin keys only.")
        return
    _checks(seen.diagnosis.checks)
    _versions(seen.diagnosis)


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least this share of them does not exceed; None of no values."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def matcher_lag(checks: Mapping[str, Check]) -> int | None:
    """Ticks that the market which is furthest behind has to be matched with yet; None when it is not known."""
    lags = [check.value for name, check in checks.items() if name.startswith("matcher ")]
    return max((lag for lag in lags if isinstance(lag, int)), default=None)


def _look(client: ExchangeClient) -> Seen:
    began = time.perf_counter()
    try:
        ready: Readiness | str = client.readiness()
    except NotAvailable as error:
        ready = error.detail
    except ClientError:
        _looks().append(Look(_since(began), answered=False))
        raise
    # while it is away, what it said last is shown
    _looks().append(Look(_since(began), answered=exchange().away is None))
    try:
        return Seen(ready, client.diagnosis())
    except NotAuthorized as error:
        if error.status != 403:
            raise
        return Seen(ready, None)


def _figures(checks: Mapping[str, Check]) -> None:
    looks = _looks()
    took = [look.milliseconds for look in looks if look.answered]
    store, memory, lag = checks.get("valkey"), checks.get("memory"), matcher_lag(checks)
    failed = sum(not look.answered for look in looks)
    with st.container(horizontal=True):
        st.metric("Matcher", NOTHING if lag is None else f"{lag} ticks behind", border=True)
        st.metric("Valkey answers in", _milliseconds(_thousandth(store)), border=True)
        st.metric("Valkey memory", _megabytes(memory), border=True)
        st.metric("API, half within", _milliseconds(percentile(took, 0.5)), border=True)
        st.metric("API, 95 % within", _milliseconds(percentile(took, 0.95)), border=True)
        st.metric("API, no answer", f"{failed} of {len(looks)}", border=True)
    st.caption("The API's times are those of this page's own questions, the way from the deck and back included.")


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
    st.markdown(f"Faults on purpose: **{faults}**" if faults else "Faults on purpose: none.")


def _symbols(ready: Readiness | str, checks: Mapping[str, Check]) -> None:
    st.subheader("Prices and matching")
    health = {} if isinstance(ready, str) else ready.symbols
    named = {name.partition(" ")[2] for name in checks if name.startswith("price ")}
    symbols = sorted({*health, *named})
    if not symbols:
        st.info("No market has a price yet.")
        return
    table(
        {
            "Symbol": symbols,
            "Age": [age(health[symbol].age_sec if symbol in health else None) for symbol in symbols],
            "State": [_state(health.get(symbol), checks.get(f"price {symbol}")) for symbol in symbols],
            "Price": [_detail(checks.get(f"price {symbol}")) for symbol in symbols],
            "Matcher": [_detail(checks.get(f"matcher {symbol}")) for symbol in symbols],
        },
        key="health.symbols",
        config={"Symbol": st.column_config.TextColumn(pinned=True)},
    )


def _checks(checks: Sequence[Check]) -> None:
    st.subheader("What was looked at")
    for check in checks:
        if check.name.startswith(("price ", "matcher ")) and check.status == "ok":
            continue  # the table above has them
        advice = f"  \n{check.advice}" if check.advice else ""
        st.markdown(f"{SIGNS.get(check.status, '')} **{check.name}**: {check.detail}{advice}")


def _versions(diagnosis: Diagnosis) -> None:
    st.subheader("Versions")
    versions = {**{name: str(version) for name, version in diagnosis.versions.items()}, "streamlit": st.__version__}
    table({"Of": list(versions), "Version": list(versions.values())}, key="health.versions")


def _state(health: SymbolHealth | None, check: Check | None) -> str:
    if health is None:
        return check.status if check else NOTHING
    if health.catching_up is not None:
        return "catching up"
    return "stale" if health.stale else "fresh"


def _detail(check: Check | None) -> str:
    return check.detail if check else NOTHING


def _looks() -> deque[Look]:
    if _LOOKS not in st.session_state:
        st.session_state[_LOOKS] = deque[Look](maxlen=KEPT_LOOKS)
    return cast("deque[Look]", st.session_state[_LOOKS])


def _since(began: float) -> float:
    return (time.perf_counter() - began) * 1000


def _thousandth(check: Check | None) -> float | None:
    """The check of Valkey counts microseconds."""
    return check.value / 1000 if check and isinstance(check.value, int) else None


def _milliseconds(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.2f} ms" if value < 10 else f"{value:.0f} ms"


def _megabytes(check: Check | None) -> str:
    return f"{check.value / (1 << 20):.1f} MB" if check and isinstance(check.value, int) else NOTHING
