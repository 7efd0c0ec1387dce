"""ccxt's own test suite, as it ships in the wheel, set up in a folder where it runs.

It refuses to run from site-packages and wants files beside the package: so the folder has a package `ccxt` whose parts
are links to the installed one, and a copy of its tests. Its id is `mockexchange`: for the id `binance` the suite
asserts Binance's own addresses.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from .served import KEY, SECRET

SKIPPED: dict[str, object] = {
    "orderBook": {"timestamp": "Binance's spot depth has no time"},
    "fetchDeposits": {"updated": "Binance's deposits have the time of their coming alone", "fee": "nor a fee"},
}
"""Fields that the suite is told to leave out, each with the reason: ccxt finds none in Binance's answers either."""

START = """\
import runpy, sys
from pathlib import Path
import mockexchange.clients.ccxt
tests = Path(__file__).parent / "ccxt" / "test"
sys.path.insert(0, str(tests))
runpy.run_path(str(tests / "tests_init.py"), run_name="__main__")
"""


@dataclass(frozen=True, slots=True)
class Report:
    """What the suite printed, and what it tested in full, was told to skip, and says that it has no test for."""

    text: str
    done: frozenset[str]
    skipped: frozenset[str]
    failures: tuple[str, ...]


def prepare(folder: Path) -> Path:
    """The suite in this folder; gives the script that starts it."""
    spec = find_spec("ccxt")
    assert spec and spec.submodule_search_locations
    installed = Path(spec.submodule_search_locations[0])
    package = folder / "python" / "ccxt"
    package.mkdir(parents=True)
    for entry in installed.iterdir():
        if entry.name not in ("test", "__pycache__"):
            (package / entry.name).symlink_to(entry)
    shutil.copytree(installed / "test", package / "test", ignore=shutil.ignore_patterns("__pycache__"))
    tests = package / "test" / "exchange"
    shared = _repair_shared(tests / "base" / "test_shared_methods.py")
    for kind in ("sync", "async"):
        _repair(tests / kind / "test_create_order.py", shared)
    (folder / "skip-tests.json").write_text(json.dumps({"mockexchange": {"skipMethods": SKIPPED}}))
    start = folder / "python" / "start.py"
    start.write_text(START)
    return start


def _repair_shared(methods: Path) -> str:
    """What only createOrder's test calls: an exchange is asked for its methods as if it were a dictionary."""
    text = re.sub(r"exchange\[(\w+)\]\(", r"getattr(exchange, \1)(", methods.read_text())
    methods.write_text(text)
    return text


def _repair(test: Path, shared: str) -> None:
    """createOrder's test is translated from another language, and as it ships it ends with a TypeError or a NameError
    before it has tested anything: numbers are added to strings, modules and a name are missing, a way to round that
    Python's ccxt does not have is asked for, and the async one waits for two functions that are not async. Nothing of
    what it tests is changed."""
    text = test.read_text()
    for wrong, right in (
        ("+ '/' + initial_quote_balance +", "+ '/' + str(initial_quote_balance) +"),
        ("+ ' ' + amount + ' ' + price + ' ' +", "+ ' ' + str(amount) + ' ' + str(price) + ' ' +"),
        ("str((exchange['id']))", "str(exchange.id)"),
        ("decimal_to_precision(final_amount, 2,", "decimal_to_precision(final_amount, ROUND,"),
    ):
        assert wrong in text or wrong.startswith("str("), wrong
        text = text.replace(wrong, right)
    own = ""
    if "await test_shared_methods" in text:
        for name in ("fetch_best_bid_ask", "fetch_order"):
            found = re.search(rf"^def {name}\(.*?(?=^def )", shared, re.MULTILINE | re.DOTALL)
            assert found
            own += "\n\nasync " + re.sub(r"= (exchange\.fetch_|getattr\(exchange)", r"= await \1", found[0])
            text = text.replace(f"test_shared_methods.{name}(", f"{name}(")
    imports = "import math\nimport time\nError = Exception\nfrom ccxt.test.exchange.base.test_shared_methods import *\n"
    test.write_text(imports + text + own)


def run(start: Path, address: str, *options: str) -> Report:
    """Everything that it tests, public and private, with orders that are really placed."""
    ended = subprocess.run(
        [sys.executable, str(start), "mockexchange", "--private", "--fundedTests", "--info", *options],
        env=os.environ | {"API_URL": address, "MOCKX_API_KEY": KEY, "MOCKX_SECRET": SECRET, "PYTHONWARNINGS": "ignore"},
        cwd=start.parent,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    text = ended.stdout + ended.stderr
    lines = [line.split() for line in text.splitlines() if line.startswith("[INFO] ")]
    done = {line[4] for line in lines if line[1:3] == ["TESTING", "DONE"]}
    skipped = {line[3] for line in lines if line[1] == "SKIPPED_TEST"}
    failures = [line for line in text.splitlines() if re.search("TEST_FAILURE|Traceback|UNHANDLED", line)]
    if ended.returncode:
        failures.append(f"exit status {ended.returncode}")
    return Report(text, frozenset(done), frozenset(skipped), tuple(failures))
