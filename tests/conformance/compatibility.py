"""Writes docs/compatibility.md from what the tests of this folder say that they exercise.

    python -m tests.conformance.compatibility

A test holds the page to it, so what it says was tested, and passed, in every version of this project.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from .exercised import Client

PROJECT = Path(__file__).parents[2]
PAGE = PROJECT / "docs" / "compatibility.md"
FOLDERS = ("tests/conformance", "tests/examples")

HEAD = """\
# Compatibility

Clients that others wrote, unmodified, against this exchange. Each line is what a test calls (its file stands at the
end) and what must come of it; the expected values follow from Binance's documentation. The page is written by
`python -m tests.conformance.compatibility` from the tests themselves, and `make test` fails when it and they differ.
The versions are those that the tests run with.
"""


@dataclass(frozen=True, slots=True)
class Exercise:
    """One line of the page."""

    client: Client
    calls: tuple[str, ...]
    result: str
    file: str


def exercises() -> Iterator[Exercise]:
    """Everything that tests declare, file by file, in the order in which it stands there."""
    for file in sorted(file for folder in FOLDERS for file in (PROJECT / folder).glob("test_*.py")):
        module = import_module(".".join(file.relative_to(PROJECT).with_suffix("").parts))
        for value in list(vars(module).values()):
            marks: list[Any] = list(getattr(value, "pytestmark", ()))
            for mark in marks:
                if mark.name == "exercises" and value.__module__ == module.__name__:
                    said = mark.kwargs
                    yield Exercise(said["client"], said["calls"], said["result"], file.name)


def version_of(client: Client) -> str:
    """The pinned version of a client's package; empty when none is."""
    if not client.pins:
        return ""
    pins = (PROJECT / client.pins).read_text()
    if client.pins.endswith(".json"):
        return json.loads(pins)["dependencies"][client.package]
    for line in pins.splitlines():
        name, _, rest = line.partition("==")
        if name == client.package:
            return rest.split()[0]
    raise LookupError(f"{client.pins} does not pin {client.package}")


def page() -> str:
    """The text of docs/compatibility.md."""
    by_client: dict[Client, list[Exercise]] = {}
    for each in exercises():
        by_client.setdefault(each.client, []).append(each)
    parts = [HEAD]
    for client in sorted(by_client, key=lambda each: each.name.lower()):
        rows = sorted(by_client[client], key=lambda each: each.result != "works")
        package = f"`{client.package}` {version_of(client)}".rstrip()
        parts.append(
            f"\n## {client.name}\n\n{package}, told where the exchange is by {client.pointed}.\n\n"
            "| exercised | result | test |\n| --- | --- | --- |\n"
        )
        parts += [f"| {', '.join(row.calls)} | {row.result} | {row.file} |\n" for row in rows]
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(PROJECT)} is written anew.\n")
