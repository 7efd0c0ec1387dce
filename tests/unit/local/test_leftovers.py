"""Telling a process of an earlier run from another that has got its id."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mockexchange.local.leftovers import Leftovers
from mockexchange.local.process_identity import ProcessIdentity
from mockexchange.local.program import Program


@contextmanager
def sleeping_program() -> Generator[Program]:
    program = Program("sleeper", ["sleep", "600"])
    program.launch()
    try:
        yield program
    finally:
        program.stop(grace=10)


def test_what_an_earlier_run_left_is_ended_and_named(tmp_path: Path) -> None:
    with sleeping_program() as program:
        Leftovers(tmp_path / "processes.json").record([program])

        ended = Leftovers(tmp_path / "processes.json").end(grace=10)

        assert [process.pid for process in ended] == [program.pid]
        assert program.wait(10) == -15
    assert Leftovers(tmp_path / "processes.json").end(grace=10) == []


def test_a_stranger_that_has_got_the_same_id_is_left_alone(tmp_path: Path) -> None:
    with sleeping_program() as program:
        processes = f'[{{"pid": {program.pid}, "started": "some other time"}}]'
        (tmp_path / "processes.json").write_text(f'{{"directory": "{tmp_path}", "processes": {processes}}}')

        assert Leftovers(tmp_path / "processes.json").end(grace=10) == []
        assert program.exit_code() is None


def test_a_copy_of_the_directory_ends_nothing_of_the_original(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    with sleeping_program() as program:
        Leftovers(tmp_path / "processes.json").record([program])
        shutil.copy(tmp_path / "processes.json", copy)

        assert Leftovers(copy / "processes.json").end(grace=10) == []
        assert program.exit_code() is None


@pytest.mark.parametrize("content", ["", "{", "[1]", '[{"pid": 1}]', "{}", '{"directory": "."}'])
def test_a_damaged_record_ends_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / "processes.json").write_text(content)

    assert Leftovers(tmp_path / "processes.json").end(grace=10) == []


def test_a_process_that_ended_but_was_not_waited_for_counts_as_gone() -> None:
    with subprocess.Popen(["true"]) as process:
        identity = ProcessIdentity.of(process.pid)
        while identity is not None and identity.alive():
            pass
        assert ProcessIdentity.of(process.pid) is None
    assert ProcessIdentity.own().alive()
