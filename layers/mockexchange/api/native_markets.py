"""Prices and markets."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from ..charts import day_statistics
from ..exchange import Exchange
from .answering import answer, part
from .native import market_answer, ticker_answer
from .operations import Endpoints, Operation, PathParameter
from .problems import NoPriceYet, NoSuchMarket, symbol_in_path
from .queries import read_query, refuse_query
from .request_schemas import ListQuery
from .schemas import Market, Ticker

BY_SYMBOLS = {
    "symbols": PathParameter(
        "One symbol or several, separated by commas. The slash may be written as it is, or as %2F.",
        {"one": "BTC/USDT", "two": "BTC/USDT,ETH/USDT"},
    )
}


class MarketEndpoints:
    """What can be traded, and at which prices."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def add_to(self, endpoints: Endpoints) -> None:
        """Register every path."""
        add = endpoints.add
        add(
            "GET", "/tickers", self.symbols, Operation("listSymbols", "markets", list[str], query=ListQuery, paged=True)
        )
        operation = Operation("getTickers", "markets", dict[str, Ticker], path=BY_SYMBOLS, refusals=(404,))
        add("GET", "/tickers/{symbols:path}", self.tickers, operation)
        add(
            "GET",
            "/markets",
            self.markets,
            Operation("listMarkets", "markets", list[Market], query=ListQuery, paged=True),
        )

    async def symbols(self, request: Request) -> Response:
        """List every symbol that can be asked for."""
        query = read_query(request, ListQuery)
        return part(self._exchange.symbols(), query, str, request)

    async def tickers(self, request: Request) -> Response:
        """Get the newest price of one market or several, by symbol.
        With it comes what the market did in the last 24 hours, as far as its candles tell.
        """
        refuse_query(request)
        symbols: str = request.path_params["symbols"]
        wanted = list(dict.fromkeys(symbols.split(",")))
        with symbol_in_path():
            ticks = self._exchange.ticks(wanted)
            for symbol in wanted:
                if symbol not in ticks:
                    self._explain_missing(symbol)
        now, stale_after = self._exchange.now(), self._exchange.rules.engine.stale_after
        last = {symbol: ticks[symbol].quote.last for symbol in wanted}
        day = day_statistics(self._exchange.store, last, now)
        return answer({symbol: ticker_answer(ticks[symbol], now, stale_after, day[symbol]) for symbol in wanted})

    def _explain_missing(self, symbol: str) -> None:
        """Raises NoPriceYet for a market that trades here, NoSuchMarket for any other symbol."""
        if symbol not in self._exchange.symbols():
            raise NoSuchMarket(f"nothing is known of {symbol}: it never had a price; GET /tickers lists what there is")
        raise NoPriceYet(
            f"{symbol} has no price yet; wait for the feed, or set one with PUT /admin/tickers/{symbol}/price"
        )

    async def markets(self, request: Request) -> Response:
        """List the markets with their increments and limits.
        A market appears when it has been described by its price source, or had its first price.
        """
        query = read_query(request, ListQuery)
        traded = frozenset(self._exchange.symbols())
        found = [each for each in self._exchange.store.instruments() if each.symbol in traded]
        return part(found, query, market_answer, request)
