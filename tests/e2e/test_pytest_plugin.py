"""The pytest plugin as a bot author's suite has it: suites that pass, and suites that must not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import mockexchange

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.timeout(600)  # seconds: each runs pytest in processes of their own

PROJECT = Path(__file__).parents[2]
PLUGIN = "mockexchange.testing.plugin"
HERE = Path(mockexchange.__file__).parents[1]


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Suite:
    """A suite that loads this plugin and no other."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(HERE))  # a suite is elsewhere, and tests what this one does
    return Suite(pytester)


class Suite:
    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester

    def write(self, **files: str) -> None:
        self.pytester.makepyfile(**files)

    def ini(self, text: str) -> None:
        self.pytester.makeini(f"[pytest]\n{text}")

    def run(self, *options: str) -> pytest.RunResult:
        return self.pytester.runpytest_subprocess(
            "-p", PLUGIN, "-p", "no:cacheprovider", "-W", "error", "--strict-markers", *options, timeout=250
        )


IN_MEMORY = """
import pytest

@pytest.fixture(scope="module")
def shared(exchange_factory):
    with exchange_factory(prices={"ETH/USDT": 3_000}, balances={"USDT": 1}) as exchange:
        yield exchange

def test_it_is_there(exchange):
    order = exchange.create_order("BTC/USDT", "market", "buy", 0.1)
    assert (order["average"], order["fee"]["cost"]) == (50_000, 0.0001)

def test_each_test_has_its_own(exchange):
    assert exchange.fetch_balance()["total"] == {"USDT": 10_000}

@pytest.mark.mockexchange(balances={"EUR": 5}, commission=0)
class TestMarkers:
    def test_of_a_class(self, exchange):
        assert exchange.fetch_balance()["total"] == {"EUR": 5}

    @pytest.mark.mockexchange(balances={"USDT": 7_000}, prices={"BTC/USDT": 60_000})
    def test_the_closest_counts(self, exchange):
        assert exchange.fetch_balance()["total"] == {"USDT": 7_000}
        order = exchange.create_order("BTC/USDT", "market", "buy", 0.1)
        assert (order["average"], order["fee"]["cost"]) == (60_000, 0)

def test_a_module_may_share_one(shared):
    shared.price("ETH/USDT", 3_100)

def test_and_finds_it_as_it_was_left(shared, exchange):
    assert shared.fetch_ticker("ETH/USDT")["last"] == 3_100
    assert exchange.fetch_balance()["total"] == {"USDT": 10_000}

def test_two_at_once(exchange_factory):
    with exchange_factory(balances={"BTC": 1}) as one, exchange_factory() as other:
        one.create_order("BTC/USDT", "market", "sell", 1)
        assert one.fetch_balance()["USDT"]["free"] == 49_950
        assert other.fetch_balance()["total"] == {"USDT": 10_000}

def test_faults(exchange):
    exchange.fail_next("timeout-after-accept")
    with pytest.raises(Exception, match="-1007") as raised:
        exchange.create_order("BTC/USDT", "limit", "buy", 0.1, 40_000, {"newClientOrderId": "mine"})
    assert type(raised.value).__name__ == "RequestTimeout"
    assert exchange.fetch_order(None, "BTC/USDT", {"origClientOrderId": "mine"})["status"] == "open"
"""

SERVED = """
import threading

import httpx, pytest

gone = []

def test_served(exchange_server):
    keys = {"x-api-key": exchange_server.api_key}
    order = {"symbol": "BTC/USDT", "side": "buy", "type": "limit", "amount": 0.1, "price": 49_000}
    left_open = httpx.Client(base_url=exchange_server.url, headers=keys)
    number = left_open.post("/orders", json=order).json()["id"]
    exchange_server.price("BTC/USDT", 48_000)
    assert left_open.get(f"/orders/{number}").json()["status"] == "closed"
    before = left_open.get(f"/orders/{number}").json()["timestamp"]
    exchange_server.advance(hours=2)
    later = left_open.post("/orders", json=order | {"price": 40_000}).json()
    assert later["timestamp"] == before + 7_200_000
    assert exchange_server.audit().problems == []
    gone.append((exchange_server.url, left_open))  # which does not keep the server

def test_nothing_is_left_of_it():
    [(url, left_open)] = gone
    left_open.close()
    assert [each.name for each in threading.enumerate() if each.name.startswith("mockexchange")] == []
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)

@pytest.mark.mockexchange(balances={"USDT": 5}, prices={})
def test_markers_count_here_too(exchange_server):
    keys = {"x-api-key": exchange_server.api_key}
    assert httpx.get(f"{exchange_server.url}/balance", headers=keys).json()["USDT"]["free"] == 5
    assert httpx.get(f"{exchange_server.url}/tickers", headers=keys).json() == []
    assert httpx.get(f"{exchange_server.url}/balance").status_code == 401

def test_faults(exchange_server):
    keys = {"x-api-key": exchange_server.api_key}
    order = {"symbol": "BTC/USDT", "side": "buy", "type": "limit", "amount": 0.1, "price": 49_000}
    exchange_server.fail_next("500")
    assert httpx.post(f"{exchange_server.url}/orders", json=order, headers=keys).status_code == 500
    assert len(httpx.get(f"{exchange_server.url}/orders", headers=keys).json()) == 1
    assert httpx.post(f"{exchange_server.url}/orders", json=order, headers=keys).status_code == 201

def test_a_factory(exchange_factory):
    with exchange_factory.server(balances={"BTC": 2}) as one, exchange_factory.server() as other:
        assert one.url != other.url
        keys = {"x-api-key": one.api_key}
        assert httpx.get(f"{one.url}/balance", headers=keys).json()["BTC"]["free"] == 2
"""

