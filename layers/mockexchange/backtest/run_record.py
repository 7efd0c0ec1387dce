"""What a finished back-test hands over: everything that its results are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from ..domain.fills import Fill
from ..domain.ledger import LedgerEntry, LedgerKind
from ..domain.orders import Order

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass
class RunRecord:
    """One run. Moments are venue ms, amounts exact.

    `times` are the ends of bars at which the equity is taken, rising; `prices` has the last price of each symbol at
    each of them, nan before its first. `first_balances` are the totals of each asset at `began`, and the `ledger` has
    every change since; it may have the deposits that opened the account. `orders` and `fills` stand oldest first.
    `final_equity` is exact, in the `quote_asset`; what has no price counts as nothing. `refused` counts the orders that
    were refused at the door and have no record. `settings` say what was simulated, `notices` what the data and the run
    warn of.
    """

    symbols: tuple[str, ...]
    quote_asset: str
    began: int
    ended: int
    times: NDArray[np.int64]
    prices: dict[str, NDArray[np.float64]]
    first_balances: dict[str, Decimal]
    ledger: Sequence[LedgerEntry]
    fills: Sequence[Fill]
    orders: Sequence[Order]
    final_equity: Decimal
    settings: dict[str, str] = field(default_factory=dict[str, str])
    notices: list[str] = field(default_factory=list[str])
    refused: int = 0

    @property
    def changes(self) -> list[LedgerEntry]:
        """The ledger from the first balances on. A deposit no later than the beginning is among those."""
        return [each for each in self.ledger if each.kind is not LedgerKind.DEPOSIT or each.timestamp > self.began]
