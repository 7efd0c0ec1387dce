"""From one screen to another one."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st


def go_to(path: str, **asked: str) -> NoReturn:
    """Show the screen at this address, asked for something. It is the same session, which has the key: a link that the
    browser follows itself would begin another one."""
    # Streamlit tells pages apart by their addresses alone
    st.switch_page(st.Page(_nothing, url_path=path), query_params=asked)


def _nothing() -> None:
    """The screen itself is known where all of them are."""
