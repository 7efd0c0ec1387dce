"""The Binance wire without a wire: its endpoints, asked in this process.

What ccxt's `binance` sends is built here, read by the same code as on the way over HTTP, and answered by the same code.
So an order that is refused there is refused here, for the same reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from .. import charts
from ..api import binance_errors as errors
from ..api.binance_account import WireAccount
from ..api.binance_amendments import WireAmendments
from ..api.binance_cancel_replace import WireCancelReplace
from ..api.binance_endpoints import Asked, Endpoint, Handler
from ..api.binance_errors import BinanceError, from_refusal
from ..api.binance_exchange_info import WireExchangeInfo
from ..api.binance_history import WireHistory
from ..api.binance_market_data import WireMarketData
from ..api.binance_markets import WireMarkets
from ..api.binance_order_commands import OrderCommands
from ..api.binance_order_lists import WireOrderLists
from ..api.binance_orders import WireOrders
from ..api.binance_parameters import values
from ..api.binance_symbols import WireSymbols
from ..api.binance_tape import WireTape
from ..api.binance_tickers import WireTickers
from ..api.binance_wallet import WireWallet
from ..domain.errors import ExchangeError
from ..domain.request_weights import RequestLimits, Usage
from ..exchange import Exchange
from .unified_errors import of_wire

NO_LIMITS = RequestLimits()
"""Nobody counts requests here."""

SIGNED = 3
"""Parameters that ccxt adds to a request which is signed: the time, how long it is good, the signature."""

_OF_STORED_CANDLES = ("/api/v3/klines", "/api/v3/uiKlines", "/api/v3/avgPrice")
"""What is answered from candles that the store keeps; here they are of whoever has the history."""

_UNUSED = Usage()


class Values(dict[str, Any]):
    """The parameters of a request; None for those that were not sent."""

    def __missing__(self, name: str) -> Any:
        """What was not sent."""
        return None


class Wire:
    """The endpoints of one account that a strategy has a use for."""

    def __init__(self, exchange: Exchange, account_id: str, figures: charts.ReadStatistics) -> None:
        """`figures` is where statistics of the last day come from."""
        self._account_id = account_id
        symbols = WireSymbols(exchange)
        markets = WireMarkets(exchange, symbols)
        self.symbols = symbols
        self.commands = OrderCommands(exchange, symbols)
        self.orders = WireOrders(exchange, symbols)
        self.replacing = WireCancelReplace(exchange, symbols, self.orders)
        self.account = WireAccount(exchange, symbols, NO_LIMITS)
        self.info = WireExchangeInfo(exchange, symbols, NO_LIMITS)
        self.tickers = WireTickers(exchange, markets, figures)
        self.market_data = WireMarketData(exchange, markets)
        groups = (
            *(self.orders, self.replacing, self.account, self.info, self.tickers),
            WireOrderLists(exchange, symbols),
            WireAmendments(exchange, self.orders),
            WireHistory(exchange, symbols),
            WireTape(exchange, markets),
            WireWallet(exchange, symbols, _never),
        )
        endpoints = [each for group in groups for each in group.endpoints()]
        endpoints += [each for each in self.market_data.endpoints() if each.path not in _OF_STORED_CANDLES]
        self._endpoints = {(each.method, each.path): each for each in endpoints}
        self._implicit = {_implicit(each): each for each in self._endpoints.values()}

    def ask(self, handle: Handler, read: Mapping[str, Any]) -> Any:
        """An endpoint's answer, where its parameters are values already. Raises ccxt's exceptions."""
        try:
            return handle(Asked(read, {}, self._account_id, _UNUSED))
        except BinanceError as refused:
            raise of_wire(refused) from None
        except ExchangeError as refused:
            # what was wrong exactly is in the cause: Binance has few words for it
            raise of_wire(from_refusal(refused)) from refused

    def request(self, method: str, path: str, sent: Mapping[str, object]) -> Any:
        """An endpoint's answer, where its parameters are as ccxt sends them. Raises ccxt's exceptions."""
        return self._send(self._endpoints[method, path], sent)

    def implicit(self, name: str) -> Callable[..., Any] | None:
        """A method of ccxt's that is one endpoint, such as privatePostOrderListOco; None when that is none."""
        endpoint = self._implicit.get(name.replace("_", "").lower())
        if endpoint is None:
            return None

        def call(params: Mapping[str, object] | None = None) -> Any:
            return self._send(endpoint, params or {})

        return call

    def _send(self, endpoint: Endpoint, sent: Mapping[str, object]) -> Any:
        texts = {name: text_of(value) for name, value in sent.items()}
        known = sum(each.name in texts for each in endpoint.parameters)
        if endpoint.strict and known < len(texts):
            beside = SIGNED if endpoint.security.is_signed else 0
            raise of_wire(errors.unread(known + beside, len(texts) + beside))
        try:
            read = values(endpoint.parameters, texts, strict=False)
        except BinanceError as refused:
            raise of_wire(refused) from None
        return self.ask(endpoint.handle, read)


def text_of(value: object) -> str:
    """A value as ccxt writes it into a request."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _implicit(endpoint: Endpoint) -> str:
    """What ccxt calls the method of an endpoint, in small letters without anything between its words."""
    _, kind, version, *rest = endpoint.path.split("/")
    if kind == "api":
        family = "private" if endpoint.security.is_signed else "public"
    else:
        family = kind if version == "v1" else kind + version
    return re.sub(r"[^a-z0-9]", "", f"{family}{endpoint.method}{''.join(rest)}".lower())


def _never() -> bool:
    return False
