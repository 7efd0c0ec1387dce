"""What an account made, over HTTP, on every store; and held to what a back-test makes of the same books."""

from __future__ import annotations

import random
from decimal import Decimal

import numpy as np
import pytest

from mockexchange.backtest.results import Results
from mockexchange.backtest.run_record import RunRecord
from mockexchange.equity import EquityRecorder
from mockexchange.feed.candling import CandleBuilder
from mockexchange.overview import Overview
from mockexchange.profits import Profits

from .door import START, Door

D = Decimal
HOUR = 3_600_000
DAY = 24 * HOUR


def test_a_new_account_made_nothing(door: Door) -> None:
    found = door.get("/overview/profit")

    assert (found["realized"], found["unrealized"], found["fees"], found["roundTrips"]) == (0, 0, 0, 0)
    assert found["byAsset"].keys() == {"BTC"}  # the first balances
    assert door.get("/overview/round_trips") == []


def test_what_was_sold_is_realized_and_the_rest_is_not(door: Door) -> None:
    """2 BTC were paid in at 60,000; 0.5 are sold at 62,000, for which 0.1 % are paid, and the price rises to 63,000."""
    door.get("/balance")
    CandleBuilder(door.exchange.store, door.clock).run()
    door.clock.time += HOUR
    door.price("62000")
    door.place(side="sell", amount="0.5")
    door.price("63000")

    found = door.get("/overview/profit")
    trip = door.get("/overview/round_trips")[0]

    proceeds, fee = D("0.5") * 62_000, D("0.5") * 62_000 / 1000
    assert trip["entryOrder"] is None
    assert (trip["symbol"], trip["amount"], trip["cost"]) == ("BTC/USDT", D("0.5"), D("30000"))
    assert (trip["proceeds"], trip["fees"]) == (proceeds - fee, fee)
    assert trip["profit"] == trip["proceeds"] - trip["cost"] == found["realized"]
    of = found["byAsset"]["BTC"]
    assert (of["quantity"], of["price"], of["value"], of["fees"]) == (D("1.5"), 63_000, D("94500"), fee)
    assert of["unrealized"] == of["value"] - of["cost"] == found["unrealized"]
    assert (of["roundTrips"], of["won"], of["lost"]) == (1, 1, 0)


def test_it_reads_on_where_it_ended_and_begins_anew_with_the_account(door: Door) -> None:
    door.get("/balance")
    door.clock.time += 1
    bought = door.place(amount="1")["id"]
    assert door.get("/overview/profit")["roundTrips"] == 0
    door.place(side="sell", amount="2.5")
    assert door.get("/overview/profit")["roundTrips"] == 2
    assert [trip["entryOrder"] for trip in door.get("/overview/round_trips")] == [bought, None]

    door.send("POST", "/account/reset", "{}")

    assert door.get("/overview/profit")["roundTrips"] == 0


def test_a_count_that_went_on_is_the_count_of_a_fresh_start(door: Door) -> None:
    """Buys and sales in parts, across each other, with moving prices, deposits and withdrawals between them: what was
    asked after every step is what somebody finds who asks for the first time."""
    door.get("/balance")
    candles = CandleBuilder(door.exchange.store, door.clock)
    candles.run()  # what a deposit was worth is in them, now and later
    overview = Overview(door.exchange)
    went_on = Profits(overview)
    chosen = random.Random(8)
    for step in range(40):
        door.clock.time += chosen.randrange(60_000)
        door.price(str(60_000 + chosen.randrange(-5_000, 5_000)))
        candles.run()
        match step % 10:
            case 7:
                door.send("POST", "/balance/BTC/deposit", '{"amount": 0.25}')
            case 9:
                door.send("POST", "/balance/BTC/withdrawal", '{"amount": 0.125}')
            case _:
                side, amount = chosen.choice(("buy", "sell")), chosen.choice(("0.003", "0.05", "0.11"))
                door.place(side=side, amount=amount)

        fresh = Profits(overview)
        assert went_on.round_trips("default") == fresh.round_trips("default")
        assert went_on.profit("default") == fresh.profit("default")
        until = door.clock.time
        assert went_on.period("default", 0, until) == fresh.period("default", 0, until)

    found = went_on.profit("default").by_asset["BTC"]
    fills = door.exchange.trades("default", limit=100).items
    in_base = [fill.commission * fill.price for fill in fills if fill.commission_asset == "BTC"]
    assert found.fees == sum([*in_base, *(fill.commission for fill in fills if fill.commission_asset == "USDT")])
    assert found.round_trips == len(went_on.round_trips("default")) > 5


