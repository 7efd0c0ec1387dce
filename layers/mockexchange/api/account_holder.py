"""The account that the native door serves, opened when it is first needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TypeVar

from ..domain.errors import AccountNotFound
from ..exchange import Exchange

T = TypeVar("T")


class AccountHolder:
    """One account. It is looked for by using it: no call pays for a check, and a store that lost everything (a flushed
    test server) gets the account again."""

    def __init__(self, exchange: Exchange, account_id: str, first_balances: Mapping[str, Decimal]) -> None:
        """`first_balances`: amounts by asset, deposited once, when the account is opened."""
        self.account_id = account_id
        self._exchange = exchange
        self._first_balances = first_balances

    def use(self, action: Callable[[], T]) -> T:
        """What `action` gives; when the account does not exist it is opened, and `action` done again."""
        try:
            return action()
        except AccountNotFound:
            self._exchange.open_account(self.account_id, self._first_balances)
            return action()
