"""Equity curves and running totals in memory. See ports.EquityBook."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from decimal import Decimal

from ..domain.amounts import from_units
from ..domain.balances import Account, Balance, Bucket
from ..domain.ledger import LedgerEntry
from ..domain.tally import Tally
from ..ports import EquityStep, Page
from .memory_state import VenueState, owner


class MemoryEquityBook:
    """The part of the store in memory that people's overviews read."""

    state: VenueState

    def record_equity(self, values: Sequence[tuple[Account, Decimal]], now: int) -> None:
        """See ports.EquityBook.record_equity."""
        for account, value in values:
            for step in EquityStep:
                curve = self.state.equity[owner(account), step]
                if not curve or curve[-1][0] < now - now % step:
                    curve.append((now, value))
                    del curve[: bisect.bisect_left(curve, now - step.kept, key=_moment)]

    def equity(
        self, account: Account, step: EquityStep, since: int, until: int | None, limit: int
    ) -> list[tuple[int, Decimal]]:
        """See ports.EquityBook.equity."""
        curve = self.state.equity[owner(account), step]
        start = bisect.bisect_left(curve, since, key=_moment)
        end = len(curve) if until is None else bisect.bisect_left(curve, until, key=_moment)
        return curve[start:end][:limit]

    def tally(self, account: Account) -> Tally | None:
        """See ports.EquityBook.tally."""
        return self.state.tallies.get(owner(account))

    def put_tally(self, account: Account, tally: Tally) -> None:
        """See ports.EquityBook.put_tally."""
        self.state.tallies[owner(account)] = tally

    def balances_of(self, accounts: Sequence[Account]) -> list[list[Balance]]:
        """See ports.EquityBook.balances_of."""
        return [self._balances(account) for account in accounts]

    def _balances(self, account: Account) -> list[Balance]:
        held = self.state.books[owner(account)].balances
        return [
            Balance(asset, *(from_units(held.get((asset, bucket), 0), self.state.scales[asset]) for bucket in Bucket))
            for asset in sorted({asset for asset, _ in list(held)})
        ]

    def movements(self, account: Account, cursor: int, limit: int) -> Page[LedgerEntry]:
        """See ports.EquityBook.movements."""
        lines = self.state.books[owner(account)].ledger[cursor : cursor + limit]
        return Page([line for line in lines if isinstance(line, LedgerEntry)], cursor + len(lines))

    def newest_open_order_ids(self, account: Account, below: int | None, limit: int) -> list[int]:
        """See ports.EquityBook.newest_open_order_ids."""
        ids = self.state.books[owner(account)].open
        end = len(ids) if below is None else bisect.bisect_left(ids, below)
        return ids[max(0, end - limit) : end][::-1]


def _moment(entry: tuple[int, Decimal]) -> int:
    return entry[0]
