"""What a person sees of the parts' logs."""

from __future__ import annotations

import io

import pytest
from aws_lambda_powertools import Logger

from mockexchange.local.log_line import readable
from mockexchange.local.terminal import Terminal


def test_a_line_of_the_functions_logger_becomes_words(capsys: pytest.CaptureFixture[str]) -> None:
    logger = Logger(service="feeder-for-words")
    logger.warning("quotes were rejected", extra={"rejected": 3})

    assert readable(capsys.readouterr().out.strip()) == "WARNING quotes were rejected rejected=3"


def test_the_traceback_of_an_exception_stands_under_it(capsys: pytest.CaptureFixture[str]) -> None:
    logger = Logger(service="feeder-for-tracebacks")
    try:
        int("what happened")
    except ValueError:
        logger.exception("it broke")

    lines = readable(capsys.readouterr().out.strip()).splitlines()
    assert lines[0] == "ERROR it broke"
    assert lines[1] == "Traceback (most recent call last):"
    assert lines[-1] == "ValueError: invalid literal for int() with base 10: 'what happened'"


@pytest.mark.parametrize("line", ["plain text", "", "{not json", '{"a": 1}', '{"level": "INFO"}', "[1]"])
def test_any_other_line_stays_as_it_is(line: str) -> None:
    assert readable(line) == line


def test_each_line_on_the_terminal_begins_with_its_part() -> None:
    stream = io.StringIO()
    terminal = Terminal(stream)
    terminal.line("api", "one\ntwo")
    terminal.line("matcher", "")

    assert stream.getvalue() == "api      | one\napi      | two\nmatcher  | \n"


def test_a_terminal_that_was_closed_stops_nothing() -> None:
    stream = io.StringIO()
    terminal = Terminal(stream)
    stream.close()

    terminal.line("api", "one")
