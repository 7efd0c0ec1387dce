"""schemathesis over the whole OpenAPI document: every operation, every check, every phase, against a real server.

It finds the operations by itself. Where a check is off, the reason stands beside it.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import uvicorn

from mockexchange.api.app import create_app
from mockexchange.clock import SystemClock
from mockexchange.domain.quotes import Quote
from mockexchange.domain.rules import Rules
from mockexchange.exchange import Exchange
from mockexchange.keyring import Keyring
from mockexchange.ports import FeedTick
from mockexchange.store.memory import MemoryStore

KEY = "the-key"

CONFIG = """\
seed = 7
continue-on-failure = true
headers = { x-api-key = "%s" }

[generation]
deterministic = true
max-examples = 60
no-shrink = true
database = "none"

[phases.stateful]
max-steps = 6

[checks]
enabled = true

# What a command may ask for is more than its schema can say: funds, an asset's decimal places, a market's increments,
# which fields of an order go together. Requests with bodies may be refused with 400 or 422 though they fit the schema.
[[operations]]
include-method = ["POST", "PUT", "PATCH"]
checks.positive_data_acceptance.expected-statuses = ["2xx", "400", "401", "403", "404", "409", "422", "429"]
"""

APART = """\

# It makes others fail, which is what it is for: it has a run of its own.
[[operations]]
include-path = "/admin/chaos"
include-method = "PUT"
enabled = false
"""


@pytest.fixture
def url() -> Iterator[str]:
    """A server with two markets and money."""
    clock = SystemClock()
    exchange = Exchange(MemoryStore(), clock, Rules())
    for symbol, price in (("BTC/USDT", 60_000), ("ETH/USDT", 3_000)):
        last = Decimal(price)
        # of an hour ahead, so that they do not grow stale in a long run
        quote = Quote(symbol, last - 1, last + 1, last, clock.now() + 3_600_000)
        exchange.store.append(FeedTick(quote, 0), "test", clock.now(), serves=False)
    money = {"USDT": Decimal(10) ** 9, "BTC": Decimal(10) ** 6}
    keyring = Keyring(exchange.store, clock, master=bytes(32))
    app = create_app(exchange, api_key=KEY, keyring=keyring, first_balances=money, feed="manual")
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(20)
    assert exchange.audit().problems == []


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_every_operation_keeps_its_promises(url: str, tmp_path: Path) -> None:
    run(url, tmp_path, CONFIG % KEY + APART)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_so_do_those_that_let_others_fail(url: str, tmp_path: Path) -> None:
    run(url, tmp_path, CONFIG % KEY, "--include-path", "/admin/chaos", "--phases", "examples,coverage,fuzzing")


def run(url: str, directory: Path, config: str, *options: str) -> None:
    """All checks of all operations that `options` leave."""
    (directory / "schemathesis.toml").write_text(config)
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{url}/openapi.json", "--no-color", "--workers", "1"]
    ended = subprocess.run(
        [*command, *options],
        cwd=directory,
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )

    assert ended.returncode == 0, ended.stdout[-12_000:] + ended.stderr[-2_000:]
