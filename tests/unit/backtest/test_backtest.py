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
    results = Backtest({BTC: BOTH}).run(depends)
    [notice] = [note for note in results.record.notices if "extreme" in note]
    assert notice.startswith("in 1 candle")
    default, best, worst = (
        Backtest({BTC: BOTH}, path=path, check_path=False).run(depends).record.final_equity
        for path in ("default", "optimistic", "pessimistic")
    )
    assert worst == default != best
    assert notice.endswith(f"default {default:f}, optimistic {best:f}, pessimistic {worst:f}")
    assert not any("extreme" in note for note in Backtest({BTC: UP}).run(depends).record.notices)


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
        ({"every": 0}, "every must be at least 1, was 0"),
        ({"every": 5}, "every counts quotes or trades"),
        ({"commission": "much"}, "commission: 'much' is no number"),
        ({"commission": float("nan")}, "commission: nan is no number"),
        ({"balances": 1_000}, "balances are amounts by asset, like {'USDT': 1000}, was 1000"),
        ({"maker": 1}, "maker must be a fraction"),
        ({"latency": -1}, "latency must be from 0 to 60000 ms, was -1"),
        ({"fill_model": "kind"}, "unknown fill model 'kind'"),
        ({"balances": {"USDT": "x"}}, "USDT: 'x' is no number"),
        ({"balances": {"USDT": -1}}, "-1"),
    ],
)
def test_what_makes_no_sense_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(BadRequest, match=said):
        Backtest({BTC: UP}, **options)


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


def test_candles_that_begin_at_odd_times_are_bars_but_no_longer_ones_are_made_of_them() -> None:
    odd = [[row[0] + 20_000, *row[1:]] for row in UP]  # as of pandas' resample with an offset
    assert [bar.timestamp for bar in Backtest({BTC: odd})] == [int(row[0]) for row in odd[:-1]]
    with pytest.raises(BadRequest, match="the candles of BTC/USDT begin at odd times"):
        Backtest({BTC: odd}, timeframe="3m")


def test_fees_latency_and_the_fill_model_are_those_asked_for() -> None:
    bt = Backtest({BTC: UP}, commission=0.01, maker=0, latency=100, fill_model="last", balances={"USDT": 1_000})
    for _ in bt:
        bt.exchange.create_order(BTC, "market", "buy", 1)
    [fill, _] = bt.report().record.fills
    assert (fill.rate, fill.model, fill.price) == (Decimal("0.01"), "last", 101), "the low comes after 15 s"
    assert bt.settings()["latency"] == "100 ms"
