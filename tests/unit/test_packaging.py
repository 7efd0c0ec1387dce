"""What is written down twice about the package says the same both times."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[2]


def pyproject() -> dict[str, Any]:
    return tomllib.loads((PROJECT / "pyproject.toml").read_text())


def requirements(path: str) -> list[str]:
    """The requirements in a file, without its comments."""
    lines = (line.partition("#")[0].strip() for line in (PROJECT / path).read_text().splitlines())
    return [line for line in lines if line]


def packages_below(folder: str, name: str) -> set[str]:
    """Every folder below with something to install, as the package it is installed as."""
    top = PROJECT / folder
    below = {file.parent.relative_to(top).parts for suffix in ("py", "lua") for file in top.rglob(f"*.{suffix}")}
    return {".".join((name, *parts)) for parts in below}


def test_every_folder_with_something_to_install_is_packaged() -> None:
    setuptools = pyproject()["tool"]["setuptools"]
    found = set[str]().union(*(packages_below(folder, name) for name, folder in setuptools["package-dir"].items()))

    assert set(setuptools["packages"]) == found


def test_every_file_that_is_no_module_is_packaged() -> None:
    package_data = pyproject()["tool"]["setuptools"]["package-data"]
    top = PROJECT / "layers" / "mockexchange"
    folders = {name: top.joinpath(*name.split(".")[1:]) for name in package_data}
    packaged = {
        file for name, patterns in package_data.items() for each in patterns for file in folders[name].glob(each)
    }

    assert packaged == {*top.rglob("*.lua"), *top.rglob("*.json"), *top.rglob("py.typed")}


def test_the_live_feed_needs_what_the_feeder_function_needs() -> None:
    assert pyproject()["project"]["optional-dependencies"]["live"] == requirements("functions/feeder/requirements.txt")


def test_every_dependency_is_pinned_and_nothing_else_is_said_about_it() -> None:
    wanted = [
        requirement for extra in pyproject()["project"]["optional-dependencies"].values() for requirement in extra
    ]
    wanted += requirements("layers/requirements.txt")
    pins = (PROJECT / "requirements.txt").read_text().splitlines()

    assert [line for line in pins if not re.fullmatch(r"[a-z0-9-]+==[0-9a-z.]+( ; [a-z_]+ != \"\w+\")?", line)] == []
    names = {re.split(r"[^A-Za-z0-9._-]", requirement)[0].lower() for requirement in wanted}
    assert names - {line.partition("==")[0] for line in pins} == set()
