"""A strategy to see a whole trade with: it buys when it holds nothing, and sells at one percent more, or ten less."""

from __future__ import annotations

from typing import Any

from freqtrade.strategy import IStrategy


class OnePercent(IStrategy):
    """Freqtrade calls the methods with its data frame of candles, and reads the attributes."""

    INTERFACE_VERSION = 3
    timeframe = "1m"
    startup_candle_count = 1
    can_short = False
    process_only_new_candles = False

    minimal_roi = {"0": 0.01}
    stoploss = -0.10
    use_exit_signal = False

    order_types = {"entry": "limit", "exit": "limit", "stoploss": "market", "stoploss_on_exchange": False}
    order_time_in_force = {"entry": "GTC", "exit": "GTC"}

    def populate_indicators(self, dataframe: Any, metadata: dict[str, Any]) -> Any:
        """None: every candle is as good as another."""
        return dataframe

    def populate_entry_trend(self, dataframe: Any, metadata: dict[str, Any]) -> Any:
        """Always."""
        dataframe["enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: Any, metadata: dict[str, Any]) -> Any:
        """Never: `minimal_roi` and `stoploss` decide."""
        dataframe["exit_long"] = 0
        return dataframe