WITH_CCXT = """
import sys

def test_ccxt_is_loaded_when_it_is_asked_for(exchange, exchange_server):
    exchange.create_order("BTC/USDT", "market", "buy", 0.1)
    assert "ccxt" not in sys.modules
    found = exchange_server.ccxt.create_order("BTC/USDT", "market", "buy", 0.1)
    assert found["status"] == "closed"
    assert exchange_server.ccxt is exchange_server.ccxt
    import ccxt
    assert isinstance(exchange_server.ccxt, ccxt.binance)

def test_both_show_the_same(exchange, exchange_server):
    shown = []
    for hand, bot in ((exchange, exchange), (exchange_server, exchange_server.ccxt)):
        hand.price("BTC/USDT", 51_000, ask=51_010)
        bot.create_order("BTC/USDT", "limit", "buy", 0.1, 50_000)
        hand.price("BTC/USDT", 49_000)
        order = bot.fetch_orders("BTC/USDT")[0]
        shown.append((order["status"], order["average"], order["timestamp"], bot.fetch_balance()["total"]))
    assert shown[0] == shown[1]
"""

WITHOUT_CCXT = """
import sys

import pytest

sys.modules["ccxt"] = None  # it cannot be imported

def test_exceptions_have_the_same_names(exchange):
    from mockexchange.backtest import unified_errors

    with pytest.raises(unified_errors.InsufficientFunds):
        exchange.create_order("BTC/USDT", "market", "buy", 1_000)
    exchange.fail_next("429")
    with pytest.raises(unified_errors.DDoSProtection, match="-1003"):
        exchange.create_order("BTC/USDT", "market", "buy", 1)

def test_a_client_is_asked_for(exchange_server):
    with pytest.raises(ImportError):
        exchange_server.ccxt
"""


@pytest.mark.parametrize("options", [(), ("-p", "xdist", "-n", "2")], ids=["alone", "xdist"])
def test_suites_that_pass(suite: Suite, options: tuple[str, ...]) -> None:
    suite.write(test_in_memory=IN_MEMORY, test_without_ccxt=WITHOUT_CCXT)
    # whoever shares a module's exchange stays on one worker
    suite.run(*options, *(("--dist", "loadfile") if options else ())).assert_outcomes(passed=10)


@pytest.mark.slow
@pytest.mark.parametrize("options", [(), ("-p", "xdist", "-n", "2", "--dist", "loadfile")], ids=["alone", "xdist"])
def test_suites_with_servers(suite: Suite, options: tuple[str, ...]) -> None:
    suite.write(test_served=SERVED, test_with_ccxt=WITH_CCXT)
    suite.run(*options).assert_outcomes(passed=7)


def test_what_the_ini_file_says_is_the_beginning(suite: Suite) -> None:
    suite.ini("mockexchange_balances = EUR=100\nmockexchange_prices = ETH/EUR=2000\nmockexchange_commission = 0.01\n")
    suite.write(
        test_ini="""
        import pytest

        def test_plain(exchange):
            assert exchange.create_order("ETH/EUR", "market", "buy", 0.05)["fee"]["cost"] == 0.0005

        @pytest.mark.mockexchange(balances={"EUR": 3})
        def test_a_marker_first(exchange):
            assert exchange.fetch_balance()["total"] == {"EUR": 3}

        def test_factory(exchange_factory):
            with exchange_factory(commission=0) as exchange:
                assert exchange.create_order("ETH/EUR", "market", "buy", 0.05)["fee"]["cost"] == 0
        """
    )
    suite.run().assert_outcomes(passed=3)


BREAK = """
from mockexchange.domain.balances import Bucket

def money_from_nowhere(hand):
    [books] = hand._venue.store.state.books.values()
    books.balances["USDT", Bucket.FREE] += 1
"""


