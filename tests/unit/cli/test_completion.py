"""Completion in the shells that people use."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from mockexchange.cli.main import app


@pytest.mark.parametrize(
    ("shell", "said"), [("bash", "complete -o"), ("zsh", "compdef"), ("fish", "complete --command")]
)
def test_each_shell_gets_its_script(shell: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # typer's own switch: the shell is named here, and not looked for among the parents of this process
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")

    result = CliRunner().invoke(app, ["--show-completion", shell], prog_name="mockx")

    assert result.exit_code == 0
    assert said in result.stdout
    assert "_MOCKX_COMPLETE" in result.stdout


def test_a_word_that_was_begun_is_completed() -> None:
    environment = {"_MOCKX_COMPLETE": "complete_bash", "COMP_WORDS": "mockx snap", "COMP_CWORD": "1"}

    result = CliRunner().invoke(app, [], prog_name="mockx", env=environment)

    assert result.stdout.split() == ["snapshot"]
