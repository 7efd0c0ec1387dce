"""Prices and markets."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path
from starlette.responses import Response

from ..exchange import Exchange
from .answering import answer
from .native import market_answer, ticker_answer
from .operations import Endpoints, Operation
from .problems import NoPriceYet, NoSuchMarket, symbol_in_path
from .schemas import Market, Ticker

Symbols = Annotated[
    str,
    Path(
        description="One symbol or several, separated by commas. The slash may be written as it is, or as %2F.",
        openapi_examples={"one": {"value": "BTC/USDT"}, "two": {"value": "BTC/USDT,ETH/USDT"}},
    ),
]


class MarketEndpoints:
    """What can be traded, and at which prices."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def add_to(self, endpoints: Endpoints) -> None:
        """Register every path."""
        add = endpoints.add
        add("GET", "/tickers", self.symbols, Operation("listSymbols", "markets", list[str]))
        add(
            "GET", "/tickers/{symbols:path}", self.tickers,
            Operation("getTickers", "markets", dict[str, Ticker], refusals=(404,)),
        )  # fmt: skip
        add("GET", "/markets", self.markets, Operation("listMarkets", "markets", list[Market]))

    async def symbols(self) -> Response:
        """List every symbol that can be asked for."""
        return answer(self._exchange.symbols())

    async def tickers(self, symbols: Symbols) -> Response:
        """Get the newest price of one market or several, by symbol."""
        wanted = list(dict.fromkeys(symbols.split(",")))
        with symbol_in_path():
            ticks = self._exchange.ticks(wanted)
            for symbol in wanted:
                if symbol not in ticks:
                    self._explain_missing(symbol)
        now, stale_after = self._exchange.now(), self._exchange.rules.engine.stale_after
        return answer({symbol: ticker_answer(ticks[symbol], now, stale_after) for symbol in wanted})

    def _explain_missing(self, symbol: str) -> None:
        """Raises NoPriceYet for a market that trades here, NoSuchMarket for any other symbol."""
        if symbol not in self._exchange.symbols():
            raise NoSuchMarket(f"nothing is known of {symbol}: it never had a price; GET /tickers lists what there is")
        raise NoPriceYet(
            f"{symbol} has no price yet; wait for the feed, or set one with PUT /admin/tickers/{symbol}/price"
        )

    async def markets(self) -> Response:
        """List the markets with their increments and limits.
        A market appears when it has been described by its price source, or had its first price.
        """
        traded = frozenset(self._exchange.symbols())
        return answer([market_answer(each) for each in self._exchange.store.instruments() if each.symbol in traded])
