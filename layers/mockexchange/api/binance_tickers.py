"""Prices and statistics of the Binance wire, of one market, of some, or of all.

Statistics are made of candles. `firstId`, `lastId` and `count` are of the tape as it is kept (tapes.py): those ids can
be asked for, and there are so many trades between them; -1, -1 and 0 when it has none of that time, whatever the
volume. Volumes that the source does not tell are zero, sizes at the touch never are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial

from .. import charts
from ..domain.amounts import ZERO, round_down
from ..domain.candles import DAY, opening
from ..domain.showing import shown_sizes
from ..domain.statistics import Statistics, unmoved, window_begin
from ..exchange import Exchange
from ..tapes import Stretch, last_quantities, stretches
from .binance_endpoints import Asked, Endpoint, written
from .binance_errors import BinanceError
from .binance_market_data import PLACES
from .binance_markets import CHOICE, WireMarket, WireMarkets, answer, count_of
from .binance_parameters import Parameter, one_of
from .binance_times import TIME_ZONE, window

TYPE = Parameter("type", one_of(("FULL", "MINI"), BinanceError(-1139, "Invalid ticker type.")), default="FULL")

Document = dict[str, object]


class WireTickers:
    """What screens and bots look at first."""

    def __init__(
        self, exchange: Exchange, markets: WireMarkets, read_statistics: charts.ReadStatistics | None = None
    ) -> None:
        """Statistics come from the store's candles unless they are read from elsewhere."""
        self._exchange = exchange
        self._markets = markets
        self._read_statistics = read_statistics or partial(charts.statistics_since, exchange.store)

    def endpoints(self) -> list[Endpoint]:
        """Every path."""
        rolling = (*CHOICE, TYPE, Parameter("windowSize", window, default=DAY))
        trading_day = (*CHOICE, TYPE, TIME_ZONE)
        prefix = "/api/v3/ticker"
        return [
            Endpoint("GET", f"{prefix}/price", self.price, parameters=CHOICE, weight=_price_weight, slow=True),
            Endpoint("GET", f"{prefix}/bookTicker", self.book, parameters=CHOICE, weight=_price_weight, slow=True),
            Endpoint("GET", f"{prefix}/24hr", self.day, parameters=(*CHOICE, TYPE), weight=_day_weight, slow=True),
            Endpoint("GET", prefix, self.rolling, parameters=rolling, weight=_window_weight, slow=True),
            Endpoint(
                "GET",
                f"{prefix}/tradingDay",
                self.trading_day,
                parameters=trading_day,
                weight=_window_weight,
                slow=True,
            ),
        ]

    def price(self, asked: Asked) -> object:
        """The last price."""
        found = self._markets.chosen(asked)
        return answer(
            asked,
            ({"symbol": each.name, "price": written(each.tick.quote.last if each.tick else None)} for each in found),
        )

    def book(self, asked: Asked) -> object:
        """The touch."""
        found = self._markets.chosen(asked)
        return answer(asked, ({"symbol": each.name, **_touch(each)} for each in found))

    def day(self, asked: Asked) -> object:
        """24 hours that end now. Candles count from the minute on in which they begin."""
        found = self._markets.chosen(asked)
        now = self._exchange.now()
        full = asked["type"] == "FULL"
        documents = self._windows(found, window_begin(now), now, full=full, opened=now - DAY, closed=now)
        if full:
            documents = [
                {**document, **more} for document, more in zip(documents, self._more(found, documents), strict=True)
            ]
        return answer(asked, documents)

    def rolling(self, asked: Asked) -> object:
        """A window that begins with a minute and ends now."""
        found = self._markets.chosen(asked, all_by_default=False)
        now = self._exchange.now()
        begin = window_begin(now, asked["windowSize"])
        full = asked["type"] == "FULL"
        return answer(asked, self._windows(found, begin, now, full=full, opened=begin, closed=now))

    def trading_day(self, asked: Asked) -> object:
        """The day that it is now in a time zone; `closeTime` is its end."""
        found = self._markets.chosen(asked, all_by_default=False)
        now = self._exchange.now()
        begin = opening(now, "1d", asked["timeZone"])
        full = asked["type"] == "FULL"
        return answer(asked, self._windows(found, begin, now, full=full, opened=begin, closed=begin + DAY - 1))

    def _windows(
        self, markets: Sequence[WireMarket], begin: int, now: int, *, full: bool, opened: int, closed: int
    ) -> list[Document]:
        """The statistics of each market; `opened` and `closed` are what is said of the window."""
        store = self._exchange.store
        priced = [each for market in markets if (each := market.priced)]
        last = {each.symbol: each.tick.quote.last for each in priced}
        figures = self._read_statistics(last, begin, now)
        ids = dict(zip(last, stretches(store, priced, begin), strict=True))
        documents: list[Document] = []
        for market in markets:
            symbol = market.instrument.symbol
            known = figures.get(symbol) or unmoved(last.get(symbol, ZERO))
            stretch = ids.get(symbol, Stretch())
            documents.append(
                {
                    "symbol": market.name,
                    **(_changes(known) if full else {}),
                    **_figures(known),
                    "openTime": opened,
                    "closeTime": closed,
                    "firstId": stretch.first_id,
                    "lastId": stretch.last_id,
                    "count": stretch.count,
                }
            )
        return documents

    def _more(self, markets: Sequence[WireMarket], documents: Sequence[Document]) -> list[Document]:
        """What ticker/24hr alone has. The close before is the open: of what came before nothing is read."""
        priced = [each for market in markets if (each := market.priced)]
        quantities = dict(
            zip((each.symbol for each in priced), last_quantities(self._exchange.store, priced), strict=True)
        )
        return [
            {
                "prevClosePrice": document["openPrice"],
                "lastQty": written(quantities.get(market.instrument.symbol)),
                **_touch(market),
            }
            for market, document in zip(markets, documents, strict=True)
        ]


def _touch(market: WireMarket) -> Document:
    if market.tick is None:
        return dict.fromkeys(("bidPrice", "bidQty", "askPrice", "askQty"), written(None))
    quote = market.tick.quote
    bid_size, ask_size = shown_sizes(quote, market.instrument)
    return {
        "bidPrice": written(quote.bid),
        "bidQty": written(bid_size),
        "askPrice": written(quote.ask),
        "askQty": written(ask_size),
    }


def _figures(known: Statistics) -> Document:
    return {
        "openPrice": written(known.open),
        "highPrice": written(known.high),
        "lowPrice": written(known.low),
        "lastPrice": written(known.close),
        "volume": written(known.base_volume),
        "quoteVolume": written(round_down(known.quote_volume or ZERO, PLACES)),
    }


def _changes(known: Statistics) -> Document:
    return {
        "priceChange": written(known.change),
        "priceChangePercent": percent(known),
        "weightedAvgPrice": written(known.vwap),
    }


def percent(known: Statistics) -> str:
    """The change in percent, to three decimal places."""
    change = known.percentage if known.open else ZERO
    return f"{change if abs(change) >= _LEAST else ZERO:.3f}"


_LEAST = Decimal("0.0005")


def _price_weight(texts: Mapping[str, str]) -> int:
    return 2 if "symbol" in texts else 4


def _day_weight(texts: Mapping[str, str]) -> int:
    if "symbol" in texts:
        return 2
    if "symbols" not in texts:
        return 80
    count = count_of(texts)
    return 2 if count <= 20 else 40 if count <= 100 else 80


def _window_weight(texts: Mapping[str, str]) -> int:
    return min(200, 4 * count_of(texts))
