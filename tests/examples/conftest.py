"""An exchange, and a folder where it seems to run: `data/credentials.json` is there, as `mockx up` writes it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from mockexchange.store.memory import MemoryStore

from ..conformance.served import KEY, SECRET, Served, serve


@pytest.fixture
def served() -> Iterator[Served]:
    with serve(MemoryStore()) as running:
        yield running


@pytest.fixture
def folder(served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the user is; nothing is said in the environment."""
    for name in ("API_URL", "MOCKX_API_KEY", "MOCKX_SECRET", "MOCKX_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "data").mkdir()
    record = {"url": served.url, "apiKey": KEY, "secret": SECRET, "valkeyUrl": "redis://127.0.0.1:1"}
    (tmp_path / "data" / "credentials.json").write_text(json.dumps(record, indent=2) + "\n")
    return tmp_path


def absent(what: str, advice: str) -> None:
    """Skips a test whose tool is not here. Where continuous integration runs it fails: there everything is."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is absent; .ci/run installs it: {advice}")
    pytest.skip(f"{what} is absent: {advice}")
