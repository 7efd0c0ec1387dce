"""Accounts: who one is, resets, snapshots; and for admins all of them, of any account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TypeVar

from msgspec import UNSET, Raw
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ..domain.access import Scope
from ..domain.account_models import model_named
from ..domain.balances import Account
from ..domain.errors import AccountExists, BadRequest
from ..exchange import Exchange
from .accounts_in_words import account_answer, diff_answer, snapshot_answer
from .answering import answer, page
from .bodies import BodyReader, given_amount, required_amount
from .callers import Callers
from .operations import Endpoints, Operation, PathParameter
from .queries import given, read_query, refuse_query
from .requests_accounts import (
    AccountChange,
    AccountRequest,
    CloneRequest,
    DiffQuery,
    PageQuery,
    ResetRequest,
    SnapshotRequest,
)
from .schemas_accounts import Account as AccountAnswer
from .schemas_accounts import OwnAccount, OwnKey, Snapshot, SnapshotDiff

T = TypeVar("T")

MOST_ASSETS = 100
"""First deposits in one request; there is no use for more."""

BY_ACCOUNT = {"account_id": PathParameter("The account's name.", {"an account": "default"})}
BY_NAME = {"name": PathParameter("The snapshot's name.", {"a snapshot": "before-the-test"})}

_OPENED = {201: "The account was opened.", 200: "It was opened before, in the same words."}
_TAKEN = {201: "The snapshot was taken."}
_CLONED = {201: "The account was opened."}

_OF_THE_VENUE = "venue"
"""What the command line calls the exchange's own fill model, for which the API has null."""

_ACCOUNT = BodyReader(AccountRequest)
_CHANGE = BodyReader(AccountChange)
_RESET = BodyReader(ResetRequest)
_CLONE = BodyReader(CloneRequest)
_SNAPSHOT = BodyReader(SnapshotRequest)


