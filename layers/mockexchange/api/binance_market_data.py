"""Prices of the Binance wire: the book, candles and the mean price. Trades are in binance_tape.py, statistics in
binance_tickers.py.

Times of market data are the venue's (a replay has its own), `serverTime` is the wall's.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from .. import charts, second_charts
from ..domain.amounts import multiply, round_down
from ..domain.candles import Candle, closing
from ..domain.showing import Level, shown_book
from ..domain.statistics import quote_volume
from ..exchange import Exchange
from .binance_endpoints import Asked, Endpoint, written
from .binance_markets import SYMBOL, SYMBOL_STATUS, WireMarkets, check_status
from .binance_parameters import Parameter, positive
from .binance_times import END_TIME, START_TIME, TIME_ZONE, interval

MOST_LEVELS = 5000
MOST_CANDLES = 1000

AVERAGE_MINUTES = 5

PLACES = 8
"""Decimal places of what is worked out and so may have many."""

_HALF = Decimal("0.5")

SYNTHETIC = (b"x-mockexchange-synthetic", b"true")
"""Says that an answer holds a book or trades that are made up. No field does: clients check what they are given."""


class WireMarketData:
    """What charts and strategies read."""

    def __init__(self, exchange: Exchange, markets: WireMarkets) -> None:
        self._exchange = exchange
        self._markets = markets

    def endpoints(self) -> list[Endpoint]:
        """Every path."""
        depth = (SYMBOL, Parameter("limit", positive, default=100), SYMBOL_STATUS)
        klines = (
            SYMBOL,
            Parameter("interval", interval, required=True),
            START_TIME,
            END_TIME,
            TIME_ZONE,
            Parameter("limit", positive, default=500),
        )
        return [
            Endpoint("GET", "/api/v3/ping", self.ping),
            Endpoint("GET", "/api/v3/time", self.time),
            Endpoint("GET", "/api/v3/depth", self.depth, parameters=depth, weight=depth_weight),
            Endpoint("GET", "/api/v3/klines", self.klines, parameters=klines, weight=2, slow=True),
            Endpoint("GET", "/api/v3/uiKlines", self.klines, parameters=klines, weight=2, slow=True),
            Endpoint("GET", "/api/v3/avgPrice", self.average_price, parameters=(SYMBOL,), weight=2, slow=True),
        ]

    def ping(self, asked: Asked) -> object:
        """Whether anybody answers."""
        del asked
        return {}

    def time(self, asked: Asked) -> object:
        """The wall's time, which requests are signed with."""
        del asked
        return {"serverTime": self._exchange.clock.now()}

    def depth(self, asked: Asked) -> object:
        """The source's book, or a ladder around the touch where it gives none. `lastUpdateId` is the tick's number."""
        market = self._markets.one(asked["symbol"])
        check_status(market, asked["symbolStatus"])
        tick = market.tick
        if tick is None:
            return {"lastUpdateId": 0, "bids": [], "asks": []}
        book = self._exchange.store.book(tick.quote.symbol)
        shown = shown_book(tick.quote, book, market.instrument, min(asked["limit"], MOST_LEVELS))
        if shown.invented or tick.is_made_up:
            asked.headers.append(SYNTHETIC)
        return {
            "lastUpdateId": tick.number,
            "bids": [_level(level) for level in shown.book.bids],
            "asks": [_level(level) for level in shown.book.asks],
        }

    def klines(self, asked: Asked) -> object:
        """Candles: the newest ones, or those that open from `startTime` to `endTime`. They go on while a market stands
        still, and the last one is open."""
        market = self._markets.one(asked["symbol"])
        if market.tick is None:
            return []
        store, now = self._exchange.store, self._exchange.now()
        timeframe, offset = asked["interval"], asked["timeZone"]
        since, until, limit = asked["startTime"], asked["endTime"], min(asked["limit"], MOST_CANDLES)
        if timeframe == second_charts.TIMEFRAME:
            seconds = second_charts.second_candles(store, market.tick, now, since=since, until=until, limit=limit)
            return [_kline(candle, candle.time + second_charts.SECOND - 1) for candle in seconds]
        found = charts.live_candles(
            store, market.tick, timeframe, now, since=since, until=until, limit=limit, offset=offset
        )
        return [_kline(candle, closing(candle.time, timeframe, offset) - 1) for candle in found]

    def average_price(self, asked: Asked) -> object:
        """The mean price of the last five minutes, the open one included."""
        market = self._markets.one(asked["symbol"])
        tick = market.tick
        if tick is None:
            return {"mins": AVERAGE_MINUTES, "price": written(None), "closeTime": 0}
        mean = charts.mean_price(self._exchange.store, tick, self._exchange.now(), AVERAGE_MINUTES)
        return {"mins": AVERAGE_MINUTES, "price": written(mean), "closeTime": tick.quote.timestamp}


def depth_weight(texts: Mapping[str, str]) -> int:
    """What a book costs, by the number of levels."""
    text = texts.get("limit", "")
    levels = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else 100
    return next((weight for most, weight in ((100, 5), (500, 25), (1000, 50)) if levels <= most), 250)


def _level(level: Level) -> list[str]:
    return [written(part) for part in level]


def _kline(candle: Candle, close_time: int) -> list[object]:
    """Twelve fields. The quote asset's volume is the base asset's at the mean of the candle's prices, takers bought one
    half of it, and there was one trade if there was any: nobody counts them."""
    bought = multiply(candle.volume, _HALF)
    value = quote_volume(candle)
    return [
        candle.time,
        written(candle.open),
        written(candle.high),
        written(candle.low),
        written(candle.close),
        written(candle.volume),
        close_time,
        written(round_down(value, PLACES)),
        1 if candle.volume else 0,
        written(round_down(bought, PLACES)),
        written(round_down(multiply(value, _HALF), PLACES)),
        "0",
    ]
