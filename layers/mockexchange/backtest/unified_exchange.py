"""The face that ccxt's users know: one account of an exchange in this process, with ccxt's names, structures and
exceptions.

What stands here is what ccxt's `binance` gives for the same thing over the wire, but for this: time is the venue's, and
only `sleep` lets it pass; a client order id that nobody gave is the exchange's own, the same in every run; an order may
be good till a date (`expiresAt`); and no candle is shorter than a minute. An order list goes by ccxt's name for
Binance's endpoint: `privatePostOrderListOco`, `...Oto`, `...Otoco`.
"""

from __future__ import annotations

import re
from typing import Any

from ..domain.candles import TIMEFRAMES
from ..exchange import Exchange
from .unified_account import AccountMethods
from .unified_base import NONE, Params, Prices
from .unified_errors import ID, error
from .unified_market_data import MarketDataMethods
from .unified_markets import FEES, SHARED, Markets
from .unified_numbers import written
from .unified_shorthands import ShorthandMethods
from .unified_structures import Structure
from .unified_time import iso8601, parse8601, parse_timeframe
from .unified_wire import Wire

TICK_SIZE, NO_PADDING = 4, 5
"""ccxt's numbers for how precision is told, and how numbers are written."""

_ABILITIES = frozenset(
    """
    spot publicAPI privateAPI
    fetchMarkets fetchCurrencies fetchTime fetchStatus
    fetchTicker fetchTickers fetchBidsAsks fetchLastPrices fetchOrderBook fetchL2OrderBook fetchOHLCV fetchTrades
    fetchBalance fetchTradingFee fetchTradingFees
    createOrder createLimitOrder createLimitBuyOrder createLimitSellOrder
    createMarketOrder createMarketBuyOrder createMarketSellOrder createMarketOrderWithCost
    createMarketBuyOrderWithCost createMarketSellOrderWithCost createPostOnlyOrder
    createTriggerOrder createStopOrder createStopLimitOrder createStopLossOrder
    createTakeProfitOrder createTrailingPercentOrder
    editOrder cancelOrder cancelAllOrders cancelOrderWithClientOrderId
    fetchOrder fetchOrders fetchOpenOrders fetchClosedOrders fetchCanceledOrders fetchOrderWithClientOrderId
    fetchCanceledAndClosedOrders fetchMyTrades fetchOrderTrades
    """.split()
)

_UNIFIED = re.compile(
    r"(fetch|create|edit|cancel|set|watch|un_watch|add|reduce|borrow|repay|transfer|withdraw|deposit|close|enable|sign"
    r"|calculate|redeem)(_|$)"
)
"""How the names of ccxt's unified methods begin."""

_capital = re.compile(r"(?<=[a-z0-9])([A-Z])")


class Abilities(dict[str, Any]):
    """`has`: True for what there is, False for anything else."""

    def __missing__(self, name: str) -> bool:
        """What there is not."""
        return False


