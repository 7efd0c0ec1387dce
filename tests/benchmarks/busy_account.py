"""An account with months of work behind it: 200 markets with prices, 5,000 orders, 50,000 fills, candles, equity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from mockexchange.clock import ManualClock
from mockexchange.domain.candles import DAY, HOUR
from mockexchange.domain.depth import DEFAULT_LEVELS
from mockexchange.domain.fill_models import fill_model
from mockexchange.domain.instruments import default_instrument
from mockexchange.domain.models import Engine
from mockexchange.domain.orders import OrderType, Side
from mockexchange.domain.placing import PlaceOrder
from mockexchange.domain.quotes import Book, Quote
from mockexchange.domain.rules import Rules
from mockexchange.equity import EquityRecorder
from mockexchange.exchange import Exchange
from mockexchange.feed.candling import CandleBuilder
from mockexchange.overview import Overview
from mockexchange.ports import FeedTick
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection

ACCOUNT = "default"
MARKETS = 200
ORDERS = 5_000
OPEN = 600
"""Of the orders; a third of them on the first market."""
FILLS = 50_000
TRADED = 20
"""Markets that the account traded on; the first one as often as all others together."""
DAYS = 3
SYMBOLS = ("BTC/USDT", *(f"C{number:03d}/USDT" for number in range(1, MARKETS)))

_LAST_DAY = 25 * HOUR
_AMOUNT = Decimal("0.01")
"""What each level of a book shows."""


class BusyAccount:
    """Fills an empty store through the exchange itself, on a clock that runs through DAYS in seconds."""

    def __init__(self, url: str, now: int) -> None:
        self.store = ValkeyStore(Connection(url), levels=DEFAULT_LEVELS)
        self._now = now
        self._clock = ManualClock(now - DAYS * DAY)
        self.exchange = Exchange(self.store, self._clock, Rules(engine=Engine(fill_model("depth"))))
        self._candles = CandleBuilder(self.store, self._clock)
        self._moves = Counter[str]()

    def fill(self) -> None:
        """Everything, until `now`."""
        self.store.put_instruments([default_instrument(symbol) for symbol in SYMBOLS], replace=True)
        self.price(SYMBOLS[:TRADED])
        # enough of each coin to pay the fees of what is bought and sold again
        coins = {symbol.partition("/")[0]: Decimal(10) for symbol in SYMBOLS[:TRADED]}
        self.exchange.open_account(ACCOUNT, {"USDT": Decimal(10) ** 6, **coins})
        recorder = EquityRecorder(Overview(self.exchange))
        placed = filled = 0
        closed = ORDERS - OPEN
        begin = self._clock.time
        hour = 0
        while placed < closed:
            symbol = SYMBOLS[0] if placed % 4 < 2 else SYMBOLS[1 + placed // 4 % (TRADED - 1)]
            self._clock.time = begin + (self._now - begin) * placed // closed
            if (this_hour := self._clock.time // HOUR) != hour:
                hour = this_hour
                # the others get prices for the day that Markets shows
                self.price(SYMBOLS if self._now - self._clock.time < _LAST_DAY else SYMBOLS[:TRADED])
                self._candles.run()
                recorder.run()
            levels = -(-(FILLS - filled) // (closed - placed))
            side = Side.BUY if placed % 2 == 0 else Side.SELL
            self.price([symbol])
            order = PlaceOrder(ACCOUNT, symbol, side, OrderType.MARKET, _AMOUNT * levels)
            filled += len(self.exchange.place(order).fills)
            placed += 1
        self._clock.time = self._now
        self.price(SYMBOLS)
        for number in range(OPEN):
            symbol = SYMBOLS[0] if number % 3 == 0 else SYMBOLS[1 + number % (MARKETS - 1)]
            price = Decimal(80) - Decimal(number) / 100
            self.exchange.place(PlaceOrder(ACCOUNT, symbol, Side.BUY, OrderType.LIMIT, Decimal("0.1"), price))
        self._candles.run()
        recorder.run()

    def move(self, now: int) -> None:
        """One more price of each traded market, at `now`, and the candles with it."""
        self._clock.time = now
        self.price(SYMBOLS[:TRADED])
        self._candles.run()

    def price(self, symbols: Iterable[str]) -> None:
        """A new price, with a book, of each of these markets."""
        ticks: list[tuple[FeedTick, int]] = []
        now = self._clock.now()
        for symbol in symbols:
            self._moves[symbol] += 1
            # so far from the one before that their books share no level, and nothing of it counts as taken
            middle = 100 + Decimal(self._moves[symbol] * 83 % 400 - 200) / 100
            near = [Decimal(away) / 100 for away in range(1, DEFAULT_LEVELS)]
            bids = (*((middle - away, _AMOUNT) for away in near), (Decimal(10), _AMOUNT))
            asks = (*((middle + away, _AMOUNT) for away in near), (Decimal(1000), _AMOUNT))
            quote = Quote(symbol, bids[0][0], asks[0][0], middle, now)
            ticks.append((FeedTick(quote, self._moves[symbol], book=Book(bids, asks)), now))
        self.store.append_all(ticks, "bench")
