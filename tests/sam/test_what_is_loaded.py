"""The built functions need nothing but what was built, and what Lambda itself has."""

from __future__ import annotations

import json
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from tests.stand_in_exchange.server import running_exchange

from .conftest import StartSandbox
from .gateway import examples, requests
from .tools import RUNTIME

OF_THE_RUNTIME = {
    "_distutils_hack", "awslambdaric", "boto3", "botocore", "dateutil", "jmespath", "runtime_client", "s3transfer",
    "simplejson", "six", "snapshot_restore_py", "urllib3",
}  # fmt: skip
"""What AWS's runtime client and SDK consist of."""


def standard_library() -> list[Path]:
    """Where Python's own modules are, and no others."""
    program = "import sysconfig; print(sysconfig.get_path('stdlib'), sysconfig.get_path('platstdlib'), sep='\\n')"
    command = [str(RUNTIME / "bin" / "python"), "-c", program]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return [Path(each) for each in found]


def check(loaded: dict[str, Any], artefacts: Path, function: str) -> None:
    """Every module lies in the artefact, the layer, the standard library, or what Lambda has."""
    ours = [artefacts / function, artefacts / "Layer" / "python"]
    lambdas = RUNTIME / "lib"
    strangers: list[str] = []
    for name, file in loaded["modules"].items():
        if file is None or name == "__main__":
            continue  # built in, or a namespace
        path = Path(file)
        if any(path.is_relative_to(each) for each in ours):
            continue
        if path.is_relative_to(lambdas):
            if name.partition(".")[0] not in OF_THE_RUNTIME:
                strangers.append(f"{name}: {file}")
        elif not any(path.is_relative_to(each) for each in standard_library_folders) or "-packages" in file:
            strangers.append(f"{name}: {file}")
    assert strangers == []
    known = (*ours, lambdas, *standard_library_folders, Path(sysconfig.get_config_var("LIBDIR") or "/usr/lib"))
    system = ("/lib/", "/lib64/", "/usr/lib/")
    libraries = [each for each in loaded["mapped"] if not any(Path(each).is_relative_to(one) for one in known)]
    assert [each for each in libraries if not each.startswith(system) or "-packages" in each] == []


standard_library_folders: list[Path] = []


@pytest.fixture(autouse=True)
def folders(artefacts: Path) -> None:
    if not standard_library_folders:
        standard_library_folders.extend(standard_library())


def test_orders(sandbox: StartSandbox, artefacts: Path) -> None:
    orders = sandbox("OrdersFunction")
    for event in requests().values():
        orders.invoke(event)

    check(orders.loaded(), artefacts, "OrdersFunction")


def test_matcher(sandbox: StartSandbox, artefacts: Path) -> None:
    matcher = sandbox("MatcherFunction", INTERVAL_SEC="1")
    matcher.invoke(examples()["schedule-matcher"], seconds=1)

    check(matcher.loaded(), artefacts, "MatcherFunction")


def test_feeder_of_live_prices(sandbox: StartSandbox, artefacts: Path) -> None:
    with running_exchange() as binance:
        binance.add("BTC/USDT")
        config = json.dumps(binance.config())
        feeder = sandbox("FeederFunction", FEED="ccxt:binance", EXCHANGE_CONFIG=config, INTERVAL_SEC="10")
        assert feeder.invoke(examples()["schedule-feeder"], seconds=9)["appended"] == 1

    loaded = feeder.loaded()
    check(loaded, artefacts, "FeederFunction")
    assert "ccxt" in loaded["modules"]
