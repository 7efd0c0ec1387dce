"""The pictures of README: they can be made again, and they are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from .pictures import FOLDER, LARGEST, SCREENS, WIDTH, names, take

COLORS = 100
"""Fewer are no screen: what is blank, or waits, has some tens."""


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_they_are_made_of_a_week_of_trading(tmp_path: Path, valkey_url: str) -> None:
    take(tmp_path, valkey_url)

    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names())
    for path in tmp_path.iterdir():
        assert path.stat().st_size < LARGEST, path.name
        with Image.open(path) as picture:
            assert picture.format == "PNG"
            assert picture.size == (WIDTH, SCREENS[path.name.partition("-")[0]])
            assert len(picture.convert("RGB").getcolors(1 << 24) or ()) > COLORS, path.name
            shade = sum(picture.convert("L").resize((1, 1)).tobytes())
            assert (shade > 128) == path.name.endswith("-light.png"), path.name


def test_those_that_are_shown_are_there_and_small() -> None:
    shown = re.findall(r'="docs/img/([^"]+)"', (FOLDER.parents[1] / "README.md").read_text())

    assert sorted(set(shown)) == sorted(names()) == sorted(path.name for path in FOLDER.iterdir())
    for name in shown:
        assert (FOLDER / name).stat().st_size < LARGEST, name
