"""What a run's results say, worked out by hand."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from mockexchange.backtest.results import Results

from .run_records import BEGAN, DAY, HOUR, Run, busy

D = Decimal


def one_trade() -> Results:
    run = Run("0.001", USDT="1000")
    run.trade("buy", "BTC/USDT", "5", "100", 1)
    run.trade("sell", "BTC/USDT", "4.995", "110", 3, maker=True)
    return Results.of(run.record(BTC=[100, 105, 110, 120]))


def test_the_curve_follows_the_books() -> None:
    curve = one_trade().curve
    assert curve.times.tolist() == [BEGAN + hour * HOUR for hour in range(5)]
    last = 500 + 549.45 * 0.999
    assert curve.equity.tolist() == pytest.approx([1000, 500 + 499.5, 500 + 4.995 * 105, last, last])
    assert curve.invested.tolist() == pytest.approx([0, 499.5, 4.995 * 105, 0, 0])
    assert curve.hold.tolist() == pytest.approx([1000, 1000, 1050, 1100, 1200])
    assert curve.exposure == 0.5
    assert curve.mean_invested == pytest.approx((499.5 / 999.5 + 524.475 / 1024.475) / 4)


def test_a_round_trip_is_exact_and_its_fees_are_in_it() -> None:
    results = one_trade()
    (trip,) = results.trades
    assert (trip.entry_order, trip.exit_order, trip.quantity) == (1, 2, D("4.995"))
    assert (trip.entered, trip.exited, trip.duration) == (BEGAN + HOUR, BEGAN + 3 * HOUR, 2 * HOUR)
    assert (trip.cost, trip.proceeds) == (D(500), D("548.90055"))
    assert trip.fees == D("0.5") + D("0.54945")
    assert trip.profit == D("48.90055")
    assert trip.gain == pytest.approx(0.0978011)
    assert results.positions == []


def test_what_the_account_did() -> None:
    did = one_trade().trading
    assert (did.orders, did.fills, did.refused, did.maker_share) == (2, 2, 0, 0.5)
    assert did.traded == D("1049.45")
    assert did.fees == D("1.04945")
    assert did.turnover == pytest.approx(1049.45 / np.mean([999.5, 1024.475, 1048.90055, 1048.90055]))
    assert (did.trades, did.win_rate, did.profit_factor) == (1, 1.0, None)
    assert did.average_loss is None
    assert did.average_win == did.expectancy == pytest.approx(48.90055)
    assert one_trade().fees == {"BTC": D("0.005"), "USDT": D("0.54945")}


def test_the_first_bought_is_the_first_sold_and_orders_stay_whole() -> None:
    run = Run(USDT="1000")
    run.trade("buy", "BTC/USDT", "1", "100", 1)
    run.trade("buy", "BTC/USDT", "1", "120", 1.5, order=1)
    run.trade("buy", "BTC/USDT", "3", "90", 2)
    run.trade("sell", "BTC/USDT", "2.5", "130", 3)
    run.trade("sell", "BTC/USDT", "1", "80", 3.5)
    results = Results.of(run.record(BTC=[100, 100, 100, 100]))
    told = [(trip.entry_order, trip.exit_order, trip.quantity, trip.profit) for trip in results.trades]
    assert told == [
        (1, 4, D(2), D(40)),  # two fills of one order are one
        (3, 4, D("0.5"), D(20)),
        (3, 5, D(1), D(-10)),
    ]
    (left,) = results.positions
    assert (left.quantity, left.cost, left.value, left.profit) == (D("1.5"), D(135), D(150), D(15))
    did = results.trading
    assert (did.realized, did.unrealized) == (D(50), D(15))
    assert (did.win_rate, did.profit_factor, did.average_loss) == (pytest.approx(2 / 3), 6.0, -10.0)


def test_realized_and_not_realized_are_the_whole_profit() -> None:
    results = Results.of(busy())
    did = results.trading
    assert did.trades > 50
    assert float(did.realized + did.unrealized) == pytest.approx(float(results.curve.equity[-1]) - 10_000, rel=1e-9)
    assert sum(float(of.realized) for of in results.by_symbol) == pytest.approx(float(did.realized))
    assert sum(of.fills for of in results.by_symbol) == did.fills


def test_what_lot_sizes_leave_over_is_no_round_trip_of_its_own() -> None:
    run = Run("0.001", USDT="1000")
    run.trade("buy", "BTC/USDT", "1", "100", 1)
    run.trade("sell", "BTC/USDT", "0.99", "110", 2)
    run.trade("buy", "BTC/USDT", "1", "100", 3)
    run.trade("sell", "BTC/USDT", "1", "110", 4)  # 0.009 of it from before
    results = Results.of(run.record(BTC=[100, 110, 100, 110]))
    assert [(trip.entry_order, trip.exit_order, trip.quantity) for trip in results.trades] == [
        (1, 2, D("0.99")),
        (3, 4, D(1)),
    ]
    did = results.trading
    assert float(did.realized + did.unrealized) == pytest.approx(float(results.curve.equity[-1]) - 1000, rel=1e-9)
    run.trade("buy", "BTC/USDT", "2", "100", 4.5)
    run.trade("sell", "BTC/USDT", "1", "110", 5)
    assert len(Results.of(run.record(BTC=[100, 110, 100, 110, 110])).trades) == 3


def test_leftovers_are_no_position() -> None:
    run = Run(USDT="1000")
    run.trade("buy", "BTC/USDT", "1", "100", 1)
    run.trade("sell", "BTC/USDT", "0.995", "100", 2)
    assert Results.of(run.record(BTC=[100, 100, 100, 100])).curve.exposure == 0.25
    run.trade("buy", "BTC/USDT", "0.02", "100", 3)
    assert Results.of(run.record(BTC=[100, 100, 100, 100])).curve.exposure == 0.75


def test_parts_of_a_cost_that_has_no_end_lose_nothing() -> None:
    run = Run(USDT="1000")
    run.trade("buy", "BTC/USDT", "3", "33.33", 1)
    for hour in (2, 3, 4):
        run.trade("sell", "BTC/USDT", "1", "40", hour)
    trades = Results.of(run.record(BTC=[33, 33, 33, 33])).trades
    assert sum(trip.cost for trip in trades) == D("99.99")
    run = Run("0.001", USDT="1000")
    run.trade("buy", "BTC/USDT", "7", "100", 1)
    run.trade("sell", "BTC/USDT", "1", "100", 2)
    run.trade("sell", "BTC/USDT", "5.993", "100", 2)
    assert sum(trip.cost for trip in Results.of(run.record(BTC=[1, 1])).trades) == D(700)


def test_what_one_began_with_counts_as_bought_at_the_first_price() -> None:
    run = Run(USDT="0", BTC="2")
    run.trade("sell", "BTC/USDT", "2", "150", 2)
    results = Results.of(run.record(BTC=[100, 150, 170]))
    (trip,) = results.trades
    assert (trip.entry_order, trip.entered, trip.cost, trip.profit) == (None, BEGAN, D(200), D(100))
    assert results.performance.total_return == pytest.approx(0.5)
    assert results.hold_performance.total_return == pytest.approx(0.7)


def test_the_deposits_that_opened_the_account_count_once() -> None:
    run = Run(USDT="1000")
    run.deposit("USDT", "1000", 0)
    assert Results.of(run.record(BTC=[1, 1])).curve.equity.tolist() == [1000, 1000, 1000]


def test_money_that_comes_and_goes_is_no_return() -> None:
    run = Run(USDT="1000")
    run.trade("buy", "BTC/USDT", "10", "100", 0.5)
    run.deposit("USDT", "5000", 1.5)
    run.deposit("USDT", "-2000", 2.5)
    results = Results.of(run.record(BTC=[110, 110, 99, 99]))
    assert results.curve.equity.tolist() == pytest.approx([1000, 1100, 6100, 3990, 3990])
    assert results.curve.growth.tolist() == pytest.approx([1, 1.1, 1.1, 1.1 * 5990 / 6100, 1.1 * 5990 / 6100])
    assert any("came or left" in notice for notice in results.notices)


def test_money_that_comes_into_an_empty_account_is_no_return_either() -> None:
    run = Run()
    run.deposit("USDT", "500", 1)
    run.trade("buy", "BTC/USDT", "5", "100", 1.5)
    results = Results.of(run.record(BTC=[100, 110, 110]))
    assert results.curve.growth.tolist() == pytest.approx([1, 1, 1.1, 1.1])


def test_a_fee_in_a_third_asset_is_worth_what_its_price_says() -> None:
    run = Run("0.001", USDT="1000", BNB="1")
    run.trade("buy", "BTC/USDT", "1", "100", 1, fee_asset="BNB", fee_price="500")
    run.trade("sell", "BTC/USDT", "1", "120", 2, fee_asset="BNB", fee_price="500")
    results = Results.of(run.record(BTC=[100, 120], BNB=[500, 500]))
    (trip,) = results.trades
    assert (trip.cost, trip.proceeds) == (D("100.1"), D("119.88"))
    assert results.fees == {"BNB": D("0.00044")}
    assert results.trading.fees == D("0.22")
    (left,) = results.positions
    assert (left.asset, left.quantity) == ("BNB", D("0.99956"))


def test_an_asset_without_a_price_is_told_of() -> None:
    run = Run(USDT="1000", DOGE="7")
    results = Results.of(run.record(BTC=[1, 1]))
    assert results.curve.equity.tolist() == [1000, 1000, 1000]
    assert results.notices == ["No price was known of DOGE: they count as nothing in the equity."]


def test_an_asset_may_be_priced_through_another() -> None:
    run = Run(USDT="0", ETH="10")
    record = run.record(BTC=[100, 200])
    record.symbols = ("BTC/USDT", "ETH/BTC")
    record.prices["ETH/BTC"] = np.array([np.nan, 0.1])
    assert Results.of(record).curve.equity.tolist() == pytest.approx([100, 100, 200])


def test_a_market_that_begins_late_is_held_from_then_on() -> None:
    record = Run(USDT="1000").record(BTC=[100, 200, 200], ETH=[float("nan"), 10, 30])
    assert Results.of(record).curve.hold.tolist() == pytest.approx([1000, 1000, 1500, 2500])


def test_refused_orders_are_counted_wherever_they_were_refused() -> None:
    run = Run(USDT="1000")
    run.trade("buy", "BTC/USDT", "1", "100", 1)
    run.refuse()
    record = run.record(BTC=[100, 100])
    record.refused = 3
    assert Results.of(record).trading.refused == 4


def test_a_fill_in_the_very_first_millisecond_is_not_there_before() -> None:
    run = Run("0.001", USDT="1000")
    run.trade("buy", "BTC/USDT", "10", "100", 0)
    record = run.record(BTC=[100, 100])
    record.times = np.concatenate(([BEGAN], record.times))
    record.prices = {"BTC/USDT": np.array([100.0, 100.0, 100.0])}
    assert Results.of(record).performance.total_return == pytest.approx(-0.001)


@pytest.mark.parametrize("hours", [1, 2, 48])
def test_a_run_that_does_nothing_can_be_told_of(hours: int) -> None:
    results = Results.of(Run(USDT="1000").record(BTC=[100.0] * hours))
    did = results.trading
    assert (did.orders, did.win_rate, did.profit_factor, did.expectancy, did.turnover) == (0, None, None, None, 0)
    assert results.performance.total_return == 0
    assert (results.performance.sharpe, results.performance.sortino, results.performance.calmar) == (None, None, None)
    json.loads(results.to_json())
    assert "Sharpe ratio" in results.summary()
    assert len(results.trades_frame()) == len(results.orders_frame()) == len(results.fills_frame()) == 0


@pytest.mark.parametrize("balances", [{}, {"USDT": "0"}])
def test_nor_is_a_run_without_money_a_failure(balances: dict[str, str]) -> None:
    results = Results.of(Run(**balances).record(BTC=[100.0] * 30))
    assert results.performance.total_return is None
    assert json.loads(results.to_json())["performance"]["sharpe"] is None
    assert "-" in results.summary()


def test_json_has_exact_amounts_as_text_or_as_they_are_asked_for() -> None:
    results = one_trade()
    told = json.loads(results.to_json())
    assert told["trades"][0]["profit"] == "48.90055"
    assert told["trading"]["makerShare"] == 0.5
    assert told["performance"]["drawdown"]["depth"] == pytest.approx(-0.0005)
    assert results.to_dict(amount=lambda exact: exact)["trades"][0]["profit"] == D("48.90055")


def test_frames() -> None:
    results = Results.of(busy(200))
    trades: Any = results.trades_frame()
    assert trades["profit"].sum() == pytest.approx(float(results.trading.realized))
    assert str(trades["exited"].iloc[0]) == "2026-01-01 19:00:00+00:00"
    assert (trades["exited"] - trades["entered"] == trades["duration"]).all()
    curve: Any = results.to_frame()
    assert curve.index[-1].value // 1_000_000 == results.record.ended
    assert curve["drawdown"].min() == pytest.approx(results.performance.drawdown and results.performance.drawdown.depth)
    fills: Any = results.fills_frame()
    orders: Any = results.orders_frame()
    assert list(fills["side"][:2]) == ["BUY", "BUY"]
    assert orders["status"].unique().tolist() == ["FILLED"]
    assert fills["quote_quantity"].sum() == pytest.approx(float(results.trading.traded))


def test_days() -> None:
    days, returns = Results.of(busy(72)).daily
    assert days.tolist() == [BEGAN, BEGAN + DAY, BEGAN + 2 * DAY]
    assert np.prod(1 + returns) - 1 == pytest.approx(Results.of(busy(72)).performance.total_return)


def test_frames_of_nothing_have_columns_that_are_no_numbers() -> None:
    results = Results.of(Run(USDT="1").record(BTC=[1, 1]))
    frames: Any = [results.trades_frame(), results.orders_frame(), results.fills_frame()]
    assert [str(each["symbol"].dtype) for each in frames] == ["object"] * 3
