"""The screen Performance."""

from __future__ import annotations

import streamlit as st


def show() -> None:
    """Draw it."""
    st.title("Performance")
