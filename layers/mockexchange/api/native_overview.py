"""What an account is worth and what it did: the overview."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from msgspec import Raw
from starlette.requests import Request
from starlette.responses import Response

from ..domain.amounts import ZERO, add, divide
from ..domain.orders import Side
from ..domain.tally import Sums, Tally, Turnover
from ..domain.valuation import Rates, Worth, holdings, worth_of
from ..exchange import Exchange
from ..overview import Overview
from ..ports import EquityStep
from .answering import answer, page
from .callers import Callers
from .native import maybe, number
from .operations import Endpoints, Operation
from .queries import given, read_query, refuse_query
from .requests_overview import CurveQuery
from .schemas_overview import AssetOverview, AssetsOverview, CapitalOverview, Point, Split, Traded, TradesOverview

_STEP = {"1m": EquityStep.MINUTE, "1h": EquityStep.HOUR, "1d": EquityStep.DAY}


class OverviewEndpoints:
    """The figures of one account. All are plain defs, which run in threads: they read much."""

    def __init__(self, exchange: Exchange, callers: Callers) -> None:
        self._overview = Overview(exchange)
        self._callers = callers

    def add_to(self, endpoints: Endpoints) -> None:
        """Register every path."""
        add = endpoints.add
        add("GET", "/overview/capital", self.capital, Operation("getCapital", "overview", CapitalOverview))
        add("GET", "/overview/assets", self.assets, Operation("getAssets", "overview", AssetsOverview))
        add("GET", "/overview/trades", self.trades, Operation("getTurnover", "overview", TradesOverview))
        operation = Operation("listEquity", "overview", list[Point], query=CurveQuery, paged=True)
        add("GET", "/overview/equity", self.equity, operation)

    def capital(self, request: Request) -> Response:
        """Get what the account is worth, what was paid in, and what it made of it.
        An asset without a market against the quote asset is valued by the inverse market, or through one other asset
        (USDT, BTC, ETH, USDC, BNB). The newest price counts, however old it is.
        """
        refuse_query(request)
        found = self._callers.act(request, self._overview.capital)
        held, paid_in, profit = found.holdings, found.net_deposits, found.profit
        return answer(
            CapitalOverview(
                quote_asset=self._overview.quote_asset,
                equity=number(held.equity),
                cash=number(held.cash.total),
                assets_value=number(held.assets.total),
                deposits=number(found.deposits),
                withdrawals=number(found.withdrawals),
                net_deposits=number(paid_in),
                profit=number(profit),
                profit_rate=maybe(divide(profit, paid_in) if paid_in > 0 else None),
                unpriced=list(found.unpriced),
            )
        )

    def assets(self, request: Request) -> Response:
        """Get what the account holds, free and frozen, valued."""
        refuse_query(request)
        balances, rates = self._callers.act(request, self._overview.balances)
        found = holdings(balances, self._overview.quote_asset, rates)
        by_asset: dict[str, AssetOverview] = {}
        for balance in balances:
            rate, worth = rates.get(balance.asset), worth_of(balance, rates)
            by_asset[balance.asset] = AssetOverview(
                free=number(balance.free),
                frozen=number(balance.locked),
                total=number(balance.total),
                price=maybe(rate.price if rate else None),
                value=maybe(worth.total if worth else None),
            )
        return answer(
            AssetsOverview(
                quote_asset=self._overview.quote_asset,
                cash=_split(found.cash),
                assets=_split(found.assets),
                total=_split(found.cash.plus(found.assets)),
                by_asset=by_asset,
                unpriced=list(found.unpriced),
            )
        )

    def trades(self, request: Request) -> Response:
        """Get what the account traded since it began, by side and asset."""
        refuse_query(request)
        tally = self._callers.act(request, self._overview.turnover)
        moved = {asset for each in tally.turnovers.values() for asset in (*each.notional, *each.fees)}
        rates = self._overview.rates(moved)
        fees: dict[str, Decimal] = {}
        for each in tally.turnovers.values():
            for asset, amount in each.fees.items():
                fees[asset] = add(fees.get(asset, ZERO), amount)
        notional = ZERO
        for each in tally.turnovers.values():
            notional = add(notional, _value(each.notional, rates))
        return answer(
            TradesOverview(
                quote_asset=self._overview.quote_asset,
                count=sum(each.count for each in tally.turnovers.values()),
                notional=number(notional),
                fees=_numbers(fees),
                fees_value=number(_value(fees, rates)),
                buy=_traded(tally, Side.BUY, rates),
                sell=_traded(tally, Side.SELL, rates),
                unpriced=sorted(moved - rates.keys()),
            )
        )

    def equity(self, request: Request) -> Response:
        """List what the account was worth, oldest first.
        The matcher records it once a minute of venue time: each minute is kept for 7 days, the first of each hour for
        90 days, the first of each day for 3 years. A reset or a restore begins a new curve.
        """
        query = read_query(request, CurveQuery)
        since = max(given(query.since) or 0, given(query.cursor) or 0)
        step = _STEP.get(given(query.step) or "")
        limit = query.limit
        found = self._callers.act(
            request,
            lambda account_id: self._overview.curve(account_id, step, since, given(query.until), limit + 1),
        )
        points: list[Point] = [[moment, number(value)] for moment, value in found[:limit]]
        return page(points, found[limit][0] if len(found) > limit else None, request)


def _split(worth: Worth) -> Split:
    return Split(free=number(worth.free), frozen=number(worth.frozen), total=number(worth.total))


def _traded(tally: Tally, side: Side, rates: Rates) -> dict[str, Traded]:
    return {asset: _turnover(each, rates) for (of, asset), each in sorted(tally.turnovers.items()) if of is side}


def _turnover(each: Turnover, rates: Rates) -> Traded:
    return Traded(
        count=each.count,
        amount=number(each.amount),
        notional=_numbers(each.notional),
        notional_value=number(_value(each.notional, rates)),
        fees=_numbers(each.fees),
        fees_value=number(_value(each.fees, rates)),
    )


def _value(sums: Sums, rates: Rates) -> Decimal:
    """Amounts by asset, in the quote asset; what has no price counts as nothing."""
    value = ZERO
    for asset, amount in sums.items():
        value = add(value, rates[asset].value(amount) if asset in rates else ZERO)
    return value


def _numbers(sums: Mapping[str, Decimal]) -> dict[str, Raw]:
    return {asset: number(amount) for asset, amount in sums.items()}
