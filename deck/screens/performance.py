"""The screen Performance: how the account did over a period, beside buying and holding; deposits are no returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate

import streamlit as st

from mockexchange.clients.http import ExchangeClient
from mockexchange.clients.profit_answers import CurveNumbers, DayResult, Performance, Point, RoundTrip

from ..amounts import moment, percent, ratio, worth
from ..charts import load_library
from ..days import day_input, end_moment, first_moment
from ..figures import Figure, figures
from ..going import go_to
from ..line_chart import Series, line_chart
from ..live import live
from ..reach import reached
from ..tables import AtRight, Numbers, table

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

OWN = "Own dates"

POINTS = 500
"""Of the curve, on the screen."""

TRIPS = 50
"""Round trips that are shown."""

HUNDRED = Decimal(100)

_PERIOD = "performance.period"


@dataclass(frozen=True, slots=True)
class Period:
    """The newest `length` ms, or from a day to another one (UTC), each of which may be left open; all without any."""

    length: int | None = None
    first: date | None = None
    last: date | None = None


def show() -> None:
    """Draw it."""
    st.title("Performance")
    load_library()
    _figures(_period())
    _trips()


def _period() -> Period:
    """What was chosen; it stands in the address."""
    asked, options = st.query_params, [*PERIODS, OWN]
    if _PERIOD not in st.session_state:
        named = asked.get("period")
        st.session_state[_PERIOD] = named if named in options else "All"
    chosen = st.segmented_control("Period", options, key=_PERIOD, required=True, on_change=_chosen) or "All"
    if chosen != OWN:
        return Period(PERIODS[chosen])
    left, right = st.columns(2)
    with left:
        first = day_input("From (UTC)", "from", key="performance.from")
    with right:
        last = day_input("To (UTC)", "to", key="performance.to")
    return Period(first=first, last=last)


def _chosen() -> None:
    """A period was chosen: the address says so."""
    st.query_params["period"] = chosen = st.session_state[_PERIOD]
    if chosen != OWN:
        st.query_params.pop("from", None)
        st.query_params.pop("to", None)


def performance_over(client: ExchangeClient, period: Period) -> Performance:
    """Of a period. The exchange's own time counts, which a replay drives."""
    if period.first is not None or period.last is not None:
        return client.performance(
            since=None if period.first is None else first_moment(period.first),
            until=None if period.last is None else end_moment(period.last),
            points=POINTS,
        )
    if period.length is None:
        return client.performance(points=POINTS)
    now = client.performance(points=0).until
    return client.performance(since=None if now is None else max(0, now - period.length), points=POINTS)


@live(BEAT)
def _figures(period: Period) -> None:
    found = reached(lambda client: performance_over(client, period))
    if len(found.curve) < 2:
        st.info(
            "Nothing is recorded of this period yet: the equity is written down once a minute. Another period may have "
            "something."
        )
        return
    quote, account = found.quote_asset, found.account
    fall = account.drawdown
    st.caption(f"From {moment(found.since)} to {moment(found.until)} UTC. Deposits and withdrawals are no returns.")
    shown = [
        Figure(f"Profit, {quote}", worth(found.profit), _returned(account)),
        Figure(f"Equity, {quote}", worth(found.final_equity), f"{worth(found.net_deposits)} net deposits"),
        Figure("Deepest drawdown", share(fall.depth if fall else None), _recovery(found)),
        Figure("Sharpe", ratio(account.sharpe), "of daily returns, over a year"),
        Figure("Round trips won", share(found.trading.win_rate, signed=False), _won(found)),
        Figure(f"Fees, {quote}", worth(found.trading.fees), f"{found.trading.fills:,} fills"),
    ]
    figures(shown, key="performance.figures")
    _curves(found)
    _days(found.days, quote)
    _beside(found)


def _returned(account: CurveNumbers) -> str:
    return "" if account.total_return is None else f"{share(account.total_return)} return"


