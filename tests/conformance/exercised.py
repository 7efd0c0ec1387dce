"""What a conformance test says that it exercises, for docs/compatibility.md (compatibility.py writes it)."""

from __future__ import annotations

from dataclasses import dataclass

import pytest


@dataclass(frozen=True, slots=True)
class Client:
    """A client that others wrote. `package` is what it is installed as, `pins` the file that pins its version (empty:
    whatever the system has), `pointed` how it is told where the exchange is."""

    name: str
    package: str
    pointed: str
    pins: str = "requirements.txt"


def exercises(client: Client, *calls: str, result: str = "works") -> pytest.MarkDecorator:
    """Marks a test that calls these of a client; `result` is what must come of it."""
    return pytest.mark.exercises(client=client, calls=calls, result=result)
