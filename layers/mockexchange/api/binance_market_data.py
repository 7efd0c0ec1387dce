"""Prices of the Binance wire: the book, trades, candles and statistics."""

from __future__ import annotations

from ..exchange import Exchange
from .binance_endpoints import Asked, Endpoint
from .binance_symbols import WireSymbols


class WireMarketData:
    """What charts and strategies read."""

    def __init__(self, exchange: Exchange, symbols: WireSymbols) -> None:
        self._exchange = exchange
        self._symbols = symbols

    def endpoints(self) -> list[Endpoint]:
        """Every path."""
        return [
            Endpoint("GET", "/api/v3/ping", self.ping),
            Endpoint("GET", "/api/v3/time", self.time),
        ]

    def ping(self, asked: Asked) -> object:
        """Whether anybody answers."""
        del asked
        return {}

    def time(self, asked: Asked) -> object:
        """The wall's time, which requests are signed with."""
        del asked
        return {"serverTime": self._exchange.clock.now()}
