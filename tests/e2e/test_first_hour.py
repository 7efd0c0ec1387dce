"""A newcomer's first hour, with nothing but the command line: up, doctor, deposit, order, fill, snapshot, reset,
restore, stop, start. Every exit code and every `--json` is looked at."""

from __future__ import annotations

import json
import signal
from decimal import Decimal

import pytest

from .terminal import Terminal


@pytest.fixture
def desk(terminal: Terminal) -> Terminal:
    """A terminal where prices are set by hand, which mockx.toml says."""
    (terminal.directory / "mockx.toml").write_text('feed = "manual"\nsymbols = ["BTC/USDT"]\ninterval_sec = 0.2\n')
    return terminal


@pytest.mark.slow
@pytest.mark.timeout(400)  # seconds; some seventy programs are started, one after the other
def test_the_first_hour(desk: Terminal) -> None:
    before_the_start(desk)
    with desk.up(stop=signal.SIGINT):
        looking_around(desk)
        first_orders(desk)
        a_snapshot_and_back(desk)
        somebody_else(desk)
        kept = desk.ask("balance"), desk.ask("order", "list"), desk.ask("snapshot", "list")
    after_a_stop(desk)
    with desk.up(stop=signal.SIGINT):
        assert (desk.ask("balance"), desk.ask("order", "list"), desk.ask("snapshot", "list")) == kept
        assert desk.ask("doctor")["status"] in {"ok", "warning"}
        audited = desk.ask("audit")
        assert (audited["clean"], audited["accounts"]) == (True, 2)


def before_the_start(desk: Terminal) -> None:
    """Nothing runs: the doctor says so, and the settings are shown."""
    diagnosis = desk.ask("doctor", expect=3)
    assert diagnosis["status"] == "error"
    assert {each["name"] for each in diagnosis["checks"] if each["status"] == "error"} >= {"api", "port"}
    assert "mockx up" in desk.mockx("balance", expect=3).stderr
    settings = {each["name"]: each for each in desk.ask("config", "show")}
    assert (settings["FEED"]["value"], settings["FEED"]["source"]) == ("manual", "mockx.toml")
    assert settings["VENUE"]["source"] == "default"


def looking_around(desk: Terminal) -> None:
    """The doctor finds no price; one is set, and the doctor is content."""
    checks = {each["name"]: each for each in desk.ask("doctor")["checks"]}
    assert checks["price BTC/USDT"]["status"] == "warning"
    assert "mockx price set BTC/USDT" in checks["price BTC/USDT"]["advice"]
    assert checks["master key"]["value"] == "600"
    assert checks["mockx up"]["status"] == "ok"
    desk.ask("price", "set", "BTC/USDT", "60000", "--bid", "59999", "--ask", "60001")
    diagnosis = desk.ask("doctor")
    assert {each["name"]: each["status"] for each in diagnosis["checks"]}["price BTC/USDT"] == "ok"
    assert diagnosis["versions"]["valkey"]
    assert desk.ask("ticker", "BTC/USDT")["BTC/USDT"]["ask"] == 60001
    assert desk.ask("account", "show")["id"] == "default"


def first_orders(desk: Terminal) -> None:
    """Money comes in, an order fills at once, another one when the price comes to it."""
    assert desk.free("USDT") == 100_000
    assert desk.ask("deposit", "USDT", "5000.00000001")["free"] == Decimal("105000.00000001")
    bought = desk.ask("order", "place", "BTC/USDT", "buy", "0.5")
    assert (bought["status"], bought["average"]) == ("closed", 60001)
    resting = desk.ask("order", "place", "BTC/USDT", "buy", "0.1", "--limit", "55000")
    assert [each["id"] for each in desk.ask("order", "list")] == [resting["id"]]
    desk.ask("price", "set", "BTC/USDT", "54000")
    filled = desk.ask("order", "show", resting["id"])
    assert (filled["status"], filled["trades"][0]["takerOrMaker"]) == ("closed", "maker")
    desk.ask("price", "set", "BTC/USDT", "60000")
    assert [each["order"] for each in desk.ask("trades", "--side", "buy", "--since", "1h")] == [
        resting["id"],
        bought["id"],
    ]
    assert desk.ask("order", "list", "--status", "canceled") == []
    events = [json.loads(line) for line in desk.mockx("events", "--limit", "50", "--json").stdout.splitlines()]
    assert [each["type"] for each in events].count("trade") == 2
    assert desk.mockx("order", "place", "BTC/USDT", "buy", "1000", expect=1).stdout == ""


def a_snapshot_and_back(desk: Terminal) -> None:
    """What was saved comes back after a reset, open orders too."""
    desk.ask("order", "place", "BTC/USDT", "sell", "0.1", "--limit", "70000", "--client-id", "high")
    before = desk.ask("balance")
    saved = desk.ask("snapshot", "save", "good-times")
    assert (saved["openOrders"], saved["trades"]) == (1, 2)
    desk.mockx("snapshot", "save", "good-times", expect=1)
    assert desk.ask("snapshot", "diff", "good-times")["balances"] == {}

    assert "--yes" in desk.mockx("reset", expect=2).stderr  # nobody can be asked here
    assert desk.ask("balance") == before
    again = desk.ask("reset", "--yes", "--balances", "USDT=7,BTC=1")
    assert again["generation"] == 2
    assert (desk.free("USDT"), desk.free("BTC")) == (7, 1)
    assert desk.ask("order", "list", "--all") == []
    changed = desk.ask("snapshot", "diff", "good-times")
    assert changed["balances"]["USDT"]["to"] == 7
    assert desk.ask("audit")["clean"] is True

    restored = desk.ask("snapshot", "restore", "good-times", "--yes")
    assert restored["generation"] == 3
    assert desk.ask("balance") == before
    assert [each["clientOrderId"] for each in desk.ask("order", "list")] == ["high"]
    assert len(desk.ask("trades")) == 2
    assert desk.ask("audit")["clean"] is True
    desk.mockx("snapshot", "show", "bad-times", expect=5)


def somebody_else(desk: Terminal) -> None:
    """A friend gets an account and a key, which opens that account alone, until it is revoked."""
    desk.ask("account", "create", "friend", "--balances", "USDT=500", "--maker", "0")
    key = desk.ask("keys", "create", "friend", "--scope", "trade", "--label", "a friend")
    as_friend = ("--api-key", key["apiKey"])
    assert desk.ask(*as_friend, "balance")["USDT"]["free"] == 500
    assert desk.ask(*as_friend, "order", "list", "--all") == []
    desk.mockx(*as_friend, "audit", expect=4)
    desk.mockx(*as_friend, "doctor", expect=4)
    assert [each["id"] for each in desk.ask("keys", "list", "--account", "friend")] == [key["id"]]
    assert desk.ask("keys", "revoke", key["id"], "--yes")["revokedAt"] is not None
    desk.mockx(*as_friend, "balance", expect=4)


def after_a_stop(desk: Terminal) -> None:
    """Nothing answers any more, and the doctor says what is missing."""
    desk.mockx("balance", expect=3)
    checks = {each["name"]: each["status"] for each in desk.ask("doctor", expect=3)["checks"]}
    assert (checks["api"], checks["port"], checks["valkey"]) == ("error", "error", "error")
    assert (checks["mockx up"], checks["master key"]) == ("warning", "ok")
