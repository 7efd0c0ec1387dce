"""A fill model for tests: the touch, and one more price behind it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from mockexchange.domain.amounts import add, subtract
from mockexchange.domain.fills import Liquidity
from mockexchange.domain.models import Execution, Meeting, crosses, touch
from mockexchange.domain.orders import Side


@dataclass(frozen=True, slots=True)
class TwoLevels:
    """`size` at the touch, `size` a tick size behind it, for every order of every account anew. A resting order gets
    both at its limit."""

    size: Decimal

    @property
    def name(self) -> str:
        return "two-levels"

    @property
    def limits_size(self) -> bool:
        return False

    @property
    def most_executions(self) -> int:
        return 2

    def take(self, side: Side, limit: Decimal | None, wanted: Decimal, meeting: Meeting) -> tuple[Execution, ...]:
        best = touch(side, meeting.quote)
        behind = add(best, meeting.tick_size) if side is Side.BUY else subtract(best, meeting.tick_size)
        within = [
            price
            for price in (best, behind)
            if limit is None or (price <= limit if side is Side.BUY else price >= limit)
        ]
        return self._at(within, Liquidity.TAKER, wanted)

    def make(self, side: Side, limit: Decimal, wanted: Decimal, meeting: Meeting) -> tuple[Execution, ...]:
        return self._at([limit, limit] if crosses(side, limit, meeting.quote) else [], Liquidity.MAKER, wanted)

    def _at(self, prices: list[Decimal], liquidity: Liquidity, wanted: Decimal) -> tuple[Execution, ...]:
        found: list[Execution] = []
        for price in prices:
            quantity = min(wanted, self.size)
            wanted = subtract(wanted, quantity)
            if quantity:
                found.append(Execution(price, quantity, liquidity))
        return tuple(found)
