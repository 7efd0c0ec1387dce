"""What refreshes by itself: parts of a screen, while the switch "live" is on."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st

P = ParamSpec("P")

SWITCH = "live"
"""The switch in the session's state."""

BEAT = 2.0
"""Seconds between two refreshes, unless a part says otherwise."""


def live(run_every: float = BEAT) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Makes a function that draws into a part of the screen that is drawn anew every `run_every` seconds by itself,
    without the rest of the screen, as long as the switch is on. Widgets in it run that part alone."""

    def decorate(draw: Callable[P, None]) -> Callable[P, None]:
        @wraps(draw)
        def refreshed(*args: P.args, **kwargs: P.kwargs) -> None:
            # made for each run: the switch decides, and turning it runs the whole page
            st.fragment(draw, run_every=run_every if is_live() else None)(*args, **kwargs)

        return refreshed

    return decorate


def switch() -> None:
    """The switch itself."""
    st.session_state.setdefault(SWITCH, True)
    st.toggle("Live", key=SWITCH, help=f"Prices, orders and balances refresh every {BEAT:g} seconds while this is on.")


def is_live() -> bool:
    """Whether the switch is on."""
    return bool(st.session_state.get(SWITCH, True))
