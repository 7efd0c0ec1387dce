"""Orders of the face that ccxt's users know: placed, edited, canceled, looked up."""

# ruff: noqa: A002  # arguments have the names that they have in ccxt

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeGuard

from ..api.binance_endpoints import Asked
from ..api.binance_errors import BinanceError, from_refusal
from ..api.binance_order_answers import full
from ..api.binance_order_commands import command_of
from ..api.binance_orders import placed
from ..api.binance_parameters import integer
from ..domain.errors import ExchangeError
from .unified_base import NONE, Params, UnifiedBase
from .unified_errors import error, of_wire
from .unified_markets import Listed
from .unified_requests import FULL, new_order, replacement, said
from .unified_structures import Structure, between, by_time, copied, order
from .unified_wire import Values, text_of

_ORDER = "/api/v3/order"
_LONGEST_ID = 19
_NOT_SENT = frozenset(
    "origClientOrderId clientOrderId newClientStrategyId clientAlgoId stop trigger conditional".split()
)
"""Names in other words, and words that say that a stop is meant: here all orders are of one kind."""


class OrderMethods(UnifiedBase):
    """What an account does with orders."""

    def create_order(
        self, symbol: str, type: str, side: str, amount: float, price: float | None = None, params: Params = NONE
    ) -> Structure:
        """A new order. `params` are those of ccxt's `binance`, and `expiresAt` (ms) for one that is good till then."""
        market = self._markets.find(symbol)
        if params and (params.get("expiresAt") is not None or params.get("timeInForce") == "GTD"):
            return self._good_till_date(market, type, side, amount, price, params)
        sent = self._asked(market, type, side, amount, price, params)
        if params:
            wire = self._wire.orders
            return order(self._wire.ask(wire.test if params.get("test") is True else wire.place, sent), market.symbol)
        # the same without the doors in between: there is nothing that somebody wrote himself
        try:
            new = self._exchange.place(command_of(sent, self._account_id, market.symbol))
        except BinanceError as refused:
            raise of_wire(refused) from None
        except ExchangeError as refused:
            raise of_wire(from_refusal(refused)) from refused
        return order(full(new.order, new.fills), market.symbol)

    def edit_order(
        self,
        id: str,
        symbol: str,
        type: str,
        side: str,
        amount: float | None = None,
        price: float | None = None,
        params: Params = NONE,
    ) -> Structure:
        """Another order in the place of one; if that cannot be canceled, none."""
        market = self._markets.find(symbol)
        try:
            sent = replacement(id, market, type, side, amount, price, params)
        except BinanceError as refused:
            raise of_wire(refused) from None
        found = self._wire.ask(self._wire.replacing.replace, sent)
        return order(found["newOrderResponse"], market.symbol)

    def cancel_order(self, id: str | None, symbol: str | None = None, params: Params = NONE) -> Structure:
        """Take an order back, named by its id or by `clientOrderId`."""
        market = self._of(symbol, "cancelOrder")
        if params or not _is_id(id):
            found = self._wire.request("DELETE", _ORDER, {**_named(market, id, params), **_left(params)})
        else:
            found = self._wire.ask(self._wire.orders.cancel, Values(symbol=market.name, orderId=int(id)))
        return order(found, market.symbol)

    def cancel_all_orders(self, symbol: str | None = None, params: Params = NONE) -> list[Structure]:
        """Take every open order of a market back. An order list is told as one that has no id, as ccxt does."""
        market = self._of(symbol, "cancelAllOrders")
        found = self._wire.request("DELETE", "/api/v3/openOrders", {"symbol": market.name, **_left(params)})
        return by_time([order(each, market.symbol) for each in found])

    def cancel_orders(self, ids: list[str], symbol: str | None = None, params: Params = NONE) -> list[Structure]:
        """ccxt's `binance` has it for contracts only, and so a strategy must not lean on it here."""
        del ids, params
        self._of(symbol, "cancelOrders")
        raise error("BadRequest", "cancelOrders is only supported for swap markets.")

    def fetch_order(self, id: str | None, symbol: str | None = None, params: Params = NONE) -> Structure:
        """One order, named by its id or by `clientOrderId`."""
        market = self._of(symbol, "fetchOrder")
        if params or not _is_id(id):
            found = self._wire.request("GET", _ORDER, {**_named(market, id, params), **_left(params)})
        else:
            found = self._wire.ask(self._wire.orders.show, Values(symbol=market.name, orderId=int(id)))
        return order(found, market.symbol)

    def fetch_open_orders(
        self, symbol: str | None = None, since: int | None = None, limit: int | None = None, params: Params = NONE
    ) -> list[Structure]:
        """Open orders of one market, or of all."""
        # A strategy looks at its orders far more often than they change.
        revision, told = self._exchange.store.revision(), self._open_orders.get(symbol)
        if params or told is None or told[0] != revision:
            market = None if symbol is None else self._markets.find(symbol)
            sent = {} if market is None else {"symbol": market.name}
            found = self._wire.request("GET", "/api/v3/openOrders", {**sent, **_left(params)})
            told = revision, by_time(self._orders(found, market))
            if not params:  # with some it may have been another question
                self._open_orders[symbol] = told
        return between([copied(each) for each in told[1]], since, limit)

    def fetch_orders(
        self, symbol: str | None = None, since: int | None = None, limit: int | None = None, params: Params = NONE
    ) -> list[Structure]:
        """Orders of a market in any state: the first ones from `since` (ms), or the newest."""
        market = self._of(symbol, "fetchOrders")
        sent: dict[str, object] = {"symbol": market.name}
        times = {"startTime": since, "limit": limit, "endTime": said(params, "until", "till", "endTime")}
        sent |= {name: value for name, value in times.items() if value is not None}
        sent |= {name: value for name, value in _left(params).items() if name not in ("until", "till", "endTime")}
        found = self._wire.request("GET", "/api/v3/allOrders", sent)
        return between(by_time(self._orders(found, market)), since, limit)

    def fetch_closed_orders(
        self, symbol: str | None = None, since: int | None = None, limit: int | None = None, params: Params = NONE
    ) -> list[Structure]:
        """Those that were filled."""
        return self._in_states("fetchClosedOrders", ("closed",), symbol, since, limit, params)

    def fetch_canceled_orders(
        self, symbol: str | None = None, since: int | None = None, limit: int | None = None, params: Params = NONE
    ) -> list[Structure]:
        """Those that were taken back."""
        return self._in_states("fetchCanceledOrders", ("canceled",), symbol, since, limit, params)

    def fetch_canceled_and_closed_orders(
        self, symbol: str | None = None, since: int | None = None, limit: int | None = None, params: Params = NONE
    ) -> list[Structure]:
        """Both."""
        return self._in_states("fetchCanceledAndClosedOrders", ("canceled", "closed"), symbol, since, limit, params)

    def _in_states(
        self,
        method: str,
        states: tuple[str, ...],
        symbol: str | None,
        since: int | None,
        limit: int | None,
        params: Params,
    ) -> list[Structure]:
        self._of(symbol, method)
        found = self.fetch_orders(symbol, since, None, params)
        chosen = [each for state in states for each in found if each["status"] == state]
        return between(by_time(chosen), since, limit)

    def _orders(self, found: list[Mapping[str, Any]], market: Listed | None) -> list[Structure]:
        if market is not None:
            return [order(each, market.symbol) for each in found]
        return [order(each, self._markets.of_name(each["symbol"])) for each in found]

    def _asked(self, market: Listed, kind: str, side: str, amount: object, price: object, params: Params) -> Values:
        try:
            return new_order(market, kind, side, amount, price, params)
        except BinanceError as refused:
            raise of_wire(refused) from None

    def _good_till_date(
        self, market: Listed, kind: str, side: str, amount: object, price: object, params: Params
    ) -> Structure:
        """Binance has no such orders, and this exchange has: the rest of the order is read as any other."""
        if params.get("timeInForce") not in (None, "GTD") or params.get("expiresAt") is None:
            raise error("InvalidOrder", "a GTD order takes an expiresAt, and no other order does")
        rest = {name: value for name, value in params.items() if name not in ("expiresAt", "timeInForce")}
        sent = self._asked(market, kind, side, amount, price, rest)

        def place(asked: Asked) -> object:
            command = self._wire.commands.read(asked)
            until = integer("expiresAt", text_of(params["expiresAt"]))
            return placed(self._exchange.place(replace(command, expires_at=until)), FULL)

        return order(self._wire.ask(place, sent), market.symbol)


def _named(market: Listed, id: object, params: Params) -> dict[str, object]:
    name = said(params, "origClientOrderId", "clientOrderId")
    return {"symbol": market.name, **({"orderId": id} if name is None else {"origClientOrderId": name})}


def _is_id(id: object) -> TypeGuard[str]:
    """Whether it is what orders here have for an id, so that nothing has to be read in it."""
    return isinstance(id, str) and id.isascii() and id.isdigit() and len(id) < _LONGEST_ID


def _left(params: Params) -> dict[str, Any]:
    return {name: value for name, value in params.items() if name not in _NOT_SENT}
