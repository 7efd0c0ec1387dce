"""Every path of the Binance wire, put together."""

from __future__ import annotations

from ..domain.request_weights import RequestLimits
from ..exchange import Exchange
from .binance_account import WireAccount
from .binance_cancel_replace import WireCancelReplace
from .binance_endpoints import Endpoint
from .binance_history import WireHistory
from .binance_market_data import WireMarketData
from .binance_orders import WireOrders
from .binance_symbols import WireSymbols
from .binance_wallet import WireWallet


def wire_endpoints(exchange: Exchange, limits: RequestLimits) -> list[Endpoint]:
    """All of them, over one exchange."""
    symbols = WireSymbols(exchange)
    orders = WireOrders(exchange, symbols)
    # The order counts for nothing: paths are looked up.
    return [
        *orders.endpoints(),
        *WireCancelReplace(exchange, symbols, orders).endpoints(),
        *WireHistory(exchange, symbols).endpoints(),
        *WireAccount(exchange, symbols, limits).endpoints(),
        *WireMarketData(exchange, symbols).endpoints(),
        *WireWallet(exchange, symbols).endpoints(),
    ]
