"""A terminal for each test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .terminal import Terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    ours = ("MOCKX_", "API_URL", "VALKEY_URL", "REDIS_URL", "FEED", "SYMBOLS", "VENUE", "INTERVAL_SEC", "EXCHANGE")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return Terminal(tmp_path, environment)
