"""What an account was worth at each moment of a run."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ..domain.amounts import ZERO, add
from ..domain.ledger import LedgerEntry, LedgerKind
from .run_record import RunRecord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_LEAST = 1e-3
"""Coins that are worth less, as a share of the equity, are no position: what fees and lot sizes leave over."""


class Rates:
    """The price of every asset in the quote asset at each point of a curve. `opening`: it has one point more than the
    record, before all others.

    An asset that no symbol of the run quotes in it goes through one that does. Before its first price an asset is held
    at that: it can have no return yet.
    """

    def __init__(self, record: RunRecord, times: NDArray[np.int64], *, opening: bool) -> None:
        self.times = times
        self._quote = record.quote_asset
        self._prices = {
            symbol: _filled(np.concatenate(([np.nan], prices)) if opening else prices)
            for symbol, prices in record.prices.items()
            if np.isfinite(prices).any()
        }
        self._known: dict[str, NDArray[np.float64] | None] = {}

    def of(self, asset: str) -> NDArray[np.float64] | None:
        """The asset's price at each point, None for one that has none."""
        if asset not in self._known:
            found = self._direct(asset, self._quote)
            bridges = {part for symbol in self._prices for part in symbol.split("/")} - {asset, self._quote}
            for bridge in sorted(bridges):
                if found is not None:
                    break
                near, far = self._direct(asset, bridge), self._direct(bridge, self._quote)
                found = near * far if near is not None and far is not None else None
            self._known[asset] = found
        return self._known[asset]

    def at(self, asset: str, moment: int) -> float | None:
        """The asset's price at the newest point that is not after `moment` (ms), else at the first."""
        if asset == self._quote:
            return 1.0
        prices = self.of(asset)
        index = max(0, int(np.searchsorted(self.times, moment, side="right")) - 1)
        return None if prices is None else float(prices[index])

    def _direct(self, asset: str, quote: str) -> NDArray[np.float64] | None:
        if asset == quote:
            return np.ones(len(self.times))
        if (prices := self._prices.get(f"{asset}/{quote}")) is not None:
            return prices
        return 1 / prices if (prices := self._prices.get(f"{quote}/{asset}")) is not None else None


def _filled(prices: NDArray[np.float64]) -> NDArray[np.float64]:
    """The prices with nan replaced by the newest before, or the first."""
    known = np.flatnonzero(np.isfinite(prices))
    newest = np.searchsorted(known, np.arange(len(prices)), side="right") - 1
    return prices[known[np.maximum(newest, 0)]]


@dataclass
class EquityCurve:
    """An account over time, by what its balances were and what they were worth, in the quote asset.

    `times` begin with the run itself, then come the sampled ones. `equity` is the total, `invested` what of it was in
    the coins of the run's symbols. `growth` is what one unit of money became; `flows` are the deposits less the
    withdrawals since the point before, at this point's prices. `unpriced` are the assets that have no price: they count
    as nothing.
    """

    rates: Rates
    equity: NDArray[np.float64]
    invested: NDArray[np.float64]
    flows: NDArray[np.float64]
    hold: NDArray[np.float64]
    unpriced: tuple[str, ...]

    @property
    def times(self) -> NDArray[np.int64]:
        """In ms, rising."""
        return self.rates.times

    @property
    def hold_growth(self) -> NDArray[np.float64]:
        """What one unit of money became by buying and holding; nothing of nothing."""
        return self.hold / self.hold[0] if self.hold[0] > 0 else self.hold

    @cached_property
    def growth(self) -> NDArray[np.float64]:
        """What one unit of money became: each step returns (equity - flows) / equity before - 1. nan from where that
        is not defined: something was earned on nothing, or on debts."""
        if not self.flows.any():
            return self.equity / self.equity[0] if self.equity[0] > 0 else np.full(len(self.equity), np.nan)
        before, after = self.equity[:-1], (self.equity - self.flows)[1:]
        idle = (before == 0) & (np.abs(after) <= 1e-9 * np.abs(self.flows[1:]))  # what comes into an empty account
        steps = np.full(len(before), np.nan)
        steps[idle] = 1.0
        np.divide(after, before, out=steps, where=before > 0)
        return np.concatenate(([1.0], np.cumprod(steps)))

    @cached_property
    def exposure(self) -> float | None:
        """The share of time with a position, by what stood at the end of each bar. Worth less than 0.1 % of the equity
        is none."""
        return self._over_time((self.invested > _LEAST * np.abs(self.equity)).astype(np.float64))

    @cached_property
    def mean_invested(self) -> float | None:
        """The mean share of the equity that was in coins, over time."""
        share = np.divide(self.invested, self.equity, out=np.zeros(len(self.equity)), where=self.equity > 0)
        return self._over_time(share)

    @cached_property
    def mean_equity(self) -> float | None:
        """The mean over time."""
        return self._over_time(self.equity)

    def _over_time(self, values: NDArray[np.float64]) -> float | None:
        lengths = np.diff(self.times)
        return float((values[1:] * lengths).sum() / lengths.sum()) if lengths.sum() > 0 else None


def equity_curve(record: RunRecord) -> EquityCurve:
    """The curve of a run."""
    opening = len(record.times) < 2 or record.began < record.times[0]
    times = np.concatenate(([record.began], record.times)).astype(np.int64) if opening else record.times
    rates = Rates(record, times, opening=opening)
    bases = {symbol.split("/")[0] for symbol in record.symbols} - {record.quote_asset}
    changes: dict[str, list[LedgerEntry]] = {asset: [] for asset in record.first_balances}
    for entry in record.changes:
        changes.setdefault(entry.asset, []).append(entry)
    equity, invested, flows = np.zeros(len(times)), np.zeros(len(times)), np.zeros(len(times))
    unpriced: list[str] = []
    for asset, entries in changes.items():
        price = rates.of(asset)
        if price is None:
            unpriced.append(asset)
            continue
        worth = price * _totals(record.first_balances.get(asset, ZERO), entries, times)
        equity += worth
        if asset in bases:
            invested += worth
        moved = [entry for entry in entries if entry.kind in (LedgerKind.DEPOSIT, LedgerKind.WITHDRAWAL)]
        if moved:
            flows += price * np.diff(_totals(ZERO, moved, times), prepend=0.0)
    return EquityCurve(rates, equity, invested, flows, _held(rates, bases, equity), tuple(sorted(unpriced)))


def _totals(first: Decimal, entries: Sequence[LedgerEntry], times: NDArray[np.int64]) -> NDArray[np.float64]:
    """What was owned of one asset at each point. Summed exactly, so that no error grows along the way."""
    totals, total = [float(first)], first
    ordered = sorted(entries, key=lambda entry: entry.timestamp)  # late fills are dated back
    for entry in ordered:
        total = add(total, entry.amount)
        totals.append(float(total))
    known = np.searchsorted(np.array([entry.timestamp for entry in ordered], np.int64), times, side="right")
    known[0] = 0  # before anything happened, also in that very millisecond
    return np.array(totals)[known]


def _held(rates: Rates, bases: set[str], equity: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the equity at the start would have become, spread equally over the coins at their first prices."""
    found = [prices / prices[0] for asset in sorted(bases) if (prices := rates.of(asset)) is not None and prices[0] > 0]
    return equity[0] * np.mean(found, axis=0) if found else np.full(len(equity), equity[0])
