"""Fees: what an account pays, on which market, and in what."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from ..domain.access import Scope
from ..domain.fees import FeeTerms, PaidRate
from ..exchange import Exchange
from .answering import answer
from .bodies import BodyReader
from .callers import Callers
from .native import maybe, number
from .native_accounts import BY_ACCOUNT
from .operations import Endpoints, Operation
from .queries import read_query, refuse_query, symbol_filter
from .requests_accounts import FeeAssetRequest, FeesQuery
from .schemas_fees import AccountFees, FeeAsset, MarketFees, Rate, Tier

T = TypeVar("T")

_FEE_ASSET = BodyReader(FeeAssetRequest)


class FeeEndpoints:
    """For an account's owner, and for admins by the account's name."""

    def __init__(self, exchange: Exchange, callers: Callers) -> None:
        self._exchange = exchange
        self._callers = callers

    def add_to(self, endpoints: Endpoints) -> None:
        """Register every path."""
        add, own = endpoints.add, "/account/fees"
        add("GET", own, self.show, Operation("getOwnFees", "accounts", AccountFees, query=FeesQuery, refusals=(404,)))
        operation = Operation(
            "setOwnFeeAsset", "accounts", AccountFees, body=FeeAssetRequest, scope=Scope.TRADE, refusals=(413,)
        )
        add("PATCH", own, self.pay_in, operation)
        operation = Operation(
            "getFees",
            "accounts",
            AccountFees,
            path=BY_ACCOUNT,
            query=FeesQuery,
            scope=Scope.ADMIN,
            refusals=(404,),
        )
        add("GET", "/admin/accounts/{account_id}/fees", self.show, operation)

    def show(self, request: Request) -> Response:
        """Get what an account pays, on each market or on one.
        Rates are those before the discount of the fee asset, which counts while the account has enough of it.
        """
        symbol = symbol_filter(read_query(request, FeesQuery).symbol)
        if symbol is not None:
            self._exchange.check_symbol(symbol)
        terms = self._act(request, self._exchange.fee_terms)
        return answer(_in_words(terms, self._exchange.symbols() if symbol is None else [symbol]))

    async def pay_in(self, request: Request) -> Response:
        """Pay fees in the fee asset, or no longer.
        It counts from the next trade on.
        """
        refuse_query(request)
        pays = (await _FEE_ASSET.read(request)).pays_in_fee_asset

        def set_and_read(account_id: str) -> FeeTerms:
            self._exchange.account(account_id)
            self._exchange.accounts.set_fees(account_id, pays_in_fee_asset=pays)
            return self._exchange.fee_terms(account_id)

        return answer(_in_words(self._act(request, set_and_read), []))

    def _act(self, request: Request, action: Callable[[str], T]) -> T:
        named: str | None = request.path_params.get("account_id")
        return (
            self._callers.act(request, action) if named is None else self._callers.with_default_account(named, action)
        )


def _in_words(terms: FeeTerms, symbols: list[str]) -> AccountFees:
    schedule, tier, usual = terms.schedule, terms.tier, terms.usual
    return AccountFees(
        account=terms.account.account_id,
        maker=_rate(usual.maker),
        taker=_rate(usual.taker),
        volume=maybe(terms.volume if schedule.tiers else None),
        tier=Tier(number(tier.volume), number(tier.maker), number(tier.taker)) if tier else None,
        fee_asset=FeeAsset(schedule.asset, number(schedule.discount), terms.account.pays_in_fee_asset)
        if schedule.asset
        else None,
        markets=[
            MarketFees(symbol, _rate(rates.maker), _rate(rates.taker))
            for symbol, rates in ((each, terms.on(each)) for each in symbols)
        ],
    )


def _rate(paid: PaidRate) -> Rate:
    return Rate(number(paid.rate), paid.rule.value)
