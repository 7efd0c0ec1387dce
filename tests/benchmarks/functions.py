"""The built functions under AWS's own runtime client: a warm order, and cold starts with what their imports cost."""

from __future__ import annotations

import json
import logging
import re
import statistics
import tempfile
import urllib.request
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.aws import aws_client, keep_secret
from tests.sam.building import built
from tests.sam.gateway import examples, requests
from tests.sam.sandbox import Sandbox
from tests.sam.tools import ENVIRONMENT, HERE, REGION

from .http import KEY, SECRET, served_api, set_price
from .report import Figure
from .venue import valkey

EMPTY = "def lambda_handler(event, context):\n    return {}\n"
ROUNDS = 7
ORDERS = 1_000
SHOWN = 7
"""Packages whose share of a cold start is shown."""

AIMS = {"OrdersFunction": 1200, "MatcherFunction": 800}
"""ms from the start of the process to its first answer."""

_IMPORT = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)")


def figures() -> Iterator[Figure]:
    """In turn with a function that does nothing, under the same client: so much is the runtime's."""
    if not (ENVIRONMENT / "stamp").exists():
        yield Figure("the SAM CLI is absent", "-", "make .venv-sam/stamp")
        return
    artefacts = built(HERE)
    with tempfile.TemporaryDirectory() as name, valkey() as url:
        with served_api(url, per_minute=0) as api:
            urllib.request.urlopen(set_price(api)).close()
        folder = Path(name)
        (folder / "Empty").mkdir()
        (folder / "Empty" / "handler.py").write_text(EMPTY)
        yield from _warm(artefacts, folder, url)
        yield from _cold(artefacts, folder, url)
        yield from _cold_with_secrets(artefacts, folder, url)


@contextmanager
def _sandbox(
    artefacts: Path, folder: Path, function: str, url: str, *options: str, **changed: str
) -> Generator[Sandbox]:
    environment = {
        "VALKEY_URL": url,
        "MOCKX_API_KEY": KEY,
        "MOCKX_SECRET": SECRET,
        "MOCKX_MASTER_KEY": "0" * 64,
        "RATE_LIMIT_PER_MIN": "0",
        "FEED": "synthetic" if function == "FeederFunction" else "manual",
        "STALE_AFTER_SEC": "86400",
        "INTERVAL_SEC": "60",
        "LOG_FORMAT": "json",
        **changed,
    }
    source = folder if function == "Empty" else artefacts
    with Sandbox(source, function, folder / "out", environment, options=options) as started:
        yield started


def _event(function: str) -> dict[str, Any]:
    if function != "OrdersFunction":
        return examples()["schedule-matcher"]
    event = requests()["orders"]
    body = {"symbol": "BTC/USDT", "side": "buy", "type": "limit", "amount": 0.001, "price": 40000}
    return {**event, "headers": {**event["headers"], "x-api-key": KEY}, "body": json.dumps(body)}


def _warm(artefacts: Path, folder: Path, url: str) -> Iterator[Figure]:
    taken: dict[str, list[float]] = {}
    with (
        _sandbox(artefacts, folder, "OrdersFunction", url) as orders,
        _sandbox(artefacts, folder, "Empty", url) as empty,
    ):
        for sandbox in (orders, empty):
            event = json.dumps(_event(sandbox.function)).encode()
            for _ in range(ORDERS):
                invocation = sandbox.send(event)
                answer = sandbox.result(invocation)
                assert answer.get("statusCode", 201) == 201, answer
                taken.setdefault(sandbox.function, []).append((invocation.done - invocation.taken) * 1000)
    for name, place, aim in (("p50", 50, "5 ms"), ("p95", 95, "-")):
        ours, bare = (statistics.quantiles(taken[each], n=100)[place - 1] for each in ("OrdersFunction", "Empty"))
        yield Figure(
            f"warm POST /orders, {name}", f"{ours:.1f} ms", f"{bare:.1f} ms a function that does nothing", "", aim
        )


def _cold(artefacts: Path, folder: Path, url: str) -> Iterator[Figure]:
    functions = ("OrdersFunction", "MatcherFunction", "FeederFunction", "Empty")
    took: dict[str, list[float]] = {function: [] for function in functions}
    for _ in range(ROUNDS):
        for function in functions:
            with _sandbox(artefacts, folder, function, url) as sandbox:
                invocation = sandbox.send(_event(function))
                sandbox.result(invocation)
                took[function].append((invocation.done - sandbox.started) * 1000)
    bare = statistics.median(took["Empty"])
    for function in functions[:-1]:
        ours = statistics.median(took[function])
        aim = AIMS.get(function)
        yield Figure(
            f"cold start of {function}, process start to first answer",
            f"{ours:.0f} ms",
            f"{bare:.0f} ms a function that does nothing",
            f"{ours / bare:.1f} x",
            f"{aim} ms" if aim else "-",
        )
        yield from _shares(artefacts, folder, function, url)


def _cold_with_secrets(artefacts: Path, folder: Path, url: str) -> Iterator[Figure]:
    """Likewise when its keys are in Secrets Manager: moto's server stands in for it."""
    from moto.server import ThreadedMotoServer  # here: a second that no other section has a use for

    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # which would tell of every request
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    endpoint = "http://{}:{}".format(*server.get_host_and_port())
    role = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    client = aws_client("secretsmanager", endpoint_url=endpoint, region_name=REGION, **role)
    keep_secret(client, "bench", {"MOCKX_API_KEY": KEY, "MOCKX_SECRET": SECRET, "MOCKX_MASTER_KEY": "0" * 64})
    changed = {name.upper(): value for name, value in role.items()} | {"AWS_ENDPOINT_URL": endpoint}
    changed |= {"MOCKX_SECRETS": "bench", "MOCKX_API_KEY": "", "MOCKX_SECRET": "", "MOCKX_MASTER_KEY": ""}
    took: list[float] = []
    for _ in range(ROUNDS):
        with _sandbox(artefacts, folder, "OrdersFunction", url, **changed) as sandbox:
            invocation = sandbox.send(_event("OrdersFunction"))
            assert sandbox.result(invocation)["statusCode"] == 201
            took.append((invocation.done - sandbox.started) * 1000)
    server.stop()
    yield Figure(
        "cold start of OrdersFunction that reads a secret first",
        f"{statistics.median(took):.0f} ms",
        "moto's Secrets Manager, on loopback",
    )


def _shares(artefacts: Path, folder: Path, function: str, url: str) -> Iterator[Figure]:
    """What each package's own modules took to import, of all that was imported."""
    with _sandbox(artefacts, folder, function, url, "-X", "importtime") as sandbox:
        sandbox.invoke(_event(function))
        told = sandbox.stderr
    spent: Counter[str] = Counter()
    for microseconds, module in _IMPORT.findall(told):
        spent[module.partition(".")[0]] += int(microseconds)
    total = sum(spent.values())
    others = total
    for package, microseconds in spent.most_common(SHOWN):
        others -= microseconds
        yield Figure(f"    import of {package}", f"{microseconds / 1000:.0f} ms", "", f"{microseconds / total:.0%}")
    yield Figure(f"    {len(spent) - SHOWN} other packages", f"{others / 1000:.0f} ms", "", f"{others / total:.0%}")
