"""Running totals of one account's ledger and trades: what was paid in and out, and what was traded. Pure.

A tally is a value that is added up: whoever has one up to some position goes on from there. Deposits and withdrawals of
the quote asset count as they are; those of another asset at the price of the moment they are added up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from .amounts import ZERO, add
from .fills import Fill
from .ledger import LedgerEntry, LedgerKind
from .orders import Side
from .valuation import Rates

Sums = Mapping[str, Decimal]
"""Amounts by asset."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Paper money that went one way: `value` in the quote asset; `unpriced`: amounts by asset that had no price when
    they were added up."""

    value: Decimal = ZERO
    unpriced: Sums = field(default_factory=dict[str, Decimal])

    def plus(self, asset: str, amount: Decimal, rates: Rates) -> Flow:
        """The flow with one more movement; `amount` is positive."""
        rate = rates.get(asset)
        if rate is None:
            return replace(self, unpriced=_plus(self.unpriced, asset, amount))
        return replace(self, value=add(self.value, rate.value(amount)))

    def valued(self, rates: Rates) -> Decimal:
        """All of it, what had no price then at today's; what still has none counts as nothing."""
        value = self.value
        for asset, amount in self.unpriced.items():
            value = add(value, rates[asset].value(amount) if asset in rates else ZERO)
        return value


@dataclass(frozen=True, slots=True)
class Turnover:
    """Trades of one side and one base asset: how many, how much of the base asset, and how much of each quote asset and
    of each fee asset moved."""

    count: int = 0
    amount: Decimal = ZERO
    notional: Sums = field(default_factory=dict[str, Decimal])
    fees: Sums = field(default_factory=dict[str, Decimal])

    def plus(self, fill: Fill) -> Turnover:
        """The turnover with one more fill."""
        return Turnover(
            self.count + 1,
            add(self.amount, fill.quantity),
            _plus(self.notional, fill.symbol.partition("/")[2], fill.quote_quantity),
            _plus(self.fees, fill.commission_asset, fill.commission),
        )


@dataclass(frozen=True, slots=True)
class Tally:
    """The totals of an account up to `ledger_position` of its ledger and `trades_position` of its trades, valued in
    `quote_asset`. `turnovers` by side and base asset."""

    quote_asset: str
    ledger_position: int = 0
    trades_position: int = 0
    deposits: Flow = field(default_factory=Flow)
    withdrawals: Flow = field(default_factory=Flow)
    turnovers: Mapping[tuple[Side, str], Turnover] = field(default_factory=dict[tuple[Side, str], Turnover])

    def with_ledger(self, lines: Iterable[LedgerEntry], position: int, rates: Rates) -> Tally:
        """The totals with the ledger up to `position`; `lines` are those since the last one."""
        deposits, withdrawals = self.deposits, self.withdrawals
        for line in lines:
            if line.kind is LedgerKind.DEPOSIT:
                deposits = deposits.plus(line.asset, line.amount, rates)
            elif line.kind is LedgerKind.WITHDRAWAL:
                withdrawals = withdrawals.plus(line.asset, line.amount.copy_negate(), rates)
        return replace(self, ledger_position=position, deposits=deposits, withdrawals=withdrawals)

    def with_fills(self, fills: Iterable[Fill], position: int) -> Tally:
        """The totals with the trades up to `position`; `fills` are those since the last one."""
        turnovers = dict(self.turnovers)
        for fill in fills:
            key = fill.side, fill.symbol.partition("/")[0]
            turnovers[key] = turnovers.get(key, Turnover()).plus(fill)
        return replace(self, trades_position=position, turnovers=turnovers)


def _plus(sums: Sums, asset: str, amount: Decimal) -> Sums:
    return {**sums, asset: add(sums.get(asset, ZERO), amount)}
