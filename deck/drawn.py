"""The deck's own components: what a script of its own draws in the browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from streamlit.components.v2 import component


def drawn(
    name: str, *, html: str, css: str, js: str, key: str, data: Mapping[str, Any], told: str | None = None
) -> str | None:
    """Draw one: the script gets `data` as a list of just that. By its `key` it is the same after a refresh. `told` is
    what the script tells when something is clicked: gives what it told just now."""
    # anew for each run, which costs nothing: a server that started since knows no component
    draw: Any = component(f"mockexchange_{name}", html=html, css=css, js=js)
    # in a mapping Streamlit would look for data frames, and load pandas for that: 95 MB, and half of a second of the
    # first page
    said: Any = draw(key=key, data=[data], **({} if told is None else {f"on_{told}_change": _nothing}))
    clicked: Any = None if told is None else dict[str, Any](said).get(told)
    return clicked if isinstance(clicked, str) else None


def _nothing() -> None:
    """A trigger is kept only when somebody is told of it."""
