"""New orders as the Binance wire asks for them."""

from __future__ import annotations

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
"""All are accepted and none does anything: orders of one account never meet."""

LEAST_STRATEGY_TYPE = 1_000_000

_LATER = {
    "STOP_LOSS": "Stop loss",
    "STOP_LOSS_LIMIT": "Stop loss limit",
    "TAKE_PROFIT": "Take profit",
    "TAKE_PROFIT_LIMIT": "Take profit limit",
}
"""Types that exist on Binance and not here."""

PEGS = ("pegPriceType", "pegOffsetType", "pegOffsetValue")
"""Pegged orders exist on Binance and not here."""

NEW_ORDER: tuple[Parameter[Any], ...] = (
    Parameter("symbol", symbol, required=True),
    Parameter("side", one_of(Side, BinanceError(-1117, "Invalid side.")), required=True),
    Parameter(
        "type",
        one_of(("LIMIT", "LIMIT_MAKER", "MARKET", *_LATER), BinanceError(-1116, "Invalid orderType.")),
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
        kind: str = asked["type"]
        if kind in _LATER:
            raise errors.not_supported(_LATER[kind])
        strategy = asked["strategyType"]
        if strategy is not None and strategy < LEAST_STRATEGY_TYPE:
            raise BinanceError(-1134, "strategyType was less than 1000000.")
        if any(asked[name] is not None for name in PEGS):
            raise errors.not_supported("Pegged")
        if asked["icebergQty"] is not None:
            if kind == "MARKET":
                raise errors.not_required("icebergQty")
            raise errors.not_supported("Iceberg")
        for name in ("stopPrice", "trailingDelta"):
            if asked[name] is not None:
                raise errors.not_required(name)
        _check_form(asked, kind)
        self._check_digits(asked, market)
        return PlaceOrder(
            account_id=asked.account_id,
            symbol=market,
            side=Side(asked["side"]),
            type=OrderType.MARKET if kind == "MARKET" else OrderType.LIMIT,
            quantity=asked["quantity"],
            price=asked["price"],
            quote_quantity=asked["quoteOrderQty"],
            time_in_force=TimeInForce(asked["timeInForce"] or TimeInForce.GTC),
            post_only=kind == "LIMIT_MAKER",
            client_order_id=asked["newClientOrderId"],
            reuse_client_id=True,
        )

    def _check_digits(self, asked: Asked, market: str) -> None:
        base, quote = split_symbol(market)
        scale = self._exchange.rules.scale
        for name, asset in (("quantity", base), ("quoteOrderQty", quote), ("price", quote)):
            amount: Decimal | None = asked[name]
            if amount is not None and decimal_places(amount) > scale(asset):
                raise errors.too_precise(name)


def _check_form(asked: Asked, kind: str) -> None:
    """Which parameters a type needs, and which it has no use for."""
    if kind == "MARKET":
        unused = ("price", "timeInForce")
        if asked["quantity"] is None and asked["quoteOrderQty"] is None:
            raise errors.either_missing("quantity", "quoteOrderQty")
        if asked["quantity"] is not None and asked["quoteOrderQty"] is not None:
            raise errors.bad_combination()
    else:
        unused = ("quoteOrderQty",) if kind == "LIMIT" else ("quoteOrderQty", "timeInForce")
        for name in ("timeInForce", "quantity", "price") if kind == "LIMIT" else ("quantity", "price"):
            if asked[name] is None:
                raise errors.missing(name)
    for name in unused:
        if asked[name] is not None:
            raise errors.not_required(name)
    for name, said in (("quantity", "quantity"), ("quoteOrderQty", "quote order qty"), ("price", "price")):
        if asked[name] is not None and not asked[name]:
            raise BinanceError(-1013, f"Invalid {said}.")


def response_type(asked: Asked) -> str:
    """How much the answer tells: what was asked for, or what Binance tells by default."""
    chosen: str | None = asked["newOrderRespType"]
    return chosen or ("ACK" if asked["type"] == "LIMIT_MAKER" else "FULL")
