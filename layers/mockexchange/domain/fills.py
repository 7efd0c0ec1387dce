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
    rate.
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
