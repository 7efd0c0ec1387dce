"""The workflow of continuous integration does what .ci/run does, wherever it is promised to work."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from typing import Any

import pytest

from .checkers import PROJECT, approved, read_yaml, run

WORKFLOW = ".github/workflows/ci.yml"


@pytest.fixture(scope="module")
def workflow() -> Any:
    return read_yaml(PROJECT / WORKFLOW)


def test_it_is_valid_by_the_schema_of_workflows() -> None:
    assert approved(run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", WORKFLOW))


def test_zizmor_finds_no_danger() -> None:
    assert approved(run("zizmor", "--offline", WORKFLOW))


def test_shellcheck_finds_nothing_in_the_scripts() -> None:
    scripts = [str(path.relative_to(PROJECT)) for path in (PROJECT / "deploy").rglob("*.sh")]
    assert approved(run("shellcheck", ".ci/run", *scripts))
    for each in scripts:
        assert (PROJECT / each).stat().st_mode & stat.S_IXUSR, each


def test_it_runs_what_ci_runs_on_every_machine_and_python(workflow: Any) -> None:
    test = workflow["jobs"]["test"]
    assert [step["run"] for step in test["steps"] if "run" in step] == [".ci/run"]
    assert os.access(PROJECT / ".ci" / "run", os.X_OK)
    matrix = test["strategy"]["matrix"]
    assert matrix["machine"] == workflow["jobs"]["image"]["strategy"]["matrix"]["machine"]
    assert {machine.endswith("-arm") for machine in matrix["machine"]} == {True, False}
    classifiers = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["classifiers"]
    promised = [found[1] for each in classifiers if (found := re.fullmatch(r"Programming .* :: (3\.\d+)", each))]
    assert matrix["python"] == promised


def test_it_may_only_read_and_its_actions_are_fixed(workflow: Any) -> None:
    assert workflow["permissions"] == {"contents": "read"}
    used = [step["uses"] for job in workflow["jobs"].values() for step in job["steps"] if "uses" in step]
    assert used
    for action in used:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action), action
