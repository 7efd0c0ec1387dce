"""Help that shows how, and a start that is quick."""

from __future__ import annotations

import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from mockexchange.cli.main import app

NOT_FOR_A_TICKER = {"ccxt", "fastapi", "mangum", "pandas", "redis", "starlette", "uvicorn", "aws_lambda_powertools"}
"""What the exchange is made of, and no question needs."""


def commands(of: typer.Typer, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every command's words."""
    found: list[tuple[str, ...]] = []
    for command in of.registered_commands:
        name = command.name or (command.callback.__name__ if command.callback else "")
        found.append((*path, name))
    for group in of.registered_groups:
        if group.typer_instance is not None:
            found += commands(group.typer_instance, (*path, str(group.name)))
    return found


@pytest.mark.parametrize("command", commands(app), ids=" ".join)
def test_every_command_shows_an_example_of_itself(command: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, [*command, "--help"], env={"COLUMNS": "200"})

    assert result.exit_code == 0
    assert "Example" in result.stdout
    assert f"mockx {' '.join(command)}" in result.stdout


def test_a_question_loads_nothing_of_the_exchange_itself() -> None:
    program = (
        "import sys\n"
        "from mockexchange.cli.main import app\n"
        "try:\n"
        "    app(['--url', 'http://127.0.0.1:9', '--api-key', 'key', 'ticker', 'BTC/USDT'])\n"
        "except SystemExit as end:\n"
        "    print(end.code, *sys.modules)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    code, *loaded = ended.stdout.split()
    assert code == "3", ended.stderr
    assert NOT_FOR_A_TICKER.isdisjoint(loaded)
    assert not any(name.startswith(("mockexchange.api", "mockexchange.local", "mockexchange.store")) for name in loaded)
