"""What docs/testing-bots.md shows is what happens: its files are written down, and run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import mockexchange

pytest_plugins = ["pytester"]

PAGE = Path(__file__).parents[2] / "docs/testing-bots.md"
PATTERNS = dict(re.findall(r"^## (\d)\. (.*?)(?=^## )", PAGE.read_text(), re.DOTALL | re.MULTILINE))
"""What the numbered sections say."""


def files(pattern: str) -> dict[str, str]:
    """The files of one of them: blocks that begin with a name."""
    return dict(re.findall(r"^```python\n# (\w+\.py)\n(.*?)^```", PATTERNS[pattern], re.DOTALL | re.MULTILINE))


def test_there_are_three_patterns() -> None:
    assert list(PATTERNS) == ["1", "2", "3"]


@pytest.mark.timeout(600)  # seconds: pytest and ccxt in processes of their own
@pytest.mark.parametrize(("pattern", "passed"), [("1", 3), ("2", 1), ("3", 11)])
def test_a_pattern(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, pattern: str, passed: int) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(Path(mockexchange.__file__).parents[1]))
    written = files(pattern)
    assert len(written) == 2
    for name, content in written.items():
        (pytester.path / name).write_text(content)
    result = pytester.runpytest_subprocess(
        "-p", "mockexchange.testing.plugin", "-p", "no:cacheprovider", "-W", "error", "--strict-markers", timeout=500
    )
    result.assert_outcomes(passed=passed)
