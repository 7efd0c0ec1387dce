"""The installation that the Dockerfile makes, once per worker process."""

from __future__ import annotations

import pytest

from .image import Installed, install


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return install(tmp_path_factory.mktemp("image"))
