"""Prices of the face that ccxt's users know: tickers, books, candles, the tape, never anything later than the clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from ..domain.candles import DAY, HOUR, LENGTHS, MINUTE, MONTH, TIMEFRAMES, Candle, aggregate, opening
from ..domain.statistics import Statistics, statistics
from .unified_base import NONE, Params, UnifiedBase
from .unified_errors import error
from .unified_numbers import exact
from .unified_structures import Structure, between, in_order, order_book, public_trade
from .unified_tickers import last_price, ticker, touch
from .unified_wire import Values

Symbols = Sequence[str] | None
FEWEST_CANDLES, MOST_CANDLES = 500, 1000
"""That one answer holds: where nobody says how many, and at most."""

_OF_DAYS = {"3d": 3, "1w": 7, MONTH: 31}
"""Timeframes that are put together of days, because they begin where the calendar says, and of how many at most."""


class MarketDataMethods(UnifiedBase):
    """What ccxt calls public."""

    def fetch_ticker(self, symbol: str, params: Params = NONE) -> Structure:
        """What a market did in the last day, and its touch."""
        listed = self._markets.find(symbol)
        if params:
            found = self._wire.request("GET", "/api/v3/ticker/24hr", {"symbol": listed.name, **params})
        else:
            found = self._wire.ask(self._wire.tickers.day, Values(symbol=listed.name, type="FULL"))
        return ticker(found, listed.symbol, listed.places)

    def fetch_tickers(self, symbols: Symbols = None, params: Params = NONE) -> dict[str, Structure]:
        """The same of several markets, or of all."""
        found = self._wire.request("GET", "/api/v3/ticker/24hr", {**self._several(symbols), **params})
        return {each["symbol"]: each for each in self._named(found, symbols, ticker)}

    def fetch_bids_asks(self, symbols: Symbols = None, params: Params = NONE) -> dict[str, Structure]:
        """The best bid and ask of several markets, or of all."""
        found = self._wire.request("GET", "/api/v3/ticker/bookTicker", {**self._several(symbols), **params})
        return {each["symbol"]: each for each in self._named(found, symbols, touch)}

    def fetch_last_prices(self, symbols: Symbols = None, params: Params = NONE) -> dict[str, Structure]:
        """The last price of several markets, or of all."""
        found = self._wire.request("GET", "/api/v3/ticker/price", params)
        return {each["symbol"]: each for each in self._named(found, symbols, last_price)}

    def fetch_order_book(self, symbol: str, limit: int | None = None, params: Params = NONE) -> Structure:
        """The book of a market; a ladder around the touch where the history has none."""
        listed = self._markets.find(symbol)
        sent = {"symbol": listed.name, **({} if limit is None else {"limit": limit}), **params}
        return order_book(self._wire.request("GET", "/api/v3/depth", sent), listed.symbol)

    def fetch_l2_order_book(self, symbol: str, limit: int | None = None, params: Params = NONE) -> Structure:
        """The same: there is one line for each price as it is."""
        return self.fetch_order_book(symbol, limit, params)

    def fetch_trades(
        self, symbol: str, since: int | None = None, limit: int | None = None, params: Params = NONE
    ) -> list[Structure]:
        """The tape of a market; one trade for each price where the history has none."""
        listed = self._markets.find(symbol)
        sent: dict[str, object] = {"symbol": listed.name}
        if since is not None:
            sent |= {"startTime": since, "endTime": since + HOUR}
        left = dict(params)
        if left.get("until") is not None:
            sent["endTime"] = left["until"]
        if limit is not None:
            sent["limit"] = limit
        left.pop("until", None)
        found = self._wire.request("GET", "/api/v3/aggTrades", {**sent, **left})
        return between(in_order([public_trade(each, listed.symbol) for each in found]), since, limit)

    def fetch_ohlcv(
        self,
        symbol: str,
        timeframe: str = "1m",
        since: int | None = None,
        limit: int | None = None,
        params: Params = NONE,
    ) -> list[list[float]]:
        """Candles up to the clock: the first ones from `since` (ms), or the newest. The last one is in progress."""
        listed = self._markets.find(symbol)
        until = params.get("until")
        unknown = [name for name in params if name != "until"]
        if unknown:
            raise error("NotSupported", f"fetchOHLCV() does not support {', '.join(unknown)}")
        if timeframe not in TIMEFRAMES:
            raise error("BadRequest", '{"code":-1120,"msg":"Invalid interval."}')
        most = MOST_CANDLES if limit is None and since is not None and until is not None else limit
        count = min(FEWEST_CANDLES if most is None else int(most), MOST_CANDLES)
        if count < 1:
            raise error("BadRequest", '{"code":-1130,"msg":"Data sent for parameter \'limit\' is not valid."}')
        start = None if since is None else int(since)
        if until is None:
            return self._candles(listed.symbol, timeframe, start, count)
        end = int(until)
        if start is None:
            longest = _OF_DAYS[timeframe] * DAY if timeframe in _OF_DAYS else LENGTHS[timeframe]
            found = self._candles(listed.symbol, timeframe, end - count * longest, 2 * count)
            return [row for row in found if row[0] <= end][-count:]
        return [row for row in self._candles(listed.symbol, timeframe, start, count) if row[0] <= end]

    def _candles(self, symbol: str, timeframe: str, since: int | None, count: int) -> list[list[float]]:
        if timeframe not in _OF_DAYS or self._prices.finest(symbol) == LENGTHS.get(timeframe):
            rows = self._prices.candles(symbol, LENGTHS[timeframe], since, count)
            return rows if since is None else [row for row in rows if row[0] >= since]
        days = (count + 1) * _OF_DAYS[timeframe]
        begin = None if since is None else opening(since, timeframe)
        longer = aggregate(_exact(self._prices.candles(symbol, DAY, begin, days)), timeframe)
        found = [_row(each) for each in longer if since is None or each.time >= since]
        return found[-count:] if since is None else found[:count]

    def _statistics(self, last: Mapping[str, Decimal], begin: int, now: int) -> dict[str, Statistics | None]:
        """As the wire has them: of the hour in which a window begins the minutes count, and the hours after it; of
        longer candles those that began in the window."""
        del now
        hour = opening(begin, "1h") + HOUR
        found: dict[str, Statistics | None] = {}
        for symbol, price in last.items():
            finest = max(MINUTE, self._prices.finest(symbol))
            if HOUR % finest:
                rows = [row for row in self._prices.candles(symbol, finest, begin, None) if row[0] >= begin]
            else:
                minutes = self._prices.candles(symbol, finest, begin, (hour - begin) // finest)
                rows = [row for row in minutes if begin <= row[0] < hour]
                rows += [row for row in self._prices.candles(symbol, HOUR, hour, None) if row[0] >= hour]
            found[symbol] = statistics(_exact(rows), price)
        return found

    def _several(self, symbols: Symbols) -> dict[str, object]:
        if symbols is None:
            return {}
        names = ",".join(f'"{self._markets.find(each).name}"' for each in symbols)
        return {"symbols": f"[{names}]"}

    def _named(self, found: Iterable[Mapping[str, Any]], symbols: Symbols, made: Any) -> list[Structure]:
        wanted = None if not symbols else {self._markets.find(each).symbol for each in symbols}
        every = ((each, self._markets.of_name(each["symbol"])) for each in found)
        return [made(each, symbol) for each, symbol in every if wanted is None or symbol in wanted]


def _exact(rows: Iterable[Sequence[float]]) -> list[Candle]:
    return [_candle(*row[:6]) for row in rows]


@lru_cache(maxsize=4096)
def _candle(time: float, opened: float, high: float, low: float, close: float, volume: float) -> Candle:
    """A row; whoever asks for a ticker at every step asks for the same ones again."""
    return Candle(int(time), *(exact(value) for value in (opened, high, low, close, volume)))


def _row(candle: Candle) -> list[float]:
    prices = (candle.open, candle.high, candle.low, candle.close, candle.volume)
    return [candle.time, *(float(each) for each in prices)]
