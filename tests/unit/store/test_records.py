"""Records: what is written is read back, also what an earlier version wrote."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from mockexchange.domain.instruments import Instrument, default_instrument
from mockexchange.domain.journal import Amended, InstrumentSeen, JournalEntry, Matched, Restored
from mockexchange.domain.orders import Amendment, Order, OrderStatus, OrderType, Side, TimeInForce, Trailing
from mockexchange.domain.trailing import Extremes
from mockexchange.store.journal_records import read_entry, write_entry
from mockexchange.store.records import (
    read_extremes,
    read_instrument,
    read_order,
    write_extremes,
    write_instrument,
    write_order,
)

D = Decimal

EVERY_FIELD = Instrument(
    symbol="ETH/BTC",
    base_asset="ETH",
    quote_asset="BTC",
    tick_size=D("0.00001"),
    step_size=D("0.0001"),
    min_notional=D(1),
    min_price=D(2),
    max_price=D(3),
    min_quantity=D(4),
    max_quantity=D(5),
    market_step_size=D(6),
    market_min_quantity=D(7),
    market_max_quantity=D(8),
    max_notional=D(9),
    bid_multiplier_up=D("1.2"),
    bid_multiplier_down=D("0.2"),
    ask_multiplier_up=D(5),
    ask_multiplier_down=D("0.8"),
    status="HALT",
    max_num_orders=25,
    max_num_order_amends=7,
    max_num_algo_orders=4,
    min_trailing_above_delta=11,
    max_trailing_above_delta=12,
    min_trailing_below_delta=13,
    max_trailing_below_delta=14,
    iceberg_parts=15,
    max_num_iceberg_orders=16,
)

AMENDED = Order(
    order_id=12,
    account_id="alice",
    generation=3,
    client_order_id="mine",
    symbol="ETH/BTC",
    side=Side.BUY,
    type=OrderType.LIMIT,
    time_in_force=TimeInForce.GTC,
    post_only=False,
    price=D("0.05"),
    quantity=D("1.5"),
    quote_quantity=None,
    quote_scale=8,
    status=OrderStatus.PARTIALLY_FILLED,
    filled_quantity=D(1),
    filled_notional=D("0.05"),
    trade_ids=(5, 6),
    created_at=1_000,
    updated_at=1_700,
    met_tick=4,
    unmet=False,
    version=5,
    amendments=(
        Amendment(3, 1_500, D(3), D(2), "mx-12", "mx-12"),
        Amendment(5, 1_700, D(2), D("1.5"), "mx-12", "mine"),
    ),
)


@pytest.mark.parametrize("instrument", [EVERY_FIELD, default_instrument("NEW/EUR", D("0.0123"))])
def test_a_market_is_read_as_it_was_written(instrument: Instrument) -> None:
    """In its own record and in the journal's."""
    assert read_instrument(write_instrument(instrument)) == instrument
    assert read_entry(write_entry(InstrumentSeen(instrument))) == InstrumentSeen(instrument)


def test_a_market_of_before_a_filter_was_known_has_it_off() -> None:
    """Records live as long as their data directory, and journals are replayed."""
    no_bounds = replace(
        EVERY_FIELD,
        bid_multiplier_up=D(0),
        bid_multiplier_down=D(0),
        ask_multiplier_up=D(0),
        ask_multiplier_down=D(0),
        max_num_orders=0,
        max_num_order_amends=0,
        max_num_algo_orders=0,
        min_trailing_above_delta=0,
        max_trailing_above_delta=0,
        min_trailing_below_delta=0,
        max_trailing_below_delta=0,
        iceberg_parts=0,
        max_num_iceberg_orders=0,
    )
    written = '["ETH/BTC","ETH","BTC","0.00001","0.0001","1","2","3","4","5","6","7","8","9","HALT"]'
    assert read_instrument(written) == no_bounds
    assert read_instrument(write_instrument(no_bounds)) == no_bounds


@pytest.mark.parametrize(
    "order",
    [
        AMENDED,
        replace(AMENDED, trade_ids=(), status=OrderStatus.NEW, filled_quantity=D(0), filled_notional=D(0)),
        replace(AMENDED, amendments=()),
        replace(AMENDED, type=OrderType.STOP_LOSS_LIMIT, stop_price=D("0.06"), triggered_at=1_600),
        replace(AMENDED, type=OrderType.TAKE_PROFIT, price=None, stop_price=D("0.04"), trade_ids=(), amendments=()),
        replace(AMENDED, type=OrderType.TAKE_PROFIT, stop_price=D("0.04"), trailing=Trailing(100)),
        replace(AMENDED, iceberg_quantity=D("0.5"), self_trade_prevention="DECREMENT"),
        replace(AMENDED, type=OrderType.STOP_LOSS, trailing=Trailing(100, 1_200, 3, D("0.05"), D("0.06"))),
        replace(AMENDED, status=OrderStatus.FILLED, filled_quantity=D("1.5")),
    ],
)
def test_an_order_is_read_as_it_was_written(order: Order) -> None:
    """Its trades, and what its amendments changed."""
    assert read_order(12, write_order(order)) == order


@pytest.mark.parametrize("name", [None, "mine"])
def test_an_amendment_is_read_as_it_was_written(name: str | None) -> None:
    """By the journal."""
    entry = Amended(1_700, "alice", 12, D("1.5"), name)
    assert read_entry(write_entry(entry)) == entry


@pytest.mark.parametrize("extremes", [Extremes(7), Extremes(7, ((0, D("1.5")), (6, D(1))))])
def test_what_stops_measure_from_is_read_as_it_was_written(extremes: Extremes) -> None:
    assert read_extremes(write_extremes(extremes)) == extremes
    assert read_extremes("") is None


@pytest.mark.parametrize(
    "entry",
    [
        Matched(1, "ETH/BTC", 2, 3, 4),
        Matched(1, "ETH/BTC", 2, 3, 4, lock_only=True),
        Matched(1, "ETH/BTC", 2, 3, 4, extreme=D("0.05")),
        Restored(1, "bob", "alice", "kept", True, 2, 9, (("BTC/USDT", 4), ("ETH/BTC", 5)), (("ETH/BTC", D("0.05")),)),
    ],
)
def test_an_entry_is_read_as_it_was_written(entry: JournalEntry) -> None:
    assert read_entry(write_entry(entry)) == entry


def test_a_match_of_before_stops_trailed_is_read_as_it_was() -> None:
    assert read_entry('["match",1,"ETH/BTC",2,3,4,1]') == Matched(1, "ETH/BTC", 2, 3, 4, lock_only=True)
