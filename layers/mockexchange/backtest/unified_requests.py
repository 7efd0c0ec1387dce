"""New orders as ccxt's unified arguments name them, made into what the Binance wire is asked with.

The rules are ccxt's `binance`'s: which words of `params` make a stop or a take-profit of an order, what is rounded and
how. Whatever it does not know it hands on as it is, and so does this: the wire reads it, or refuses it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ..api import binance_errors as errors
from ..api.binance_cancel_replace import CANCEL_REPLACE
from ..api.binance_order_commands import NEW_ORDER, ORDER_TYPES
from ..api.binance_parameters import NUMBER, Parameter, integer
from ..domain.amounts import multiply
from .unified_errors import error
from .unified_markets import Listed
from .unified_numbers import exact, sendable
from .unified_wire import SIGNED, Values, text_of

Params = Mapping[str, Any]

_NEW: Mapping[str, Parameter[Any]] = {each.name: each for each in NEW_ORDER}
_REPLACING: Mapping[str, Parameter[Any]] = {each.name: each for each in CANCEL_REPLACE}

_NOTHING = dict.fromkeys(_NEW)
_SIDES = {"buy": "BUY", "sell": "SELL"}

_SAID = frozenset(
    """type newClientOrderId clientOrderId postOnly stopLossPrice takeProfitPrice stopPrice triggerPrice
    trailingTriggerPrice activationPrice trailingPercent quoteOrderQty cost test hedged icebergAmount
    selfTradePrevention""".split()
)
"""What is said in other words, and not handed on."""

_SAID_OF_TRAILING = _SAID | {"stopLossOrTakeProfit"}

_SAID_OF_EDIT = frozenset("quoteOrderQty cost stopPrice newClientOrderId clientOrderId postOnly".split())

_TRAILING = ("trailingPercent", "callbackRate", "trailingDelta")
_STOPS = ("STOP_LOSS", "TAKE_PROFIT", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT")
_LIMITED = ("LIMIT", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT")
_ELSEWHERE = ("marginMode", "papi", "portfolioMargin", "sor", "SOR")
"""Other wallets of Binance's, and its order router."""

FULL = "FULL"
"""How much ccxt wants to be told of a new order."""


def said(params: Params, *names: str) -> Any:
    """The first of these parameters that has a value."""
    for name in names:
        value = params.get(name)
        if value is not None and value != "":
            return value
    return None


def new_order(
    market: Listed, kind: str | None, side: str | None, amount: object, price: object, params: Params
) -> Values:
    """What a new order is asked with. Raises ccxt's exceptions, BinanceError."""
    if kind is None or side is None:
        raise error("ArgumentsRequired", f"requires a {'type' if kind is None else 'side'} argument")
    stated = kind.upper()
    sent = Values(_NOTHING)
    sent["symbol"], sent["side"], sent["newOrderRespType"] = market.name, _side(side), FULL
    if not params:
        wire_type, stop_price = stated, None
    else:
        for name in _ELSEWHERE:
            if params.get(name):
                raise error("NotSupported", f"createOrder() does not support {name}: this is a spot exchange")
        wire_type, stop_price = _conditional(market, stated, params, sent)
    _check_type(market, kind, wire_type, stated)
    if params:
        _name(said(params, "clientAlgoId", "newClientOrderId", "clientOrderId"), sent)
        if _is_post_only(stated, params):
            wire_type = "LIMIT_MAKER"
    sent["type"] = wire_type
    _sizes(market, kind, wire_type, amount, price, params, sent)
    if wire_type in _STOPS:
        if stop_price is not None:
            sent["stopPrice"] = sendable("stopPrice", market.price(stop_price))
        elif said(params, *_TRAILING) is None:
            needed = "a triggerPrice, trailingDelta or trailingPercent param"
            raise error("InvalidOrder", f"createOrder() requires {needed} for a {kind} order")
    if params:
        prevention, iceberg = said(params, "selfTradePrevention"), said(params, "icebergAmount")
        if prevention is not None:
            sent["selfTradePreventionMode"] = _read("selfTradePreventionMode", str(prevention).upper())
        if iceberg is not None:
            sent["icebergQty"] = sendable("icebergQty", market.amount(iceberg))
        # which way a trailing stop lies is a word of ccxt's own, where its type does not say it
        trails = stated not in _STOPS and said(params, *_TRAILING) is not None
        _hand_on(params, _SAID_OF_TRAILING if trails else _SAID, _NEW, sent)
    return sent


def replacement(
    order_id: object, market: Listed, kind: str | None, side: str | None, amount: object, price: object, params: Params
) -> Values:
    """What an order is replaced with. Raises ccxt's exceptions, BinanceError."""
    if kind is None or side is None:
        raise error("ArgumentsRequired", f"requires a {'type' if kind is None else 'side'} argument")
    stated = wire_type = kind.upper()
    told = FULL if kind in ("limit", "market") else "RESULT"
    sent = Values(_NOTHING)
    sent["symbol"], sent["side"], sent["newOrderRespType"] = market.name, _side(side), told
    if _is_post_only(stated, params):
        wire_type = "LIMIT_MAKER"
    trigger = said(params, "stopPrice", "triggerPrice")
    if trigger is not None:
        wire_type = {"MARKET": "STOP_LOSS", "LIMIT": "STOP_LOSS_LIMIT"}.get(wire_type, wire_type)
    _check_type(market, kind, wire_type, stated)
    sent["type"] = wire_type
    _name(said(params, "newClientOrderId", "clientOrderId", "origClientOrderId"), sent)
    _sizes(market, kind, wire_type, amount, price, params, sent)
    if wire_type in _STOPS:
        if trigger is None:
            raise error("InvalidOrder", f"editOrder() requires a triggerPrice extra param for a {kind} order")
        sent["stopPrice"] = sendable("stopPrice", market.price(trigger))
    sent["cancelReplaceMode"] = "STOP_ON_FAILURE"
    if said(params, "cancelNewClientOrderId", "cancelOrigClientOrderId") is None:
        sent["cancelOrderId"] = integer("cancelOrderId", text_of(order_id))
    _hand_on(params, _SAID_OF_EDIT, _REPLACING, sent)
    return sent


