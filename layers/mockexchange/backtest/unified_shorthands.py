"""Shorthands of ccxt: other ways to say create_order, edit_order, cancel_order and fetch_order, in ccxt's own words."""

# ruff: noqa: A002, N803  # arguments have the names that they have in ccxt

from __future__ import annotations

from typing import Any

from .unified_base import NONE, Params
from .unified_errors import error
from .unified_orders import OrderMethods
from .unified_structures import Structure

Price = float | None


class ShorthandMethods(OrderMethods):
    """What ccxt puts together of other methods."""

    def create_limit_order(
        self, symbol: str, side: str, amount: float, price: float, params: Params = NONE
    ) -> Structure:
        """At a price or better."""
        return self.create_order(symbol, "limit", side, amount, price, params)

    def create_limit_buy_order(self, symbol: str, amount: float, price: float, params: Params = NONE) -> Structure:
        """The same, to buy."""
        return self.create_order(symbol, "limit", "buy", amount, price, params)

    def create_limit_sell_order(self, symbol: str, amount: float, price: float, params: Params = NONE) -> Structure:
        """The same, to sell."""
        return self.create_order(symbol, "limit", "sell", amount, price, params)

    def create_market_order(
        self, symbol: str, side: str, amount: float, price: Price = None, params: Params = NONE
    ) -> Structure:
        """At what the market shows. With a price, the money that amount and price come to is what counts."""
        return self.create_order(symbol, "market", side, amount, price, params)

    def create_market_buy_order(self, symbol: str, amount: float, params: Params = NONE) -> Structure:
        """The same, to buy."""
        return self.create_order(symbol, "market", "buy", amount, None, params)

    def create_market_sell_order(self, symbol: str, amount: float, params: Params = NONE) -> Structure:
        """The same, to sell."""
        return self.create_order(symbol, "market", "sell", amount, None, params)

    def create_market_order_with_cost(self, symbol: str, side: str, cost: float, params: Params = NONE) -> Structure:
        """For so much money (quote asset)."""
        return self.create_order(symbol, "market", side, cost, None, {"cost": cost, **params})

    def create_market_buy_order_with_cost(self, symbol: str, cost: float, params: Params = NONE) -> Structure:
        """The same, to buy."""
        return self.create_order(symbol, "market", "buy", cost, None, {"cost": cost, **params})

    def create_market_sell_order_with_cost(self, symbol: str, cost: float, params: Params = NONE) -> Structure:
        """The same, to sell."""
        return self.create_order(symbol, "market", "sell", cost, None, {**params, "quoteOrderQty": cost})

    def create_post_only_order(
        self, symbol: str, type: str, side: str, amount: float, price: Price = None, params: Params = NONE
    ) -> Structure:
        """Refused if it would take."""
        return self.create_order(symbol, type, side, amount, price, {**params, "postOnly": True})

    def create_stop_order(
        self,
        symbol: str,
        type: str,
        side: str,
        amount: float,
        price: Price = None,
        triggerPrice: Price = None,
        params: Params = NONE,
    ) -> Structure:
        """A stop-loss, by ccxt's older name."""
        _required(triggerPrice, "create_stop_order() requires a stopPrice")
        return self.create_order(symbol, type, side, amount, price, {**params, "stopPrice": triggerPrice})

    def create_stop_limit_order(
        self,
        symbol: str,
        side: str,
        amount: float,
        price: float,
        triggerPrice: float,
        params: Params = NONE,
    ) -> Structure:
        """A limit order from the stop price on."""
        return self.create_order(symbol, "limit", side, amount, price, {**params, "stopPrice": triggerPrice})

    def create_trigger_order(
        self,
        symbol: str,
        type: str,
        side: str,
        amount: float,
        price: Price = None,
        triggerPrice: Price = None,
        params: Params = NONE,
    ) -> Structure:
        """A stop-loss, by another of ccxt's names."""
        _required(triggerPrice, "createTriggerOrder() requires a triggerPrice")
        return self.create_order(symbol, type, side, amount, price, {**params, "triggerPrice": triggerPrice})

    def create_stop_loss_order(
        self,
        symbol: str,
        type: str,
        side: str,
        amount: float,
        price: Price = None,
        stopLossPrice: Price = None,
        params: Params = NONE,
    ) -> Structure:
        """An order from when the price has moved against its owner."""
        _required(stopLossPrice, "createStopLossOrder() requires a stopLossPrice")
        return self.create_order(symbol, type, side, amount, price, {**params, "stopLossPrice": stopLossPrice})

    def create_take_profit_order(
        self,
        symbol: str,
        type: str,
        side: str,
        amount: float,
        price: Price = None,
        takeProfitPrice: Price = None,
        params: Params = NONE,
    ) -> Structure:
        """An order from when the price has moved in its owner's favour."""
        _required(takeProfitPrice, "createTakeProfitOrder() requires a takeProfitPrice")
        return self.create_order(symbol, type, side, amount, price, {**params, "takeProfitPrice": takeProfitPrice})

    def create_trailing_percent_order(
        self,
        symbol: str,
        type: str,
        side: str,
        amount: float,
        price: Price = None,
        trailingPercent: Price = None,
        trailingTriggerPrice: Price = None,
        params: Params = NONE,
    ) -> Structure:
        """A stop that follows the price."""
        _required(trailingPercent, "createTrailingPercentOrder() requires a trailingPercent")
        more: dict[str, Any] = {**params, "trailingPercent": trailingPercent}
        if trailingTriggerPrice is not None:
            more["trailingTriggerPrice"] = trailingTriggerPrice
        return self.create_order(symbol, type, side, amount, price, more)

    def edit_limit_order(
        self, id: str, symbol: str, side: str, amount: float, price: Price = None, params: Params = NONE
    ) -> Structure:
        """Another limit order in the place of one."""
        return self.edit_order(id, symbol, "limit", side, amount, price, params)

    def edit_limit_buy_order(
        self, id: str, symbol: str, amount: float, price: Price = None, params: Params = NONE
    ) -> Structure:
        """The same, to buy."""
        return self.edit_order(id, symbol, "limit", "buy", amount, price, params)

    def edit_limit_sell_order(
        self, id: str, symbol: str, amount: float, price: Price = None, params: Params = NONE
    ) -> Structure:
        """The same, to sell."""
        return self.edit_order(id, symbol, "limit", "sell", amount, price, params)

    def fetch_order_status(self, id: str, symbol: str | None = None, params: Params = NONE) -> str:
        """Where an order stands."""
        return self.fetch_order(id, symbol, params)["status"]

    def fetch_order_with_client_order_id(
        self,
        clientOrderId: str,
        symbol: str | None = None,
        params: Params = NONE,
    ) -> Structure:
        """One order, by the name that it was given."""
        return self.fetch_order("", symbol, {**params, "clientOrderId": clientOrderId})

    def cancel_order_with_client_order_id(
        self,
        clientOrderId: str,
        symbol: str | None = None,
        params: Params = NONE,
    ) -> Structure:
        """Take an order back, by the name that it was given."""
        return self.cancel_order("", symbol, {**params, "clientOrderId": clientOrderId})


def _required(value: Price, said: str) -> None:
    if value is None:
        raise error("ArgumentsRequired", f"{said} argument")
