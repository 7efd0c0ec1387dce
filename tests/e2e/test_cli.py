"""A person at a terminal, from `mockx up` to a clean audit, with nothing but the command line."""

from __future__ import annotations

from decimal import Decimal

import pytest

from .terminal import Terminal


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_an_exchange_is_started_traded_on_stopped_and_started_again(terminal: Terminal) -> None:
    with terminal.up("--feed", "manual", "--symbols", "BTC/USDT", "--interval", "0.2"):
        assert terminal.ask("status")["synthetic"] is False
        assert terminal.free("USDT") == 100_000

        closed = terminal.mockx("order", "place", "BTC/USDT", "buy", "0.5")
        assert closed.returncode == 1, closed.stderr
        assert "MarketClosed" in closed.stderr

        terminal.ask("price", "set", "BTC/USDT", "60000", "--bid", "59999", "--ask", "60001")
        bought = terminal.ask("order", "place", "BTC/USDT", "buy", "0.5")
        assert (bought["status"], bought["average"], bought["filled"]) == ("closed", 60001, Decimal("0.5"))
        assert bought["trades"][0]["takerOrMaker"] == "taker"
        assert bought["fee"] == {"currency": "BTC", "cost": Decimal("0.0005")}

        resting = terminal.ask("order", "place", "BTC/USDT", "buy", "0.1", "--limit", "55000", "--client-id", "dip")
        assert resting["status"] == "open"
        again = terminal.ask("order", "place", "BTC/USDT", "buy", "0.1", "--limit", "55000", "--client-id", "dip")
        assert again["id"] == resting["id"]
        canceled = terminal.ask("order", "place", "BTC/USDT", "sell", "0.2", "--limit", "70000")
        assert terminal.ask("order", "cancel", canceled["id"])["status"] == "canceled"

        bracket = ("BTC/USDT", "buy", "0.1", "--limit", "50000", "--target", "66000", "--stop", "45000")
        placed = terminal.ask("order-list", "place", "otoco", *bracket, "--exit", "0.099", "--client-id", "bracket")
        assert (
            terminal.ask("order-list", "place", "otoco", *bracket, "--exit", "0.099", "--client-id", "bracket")
            == placed
        )
        assert [order["pending"] for order in placed["orders"]] == [False, True, True]
        assert terminal.ask("order-list", "list") == [placed]
        assert terminal.ask("order-list", "cancel", placed["id"])["status"] == "closed"
        pair = terminal.ask(
            "order-list", "place", "oco", "BTC/USDT", "sell", "0.1", "--target", "70000", "--stop", "50000"
        )
        assert (pair["type"], pair["status"], terminal.free("BTC")) == ("oco", "open", Decimal("0.3995"))
        assert "post-only" in terminal.mockx("order-list", "show", pair["id"]).stdout
        terminal.ask("order-list", "cancel", pair["id"])
        assert terminal.mockx("order-list", "cancel", pair["id"]).returncode == 1
        assert terminal.mockx("order-list", "show", "999999").returncode == 5

        terminal.ask("deposit", "USDT", "0.00000001")
        assert terminal.ask("order", "place", "BTC/USDT", "sell", "0.2", "--dry-run")["ok"] is True

        refusals = {
            ("withdraw", "USDT", "1000000"): 1,
            ("order", "cancel", canceled["id"]): 1,
            ("order", "place", "BTC/USDT", "buy", "-1"): 2,
            ("--api-key", "wrong", "balance"): 4,
            ("order", "show", "999999"): 5,
            ("ticker", "NO/SUCH"): 5,
        }
        ended = {arguments: terminal.mockx(*arguments) for arguments in refusals}
        assert {arguments: each.returncode for arguments, each in ended.items()} == refusals
        assert all(each.stdout == "" and each.stderr for each in ended.values())
        before = terminal.ask("balance")
        assert terminal.ask("audit")["clean"] is True

    assert terminal.mockx("balance").returncode == 3

    with terminal.up("--feed", "manual", "--symbols", "BTC/USDT", "--interval", "0.2"):
        assert terminal.ask("balance") == before
        assert [order["id"] for order in terminal.ask("order", "list")] == [resting["id"]]

        terminal.ask("price", "set", "BTC/USDT", "54000")
        filled = terminal.ask("order", "show", "--client-id", "dip")
        assert (filled["status"], filled["average"]) == ("closed", 55000)
        assert filled["trades"][0]["takerOrMaker"] == "maker"

        assert [trade["order"] for trade in terminal.ask("trades")] == [resting["id"], bought["id"]]
        # 100,000 and a hundred-millionth, less 0.5 at 60,001 and 0.1 at 55,000
        assert terminal.ask("balance", "USDT")["total"] == Decimal("64499.50000001")
        assert terminal.ask("balance", "BTC")["total"] == Decimal("0.5994")  # less a thousandth
        audited = terminal.ask("audit")
        assert (audited["clean"], audited["fills"], audited["openOrders"]) == (True, 2, 0)
