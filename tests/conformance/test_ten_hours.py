"""A bot on an unmodified ccxt.binance trades through ten replayed hours: its own reckoning, from the wire alone, agrees
with the exchange to the last digit, and the books are clean (serve() audits them in the end)."""

from __future__ import annotations

import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mockexchange.feed.candling import CandleBuilder
from mockexchange.feed.feeding import Feeder
from mockexchange.feed.sources import price_source
from mockexchange.settings import Settings
from mockexchange.store.memory import MemoryStore

from .ccxt_clients import CCXT, ccxt_binance
from .exercised import exercises
from .served import ACCOUNT, FIRST_BALANCES, serve

SYMBOL = "BTC/USDT"
MINUTES = 600
BEGINNING = 1_700_000_040_000  # a full minute


class ReplayClock:
    """Wall time as the feeder has it: it goes on when the next minute is wanted."""

    time = BEGINNING

    def now(self) -> int:
        return self.time


def recorded(path: Path) -> Path:
    """Ten hours of candles that go up and down, a few hundred dollars in an hour and a few in a minute."""
    rows = ["timestamp,open,high,low,close,volume"]
    for minute in range(MINUTES + 5):
        opening, closing = (
            60_000 + 400 * math.sin(at / 40) + 60 * math.sin(at / 3) + 25 * math.sin(at * 1.7)
            for at in (minute, minute + 1)
        )
        high, low = max(opening, closing) + 12, min(opening, closing) - 12
        rows.append(f"{BEGINNING + 60_000 * minute},{opening:.2f},{high:.2f},{low:.2f},{closing:.2f},25")
    path.write_text("\n".join(rows) + "\n")
    return path


class Bot:
    """Buys a little lower, sells a little higher; moves what does not fill, and now and then has enough of it."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.moved = 0

    def step(self, minute: int) -> None:
        """One minute."""
        client = self.client
        ticker, open_orders = client.fetch_ticker(SYMBOL), client.fetch_open_orders(SYMBOL)
        if minute % 90 == 89:
            if open_orders:
                client.cancel_all_orders(SYMBOL)
            client.create_market_buy_order_with_cost(SYMBOL, 1234.56)
            client.create_market_sell_order(SYMBOL, 0.0123)
        elif not open_orders:
            client.create_limit_buy_order(SYMBOL, 0.02345, ticker["bid"] - 15)
            client.create_limit_sell_order(SYMBOL, 0.02, ticker["ask"] + 15, {"postOnly": True})
        elif minute % 7 == 6:
            order = open_orders[0]
            price = ticker["ask"] + 5 if order["side"] == "sell" else ticker["bid"] - 5
            client.edit_order(order["id"], SYMBOL, "limit", order["side"], order["amount"], price)
            self.moved += 1

    def trades(self) -> list[dict[str, Any]]:
        """Every one of its own, a page at a time, as Binance numbers them."""
        found: list[dict[str, Any]] = []
        following = 0
        while page := self.client.fetch_my_trades(SYMBOL, None, 50, {"fromId": following}):
            found += [each["info"] for each in page]
            following = int(page[-1]["id"]) + 1
        return found


def reckoned(trades: list[dict[str, Any]]) -> dict[str, Decimal]:
    """What is held after these trades, from their own words."""
    held = dict(FIRST_BALANCES)
    for trade in trades:
        sign = 1 if trade["isBuyer"] else -1
        held["BTC"] += sign * Decimal(trade["qty"])
        held["USDT"] -= sign * Decimal(trade["quoteQty"])
        held[trade["commissionAsset"]] -= Decimal(trade["commission"])
    return held


@pytest.mark.slow
@exercises(CCXT, "a bot through ten replayed hours", result="clean books, and the bot's own reckoning is right")
def test_ten_hours(tmp_path: Path) -> None:
    store, clock = MemoryStore(), ReplayClock()
    settings = Settings(_env_file=None, feed=f"replay:{recorded(tmp_path / 'BTC_USDT-1m.csv')}", symbols=(SYMBOL,))
    feeder, candles = Feeder(store, price_source(settings.feed, settings), clock), CandleBuilder(store, clock)
    feeder.tick()
    # ccxt's pauses are for an exchange that counts requests; this one does not, and the hours pass faster without
    with serve(store, priced=False) as served, ccxt_binance(served.url, enableRateLimit=False) as client:
        bot = Bot(client)
        for minute in range(MINUTES):
            for _ in range(6):  # a feeder that was away goes on ten seconds further at most
                clock.time += 10_000
                feeder.tick()
            served.exchange.match()
            candles.run()
            bot.step(minute)

        trades = bot.trades()
        assert len(trades) > 100
        assert bot.moved > 20
        assert {each["isMaker"] for each in trades} == {True, False}
        held = {each.asset: each.free + each.locked for each in served.exchange.balances(ACCOUNT)}
        assert {asset: amount for asset, amount in held.items() if amount} == reckoned(trades)
        # the chart of the hours, from the same wire
        assert served.exchange.now() >= BEGINNING + 60_000 * (MINUTES - 1)
        hours = client.fetch_ohlcv(SYMBOL, "1h", BEGINNING, 100)
        assert len(hours) == 10  # full hours from the first one on
        assert all(low <= opened <= high for _, opened, high, low, *_ in hours)
