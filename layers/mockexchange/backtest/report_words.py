"""The numbers of a report as people read them, and the tables made of them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING

from ..domain.amounts import text

if TYPE_CHECKING:
    from ..domain.performance import Drawdown
    from .results import Results

NONE = "-"
"""What is not defined."""

_CENT = Decimal("0.01")
_UNITS = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s"))


def money(amount: Decimal | float | None, *, signed: bool = False) -> str:
    """To the cent; small ones to four digits that count."""
    if amount is None:
        return NONE
    exact = amount if isinstance(amount, Decimal) else Decimal(repr(amount))
    places = _CENT if not exact or abs(exact) >= 1 else Decimal(1).scaleb(min(exact.adjusted() - 3, -2))
    rounded = exact.quantize(places, ROUND_HALF_EVEN)
    rounded += 0  # no -0
    return f"{rounded:+,f}" if signed else f"{rounded:,f}"


def price(amount: Decimal) -> str:
    """To at most eight significant digits."""
    places = max(0, min(8, 7 - amount.adjusted())) if amount else 0
    return text(round(amount, places))


def percent(share: float | None, *, signed: bool = False) -> str:
    """A fraction in percent."""
    return NONE if share is None else f"{share * 100:{'+' if signed else ''},.2f} %"


def number(value: float | None) -> str:
    """A ratio."""
    return NONE if value is None else f"{value:,.2f}"


def moment(at: int | None) -> str:
    """UTC, to the minute, or to the second where that says more. A bar's last millisecond is told as its end."""
    if at is None:
        return NONE
    at = _rounded(at)
    read = datetime.fromtimestamp(at / 1000, UTC)
    return f"{read:%Y-%m-%d %H:%M:%S}" if at % 60_000 else f"{read:%Y-%m-%d %H:%M}"


def duration(length: int | None) -> str:
    """In its two largest units."""
    if length is None:
        return NONE
    length = _rounded(length)
    parts: list[str] = []
    for unit, name in _UNITS:
        count, length = divmod(length, unit)
        if count:
            parts.append(f"{count} {name}")
        elif parts:
            break
    return " ".join(parts[:2]) or "0 s"


def _rounded(milliseconds: int) -> int:
    return milliseconds + 1 if milliseconds % 1000 == 999 else milliseconds


def sense_of(told: str) -> str:
    """`gain` or `loss`, of what is told with a sign; nothing of all else."""
    return "gain" if told.startswith("+") else "loss" if told.startswith("-") and told != NONE else ""


def when(fall: Drawdown | None) -> str:
    """When a drawdown was, and whether it is over."""
    if fall is None or fall.peak is None:
        return NONE
    ended = "not recovered" if fall.recovered is None else f"recovered {moment(fall.recovered)}"
    return f"{moment(fall.peak)} to {moment(fall.bottom)}, {ended}"


def performance_rows(results: Results) -> list[tuple[str, str, str]]:
    """Name, the account's number, that of buying and holding."""
    own, hold = results.performance, results.hold_performance
    last = results.curve.hold[-1]
    return [
        ("Final equity", money(results.final_equity), money(float(last))),
        ("Total return", percent(own.total_return, signed=True), percent(hold.total_return, signed=True)),
        ("Annual return", percent(own.annual_return, signed=True), percent(hold.annual_return, signed=True)),
        ("Volatility, a year", percent(own.volatility), percent(hold.volatility)),
        (
            "Maximum drawdown",
            percent(own.drawdown.depth if own.drawdown else None),
            percent(hold.drawdown.depth if hold.drawdown else None),
        ),
        (
            "Longest time below a peak",
            duration(own.drawdown.longest if own.drawdown else None),
            duration(hold.drawdown.longest if hold.drawdown else None),
        ),
        ("Sharpe ratio", number(own.sharpe), number(hold.sharpe)),
        ("Sortino ratio", number(own.sortino), number(hold.sortino)),
        ("Calmar ratio", number(own.calmar), number(hold.calmar)),
        ("Best day", percent(own.best_day, signed=True), percent(hold.best_day, signed=True)),
        ("Worst day", percent(own.worst_day, signed=True), percent(hold.worst_day, signed=True)),
    ]


def trading_rows(results: Results) -> list[tuple[str, str]]:
    """Name and number of what the account did."""
    did = results.trading
    return [
        ("Orders", f"{did.orders:,}" + (f", and {did.refused:,} refused" if did.refused else "")),
        ("Fills", f"{did.fills:,}" + (f", {percent(did.maker_share)} as maker" if did.fills else "")),
        ("Traded", f"{money(did.traded)}, {number(did.turnover)} times the mean equity"),
        ("Fees", _fees(results)),
        ("Time with a position", percent(did.exposure)),
        ("Mean share invested", percent(did.mean_invested)),
        ("Round trips", f"{did.trades:,}"),
        ("Won", percent(did.win_rate)),
        ("Profit factor", number(did.profit_factor)),
        ("Mean profit", money(did.expectancy, signed=True)),
        ("Mean win", money(did.average_win, signed=True)),
        ("Mean loss", money(did.average_loss, signed=True)),
        ("Realized", money(did.realized, signed=True)),
        ("Not realized", money(did.unrealized, signed=True)),
    ]


def _fees(results: Results) -> str:
    paid = ", ".join(f"{text(amount)} {asset}" for asset, amount in results.fees.items())
    worth = money(results.trading.fees)
    return f"{worth} ({paid})" if set(results.fees) - {results.record.quote_asset} else worth


SYMBOL_HEADERS = ("Symbol", "Orders", "Fills", "Traded", "Fees", "Round trips", "Won", "Realized", "Price")


def symbol_rows(results: Results) -> list[tuple[str, ...]]:
    """A row for each market, under `SYMBOL_HEADERS`."""
    return [
        (
            of.symbol,
            f"{of.orders:,}",
            f"{of.fills:,}",
            money(of.traded),
            money(of.fees),
            f"{of.trades:,}",
            percent(of.win_rate),
            money(of.realized, signed=True),
            percent(of.change, signed=True),
        )
        for of in results.by_symbol
    ]
