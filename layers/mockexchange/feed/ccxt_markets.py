"""Markets as ccxt describes them, as instruments: every increment exact, from the text that the exchange sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from ..domain.amounts import ONE, ZERO, multiply
from ..domain.errors import BadSymbol
from ..domain.instruments import Instrument, default_instrument, split_symbol
from ..domain.patterns import listed, matches

DECIMAL_PLACES, SIGNIFICANT_DIGITS, TICK_SIZE = 2, 3, 4
"""ccxt's precision modes."""

DOLLARS = ("USDT", "USD", "USDC")
"""What quote volumes are compared in."""


def spot_symbols(markets: Mapping[str, Any]) -> list[str]:
    """Symbols of the spot markets that trade, of those that can be written as base/quote here."""
    return [symbol for symbol, market in markets.items() if _is_spot(market) and market.get("active") is not False]


def _is_spot(market: Mapping[str, Any]) -> bool:
    try:
        split_symbol(str(market.get("symbol")))
    except BadSymbol:
        return False
    return bool(market.get("spot"))


def choose(
    names: Sequence[str],
    trading: Sequence[str],
    tickers: Mapping[str, Any],
    kept: Iterable[str],
    limit: int,
) -> list[str]:
    """The markets that SYMBOLS names: those in full, then at most `limit` that fit its patterns. Those that were
    chosen before stay (`kept`): orders may rest there; the rest is the busiest by what was traded, in dollars."""
    named = listed(names)
    fit = [symbol for symbol in trading if symbol not in named and matches(symbol, names)]
    before = set(kept)
    ranked = sorted(fit, key=lambda symbol: (symbol not in before, -_turnover(symbol, tickers), symbol))
    return [symbol for symbol in named if symbol in set(trading)] + ranked[:limit]


def _turnover(symbol: str, tickers: Mapping[str, Any]) -> Decimal:
    ticker = _inside(tickers, symbol)
    volume = amount_of(ticker.get("quoteVolume"))
    if not volume:
        volume = multiply(amount_of(ticker.get("baseVolume")), amount_of(ticker.get("last")))
    quote = symbol.partition("/")[2]
    if quote in DOLLARS:
        return volume
    for dollar in DOLLARS:
        if rate := amount_of(_inside(tickers, f"{quote}/{dollar}").get("last")):
            return multiply(volume, rate)
        if rate := amount_of(_inside(tickers, f"{dollar}/{quote}").get("last")):
            return Decimal(round(volume / rate))
    return ZERO


