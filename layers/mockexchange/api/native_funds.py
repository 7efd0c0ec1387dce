"""Balances, paper money in and out, the ledger."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated

from fastapi import Path
from starlette.requests import Request
from starlette.responses import Response

from ..domain import balances as domain
from ..exchange import Exchange
from .account_holder import AccountHolder
from .answering import answer, page
from .bodies import BodyReader, required_amount
from .native import balance_answer, ledger_answer
from .operations import Endpoints, Operation
from .parameters import Cursor, Limit
from .schemas import Balance, LedgerLine, Movement

Asset = Annotated[str, Path(description="An asset.", openapi_examples={"one": {"value": "USDT"}})]

_BODY = BodyReader(Movement)


class FundEndpoints:
    """What one account holds, and how it came by it."""

    def __init__(self, exchange: Exchange, holder: AccountHolder) -> None:
        self._exchange = exchange
        self._holder = holder
        self._account_id = holder.account_id

    def add_to(self, endpoints: Endpoints) -> None:
        """Register every path."""
        add = endpoints.add
        add("GET", "/balance", self.balances, Operation("getBalances", "funds", dict[str, Balance]))
        add("GET", "/balance/list", self.assets, Operation("listAssets", "funds", list[str]))
        add("GET", "/balance/{asset}", self.balance, Operation("getBalance", "funds", Balance))
        add(
            "POST", "/balance/{asset}/deposit", self.deposit,
            Operation("deposit", "funds", Balance, body=Movement, refusals=(413,)),
        )  # fmt: skip
        add(
            "POST", "/balance/{asset}/withdrawal", self.withdraw,
            Operation("withdraw", "funds", Balance, body=Movement, refusals=(413, 422)),
        )  # fmt: skip
        add("GET", "/ledger", self.ledger, Operation("listLedger", "funds", list[LedgerLine], paged=True))

    async def balances(self) -> Response:
        """Get every balance, by asset."""
        return answer({each.asset: balance_answer(each) for each in self._held()})

    async def assets(self) -> Response:
        """List the assets that the account ever held."""
        return answer([each.asset for each in self._held()])

    def _held(self) -> list[domain.Balance]:
        return self._holder.use(lambda: self._exchange.balances(self._account_id))

    async def balance(self, asset: Asset) -> Response:
        """Get one balance.
        It is zero when the account never held the asset.
        """
        return answer(balance_answer(self._holder.use(lambda: self._exchange.balance(self._account_id, asset))))

    async def deposit(self, asset: Asset, request: Request) -> Response:
        """Put paper money in."""
        return await self._move(asset, request, self._exchange.deposit)

    async def withdraw(self, asset: Asset, request: Request) -> Response:
        """Take free paper money out."""
        return await self._move(asset, request, self._exchange.withdraw)

    async def _move(
        self, asset: str, request: Request, command: Callable[[str, str, Decimal], domain.Balance]
    ) -> Response:
        amount = required_amount((await _BODY.read(request)).amount, "amount")
        return answer(balance_answer(self._holder.use(lambda: command(self._account_id, asset, amount))))

    async def ledger(self, request: Request, limit: Limit = 100, cursor: Cursor = None) -> Response:
        """List every change of what the account owns, oldest first.
        A trade is three lines (two legs and the fee) and counts once towards the limit.
        """
        start = cursor or 0
        found = self._holder.use(lambda: self._exchange.ledger(self._account_id, cursor=start, limit=limit))
        end = found.cursor or start
        more = end - start == limit
        return page([ledger_answer(line) for line in found.items], end if more else None, request)