class UnifiedExchange(ShorthandMethods, AccountMethods, MarketDataMethods):
    """One account, as ccxt's `binance` would show it."""

    def __init__(self, exchange: Exchange, account_id: str, prices: Prices) -> None:
        self._exchange = exchange
        self._account_id = account_id
        self._prices = prices
        self._wire = Wire(exchange, account_id, self._statistics)
        self._markets = Markets(exchange, self._wire)
        self._open_orders = {}
        self.id, self.name, self.countries = ID, "MockExchange", list[str]()
        self.has = Abilities.fromkeys(_ABILITIES, True)
        self.timeframes = {name: name for name in TIMEFRAMES}
        self.rateLimit, self.enableRateLimit, self.timeout = 50, True, 10_000  # nothing waits here
        self.precisionMode, self.paddingMode = TICK_SIZE, NO_PADDING
        self.fees: Structure = {"trading": dict(FEES)}
        self.options: dict[str, Any] = {"defaultType": "spot"}
        self.apiKey = self.secret = ""
        self.verbose = False

    # markets

    def load_markets(
        self,
        reload: bool = False,  # noqa: FBT001, FBT002  # as in ccxt
        params: Params = NONE,
    ) -> dict[str, Structure]:
        """Every market by its symbol. They are read when they are needed, whether or not this is called."""
        del params
        if reload:
            self._markets.forget()
        return self._markets.all()

    def fetch_markets(self, params: Params = NONE) -> list[Structure]:
        """Every market, read again. What all of them share is told by `fees`, as in ccxt."""
        found = self.load_markets(reload=True, params=params).values()
        return [{name: value for name, value in each.items() if name not in SHARED} for each in found]

    def fetch_currencies(self, params: Params = NONE) -> dict[str, Structure]:
        """Every asset of a market or the account."""
        del params
        return self._markets.currencies()

    @property
    def markets(self) -> dict[str, Structure]:
        """Every market by its symbol."""
        return self._markets.all()

    @property
    def markets_by_id(self) -> dict[str, list[Structure]]:
        """Every market by Binance's name for it."""
        return {each["id"]: [each] for each in self.markets.values()}

    @property
    def symbols(self) -> list[str]:
        """Every symbol, sorted."""
        return list(self.markets)

    @property
    def ids(self) -> list[str]:
        """Binance's name of each market, sorted."""
        return sorted(self.markets_by_id)

    @property
    def currencies(self) -> dict[str, Structure]:
        """Every asset by its name."""
        return self._markets.currencies()

    @property
    def codes(self) -> list[str]:
        """The name of each asset, sorted."""
        return sorted(self.currencies)

    def market(self, symbol: str) -> Structure:
        """One market. Raises BadSymbol."""
        return self._markets.find(symbol).structure

    def market_id(self, symbol: str) -> str:
        """Binance's name for a market. Raises BadSymbol."""
        return self._markets.find(symbol).name

    def currency(self, code: str) -> Structure:
        """One asset. Raises ExchangeError."""
        found = self.currencies.get(code)
        if found is None:
            raise error("ExchangeError", f"does not have currency code {code}")
        return found

    # numbers

    def amount_to_precision(self, symbol: str, amount: object) -> str | None:
        """An amount as its market takes it, rounded down."""
        return None if amount is None else written(self._markets.find(symbol).amount(amount))

    def price_to_precision(self, symbol: str, price: object) -> str | None:
        """A price as its market takes it, the nearest one."""
        return None if price is None else written(self._markets.find(symbol).price(price))

    def cost_to_precision(self, symbol: str, cost: object) -> str | None:
        """Money in the steps of a price, rounded down."""
        return None if cost is None else written(self._markets.find(symbol).cost(cost))

    # time

    def milliseconds(self) -> int:
        """The venue's time."""
        return self._exchange.now()

    def seconds(self) -> int:
        """The same in seconds."""
        return self.milliseconds() // 1000

    def microseconds(self) -> int:
        """The same in microseconds."""
        return self.milliseconds() * 1000

    def fetch_time(self, params: Params = NONE) -> int:
        """The same, as the exchange tells it."""
        del params
        return self.milliseconds()

    def sleep(self, milliseconds: float) -> None:
        """Wait on the venue's clock: prices come by, and orders fill."""
        self._prices.pass_time(int(milliseconds))

    iso8601 = staticmethod(iso8601)
    parse8601 = staticmethod(parse8601)
    parse_timeframe = staticmethod(parse_timeframe)

    def set_sandbox_mode(self, enabled: bool) -> None:  # noqa: FBT001  # as in ccxt
        """It is paper either way."""

    def check_required_credentials(self, error: bool = True) -> bool:  # noqa: FBT001, FBT002  # as in ccxt
        """Nothing is asked for."""
        del error
        return True

    def close(self) -> None:
        """There is nothing to close."""

    # everything else

    def __getattr__(self, name: str) -> Any:
        """ccxt's second name of a method (createOrder), an endpoint by its name (privatePostOrderListOco), or what
        ccxt has and this exchange has not."""
        if name.startswith("_"):
            raise AttributeError(name)
        snake = _capital.sub(r"_\1", name.replace("OHLCV", "Ohlcv").replace("L2", "_l2")).lower()
        if snake != name and hasattr(type(self), snake):
            found = getattr(self, snake)
            if callable(found):
                self.__dict__[name] = found
            return found
        endpoint = self._wire.implicit(name)
        if endpoint is not None:
            return endpoint
        if _UNIFIED.match(snake):
            return _not_there(name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


def _not_there(name: str) -> Any:
    def refuse(*arguments: Any, **named: Any) -> Any:
        del arguments, named
        raise error("NotSupported", f"{name}() is not supported yet")

    return refuse
