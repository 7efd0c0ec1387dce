"""Whose request it is, and the account it acts on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TypeVar

from starlette.requests import Request
from starlette.types import Scope as Connection

from ..domain.access import Caller
from ..domain.errors import AccountNotFound
from ..exchange import Exchange

T = TypeVar("T")

_CALLER = "mockexchange.caller"
"""Where an authenticated connection carries its caller."""


def set_caller(connection: Connection, caller: Caller) -> None:
    """Say who a connection belongs to, before its endpoint runs."""
    connection[_CALLER] = caller


def caller_of(connection: Connection) -> Caller | None:
    """Who an authenticated connection belongs to; None where no key is asked for."""
    caller: Caller | None = connection.get(_CALLER)
    return caller


class Callers:
    """Finds the account of each request. The default account is opened when it is first needed: it is looked for by
    using it, so no call pays for a check, and a store that lost everything (a flushed test server) gets the account
    again."""

    def __init__(self, exchange: Exchange, default: Caller, first_balances: Mapping[str, Decimal]) -> None:
        """`default` is who calls without a key where none is asked for; `first_balances`: amounts by asset, deposited
        once, when its account is opened."""
        self.default = default
        self._exchange = exchange
        self._first_balances = first_balances

    def of(self, request: Request) -> Caller:
        """Who sent a request."""
        return caller_of(request.scope) or self.default

    def act(self, request: Request, action: Callable[[str], T]) -> T:
        """What `action` gives for the account that sent the request; when that is the default one and does not exist,
        it is opened, and `action` done again."""
        return self.with_default_account(self.of(request).account_id, action)

    def act_on_named(self, request: Request, action: Callable[[str], T]) -> T:
        """The same for the account in the path, where there is one: such paths are for admins."""
        named: str | None = request.path_params.get("account_id")
        return self.act(request, action) if named is None else self.with_default_account(named, action)

    def with_default_account(self, account_id: str, action: Callable[[str], T]) -> T:
        """What `action` gives for an account, opened first where it is the default one."""
        try:
            return action(account_id)
        except AccountNotFound:
            if account_id != self.default.account_id:
                raise
            self._exchange.open_account(account_id, self._first_balances)
            return action(account_id)
