"""What accounts own, what it is worth, and what they did: read from the books, valued at the newest prices.

Nothing here changes a balance. Totals are kept as far as the recorder of equity.py has added them up, so that a
question reads only what came since; without any it reads everything, in pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .domain.amounts import subtract
from .domain.balances import Account, Balance
from .domain.tally import Tally
from .domain.valuation import (
    BRIDGES,
    Holdings,
    Rate,
    Rates,
    bridged_rates,
    direct_rates,
    holdings,
    symbols_between,
    symbols_through,
)
from .exchange import Exchange
from .ports import EquityStep

PAGE = 1_000
"""Records read at a time."""


@dataclass(frozen=True, slots=True)
class Capital:
    """What an account is worth and what was paid in, in the quote asset. `unpriced` names the assets, held or moved,
    that have no price and count as nothing."""

    holdings: Holdings
    deposits: Decimal
    withdrawals: Decimal
    unpriced: tuple[str, ...]

    @property
    def net_deposits(self) -> Decimal:
        """What was paid in and not taken out again."""
        return subtract(self.deposits, self.withdrawals)

    @property
    def profit(self) -> Decimal:
        """What there is beyond that; a loss is negative."""
        return subtract(self.holdings.equity, self.net_deposits)


class Overview:
    """Values accounts in the venue's quote asset."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.quote_asset = exchange.rules.quote_asset

    def rates(self, assets: Iterable[str]) -> dict[str, Rate]:
        """What each asset is worth: by its own market against the quote asset, the inverse one, or through one bridge.
        The newest price counts, however old it is."""
        wanted = sorted(set(assets))
        bridges = [bridge for bridge in BRIDGES if bridge != self.quote_asset]
        prices = self.exchange.last_prices(symbols_between({*wanted, *bridges}, self.quote_asset))
        rates = direct_rates(wanted, self.quote_asset, prices)
        left = [asset for asset in wanted if asset not in rates]
        onward = direct_rates(bridges, self.quote_asset, prices)
        if left and onward:
            rates |= bridged_rates(left, onward, self.exchange.last_prices(symbols_through(left, list(onward))))
        return rates

    def balances(self, account_id: str) -> tuple[list[Balance], Rates]:
        """What the account holds, and the rates of all of it. Raises AccountNotFound."""
        held = self.exchange.balances(account_id)
        return held, self.rates(balance.asset for balance in held)

    def capital(self, account_id: str) -> Capital:
        """What the account is worth, and what was paid in and out. Raises AccountNotFound."""
        account = self.exchange.account(account_id)
        held, rates = self.balances(account_id)
        tally = self.with_movements(account, self.tally(account))
        moved = {*tally.deposits.unpriced, *tally.withdrawals.unpriced}
        rates = {**self.rates(moved - rates.keys()), **rates}
        found = holdings(held, self.quote_asset, rates)
        return Capital(
            found,
            tally.deposits.valued(rates),
            tally.withdrawals.valued(rates),
            tuple(sorted({*found.unpriced, *(moved - rates.keys())})),
        )

    def turnover(self, account_id: str) -> Tally:
        """What the account traded, since ever. Raises AccountNotFound."""
        account = self.exchange.account(account_id)
        return self.with_trades(account, self.tally(account))

    def curve(
        self, account_id: str, step: EquityStep | None, since: int, until: int | None, limit: int
    ) -> list[tuple[int, Decimal]]:
        """The oldest `limit` recorded values of the account from `since` (ms, inclusive) to `until` (exclusive), as
        (venue ms, equity). Without a step: as fine as they are kept. Raises AccountNotFound."""
        account = self.exchange.account(account_id)
        if step is not None:
            return self.exchange.store.equity(account, step, since, until, limit)
        found: list[tuple[int, Decimal]] = []
        ends = [self._first(account, EquityStep.HOUR), self._first(account, EquityStep.MINUTE), None]
        for each, end in zip((EquityStep.DAY, EquityStep.HOUR, EquityStep.MINUTE), ends, strict=True):
            # up to where the next finer record begins
            bound = until if end is None else end if until is None else min(end, until)
            start = max(since, found[-1][0] + 1) if found else since
            if len(found) < limit and (bound is None or start < bound):
                found += self.exchange.store.equity(account, each, start, bound, limit - len(found))
        return found

    def _first(self, account: Account, step: EquityStep) -> int | None:
        first = self.exchange.store.equity(account, step, 0, None, 1)
        return first[0][0] if first else None

    # totals

    def tally(self, account: Account) -> Tally:
        """The totals on record; none yet, or those of another quote asset, start at nothing."""
        kept = self.exchange.store.tally(account)
        return kept if kept and kept.quote_asset == self.quote_asset else Tally(self.quote_asset)

    def with_movements(self, account: Account, tally: Tally, pages: int | None = None) -> Tally:
        """The totals with the deposits and withdrawals that came since, of so many pages at most."""
        while pages is None or pages > 0:
            page = self.exchange.store.movements(account, tally.ledger_position, PAGE)
            position = page.cursor or 0
            if position <= tally.ledger_position:
                break
            tally = tally.with_ledger(page.items, position, self.rates(line.asset for line in page.items))
            pages = None if pages is None else pages - 1
        return tally

    def with_trades(self, account: Account, tally: Tally, pages: int | None = None) -> Tally:
        """The totals with the trades that came since, of so many pages at most."""
        store = self.exchange.store
        newest = store.trade_ids(account, None, None, 1)
        length = (newest.cursor or 0) + len(newest.items)
        for end in self._ends(tally.trades_position, length, pages):
            ids = store.trade_ids(account, None, end, end - tally.trades_position).items
            fills = store.fills(account, ids[::-1])
            tally = tally.with_fills((fill for fill in fills if fill), end)
        return tally

    @staticmethod
    def _ends(start: int, length: int, pages: int | None) -> Iterator[int]:
        ends = [min(end, length) for end in range(start + PAGE, length + PAGE, PAGE)]
        yield from ends if pages is None else ends[:pages]

    def caught_up(self, account: Account, kept: Tally, pages: int) -> Tally:
        """The totals of an account, so many pages further at most."""
        return self.with_trades(account, self.with_movements(account, kept, pages), pages)


def assets_of(held: Sequence[Sequence[Balance]]) -> set[str]:
    """Every asset that is in any of these balances."""
    return {balance.asset for balances in held for balance in balances}