def test_round_trips_in_pages(door: Door) -> None:
    ids = [door.place(side="sell", amount="0.1")["id"] for _ in range(3)]

    first = door.get("/overview/round_trips?limit=2")
    rest = door.get("/overview/round_trips?limit=2&cursor=1")

    assert [trip["exitOrder"] for trip in first + rest] == ids[::-1]
    assert door.get("/overview/round_trips?symbol=ETH/USDT") == []
    assert door.get(f"/overview/round_trips?until={START}") == []


def test_what_has_no_price_is_named(door: Door) -> None:
    door.send("POST", "/balance/FOO/deposit", '{"amount": 7}')

    found = door.get("/overview/profit")

    assert found["unpriced"] == ["FOO"]
    assert found["byAsset"]["FOO"]["unrealized"] is None


def test_a_deposit_is_no_return(door: Door) -> None:
    door.get("/balance")
    record(door)
    door.clock.time += HOUR
    door.send("POST", "/balance/USDT/deposit", '{"amount": 1000000}')

    found = door.get("/overview/performance")

    assert (found["netDeposits"], found["profit"]) == (1_000_000, 0)
    assert found["finalEquity"] - found["firstEquity"] == 1_000_000
    assert found["account"]["totalReturn"] == 0
    assert found["account"]["drawdown"]["depth"] == 0
    assert [day["profit"] for day in found["days"]] == [0]


def test_performance_of_an_account_without_a_curve(door: Door) -> None:
    found = door.get(f"/overview/performance?until={START}")

    assert (found["since"], found["firstEquity"], found["curve"], found["days"]) == (None, None, [], [])
    assert found["account"]["totalReturn"] is None


def test_the_numbers_are_those_of_a_back_test_with_the_same_books(door: Door) -> None:
    """An account trades for some days; what the API says of it is what a back-test would say."""
    door.get("/balance")
    prices = [60_000, 61_500, 58_250, 59_000, 63_777, 62_000, 64_100, 61_900]
    times: list[int] = []
    record(door)
    began = door.clock.time
    for index, price in enumerate(prices):
        door.clock.time += 7 * HOUR
        door.price(str(price))
        door.place(side="sell" if index % 3 == 2 else "buy", amount=f"0.1{index}")
        record(door)
        times.append(door.clock.time)
    books = Results.of(record_of(door, began, times, prices))

    found = door.get("/overview/performance")
    trips = door.get("/overview/round_trips")[::-1]

    own = books.performance
    for name in ("totalReturn", "volatility", "sharpe", "sortino", "bestDay", "worstDay", "positiveDays"):
        python = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
        assert float(found["account"][name]) == pytest.approx(getattr(own, python), rel=1e-9), name
    assert own.drawdown is not None
    assert float(found["account"]["drawdown"]["depth"]) == pytest.approx(own.drawdown.depth, rel=1e-9)
    assert found["account"]["drawdown"]["bottom"] == own.drawdown.bottom
    assert found["trading"]["fees"] == books.trading.fees
    bought = [trip for trip in books.trades if trip.entry_order is not None]
    assert [trip["profit"] for trip in trips if trip["entryOrder"]] == [trip.profit for trip in bought]
    assert len(trips) == len(books.trades)


def test_the_ledger_of_one_order(door: Door) -> None:
    orders = [door.place(amount="0.1") for _ in range(2)]

    for order in orders:
        lines = door.get(f"/ledger?order={order['id']}")
        of_trades = [line for line in door.get("/ledger") if line["kind"] != "deposit"]
        assert len(lines) == 3
        assert lines == [line for line in of_trades if line["reference"] == order["trades"][0]["id"]]
    assert door.get("/ledger?order=77777") == []


def record(door: Door) -> None:
    EquityRecorder(Overview(door.exchange)).run()


def record_of(door: Door, began: int, times: list[int], prices: list[int]) -> RunRecord:
    exchange = door.exchange
    return RunRecord(
        symbols=("BTC/USDT",),
        quote_asset="USDT",
        began=began,
        ended=times[-1],
        times=np.array(times),
        prices={"BTC/USDT": np.array(prices, np.float64)},
        first_balances={"USDT": D(100_000), "BTC": D(2)},
        ledger=exchange.ledger("default", limit=1000).items,
        fills=exchange.trades("default", limit=1000).items[::-1],
        orders=exchange.orders("default", limit=1000).items[::-1],
        final_equity=Overview(exchange).capital("default").holdings.equity,
    )
