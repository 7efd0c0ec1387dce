"""A strategy's file: what it must have, and what is said when it has not."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer

from mockexchange.cli.strategies import Strategy, stopped, strategy_of


def written(folder: Path, text: str) -> Path:
    file = folder / "bot.py"
    file.write_text(text)
    return file


def test_a_file_has_one_of_two_functions(tmp_path: Path) -> None:
    run = strategy_of(written(tmp_path, "def run(exchange): return exchange + 1"))
    assert run.run is not None
    assert run.on_bar is None
    assert run.run(1) == 2
    on_bar = strategy_of(written(tmp_path, "def on_bar(exchange, bar): return bar"))
    assert on_bar.run is None
    assert on_bar.on_bar is not None
    assert on_bar.on_bar(1, 2) == 2


def test_a_file_is_read_anew_each_time_with_what_lies_beside_it(tmp_path: Path) -> None:
    (tmp_path / "beside_the_bot.py").write_text("WORTH = 7\n")
    file = written(
        tmp_path,
        "from __future__ import annotations\nfrom dataclasses import dataclass\nfrom beside_the_bot import WORTH\n\n"
        "@dataclass\nclass State:\n    count: int = 0\n\nstate = State()\n\n"
        "def run(exchange):\n    state.count += 1\n    return WORTH + state.count\n",
    )
    for _ in range(2):
        found = strategy_of(file).run
        assert found is not None
        assert found(None) == 8


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1", "has neither of run(exchange) and on_bar(exchange, bar)"),
        ("def run(e): ...\ndef on_bar(e, b): ...", "has both of run(exchange)"),
        ("def run(e:", "SyntaxError"),
        ("import no_such_module_at_all", "ModuleNotFoundError: No module named 'no_such_module_at_all'"),
    ],
)
def test_what_is_wrong_with_it_is_said(
    tmp_path: Path, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as ended:
        strategy_of(written(tmp_path, text))
    assert ended.value.exit_code == 2
    assert said in capsys.readouterr().err


def test_there_must_be_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended:
        strategy_of(tmp_path / "none.py")
    assert ended.value.exit_code == 2
    assert "There is no strategy" in capsys.readouterr().err


def test_where_it_stopped_is_shown_without_the_lines_of_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    strategy = strategy_of(written(tmp_path, "def run(exchange):\n    return exchange.none\n"))
    assert isinstance(strategy, Strategy)
    assert strategy.run is not None
    with pytest.raises(AttributeError) as raised:
        strategy.run(7)
    with pytest.raises(typer.Exit) as ended:
        stopped(raised.value, strategy)
    assert ended.value.exit_code == 1
    told = capsys.readouterr().err
    assert "line 2, in run" in told
    assert "test_strategies.py" not in told
    assert "bot.py ended with AttributeError: 'int' object has no attribute 'none'" in told
