"""Commands of a screen: what was done is told where it was asked for, by the run after it; what was refused stands
there too, and what was typed stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from mockexchange.clients.http import ExchangeClient

from .reach import carried_out

_DONE = "doing.done"
_CLEARED = "doing.cleared"


def do(name: str, command: Callable[[ExchangeClient], object], done: str, *, clears: Sequence[str] = ()) -> None:
    """Carry a command out. The page is drawn anew then, and `told(name)` tells what was `done`; the fields that it
    `clears` are empty, so that nobody sends it twice by a slip."""
    if carried_out(command) is not None:
        st.session_state[_DONE] = (name, done)
        st.session_state[_CLEARED] = tuple(clears)
        st.rerun()


def told(name: str) -> None:
    """Say what was done there just now. It stands before the fields of that place, which it may empty."""
    place = st.empty()  # always there, so that what stands below it is not drawn anew
    if st.session_state.get(_DONE, ("", ""))[0] != name:
        return
    for key in st.session_state.pop(_CLEARED, ()):
        st.session_state[key] = ""
    place.success(st.session_state.pop(_DONE)[1], icon=":material/check:")
