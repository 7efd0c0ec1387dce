"""Balances, paper money in and out, the ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

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
from .operations import Endpoints, Operation, PathParameter, Tag
from .queries import given, read_query, refuse_query, window
from .request_schemas import LedgerQuery, ListQuery, Movement
from .schemas import Balance, LedgerLine

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
        # before the path by asset, which this would match too
        operation = Operation("listAssets", "funds", list[str], query=ListQuery, paged=True, of_books=True)
        add("GET", "/balance/list", self.assets, operation)
        own = ("getBalances", "getBalance", "deposit", "withdraw")
        self._add_to_one(endpoints, "/balance", "funds", own, {}, Scope.READ, Scope.TRADE)
        named = ("getAccountBalances", "getAccountBalance", "depositToAccount", "withdrawFromAccount")
        path = "/admin/accounts/{account_id}/balance"
        self._add_to_one(endpoints, path, "accounts", named, BY_ACCOUNT, Scope.ADMIN, Scope.ADMIN)
        operation = Operation("listLedger", "funds", list[LedgerLine], query=LedgerQuery, paged=True, of_books=True)
        add("GET", "/ledger", self.ledger, operation)

    def _add_to_one(
        self,
        endpoints: Endpoints,
        prefix: str,
        tag: Tag,
        names: tuple[str, str, str, str],
        path: Mapping[str, PathParameter],
        reads: Scope,
        writes: Scope,
    ) -> None:
        """The paths about one account below `prefix`; `names` are their operation ids."""
        add, (every, one, deposit, withdraw) = endpoints.add, names
        by_asset = {**path, **BY_ASSET}
        missing = (404,) if path else ()  # an account in the path may not be there
        operation = Operation(every, tag, dict[str, Balance], path=path, refusals=missing, scope=reads, of_books=True)
        add("GET", prefix, self.balances, operation)
        operation = Operation(one, tag, Balance, path=by_asset, refusals=missing, scope=reads, of_books=True)
        add("GET", f"{prefix}/{{asset}}", self.balance, operation)
        operation = Operation(
            deposit, tag, Balance, path=by_asset, body=Movement, refusals=(*missing, 413), scope=writes
        )
        add("POST", f"{prefix}/{{asset}}/deposit", self.deposit, operation)
        operation = Operation(
            withdraw, tag, Balance, path=by_asset, body=Movement, refusals=(*missing, 413, 422), scope=writes
        )
        add("POST", f"{prefix}/{{asset}}/withdrawal", self.withdraw, operation)

    async def balances(self, request: Request) -> Response:
        """Get every balance, by asset."""
        refuse_query(request)
        return answer({each.asset: balance_answer(each) for each in self._held(request)})

    async def assets(self, request: Request) -> Response:
        """List the assets that the account ever held."""
        query = read_query(request, ListQuery)
        return part([each.asset for each in self._held(request)], query, str, request)

    def _held(self, request: Request) -> list[domain.Balance]:
        return self._callers.act_on_named(request, self._exchange.balances)

    async def balance(self, request: Request) -> Response:
        """Get one balance.
        It is zero when the account never held the asset.
        """
        refuse_query(request)
        asset: str = request.path_params["asset"]
        found = self._callers.act_on_named(request, lambda account_id: self._exchange.balance(account_id, asset))
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
        return answer(
            balance_answer(self._callers.act_on_named(request, lambda account_id: command(account_id, asset, amount)))
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
