"""How a venue is configured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from .amounts import DEFAULT_SCALE
from .models import Engine


@dataclass(frozen=True, slots=True)
class Rules:
    """The venue's rules. Rates are fractions; `symbols` may hold patterns (domain/patterns.py); `scales` are the
    decimal places of assets that do not keep the default of 8, used when an asset is first seen; accounts are valued in
    `quote_asset`. `book_levels` is how many levels of each side of a book ticks keep (0: none), `may_bring_trades`
    whether the feed does: what an account may choose as its fill model depends on them."""

    engine: Engine = field(default_factory=Engine)
    maker_rate: Decimal = Decimal("0.001")
    taker_rate: Decimal = Decimal("0.001")
    symbols: tuple[str, ...] = ("*",)
    scales: Mapping[str, int] = field(default_factory=dict[str, int])
    quote_asset: str = "USDT"
    book_levels: int = 0
    may_bring_trades: bool = True

    def scale(self, asset: str) -> int:
        """Decimal places an asset gets when it is first seen."""
        return self.scales.get(asset, DEFAULT_SCALE)
