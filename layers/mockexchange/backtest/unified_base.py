"""What the parts of the face that ccxt's users know have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..exchange import Exchange
from .unified_markets import Markets
from .unified_structures import Structure
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
    _open_orders: dict[str | None, tuple[int, list[Structure]]]
    """What was told of a market's open orders, and at which revision of the books."""
