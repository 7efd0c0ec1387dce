"""Read what the fees of accounts stand on: only what the venue's schedule and the accounts ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from .domain.amounts import ZERO
from .domain.balances import Account
from .domain.fees import FeeReading, FeeTerms, reading, references
from .domain.rules import Rules
from .ports import Store


class FeeReader:
    """Reads for one venue."""

    def __init__(self, store: Store, rules: Rules, prices: Callable[[Sequence[str]], Mapping[str, Decimal]]) -> None:
        """`prices`: the newest price of each symbol that has one, however old it is."""
        self._store = store
        self._rules = rules
        self._prices = prices

    def read(self, accounts: Sequence[Account], symbol: str, now: int) -> dict[str, FeeReading]:
        """By account, what the fees of its fills on a market stand on at `now` (venue ms)."""
        schedule = self._rules.engine.fees
        asset = schedule.asset if any(account.pays_in_fee_asset for account in accounts) else None
        if asset is None and not schedule.tiers:
            return {account.account_id: _NOTHING for account in accounts}
        books = self._store.fee_books(accounts, asset, volumes=bool(schedule.tiers))
        wanted = {each for account in accounts for each in references(schedule, account, symbol)}
        prices: Mapping[str, Decimal] = self._prices(sorted(wanted)) if wanted else {}
        found: dict[str, FeeReading] = {}
        for account, read in zip(accounts, books, strict=True):
            each = replace(read, scale=self._rules.scale(asset)) if asset and read.scale is None else read
            found[account.account_id] = reading(schedule, account, symbol, each, prices, now)
        return found

    def terms(self, account: Account, now: int) -> FeeTerms:
        """What an account pays at `now` (venue ms)."""
        schedule = self._rules.engine.fees
        if not schedule.tiers:
            return FeeTerms(schedule, account, ZERO)
        books = self._store.fee_books([account], None, volumes=True)[0]
        return FeeTerms(schedule, account, reading(schedule, account, "", books, (), now).volume)


_NOTHING = FeeReading()
