"""Days (UTC) that are chosen and stand in the address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import streamlit as st


def day_input(label: str, name: str, *, key: str, on_change: Callable[[], None] | None = None) -> date | None:
    """A field for a day, None while it is empty. It is `name` in the address."""

    def chosen() -> None:
        day: date | None = st.session_state[key]
        if day is None:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = str(day)
        if on_change is not None:
            on_change()

    if key not in st.session_state:
        st.session_state[key] = day_named(st.query_params.get(name))
    return st.date_input(
        label,
        value=None,
        key=key,
        format="YYYY-MM-DD",
        on_change=chosen,
        min_value=date(1970, 1, 1),
        max_value=date(9998, 12, 31),
    )


def day_named(text: str | None) -> date | None:
    """A day as an address has it, or None."""
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if 1970 <= found.year < 9999 else None


def first_moment(day: date) -> int:
    """In ms."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000


def end_moment(day: date) -> int:
    """In ms: the first one that is not of it."""
    return first_moment(day + timedelta(days=1))
