"""One execution on an order, and everything needed to say why it happened."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .orders import Side


class Liquidity(StrEnum):
    """Which side of the trade this account was on."""

    MAKER = "MAKER"
    """rested, and the market came to it"""
    TAKER = "TAKER"
    """crossed the spread"""


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution, as the public record shows it.

    `price` is in the quote asset, `quantity` in the base asset; `quote_quantity` is what moved in the quote asset,
    rounded to its scale; `commission` was charged in `commission_asset`, the asset received. `timestamp` is venue ms.
    `tick`, `source`, `model` and `rate` say why: the tick it met, that tick's price source, the fill model, the fee
    rate. `recorded_at` (venue ms) is set when its tick was met late, after a time without a matcher or without prices:
    `timestamp` is then the tick's, and trades recorded before may have later ones.
    """

    trade_id: int
    order_id: int
    symbol: str
    side: Side
    price: Decimal
    quantity: Decimal
    quote_quantity: Decimal
    commission: Decimal
    commission_asset: str
    liquidity: Liquidity
    timestamp: int
    tick: int
    source: str
    model: str
    rate: Decimal
    recorded_at: int | None = None

    @property
    def is_late(self) -> bool:
        """Whether it is dated before the moment at which it was recorded."""
        return self.recorded_at is not None

    @property
    def entered_at(self) -> int:
        """When it was recorded (venue ms): in this order, almost, fills stand in their lists."""
        return self.timestamp if self.recorded_at is None else self.recorded_at
