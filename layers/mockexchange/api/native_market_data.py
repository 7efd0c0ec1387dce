"""Candles, books and public trades."""

from __future__ import annotations

from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response

from .. import charts
from ..domain import quotes
from ..domain.amounts import multiply
from ..domain.candles import Candle
from ..domain.instruments import Instrument
from ..domain.quotes import Tick
from ..domain.showing import Level, invented_trades, shown_book
from ..exchange import Exchange
from .answering import answer
from .native import moment, number
from .operations import Endpoints, Operation, PathParameter
from .problems import NoPriceYet, NoSuchMarket, symbol_in_path
from .queries import read_query
from .requests_market_data import BookQuery, OhlcvQuery, TapeQuery
from .schemas_market_data import BookLevel, OhlcvLine, OrderBook, PublicTrade

BY_SYMBOL = {
    "symbol": PathParameter("A symbol. The slash may be written as it is, or as %2F.", {"a market": "BTC/USDT"})
}


class MarketDataEndpoints:
    """What charts and strategies read."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def add_to(self, endpoints: Endpoints) -> None:
        """Register every path."""
        add = endpoints.add
        operation = Operation("getOhlcv", "markets", list[OhlcvLine], path=BY_SYMBOL, query=OhlcvQuery, refusals=(404,))
        add("GET", "/ohlcv/{symbol:path}", self.ohlcv, operation)
        operation = Operation("getOrderBook", "markets", OrderBook, path=BY_SYMBOL, query=BookQuery, refusals=(404,))
        add("GET", "/orderbook/{symbol:path}", self.book, operation)
        operation = Operation(
            "listPublicTrades", "markets", list[PublicTrade], path=BY_SYMBOL, query=TapeQuery, refusals=(404,)
        )
        add("GET", "/public_trades/{symbol:path}", self.trades, operation)

    async def ohlcv(self, request: Request) -> Response:
        """Get candles, oldest first.
        The newest ones, or those from `since` on. The last one may be open still. A stretch without prices is flat,
        without volume. Minutes are kept for 7 days, hours for 90, days for 3 years; what is shorter than an hour is
        made of minutes, what is shorter than a day of hours.
        """
        query = read_query(request, OhlcvQuery)
        symbol = self._symbol(request)
        found = charts.candles(
            self._exchange.store,
            symbol,
            query.timeframe,
            self._exchange.now(),
            since=None if query.since is UNSET else query.since,
            until=None if query.until is UNSET else query.until,
            limit=query.limit,
        )
        return answer([_line(candle) for candle in found])

    async def book(self, request: Request) -> Response:
        """Get the order book.
        It is the price source's, where that gives one. Otherwise it is made up around the bid and the ask, and
        `synthetic` says so.
        """
        limit = read_query(request, BookQuery).limit
        tick, instrument = self._market(self._symbol(request))
        quote = tick.quote
        shown = shown_book(quote, self._exchange.store.book(quote.symbol), instrument, limit)
        return answer(
            OrderBook(
                symbol=quote.symbol,
                bids=[_level(level) for level in shown.book.bids],
                asks=[_level(level) for level in shown.book.asks],
                timestamp=quote.timestamp,
                datetime=moment(quote.timestamp),
                nonce=tick.number,
                synthetic=shown.invented or tick.is_made_up,
            )
        )

    async def trades(self, request: Request) -> Response:
        """List the market's newest public trades, oldest first.
        They are the price source's, where that gives any. Otherwise there is one for each change of the price, made up,
        and `synthetic` says so.
        """
        limit = read_query(request, TapeQuery).limit
        tick, instrument = self._market(self._symbol(request))
        symbol, store = tick.quote.symbol, self._exchange.store
        tape = store.public_trades(symbol, limit)
        if tape:
            return answer([_trade(symbol, str(each.trade_id), each, made_up=tick.is_made_up) for each in tape])
        ticks = store.ticks(symbol, max(0, tick.number - limit - 1), limit + 1)
        made_up = invented_trades(ticks, instrument)
        return answer([_trade(symbol, f"tick-{each.trade_id}", each, made_up=True) for each in made_up])

    def _symbol(self, request: Request) -> str:
        """The symbol in the path. Raises NoSuchMarket unless it can be asked for."""
        symbol: str = request.path_params["symbol"]
        with symbol_in_path():
            self._exchange.check_symbol(symbol)
        if symbol not in self._exchange.symbols():
            raise NoSuchMarket(f"nothing is known of {symbol}: it never had a price; GET /tickers lists what there is")
        return symbol

    def _market(self, symbol: str) -> tuple[Tick, Instrument]:
        """The newest tick of a market and its increments. Raises NoPriceYet."""
        tick = self._exchange.ticks([symbol]).get(symbol)
        if tick is None:
            raise NoPriceYet(
                f"{symbol} has no price yet; wait for the feed, or set one with PUT /admin/tickers/{symbol}/price"
            )
        return tick, self._exchange.instrument(symbol)


def _line(candle: Candle) -> OhlcvLine:
    prices = (candle.open, candle.high, candle.low, candle.close)
    return [candle.time, *(number(price) for price in prices), number(candle.volume)]


def _level(level: Level) -> BookLevel:
    return [number(part) for part in level]


def _trade(symbol: str, trade_id: str, trade: quotes.PublicTrade, *, made_up: bool) -> PublicTrade:
    return PublicTrade(
        id=trade_id,
        timestamp=trade.timestamp,
        datetime=moment(trade.timestamp),
        symbol=symbol,
        side="sell" if trade.buyer_is_maker else "buy",
        price=number(trade.price),
        amount=number(trade.quantity),
        cost=number(multiply(trade.price, trade.quantity)),
        synthetic=made_up,
    )
