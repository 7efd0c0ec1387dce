"""Public trades of the Binance wire: the source's tape, or one trade for each price where it gives none.

Ids grow with time, and the next page begins at the last id and one more. Where trades are made up, ids are the numbers
of ticks. So much is kept: the newest 1,000 trades of a source, or as many made-up ones as the tick log has ticks.
"""

from __future__ import annotations

from ..domain.amounts import multiply
from ..domain.quotes import PublicTrade
from ..exchange import Exchange
from ..tapes import PricedMarket, ShownTape, newest_trades, trades_between, trades_from
from . import binance_errors as errors
from .binance_endpoints import Asked, Endpoint, written
from .binance_market_data import SYNTHETIC
from .binance_markets import SYMBOL, WireMarkets
from .binance_parameters import Parameter, integer, positive
from .binance_times import END_TIME, START_TIME

MOST_TRADES = 1000

LIMIT = Parameter("limit", positive, default=500)
FROM_ID = Parameter("fromId", integer)


class WireTape:
    """What was traded, or might have been."""

    def __init__(self, exchange: Exchange, markets: WireMarkets) -> None:
        self._exchange = exchange
        self._markets = markets

    def endpoints(self) -> list[Endpoint]:
        """Every path."""
        history = (SYMBOL, LIMIT, FROM_ID)
        aggregates = (SYMBOL, FROM_ID, START_TIME, END_TIME, LIMIT)
        return [
            Endpoint("GET", "/api/v3/trades", self.trades, parameters=(SYMBOL, LIMIT), weight=25),
            Endpoint("GET", "/api/v3/historicalTrades", self.history, parameters=history, weight=25, slow=True),
            Endpoint("GET", "/api/v3/aggTrades", self.aggregates, parameters=aggregates, weight=4, slow=True),
        ]

    def trades(self, asked: Asked) -> object:
        """The newest trades."""
        market, limit = self._market(asked)
        return [_trade(each) for each in self._newest(asked, market, limit)]

    def history(self, asked: Asked) -> object:
        """The newest trades, or those from an id on."""
        market, limit = self._market(asked)
        first = asked["fromId"]
        found = self._newest(asked, market, limit) if first is None else self._from(asked, market, first, limit)
        return [_trade(each) for each in found]

    def aggregates(self, asked: Asked) -> object:
        """Trades, each of which is an aggregate of its own: those from an id on, those between two times, or the
        newest."""
        market, limit = self._market(asked)
        first, since, until = asked["fromId"], asked["startTime"], asked["endTime"]
        if first is not None:
            if since is not None or until is not None:
                raise errors.bad_combination()
            found = self._from(asked, market, first, limit)
        elif since is not None or until is not None:
            found = self._between(asked, market, since, until, limit)
        else:
            found = self._newest(asked, market, limit)
        return [_aggregate(each) for each in found]

    def _market(self, asked: Asked) -> tuple[PricedMarket | None, int]:
        return self._markets.one(asked["symbol"]).priced, min(asked["limit"], MOST_TRADES)

    def _newest(self, asked: Asked, market: PricedMarket | None, limit: int) -> list[PublicTrade]:
        return _told(asked, newest_trades(self._exchange.store, market, limit)) if market else []

    def _from(self, asked: Asked, market: PricedMarket | None, first: int, limit: int) -> list[PublicTrade]:
        return _told(asked, trades_from(self._exchange.store, market, first, limit)) if market else []

    def _between(
        self, asked: Asked, market: PricedMarket | None, since: int | None, until: int | None, limit: int
    ) -> list[PublicTrade]:
        return _told(asked, trades_between(self._exchange.store, market, since, until, limit)) if market else []


def _told(asked: Asked, shown: ShownTape) -> list[PublicTrade]:
    if shown.invented:
        asked.headers.append(SYNTHETIC)
    return shown.trades


def _trade(trade: PublicTrade) -> dict[str, object]:
    return {
        "id": trade.trade_id,
        "price": written(trade.price),
        "qty": written(trade.quantity),
        "quoteQty": written(multiply(trade.price, trade.quantity)),
        "time": trade.timestamp,
        "isBuyerMaker": trade.buyer_is_maker,
        "isBestMatch": True,
    }


def _aggregate(trade: PublicTrade) -> dict[str, object]:
    return {
        "a": trade.trade_id,
        "p": written(trade.price),
        "q": written(trade.quantity),
        "f": trade.trade_id,
        "l": trade.trade_id,
        "T": trade.timestamp,
        "m": trade.buyer_is_maker,
        "M": True,
    }
