"""A back-test as its users see it: what fills where, what is known when, and what is said of a doubtful result."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any, cast

import numpy as np
import pytest

from mockexchange import Backtest
from mockexchange.backtest.stepping import Bar, Moment
from mockexchange.domain.amounts import text
from mockexchange.domain.errors import BadRequest
from mockexchange.store.memory import MemoryStore

MINUTE = 60_000
START = 1_700_000_040_000
"""The beginning of a minute."""
BTC, ETH = "BTC/USDT", "ETH/USDT"

Rows = list[list[float]]

pd: Any = import_module("pandas")  # it ships no types


def candles(*prices: tuple[float, float, float, float], start: int = START) -> Rows:
    """Minutes of (open, high, low, close), each with one coin traded."""
    return [[start + at * MINUTE, *each, 1.0] for at, each in enumerate(prices)]


def walk(count: int, seed: int = 7) -> Rows:
    """Minutes of a price that goes up and down, the same for a seed."""
    rows: list[tuple[float, float, float, float]] = []
    price, state = 100.0, seed
    for _ in range(count):
        state = (state * 1103515245 + 12345) % (1 << 31)
        close = max(50.0, price + (state >> 16) % 7 - 3)
        rows.append((price, max(price, close) + (state >> 8) % 3, min(price, close) - (state >> 4) % 3, close))
        price = close
    return candles(*rows)


def quotes(rows: Rows) -> Any:
    found = [(int(time) + at * 1_000, low, high, close) for at, (time, _, high, low, close, _) in enumerate(rows)]
    return pd.DataFrame(found, columns=["timestamp", "bid", "ask", "price"])


UP = candles((100, 101, 99, 101), (102, 103, 101, 103), (104, 105, 103, 105))


def bought_at(**options: Any) -> list[float]:
    bt = Backtest({BTC: UP}, **options)
    return [bt.exchange.create_order(BTC, "market", "buy", 1)["average"] for _ in bt]


def test_an_order_fills_from_the_next_bar_on_or_where_asked_for_on_its_own() -> None:
    assert bought_at() == [102, 104], "the opens after the bars; after the last one nothing comes"
    assert bought_at(same_bar=True) == [101, 103, 105], "the closes"


def test_bars_are_those_of_the_data_or_longer_ones() -> None:
    bars = list(Backtest({BTC: UP}, same_bar=True))
    assert bars[0] == Bar(BTC, START, 100, 101, 99, 101, 1)
    start = START - START % (3 * MINUTE)
    longer = list(Backtest({BTC: candles(*[(1, 2, 1, 2)] * 6, start=start)}, timeframe="3m", same_bar=True))
    assert longer == [Bar(BTC, start + at * 3 * MINUTE, 1, 2, 1, 2, 3) for at in range(2)]


def test_a_bar_is_over_with_its_last_candle_wherever_that_begins() -> None:
    day, hours = 1440 * MINUTE, 60 * MINUTE
    start = START - START % day + 5 * hours
    days = [[start + at * day, *row[1:]] for at, row in enumerate(UP)]
    by_day = Backtest({BTC: days}, same_bar=True)
    assert [bar.timestamp for bar in by_day] == [row[0] for row in days]
    assert by_day.exchange.fetch_ohlcv(BTC, "1d", int(days[1][0])) == days[1:]
    half = START - START % (5 * MINUTE) + MINUTE // 2
    bt = Backtest({BTC: candles(*[(at, at + 1, at, at + 0.5) for at in range(10, 22)], start=half)}, timeframe="5m")
    for bar in bt:
        assert bar.close == bar.open + 4.5
        assert bt.exchange.milliseconds() == half + (bar.close - 9.5) * MINUTE, "not before its last candle is over"
    early = candles(*[(at, at + 1, at, at + 0.5) for at in range(10, 16)])
    early[3][0] -= 20_000
    assert [bar.open for bar in Backtest({BTC: early}, same_bar=True)] == list(range(10, 16)), "each is a step"


def test_a_run_ends_with_its_data() -> None:
    start = START - START % (60 * MINUTE)
    for options in ({}, {"same_bar": True}):
        bt = Backtest({BTC: candles(*[(1, 2, 1, 2)] * 70, start=start)}, timeframe="1h", **options)  # type: ignore[arg-type]
        list(bt)
        assert bt.report().record.ended == start + 70 * MINUTE - 1


def test_every_price_of_quotes_is_a_step_and_every_so_manieth_where_asked_for() -> None:
    frame = quotes(walk(20))
    seen = list(Backtest({BTC: frame}))
    assert all(isinstance(each, Moment) for each in seen)
    assert [(each.timestamp, each.bid, each.ask, each.last) for each in seen] == [
        tuple(row) for row in frame.to_numpy()
    ]
    assert [each.timestamp for each in Backtest({BTC: frame}, every=5)] == list(frame["timestamp"][4::5])


def test_several_markets_come_by_symbol() -> None:
    later = candles((10, 11, 9, 10), (10, 11, 9, 10), start=START + MINUTE)
    steps = list(Backtest({BTC: UP, ETH: later}))
    assert [sorted(step) for step in steps] == [[BTC], [BTC, ETH]]
    assert steps[1][ETH] == Bar(ETH, START + MINUTE, 10, 11, 9, 10, 1)


def test_a_market_with_a_gap_takes_no_order_at_the_bar_that_it_was_decided_by() -> None:
    gap = [UP[0], *candles((9, 9, 9, 9), (9, 9, 9, 9), start=START + 2 * MINUTE)]
    bt = Backtest({BTC: UP, ETH: gap})
    said: list[str] = []
    for _ in bt:
        try:
            said.append(bt.exchange.create_order(ETH, "market", "buy", 1)["status"])
        except Exception as error:  # noqa: BLE001  # by name: ccxt may be loaded or not
            said.append(type(error).__name__)
    assert said == ["MarketClosed", "closed", "closed"]


def strategy(exchange: Any) -> None:
    while True:
        exchange.create_order(BTC, "market", "buy", 1)
        exchange.sleep(MINUTE)


def test_a_function_trades_until_the_history_is_over() -> None:
    results = Backtest({BTC: UP}).run(strategy)
    assert [fill.price for fill in results.record.fills] == [100, 102, 104]
    assert results.record.ended == START + 3 * MINUTE - 1


def test_what_is_left_when_a_function_returns_comes_by_all_the_same() -> None:
    def rest(exchange: Any) -> None:
        exchange.create_order(BTC, "market", "buy", 1)
        exchange.create_order(BTC, "limit", "sell", 0.5, 105)

    filled = Backtest({BTC: UP}).run(rest).record.fills
    assert [(fill.side, fill.price) for fill in filled] == [("BUY", 100), ("SELL", 105)]


def test_a_bot_that_swallows_every_exception_comes_to_its_end() -> None:
    def stubborn(exchange: Any) -> None:
        while True:
            try:
                exchange.sleep(MINUTE)
            except Exception:  # noqa: BLE001  # what such bots do
                continue

    assert Backtest({BTC: UP}).run(stubborn).record.fills == []


def test_a_back_test_runs_once() -> None:
    bt = Backtest({BTC: UP})
    bt.run_bars(lambda exchange, bar: None)
    with pytest.raises(BadRequest, match="runs once"):
        list(bt)


def test_who_sleeps_in_a_loop_beyond_the_end_is_at_the_end() -> None:
    bt = Backtest({BTC: UP})
    for _ in bt:
        bt.exchange.sleep(10**15)
        bt.exchange.sleep(10 * MINUTE)
    assert bt.report().record.ended == START + 3 * MINUTE - 1


# nothing is seen before it is there


READS: dict[str, Callable[[Any], object]] = {
    "ticker": lambda exchange: exchange.fetch_ticker(BTC),
    "tickers": lambda exchange: exchange.fetch_tickers(),
    "bids and asks": lambda exchange: exchange.fetch_bids_asks(),
    "book": lambda exchange: exchange.fetch_order_book(BTC),
    "trades": lambda exchange: exchange.fetch_trades(BTC),
    "minutes": lambda exchange: exchange.fetch_ohlcv(BTC, "1m"),
    "minutes since": lambda exchange: exchange.fetch_ohlcv(BTC, "1m", exchange.milliseconds() - 3 * MINUTE, 50),
    "minutes to come": lambda exchange: exchange.fetch_ohlcv(BTC, "1m", exchange.milliseconds() + MINUTE, 50),
    "longer ones": lambda exchange: exchange.fetch_ohlcv(BTC, "5m", limit=3),
    "all of longer ones": lambda exchange: exchange.fetch_ohlcv(BTC, "15m"),
    "balance": lambda exchange: exchange.fetch_balance(),
    "orders": lambda exchange: exchange.fetch_orders(BTC),
    "my trades": lambda exchange: exchange.fetch_my_trades(BTC),
    "time": lambda exchange: exchange.milliseconds(),
}


def read_everything(bt: Backtest) -> Iterator[dict[str, str]]:
    """What every read gives at every step, with orders resting and filling in between."""
    for number, step in enumerate(bt):
        if number % 5 == 1:
            last = bt.exchange.fetch_ticker(BTC)["last"]
            bt.exchange.create_order(BTC, "limit", "buy", 1, last - 2)
            bt.exchange.create_order(BTC, "market", "buy", 1)
        shown = repr(step) if isinstance(step, Bar) else f"{step.bid} {step.ask} {step.last}"
        yield {name: repr(read(bt.exchange)) for name, read in READS.items()} | {"step": shown}


@pytest.mark.parametrize("kind", ["candles", "the same bar", "pessimistic", "quotes"])
def test_looking_ahead_is_impossible(kind: str) -> None:
    """Whatever is asked for, the answer is the same when what comes later is not there at all."""
    data = walk(60)

    def run(rows: Rows) -> list[dict[str, str]]:
        if kind == "quotes":
            return list(read_everything(Backtest({BTC: quotes(rows)})))
        path = "pessimistic" if kind == "pessimistic" else "default"
        return list(read_everything(Backtest({BTC: rows}, same_bar=kind == "the same bar", path=path)))

    whole = run(data)
    assert len(whole) >= 59
    for end in (7, 23, 24, 45):
        known = run(data[:end])
        assert len(known) >= end - 1
        for at, (seen, with_future) in enumerate(zip(known, whole, strict=False)):
            assert seen == with_future, f"step {at} of {end}"


def test_the_first_candles_since_a_time_are_found_behind_a_gap_and_before_the_first_one() -> None:
    gap = [*walk(5), *candles(*[(9, 9, 9, 9)] * 30, start=START + 40 * MINUTE)]
    bt = Backtest({BTC: gap}, same_bar=True)
    list(bt)
    found = bt.exchange.fetch_ohlcv(BTC, "1m", START, 10)
    assert [row[0] for row in found] == [row[0] for row in gap[:10]]
    assert bt.exchange.fetch_ohlcv(BTC, "1m", 0, 10) == found, "as an exchange has it: the first that there are"
    hour = START // (5 * MINUTE) * (5 * MINUTE)
    longer = bt.exchange.fetch_ohlcv(BTC, "5m", hour, 3)
    assert longer[0][0] == hour
    assert len(longer) == 3
    assert longer == bt.exchange.fetch_ohlcv(BTC, "5m", hour)[:3]


@pytest.mark.parametrize("minutes", [3, 5, 7, 60, 240, 1440])
def test_a_ticker_is_made_of_whatever_candles_there_are(minutes: int) -> None:
    length, day = minutes * MINUTE, 1440 * MINUTE
    begin = START - START % (day * 7)
    rows = [[begin + at * length, *row[1:]] for at, row in enumerate(walk(3 * 1440 // minutes + 2))]
    bt = Backtest({BTC: rows})
    for bar in bt:
        if bar.timestamp + length < begin + 2 * day:
            continue
        ticker, now = bt.exchange.fetch_ticker(BTC), bt.exchange.milliseconds()
        inside = [row for row in rows if now - day <= row[0] < now]
        assert ticker["open"] == inside[0][1]
        assert ticker["high"] == max(ticker["last"], *(row[2] for row in inside))
        assert ticker["low"] == min(ticker["last"], *(row[3] for row in inside))
        return
    pytest.fail("there is no such bar")


def test_candles_of_days_may_be_those_of_the_data() -> None:
    week = 7 * 1440 * MINUTE
    monday = START - (START - 4 * 1440 * MINUTE) % week
    bt = Backtest({BTC: [[monday + at * week, *row[1:]] for at, row in enumerate(walk(6))]}, same_bar=True)
    bars = list(bt)
    assert bt.exchange.fetch_ohlcv(BTC, "1w") == [list(bar[1:]) for bar in bars]


def test_candles_since_long_before_the_data_are_its_first() -> None:
    exchange = Backtest({BTC: UP}).exchange
    exchange.sleep(MINUTE + 1)
    first = [int(UP[0][0]), *UP[0][1:]]
    assert exchange.fetch_ohlcv(BTC, "1m", 0, 1) == exchange.fetch_ohlcv(BTC, "1m", 0)[:1] == [first]


def test_the_last_candle_is_in_progress_and_grows() -> None:
    seen: list[list[float]] = []

    def look(exchange: Any) -> None:
        while True:
            seen.append(exchange.fetch_ohlcv(BTC, "1m")[-1])
            exchange.sleep(MINUTE // 4)

    Backtest({BTC: UP[:1] + UP[1:2]}).run(look)
    first = [row[1:] for row in seen[:4]]
    assert first == [
        [100, 100, 100, 100, 0.25],
        [100, 100, 99, 99, 0.5],
        [100, 101, 99, 101, 0.75],
        [100, 101, 99, 101, 0.75],
    ]
    assert seen[4][0] == START + MINUTE


# the path through a candle


BOTH = candles((100, 100, 100, 100), (100, 110, 90, 100), (100, 100, 100, 100))
"""A candle that goes ten up and ten down."""


def bracket(exchange: Any) -> None:
    """A stop below and a target above what was bought."""
    exchange.create_order(BTC, "market", "buy", 1)
    exchange.create_order(BTC, "limit", "sell", 0.4, 105)
    exchange.create_order(BTC, "stop_loss", "sell", 0.4, None, {"stopPrice": 95})
    exchange.sleep(2 * MINUTE)


def entry(exchange: Any) -> None:
    exchange.privatePostOrderListOtoco(
        {
            "symbol": "BTCUSDT",
            "workingType": "LIMIT",
            "workingTimeInForce": "GTC",
            "workingSide": "BUY",
            "workingPrice": "95",
            "workingQuantity": "1",
            "pendingSide": "SELL",
            "pendingQuantity": "0.9",
            "pendingAboveType": "LIMIT_MAKER",
            "pendingAbovePrice": "105",
            "pendingBelowType": "STOP_LOSS",
            "pendingBelowStopPrice": "92",
        }
    )
    exchange.sleep(2 * MINUTE)


def sold_at(function: Callable[[Any], None], path: str) -> list[Decimal]:
    record = Backtest({BTC: BOTH}, path=path, check_path=False).run(function).record
    return [fill.price for fill in record.fills if fill.side == "SELL"]


def test_what_a_stop_is_there_for_comes_first_or_last() -> None:
    assert sold_at(bracket, "default") == [90, 105], "it closed up: the low first"
    assert sold_at(bracket, "pessimistic") == [90, 105]
    assert sold_at(bracket, "optimistic") == [105, 90]


def test_what_enters_at_an_extreme_meets_it_again_where_that_is_bad() -> None:
    assert sold_at(entry, "pessimistic") == [90], "its stop at 92 is below where it came in, at 95"
    assert sold_at(entry, "default") == [110], "four prices do not tell: the next one is the high"


def test_a_random_path_is_drawn_by_its_seed() -> None:
    ways = {seed: tuple(sold_at_by(seed)) for seed in range(12)}
    assert set(ways.values()) == {(90, 105), (105, 90)}
    assert ways == {seed: tuple(sold_at_by(seed)) for seed in range(12)}


def sold_at_by(seed: int) -> list[Decimal]:
    record = Backtest({BTC: BOTH}, path="random", seed=seed, check_path=False).run(bracket).record
    return [fill.price for fill in record.fills if fill.side == "SELL"]


def depends(exchange: Any) -> None:
    """With an OCO only one of the two fills."""
    exchange.create_order(BTC, "market", "buy", 1)
    exchange.privatePostOrderListOco(
        {
            "symbol": "BTCUSDT",
            "side": "SELL",
            "quantity": "0.9",
            "aboveType": "LIMIT_MAKER",
            "abovePrice": "105",
            "belowType": "STOP_LOSS",
            "belowStopPrice": "95",
        }
    )
    exchange.sleep(2 * MINUTE)


def test_a_result_that_depends_on_the_path_says_so_with_what_it_is_on_the_others() -> None:
    results = Backtest({BTC: iter(BOTH)}).run(depends)
    [notice] = [note for note in results.record.notices if "extreme" in note]
    assert notice.startswith("in 1 candle")
    default, best, worst = (
        Backtest({BTC: BOTH}, path=path, check_path=False).run(depends).final_equity
        for path in ("default", "optimistic", "pessimistic")
    )
    assert worst == default != best
    assert notice.endswith(f"default {text(default)}, optimistic {text(best)}, pessimistic {text(worst)}")
    assert not any("extreme" in note for note in Backtest({BTC: UP}).run(depends).record.notices)


def paths_of(rows: Rows, function: Callable[[Any], None]) -> tuple[list[str], list[Decimal]]:
    """What is said of the path, and at what prices was sold on the default, the best and the worst one."""
    notices = Backtest({BTC: rows}).run(function).record.notices
    sold: list[Decimal] = []
    for path in ("default", "optimistic", "pessimistic"):
        record = Backtest({BTC: rows}, path=path, check_path=False).run(function).record
        sold += [fill.price for fill in record.fills if fill.side == "SELL"]
    return [note for note in notices if "extreme" in note], sold


def test_what_depends_on_the_path_after_it_came_in_is_told() -> None:
    notices, sold = paths_of(BOTH, entry)
    assert sold == [110, 110, 90], "its stop goes off where it came in, and sells at the next price"
    assert len(notices) == 1

    def afterwards(exchange: Any) -> None:
        """What is bought at the low is sold at a high that comes first by default."""
        parameters = {"symbol": "BTCUSDT", "workingSide": "BUY", "workingType": "LIMIT", "pendingSide": "SELL"}
        parameters |= {"workingTimeInForce": "GTC", "workingPrice": "95", "workingQuantity": "1"}
        parameters |= {"pendingType": "LIMIT_MAKER", "pendingPrice": "105", "pendingQuantity": "0.9"}
        exchange.privatePostOrderListOto(parameters)
        exchange.sleep(2 * MINUTE)

    down = [*BOTH[:1], *candles((100, 110, 90, 99), (99, 99, 99, 99), start=START + MINUTE)]
    assert len(paths_of(down, afterwards)[0]) == 1
    narrow = [*BOTH[:1], *candles((100, 104, 90, 99), (99, 99, 99, 99), start=START + MINUTE)]
    assert not paths_of(narrow, afterwards)[0], "it comes to no target on either way"


def test_a_limit_that_a_stop_leaves_depends_on_the_path() -> None:
    def stop_limit(exchange: Any) -> None:
        exchange.create_order(BTC, "stop_loss_limit", "buy", 1, 103, {"stopPrice": 105})
        exchange.sleep(2 * MINUTE)

    def told(*candle: float) -> bool:
        rows = candles((100, 100, 100, 100), candle, (108, 108, 108, 108))  # type: ignore[arg-type]
        return bool(paths_of(rows, stop_limit)[0])

    assert told(104, 110, 95, 108), "low, high: it came in too late for the low"
    assert told(104, 110, 95, 99), "high, low"
    assert not told(104, 110, 104, 108), "on neither way"


def trailing(exchange: Any) -> None:
    exchange.create_order(BTC, "market", "buy", 1)
    exchange.create_order(BTC, "stop_loss", "sell", 0.9, None, {"trailingDelta": 1000})
    exchange.sleep(3 * MINUTE)


def test_a_stop_that_trails_depends_on_the_path_where_a_candle_goes_better_first() -> None:
    rows = candles((100, 100, 100, 100), (100, 110, 95, 96), (96, 96, 96, 96), (96, 96, 96, 96))
    notices, sold = paths_of(rows, trailing)
    assert sold == [95, 96, 95], "95 is a tenth below 110, and not below 100"
    assert len(notices) == 1
    rows = candles((100, 100, 100, 100), (100, 104, 89, 96), (96, 96, 96, 96), (96, 96, 96, 96))
    notices, sold = paths_of(rows, trailing)
    assert (notices, sold) == ([], [89, 89, 89]), "a tenth below where it began: on either way"
    rows = candles((100, 100, 100, 100), (100, 104, 95, 96), (96, 96, 96, 96), (96, 96, 96, 96))
    assert paths_of(rows, trailing) == ([], []), "on neither"


class Once:
    """A bot that remembers whether it has traded."""

    def __init__(self, *held: object) -> None:
        self.traded, self.held = False, held

    def trade(self, exchange: Any) -> None:
        if not self.traded:
            self.traded = True
            depends(exchange)

    __call__ = trade


def test_a_bot_that_remembers_begins_anew_on_the_other_paths() -> None:
    def said(bot: Callable[[Any], object], bt: Backtest | None = None) -> list[str]:
        return (bt or Backtest({BTC: BOTH})).run(bot).record.notices

    bot, bt = Once(), Backtest({BTC: BOTH})
    assert said(bot) == said(Once().trade) == said(Once(bt, bt.exchange), bt) == said(depends)
    assert bot.traded, "the first run is its own"
    assert said(Once(Lock())) != said(depends), "what cannot be copied is called as it is"


# the ways of a loop


def do_something(bt: Backtest, number: int) -> None:
    last = float(bt.store.market(BTC).tick.quote.last)  # type: ignore[union-attr]  # a step has a price
    try:
        if number % 7 == 0:
            bt.exchange.create_order(BTC, "limit", "buy", 1, last - number % 4)
        if number % 7 == 3:
            bt.exchange.create_order(BTC, "limit", "sell", 0.5, last + number % 3)
        if number % 29 == 28:
            bt.exchange.cancel_all_orders(BTC)
        if number % 11 == 5:
            bt.exchange.create_order(BTC, "stop_loss", "sell", 0.25, None, {"stopPrice": last - 2})
    except Exception as error:  # noqa: BLE001  # ccxt's, or ours where it is not loaded
        assert type(error).__name__ in ("InsufficientFunds", "OrderImmediatelyFillable")  # noqa: PT017  # by name


def test_steps_at_which_nothing_happens_change_nothing() -> None:
    """Where nothing can happen a step only shows a tick; that leaves the same journal as going there step by step."""
    frame = quotes(walk(400))
    by_steps = Backtest({BTC: frame}, balances={"USDT": 5_000})
    for number, _ in enumerate(by_steps):
        do_something(by_steps, number)
    by_time = Backtest({BTC: frame}, balances={"USDT": 5_000})
    for number, time in enumerate(frame["timestamp"].tolist()):
        by_time.pass_time(time - by_time.clock.time)
        do_something(by_time, number)

    def journal(store: MemoryStore) -> list[object]:
        return list(store.journal(0, 100_000).items)

    assert len(by_steps.report().record.fills) > 20
    for one, other in zip(journal(by_steps.store), journal(by_time.store), strict=True):
        assert one == other


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"path": "lucky"}, "path must be one of default, random, optimistic, pessimistic, was 'lucky'"),
        ({"timeframe": "7m"}, "timeframe must be one of 1m"),
        ({"timeframe": "5m", "every": 3}, "give timeframe or every, not both"),
        ({"every": 0}, "every must be a whole number from 1 on, was 0"),
        ({"every": 1.5}, "every must be a whole number from 1 on, was 1.5"),
        ({"latency": 1.5}, "latency must be a whole number of ms from 0 to 60000, was 1.5"),
        ({"quote_asset": "EUR"}, "quote_asset 'EUR' is in no market of the data: BTC, USDT"),
        ({"every": 5}, "every counts quotes or trades"),
        ({"commission": "much"}, "commission: 'much' is no number"),
        ({"commission": float("nan")}, "commission: nan is no number"),
        ({"balances": 1_000}, "balances are amounts by asset, like {'USDT': 1000}, was 1000"),
        ({"maker": 1}, "maker must be a fraction"),
        ({"latency": -1}, "latency must be a whole number of ms from 0 to 60000, was -1"),
        ({"fill_model": "kind"}, "unknown fill model 'kind'"),
        ({"balances": {"USDT": "x"}}, "USDT: 'x' is no number"),
        ({"balances": {"USDT": -1}}, "-1"),
        ({"balances": {"USDT": float("inf")}}, "USDT: inf is no number"),
        ({"maker": float("nan")}, "maker: nan is no number"),
    ],
)
def test_what_makes_no_sense_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(BadRequest, match=said):
        Backtest({BTC: UP}, **options)


def test_no_data_is_refused() -> None:
    with pytest.raises(BadRequest, match="the data is empty"):
        Backtest({})


def test_numbers_may_be_those_of_numpy() -> None:
    balances: Any = {"USDT": np.float64(0.1), "BTC": np.int64(3)}
    bt = Backtest({BTC: UP}, balances=balances, commission=np.float64(0.5))
    assert (bt.venue.balances("default")[0].free, bt.venue.balances("default")[1].free) == (3, Decimal("0.1"))
    assert bt.venue.rules.taker_rate == Decimal("0.5")


def test_an_accounts_own_fill_model_misses_no_price() -> None:
    frame = pd.DataFrame({"timestamp": range(START, START + 10_000, 1_000), "bid": 90, "ask": 110, "price": 100})
    frame.loc[4, "price"] = 95
    bt = Backtest({BTC: frame})
    bt.venue.accounts.set_fill_model("default", "last")
    left: list[int] = []
    for moment in bt:
        if moment.timestamp == START:
            bt.exchange.create_order(BTC, "limit", "buy", 1, 96)
        left.append(len(bt.exchange.fetch_open_orders()))
    assert left == [1] * 4 + [0] * 6


def test_open_orders_asked_for_in_other_words_are_not_told_again() -> None:
    bt = Backtest({BTC: UP, ETH: UP})
    for symbol in (BTC, ETH):
        bt.exchange.create_order(symbol, "limit", "buy", 1, 50)
    [order] = bt.exchange.fetch_open_orders(params={"symbol": "BTCUSDT"})
    assert order["symbol"] == BTC
    assert len(bt.exchange.fetch_open_orders()) == 2


def test_an_option_that_there_is_not_is_named_with_those_that_there_are() -> None:
    with pytest.raises(TypeError, match=r"Backtest has no option 'cash'; it has balances, .*, tick_size, timeframe"):
        Backtest({BTC: UP}, cash=1_000)


def test_numbers_of_numpy_are_numbers() -> None:
    bt = Backtest({BTC: UP}, commission=np.float64(0.002), balances={"USDT": cast("int", np.int64(500))})
    assert bt.settings()["fees"] == "maker 0.002, taker 0.002"
    assert bt.exchange.fetch_balance()["USDT"]["free"] == 500


def test_of_a_folder_with_several_lengths_the_one_that_is_asked_for_is_taken(tmp_path: Path) -> None:
    frame = pd.DataFrame(walk(120), columns=["date", "open", "high", "low", "close", "volume"])
    frame.to_feather(tmp_path / "BTC_USDT-1m.feather")
    frame.assign(date=START + (frame["date"] - START) * 5).to_feather(tmp_path / "BTC_USDT-5m.feather")
    for timeframe, length in (("1m", MINUTE), ("5m", 5 * MINUTE)):
        one, other = list(Backtest(tmp_path, timeframe=timeframe))[:2]
        assert other.timestamp - one.timestamp == length
    with pytest.raises(BadRequest, match="BTC/USDT is there as 1m, 5m: choose one, as in timeframe='1m'"):
        Backtest(tmp_path, timeframe="15m")


def test_a_coroutine_is_refused() -> None:
    async def trade(*_: object) -> None: ...

    for run in (Backtest({BTC: UP}).run, Backtest({BTC: UP}).run_bars):
        with pytest.raises(BadRequest, match="trade is async"):
            run(trade)


def test_fees_latency_and_the_fill_model_are_those_asked_for() -> None:
    bt = Backtest({BTC: UP}, commission=0.01, maker=0, latency=100, fill_model="last", balances={"USDT": 1_000})
    for _ in bt:
        bt.exchange.create_order(BTC, "market", "buy", 1)
    [fill, _] = bt.report().record.fills
    assert (fill.rate, fill.model, fill.price) == (Decimal("0.01"), "last", 101), "the low comes after 15 s"
    assert bt.settings()["latency"] == "100 ms"


def test_the_last_equity_is_exact_through_another_market_and_where_something_has_no_price() -> None:
    lines = {BTC: UP, "ETH/BTC": candles(*[(0.1, 0.1, 0.1, 0.1)] * 3)}
    bt = Backtest(lines, balances={"USDT": "0.3", "ETH": 3, "DOGE": 7})
    list(bt)
    assert bt.report().record.final_equity == Decimal("31.8"), "3 ETH are 0.3 BTC of 105; nobody has a price of DOGE"


@pytest.mark.parametrize(("asked", "latency"), [({}, 500), ({"latency": 100}, 100)])
def test_a_preset_brings_its_latency(asked: dict[str, Any], latency: int) -> None:
    for preset in ("brutal", "brutal+slippage=5"):
        bt = Backtest({BTC: UP}, fill_model=preset, **asked)
        assert bt.venue.rules.engine.latency == latency
        assert bt.settings()["latency"] == f"{latency} ms"
