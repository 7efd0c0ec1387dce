"""What a script sees: the exit code, and that every error says what to do next."""

from __future__ import annotations

import socket

import pytest
from typer.testing import CliRunner

from mockexchange.cli import parameters
from mockexchange.cli.main import app
from mockexchange.domain import placing

from ..stand_in import LOST, Reply, StandIn, problem
from .conftest import Mockx

PLACE = ("order", "place", "BTC/USDT", "buy", "0.01")


@pytest.mark.parametrize(
    ("status", "code", "exit_code"),
    [
        (400, "BadRequest", 1),
        (409, "DuplicateOrderId", 1),
        (422, "InsufficientFunds", 1),
        (422, "MarketClosed", 1),
        (500, "ExchangeError", 3),
        (503, "ExchangeNotAvailable", 3),
        (401, "AuthenticationError", 4),
        (403, "PermissionDenied", 4),
        (404, "BadSymbol", 5),
        (404, "OrderNotFound", 5),
    ],
)
def test_a_refusal_is_told_with_its_reason_and_the_next_step(
    status: int, code: str, exit_code: int, exchange: StandIn, mockx: Mockx
) -> None:
    exchange.on("POST", "/orders", problem(status, code, "The detail of it."))

    result = mockx(*PLACE, "--json")

    assert result.exit_code == exit_code
    assert result.stdout == ""
    assert f"Error: {code}: The detail of it.\nNext: " in result.stderr
    assert "`mockx" in result.stderr or "--" in result.stderr


def test_an_order_that_is_not_open_leads_to_those_that_are(exchange: StandIn, mockx: Mockx) -> None:
    exchange.on("POST", "/orders/7/cancel", problem(409, "InvalidOrder", "order 7 is FILLED"))

    assert "Next: `mockx order list` shows the orders that are open." in mockx("order", "cancel", "7").stderr


def test_hints_about_an_order_list_are_commands_that_there_are(exchange: StandIn, mockx: Mockx) -> None:
    exchange.on("POST", "/order_lists", problem(422, "InvalidOrder", "NOTIONAL"))
    exchange.on("POST", "/order_lists/7/cancel", problem(409, "InvalidOrder", "order list 7 is closed"))
    exchange.on("GET", "/order_lists/9", problem(404, "OrderNotFound", "no order list 9"))
    pair = ("order-list", "place", "oco", "BTC/USDT", "sell", "1", "--target", "3", "--stop", "2")

    refused, ended, unknown = mockx(*pair), mockx("order-list", "cancel", "7"), mockx("order-list", "show", "9")

    assert "Next: Correct the order; `mockx order place --dry-run` checks a single one" in refused.stderr
    assert "`mockx order-list list` shows the order lists." in ended.stderr
    assert "`mockx order-list list --all` the order lists" in unknown.stderr


def test_nobody_there_is_3_and_says_what_was_tried() -> None:
    with socket.socket() as taken:  # bound and not listening: a connection is refused
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"

        result = CliRunner().invoke(app, ["--url", url, "--api-key", "key", "balance"])

    assert result.exit_code == 3
    assert f"No exchange answers at {url}/balance" in result.stderr
    assert "start it with `mockx up`" in result.stderr


def test_a_lost_answer_is_3_and_says_where_to_look(exchange: StandIn, mockx: Mockx) -> None:
    exchange.on("POST", "/balance/USDT/deposit", LOST)

    result = mockx("deposit", "USDT", "5")

    assert result.exit_code == 3
    assert "unknown: `mockx balance USDT` shows whether the deposit was booked" in result.stderr


def test_another_program_is_3(exchange: StandIn, mockx: Mockx) -> None:
    exchange.on("GET", "/balance", Reply("<html>", 200))

    result = mockx("balance")

    assert result.exit_code == 3
    assert "Next: Check the address" in result.stderr


