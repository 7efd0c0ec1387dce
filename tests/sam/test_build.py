"""What `sam build` makes, for both processors: complete, loadable on Lambda, and within Lambda's limits."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from .building import FUNCTIONS, built, size
from .tools import PROJECT, needed

MEGABYTE = 1024 * 1024
LIMIT = 250 * MEGABYTE
"""Of a function unpacked, with its layers."""

MACHINES = {"x86_64": 62, "arm64": 183}
"""What a library's head (ELF) calls them."""

GLIBC = 26
"""2.26, of Amazon Linux 2, on which Lambda runs python3.11."""


@pytest.fixture(params=["x86_64", "arm64"])
def architecture(request: pytest.FixtureRequest) -> str:
    needed()
    return request.param


@pytest.fixture
def folder(architecture: str) -> Path:
    return built(architecture)


def libraries(folder: Path) -> list[Path]:
    """Every shared library below."""
    return [file for file in folder.rglob("*") if re.search(r"\.so(\.\d+)*$", file.name)]


def test_sizes_are_within_the_limits(
    folder: Path, architecture: str, record_property: Callable[[str, object], None]
) -> None:
    layer = size(folder / "Layer")
    told = [f"the layer {layer / MEGABYTE:.1f} MB"]
    for function in FUNCTIONS:
        own = size(folder / function)
        told.append(f"{function} {own / MEGABYTE:.1f} MB ({(own + layer) / MEGABYTE:.1f} with it)")
        assert own + layer < LIMIT
    record_property("told", f"built for {architecture}: {', '.join(told)}; Lambda takes {LIMIT / MEGABYTE:.0f}")


def test_every_library_is_for_that_processor_and_lambdas_linux(folder: Path, architecture: str) -> None:
    found = libraries(folder)
    assert found
    for library in found:
        content = library.read_bytes()
        assert content[:4] == b"\x7fELF", library
        assert struct.unpack_from("<H", content, 18)[0] == MACHINES[architecture], library
        assert max((int(minor) for minor in re.findall(rb"GLIBC_2\.(\d+)", content)), default=0) <= GLIBC, library
        assert ".cpython-311-" in library.name or ".abi3." in library.name or "lib" in library.name, library


def test_both_processors_get_the_same_libraries(folder: Path, architecture: str) -> None:
    other = built("arm64" if architecture == "x86_64" else "x86_64")

    def named(top: Path) -> set[str]:
        found = (str(library.relative_to(top)) for library in libraries(top))
        # what auditwheel puts beside a library is named after its content
        return {re.sub(r"x86_64|aarch64|[0-9a-f]{8,}", "*", name) for name in found if ".libs/" not in name}

    assert named(folder) == named(other)


def test_it_holds_our_code_and_nothing_else_of_ours(folder: Path) -> None:
    code = folder / "Layer" / "python" / "mockexchange"
    source = PROJECT / "layers" / "mockexchange"

    def files(top: Path) -> set[str]:
        return {str(file.relative_to(top)) for file in top.rglob("*") if file.is_file() and file.suffix != ".pyc"}

    assert files(code) == files(source)
    for name in ("Orders", "Matcher"):
        assert files(folder / f"{name}Function") == {"handler.py"}
        assert (folder / f"{name}Function" / "handler.py").read_bytes() == (
            PROJECT / "functions" / name.lower() / "handler.py"
        ).read_bytes()


def test_versions_are_the_tested_ones(folder: Path) -> None:
    pins = dict(
        line.partition(";")[0].strip().split("==") for line in (PROJECT / "requirements.txt").read_text().splitlines()
    )
    found = {
        re.sub(r"[-_.]+", "-", name).lower(): version
        for each in folder.rglob("*.dist-info")
        for name, _, version in [each.name.removesuffix(".dist-info").rpartition("-")]
    }
    assert {"redis", "fastapi", "ccxt"} <= found.keys()
    assert found == {name: pins.get(name) for name in found}


def test_its_bytecode_is_ready_and_says_where_lambda_has_it(folder: Path) -> None:
    """A cold start would compile all of it otherwise, since nothing can be written there."""
    for name, place in (("Layer/python", "/opt/python"), ("OrdersFunction", "/var/task")):
        top = folder / name
        for source in top.rglob("*.py"):
            compiled = source.parent / "__pycache__" / f"{source.stem}.cpython-311.pyc"
            content = compiled.read_bytes()
            assert struct.unpack_from("<I", content, 4)[0] == 1, compiled  # never checked against the source
            if source.name == "handler.py" or source.parent.name == "mockexchange":
                assert f"{place}/{source.relative_to(top)}".encode() in content
