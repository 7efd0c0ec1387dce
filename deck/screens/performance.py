"""The screen Performance: how the account did over a period, beside buying and holding; deposits are no returns."""

# pyright: reportUnknownMemberType=false
# what Streamlit takes for a table may be a frame of pandas, which has no types

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import accumulate

import streamlit as st

from mockexchange.clients.http import ExchangeClient
from mockexchange.clients.profit_answers import CurveNumbers, DayResult, Performance, Point, RoundTrip

from ..amounts import NOTHING, moment, money, percent, ratio
from ..live import live
from ..reach import reached

BEAT = 10.0
"""Seconds between two refreshes: the curve has a point a minute."""

DAY = 86_400_000
"""Milliseconds."""

PERIODS: dict[str, int | None] = {
    "1 day": DAY,
    "7 days": 7 * DAY,
    "30 days": 30 * DAY,
    "90 days": 90 * DAY,
    "1 year": 365 * DAY,
    "All": None,
}

POINTS = 500
"""Of the curve, on the screen."""

TRIPS = 50
"""Round trips that are shown."""

HUNDRED = Decimal(100)

_PERIOD = "performance.period"


def show() -> None:
    """Draw it."""
    st.title("Performance")
    if _PERIOD not in st.session_state:
        asked = st.query_params.get("period")
        st.session_state[_PERIOD] = asked if asked in PERIODS else "All"
    period = st.segmented_control("Period", list(PERIODS), key=_PERIOD, required=True, on_change=_chosen)
    _figures(PERIODS[period or "All"])
    _trips()


def _chosen() -> None:
    st.query_params["period"] = st.session_state[_PERIOD]


def performance_over(client: ExchangeClient, length: int | None) -> Performance:
    """The newest `length` ms, None: all. The exchange's own time counts, which a replay drives."""
    if length is None:
        return client.performance(points=POINTS)
    now = client.performance(points=0).until
    return client.performance(since=None if now is None else max(0, now - length), points=POINTS)


@live(BEAT)
def _figures(length: int | None) -> None:
    found = reached(lambda client: performance_over(client, length))
    if len(found.curve) < 2:
        st.info("Nothing is recorded of this period yet: the equity is written down once a minute.")
        return
    quote = found.quote_asset
    st.caption(f"From {moment(found.since)} to {moment(found.until)} UTC. Deposits and withdrawals are no returns.")
    with st.container(horizontal=True):
        returned = found.account.total_return
        delta = None if returned is None else share(returned)
        st.metric(f"Profit, {quote}", money(found.profit), delta, border=True)
        st.metric(f"Equity, {quote}", money(found.final_equity), border=True)
        st.metric(f"Net deposits, {quote}", money(found.net_deposits), border=True)
        st.metric(f"Fees, {quote}", money(found.trading.fees), border=True)
        st.metric("Round trips won", _won(found), border=True)
        st.metric("Profit factor", ratio(found.trading.profit_factor), border=True)
    _curves(found)
    _beside(found)
    _days(found.days, quote)


def _curves(found: Performance) -> None:
    times = [_time(point) for point in found.curve]
    own = [None if point[2] is None else float((point[2] - 1) * HUNDRED) for point in found.curve]
    st.subheader("Return, %")
    lines: dict[str, Sequence[float | datetime | None]] = {"Time": times, "Account": own}
    held = [point[3] for point in found.curve]
    if held[0]:
        first = held[0]
        lines["Buy and hold"] = [None if each is None else float((each / first - 1) * HUNDRED) for each in held]
    st.line_chart(lines, x="Time", y=list(lines)[1:], height=300)
    st.subheader("Below its peak, %")
    st.area_chart({"Time": times, "Drawdown": fallen(found.curve)}, x="Time", y="Drawdown", height=180)


def fallen(curve: Sequence[Point]) -> list[float]:
    """How far each point lies below the highest before it, in percent: 0 or negative. What is not defined is 0."""
    values = [float(point[2]) if point[2] is not None else 0.0 for point in curve]
    return [
        (value / highest - 1) * 100 if highest > 0 and point[2] is not None else 0.0
        for value, highest, point in zip(values, accumulate(values, max), curve, strict=True)
    ]


def _beside(found: Performance) -> None:
    columns = {"Account": figures(found.account)}
    if found.buy_and_hold is not None:
        columns["Buy and hold"] = figures(found.buy_and_hold)
    st.dataframe(
        {"": list(columns["Account"]), **{name: list(each.values()) for name, each in columns.items()}},
        hide_index=True,
        key="performance.figures",
    )


def figures(of: CurveNumbers) -> dict[str, str]:
    """What a curve says, in words that people read."""
    fall = of.drawdown
    return {
        "Return": share(of.total_return),
        "Return a year": share(of.annual_return),
        "Deepest drawdown": share(fall.depth if fall else None),
        "Volatility a year": share(of.volatility, signed=False),
        "Sharpe": ratio(of.sharpe),
        "Sortino": ratio(of.sortino),
        "Calmar": ratio(of.calmar),
        "Best day": share(of.best_day),
        "Worst day": share(of.worst_day),
        "Days with a profit": share(of.positive_days, signed=False),
        "Days": str(of.days),
    }


def share(fraction: Decimal | None, *, signed: bool = True) -> str:
    """A fraction in percent."""
    return percent(None if fraction is None else fraction * HUNDRED, signed=signed)


def _won(found: Performance) -> str:
    trading = found.trading
    if trading.win_rate is None:
        return NOTHING
    return f"{trading.won} of {trading.round_trips} ({share(trading.win_rate, signed=False)})"


def _days(days: Sequence[DayResult], quote: str) -> None:
    st.subheader(f"Profit by day, {quote}")
    st.bar_chart(
        {"Day": [_day(each) for each in days], "Profit": [float(each.profit) for each in days]},
        x="Day",
        y="Profit",
        height=220,
    )
    newest = days[::-1]
    st.dataframe(
        {
            "Day (UTC)": [_day(each) for each in newest],
            f"Profit, {quote}": [money(each.profit) for each in newest],
            "Return": [share(each.rate) for each in newest],
        },
        hide_index=True,
        key="performance.days",
    )


@live(BEAT)
def _trips() -> None:
    st.subheader("Round trips")
    trips: Sequence[RoundTrip] = reached(lambda client: client.round_trips(TRIPS))
    if not trips:
        st.info("Nothing that was bought was sold again yet.")
        return
    st.dataframe(
        {
            "Market": [each.symbol for each in trips],
            "Bought (UTC)": [moment(each.entered) for each in trips],
            "Sold (UTC)": [moment(each.exited) for each in trips],
            "Amount": [money(each.amount) for each in trips],
            "Cost": [money(each.cost) for each in trips],
            "Proceeds": [money(each.proceeds) for each in trips],
            "Fees": [money(each.fees) for each in trips],
            "Profit": [money(each.profit) for each in trips],
        },
        hide_index=True,
        key="performance.trips",
    )


def _time(point: Point) -> datetime:
    return datetime.fromtimestamp(point[0] / 1000, UTC)


def _day(of: DayResult) -> str:
    return moment(of.day)[:10]
