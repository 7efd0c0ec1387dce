"""The equity curve: once a minute of venue time each account's worth is recorded, and its totals are brought forward.

Any number of recorders may run, any run may be repeated or end anywhere: an account has one value a minute, the first
that was recorded. A reset or a restore begins a new generation of an account, and with it a new curve. While a market
goes through candles of a time without prices nothing is recorded: those are no prices of now.
"""

from __future__ import annotations

from .domain.balances import Account
from .domain.tally import Tally
from .domain.valuation import holdings
from .overview import Overview, assets_of

MINUTE = 60_000

ACCOUNTS_PER_PASS = 100
"""Accounts that are read and written together."""

PAGES_PER_RUN = 5
"""Pages of an account's history that one run adds to its totals at most; the next run goes on."""


class EquityRecorder:
    """Records every account of a venue."""

    def __init__(self, overview: Overview) -> None:
        self._overview = overview
        self._exchange = overview.exchange
        self._recorded: int | None = None
        self._tallies: dict[tuple[str, int], Tally] = {}

    def run(self) -> int:
        """Record all accounts, unless this recorder already did in this minute; how many there were."""
        now = self._exchange.now()
        minute = now - now % MINUTE
        if minute == self._recorded or self._exchange.is_catching_up():
            return 0
        store, count = self._exchange.store, 0
        account_ids = store.account_ids()
        for start in range(0, len(account_ids), ACCOUNTS_PER_PASS):
            found = store.accounts(account_ids[start : start + ACCOUNTS_PER_PASS])
            accounts = [account for account in found if account]
            self._record(accounts, now)
            count += len(accounts)
        self._recorded = minute
        return count

    def _record(self, accounts: list[Account], now: int) -> None:
        store, overview = self._exchange.store, self._overview
        held = store.balances_of(accounts)
        rates = overview.rates(assets_of(held))
        values = [holdings(balances, overview.quote_asset, rates).equity for balances in held]
        store.record_equity(list(zip(accounts, values, strict=True)), now)
        for account in accounts:
            self._bring_forward(account)

    def _bring_forward(self, account: Account) -> None:
        """Add what is new to the account's totals. Two recorders may overwrite each other: each writes a whole that is
        right up to its own position."""
        owner = account.account_id, account.generation
        kept = self._tallies.get(owner) or self._overview.tally(account)
        tally = self._overview.caught_up(account, kept, PAGES_PER_RUN)
        if tally != kept:
            self._exchange.store.put_tally(account, tally)
        self._tallies[owner] = tally
