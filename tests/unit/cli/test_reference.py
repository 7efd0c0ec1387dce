"""docs/cli.md is what the command line says of itself."""

from __future__ import annotations

from pathlib import Path

from mockexchange.cli.exit_codes import ExitCode
from mockexchange.cli.main import app
from mockexchange.cli.reference import reference

from .test_help import commands

PAGE = Path(__file__).parents[3] / "docs/cli.md"


def test_the_page_is_made_from_the_command_line() -> None:
    assert PAGE.read_text() == reference(), "python -m mockexchange.cli.reference > docs/cli.md"


def test_it_has_every_command_and_every_exit_code() -> None:
    page = reference()

    assert [line for line in page.splitlines() if line.startswith("### ")] == sorted_as_listed(page)
    assert {f"### mockx {' '.join(command)}" for command in commands(app)} == set(sorted_as_listed(page))
    for code in ExitCode:
        assert f"| {code.value} | " in page


def sorted_as_listed(page: str) -> list[str]:
    """Each command once."""
    found = [line for line in page.splitlines() if line.startswith("### ")]
    assert len(found) == len(set(found))
    return found
