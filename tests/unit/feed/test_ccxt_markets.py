"""Markets in ccxt's words, as instruments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from mockexchange.feed.ccxt_markets import DECIMAL_PLACES, SIGNIFICANT_DIGITS, TICK_SIZE, instrument_of, spot_symbols

D = Decimal


def market(**more: Any) -> dict[str, Any]:
    return {"symbol": "FOO/BAR", "spot": True, "active": True, **more}


@pytest.mark.parametrize(
    ("mode", "price", "amount", "tick", "step"),
    [
        (TICK_SIZE, "0.01", "1e-8", "0.01", "0.00000001"),
        (TICK_SIZE, "5", 0.001, "5", "0.001"),
        (DECIMAL_PLACES, "2", 3, "0.01", "0.001"),
        (DECIMAL_PLACES, 0, "0", "1", "1"),
        (SIGNIFICANT_DIGITS, "5", "8", "0.1", "0.00000001"),
    ],
)
def test_increments_in_each_of_ccxts_modes(mode: int, price: object, amount: object, tick: str, step: str) -> None:
    """Exact, also where ccxt has a float. Five digits of 1234.5 are tenths."""
    found = instrument_of(market(precision={"price": price, "amount": amount}), mode, D("1234.5"))
    assert (found.tick_size, found.step_size) == (D(tick), D(step))


def test_what_it_does_not_say_is_as_in_any_market() -> None:
    """Bounds are off, increments fit the price."""
    found = instrument_of(market(precision={"price": None}, limits=None), TICK_SIZE, D("0.5"))
    assert found.tick_size > 0
    assert found.step_size > 0
    assert (found.max_price, found.max_quantity, found.max_notional, found.status) == (0, 0, 0, "TRADING")


BY_SIDE = {
    "filterType": "PERCENT_PRICE_BY_SIDE",
    "bidMultiplierUp": "1.2",
    "bidMultiplierDown": "0.2",
    "askMultiplierUp": "5",
    "askMultiplierDown": "0.8",
}
BOTH = {"filterType": "PERCENT_PRICE", "multiplierUp": "1.3000", "multiplierDown": "0.7000"}


@pytest.mark.parametrize(
    ("filters", "bid", "ask"),
    [
        ([BY_SIDE], ("1.2", "0.2"), ("5", "0.8")),
        ([BOTH], ("1.3", "0.7"), ("1.3", "0.7")),
        ([BOTH, BY_SIDE], ("1.2", "0.2"), ("5", "0.8")),
        ([{"filterType": "PERCENT_PRICE_BY_SIDE", "bidMultiplierUp": None}], ("0", "0"), ("0", "0")),
        ([], ("0", "0"), ("0", "0")),
        (None, ("0", "0"), ("0", "0")),
    ],
)
def test_prices_are_bound_by_the_last_one_as_on_the_exchange(
    filters: object, bid: tuple[str, str], ask: tuple[str, str]
) -> None:
    """Up and down, by side; where the exchange says nothing, not at all."""
    found = instrument_of(market(info={"filters": filters}), TICK_SIZE, D("0.5"))
    assert (found.bid_multiplier_up, found.bid_multiplier_down) == (D(bid[0]), D(bid[1]))
    assert (found.ask_multiplier_up, found.ask_multiplier_down) == (D(ask[0]), D(ask[1]))


AMENDS = {"filterType": "MAX_NUM_ORDER_AMENDS", "maxNumOrderAmends": 7}
ALGO = {"filterType": "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": 3}


@pytest.mark.parametrize(
    ("filters", "open_orders", "amends", "stops"),
    [
        ([{"filterType": "MAX_NUM_ORDERS", "maxNumOrders": 25}], 25, 10, 5),
        ([{"filterType": "MAX_NUM_ORDERS", "maxNumOrders": "150"}, AMENDS, ALGO], 150, 7, 3),
        ([{"filterType": "MAX_NUM_ORDERS", "maxNumOrders": None}], 200, 10, 5),
        ([BY_SIDE, AMENDS], 200, 7, 5),
        (None, 200, 10, 5),
    ],
)
def test_as_many_orders_stops_and_amendments_as_on_the_exchange(
    filters: object, open_orders: int, amends: int, stops: int
) -> None:
    """200 open ones, five stops among them, and ten amendments of one, where it does not say."""
    found = instrument_of(market(info={"filters": filters}), TICK_SIZE, None)
    counts = (found.max_num_orders, found.max_num_order_amends, found.max_num_algo_orders)
    assert counts == (open_orders, amends, stops)


@pytest.mark.parametrize(
    ("filters", "lists"),
    [([{"filterType": "MAX_NUM_ORDER_LISTS", "maxNumOrderLists": 7}], 7), ([AMENDS], 20), (None, 20)],
)
def test_as_many_order_lists_as_on_the_exchange(filters: object, lists: int) -> None:
    found = instrument_of(market(info={"filters": filters}), TICK_SIZE, None)
    assert found.max_num_order_lists == lists


@pytest.mark.parametrize(
    ("active", "info", "status"),
    [
        (True, {"status": "HALT"}, "TRADING"),
        (None, {}, "TRADING"),
        (False, {"status": "halt"}, "HALT"),
        (False, {"status": "TRADING"}, "BREAK"),
        (False, {"status": 3}, "BREAK"),
        (False, ["no mapping"], "BREAK"),
    ],
)
def test_a_market_that_does_not_trade_carries_the_exchanges_word(active: object, info: object, status: str) -> None:
    """Where it has one."""
    assert instrument_of(market(active=active, info=info), TICK_SIZE, None).status == status


def test_only_spot_markets_that_trade_and_can_be_written_here() -> None:
    """No perpetuals, no tokens with odd names."""
    markets = {
        "A": market(),
        "B": market(symbol="FOO/BAR:BAR", spot=False),
        "C": market(symbol="FOO.S/BAR"),
        "D": market(symbol="X/Y", active=False),
        "E": market(symbol="Y/Z", active=None),
    }
    assert spot_symbols(markets) == ["A", "E"]


def test_a_stop_trails_within_the_exchange_s_bounds() -> None:
    """10 to 2,000 basis points where it does not say."""
    deltas = {
        "minTrailingAboveDelta": 1,
        "maxTrailingAboveDelta": 2,
        "minTrailingBelowDelta": 3,
        "maxTrailingBelowDelta": 4,
    }
    for filters, expected in (([{"filterType": "TRAILING_DELTA", **deltas}], (1, 2, 3, 4)), ([], (10, 2000, 10, 2000))):
        found = instrument_of(market(info={"filters": filters}), TICK_SIZE, None)
        above = (found.min_trailing_above_delta, found.max_trailing_above_delta)
        assert (*above, found.min_trailing_below_delta, found.max_trailing_below_delta) == expected
