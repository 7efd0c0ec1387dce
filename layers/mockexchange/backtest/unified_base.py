"""What the parts of the face that ccxt's users know have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..exchange import Exchange
from .unified_markets import Markets
from .unified_wire import Wire

if TYPE_CHECKING:
    from .unified_market_data import Prices


class UnifiedBase:
    """One account of an exchange, and the history that its prices are of."""

    _exchange: Exchange
    _account_id: str
    _prices: Prices
    _wire: Wire
    _markets: Markets
