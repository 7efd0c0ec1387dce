"""New orders as the Binance wire asks for them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ..domain.amounts import decimal_places
from ..domain.instruments import split_symbol
from ..domain.orders import OrderType, Side, TimeInForce
from ..domain.placing import PlaceOrder
from ..exchange import Exchange
from . import binance_errors as errors
from .binance_endpoints import Asked
from .binance_errors import BinanceError
from .binance_parameters import Parameter, client_order_id, integer, number, one_of, symbol, words
from .binance_symbols import WireSymbols

SELF_TRADE_MODES = ("NONE", "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT")
"""All are accepted and kept, and none does anything: orders of one account never meet."""

LEAST_STRATEGY_TYPE = 1_000_000

ORDER_TYPES = ("LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT")
"""What every market takes."""

_NEEDED = {
    "LIMIT": ("timeInForce", "quantity", "price"),
    "LIMIT_MAKER": ("quantity", "price"),
    "STOP_LOSS": ("quantity",),
    "STOP_LOSS_LIMIT": ("timeInForce", "quantity", "price"),
    "TAKE_PROFIT": ("quantity",),
    "TAKE_PROFIT_LIMIT": ("timeInForce", "quantity", "price"),
}
"""What each type must be sent with."""

_UNUSED = {
    "LIMIT": ("quoteOrderQty", "stopPrice", "trailingDelta"),
    "LIMIT_MAKER": ("quoteOrderQty", "timeInForce", "stopPrice", "trailingDelta"),
    "MARKET": ("price", "timeInForce", "icebergQty", "stopPrice", "trailingDelta"),
    "STOP_LOSS": ("price", "timeInForce", "quoteOrderQty", "icebergQty"),
    "STOP_LOSS_LIMIT": ("quoteOrderQty",),
    "TAKE_PROFIT": ("price", "timeInForce", "quoteOrderQty", "icebergQty"),
    "TAKE_PROFIT_LIMIT": ("quoteOrderQty",),
}
"""What each type has no use for."""

_ABOVE_ZERO = (
    ("quantity", "quantity"),
    ("quoteOrderQty", "quote order qty"),
    ("price", "price"),
    ("stopPrice", "stop price"),
)
"""What is no zero where it is sent, and what it is called then."""

ICEBERG_NOT_GTC = -1014
"""What is said of an iceberg that may not rest."""

PEGS = ("pegPriceType", "pegOffsetType", "pegOffsetValue")
"""Pegged orders exist on Binance and not here."""

NEW_ORDER: tuple[Parameter[Any], ...] = (
    Parameter("symbol", symbol, required=True),
    Parameter("side", one_of(Side, BinanceError(-1117, "Invalid side.")), required=True),
    Parameter(
        "type",
        one_of(ORDER_TYPES, BinanceError(-1116, "Invalid orderType.")),
        required=True,
    ),
    Parameter("timeInForce", one_of(TimeInForce, BinanceError(-1115, "Invalid timeInForce."))),
    Parameter("quantity", number),
    Parameter("quoteOrderQty", number),
    Parameter("price", number),
    Parameter("newClientOrderId", client_order_id),
    Parameter("strategyId", integer),
    Parameter("strategyType", integer),
    Parameter("stopPrice", number),
    Parameter("trailingDelta", integer),
    Parameter("icebergQty", number),
    *(Parameter(name, words) for name in PEGS),
    Parameter("newOrderRespType", one_of(("ACK", "RESULT", "FULL"))),
    Parameter("selfTradePreventionMode", one_of(SELF_TRADE_MODES)),
)
"""What POST /api/v3/order takes."""


class OrderCommands:
    """Reads new orders."""

    def __init__(self, exchange: Exchange, symbols: WireSymbols) -> None:
        self._exchange = exchange
        self._symbols = symbols

    def read(self, asked: Asked) -> PlaceOrder:
        """The command in a request. Raises BinanceError."""
        market = self._symbols.unified(asked["symbol"])
        command = command_of(asked.values, asked.account_id, market)
        self._check_digits(asked, market)
        return command

    def _check_digits(self, asked: Asked, market: str) -> None:
        base, quote = split_symbol(market)
        scale = self._exchange.rules.scale
        kept = {"quantity": base, "icebergQty": base, "quoteOrderQty": quote, "price": quote, "stopPrice": quote}
        for name, asset in kept.items():
            amount: Decimal | None = asked[name]
            if amount is not None and decimal_places(amount) > scale(asset):
                raise errors.too_precise(name)


def command_of(asked: Mapping[str, Any], account_id: str, market: str) -> PlaceOrder:
    """The command in the parameters of NEW_ORDER, all of which are there, whatever digits they have. Raises
    BinanceError."""
    kind: str = asked["type"]
    strategy = asked["strategyType"]
    if strategy is not None and strategy < LEAST_STRATEGY_TYPE:
        raise BinanceError(-1134, "strategyType was less than 1000000.")
    if any(asked[name] is not None for name in PEGS):
        raise errors.not_supported("Pegged")
    _check_form(asked, kind)
    return PlaceOrder(
        account_id=account_id,
        symbol=market,
        side=Side(asked["side"]),
        type=OrderType.LIMIT if kind == "LIMIT_MAKER" else OrderType(kind),
        quantity=asked["quantity"],
        price=asked["price"],
        quote_quantity=asked["quoteOrderQty"],
        time_in_force=TimeInForce(asked["timeInForce"] or TimeInForce.GTC),
        post_only=kind == "LIMIT_MAKER",
        client_order_id=asked["newClientOrderId"],
        stop_price=asked["stopPrice"],
        trailing_delta=asked["trailingDelta"],
        iceberg_quantity=asked["icebergQty"] or None,  # 0 is what Binance calls none
        self_trade_prevention=asked["selfTradePreventionMode"],
        reuse_client_id=True,
    )


def _check_form(asked: Mapping[str, Any], kind: str) -> None:
    """Which parameters a type needs, and which it has no use for."""
    if kind == "MARKET":
        if asked["quantity"] is None and asked["quoteOrderQty"] is None:
            raise errors.either_missing("quantity", "quoteOrderQty")
        if asked["quantity"] is not None and asked["quoteOrderQty"] is not None:
            raise errors.bad_combination()
    for name in _NEEDED.get(kind, ()):
        if asked[name] is None:
            raise errors.missing(name)
    if "stopPrice" not in _UNUSED[kind] and asked["stopPrice"] is None and asked["trailingDelta"] is None:
        raise errors.either_missing("stopPrice", "trailingDelta")
    for name in _UNUSED[kind]:
        if asked[name] is not None:
            raise errors.not_required(name)
    if asked["icebergQty"] and asked["timeInForce"] not in (None, "GTC"):
        raise BinanceError(ICEBERG_NOT_GTC, "Unsupported order combination.")
    for name, said in _ABOVE_ZERO:
        if asked[name] is not None and not asked[name]:
            raise BinanceError(-1013, f"Invalid {said}.")


def response_type(asked: Asked) -> str:
    """How much the answer tells: what was asked for, or what Binance tells by default."""
    chosen: str | None = asked["newOrderRespType"]
    return chosen or ("FULL" if asked["type"] in ("LIMIT", "MARKET") else "ACK")
