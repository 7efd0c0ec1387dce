"""A recorded day, traded through the running exchange, and once more through the exchange of back-tests."""

from __future__ import annotations

import json
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from .terminal import Terminal

BTC = "BTC/USDT"
START = 1_700_006_400_000
MINUTES = 1_440
SPEED = 2_400
"""A day in 36 seconds."""


PATIENT = {"STALE_AFTER_SEC": "3600"}
"""At that speed a matcher that is a second late is forty minutes late."""


def record_a_day(path: Path) -> None:
    rows, price, state = ["timestamp,open,high,low,close,volume"], 50_000.0, 5
    for at in range(MINUTES):
        state = (state * 1103515245 + 12345) % (1 << 31)
        close = round(price * (1 + ((state >> 16) % 401 - 200) / 200_000), 2)
        high, low = max(price, close) + (state >> 8) % 20, min(price, close) - (state >> 4) % 20
        rows.append(f"{START + at * 60_000},{price},{high:.2f},{low:.2f},{close},12")
        price = close
    path.write_text("\n".join(rows) + "\n")


def trade(exchange: Any, ccxt: Any, seconds: float) -> None:
    """Orders of every kind, for so long."""
    ends, number = time.monotonic() + seconds, 0
    while time.monotonic() < ends:
        number += 1
        time.sleep(0.04)  # an exchange has limits
        last = exchange.fetch_ticker(BTC)["last"]
        try:
            match number % 8:
                case 0:
                    exchange.create_market_buy_order(BTC, 0.01)
                case 1:
                    exchange.create_limit_sell_order(BTC, 0.01, round(last * 1.001, 2))
                case 2:
                    exchange.create_limit_buy_order(BTC, 0.01, round(last * 0.9995, 2))
                case 3:
                    exchange.create_order(BTC, "stop_loss", "sell", 0.01, None, {"stopPrice": round(last * 0.999, 2)})
                case 4:
                    exchange.create_order(BTC, "limit", "buy", 0.01, round(last * 0.999, 2), {"postOnly": True})
                case 5:
                    exchange.private_post_orderlist_oco(
                        {
                            "symbol": "BTCUSDT", "side": "SELL", "quantity": "0.01",
                            "aboveType": "LIMIT_MAKER", "abovePrice": f"{last * 1.001:.2f}",
                            "belowType": "STOP_LOSS", "belowStopPrice": f"{last * 0.999:.2f}",
                        }
                    )  # fmt: skip
                case 6:
                    exchange.create_order(BTC, "limit", "buy", 0.01, round(last * 1.001, 2), {"timeInForce": "IOC"})
                case _:
                    # far away: the journal does not tell whether a tick was met before a command or after it
                    order = exchange.create_limit_buy_order(BTC, 0.01, round(last * 0.8, 2))
                    exchange.cancel_order(order["id"], BTC)
        except (ccxt.InvalidOrder, ccxt.OrderNotFound, ccxt.InsufficientFunds, ccxt.BadRequest):
            continue  # the price was elsewhere by then, or a filter's limit was reached


@pytest.mark.slow
def test_a_recorded_day_gives_the_same_books_on_paper_and_here(terminal: Terminal) -> None:
    ccxt: Any = import_module("ccxt")
    import_module("mockexchange.clients.ccxt")
    day = terminal.directory / "BTC_USDT-1m.csv"
    record_a_day(day)
    terminal.environment = {**terminal.environment, "MOCKX_BALANCES": "USDT=100000,BTC=1", **PATIENT}
    options = ("--symbols", BTC, "--speed", str(SPEED), "--interval", "0.2")
    with terminal.up("--feed", f"replay:{day}", *options):
        keys = json.loads((terminal.directory / "data" / "credentials.json").read_text())
        exchange = ccxt.mockexchange({"url": keys["url"], "apiKey": keys["apiKey"], "secret": keys["secret"]})
        exchange.enableRateLimit = False
        trade(exchange, ccxt, MINUTES * 60 / SPEED)
        exchange.cancel_all_orders(BTC)
        found = terminal.ask("backtest", "same")
        assert found["differences"] == []
        assert found["same"] is True
        assert found["fills"] > 40
        assert found["orders"] > 100
        kinds = {order["info"]["type"] for order in exchange.fetch_orders(BTC, limit=1_000) if order["filled"]}
        assert {"MARKET", "LIMIT", "STOP_LOSS", "LIMIT_MAKER"} <= kinds
        assert terminal.mockx("backtest", "same", "--account", "nobody").returncode == 5
        assert terminal.mockx("audit").returncode == 0