def test_broken_books_fail_the_test(suite: Suite) -> None:
    suite.write(
        breaking=BREAK,
        test_broken="""
        from breaking import money_from_nowhere

        def test_in_memory(exchange):
            money_from_nowhere(exchange)

        def test_served(exchange_server):
            money_from_nowhere(exchange_server)

        def test_made(exchange_factory):
            with exchange_factory() as exchange:
                money_from_nowhere(exchange)

        def test_right(exchange):
            exchange.create_order("BTC/USDT", "market", "buy", 0.1)
        """,
    )
    result = suite.run()
    result.assert_outcomes(passed=3, failed=1, errors=2)
    result.stdout.fnmatch_lines(["the books of the exchange are broken, says its audit:", "- *USDT*"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED


@pytest.mark.parametrize(
    ("marker", "said"),
    [
        ("ballances={}", "mockexchange: unknown argument 'ballances'; the known ones are balances, symbols, *"),
        ("fill_model='wish'", "mockexchange: unknown fill model 'wish'; one of: last, touch, *"),
        ("commission=10", "mockexchange: commission: a fraction is wanted, *"),
        ("prices={'BTCUSDT': 1}", "mockexchange: *BTCUSDT*"),
        ("{'USDT': 1}", "mockexchange: its arguments are named, was given {'USDT': 1}"),
    ],
)
def test_a_marker_that_cannot_be(suite: Suite, marker: str, said: str) -> None:
    suite.write(
        test_marker=f"""
        import pytest

        @pytest.mark.mockexchange({marker})
        def test_it(exchange):
            pass
        """
    )
    result = suite.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"{said.replace('[', '[[]')}"])


def test_a_marker_is_read_without_an_exchange_too(suite: Suite) -> None:
    suite.write(
        test_marker="""
        import pytest

        @pytest.mark.mockexchange(sed=1)
        def test_it():
            pass
        """
    )
    suite.run().assert_outcomes(errors=1)


def test_an_unknown_fault_fails_the_test(suite: Suite) -> None:
    suite.write(
        test_fault="""
        def test_in_memory(exchange):
            exchange.fail_next("explosion")

        def test_served(exchange_server):
            exchange_server.fail_next("explosion")
        """
    )
    result = suite.run()
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["E*ValueError: unknown fault 'explosion'; one of: maintenance, dropped, *"])


def test_a_fixture_of_ones_own_counts_first(suite: Suite) -> None:
    suite.write(
        conftest="""
        import pytest

        @pytest.fixture
        def exchange():
            return "my own"
        """,
        test_own="""
        def test_it(exchange):
            assert exchange == "my own"
        """,
    )
    suite.run().assert_outcomes(passed=1)


def test_it_costs_nothing_where_nobody_asks_for_an_exchange() -> None:
    code = f"""
import json, sys
import pytest
before = set(sys.modules)
import {PLUGIN}
print(json.dumps(sorted(set(sys.modules) - before)))
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    loaded = json.loads(ended.stdout)
    assert [name for name in loaded if name.startswith("mockexchange")] == [
        "mockexchange",
        "mockexchange.testing",
        "mockexchange.testing.plugin",
        "mockexchange.testing.terms",
    ]
    outside = {name.partition(".")[0] for name in loaded} - {"mockexchange"}
    assert outside <= sys.stdlib_module_names, "nothing but the standard library"


def test_pytest_finds_it_where_the_package_is_installed(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an installer would leave it: a folder that says what pyproject.toml says."""
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", raising=False)
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    [(name, module)] = project["entry-points"]["pytest11"].items()
    assert (name, module) == ("mockexchange", PLUGIN)
    installed = pytester.mkdir("installed")
    record = installed / "mockexchange-0.0.1.dist-info"
    record.mkdir()
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: mockexchange\nVersion: 0.0.1\n")
    (record / "entry_points.txt").write_text(f"[pytest11]\n{name} = {module}\n")
    monkeypatch.setenv("PYTHONPATH", f"{installed}{os.pathsep}{HERE}")
    pytester.makepyfile(
        test_found="""
        def test_it(exchange):
            assert exchange.id == "mockexchange"
        """
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider", timeout=250).assert_outcomes(passed=1)
    off = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:mockexchange", timeout=250)
    off.assert_outcomes(errors=1)
    off.stdout.fnmatch_lines(["*fixture 'exchange' not found"])


def test_every_option_is_in_the_help(suite: Suite) -> None:
    result = suite.run("--help")
    result.stdout.fnmatch_lines(["*mockexchange_balances (string):*", "*mockexchange_stale_after (string):*"])
    suite.run("--markers").stdout.fnmatch_lines(["@pytest.mark.mockexchange(balances=..., symbols=..., *"])
