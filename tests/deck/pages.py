"""Pages of the deck, as a browser would open them."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

PATIENCE = 30.0
"""Seconds that one run of a page may take: only a hang meets them."""


def listening_at(address: str | None) -> None:
    """What the supervisor's `--server.address` does."""
    config.set_option("server.address", address)


def started_with(monkeypatch: pytest.MonkeyPatch, url: str, key: str | None) -> None:
    """The environment that the supervisor gives the deck."""
    monkeypatch.setenv("API_URL", url)
    monkeypatch.delenv("MOCKX_API_KEY", raising=False)
    if key is not None:
        monkeypatch.setenv("MOCKX_API_KEY", key)


def app() -> AppTest:
    """The whole deck, as a browser opens it at `/`."""
    deck = find_spec("mockexchange.deck")
    assert deck is not None and deck.origin is not None
    return AppTest.from_file(Path(deck.origin).with_name("app.py"), default_timeout=PATIENCE)


def screen(name: str) -> AppTest:
    """One screen alone."""
    return AppTest.from_string(
        f"from mockexchange.deck.screens import {name}\n{name}.show()\n", default_timeout=PATIENCE
    )


def components_of(page: AppTest, name: str) -> list[dict[str, Any]]:
    """What the browser would get for each of the deck's own components of this name."""
    found = [cast("Any", each).proto for each in page.get("bidi_component")]
    return [json.loads(each.json)[0] for each in found if each.component_name == f"mockexchange_{name}"]


def tables_of(page: AppTest) -> list[dict[str, list[str]]]:
    """The tables of a page, column by column, as they are shown."""
    return [{each["title"]: each["cells"] for each in table["columns"]} for table in components_of(page, "table")]


def figures_of(page: AppTest) -> dict[str, str]:
    """The figures of a page, by their labels."""
    return {each["label"]: each["value"] for all_of in components_of(page, "figures") for each in all_of["figures"]}


def notes_of(page: AppTest) -> dict[str, str]:
    """What is said of each figure."""
    return {each["label"]: each["note"] for all_of in components_of(page, "figures") for each in all_of["figures"]}


def text_of(page: AppTest) -> str:
    """Everything that a page says."""
    kinds = ("title", "subheader", "markdown", "caption", "text", "error", "warning", "info", "success", "metric")
    found = [str(cast("Any", each).value) for kind in kinds for each in page.get(kind)]
    return "\n".join([*found, *(each.label for each in page.metric)])
