"""What a trader knows of a market: how prices and quantities are cut, and what an order of some dollars' worth is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from typing import Any

SYMBOLS = [
    f"{asset}/USDT"
    for asset in ("BTC ETH SOL BNB XRP DOGE ADA SHIB AVAX DOT LINK LTC TRX UNI ATOM NEAR APT ARB OP FIL".split())
]
"""Twenty markets; the first eight are well known to the synthetic feed, the others it invents."""

QUOTE = "USDT"


@dataclass(frozen=True, slots=True)
class Market:
    """One market. `tick` and `step` are what prices and quantities are multiples of."""

    symbol: str
    base: str
    tick: Decimal
    step: Decimal

    @classmethod
    def read(cls, described: dict[str, Any]) -> Market:
        """From one entry of Binance's exchangeInfo."""
        filters = {each["filterType"]: each for each in described["filters"]}
        return cls(
            f"{described['baseAsset']}/{described['quoteAsset']}",
            described["baseAsset"],
            Decimal(filters["PRICE_FILTER"]["tickSize"]),
            Decimal(filters["LOT_SIZE"]["stepSize"]),
        )

    @property
    def wire_symbol(self) -> str:
        """As Binance writes it."""
        return self.symbol.replace("/", "")

    def price(self, near: Decimal) -> Decimal:
        """The nearest price from there down, at least one tick."""
        return max(self.tick, (near / self.tick).to_integral_value(ROUND_DOWN) * self.tick)

    def quantity(self, dollars: Decimal, price: Decimal) -> Decimal:
        """What at least costs that much at this price."""
        return (dollars / price / self.step).to_integral_value(ROUND_UP) * self.step
