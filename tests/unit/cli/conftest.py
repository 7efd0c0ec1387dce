"""`mockx` as a test calls it: with a stand-in for the exchange."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from typer.testing import CliRunner, Result

from mockexchange.cli.invocation import Invocation
from mockexchange.cli.main import app

from ..stand_in import API_KEY, StandIn, running_stand_in

Mockx = Callable[..., Result]
"""Runs one command line against the stand-in; `decorated`: as on a terminal."""


@pytest.fixture
def exchange() -> Iterator[StandIn]:
    with running_stand_in() as server:
        yield server


@pytest.fixture
def mockx(exchange: StandIn) -> Mockx:
    def run(*arguments: str, decorated: bool = False, environment: dict[str, str] | None = None) -> Result:
        return CliRunner().invoke(
            app,
            ["--url", exchange.url, "--api-key", API_KEY, *arguments],
            obj=Invocation(decorated=decorated),
            env=environment,
            catch_exceptions=False,
        )

    return run