class AccountEndpoints:
    """Each path about one account is there twice: for its owner, and for admins by the account's name. What reads or
    writes whole books runs in a thread."""

    def __init__(self, exchange: Exchange, callers: Callers) -> None:
        self._exchange = exchange
        self._accounts = exchange.accounts
        self._callers = callers

    def add_to(self, endpoints: Endpoints) -> None:
        """Register every path."""
        add, admin = endpoints.add, Scope.ADMIN
        add("GET", "/account", self.own, Operation("getOwnAccount", "accounts", OwnAccount))
        operation = Operation("listAccounts", "accounts", list[AccountAnswer], query=PageQuery, scope=admin, paged=True)
        add("GET", "/admin/accounts", self.list_all, operation)
        operation = Operation(
            "openAccount", "accounts", AccountAnswer, _OPENED, body=AccountRequest, scope=admin, refusals=(409, 413)
        )
        add("POST", "/admin/accounts", self.open, operation)
        named = "/admin/accounts/{account_id}"
        operation = Operation("getAccount", "accounts", AccountAnswer, path=BY_ACCOUNT, scope=admin, refusals=(404,))
        add("GET", named, self.show, operation)
        operation = Operation(
            "changeAccount",
            "accounts",
            AccountAnswer,
            path=BY_ACCOUNT,
            body=AccountChange,
            scope=admin,
            refusals=(404, 413),
        )
        add("PATCH", named, self.change, operation)
        operation = Operation(
            "cloneAccount",
            "accounts",
            AccountAnswer,
            _CLONED,
            path=BY_ACCOUNT,
            body=CloneRequest,
            scope=admin,
            refusals=(404, 409, 413),
        )
        add("POST", f"{named}/clone", self.clone, operation)
        self._add_to_one(endpoints, "/account", "Own", {}, Scope.READ, Scope.TRADE)
        self._add_to_one(endpoints, named, "", BY_ACCOUNT, admin, admin)

    def _add_to_one(
        self,
        endpoints: Endpoints,
        prefix: str,
        whose: str,
        path: Mapping[str, PathParameter],
        reads: Scope,
        writes: Scope,
    ) -> None:
        """The paths about one account below `prefix`; `whose` tells their operation ids apart."""
        add, all_of_them, one = endpoints.add, f"{prefix}/snapshots", f"{prefix}/snapshots/{{name}}"
        by_name = {**path, **BY_NAME}
        # Without a body it cannot be a bad one; an account in the path may not be there.
        missing = (404,) if path else ()
        operation = Operation(
            f"reset{whose}Account",
            "accounts",
            AccountAnswer,
            path=path,
            body=ResetRequest,
            body_required=False,
            scope=writes,
            refusals=(*missing, 413),
        )
        add("POST", f"{prefix}/reset", self.reset, operation)
        operation = Operation(
            f"list{whose}Snapshots",
            "accounts",
            list[Snapshot],
            path=path,
            query=PageQuery,
            scope=reads,
            refusals=missing,
            paged=True,
        )
        add("GET", all_of_them, self.snapshots, operation)
        operation = Operation(
            f"take{whose}Snapshot",
            "accounts",
            Snapshot,
            _TAKEN,
            path=path,
            body=SnapshotRequest,
            scope=writes,
            refusals=(*missing, 409, 413),
        )
        add("POST", all_of_them, self.take_snapshot, operation)
        operation = Operation(f"get{whose}Snapshot", "accounts", Snapshot, path=by_name, scope=reads, refusals=(404,))
        add("GET", one, self.snapshot, operation)
        operation = Operation(
            f"delete{whose}Snapshot", "accounts", Snapshot, path=by_name, scope=writes, refusals=(404,)
        )
        add("DELETE", one, self.delete_snapshot, operation)
        operation = Operation(
            f"restore{whose}Snapshot", "accounts", AccountAnswer, path=by_name, scope=writes, refusals=(404,)
        )
        add("POST", f"{one}/restore", self.restore, operation)
        operation = Operation(
            f"compare{whose}Snapshot",
            "accounts",
            SnapshotDiff,
            path=by_name,
            query=DiffQuery,
            scope=reads,
            refusals=(404,),
        )
        add("GET", f"{one}/diff", self.compare, operation)

    # all accounts

    def list_all(self, request: Request) -> Response:
        """List every account, by name."""
        query = read_query(request, PageQuery)
        start = 0 if query.cursor is UNSET else query.cursor
        self._callers.with_default_account(
            self._callers.default.account_id, self._exchange.account
        )  # opened, so that it is listed
        ids = self._exchange.store.account_ids()
        wanted = ids[start : start + query.limit]
        found = [account_answer(each) for each in self._exchange.store.accounts(wanted) if each]
        more = start + query.limit < len(ids)
        return page(found, start + query.limit if more else None, request)

    async def open(self, request: Request) -> Response:
        """Open an account.
        The same request again gives the account as it is; the same name with other balances or fees is refused.
        """
        refuse_query(request)
        body = await _ACCOUNT.read(request)
        balances = _amounts(body.balances) or {}
        maker, taker = _rate(body.maker_rate, "makerRate"), _rate(body.taker_rate, "takerRate")
        known = self._exchange.store.account(body.id)
        account = self._exchange.open_account(body.id, balances, maker_rate=maker, taker_rate=taker)
        rules = self._exchange.rules
        asked = (
            rules.maker_rate if maker is None else maker,
            rules.taker_rate if taker is None else taker,
            tuple(balances.items()),
        )
        if (account.maker_rate, account.taker_rate, account.first_balances) != asked:
            raise AccountExists(f"there is an account {body.id!r} already, with other balances or fees")
        return answer(account_answer(account), 200 if known else 201)

    # one account

    async def own(self, request: Request) -> Response:
        """Get the account and the key that this request came with."""
        refuse_query(request)
        caller = self._callers.of(request)
        account = self._callers.act(request, self._exchange.account)
        return answer(OwnAccount(account_answer(account), OwnKey(caller.key_id, caller.scope.value)))

    async def show(self, request: Request) -> Response:
        """Get one account."""
        refuse_query(request)
        return answer(account_answer(self._callers.act_on_named(request, self._exchange.account)))

    async def change(self, request: Request) -> Response:
        """Set an account's fee rates, whether it pays in the fee asset, and how its orders fill.
        They count from the next trade on; orders that rest meet the next price under the new fill model.
        """
        refuse_query(request)
        body = await _CHANGE.read(request)
        maker, taker = _rate(body.maker_rate, "makerRate"), _rate(body.taker_rate, "takerRate")
        pays, model = given(body.pays_in_fee_asset), body.fill_model

        def change(account_id: str) -> Account:
            self._exchange.account(account_id)
            if model == _OF_THE_VENUE:
                raise BadRequest(f"fillModel must be null for the exchange's own fill model, was {model!r}")
            if isinstance(model, str):
                model_named(model, self._exchange.rules)  # one that is refused leaves the fees alone
            account = self._accounts.set_fees(account_id, maker_rate=maker, taker_rate=taker, pays_in_fee_asset=pays)
            return account if model is UNSET else self._accounts.set_fill_model(account_id, model)

        return answer(account_answer(self._callers.act_on_named(request, change)))

    async def reset(self, request: Request) -> Response:
        """Begin an account anew.
        Its orders, trades and ledger are gone, its first balances are there again, in one step. Snapshots stay.
        """
        refuse_query(request)
        balances = _amounts((await _RESET.read_optional(request)).balances)
        account = await self._in_thread(request, lambda account_id: self._accounts.reset(account_id, balances))
        return answer(account_answer(account))

    async def clone(self, request: Request) -> Response:
        """Open an account that has everything another one has.
        Balances, orders, trades, ledger, fees. Orders get ids of their own.
        """
        refuse_query(request)
        to = (await _CLONE.read(request)).to
        account = await self._in_thread(request, lambda account_id: self._accounts.clone(account_id, to))
        return answer(account_answer(account), 201)

    # snapshots

    def snapshots(self, request: Request) -> Response:
        """List an account's snapshots, newest first."""
        query = read_query(request, PageQuery)
        start = 0 if query.cursor is UNSET else query.cursor
        found = self._callers.act_on_named(request, self._accounts.snapshots)
        end = start + query.limit
        return page([snapshot_answer(each) for each in found[start:end]], end if end < len(found) else None, request)

    async def take_snapshot(self, request: Request) -> Response:
        """Keep an account's books as they are now, under a name."""
        refuse_query(request)
        name = (await _SNAPSHOT.read(request)).name
        taken = await self._in_thread(request, lambda account_id: self._accounts.take_snapshot(account_id, name))
        return answer(snapshot_answer(taken), 201)

    def snapshot(self, request: Request) -> Response:
        """Get one snapshot."""
        refuse_query(request)
        return answer(snapshot_answer(self._named(request, self._accounts.snapshot)))

    def delete_snapshot(self, request: Request) -> Response:
        """Delete a snapshot.
        Gives it as it was.
        """
        refuse_query(request)
        return answer(snapshot_answer(self._named(request, self._accounts.delete_snapshot)))

    def restore(self, request: Request) -> Response:
        """Have the account be again what a snapshot holds.
        In one step. Orders get new ids and keep their client order ids; open ones are placed again on the newest price.
        """
        refuse_query(request)
        return answer(account_answer(self._named(request, self._accounts.restore)))

    def compare(self, request: Request) -> Response:
        """Compare a snapshot with the account as it is, or with another snapshot."""
        query = read_query(request, DiffQuery)
        against = None if query.against is UNSET else query.against
        name: str = request.path_params["name"]
        diff = self._callers.act_on_named(request, lambda account_id: self._accounts.compare(account_id, name, against))
        return answer(diff_answer(name, against, diff))

    async def _in_thread(self, request: Request, action: Callable[[str], T]) -> T:
        return await run_in_threadpool(self._callers.act_on_named, request, action)

    def _named(self, request: Request, action: Callable[[str, str], T]) -> T:
        name: str = request.path_params["name"]
        return self._callers.act_on_named(request, lambda account_id: action(account_id, name))


def _amounts(given: Mapping[str, Raw] | None) -> dict[str, Decimal] | None:
    if given is None:
        return None
    if len(given) > MOST_ASSETS:
        raise BadRequest(f"balances has {len(given)} assets; at most {MOST_ASSETS} are read")
    return {asset: required_amount(raw, f"balances.{asset[:20]}") for asset, raw in given.items()}


def _rate(raw: Raw, name: str) -> Decimal | None:
    rate = given_amount(raw, name, positive=False)
    if rate is not None and not 0 <= rate < 1:
        raise BadRequest(f"{name} must be from 0 to below 1, was {rate:f}")
    return rate
