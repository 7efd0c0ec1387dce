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
    frame = _frame(results.trades, columns, moments=("entered", "exited"))
    lengths: Any = pd.Series([trip.duration for trip in results.trades], dtype="timedelta64[ms]")
    frame["duration"] = lengths
    entries: Any = pd.Series([trip.entry_order for trip in results.trades], dtype="Int64")
    frame["entry_order"] = entries
    return frame


def orders_frame(results: Results) -> pd.DataFrame:
    """A row for each order."""
    columns = (
        "order_id", "client_order_id", "symbol", "side", "type", "time_in_force", "status", "price", "stop_price",
        "quantity", "filled_quantity", "filled_notional", "created_at", "updated_at",
    )  # fmt: skip
    return _frame(results.record.orders, columns, moments=("created_at", "updated_at"))


def fills_frame(results: Results) -> pd.DataFrame:
    """A row for each fill."""
    columns = (
        "trade_id", "order_id", "symbol", "side", "price", "quantity", "quote_quantity", "commission",
        "commission_asset", "liquidity", "timestamp",
    )  # fmt: skip
    return _frame(results.record.fills, columns, moments=("timestamp",))


_TEXT = {
    "symbol", "client_order_id", "side", "type", "time_in_force", "status", "commission_asset", "liquidity", "order_id",
    "trade_id", "entry_order", "exit_order", "duration",
}  # fmt: skip


def _frame(rows: Iterable[Any], columns: tuple[str, ...], moments: tuple[str, ...]) -> pd.DataFrame:
    rows = list(rows)
    made: dict[str, Any] = {}
    for column in columns:
        values = [getattr(row, column) for row in rows]
        if column in moments:
            made[column] = _moments(values)
        elif column in _TEXT:
            made[column] = [str(value) if isinstance(value, str) else value for value in values]
        else:
            made[column] = pd.Series([None if value is None else float(value) for value in values], dtype="float64")
    return pd.DataFrame(made, columns=list(columns))


def _moments(times: Any) -> Any:
    moments: Any = pd.Series(times, dtype="datetime64[ms]")
    return moments.dt.tz_localize("UTC")