def _recovery(found: Performance) -> str:
    fall = found.account.drawdown
    if fall is None or not fall.depth:
        return ""
    return "not made up for yet" if fall.recovered is None else f"made up for on {moment(fall.recovered)[:10]}"


def _curves(found: Performance) -> None:
    times = [point[0] for point in found.curve]
    own = [None if point[2] is None else float((point[2] - 1) * HUNDRED) for point in found.curve]
    st.subheader("Return, %")
    lines = [Series("Account", list(zip(times, own, strict=True)))]
    held = [point[3] for point in found.curve]
    if held[0]:
        first = held[0]
        values = [None if each is None else float((each / first - 1) * HUNDRED) for each in held]
        lines.append(Series("Buying and holding", list(zip(times, values, strict=True))))
    line_chart(lines, name="Return", unit="%", key="performance.returns")
    st.subheader("Below its peak, %")
    fall = Series("Drawdown", list(zip(times, fallen(found.curve), strict=True)), "area")
    line_chart([fall], name="Drawdown", unit="%", key="performance.drawdown", height=160)


def fallen(curve: Sequence[Point]) -> list[float]:
    """How far each point lies below the highest before it, in percent: 0 or negative. What is not defined is 0."""
    values = [float(point[2]) if point[2] is not None else 0.0 for point in curve]
    return [
        (value / highest - 1) * 100 if highest > 0 and point[2] is not None else 0.0
        for value, highest, point in zip(values, accumulate(values, max), curve, strict=True)
    ]


def _beside(found: Performance) -> None:
    st.subheader("Beside buying and holding")
    columns = {"Account": numbers(found.account)}
    if found.buy_and_hold is not None:
        columns["Buying and holding"] = numbers(found.buy_and_hold)
    table(
        {"Figure": list(columns["Account"]), **{name: AtRight(list(each.values())) for name, each in columns.items()}},
        name="The account beside buying and holding",
        key="performance.beside",
    )
    st.caption(
        f"Profit factor of the round trips: {ratio(found.trading.profit_factor)}. Every figure is defined in "
        "docs/results.md."
    )


def numbers(of: CurveNumbers) -> dict[str, str]:
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
    return f"{trading.won} of {trading.round_trips}" if trading.round_trips else "none ended yet"


def _days(days: Sequence[DayResult], quote: str) -> None:
    st.subheader(f"Profit by day, {quote}")
    bars = Series("Profit", [(each.day, float(each.profit)) for each in days], "bars")
    line_chart([bars], name="Profit by day", unit=quote, key="performance.daily", height=200)
    newest = days[::-1]
    with st.expander("Day by day"):
        table(
            {
                "Day (UTC)": [moment(each.day)[:10] for each in newest],
                f"Profit, {quote}": Numbers([each.profit for each in newest], worth),
                "Return": Numbers([each.rate for each in newest], share),
            },
            name="Profit by day",
            key="performance.days_table",
        )


@live(BEAT)
def _trips() -> None:
    st.subheader("Round trips")
    trips: Sequence[RoundTrip] = reached(lambda client: client.round_trips(TRIPS))
    if not trips:
        st.info("Nothing that was bought was sold again yet. A sale on Trade ends the first one.")
        return
    chosen = table(
        {
            "Market": [each.symbol for each in trips],
            "Bought (UTC)": [moment(each.entered) for each in trips],
            "Sold (UTC)": [moment(each.exited) for each in trips],
            "Amount": Numbers([each.amount for each in trips]),
            "Cost": Numbers([each.cost for each in trips], worth),
            "Proceeds": Numbers([each.proceeds for each in trips], worth),
            "Fees": Numbers([each.fees for each in trips], worth),
            "Profit": Numbers([each.profit for each in trips], worth),
        },
        name="Round trips",
        key="performance.trips",
        opens=[each.exit_order for each in trips],
    )
    st.caption(
        f"The newest {TRIPS} of all times; money is in the quote asset. A click on one shows the order that sold it."
    )
    if chosen is not None:
        go_to("orders", order=chosen)
