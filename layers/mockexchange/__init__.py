"""A paper exchange: a real exchange's rules, wire and errors, live prices, and no money."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .backtest.backtest import Backtest as Backtest

__all__ = ["Backtest"]


def __getattr__(name: str) -> object:
    """What users import from here, loaded when they do: the functions on AWS need none of it."""
    if name == "Backtest":
        try:
            from .backtest.backtest import Backtest
        except ModuleNotFoundError as error:
            if (error.name or "").startswith("mockexchange"):
                raise
            raise ImportError(f"a back-test needs {error.name}: install mockexchange[backtest]") from error
        return Backtest
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