def instrument_of(market: Mapping[str, Any], mode: int, price: Decimal | None) -> Instrument:
    """One market. What the exchange does not say is as in markets that no exchange describes, for this `price`."""
    symbol = str(market["symbol"])
    base, quote = split_symbol(symbol)
    default = default_instrument(symbol, price)
    precision, limits = _inside(market, "precision"), _inside(market, "limits")
    amount, cost, prices, at_market = (_inside(limits, name) for name in ("amount", "cost", "price", "market"))
    market_lot = _filter(market, "MARKET_LOT_SIZE")
    by_side = _percent_price(market)
    tick = _increment(precision.get("price"), mode, price) or default.tick_size
    step = _increment(precision.get("amount"), mode, None) or default.step_size
    return replace(
        default,
        base_asset=base,
        quote_asset=quote,
        tick_size=tick,
        step_size=step,
        min_notional=amount_of(cost.get("min")),
        max_notional=amount_of(cost.get("max")),
        min_price=amount_of(prices.get("min")) or tick,
        max_price=amount_of(prices.get("max")),
        min_quantity=amount_of(amount.get("min")),
        max_quantity=amount_of(amount.get("max")),
        market_min_quantity=amount_of(at_market.get("min")),
        market_max_quantity=amount_of(at_market.get("max")),
        market_step_size=amount_of(market_lot.get("stepSize")),
        bid_multiplier_up=amount_of(by_side.get("bidMultiplierUp")),
        bid_multiplier_down=amount_of(by_side.get("bidMultiplierDown")),
        ask_multiplier_up=amount_of(by_side.get("askMultiplierUp")),
        ask_multiplier_down=amount_of(by_side.get("askMultiplierDown")),
        status=_status(market),
        max_num_orders=_count(market, "MAX_NUM_ORDERS", "maxNumOrders") or default.max_num_orders,
        max_num_order_amends=_count(market, "MAX_NUM_ORDER_AMENDS", "maxNumOrderAmends")
        or default.max_num_order_amends,
        max_num_algo_orders=_count(market, "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders") or default.max_num_algo_orders,
        min_trailing_above_delta=_trailing(market, "minTrailingAboveDelta") or default.min_trailing_above_delta,
        max_trailing_above_delta=_trailing(market, "maxTrailingAboveDelta") or default.max_trailing_above_delta,
        min_trailing_below_delta=_trailing(market, "minTrailingBelowDelta") or default.min_trailing_below_delta,
        max_trailing_below_delta=_trailing(market, "maxTrailingBelowDelta") or default.max_trailing_below_delta,
        iceberg_parts=_count(market, "ICEBERG_PARTS", "limit") or default.iceberg_parts,
        max_num_iceberg_orders=_count(market, "MAX_NUM_ICEBERG_ORDERS", "maxNumIcebergOrders"),
        max_num_order_lists=_count(market, "MAX_NUM_ORDER_LISTS", "maxNumOrderLists") or default.max_num_order_lists,
    )


def _inside(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """What stands under a name; nothing where that is no mapping."""
    found = values.get(name)
    return cast("Mapping[str, Any]", found) if isinstance(found, Mapping) else {}


def _filter(market: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    """One of Binance's own filters, where the exchange speaks of markets in its way; else nothing."""
    found = _inside(market, "info").get("filters")
    filters = cast("list[Mapping[str, Any]]", found) if isinstance(found, list) else []
    nothing: Mapping[str, Any] = {}
    return next((each for each in filters if each.get("filterType") == kind), nothing)


def _percent_price(market: Mapping[str, Any]) -> Mapping[str, Any]:
    """PERCENT_PRICE_BY_SIDE; where there is only one for both sides, that one in its form."""
    both = _filter(market, "PERCENT_PRICE")
    up, down = both.get("multiplierUp"), both.get("multiplierDown")
    alike = {"bidMultiplierUp": up, "bidMultiplierDown": down, "askMultiplierUp": up, "askMultiplierDown": down}
    return _filter(market, "PERCENT_PRICE_BY_SIDE") or alike


def _count(market: Mapping[str, Any], kind: str, name: str) -> int:
    """The number that one of Binance's filters is; 0 where there is none."""
    return int(amount_of(_filter(market, kind).get(name)))


def _trailing(market: Mapping[str, Any], name: str) -> int:
    return _count(market, "TRAILING_DELTA", name)


def _status(market: Mapping[str, Any]) -> str:
    if market.get("active") is not False:
        return "TRADING"
    said = _inside(market, "info").get("status")
    word = said.upper()[:20] if isinstance(said, str) else ""
    return word if word.isalpha() and word != "TRADING" else "BREAK"


def _increment(precision: object, mode: int, price: Decimal | None) -> Decimal:
    """A tick or step size; 0 when it is not known."""
    value = amount_of(precision)
    if precision is None or mode == TICK_SIZE:
        return value
    if mode == DECIMAL_PLACES or price is None:
        return ONE.scaleb(-int(value))
    return ONE.scaleb(price.adjusted() - int(value) + 1)


def amount_of(written: object) -> Decimal:
    """A number as ccxt gives it; 0 for none, and for what is no amount."""
    if written is None or isinstance(written, bool):
        return ZERO
    try:
        amount = Decimal(str(written))
    except InvalidOperation:
        return ZERO
    return amount if amount.is_finite() and amount > 0 else ZERO