def _side(side: str) -> str:
    return _SIDES.get(side) or _read("side", side.upper())


def _read(name: str, text: str) -> Any:
    return _NEW[name].read(name, text)


def _name(given: Any, sent: Values) -> None:
    """The order's client order id. Without one the exchange gives it a name that is the same in every run."""
    if given is not None:
        sent["newClientOrderId"] = _read("newClientOrderId", text_of(given))


def _conditional(market: Listed, stated: str, params: Params, sent: Values) -> tuple[str, Any]:
    """The type of an order, after what its parameters make of it, and its stop price."""
    trigger = said(params, "triggerPrice", "stopPrice")
    stop_loss = said(params, "stopLossPrice")
    stop_loss = trigger if stop_loss is None else stop_loss
    take_profit = said(params, "takeProfitPrice")
    trailing = said(params, *_TRAILING)
    ending = {"MARKET": "", "LIMIT": "_LIMIT"}.get(stated)
    if trailing is not None:
        wire_type = stated
        if stated not in _STOPS:
            which = params.get("stopLossOrTakeProfit")
            if which not in ("stopLoss", "takeProfit"):
                needed = "trailingPercent orders require a stopLossOrTakeProfit parameter"
                raise error("InvalidOrder", f"{market.symbol} {needed} of either stopLoss or takeProfit")
            wire_type = ("STOP_LOSS" if which == "stopLoss" else "TAKE_PROFIT") + ("" if ending == "" else "_LIMIT")
        delta = multiply(exact(trailing), Decimal(100)).normalize()
        if params.get("trailingDelta") is None:
            sent["trailingDelta"] = _read("trailingDelta", f"{delta:f}")
        return wire_type, said(params, "trailingTriggerPrice", "activationPrice")
    if stop_loss is not None:
        return (stated if ending is None else f"STOP_LOSS{ending}"), stop_loss
    if take_profit is not None:
        return (stated if ending is None else f"TAKE_PROFIT{ending}"), take_profit
    return stated, None


def _check_type(market: Listed, kind: str, wire_type: str, stated: str) -> None:
    if wire_type in ORDER_TYPES:
        return
    if stated != wire_type:
        raise error("InvalidOrder", f"triggerPrice parameter is not allowed for {market.symbol} {kind} orders")
    raise error("InvalidOrder", f"{kind} is not a valid order type for the {market.symbol} market")


def _is_post_only(stated: str, params: Params) -> bool:
    time_in_force = str(said(params, "timeInForce") or "").upper()
    asked = params.get("postOnly") is True or params.get("post_only") is True
    if not (asked or time_in_force == "PO" or stated == "LIMIT_MAKER"):
        return False
    if time_in_force in ("IOC", "FOK"):
        raise error("InvalidOrder", f"postOnly orders cannot have timeInForce equal to {time_in_force}")
    if stated == "MARKET":
        raise error("InvalidOrder", "market orders cannot be postOnly")
    return True


def _sizes(
    market: Listed, kind: str, wire_type: str, amount: object, price: object, params: Params, sent: Values
) -> None:
    """How much, and at which price."""
    if wire_type == "MARKET":
        cost = said(params, "quoteOrderQty", "cost")
        if cost is None and price is not None:
            cost = multiply(exact(amount), exact(price))
        if cost is not None:
            sent["quoteOrderQty"] = sendable("quoteOrderQty", market.cost(cost))
            return
    if amount is None:
        raise errors.illegal("quantity", NUMBER)
    sent["quantity"] = sendable("quantity", market.amount(amount))
    if wire_type in _LIMITED or wire_type == "LIMIT_MAKER":
        if price is None:
            raise error("InvalidOrder", f"createOrder() requires a price argument for a {kind} order")
        sent["price"] = sendable("price", market.price(price))
    if wire_type in _LIMITED and said(params, "timeInForce") is None:
        sent["timeInForce"] = "GTC"


def _hand_on(params: Params, said_already: frozenset[str], known: Mapping[str, Parameter[Any]], sent: Values) -> None:
    """What is left of the parameters, as it is. Raises BinanceError for what the wire does not know."""
    left = {name: value for name, value in params.items() if name not in said_already}
    if str(left.get("timeInForce", "")) == "PO":
        del left["timeInForce"]
    unknown = [name for name in left if name not in known]
    if unknown:
        named = sent["newClientOrderId"] is not None  # ccxt would have given it a name
        read = sum(value is not None for value in sent.values()) + (not named) + len(left) - len(unknown) + SIGNED
        raise errors.unread(read, read + len(unknown))
    for name, value in left.items():
        text = text_of(value)
        if not text:
            raise errors.empty(name)
        sent[name] = known[name].read(name, text)
