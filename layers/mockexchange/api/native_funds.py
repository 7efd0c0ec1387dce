"""Balances, paper money in and out, the ledger."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response

from ..domain import balances as domain
from ..domain.access import Scope
from ..domain.ledger import LedgerKind
from ..exchange import Exchange
from .answering import answer, page, part
from .bodies import BodyReader, required_amount
from .callers import Callers
from .listing import LedgerFilter, page_of_ledger
from .native import balance_answer, ledger_answer
from .native_accounts import BY_ACCOUNT
from .operations import Endpoints, Operation, PathParameter
from .queries import given, read_query, refuse_query, window
from .request_schemas import LedgerQuery, ListQuery, Movement
from .schemas import Balance, LedgerLine

T = TypeVar("T")

BY_ASSET = {"asset": PathParameter("An asset, in capitals.", {"an asset": "USDT"}, "^[A-Z0-9]{1,20}$")}

_BODY = BodyReader(Movement)


class FundEndpoints:
    """What one account holds, and how it came by it. Its balances, and money in and out, are there for admins too, by
    the account's name."""

    def __init__(self, exchange: Exchange, callers: Callers) -> None:
        self._exchange = exchange
        self._callers = callers

    def add_to(self, endpoints: Endpoints) -> None:
        """Register every path."""
        add = endpoints.add
        add("GET", "/balance", self.balances, Operation("getBalances", "funds", dict[str, Balance], of_books=True))
        add(
            "GET",
            "/balance/list",
            self.assets,
            Operation("listAssets", "funds", list[str], query=ListQuery, paged=True, of_books=True),
        )
        operation = Operation("getBalance", "funds", Balance, path=BY_ASSET, of_books=True)
        add("GET", "/balance/{asset}", self.balance, operation)
        operation = Operation(
            "deposit", "funds", Balance, path=BY_ASSET, body=Movement, refusals=(413,), scope=Scope.TRADE
        )
        add("POST", "/balance/{asset}/deposit", self.deposit, operation)
        operation = Operation(
            "withdraw", "funds", Balance, path=BY_ASSET, body=Movement, refusals=(413, 422), scope=Scope.TRADE
        )
        add("POST", "/balance/{asset}/withdrawal", self.withdraw, operation)
        named, admin, missing = "/admin/accounts/{account_id}/balance", Scope.ADMIN, (404,)
        operation = Operation(
            "getAccountBalances", "accounts", dict[str, Balance], path=BY_ACCOUNT, scope=admin, refusals=missing
        )
        add("GET", named, self.balances, operation)
        by_both = {**BY_ACCOUNT, **BY_ASSET}
        operation = Operation("getAccountBalance", "accounts", Balance, path=by_both, refusals=missing, scope=admin)
        add("GET", f"{named}/{{asset}}", self.balance, operation)
        operation = Operation(
            "depositToAccount",
            "accounts",
            Balance,
            path=by_both,
            body=Movement,
            refusals=(*missing, 413),
            scope=admin,
        )
        add("POST", f"{named}/{{asset}}/deposit", self.deposit, operation)
        operation = Operation(
            "withdrawFromAccount",
            "accounts",
            Balance,
            path=by_both,
            body=Movement,
            refusals=(*missing, 413, 422),
            scope=admin,
        )
        add("POST", f"{named}/{{asset}}/withdrawal", self.withdraw, operation)
        operation = Operation("listLedger", "funds", list[LedgerLine], query=LedgerQuery, paged=True, of_books=True)
        add("GET", "/ledger", self.ledger, operation)

    async def balances(self, request: Request) -> Response:
        """Get every balance, by asset."""
        refuse_query(request)
        return answer({each.asset: balance_answer(each) for each in self._held(request)})

    async def assets(self, request: Request) -> Response:
        """List the assets that the account ever held."""
        query = read_query(request, ListQuery)
        return part([each.asset for each in self._held(request)], query, str, request)

    def _held(self, request: Request) -> list[domain.Balance]:
        return self._act(request, self._exchange.balances)

    async def balance(self, request: Request) -> Response:
        """Get one balance.
        It is zero when the account never held the asset.
        """
        refuse_query(request)
        asset: str = request.path_params["asset"]
        found = self._act(request, lambda account_id: self._exchange.balance(account_id, asset))
        return answer(balance_answer(found))

    async def deposit(self, request: Request) -> Response:
        """Put paper money in."""
        return await self._move(request, self._exchange.deposit)

    async def withdraw(self, request: Request) -> Response:
        """Take free paper money out."""
        return await self._move(request, self._exchange.withdraw)

    async def _move(self, request: Request, command: Callable[[str, str, Decimal], domain.Balance]) -> Response:
        refuse_query(request)
        asset: str = request.path_params["asset"]
        amount = required_amount((await _BODY.read(request)).amount, "amount")
        return answer(balance_answer(self._act(request, lambda account_id: command(account_id, asset, amount))))

    def _act(self, request: Request, action: Callable[[str], T]) -> T:
        named: str | None = request.path_params.get("account_id")
        return (
            self._callers.act(request, action) if named is None else self._callers.with_default_account(named, action)
        )

    # a plain def runs in a thread: a list may take long when few of many lines are asked for
    def ledger(self, request: Request) -> Response:
        """List every change of what the account owns, oldest first.
        A trade is three lines (two legs and the fee) and counts once towards the limit. A page looks at so many lines
        at most: it may be short, or empty, and still name the next one.
        """
        query = read_query(request, LedgerQuery)
        kind = None if query.kind is UNSET else LedgerKind(query.kind)
        wanted = LedgerFilter(given(query.asset), kind, window(query.since, query.until), given(query.order))
        found = self._callers.act(
            request,
            lambda account_id: page_of_ledger(self._exchange, account_id, wanted, given(query.cursor), query.limit),
        )
        return page([ledger_answer(line) for line in found.items], found.cursor, request)
