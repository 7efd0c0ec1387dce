"""The results as data frames. Money is float there, for computing with; the exact amounts are in the results."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd  # pyright: ignore[reportMissingTypeStubs]

if TYPE_CHECKING:
    from .results import Results


def curve_frame(results: Results) -> pd.DataFrame:
    """A row for each point of the curve."""
    curve = results.curve
    return pd.DataFrame(
        {
            "equity": curve.equity,
            "growth": curve.growth,
            "drawdown": results.drawdowns,
            "invested": curve.invested,
            "hold": curve.hold,
        },
        index=pd.DatetimeIndex(_moments(curve.times), name="time"),
    )


def trades_frame(results: Results) -> pd.DataFrame:
    """A row for each round trip."""
    columns = (
        "symbol", "entered", "exited", "duration", "quantity", "entry_price", "exit_price", "cost", "proceeds", "fees",
        "profit", "gain", "entry_order", "exit_order",
    )  # fmt: skip
    return _frame(results.trades, columns)


def orders_frame(results: Results) -> pd.DataFrame:
    """A row for each order."""
    columns = (
        "order_id", "client_order_id", "symbol", "side", "type", "time_in_force", "status", "price", "stop_price",
        "quantity", "filled_quantity", "filled_notional", "created_at", "updated_at",
    )  # fmt: skip
    return _frame(results.record.orders, columns)


def fills_frame(results: Results) -> pd.DataFrame:
    """A row for each fill."""
    columns = (
        "trade_id", "order_id", "symbol", "side", "price", "quantity", "quote_quantity", "commission",
        "commission_asset", "liquidity", "timestamp",
    )  # fmt: skip
    return _frame(results.record.fills, columns)


_MOMENTS = {"entered", "exited", "created_at", "updated_at", "timestamp"}
_TEXTS_AND_IDS = {
    "symbol", "client_order_id", "side", "type", "time_in_force", "status", "commission_asset", "liquidity", "order_id",
    "trade_id", "exit_order",
}  # fmt: skip
_TYPES: dict[str, Any] = {"duration": "timedelta64[ms]", "entry_order": "Int64"}
"""Of columns that are neither of these, nor numbers."""


def _frame(rows: Iterable[Any], columns: tuple[str, ...]) -> pd.DataFrame:
    rows = list(rows)
    made = {column: _cells(column, [getattr(row, column) for row in rows]) for column in columns}
    return pd.DataFrame(made, columns=list(columns))


def _cells(column: str, values: list[Any]) -> Any:
    if column in _MOMENTS:
        return _moments(values)
    if column in _TEXTS_AND_IDS:
        return pd.Series([str(value) if isinstance(value, str) else value for value in values])
    if column in _TYPES:
        return pd.Series(values, dtype=_TYPES[column])
    return pd.Series([None if value is None else float(value) for value in values], dtype="float64")


def _moments(times: Any) -> Any:
    moments: Any = pd.Series(times, dtype="datetime64[ms]")
    return moments.dt.tz_localize("UTC")
