"""Records: what is written is read back, also what an earlier version wrote."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from mockexchange.domain.balances import Account, Balance
from mockexchange.domain.fees import FeeOverride, FeeSchedule, FeeTier
from mockexchange.domain.fills import FeeRule, Fill, Liquidity
from mockexchange.domain.instruments import Instrument, default_instrument
from mockexchange.domain.journal import (
    Amended,
    EngineSeen,
    Expired,
    FeesChanged,
    FillModelChanged,
    InstrumentSeen,
    JournalEntry,
    Matched,
    Placed,
    Replaced,
    Restored,
)
from mockexchange.domain.orders import Amendment, Order, OrderStatus, OrderType, Side, TimeInForce, Trailing
from mockexchange.domain.snapshots import Snapshot
from mockexchange.domain.trailing import Extremes
from mockexchange.store.journal_records import read_entry, write_entry
from mockexchange.store.records import (
    read_account,
    read_extremes,
    read_fill,
    read_instrument,
    read_order,
    read_snapshot,
    write_account,
    write_extremes,
    write_fill,
    write_instrument,
    write_order,
    write_snapshot,
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
    max_num_order_lists=17,
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
        max_num_order_lists=0,
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
        replace(AMENDED, iceberg_quantity=D("0.5"), expires_at=9_000),
    ],
)
def test_an_order_is_read_as_it_was_written(order: Order) -> None:
    """Its trades, and what its amendments changed."""
    assert read_order(12, write_order(order)) == order


SOLD = Fill(
    trade_id=7, order_id=12, symbol="ETH/BTC", side=Side.SELL, price=D("0.05"), quantity=D(2), quote_quantity=D("0.1"),
    commission=D("0.0001"), commission_asset="BTC", liquidity=Liquidity.MAKER, timestamp=1_000, tick=4, source="test",
    model="touch", rate=D("0.001"),
)  # fmt: skip


@pytest.mark.parametrize(
    "fill",
    [
        SOLD,
        replace(SOLD, side=Side.BUY, commission_asset="ETH"),
        replace(SOLD, fee_rule=FeeRule.MARKET, rate=D(0), commission=D(0)),
        replace(SOLD, commission_asset="BNB", fee_rule=FeeRule.TIER, discount=D("0.25"), fee_price=D("0.0123")),
        replace(SOLD, commission_asset="ETH", discount=D("0.25")),
        replace(SOLD, commission_asset="BNB", fee_price=D(3)),
    ],
)
def test_a_fill_is_read_as_it_was_written(fill: Fill) -> None:
    """With its fee, whatever it was charged in."""
    assert read_fill(7, write_fill(fill)) == fill


def test_a_fill_of_before_there_was_a_fee_asset_is_read_as_it_was() -> None:
    written = '[12,"ETH/BTC","SM","0.05","2","0.1","0.0001",1000,4,"test","touch","0.001"]'
    assert write_fill(SOLD) == written
    assert read_fill(7, written) == SOLD


def test_an_order_of_before_there_were_dates_is_read_as_it_was() -> None:
    """And one without a date is written as it always was; one with has it at the end."""
    order = replace(AMENDED, amendments=())
    written = '[5,"alice",3,"mine","ETH/BTC","BLGP",0,"0.05","1.5",0,8,"1","0.05",1000,700,4,5,6]'
    assert write_order(order) == written
    assert read_order(12, written) == order
    assert write_order(replace(order, expires_at=9_000)) == written[:-1] + ',["expires",8000]]'


def test_the_end_of_an_order_is_read_as_it_was_written() -> None:
    assert write_entry(Expired(9_000, "alice", 12)) == '["expire",9000,"alice",12]'
    assert read_entry('["expire",9000,"alice",12]') == Expired(9_000, "alice", 12)


@pytest.mark.parametrize("pays", [True, False])
@pytest.mark.parametrize("first", [(), (("USDT", D(5)), ("BTC", D(1)))])
@pytest.mark.parametrize("model", [None, "depth+queue"])
def test_an_account_is_read_as_it_was_written(
    pays: bool, first: tuple[tuple[str, Decimal], ...], model: str | None
) -> None:
    account = Account("alice", 1, 2, D("0.001"), D("0.002"), 5, first, pays, model)
    assert read_account("alice", write_account(account)) == account


def test_an_account_of_before_there_was_a_fee_asset_does_not_pay_in_it() -> None:
    assert read_account("alice", '[2,1,"0.001","0.002",5,"USDT","5"]') == Account(
        "alice", 1, 2, D("0.001"), D("0.002"), 5, (("USDT", D(5)),)
    )


@pytest.mark.parametrize("volumes", [(), ((19_000, D("1.5")), (19_001, D(2)))])
@pytest.mark.parametrize("pays", [True, False])
@pytest.mark.parametrize("model", [None, "depth+queue"])
def test_a_snapshot_is_read_as_it_was_written(
    volumes: tuple[tuple[int, Decimal], ...], pays: bool, model: str | None
) -> None:
    snapshot = Snapshot(
        "alice",
        "one",
        5,
        1,
        2,
        3,
        4,
        0,
        (D(0), D(1)),
        (),
        (Balance("USDT", D(1)),),
        volumes=volumes,
        pays_in_fee_asset=pays,
        fill_model=model,
    )
    assert read_snapshot("alice", "one", write_snapshot(snapshot)) == snapshot


def test_a_snapshot_of_before_there_were_tiers_has_no_volume() -> None:
    written = '[5,1,2,3,4,0,["0","1"],[],[["USDT","1","0"]]]'
    expected = Snapshot("alice", "one", 5, 1, 2, 3, 4, 0, (D(0), D(1)), (), (Balance("USDT", D(1)),))
    assert read_snapshot("alice", "one", written) == expected
    assert write_snapshot(expected) == written


SCHEDULE = FeeSchedule(
    (FeeTier(D(5), D(0), D("0.1")),), (FeeOverride("*/BTC", None, D(0)),), asset="BNB", discount=D("0.25")
)
PRICES = (("BNB/BTC", D("0.01")),)
PLACED = Placed(
    1, "alice", 2, 3, 4, 8, 8, "ETH/BTC", Side.BUY, OrderType.MARKET, TimeInForce.GTC, False, D(1), None, None, None
)  # fmt: skip


@pytest.mark.parametrize(
    ("entry", "before"),
    [
        (EngineSeen("touch", 5), '["engine","touch",5]'),
        (EngineSeen("touch", 5, SCHEDULE), None),
        (EngineSeen("touch", 5, latency=250), '["engine","touch",5,null,250]'),
        (EngineSeen("touch", 5, SCHEDULE, 250), None),
        (FeesChanged(1, "alice", D(0), D(1)), '["fees",1,"alice","0","1"]'),
        (FeesChanged(1, "alice", D(0), D(1), pays_in_fee_asset=True), None),
        (FillModelChanged(1, "alice", "depth+queue"), '["model",1,"alice","depth+queue"]'),
        (FillModelChanged(1, "alice", None), '["model",1,"alice",null]'),
        (Matched(1, "ETH/BTC", 2, 3, 4), '["match",1,"ETH/BTC",2,3,4]'),
        (Matched(1, "ETH/BTC", 2, 3, 4, prices=PRICES), None),
        (PLACED, '["place",1,"alice",2,3,4,8,8,"ETH/BTC","BMG",0,"1",null,null,null]'),
        (replace(PLACED, client_order_id="mine", prices=PRICES), None),
        (replace(PLACED, stop_price=D(3), prices=PRICES), None),
        (Matched(1, "ETH/BTC", 2, 3, 4, lock_only=True, prices=PRICES), None),
        (Replaced(9, replace(PLACED, prices=PRICES)), None),
    ],
)
def test_what_fees_stand_on_is_read_as_it_was_written(entry: JournalEntry, before: str | None) -> None:
    """By the journal; an entry without any is what it was `before` there were such fees."""
    assert read_entry(write_entry(entry)) == entry
    assert before is None or write_entry(entry) == before


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
