"""A week of an account, for pictures: it follows the trends of three markets, wins some and loses some.

Its orders go over HTTP to a real exchange, as a bot's do. The prices are made up: those of the synthetic feed's walk,
set by hand. They are the same in every run, and end now: dates are new, and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal
from statistics import mean
from typing import Literal

from mockexchange.clients.http import ExchangeClient
from mockexchange.clients.order_lists import OrderListRequest
from mockexchange.clients.order_request import OrderRequest
from mockexchange.clock import SystemClock
from mockexchange.equity import EquityRecorder
from mockexchange.feed.candling import CandleBuilder
from mockexchange.feed.synthetic_market import SyntheticMarket
from mockexchange.overview import Overview

from ..conformance.served import ACCOUNT, Served
from .busy import client_of

D = Decimal
MINUTE, HOUR = 60_000, 3_600_000

SEED = 8
WALKED_FROM = 474_886 * HOUR
"""Where on the walks of that seed the week begins."""

LENGTH = 8 * 24 * HOUR
STEP = 10 * MINUTE
"""Between two prices of the market that charts are drawn of; others have one in an hour or half of one."""

SYMBOLS = ("BTC/USDT", "ETH/USDT", "SOL/USDT", "BNB/USDT", "XRP/USDT")
TRADED = SYMBOLS[:3]
SHOWN = SYMBOLS[0]

FIRST, SECOND = D(20_000), D(2_500)
"""USDT that are paid in, at the beginning and later."""

STAKE = D(5_000)
"""USDT that go into one market."""

FAST, SLOW = 4, 14
"""Hours of the two means that say together whether a price rises."""


class PastClock:
    """Stands where it is set (ms), until it is let go: then it is the real one."""

    def __init__(self) -> None:
        self.time: int | None = SystemClock().now()

    def now(self) -> int:
        return SystemClock().now() if self.time is None else self.time


class Week:
    """The week before now, on an exchange that has seen nothing yet and keeps `clock`."""

    def __init__(self, served: Served, clock: PastClock) -> None:
        self._served = served
        self._clock = clock
        self._markets = {symbol: SyntheticMarket(SEED, symbol) for symbol in SYMBOLS}
        self._closes = {symbol: [self._walked(symbol, hours) for hours in range(-SLOW, 0)] for symbol in TRADED}
        self._candles = CandleBuilder(served.store, clock)
        self._equity = EquityRecorder(Overview(served.exchange))
        now = clock.now()
        self._end = now - now % STEP
        self._begin = now - now % HOUR - LENGTH

    def pass_by(self) -> None:
        """Live it."""
        served = self._served
        served.store.put_instruments([each.instrument for each in self._markets.values()], replace=False)
        self._clock.time = self._begin
        self._come(SYMBOLS, STEP)
        served.exchange.open_account(ACCOUNT, {"USDT": FIRST})
        self._equity.run()
        with client_of(served) as client:
            for time in range(self._begin + STEP, self._end + 1, STEP):
                self._clock.time = time
                if time % HOUR == 0:
                    self._come(SYMBOLS, STEP)
                else:
                    self._come(TRADED if time % HOUR == HOUR // 2 else (SHOWN,), STEP)
                if time == self._begin + LENGTH * 5 // 8:
                    client.deposit("USDT", SECOND)
                self._equity.run()
                if time % HOUR == 0:
                    for symbol in TRADED:
                        self._decide(client, symbol)
            self._prepare(client)

    def go_on(self) -> None:
        """The prices of now: who looks at the exchange finds none that is old."""
        self._clock.time = None
        self._come(SYMBOLS, MINUTE)

    def last(self) -> Decimal:
        """The newest price of the market that charts are drawn of."""
        return self._served.exchange.last_prices([SHOWN])[SHOWN]

    def _come(self, symbols: Sequence[str], interval: int) -> None:
        """The prices of now, with what was traded in `interval` (ms) before."""
        now = self._clock.now()
        moved = self._begin - WALKED_FROM
        for symbol in symbols:
            tick = self._markets[symbol].tick(now - moved, interval)
            trades = tuple(replace(each, timestamp=each.timestamp + moved) for each in tick.trades)
            self._served.exchange.set_price(symbol, replace(tick.quote, timestamp=now), trades=trades, book=tick.book)
        self._candles.run()

    def _walked(self, symbol: str, hours: int) -> Decimal:
        """The price so many hours after the beginning."""
        return self._markets[symbol].last_price(WALKED_FROM + hours * HOUR, STEP)

    def _decide(self, client: ExchangeClient, symbol: str) -> None:
        """Buys what rises, takes a part of a good profit, and sells what falls."""
        closes, last = self._closes[symbol], self._last(client, symbol)
        closes.append(last)
        fast, slow = mean(closes[-FAST:]), mean(closes[-SLOW:])
        waits = bool(client.cancel_all(symbol))
        has = self._free(client, symbol)
        if fast < slow:
            if has * last > STAKE / 100:
                self._order(client, symbol, "sell", has)
        elif has * last < STAKE / 2 and fast > slow * D("1.001"):
            # as maker at first, where the price comes back a little; as taker when it did not
            self._order(client, symbol, "buy", STAKE / last - has, None if waits else last * D("0.9985"))
        elif has * last > STAKE * D("1.05"):
            self._order(client, symbol, "sell", has * D("0.3"))

    def _prepare(self, client: ExchangeClient) -> None:
        """What waits at the end: orders near the price, a stop, and two of which one cancels the other."""
        client.cancel_all()
        for symbol in TRADED:
            if self._free(client, symbol) * self._last(client, symbol) < STAKE / 4:
                self._order(client, symbol, "buy", STAKE / 3 / self._last(client, symbol))
        bitcoin, ether, solana = TRADED
        has, last = self._free(client, bitcoin), self._last(client, bitcoin)
        self._order(client, bitcoin, "buy", 1_400 / last, last * D("0.985"))
        self._order(client, bitcoin, "sell", has * D("0.4"), last * D("1.018"))
        legs = (
            self._request(bitcoin, "sell", has * D("0.6"), last * D("1.034"), post_only=True),
            self._request(bitcoin, "sell", has * D("0.6"), stop=last * D("0.962")),
        )
        client.place_list(OrderListRequest("oco", legs))
        self._order(client, solana, "buy", 900 / self._last(client, solana), self._last(client, solana) * D("0.97"))
        stop = self._last(client, ether) * D("0.96")
        client.place(self._request(ether, "sell", self._free(client, ether), stop=stop))

    def _order(
        self,
        client: ExchangeClient,
        symbol: str,
        side: Literal["buy", "sell"],
        amount: Decimal,
        price: Decimal | None = None,
    ) -> None:
        client.place(self._request(symbol, side, amount, price))

    def _request(
        self,
        symbol: str,
        side: Literal["buy", "sell"],
        amount: Decimal,
        price: Decimal | None = None,
        *,
        stop: Decimal | None = None,
        post_only: bool = False,
    ) -> OrderRequest:
        """In whole steps and ticks."""
        market = self._markets[symbol].instrument
        at, trigger = (None if each is None else whole(each, market.tick_size) for each in (price, stop))
        return OrderRequest(
            symbol, side, whole(amount, market.step_size), at, stop_loss_price=trigger, post_only=post_only
        )

    def _last(self, client: ExchangeClient, symbol: str) -> Decimal:
        last = client.tickers([symbol])[symbol].last
        assert last is not None  # it has one from the beginning
        return last

    def _free(self, client: ExchangeClient, symbol: str) -> Decimal:
        held = client.balances().get(symbol.partition("/")[0])
        return held.free if held else D(0)


def whole(amount: Decimal, step: Decimal) -> Decimal:
    """As many whole steps as there are in it."""
    return (amount / step).to_integral_value(ROUND_DOWN) * step
