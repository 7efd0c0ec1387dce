"""A newcomer's first hour, all of it at the command line: up, doctor, deposit, order, fill, snapshot, reset, restore,
stop, start."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from .terminal import Terminal

D = Decimal
OPTIONS = ("--feed", "manual", "--symbols", "BTC/USDT,ETH/USDT", "--interval", "0.2")


def totals(terminal: Terminal) -> dict[str, Decimal]:
    return {asset: held["total"] for asset, held in terminal.ask("balance").items()}


def statuses(found: Any) -> dict[str, str]:
    return {check["name"]: check["status"] for check in found["checks"]}


@pytest.mark.slow
def test_a_newcomer_s_first_hour(terminal: Terminal) -> None:  # noqa: PLR0915  # an hour is one story
    # nothing runs yet, and everybody says so
    assert terminal.mockx("balance").returncode == 3
    assert terminal.mockx("doctor").returncode == 3

    with terminal.up(*OPTIONS):
        looked_at = terminal.ask("doctor")
        assert looked_at["status"] in ("ok", "warning")
        assert "error" not in statuses(looked_at).values()
        assert statuses(looked_at)["valkey"] == "ok"

        # money, a price, an order that fills at once and one that waits
        assert terminal.ask("deposit", "USDT", "5000")["total"] == 105_000
        terminal.ask("price", "set", "BTC/USDT", "60000", "--bid", "59999", "--ask", "60001")
        bought = terminal.ask("order", "place", "BTC/USDT", "buy", "0.5")
        assert (bought["status"], bought["filled"], bought["average"]) == ("closed", D("0.5"), 60_001)
        waiting = terminal.ask("order", "place", "BTC/USDT", "buy", "0.1", "--limit", "55000", "--client-id", "dip")
        assert waiting["status"] == "open"
        assert [each["id"] for each in terminal.ask("order", "list", "--side", "buy", "--open")] == [waiting["id"]]
        held = totals(terminal)
        assert held == {"BTC": D("0.4995"), "USDT": D("74999.5")}

        # kept; then the price falls and the waiting order fills
        kept = terminal.ask("snapshot", "save", "before-the-dip")
        assert (kept["name"], kept["openOrders"], kept["trades"]) == ("before-the-dip", 1, 1)
        assert terminal.mockx("snapshot", "save", "before-the-dip").returncode == 1
        terminal.ask("price", "set", "BTC/USDT", "54000")
        assert terminal.ask("order", "show", "--client-id", "dip")["status"] == "closed"
        changed = terminal.ask("snapshot", "diff", "before-the-dip")
        assert (changed["trades"]["added"], changed["orders"]["closed"]) == (1, 1)
        assert changed["balances"]["BTC"]["change"] == D("0.0999")

        # begun anew, on purpose only
        assert terminal.mockx("reset").returncode == 2
        terminal.ask("reset", "--yes")
        assert totals(terminal) == {"USDT": 100_000}
        assert terminal.ask("order", "list", "--all") == []
        assert terminal.ask("audit")["clean"] is True

        # and back again
        terminal.ask("snapshot", "restore", "before-the-dip", "--yes")
        assert totals(terminal) == held
        back = terminal.ask("order", "show", "--client-id", "dip")
        assert (back["status"], back["price"]) == ("open", 55_000)
        assert back["id"] != waiting["id"]
        assert terminal.mockx("snapshot", "restore", "never-taken", "--yes").returncode == 5
        assert terminal.ask("audit")["clean"] is True

        # a friend gets an account, and a key that may not do everything
        terminal.ask("account", "create", "friend", "--balances", "USDT=250")
        key = terminal.ask("keys", "create", "friend", "--scope", "read")["apiKey"]
        assert terminal.ask("--api-key", key, "balance", "USDT")["free"] == 250
        assert terminal.mockx("--api-key", key, "deposit", "USDT", "1").returncode == 4
        assert terminal.mockx("--api-key", key, "audit").returncode == 4

    assert terminal.mockx("status").returncode == 3

    with terminal.up(*OPTIONS):
        assert totals(terminal) == held
        assert [each["name"] for each in terminal.ask("snapshot", "list")] == ["before-the-dip"]
        assert terminal.ask("--api-key", key, "balance", "USDT")["free"] == 250
        assert [each["clientOrderId"] for each in terminal.ask("order", "list")] == ["dip"]
        terminal.ask("price", "set", "BTC/USDT", "54000")
        assert terminal.ask("order", "show", "--client-id", "dip")["status"] == "closed"
        audited = terminal.ask("audit")
        assert (audited["clean"], audited["accounts"]) == (True, 2)