def test_books_that_are_not_clean_are_1(exchange: StandIn, mockx: Mockx) -> None:
    counts = '"accounts": 1, "orders": 2, "openOrders": 1, "fills": 3, "ledgerEntries": 4'
    exchange.on(
        "GET",
        "/admin/audit",
        f'{{"clean": true, "problems": [], {counts}}}',
        f'{{"clean": false, "problems": ["default: USDT is negative"], {counts}}}',
    )

    clean, broken = mockx("audit"), mockx("audit")

    assert (clean.exit_code, broken.exit_code) == (0, 1)
    assert "clean" in clean.stdout
    assert "default: USDT is negative" in broken.stdout
    assert "1 problems" in broken.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("deposit", "USDT", "-5"), "must be greater than 0, was -5"),
        (("withdraw", "USDT", "-.5"), "must be greater than 0, was -.5"),
        (("deposit", "USDT", "0"), "must be greater than 0, was 0"),
        (("deposit", "USDT", "ten"), "must be a number, was 'ten'"),
        (("deposit", "USDT", "1,000"), "must be a number, was '1,000'"),
        (("deposit", "USDT", "NaN"), "must be a finite number, was NaN"),
        (("deposit", "US DT", "1"), "an asset is written like USDT, was 'US DT'"),
        (("deposit", "USDT"), "AMOUNT"),
        (("ticker", "BTC-USDT"), "a symbol is written like BTC/USDT, was 'BTC-USDT'"),
        (("order", "place", "BTC/USDT", "hold", "1"), "'hold' is not one of"),
        (("order", "place", "BTC/USDT", "buy"), "either an AMOUNT"),
        (("order", "place", "BTC/USDT", "buy", "1", "--cost", "5"), "either an AMOUNT"),
        (("order", "place", "BTC/USDT", "buy", "--cost", "5", "--limit", "1"), "--cost is for market orders"),
        (("order", "place", "BTC/USDT", "buy", "1", "--tif", "IOC"), "are for limit orders"),
        (("order", "place", "BTC/USDT", "buy", "1", "--post-only"), "are for limit orders"),
        (("order", "place", "BTC/USDT", "buy", "1", "--expires", "2h"), "are for limit orders"),
        (
            ("order", "place", "BTC/USDT", "buy", "1", "--limit", "2", "--expires", "2h", "--tif", "IOC"),
            "cannot be IOC",
        ),
        (("order", "place", "BTC/USDT", "buy", "1", "--limit", "2", "--expires", "soon"), "like 2h (from now)"),
        (("order", "place", "BTC/USDT", "buy", "1", "--limit", "2", "--expires", "soon"), "or as milliseconds"),
        (("order", "place", "BTC/USDT", "buy", "1", "--limit", "-1"), "must be greater than 0, was -1"),
        (("order", "place", "BTC/USDT", "buy", "1", "--limit", "2", "--tif", "FOK", "--post-only"), "cannot be FOK"),
        (("order", "place", "BTC/USDT", "buy", "1", "--limt", "2"), "--limt"),
        (("order", "place", "BTC/USDT", "sell", "1", "--stop", "2", "--take-profit", "3"), "place two for both"),
        (("order", "place", "BTC/USDT", "buy", "--cost", "5", "--stop", "2"), "takes an AMOUNT"),
        (("order", "place", "BTC/USDT", "buy", "--cost", "5", "--trail", "2"), "takes an AMOUNT"),
        (("order", "place", "BTC/USDT", "buy", "1", "--limit", "2", "--stop", "2", "--post-only"), "never --post-only"),
        (("order", "list", "--open", "--all"), "choose one of"),
        (("order", "list", "--limit", "0"), "a whole number from 1 to 100000 is needed, was '0'"),
        (("trades", "--limit", "1e3"), "a whole number from 1 to 100000 is needed, was '1e3'"),
        (("order", "show"), "either by its ID"),
        (("order", "show", "7", "--client-id", "x"), "either by its ID"),
        (("order", "show", "../admin"), "an order id is a number"),
        (("order", "amend", "--amount", "1"), "either by its ID"),
        (("order", "amend", "7", "--client-id", "a", "--amount", "1"), "either by its ID"),
        (("order", "amend", "7"), "name what is to change"),
        (("order", "amend", "7", "--iceberg", "1", "--no-iceberg"), "goes without"),
        (("order", "amend", "7", "--expires", "2h", "--no-expiry"), "goes without"),
        (("order", "amend", "7", "--amount", "-1"), "must be greater than 0"),
        (("order", "cancel"), "or give --all"),
        (("order", "cancel", "7", "--all"), "or give --all"),
        (("order", "cancel", "7", "--client-id", "a"), "or give --all"),
        (("order", "cancel", "--client-id", ""), "1 to 64 printable ASCII characters, was ''"),
        (("order", "cancel", "7", "--symbol", "BTC/USDT"), "--symbol goes with --all"),
        (("order-list", "place", "oco", "BTC/USDT", "sell", "1", "--target", "2"), "--stop"),
        (
            ("order-list", "place", "oco", "BTC/USDT", "sell", "1", "--target", "-2", "--stop", "1"),
            "must be greater than 0",
        ),
        (("order-list", "place", "oto", "BTC/USDT", "buy", "1", "--limit", "2"), "either a --target or a --stop"),
        (
            (
                "order-list",
                "place",
                "oto",
                "BTC/USDT",
                "buy",
                "1",
                "--limit",
                "2",
                "--target",
                "3",
                "--stop-limit",
                "1",
            ),
            "goes with --stop",
        ),
        (("order-list", "show", "pair-1"), "an order list's id is a number (`mockx order-list list`"),
        (("price", "set", "BTC/USDT", "0"), "must be greater than 0"),
        (("up", "--deck-port", "http"), "MOCKX_DECK_PORT='http'"),
        (("serve", "deck", "--deck-port", "70000"), "MOCKX_DECK_PORT='70000'"),
        (("up", "--speed", "0"), "SPEED='0'"),
        (("up", "--symbols", "BTC-USDT"), "SYMBOLS='BTC-USDT'"),
        (("up", "--port", "http"), "MOCKX_PORT='http'"),
        (("up", "--workers", "0"), "MOCKX_WORKERS='0'"),
        (("up", "--fsync", "never"), "MOCKX_FSYNC='never'"),
        (("serve", "feeder", "--interval", "-1"), "INTERVAL_SEC='-1'"),
        (("serve", "everything"), "everything"),
        (("orders",), "orders"),
    ],
)
def test_wrong_usage_is_2_and_nothing_is_sent(
    arguments: tuple[str, ...], said: str, exchange: StandIn, mockx: Mockx
) -> None:
    result = mockx(*arguments, environment={"COLUMNS": "200"})

    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""
    assert exchange.asked == []


def test_settings_that_cannot_be_used_are_2_with_their_name_and_value() -> None:
    result = CliRunner().invoke(app, ["balance"], env={"STALE_AFTER_SEC": "soon"})

    assert result.exit_code == 2
    assert "STALE_AFTER_SEC='soon'" in result.stderr


def test_a_directory_in_use_is_told_by_up(mockx: Mockx, tmp_path_factory: pytest.TempPathFactory) -> None:
    from mockexchange.local.directory_lock import DirectoryLock

    directory = tmp_path_factory.mktemp("in-use")
    lock = DirectoryLock(directory / "mockx.lock")
    lock.acquire()
    try:
        result = mockx("up", "--data-dir", str(directory), "--port", "0", "--feed", "manual")
    finally:
        lock.release()

    assert result.exit_code == 1
    assert "is in use by process" in result.stderr


def test_own_ids_are_as_long_as_the_exchange_allows() -> None:
    assert parameters.LONGEST_CLIENT_ID == placing.MAX_CLIENT_ORDER_ID
