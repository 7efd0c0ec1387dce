"""Ten replayed hours, and a bot that knows nothing but ccxt's binance: what it is told adds up, and the books are
clean."""

from __future__ import annotations

import csv
import random
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from mockexchange import wiring
from mockexchange.domain.fill_models import fill_model
from mockexchange.domain.models import Engine
from mockexchange.domain.rules import Rules
from mockexchange.settings import Settings
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection

from .ccxt_clients import CCXT, ccxt, ccxt_binance
from .exercised import exercises
from .served import FIRST_BALANCES, Served, serve

START = 1_717_200_000_000  # 2024-06-01
MINUTE = 60_000
MINUTES = 600
SYMBOL = "BTC/USDT"


class Steps:
    """The clock of the replay, which moves when it is told to."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> int:
        return self.time


def recorded(path: Path) -> str:
    """Ten hours of candles that wander by up to 0.2 % a minute."""
    chance = random.Random(7)
    price = Decimal(60_000)
    with path.open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["timestamp", "open", "high", "low", "close", "volume"])
        for minute in range(MINUTES):
            close = (price * (10_000 + chance.randint(-20, 20)) / 10_000).quantize(Decimal("0.01"))
            high = max(price, close) + chance.randint(0, 30)
            low = min(price, close) - chance.randint(0, 30)
            lines.writerow([START + minute * MINUTE, price, high, low, close, chance.randint(1, 50)])
            price = close
    return f"replay:{path}"


class Bot:
    """Looks, cancels, quotes on both sides, takes now and then, moves an order; and counts what came of it."""

    def __init__(self, exchange: Any) -> None:
        self.exchange = exchange
        self.chance = random.Random(8)
        self.answers: Counter[str] = Counter()
        self.refusals: tuple[type[Exception], ...] = (ccxt.InvalidOrder, ccxt.InsufficientFunds)

    def act(self) -> None:
        """One look at the market, and what follows from it."""
        exchange, chance = self.exchange, self.chance
        ticker = exchange.fetch_ticker(SYMBOL)
        balance = exchange.fetch_balance()
        assert all(balance["total"][each] >= balance["used"][each] >= 0 for each in ("BTC", "USDT"))
        open_orders = exchange.fetch_open_orders(SYMBOL)
        for order in open_orders[:-6]:
            self.count(exchange.cancel_order, order["id"], SYMBOL)
        side, away = chance.choice([("buy", -1), ("sell", 1)])
        price = exchange.price_to_precision(SYMBOL, ticker["last"] * (1 + away * chance.uniform(-0.0005, 0.004)))
        amount = exchange.amount_to_precision(SYMBOL, chance.uniform(0.001, 0.05))
        kind = chance.random()
        if kind < 0.6:
            self.count(exchange.create_order, SYMBOL, "limit", side, amount, price)
        elif kind < 0.7:
            self.count(exchange.create_order, SYMBOL, "limit", side, amount, price, {"postOnly": True})
        elif kind < 0.8:
            self.count(exchange.create_order, SYMBOL, "limit", side, amount, price, {"timeInForce": "IOC"})
        elif kind < 0.9:
            self.count(exchange.create_market_buy_order_with_cost, SYMBOL, round(chance.uniform(20, 500), 2))
        else:
            self.count(exchange.create_order, SYMBOL, "market", "sell", amount)
        if open_orders and chance.random() < 0.3:
            moved = open_orders[-1]
            self.count(exchange.edit_order, moved["id"], SYMBOL, "limit", moved["side"], amount, price)

    def count(self, call: Any, *arguments: Any) -> None:
        """One order of whatever kind; a refusal that a market may give is an answer too."""
        try:
            order = call(*arguments)
        except self.refusals as refused:
            self.answers[type(refused).__name__] += 1
        else:
            self.answers[order["status"]] += 1


def trades_of(exchange: Any) -> Iterator[Any]:
    """Every trade, paged by its id as Binance's documentation says."""
    from_id = 0
    while page := exchange.fetch_my_trades(SYMBOL, limit=100, params={"fromId": from_id}):
        yield from page
        from_id = int(page[-1]["id"]) + 1


@exercises(CCXT, "ten replayed hours of trading: orders of every kind, edits, cancels, paging of trades")
def test_ten_hours_of_a_bot_leave_clean_books(valkey_url: str, tmp_path: Path) -> None:
    connection = Connection(valkey_url)
    store, clock = ValkeyStore(connection), Steps()
    chosen = Settings(feed=recorded(tmp_path / "BTC_USDT-1m.csv"), symbols=(SYMBOL,), speed=60)
    feeder = wiring.feeder(chosen, on=store, clock=clock)
    rules = Rules(engine=Engine(fill_model("touch"), stale_after=120_000), symbols=(SYMBOL,))

    with serve(store, rules=rules, priced=False) as served:
        candles = wiring.candle_builder(feeder.source, chosen, on=store, clock=served.exchange)
        with ccxt_binance(served.url, enableRateLimit=False) as exchange:
            bot = Bot(exchange)
            for minute in range(MINUTES):
                clock.time = START + minute * 1000  # a second of the clock is a minute of the recording
                feeder.tick()
                candles.run()
                served.exchange.match()
                if minute % 3 == 0:
                    bot.act()
            check(served, exchange)
    assert min(bot.answers[each] for each in ("open", "closed", "canceled", "expired")) > 2, bot.answers
    connection.close()


def check(served: Served, exchange: Any) -> None:
    """What the bot is told about its trades comes to what it has."""
    owned = dict(FIRST_BALANCES)
    found = list(trades_of(exchange))
    assert len({trade["id"] for trade in found}) == len(found) > 60
    for trade in found:
        info, sign = trade["info"], 1 if trade["side"] == "buy" else -1
        owned["BTC"] += sign * Decimal(info["qty"])
        owned["USDT"] -= sign * Decimal(info["quoteQty"])
        owned[info["commissionAsset"]] -= Decimal(info["commission"])
    told = {
        each["asset"]: Decimal(each["free"]) + Decimal(each["locked"])
        for each in exchange.fetch_balance()["info"]["balances"]
    }
    assert told == owned
    assert {trade["takerOrMaker"] for trade in found} == {"maker", "taker"}
    orders = exchange.fetch_orders(SYMBOL, limit=1000)
    assert sum(order["filled"] > 0 for order in orders) >= len({trade["order"] for trade in found})
    day = exchange.fetch_ohlcv(SYMBOL, "1h", limit=20)
    assert [line[0] for line in day] == [START + hour * 60 * MINUTE for hour in range(10)]
    assert served.exchange.audit().clean
