"""Each example runs as it stands, against an exchange whose price is known, and tells what must have happened."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from ..conformance.exercised import Client, exercises
from ..conformance.served import Served
from .conftest import absent

EXAMPLES = Path(__file__).parents[2] / "examples"
JAVASCRIPT = Client(
    "ccxt.binance (JavaScript)", "ccxt", "`urls` in the constructor's config", pins="examples/package.json"
)
CURL = Client("curl and openssl", "curl", "the address", pins="")


def run(folder: Path, *command: str | Path) -> str:
    """What a command prints; it must succeed."""
    ended = subprocess.run(
        list(map(str, command)),
        cwd=folder,
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def was_traded(served: Served) -> None:
    """One order canceled, one filled at the ask: the same of each example."""
    resting, bought = served.orders()
    assert (resting.status.value, resting.quantity) == ("CANCELED", Decimal("0.001"))
    assert (bought.status.value, bought.filled_notional) == ("FILLED", Decimal("60.001"))
    assert served.free("USDT") == Decimal("99939.999")
    assert served.free("BTC") == Decimal("2.000999")


@pytest.mark.parametrize("example", ["ccxt_python.py", "ccxt_binance.py"])
def test_ccxt_in_python(served: Served, folder: Path, example: str) -> None:
    said = run(folder, sys.executable, EXAMPLES / example).splitlines()

    assert said[0] == "BTC/USDT: bid 59999.0, ask 60001.0"
    assert re.fullmatch(r"order \d+: open, 0\.001 at 53999\.1", said[1])
    assert re.fullmatch(r"order \d+: canceled", said[2])
    assert re.fullmatch(r"order \d+: closed, 0\.001 at 60001\.0", said[3])
    assert said[4:] == ["fee: 1e-06 BTC", "USDT: 99939.999"]
    was_traded(served)


def test_a_bot_that_loses_no_order(served: Served, folder: Path) -> None:
    served.chaos(routes=["/api/v3/order"], seed=2, timeout=0.2, lost=0.1, error=0.1, dropped=0.1, rateLimited=0.1)

    said = run(folder, sys.executable, EXAMPLES / "ccxt_unknown_status.py", "20").splitlines()
    served.chaos()

    assert said[-1] == "20 orders meant, 20 placed"
    assert sum("no answer came, and it is there" in line for line in said) > 3
    names = [order.client_order_id for order in served.orders()]
    assert [name.rpartition("-")[2] for name in names] == [str(number) for number in range(20)]


@exercises(JAVASCRIPT, "fetchTicker", "createOrder (limit, market)", "cancelOrder", "fetchBalance")
def test_ccxt_in_javascript(served: Served, folder: Path) -> None:
    node = shutil.which("node")
    if node is None:
        absent("Node.js", "install nodejs and npm")
    if not (EXAMPLES / "node_modules" / "ccxt").is_dir():
        absent("ccxt for Node.js", "make extras")
    said = run(folder, str(node), EXAMPLES / "ccxt_javascript.mjs").splitlines()

    assert said[0] == "BTC/USDT: bid 59999, ask 60001"
    assert said[4:] == ["fee: 0.000001 BTC", "USDT: 99939.999"] or said[4:] == ["fee: 1e-6 BTC", "USDT: 99939.999"]
    was_traded(served)


def test_python_binance(served: Served, folder: Path) -> None:
    said = run(folder, sys.executable, EXAMPLES / "python_binance.py").splitlines()

    assert said[0] == "BTCUSDT: bid 59999.00000000, ask 60001.00000000"
    assert said[4:] == ["fee: 0.00000100 BTC", "USDT: 99939.99900000"]
    was_traded(served)


@exercises(CURL, "GET ticker/bookTicker", "POST order", "GET account")
def test_curl(served: Served, folder: Path) -> None:
    for tool in ("curl", "openssl"):
        if shutil.which(tool) is None:
            absent(tool, f"install {tool}")
    book, bought, account = map(json.loads, run(folder, EXAMPLES / "curl_signed.sh").splitlines())

    assert (book["bidPrice"], book["askPrice"]) == ("59999.00000000", "60001.00000000")
    assert (bought["status"], bought["fills"][0]["price"]) == ("FILLED", "60001.00000000")
    assert {each["asset"]: each["free"] for each in account["balances"]} == {
        "BTC": "2.00099900",
        "USDT": "99939.99900000",
    }
    assert len(served.orders()) == 1
