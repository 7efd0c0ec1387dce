"""Tables, column by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig


def table(
    columns: Mapping[str, Sequence[object]], *, key: str, config: Mapping[str, ColumnConfig] | None = None
) -> None:
    """Draws columns under their names. By its `key` a table is the same after a refresh: its sorting and scrolling
    stay. `config` says how a column looks, by its name."""
    # its signature names types of libraries that are not installed
    cast("Any", st).dataframe(dict(columns), key=key, hide_index=True, column_config=config)
