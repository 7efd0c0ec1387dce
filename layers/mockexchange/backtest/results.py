"""The results of a back-test: numbers, tables, frames, and pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ..domain.amounts import ZERO, add, text, total
from ..domain.candles import DAY
from ..domain.fills import Fill, Liquidity
from ..domain.orders import OrderStatus, Side
from ..domain.performance import Performance
from ..domain.round_trips import Position, RoundTrip, RoundTrips, ValueOf, fee_worth
from .equity_curve import EquityCurve, equity_curve
from .round_trips import round_trips, valued
from .run_record import RunRecord
from .statistics import daily_returns, fallen, performance
from .trading import OfSymbol, Trading

if TYPE_CHECKING:
    import pandas as pd  # pyright: ignore[reportMissingTypeStubs]
    from numpy.typing import NDArray
    from rich.console import Console, ConsoleOptions, RenderableType


class Results:
    """What became of a run. Made by `Results.of`; every part is computed when it is first asked for."""

    def __init__(self, record: RunRecord) -> None:
        self.record = record

    @classmethod
    def of(cls, record: RunRecord) -> Results:
        """The results of a finished run."""
        return cls(record)

    @cached_property
    def curve(self) -> EquityCurve:
        """The equity over time."""
        return equity_curve(self.record)

    @cached_property
    def round_trips(self) -> RoundTrips:
        """Every purchase and what came of it."""
        return round_trips(self.record, self.curve.rates)

    @property
    def trades(self) -> list[RoundTrip]:
        """The round trips that ended."""
        return self.round_trips.closed

    @property
    def positions(self) -> list[Position]:
        """What was not sold, at the last price."""
        return self.round_trips.open

    @cached_property
    def performance(self) -> Performance:
        """What the account's equity says."""
        return performance(self.curve.times, self.curve.growth)

    @cached_property
    def hold_performance(self) -> Performance:
        """The same of buying and holding: the first equity spread equally over the symbols, without fees."""
        return performance(self.curve.times, self.curve.hold_growth)

    @cached_property
    def drawdowns(self) -> NDArray[np.float64]:
        """How far the account lay below its peak at each point of the curve, as a fraction of that."""
        return fallen(self.curve.growth)

    @property
    def daily(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The beginnings of days (UTC, ms) and their returns."""
        days, returns = daily_returns(self.curve.times, self.curve.growth)
        return days * DAY, returns

    @property
    def first_equity(self) -> Decimal:
        """At the start, in the quote asset."""
        return Decimal(repr(float(self.curve.equity[0])))

    @property
    def final_equity(self) -> Decimal:
        """In the end, exactly."""
        return self.record.final_equity

    @cached_property
    def fees(self) -> dict[str, Decimal]:
        """What was paid in each asset."""
        paid: dict[str, Decimal] = {}
        for fill in self.record.fills:
            if fill.commission:
                paid[fill.commission_asset] = add(paid.get(fill.commission_asset, ZERO), fill.commission)
        return dict(sorted(paid.items()))

    @cached_property
    def trading(self) -> Trading:
        """What the account did."""
        record, profits = self.record, [trip.profit for trip in self.trades]
        won, lost = [each for each in profits if each > 0], [each for each in profits if each < 0]
        traded = self._traded(record.fills)
        mean = self.curve.mean_equity
        makers = sum(fill.liquidity is Liquidity.MAKER for fill in record.fills)
        return Trading(
            orders=len(record.orders),
            refused=record.refused + sum(order.status is OrderStatus.REJECTED for order in record.orders),
            fills=len(record.fills),
            maker_share=_ratio(makers, len(record.fills)),
            traded=traded,
            turnover=_ratio(traded, mean) if mean and mean > 0 else None,
            fees=self._paid(record.fills),
            exposure=self.curve.exposure,
            mean_invested=self.curve.mean_invested,
            trades=len(profits),
            win_rate=_ratio(len(won), len(profits)),
            profit_factor=_ratio(total(won), total(lost).copy_negate()),
            expectancy=_ratio(total(profits), len(profits)),
            average_win=_ratio(total(won), len(won)),
            average_loss=_ratio(total(lost), len(lost)),
            realized=total(profits),
            unrealized=total(position.profit for position in self.positions),
        )

    @cached_property
    def by_symbol(self) -> list[OfSymbol]:
        """The parts of the markets, in the order of the run."""
        return [self._of_symbol(symbol) for symbol in self.record.symbols]

    @cached_property
    def notices(self) -> list[str]:
        """What to know before believing any of it."""
        own: list[str] = []
        if self.curve.unpriced:
            own.append(f"No price was known of {', '.join(self.curve.unpriced)}: they count as nothing in the equity.")
        if self.curve.flows.any():
            own.append("Money came or left during the run; the returns leave that out, the equity has it.")
        if self.round_trips.uncovered:
            own.append(f"More was sold than there was of {', '.join(sorted(self.round_trips.uncovered))}.")
        return [*self.record.notices, *own]

    def to_dict(self, amount: Callable[[Decimal], Any] = text) -> dict[str, Any]:
        """Everything but the curve, for JSON. `amount` writes the exact amounts: as strings, unless told otherwise."""
        record = self.record
        return _written(
            {
                "symbols": list(record.symbols),
                "quoteAsset": record.quote_asset,
                "began": record.began,
                "ended": record.ended,
                "firstEquity": self.first_equity,
                "finalEquity": self.final_equity,
                "performance": _fields(self.performance),
                "buyAndHold": _fields(self.hold_performance),
                "trading": _fields(self.trading),
                "fees": self.fees,
                "bySymbol": [_fields(each) for each in self.by_symbol],
                "trades": [_fields(trip, "profit", "gain", "duration") for trip in self.trades],
                "positions": [_fields(each, "profit") for each in self.positions],
                "settings": record.settings,
                "notices": self.notices,
            },
            amount,
        )

    def to_json(self) -> str:
        """The same, as text."""
        return json.dumps(self.to_dict(), indent=2, allow_nan=False, ensure_ascii=False)

    def to_frame(self) -> pd.DataFrame:
        """The curve: equity, growth of one unit of money, drawdown, share invested, and buy-and-hold."""
        from .result_frames import curve_frame

        return curve_frame(self)

    def trades_frame(self) -> pd.DataFrame:
        """The round trips."""
        from .result_frames import trades_frame

        return trades_frame(self)

    def orders_frame(self) -> pd.DataFrame:
        """The orders."""
        from .result_frames import orders_frame

        return orders_frame(self)

    def fills_frame(self) -> pd.DataFrame:
        """The fills."""
        from .result_frames import fills_frame

        return fills_frame(self)

    def save(self, path: str | Path) -> Path:
        """Write the report, as one HTML file that needs nothing else."""
        from .report_page import page

        file = Path(path)
        file.write_text(page(self), encoding="utf-8")
        return file

    def summary(self) -> str:
        """The most important of it, for a terminal; no color."""
        from .report_terminal import summary

        return summary(self)

    def __str__(self) -> str:
        return self.summary()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        from .report_terminal import rich_summary

        yield from rich_summary(self, options.max_width)

    def _repr_html_(self) -> str:
        """For notebooks."""
        from .report_page import fragment

        return fragment(self)

    def _of_symbol(self, symbol: str) -> OfSymbol:
        fills = [fill for fill in self.record.fills if fill.symbol == symbol]
        profits = [trip.profit for trip in self.trades if trip.symbol == symbol]
        prices = self.record.prices[symbol]
        prices = prices[np.isfinite(prices)]
        return OfSymbol(
            symbol=symbol,
            orders=sum(order.symbol == symbol for order in self.record.orders),
            fills=len(fills),
            bought=total(fill.quantity for fill in fills if fill.side is Side.BUY),
            sold=total(fill.quantity for fill in fills if fill.side is Side.SELL),
            traded=self._traded(fills),
            fees=self._paid(fills),
            trades=len(profits),
            win_rate=_ratio(sum(profit > 0 for profit in profits), len(profits)),
            realized=total(profits),
            change=float(prices[-1] / prices[0] - 1) if len(prices) else None,
        )

    def _traded(self, fills: Iterable[Fill]) -> Decimal:
        return total(self._in_quote(fill) for fill in fills)

    def _in_quote(self, fill: Fill) -> Decimal:
        return self._value_of(fill.quote_quantity, fill.symbol.split("/")[1], fill.timestamp) or ZERO

    @cached_property
    def _value_of(self) -> ValueOf:
        return valued(self.curve.rates)

    def _paid(self, fills: Iterable[Fill]) -> Decimal | None:
        worth = [fee_worth(fill, self._value_of) for fill in fills]
        return None if None in worth else total(each for each in worth if each is not None)


def _ratio(part: Decimal | float, whole: Decimal | float) -> float | None:
    return float(part) / float(whole) if whole else None


def _fields(of: Any, *properties: str) -> dict[str, Any]:
    """The fields of a dataclass and some properties, under the names that JSON has for them."""
    found: dict[str, Any] = {}
    for name in (*(field.name for field in fields(of)), *properties):
        value = getattr(of, name)
        first, *rest = name.split("_")
        found[first + "".join(map(str.capitalize, rest))] = _fields(value) if is_dataclass(value) else value
    return found


def _written(value: Any, amount: Callable[[Decimal], Any]) -> Any:
    """With amounts as `amount` writes them."""
    if isinstance(value, Decimal):
        return amount(value)
    if isinstance(value, dict):
        return {key: _written(each, amount) for key, each in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_written(each, amount) for each in cast("list[Any]", value)]
    return value
