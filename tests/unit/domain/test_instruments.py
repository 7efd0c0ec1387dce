"""Binance's symbol filters, each at its bounds, just inside and just outside (binance-spot-api-docs, filters.md)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from mockexchange.domain.errors import BadSymbol, FilterFailure
from mockexchange.domain.instruments import Instrument, default_instrument, required_scales, split_symbol
from mockexchange.domain.orders import Counted, Side

D = Decimal

# The bounds of the examples in filters.md; MARKET_LOT_SIZE made narrower, so that it can be told from LOT_SIZE.
MARKET = Instrument(
    symbol="ETH/BTC",
    base_asset="ETH",
    quote_asset="BTC",
    tick_size=D("0.00000100"),
    step_size=D("0.00100000"),
    min_notional=D("10.00000000"),
    min_price=D("0.00000100"),
    max_price=D("100000.00000000"),
    min_quantity=D("0.00100000"),
    max_quantity=D("100000.00000000"),
    market_step_size=D("0.01"),
    market_min_quantity=D("0.05"),
    market_max_quantity=D(50),
    max_notional=D("10000.00000000"),
    bid_multiplier_up=D("1.2"),
    bid_multiplier_down=D("0.2"),
    ask_multiplier_up=D(5),
    ask_multiplier_down=D("0.8"),
    max_num_orders=25,
    max_num_order_amends=10,
)
NO_RULES = Instrument("ETH/BTC", "ETH", "BTC", tick_size=D(0), step_size=D(0), min_notional=D(0))


@pytest.mark.parametrize("price", ["0.000001", "0.000002", "1", "99999.999999", "100000", "100000.00000000"])
def test_a_price_within_its_bounds_and_on_its_tick_passes(price: str) -> None:
    MARKET.check_price(D(price))


@pytest.mark.parametrize(
    ("price", "reason"),
    [
        ("0.0000005", "price 0.0000005 is outside 0.000001 to 100000"),
        ("0.0000009", "price 0.0000009 is outside 0.000001 to 100000"),
        ("0.0000011", "price 0.0000011 is not a multiple of 0.000001"),
        ("0.0000015", "price 0.0000015 is not a multiple of 0.000001"),
        ("99999.9999995", "price 99999.9999995 is not a multiple of 0.000001"),
        ("100000.000001", "price 100000.000001 is outside 0.000001 to 100000"),
    ],
)
def test_a_price_beyond_its_bounds_or_between_two_ticks_fails(price: str, reason: str) -> None:
    with pytest.raises(FilterFailure, match=f"^PRICE_FILTER: {reason}$") as refused:
        MARKET.check_price(D(price))
    assert refused.value.filter_name == "PRICE_FILTER"
    assert refused.value.code == "InvalidOrder"


@pytest.mark.parametrize("quantity", ["0.001", "0.002", "0.049", "51", "99999.999", "100000"])
def test_a_limit_order_keeps_to_lot_size_alone(quantity: str) -> None:
    MARKET.check_quantity(D(quantity), market=False)


@pytest.mark.parametrize("quantity", ["0.0009", "0.0005", "0.0011", "0.0015", "99999.9995", "100000.001"])
@pytest.mark.parametrize("market", [True, False])
def test_a_quantity_off_its_lot_fails_for_any_order(quantity: str, market: bool) -> None:
    with pytest.raises(FilterFailure, match=f"^LOT_SIZE: quantity {quantity} is ") as refused:
        MARKET.check_quantity(D(quantity), market=market)
    assert refused.value.filter_name == "LOT_SIZE"


@pytest.mark.parametrize("quantity", ["0.05", "0.06", "49.99", "50"])
def test_a_market_order_within_both_lots_passes(quantity: str) -> None:
    MARKET.check_quantity(D(quantity), market=True)


@pytest.mark.parametrize(
    ("quantity", "reason"),
    [
        ("0.049", "quantity 0.049 is outside 0.05 to 50"),
        ("0.051", "quantity 0.051 is not a multiple of 0.01"),
        ("50.001", "quantity 50.001 is outside 0.05 to 50"),
        ("50.01", "quantity 50.01 is outside 0.05 to 50"),
    ],
)
def test_a_market_order_keeps_to_its_own_lot_as_well(quantity: str, reason: str) -> None:
    MARKET.check_quantity(D(quantity), market=False)
    with pytest.raises(FilterFailure, match=f"^MARKET_LOT_SIZE: {reason}$") as refused:
        MARKET.check_quantity(D(quantity), market=True)
    assert refused.value.filter_name == "MARKET_LOT_SIZE"


@pytest.mark.parametrize("notional", ["10", "10.00000001", "9999.99999999", "10000"])
def test_a_notional_within_its_bounds_passes(notional: str) -> None:
    MARKET.check_notional(D(notional))


@pytest.mark.parametrize(
    ("notional", "reason"),
    [
        ("9.999999999", "price x quantity is 9.999999999, below 10"),
        ("10000.000000001", "price x quantity is 10000.000000001, above 10000"),
    ],
)
def test_a_notional_beyond_its_bounds_fails(notional: str, reason: str) -> None:
    with pytest.raises(FilterFailure, match=f"^NOTIONAL: {reason}$") as refused:
        MARKET.check_notional(D(notional))
    assert refused.value.filter_name == "NOTIONAL"


@pytest.mark.parametrize(
    ("side", "price"), [("BUY", "60"), ("BUY", "360"), ("BUY", "300"), ("SELL", "240"), ("SELL", "1500")]
)
def test_a_price_within_reach_of_the_last_one_passes(side: str, price: str) -> None:
    MARKET.check_percent_price(Side(side), D(price), D(300))


@pytest.mark.parametrize(
    ("side", "price", "bounds"),
    [
        ("BUY", "59.999999", "60 to 360"),
        ("BUY", "360.000001", "60 to 360"),
        ("BUY", "1500", "60 to 360"),
        ("SELL", "239.999999", "240 to 1500"),
        ("SELL", "1500.000001", "240 to 1500"),
        ("SELL", "60", "240 to 1500"),
    ],
)
def test_a_price_too_far_from_the_last_one_fails(side: str, price: str, bounds: str) -> None:
    reason = f"the price of a {side.lower()}, {price}, is outside {bounds}: the last price is 300"
    with pytest.raises(FilterFailure, match=f"^PERCENT_PRICE_BY_SIDE: {reason}$") as refused:
        MARKET.check_percent_price(Side(side), D(price), D(300))
    assert refused.value.filter_name == "PERCENT_PRICE_BY_SIDE"


@pytest.mark.parametrize("side", list(Side))
def test_each_multiplier_is_off_by_itself(side: Side) -> None:
    """Only the upper bound, only the lower one."""
    upper = replace(MARKET, bid_multiplier_down=D(0), ask_multiplier_down=D(0))
    lower = replace(MARKET, bid_multiplier_up=D(0), ask_multiplier_up=D(0))
    upper.check_percent_price(side, D("0.000001"), D(300))
    lower.check_percent_price(side, D(100_000), D(300))
    for market, price in ((upper, D(1501)), (lower, D(59))):
        with pytest.raises(FilterFailure):
            market.check_percent_price(side, price, D(300))


@pytest.mark.parametrize("others", [0, 24])
def test_one_order_more_may_be_open_below_the_maximum(others: int) -> None:
    MARKET.check_open_orders(Counted.ORDERS, others)


@pytest.mark.parametrize("others", [25, 26, 1000])
def test_no_order_more_may_be_open_at_the_maximum(others: int) -> None:
    reason = f"the account has {others} open orders on ETH/BTC; at most 25 may be"
    with pytest.raises(FilterFailure, match=f"^MAX_NUM_ORDERS: {reason}$") as refused:
        MARKET.check_open_orders(Counted.ORDERS, others)
    assert refused.value.filter_name == "MAX_NUM_ORDERS"


def test_one_order_may_be_amended_so_many_times() -> None:
    MARKET.check_amendments(9)
    reason = "the order was amended 10 times; on ETH/BTC it may be 10 times"
    with pytest.raises(FilterFailure, match=f"^MAX_NUM_ORDER_AMENDS: {reason}$"):
        MARKET.check_amendments(10)


def test_a_bound_of_zero_is_switched_off() -> None:
    NO_RULES.check_price(D("1e-18"))
    NO_RULES.check_price(D("123456789012345.678901"))
    for side in Side:
        NO_RULES.check_percent_price(side, D("1e-18"), D("1e18"))
        NO_RULES.check_percent_price(side, D("1e18"), D("1e-18"))
    NO_RULES.check_open_orders(Counted.ORDERS, 10**9)
    NO_RULES.check_amendments(10**9)
    NO_RULES.check_quantity(D("1e-18"), market=True)
    NO_RULES.check_quantity(D("1e30"), market=True)
    NO_RULES.check_notional(D("1e-36"))
    NO_RULES.check_notional(D("1e60"))


@pytest.mark.parametrize("symbol", ["BTC/USDT", "1INCH/USDT", "1000SATS/USDT", "A/B"])
def test_a_symbol_has_a_base_and_a_quote(symbol: str) -> None:
    assert "/".join(split_symbol(symbol)) == symbol


@pytest.mark.parametrize(
    "symbol",
    ["", "/", "BTC", "BTCUSDT", "BTC/", "/USDT", "btc/usdt", "BTC-USDT", "BTC/USDT/EUR", "BTC/USDT:USDT", "BTC /USDT",
     "BTC/" + "X" * 21, "ΒTC/USDT", "BTC|X/USDT", "{BTC}/USDT", "B\nC/USDT"],
)  # fmt: skip
def test_anything_else_is_no_symbol(symbol: str) -> None:
    with pytest.raises(BadSymbol, match="write it like BTC/USDT"):
        split_symbol(symbol)


@pytest.mark.parametrize(
    ("symbol", "tick", "step", "notional"),
    [
        ("BTC/USDT", "0.01", "0.00001", "5"),
        ("ETH/USDT", "0.01", "0.0001", "5"),
        ("ETH/BTC", "0.00001", "0.0001", "0.0001"),
        ("SHIB/USDT", "0.00000001", "1", "1"),
    ],
)
def test_the_pairs_people_try_first_have_binances_increments(symbol: str, tick: str, step: str, notional: str) -> None:
    market = default_instrument(symbol, D("123.456"))
    assert (market.tick_size, market.step_size, market.min_notional) == (D(tick), D(step), D(notional))
    for side in Side:
        market.check_percent_price(side, D(500), D(100))
        market.check_percent_price(side, D(20), D(100))
        for price in ("500.01", "19.99"):
            with pytest.raises(FilterFailure):
                market.check_percent_price(side, D(price), D(100))
    assert (market.max_num_orders, market.max_num_order_amends, market.max_num_algo_orders) == (200, 10, 5)


@pytest.mark.parametrize(
    ("price", "tick", "step"),
    [
        ("64250.5", "0.1", "0.0000001"),  # five digits before the point leave one behind it
        ("3.14159", "0.00001", "0.001"),
        ("0.0123456", "0.0000001", "0.1"),
        ("0.000012", "0.00000001", "1"),  # never finer than eight decimal places
        ("1000000", "1", "0.00000001"),
        ("25000000", "1", "0.00000001"),  # nor coarser than one
    ],
)
def test_any_other_market_has_six_significant_digits_of_its_price(price: str, tick: str, step: str) -> None:
    market = default_instrument("NEW/EUR", D(price))
    assert (market.tick_size, market.step_size) == (D(tick), D(step))
    assert (market.base_asset, market.quote_asset) == ("NEW", "EUR")


def test_the_first_price_of_a_described_market_passes_its_own_filter() -> None:
    for price in ("64250.5", "0.0123456", "0.00000001", "25000000", "2600000000"):  # the last is BTC in dong
        default_instrument("NEW/EUR", D(price)).check_price(D(price))


def test_scales_that_a_market_needs_are_those_of_its_increments() -> None:
    assert required_scales(MARKET) == (3, 6)
    assert required_scales(replace(MARKET, step_size=D(1), tick_size=D("0.010"))) == (0, 2)
