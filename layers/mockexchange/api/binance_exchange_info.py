"""exchangeInfo of the Binance wire: what can be traded, in which steps, and how much may be asked.

Everything that a client may do here is allowed by these documents, and nothing else: many check an order against them
before they send it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache

import msgspec

from ..domain.amounts import ZERO, multiply, text
from ..domain.instruments import Instrument
from ..domain.orders import LEAST_TRAILING_DELTA, MOST_TRAILING_DELTA, Direction
from ..domain.request_weights import RequestLimits
from ..exchange import Exchange
from . import binance_errors as errors
from .binance_endpoints import Asked, Endpoint, written
from .binance_markets import SYMBOL_STATUS, described, wire_status
from .binance_order_commands import ORDER_TYPES, SELF_TRADE_MODES
from .binance_parameters import Parameter, flag, names, symbol
from .binance_symbols import WireSymbols, wire_name

PERMISSIONS = frozenset(("SPOT", "MARGIN", "LEVERAGED", *(f"TRD_GRP_{number:03}" for number in range(2, 26))))
"""What Binance knows. All markets here are SPOT, and nothing else."""

NO_MAXIMUM = Decimal(9 * 10**15)
"""What stands for "as much as you like" where clients take a zero at its word; floats hold it exactly."""

_strings = msgspec.json.Decoder(list[str])


def permissions(name: str, value: str) -> frozenset[str]:
    """One permission, or a JSON array of them."""
    try:
        found = frozenset(_strings.decode(value) if value.startswith("[") else [value])
    except msgspec.MsgspecError:
        raise errors.invalid(name) from None
    if not found or not found <= PERMISSIONS:
        raise errors.invalid(name)
    return found


class WireExchangeInfo:
    """What clients read first."""

    def __init__(self, exchange: Exchange, symbols: WireSymbols, limits: RequestLimits) -> None:
        self._exchange = exchange
        self._symbols = symbols
        self._limits = limits

    def endpoints(self) -> list[Endpoint]:
        """Every path."""
        parameters = (
            Parameter("symbol", symbol),
            Parameter("symbols", names),
            Parameter("permissions", permissions),
            Parameter("showPermissionSets", flag, default=True),
            SYMBOL_STATUS,
        )
        return [
            Endpoint("GET", "/api/v3/exchangeInfo", self.spot, parameters=parameters, weight=20, slow=True),
            Endpoint("GET", "/fapi/v1/exchangeInfo", self.futures),
            Endpoint("GET", "/dapi/v1/exchangeInfo", self.futures),
        ]

    def spot(self, asked: Asked) -> object:
        """The markets, each with its filters. A market that never had a price has the filters that are usual for its
        name; so clients that start before the feed find it."""
        found = self._chosen(asked)
        scales = self._scales(found)
        documents = [_document(each, scales[each.base_asset], scales[each.quote_asset]) for each in found]
        nothing: list[object] = []
        if not asked["showPermissionSets"]:
            documents = [{**document, "permissionSets": nothing} for document in documents]
        return {
            **self._head(),
            "rateLimits": rate_limits(self._limits),
            "exchangeFilters": nothing,
            "symbols": documents,
        }

    def futures(self, asked: Asked) -> object:
        """That there are none: clients that ask for everything at first go on with what there is."""
        del asked
        nothing: list[object] = []
        return {
            **self._head(),
            "rateLimits": nothing,
            "exchangeFilters": nothing,
            "assets": nothing,
            "symbols": nothing,
        }

    def _head(self) -> dict[str, object]:
        return {"timezone": "UTC", "serverTime": self._exchange.clock.now()}

    def _chosen(self, asked: Asked) -> list[Instrument]:
        name, several, status, allowed = (asked[each] for each in ("symbol", "symbols", "symbolStatus", "permissions"))
        sought = [name] if name is not None else several
        if sought is None:
            found = list(self._instruments(self._symbols.names().values()))
            if allowed is not None and "SPOT" not in allowed:
                return []
            return [each for each in found if status in (None, wire_status(each))]
        if (name is not None and several is not None) or status is not None or allowed is not None:
            raise errors.bad_combination()
        return [described(self._exchange, self._symbols.unified(each)) for each in sought]

    def _instruments(self, symbols: Iterable[str]) -> Iterable[Instrument]:
        on_record = {each.symbol: each for each in self._exchange.store.instruments()}
        return (on_record.get(each) or described(self._exchange, each) for each in symbols)

    def _scales(self, instruments: Iterable[Instrument]) -> Mapping[str, int]:
        assets = {asset for each in instruments for asset in (each.base_asset, each.quote_asset)}
        known = self._exchange.store.scales(sorted(assets))
        return {asset: known.get(asset, self._exchange.rules.scale(asset)) for asset in assets}


def rate_limits(limits: RequestLimits) -> list[dict[str, object]]:
    """The limits that hold."""
    all_of_them = (
        ("REQUEST_WEIGHT", "MINUTE", 1, limits.weight_per_minute),
        ("ORDERS", "SECOND", 10, limits.orders_per_10s),
        ("ORDERS", "DAY", 1, limits.orders_per_day),
    )
    return [
        {"rateLimitType": kind, "interval": interval, "intervalNum": number, "limit": limit}
        for kind, interval, number, limit in all_of_them
        if limit
    ]


@lru_cache(maxsize=8192)
def _document(instrument: Instrument, base_scale: int, quote_scale: int) -> dict[str, object]:
    """One market; whoever changes something makes a copy."""
    return {
        "symbol": wire_name(instrument.symbol),
        "status": wire_status(instrument),
        "baseAsset": instrument.base_asset,
        "baseAssetPrecision": base_scale,
        "quoteAsset": instrument.quote_asset,
        "quotePrecision": quote_scale,
        "quoteAssetPrecision": quote_scale,
        "baseCommissionPrecision": base_scale,
        "quoteCommissionPrecision": quote_scale,
        "orderTypes": list(ORDER_TYPES),  # clients refuse any other before they send it
        "icebergAllowed": True,
        "ocoAllowed": True,
        "otoAllowed": True,
        "opoAllowed": False,
        "quoteOrderQtyMarketAllowed": True,
        "allowTrailingStop": True,
        "cancelReplaceAllowed": True,
        "amendAllowed": True,
        "pegInstructionsAllowed": False,
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": False,
        "filters": _filters(instrument),
        "permissions": [],
        "permissionSets": [["SPOT"]],
        "defaultSelfTradePreventionMode": "NONE",
        "allowedSelfTradePreventionModes": list(SELF_TRADE_MODES),
    }


def _filters(instrument: Instrument) -> list[dict[str, object]]:
    """What orders are held to. A bound that is off is a zero where Binance says so, and a great number elsewhere."""
    most = instrument.max_quantity or NO_MAXIMUM
    dearest = instrument.max_notional or max(NO_MAXIMUM, multiply(most, instrument.max_price))
    found: list[dict[str, object]] = [
        {
            "filterType": "PRICE_FILTER",
            "minPrice": written(instrument.min_price),
            "maxPrice": written(instrument.max_price),
            "tickSize": written(instrument.tick_size),
        },
        {
            "filterType": "LOT_SIZE",
            "minQty": written(instrument.min_quantity),
            "maxQty": written(most),
            "stepSize": written(instrument.step_size),
        },
        {
            "filterType": "MARKET_LOT_SIZE",
            "minQty": written(instrument.market_min_quantity),
            "maxQty": written(instrument.market_max_quantity or most),
            "stepSize": written(instrument.market_step_size),
        },
        {
            "filterType": "NOTIONAL",
            "minNotional": written(instrument.min_notional),
            "applyMinToMarket": True,
            "maxNotional": written(dearest),
            "applyMaxToMarket": True,
            "avgPriceMins": 0,
        },
    ]
    multipliers = {
        "bidMultiplierUp": instrument.bid_multiplier_up or NO_MAXIMUM,
        "bidMultiplierDown": instrument.bid_multiplier_down,
        "askMultiplierUp": instrument.ask_multiplier_up or NO_MAXIMUM,
        "askMultiplierDown": instrument.ask_multiplier_down,
    }
    if set(multipliers.values()) != {NO_MAXIMUM, ZERO}:
        bounds = {name: text(multiplier) for name, multiplier in multipliers.items()}
        found.append({"filterType": "PERCENT_PRICE_BY_SIDE", **bounds, "avgPriceMins": 0})
    above, below = (instrument.trailing_deltas(direction) for direction in (Direction.RISES, Direction.FALLS))
    if {above, below} != {(LEAST_TRAILING_DELTA, MOST_TRAILING_DELTA)}:
        found.append(
            {
                "filterType": "TRAILING_DELTA",
                "minTrailingAboveDelta": above[0],
                "maxTrailingAboveDelta": above[1],
                "minTrailingBelowDelta": below[0],
                "maxTrailingBelowDelta": below[1],
            }
        )
    if instrument.iceberg_parts:
        found.append({"filterType": "ICEBERG_PARTS", "limit": instrument.iceberg_parts})
    if instrument.max_num_iceberg_orders:
        most_icebergs = instrument.max_num_iceberg_orders
        found.append({"filterType": "MAX_NUM_ICEBERG_ORDERS", "maxNumIcebergOrders": most_icebergs})
    if instrument.max_num_orders:
        found.append({"filterType": "MAX_NUM_ORDERS", "maxNumOrders": instrument.max_num_orders})
    if instrument.max_num_order_lists:
        found.append({"filterType": "MAX_NUM_ORDER_LISTS", "maxNumOrderLists": instrument.max_num_order_lists})
    if instrument.max_num_algo_orders:
        found.append({"filterType": "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": instrument.max_num_algo_orders})
    if instrument.max_num_order_amends:
        found.append({"filterType": "MAX_NUM_ORDER_AMENDS", "maxNumOrderAmends": instrument.max_num_order_amends})
    return found
