"""One execution on an order, and everything needed to say why it happened."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .amounts import ZERO
from .orders import Side


class Liquidity(StrEnum):
    """Which side of the trade this account was on."""

    MAKER = "MAKER"
    """rested, and the market came to it"""
    TAKER = "TAKER"
    """crossed the spread"""


class FeeRule(StrEnum):
    """Where a fee rate comes from."""

    ACCOUNT = "account"
    """the account's own"""
    TIER = "tier"
    """that of its 30-day volume"""
    MARKET = "market"
    """that of the market, for every account"""


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution, as the public record shows it.

    `price` is in the quote asset, `quantity` in the base asset; `quote_quantity` is what moved in the quote asset,
    rounded to its scale; `commission` was charged in `commission_asset`, the asset received or the fee asset.
    `timestamp` is venue ms.
    `tick`, `source`, `model` and `rate` say why: the tick it met, that tick's price source, the fill model, the fee
    rate, with the discount taken off. `fee_rule` is where that comes from, `discount` (a fraction) what paying in the
    fee asset took off, `fee_price` that asset's price in the quote asset, where the fee needed one.
    `recorded_at` (venue ms) is set when its tick was met late, after a time without a matcher or without prices:
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
    fee_rule: FeeRule = FeeRule.ACCOUNT
    discount: Decimal = ZERO
    fee_price: Decimal | None = None
    recorded_at: int | None = None

    @property
    def is_late(self) -> bool:
        """Whether it is dated before the moment at which it was recorded."""
        return self.recorded_at is not None

    @property
    def entered_at(self) -> int:
        """When it was recorded (venue ms): in this order, almost, fills stand in their lists."""
        return self.timestamp if self.recorded_at is None else self.recorded_at
