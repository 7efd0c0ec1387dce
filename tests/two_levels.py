"""A fill model for tests: the touch, and one more price behind it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from mockexchange.domain.amounts import add, subtract
from mockexchange.domain.fills import Liquidity
from mockexchange.domain.models import Execution, Meeting, TouchModel, reaches
from mockexchange.domain.orders import Side


@dataclass(frozen=True, slots=True)
class TwoLevels(TouchModel):
    """`size` at the touch, `size` a tick size behind it, for every order of every account anew. A resting order gets
    both at its limit."""

    size: Decimal = Decimal(1)

    @property
    def name(self) -> str:
        # A word that an audit knows: of a model whose takers may get what stands behind the touch.
        return "touch+slippage=1+seed=0"

    @property
    def most_executions(self) -> int:
        return 2

    def take(self, side: Side, limit: Decimal | None, wanted: Decimal, meeting: Meeting) -> tuple[Execution, ...]:
        best = self.touch(side, meeting.tick)
        behind = add(best, meeting.tick_size) if side is Side.BUY else subtract(best, meeting.tick_size)
        within = [price for price in (best, behind) if limit is None or reaches(side, limit, price)]
        return self._both(within, Liquidity.TAKER, wanted)

    def make(self, side: Side, limit: Decimal, wanted: Decimal, meeting: Meeting) -> tuple[Execution, ...]:
        reached = reaches(side, limit, self.touch(side, meeting.tick))
        return self._both([limit, limit] if reached else [], Liquidity.MAKER, wanted)

    def _both(self, prices: list[Decimal], liquidity: Liquidity, wanted: Decimal) -> tuple[Execution, ...]:
        found: list[Execution] = []
        for price in prices:
            quantity = min(wanted, self.size)
            wanted = subtract(wanted, quantity)
            if quantity:
                found.append(Execution(price, quantity, liquidity))
        return tuple(found)
