"""What nobody may miss: prices that are made up or too old, faults on purpose, a time that is being caught up."""

from __future__ import annotations

import streamlit as st

from mockexchange.clients.answers import Readiness
from mockexchange.clients.errors import NotAvailable
from mockexchange.clients.http import ExchangeClient

from .amounts import moment
from .reach import missing_since, reached

NAMED = 3
"""Symbols that a banner names; of more it says how many."""

BEAT = 3.0
"""Seconds between two looks."""


@st.fragment(run_every=BEAT)  # whether or not the switch "live" is on: what nobody may miss does not wait for a click
def banners() -> None:
    """One line for each thing that is not as in a real market."""
    said = reached(_readiness)
    missing = missing_since()
    if missing:
        st.error(missing, icon=":material/cloud_off:")
    if isinstance(said, str):
        st.error(f"**Not ready.** {said}", icon=":material/error:")
        return
    for text in warnings_of(said):
        st.warning(text, icon=":material/warning:")


def warnings_of(ready: Readiness) -> list[str]:
    """What the banners say, the gravest first."""
    found: list[str] = []
    if ready.chaos is not None:
        found.append(f"**Faults on purpose:** {ready.chaos}")
    if ready.synthetic:
        found.append(f"**Made-up prices:** the feed is {ready.feed}. This is no market.")
    if ready.outage is not None:
        since = moment(ready.outage.since)
        found.append(f"**The price source does not answer** since {since} UTC: {ready.outage.reason}")
    catching_up = {name: each.catching_up for name, each in ready.symbols.items() if each.catching_up is not None}
    if catching_up:
        reached_at = moment(min(catching_up.values()))
        found.append(f"**Catching up:** {_named(list(catching_up))} went without prices; {reached_at} UTC is reached.")
    stale = [name for name, each in ready.symbols.items() if each.stale and name not in catching_up]
    if stale:
        found.append(f"**Stale prices:** {_named(stale)}; market orders are refused until there are new ones.")
    return found


def _readiness(client: ExchangeClient) -> Readiness | str:
    """What it says of itself, or why it is not ready: that is no outage, for everything but new prices can be seen."""
    try:
        return client.readiness()
    except NotAvailable as error:
        return error.detail


def _named(symbols: list[str]) -> str:
    if len(symbols) <= NAMED:
        return ", ".join(symbols)
    return f"{', '.join(symbols[:NAMED])} and {len(symbols) - NAMED} more"
