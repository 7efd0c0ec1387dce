"""What an account made: profits by asset, round trips, performance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ..domain import performance as domain
from ..domain import round_trips as domain_trips
from ..domain.amounts import ZERO, subtract, total
from ..exchange import Exchange
from ..overview import Overview
from ..profits import AssetProfit as Found
from ..profits import PeriodResult, Profits
from .answering import answer, page
from .callers import Callers
from .native import maybe, number
from .operations import Endpoints, Operation
from .queries import given, read_query, refuse_query, symbol_filter, window
from .requests_overview import PeriodQuery, RoundTripQuery
from .schemas_profit import (
    AssetProfit,
    CurveNumbers,
    Day,
    Fall,
    PerformanceOverview,
    ProfitOverview,
    RoundTrip,
    Trading,
)


class ProfitEndpoints:
    """The profits of one account. All are plain defs, which run in threads: they read much the first time."""

    def __init__(self, exchange: Exchange, callers: Callers) -> None:
        overview = Overview(exchange)
        self._quote_asset = overview.quote_asset
        self._profits = Profits(overview)
        self._callers = callers

    def add_to(self, endpoints: Endpoints) -> None:
        """Register every path."""
        add = endpoints.add
        add("GET", "/overview/profit", self.profit, Operation("getProfit", "overview", ProfitOverview))
        operation = Operation("listRoundTrips", "overview", list[RoundTrip], query=RoundTripQuery, paged=True)
        add("GET", "/overview/round_trips", self.round_trips, operation)
        operation = Operation("getPerformance", "overview", PerformanceOverview, query=PeriodQuery)
        add("GET", "/overview/performance", self.performance, operation)

    def profit(self, request: Request) -> Response:
        """Get what the account made of each asset, sold and not sold, and what it paid in fees.
        Sales are held against the oldest purchases. What was paid in counts as bought then, at the market's price.
        """
        refuse_query(request)
        found = self._callers.act(request, self._profits.profit)
        each = list(found.by_asset.values())
        return answer(
            ProfitOverview(
                quote_asset=self._quote_asset,
                realized=number(total(of.realized for of in each)),
                unrealized=number(total(of.unrealized or ZERO for of in each)),
                fees=number(total(of.fees for of in each)),
                fees_known=found.fees_known,
                round_trips=sum(of.round_trips for of in each),
                won=sum(of.won for of in each),
                lost=sum(of.lost for of in each),
                by_asset={asset: _asset(of) for asset, of in found.by_asset.items()},
                uncovered=list(found.uncovered),
                unpriced=list(found.unpriced),
            )
        )

    def round_trips(self, request: Request) -> Response:
        """List purchases that were sold again, the one that ended last first.
        `since` and `until` bound when they ended.
        """
        query = read_query(request, RoundTripQuery)
        symbol, wanted = symbol_filter(query.symbol), window(query.since, query.until)
        trips = [
            trip
            for trip in self._callers.act(request, self._profits.round_trips)
            if symbol in (None, trip.symbol) and trip.exited in wanted
        ]
        # counted from the oldest: what ends meanwhile moves no page
        cursor = given(query.cursor)
        end = len(trips) if cursor is None else min(cursor, len(trips))
        start = max(0, end - query.limit)
        return page([_trip(trip) for trip in reversed(trips[start:end])], start or None, request)

    def performance(self, request: Request) -> Response:
        """Get how the account did: returns, drawdown, ratios, days, and buying and holding beside it.
        It is counted from the recorded equity (`/overview/equity`) and, without `until`, what the account is worth now.
        """
        query = read_query(request, PeriodQuery)
        since, until = given(query.since) or 0, given(query.until)
        found = self._callers.act(request, lambda account_id: self._profits.period(account_id, since, until))
        first, last = (found.equity[0], found.equity[-1]) if found.equity else (None, None)
        gained = subtract(subtract(last, first), found.flows) if first is not None and last is not None else ZERO
        return answer(
            PerformanceOverview(
                quote_asset=self._quote_asset,
                since=found.times[0] if found.times else None,
                until=found.times[-1] if found.times else None,
                first_equity=maybe(first),
                final_equity=maybe(last),
                net_deposits=number(found.flows),
                profit=number(gained),
                account=_numbers(found.own),
                buy_and_hold=_numbers(found.held) if found.held else None,
                trading=_trading(found),
                days=[Day(each.day, number(each.profit), _known(each.returned)) for each in found.days],
                curve=_curve(found, query.points),
            )
        )


def _asset(found: Found) -> AssetProfit:
    position, priced = found.position, found.price is not None
    value = position.value if position else ZERO
    return AssetProfit(
        quantity=number(position.quantity if position else ZERO),
        cost=number(position.cost if position else ZERO),
        price=maybe(found.price),
        value=maybe(value if priced else None),
        unrealized=maybe((found.unrealized or ZERO) if priced else None),
        realized=number(found.realized),
        fees=number(found.fees),
        round_trips=found.round_trips,
        won=found.won,
        lost=found.lost,
    )


def _trip(trip: domain_trips.RoundTrip) -> RoundTrip:
    return RoundTrip(
        symbol=trip.symbol,
        entry_order=None if trip.entry_order is None else str(trip.entry_order),
        exit_order=str(trip.exit_order),
        entered=trip.entered,
        exited=trip.exited,
        amount=number(trip.quantity),
        cost=number(trip.cost),
        proceeds=number(trip.proceeds),
        fees=number(trip.fees),
        profit=number(trip.profit),
    )


def _numbers(found: domain.Performance) -> CurveNumbers:
    fall = found.drawdown
    return CurveNumbers(
        total_return=found.total_return,
        annual_return=found.annual_return,
        volatility=found.volatility,
        sharpe=found.sharpe,
        sortino=found.sortino,
        calmar=found.calmar,
        drawdown=Fall(fall.depth, fall.peak, fall.bottom, fall.recovered, fall.longest) if fall else None,
        best_day=found.best_day,
        worst_day=found.worst_day,
        positive_days=found.positive_days,
        days=found.days,
    )


def _trading(found: PeriodResult) -> Trading:
    profits = [trip.profit for trip in found.trips]
    won, lost = [each for each in profits if each > 0], [each for each in profits if each < 0]
    return Trading(
        fills=found.fills,
        fees=number(found.fees),
        round_trips=len(profits),
        won=len(won),
        lost=len(lost),
        win_rate=_ratio(Decimal(len(won)), Decimal(len(profits))),
        profit_factor=_ratio(total(won), total(lost).copy_negate()),
        realized=number(total(profits)),
    )


def _curve(found: PeriodResult, points: int) -> list[list[Any]]:
    """The first and the last point, and of those between them some at equal distances."""
    hold = found.hold
    return [
        [
            found.times[index],
            number(found.equity[index]),
            _known(found.growth[index]) if found.growth[index] >= 0 else None,
            None if hold is None else _known(hold[index]),
        ]
        for index in _chosen(len(found.times), points)
    ]


def _chosen(count: int, points: int) -> Sequence[int]:
    if count <= points:
        return range(count)
    if points < 2:
        return range(count - points, count)
    return [index * (count - 1) // (points - 1) for index in range(points)]


def _ratio(part: Decimal, whole: Decimal) -> float | None:
    return float(part) / float(whole) if whole else None


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
