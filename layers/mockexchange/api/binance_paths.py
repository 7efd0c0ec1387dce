"""Every path of the Binance wire, put together."""

from __future__ import annotations

from ..domain.request_weights import RequestLimits
from ..exchange import Exchange
from .binance_endpoints import Endpoint
from .binance_market_data import WireMarketData
from .binance_symbols import WireSymbols


def wire_endpoints(exchange: Exchange, limits: RequestLimits) -> list[Endpoint]:
    """All of them, over one exchange."""
    symbols = WireSymbols(exchange)
    return [
        *WireMarketData(exchange, symbols).endpoints(),
    ]
