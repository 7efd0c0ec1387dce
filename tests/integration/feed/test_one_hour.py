"""One hour of everything that goes wrong, on a clock that runs as fast as it can: a bot trades through it, on a real
Valkey, and in the end every fill was at a price that the exchange showed, fresh, and the books are clean."""

from __future__ import annotations

import logging
import random
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from mockexchange.domain.errors import InvalidOrder, MarketClosed
from mockexchange.domain.orders import OrderType, Side
from mockexchange.domain.placing import PlaceOrder
from mockexchange.domain.rules import Rules
from mockexchange.exchange import Exchange
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection
from tests.stand_in_exchange.server import Failure, StandInExchange

from .live import Live

D = Decimal
CENT = D("0.01")
SYMBOLS = ("BTC/USDT", "ETH/USDT", "SOL/USDT")
STALE_AFTER = 60_000
STEP = 6
"""Seconds between two polls."""

FAILURES = {
    # second of the hour: how long, and what happens
    120: (20, Failure(status=503)),
    300: (150, Failure(status=429, headers={"Retry-After": "30"})),
    600: (30, Failure(cut=50)),
    720: (200, Failure(lost=True)),
    1_140: (40, Failure(body=b"<html>maintenance</html>")),
    1_320: (100, Failure(status=418, headers={"Retry-After": "120"})),
    1_740: (16, Failure(status=500)),
    1_920: (90, Failure(status=451)),
    2_220: (30, Failure(body=b"[[1]]")),
}
UNUSABLE = {
    # second of the hour: which market, what it shows for half a minute
    200: ("BTCUSDT", {"bid": "NaN"}),
    520: ("ETHUSDT", {"ask": None}),
    1_060: ("SOLUSDT", {"bid": "0.00000000"}),
    1_600: ("BTCUSDT", {"bid": "99999.00"}),
    2_140: ("ETHUSDT", {"ask": "-5"}),
}
HALTED = (2_400, 2_760)  # longer than the exchange's markets are believed without another look
VANISHED = (2_820, 3_000)
JUMPS = {3_120: 900, 3_300: -900}
"""Second of the hour: by how many seconds our clock is set."""


@dataclass
class Hour:
    """The exchange's markets through the hour, and every pair of prices that it could be traded at."""

    exchange: StandInExchange
    shown: set[tuple[str, Decimal, Decimal]] = field(default_factory=set[tuple[str, Decimal, Decimal]])
    chance: random.Random = field(default_factory=lambda: random.Random(3))
    middles: dict[str, Decimal] = field(
        default_factory=lambda: {"BTCUSDT": D(60_000), "ETHUSDT": D(3_000), "SOLUSDT": D(150)}
    )

    def move(self, second: int) -> None:
        """What the exchange is like at a second of the hour."""
        failures = [each for start, (length, each) in FAILURES.items() if start <= second < start + length]
        self.exchange.fail(failures[0] if failures else None)
        markets = self.exchange.markets
        for market_id, middle in self.middles.items():
            change = D(self.chance.randint(-20, 20)) * middle / 10_000
            middle = self.middles[market_id] = (middle + change).quantize(CENT)  # noqa: PLW2901  # it has moved
            market = markets.get(market_id) or self.gone
            market.bid, market.ask = str(middle), str(middle + CENT)
            market.status = "HALT" if market_id == "ETHUSDT" and HALTED[0] <= second < HALTED[1] else "TRADING"
            broken = [what for at, (which, what) in UNUSABLE.items() if which == market_id and at <= second < at + 30]
            for name, value in broken[0].items() if broken else ():
                setattr(market, name, value)
            if not broken:
                self.shown.add((f"{market.base}/{market.quote}", middle, middle + CENT))
        if VANISHED[0] <= second < VANISHED[1] and "SOLUSDT" in markets:
            self.gone = markets.pop("SOLUSDT")
        elif second >= VANISHED[1]:
            markets.setdefault("SOLUSDT", self.gone)


class Bot:
    """Small orders of every kind, on any market, and what it was answered."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.chance = random.Random(4)
        self.answers: Counter[str] = Counter()

    def act(self) -> None:
        """One order, near the last price it can see."""
        symbol, side = self.chance.choice(SYMBOLS), self.chance.choice(list(Side))
        tick = self.exchange.ticks([symbol]).get(symbol)
        price = None
        if tick is not None and self.chance.random() < 0.7:
            price = (tick.quote.bid * D(self.chance.randint(9_980, 10_020)) / 10_000).quantize(CENT)
        command = PlaceOrder("bot", symbol, side, OrderType.LIMIT if price else OrderType.MARKET, D("0.1"), price)
        try:
            self.answers[self.exchange.place(command).order.status] += 1
        except (MarketClosed, InvalidOrder) as refused:
            self.answers[type(refused).__name__] += 1


def test_an_hour_of_failures(exchange: StandInExchange, valkey_url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="mockexchange.feed")
    exchange.add("SOL/USDT")
    connection = Connection(valkey_url)
    store = ValkeyStore(connection)
    live = Live(exchange, *SYMBOLS, data=store)
    venue = Exchange(store, live, Rules(symbols=SYMBOLS))
    venue.open_account("bot", {"USDT": D(10**7), "BTC": D(100), "ETH": D(1_000), "SOL": D(10_000)})
    hour, bot, rejected, asked = Hour(exchange), Bot(venue), 0, 0

    for second in range(0, 3_600, STEP):
        live.time += JUMPS.get(second, 0) * 1000
        hour.move(second)
        if second % 900 == 0:
            live.restart()
        rejected += len(live.step(STEP).rejected)
        bot.act()
        venue.match()
        asked = max(asked, len(exchange.asked))

    fills = venue.trades("bot", limit=100_000).items
    assert len(fills) > 200
    ticks = {(symbol, tick.number): tick for symbol in SYMBOLS for tick in store.ticks(symbol, 0, 10**6)}
    for fill in fills:
        quote = ticks[fill.symbol, fill.tick].quote
        assert (fill.symbol, quote.bid, quote.ask) in hour.shown
        assert abs(fill.timestamp - quote.timestamp) <= STALE_AFTER
        assert fill.source == "ccxt:binance"
    assert venue.audit().clean
    assert bot.answers["MarketClosed"] > 20
    assert rejected > 20
    lines = [record.message for record in caplog.records]
    began = [line for line in lines if "no prices:" in line]
    ended = [line for line in lines if "prices again" in line]
    assert len(began) == len(ended) == len(FAILURES)
    assert store.outage() is None
    assert asked < 3_600 / STEP + 60  # a poll is one request, and an outage is fewer
    assert "binance: ETH/USDT is HALT" in lines
    assert "binance: SOL/USDT is BREAK" in lines
    assert all(each.status == "TRADING" for each in store.instruments() if each.symbol != "SOL/USDT")
    connection.close()
