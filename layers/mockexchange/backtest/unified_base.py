"""What the parts of the face that ccxt's users know have in common."""

from __future__ import annotations

from typing import Protocol

from ..exchange import Exchange
from .unified_errors import error
from .unified_markets import Listed, Markets
from .unified_requests import Params
from .unified_structures import Structure
from .unified_wire import Wire

NONE: Params = {}
"""No parameters."""


class Prices(Protocol):
    """What the face asks of whoever has the history."""

    def candles(self, symbol: str, length_ms: int, since: int | None, limit: int | None) -> list[list[float]]:
        """Rows of ccxt ([ms, open, high, low, close, volume], oldest first) up to the clock: the first `limit` that
        open at `since` or later, or, without it, the newest. The last one may still be in progress."""
        ...

    def finest(self, symbol: str) -> int:
        """The length (ms) of the shortest candles of a market that there are."""
        ...

    def pass_time(self, milliseconds: int) -> None:
        """Let the venue's clock run: ticks come by, and orders are matched."""
        ...


class UnifiedBase:
    """One account of an exchange, and the history that its prices are of."""

    _exchange: Exchange
    _account_id: str
    _prices: Prices
    _wire: Wire
    _markets: Markets
    _open_orders: dict[str | None, tuple[int, list[Structure]]]
    """What was told of a market's open orders, and at which revision of the books."""

    def _of(self, symbol: str | None, method: str) -> Listed:
        if symbol is None:
            raise error("ArgumentsRequired", f"{method}() requires a symbol argument")
        return self._markets.find(symbol)
