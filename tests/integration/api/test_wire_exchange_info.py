"""exchangeInfo of the Binance wire."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from mockexchange.domain.instruments import default_instrument
from mockexchange.domain.request_weights import RequestLimits
from mockexchange.store.memory import MemoryStore
from mockexchange.store.valkey import ValkeyStore

from .candles import BTC, D
from .door import START, Door, order
from .wire import refused

PATH = "/api/v3/exchangeInfo"


def ask(door: Door, query: str = "") -> Any:
    reply = door.send("GET", f"{PATH}?{query}", key=None)
    assert reply.status == 200, reply.text
    return reply.json


def names(door: Door, query: str = "") -> list[str]:
    return [each["symbol"] for each in ask(door, query)["symbols"]]


def filters(door: Door, query: str = "") -> dict[str, dict[str, Any]]:
    [market] = ask(door, query)["symbols"]
    return {each["filterType"]: each for each in market["filters"]}


BTCUSDT = {
    "symbol": "BTCUSDT",
    "status": "TRADING",
    "baseAsset": "BTC",
    "baseAssetPrecision": 8,
    "quoteAsset": "USDT",
    "quotePrecision": 8,
    "quoteAssetPrecision": 8,
    "baseCommissionPrecision": 8,
    "quoteCommissionPrecision": 8,
    "orderTypes": [
        "LIMIT",
        "LIMIT_MAKER",
        "MARKET",
        "STOP_LOSS",
        "STOP_LOSS_LIMIT",
        "TAKE_PROFIT",
        "TAKE_PROFIT_LIMIT",
    ],
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
    "permissions": [],
    "permissionSets": [["SPOT"]],
    "defaultSelfTradePreventionMode": "NONE",
    "allowedSelfTradePreventionModes": ["NONE", "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT"],
}


def test_a_market_and_its_filters(door: Door) -> None:
    found = ask(door)

    assert {name: found[name] for name in found if name != "symbols"} == {
        "timezone": "UTC",
        "serverTime": START,
        "rateLimits": [],
        "exchangeFilters": [],
    }
    [market] = found["symbols"]
    assert {name: market[name] for name in market if name != "filters"} == BTCUSDT
    assert market["filters"] == [
        {
            "filterType": "PRICE_FILTER",
            "minPrice": "0.01000000",
            "maxPrice": "1000000000.00000000",
            "tickSize": "0.01000000",
        },
        {
            "filterType": "LOT_SIZE",
            "minQty": "0.00001000",
            "maxQty": "9000000000.00000000",
            "stepSize": "0.00001000",
        },
        {
            "filterType": "MARKET_LOT_SIZE",
            "minQty": "0.00000000",
            "maxQty": "9000000000.00000000",
            "stepSize": "0.00000000",
        },
        {
            "filterType": "NOTIONAL",
            "minNotional": "5.00000000",
            "applyMinToMarket": True,
            "maxNotional": "9000000000000000000.00000000",
            "applyMaxToMarket": True,
            "avgPriceMins": 0,
        },
        {
            "filterType": "PERCENT_PRICE_BY_SIDE",
            "bidMultiplierUp": "5",
            "bidMultiplierDown": "0.2",
            "askMultiplierUp": "5",
            "askMultiplierDown": "0.2",
            "avgPriceMins": 0,
        },
        {
            "filterType": "TRAILING_DELTA",
            "minTrailingAboveDelta": 10,
            "maxTrailingAboveDelta": 2000,
            "minTrailingBelowDelta": 10,
            "maxTrailingBelowDelta": 2000,
        },
        {"filterType": "ICEBERG_PARTS", "limit": 10},
        {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": 200},
        {"filterType": "MAX_NUM_ORDER_LISTS", "maxNumOrderLists": 20},
        {"filterType": "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": 5},
        {"filterType": "MAX_NUM_ORDER_AMENDS", "maxNumOrderAmends": 10},
    ]
    assert ask(door, "symbol=BTCUSDT")["symbols"] == [market]


def test_bounds_that_are_off_bound_nothing(door: Door) -> None:
    bare = replace(
        default_instrument(BTC),
        max_price=D(0),
        max_quantity=D(0),
        bid_multiplier_up=D(0),
        bid_multiplier_down=D(0),
        ask_multiplier_up=D(0),
        ask_multiplier_down=D(0),
        max_num_orders=0,
    )
    door.store.put_instruments([bare], replace=True)

    found = filters(door)

    assert "PERCENT_PRICE_BY_SIDE" not in found
    assert "MAX_NUM_ORDERS" not in found
    # Binance says that a maxPrice of 0 is none; of the others it says nothing, and clients take them at their word
    assert found["PRICE_FILTER"]["maxPrice"] == "0.00000000"
    assert found["LOT_SIZE"]["maxQty"] == found["MARKET_LOT_SIZE"]["maxQty"] == "9000000000000000.00000000"
    assert found["NOTIONAL"]["maxNotional"] == "9000000000000000.00000000"

    door.store.put_instruments([replace(bare, ask_multiplier_down=D("0.5"))], replace=True)
    assert filters(door)["PERCENT_PRICE_BY_SIDE"] == {
        "filterType": "PERCENT_PRICE_BY_SIDE",
        "bidMultiplierUp": "9000000000000000",
        "bidMultiplierDown": "0",
        "askMultiplierUp": "9000000000000000",
        "askMultiplierDown": "0.5",
        "avgPriceMins": 0,
    }


def test_bounds_of_trailing_stops_are_those_that_an_order_is_held_to(door: Door) -> None:
    unbound = replace(
        default_instrument(BTC),
        min_trailing_above_delta=0,
        max_trailing_above_delta=0,
        min_trailing_below_delta=0,
        max_trailing_below_delta=0,
    )
    door.store.put_instruments([unbound], replace=True)
    assert "TRAILING_DELTA" not in filters(door)

    door.store.put_instruments([replace(unbound, min_trailing_below_delta=25)], replace=True)
    assert filters(door)["TRAILING_DELTA"] == {
        "filterType": "TRAILING_DELTA",
        "minTrailingAboveDelta": 1,
        "maxTrailingAboveDelta": 9999,
        "minTrailingBelowDelta": 25,
        "maxTrailingBelowDelta": 9999,
    }
    trailing = {"symbol": "BTC/USDT", "side": "sell", "amount": "0.01"}
    narrow = door.post(order(**trailing, trailingPercent="0.24"))
    assert "a trailing delta of 24 basis points is outside 25 to 9999" in narrow.problem["detail"]
    for percent in ("0.25", "99.99"):
        assert door.post(order(**trailing, trailingPercent=percent)).status == 201


def test_every_bound_is_the_market_s_own(door: Door) -> None:
    own = replace(
        default_instrument(BTC),
        max_price=D(10**6),
        max_quantity=D(100),
        market_min_quantity=D("0.01"),
        market_max_quantity=D(10),
        market_step_size=D("0.001"),
        max_notional=D(50_000),
    )
    door.store.put_instruments([own], replace=True)

    found = filters(door)

    assert found["LOT_SIZE"]["maxQty"] == "100.00000000"
    assert found["MARKET_LOT_SIZE"] == {
        "filterType": "MARKET_LOT_SIZE",
        "minQty": "0.01000000",
        "maxQty": "10.00000000",
        "stepSize": "0.00100000",
    }
    assert found["NOTIONAL"]["maxNotional"] == "50000.00000000"


def test_precisions_are_the_scales_of_the_assets(store: MemoryStore | ValkeyStore) -> None:
    door = Door(store, scales={"SHIB": 2, "WEI": 18})
    with door.loop:
        door.price("0.00001", symbol="SHIB/WEI")
        [market] = ask(door)["symbols"]

        for name in ("baseAssetPrecision", "baseCommissionPrecision"):
            assert market[name] == 2
        for name in ("quotePrecision", "quoteAssetPrecision", "quoteCommissionPrecision"):
            assert market[name] == 18


def test_limits_that_hold_are_listed(store: MemoryStore | ValkeyStore) -> None:
    door = Door(store, wire_limits=RequestLimits(weight_per_minute=6000, orders_per_day=200_000))
    with door.loop:
        assert ask(door)["rateLimits"] == [
            {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 6000},
            {"rateLimitType": "ORDERS", "interval": "DAY", "intervalNum": 1, "limit": 200000},
        ]
    door = Door(store, wire_limits=RequestLimits(orders_per_10s=100))
    with door.loop:
        assert ask(door)["rateLimits"] == [
            {"rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10, "limit": 100}
        ]


def test_server_time_is_the_wall_s_whatever_a_replay_says(door: Door) -> None:
    door.store.set_market_time(START + 10**9)

    assert ask(door)["serverTime"] == START


# which markets


@pytest.fixture
def markets(quiet_door: Door) -> Door:
    """Four markets, of which one is halted and one in maintenance."""
    for symbol in ("BTC/USDT", "ETH/BTC", "ETH/USDT", "XRP/USDT"):
        quiet_door.price("1", symbol=symbol)
    for symbol, status in (("ETH/USDT", "HALT"), ("XRP/USDT", "DELISTED")):
        found = quiet_door.exchange.instrument(symbol)
        quiet_door.store.put_instruments([replace(found, status=status)], replace=True)
    return quiet_door


def test_which_markets_are_listed(markets: Door) -> None:
    everything = ["BTCUSDT", "ETHBTC", "ETHUSDT", "XRPUSDT"]

    assert names(markets) == everything
    assert names(markets, "symbol=ETHBTC") == ["ETHBTC"]
    assert names(markets, "symbols=" + quote('["XRPUSDT","BTCUSDT"]')) == ["XRPUSDT", "BTCUSDT"]
    for spot in ("SPOT", quote('["SPOT"]'), quote('["MARGIN","SPOT"]')):
        assert names(markets, f"permissions={spot}") == everything
    assert names(markets, "permissions=MARGIN") == []
    assert names(markets, "permissions=" + quote('["LEVERAGED","TRD_GRP_005"]')) == []
    assert names(markets, "symbolStatus=TRADING") == ["BTCUSDT", "ETHBTC"]
    assert names(markets, "symbolStatus=HALT&permissions=SPOT") == ["ETHUSDT"]
    assert names(markets, "symbolStatus=BREAK") == ["XRPUSDT"]
    assert [each["status"] for each in ask(markets)["symbols"]] == ["TRADING", "TRADING", "HALT", "BREAK"]


def test_permission_sets_can_be_left_out(markets: Door) -> None:
    assert all(each["permissionSets"] == [] for each in ask(markets, "showPermissionSets=false")["symbols"])
    assert all(each["permissionSets"] == [["SPOT"]] for each in ask(markets, "showPermissionSets=true")["symbols"])


@pytest.fixture
def new_door() -> Iterator[Door]:
    """Three markets that are named and never had a price."""
    door = Door(MemoryStore(), symbols=(BTC, "FOO/USDT", "FO/OUSDT"))
    with door.loop:
        yield door


def test_a_market_without_a_price_is_listed_with_the_usual_filters(new_door: Door) -> None:
    assert names(new_door) == ["BTCUSDT", "FOOUSDT"]  # one name, one market: the first of SYMBOLS
    assert filters(new_door, "symbol=BTCUSDT")["PRICE_FILTER"]["tickSize"] == "0.01000000"
    assert [each["quoteAsset"] for each in ask(new_door)["symbols"]] == ["USDT", "USDT"]

    new_door.price("0.5", symbol="FOO/USDT")
    assert filters(new_door, "symbol=FOOUSDT")["PRICE_FILTER"]["tickSize"] == "0.00000100"


@pytest.mark.parametrize(
    ("query", "code", "said"),
    [
        ("symbol=NOPE", -1121, "Invalid symbol."),
        ("symbols=" + quote('["BTCUSDT","NOPE"]'), -1121, "Invalid symbol."),
        ("symbols=" + quote('["BTCUSDT","BTCUSDT"]'), -1151, "Symbol is present multiple times in the list."),
        ("symbol=BTCUSDT&symbols=" + quote('["BTCUSDT"]'), -1128, "Combination of optional parameters invalid."),
        ("symbol=BTCUSDT&permissions=SPOT", -1128, "Combination of optional parameters invalid."),
        ("symbol=BTCUSDT&symbolStatus=TRADING", -1128, "Combination of optional parameters invalid."),
        ("symbolStatus=trading", -1122, "Invalid symbolStatus."),
        ("permissions=NONE", -1130, "Data sent for parameter 'permissions' is not valid."),
        ("permissions=" + quote('["SPOT"'), -1130, "Data sent for parameter 'permissions' is not valid."),
        (
            "showPermissionSets=1",
            -1100,
            "Illegal characters found in parameter 'showPermissionSets'; legal range is 'true|false'.",
        ),
        ("limit=5", -1104, "Not all sent parameters were read; read '0' parameter(s) but was sent '1'."),
    ],
)
def test_what_is_refused(door: Door, query: str, code: int, said: str) -> None:
    assert refused(door.send("GET", f"{PATH}?{query}", key=None)) == (400, code, said)


@pytest.mark.parametrize("path", ["/fapi/v1/exchangeInfo", "/dapi/v1/exchangeInfo"])
def test_there_are_no_futures(memory_door: Door, path: str) -> None:
    assert memory_door.send("GET", path, key=None).json == {
        "timezone": "UTC",
        "serverTime": START,
        "rateLimits": [],
        "exchangeFilters": [],
        "assets": [],
        "symbols": [],
    }
