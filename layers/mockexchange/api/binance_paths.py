"""Every path of the Binance wire, put together."""

from __future__ import annotations

from collections.abc import Callable

from ..domain.request_weights import RequestLimits
from ..exchange import Exchange
from .binance_account import WireAccount
from .binance_amendments import WireAmendments
from .binance_cancel_replace import WireCancelReplace
from .binance_endpoints import Endpoint
from .binance_exchange_info import WireExchangeInfo
from .binance_history import WireHistory
from .binance_market_data import WireMarketData
from .binance_markets import WireMarkets
from .binance_order_lists import WireOrderLists
from .binance_orders import WireOrders
from .binance_payments import WirePayments
from .binance_symbols import WireSymbols
from .binance_tape import WireTape
from .binance_tickers import WireTickers
from .binance_wallet import WireWallet


def wire_endpoints(exchange: Exchange, limits: RequestLimits, on_maintenance: Callable[[], bool]) -> list[Endpoint]:
    """All of them, over one exchange."""
    symbols = WireSymbols(exchange)
    markets = WireMarkets(exchange, symbols)
    orders = WireOrders(exchange, symbols)
    # The order counts for nothing: paths are looked up.
    return [
        *WireExchangeInfo(exchange, symbols, limits).endpoints(),
        *WireMarketData(exchange, markets).endpoints(),
        *WireTickers(exchange, markets).endpoints(),
        *WireTape(exchange, markets).endpoints(),
        *orders.endpoints(),
        *WireAmendments(exchange, orders).endpoints(),
        *WireCancelReplace(exchange, symbols, orders).endpoints(),
        *WireHistory(exchange, symbols).endpoints(),
        *WireOrderLists(exchange, symbols).endpoints(),
        *WireAccount(exchange, symbols, limits).endpoints(),
        *WireWallet(exchange, symbols, on_maintenance).endpoints(),
        *WirePayments(exchange).endpoints(),
    ]
