"""The exchange of a test in memory: prices, books, trades, the clock and money are in its hand."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from mockexchange.backtest import unified_errors
from mockexchange.backtest.unified_exchange import UnifiedExchange
from mockexchange.domain.balances import Bucket
from mockexchange.domain.errors import BadQuote, BadSymbol, InsufficientFunds
from mockexchange.testing.hand import BrokenBooks, Hand, check_books
from mockexchange.testing.in_memory import ExchangeInHand
from mockexchange.testing.terms import read

SYMBOL = "BTC/USDT"


@pytest.fixture
def exchange() -> Iterator[ExchangeInHand]:
    made = ExchangeInHand(read())
    yield made
    check_books(made)


def made_with(**terms: Any) -> ExchangeInHand:
    return ExchangeInHand(read(terms))


def status(exchange: ExchangeInHand, order: dict[str, Any]) -> str:
    return exchange.fetch_order(order["id"], SYMBOL)["status"]


def test_the_hand_takes_no_name_that_the_face_has() -> None:
    def names(kind: type) -> set[str]:
        return {name for each in kind.__mro__[:-1] for name in vars(each) if not name.startswith("__")}

    assert names(Hand) & names(UnifiedExchange) == set()


def test_one_price_is_bid_ask_and_last(exchange: ExchangeInHand) -> None:
    exchange.price(SYMBOL, 51_000)
    ticker = exchange.fetch_ticker(SYMBOL)
    assert (ticker["bid"], ticker["ask"], ticker["last"]) == (51_000, 51_000, 51_000)


def test_each_of_them_may_be_named(exchange: ExchangeInHand) -> None:
    exchange.price(SYMBOL, bid=50_990, ask=51_010, bid_size=2, ask_size="0.5")
    ticker = exchange.fetch_ticker(SYMBOL)
    assert (ticker["bid"], ticker["ask"], ticker["last"]) == (50_990, 51_010, 51_000)
    assert (ticker["bidVolume"], ticker["askVolume"]) == (2, 0.5)
    exchange.price(SYMBOL, 51_000, ask=51_020, last=51_015)
    ticker = exchange.fetch_ticker(SYMBOL)
    assert (ticker["bid"], ticker["ask"], ticker["last"]) == (51_000, 51_020, 51_015)


def test_half_a_price_is_none(exchange: ExchangeInHand) -> None:
    with pytest.raises(ValueError, match="needs a price, or bid and ask; ask is not known"):
        exchange.price(SYMBOL, bid=50_000)
    with pytest.raises(BadQuote, match="crossed"):
        exchange.price(SYMBOL, bid=50_000, ask=49_000)


def test_a_price_fills_what_it_reaches_at_once(exchange: ExchangeInHand) -> None:
    order = exchange.create_order(SYMBOL, "limit", "buy", 0.1, 49_000)
    assert status(exchange, order) == "open"
    exchange.price(SYMBOL, 49_001)
    assert status(exchange, order) == "open"
    exchange.price(SYMBOL, 49_000)
    assert status(exchange, order) == "closed"
    assert exchange.fetch_balance()["BTC"]["free"] == 0.0999


def test_a_stop_is_triggered_by_a_price(exchange: ExchangeInHand) -> None:
    exchange.create_order(SYMBOL, "market", "buy", 0.1)
    stop = exchange.create_order(SYMBOL, "market", "sell", 0.09, None, {"stopPrice": 48_000})
    exchange.price(SYMBOL, 48_500)
    assert status(exchange, stop) == "open"
    exchange.price(SYMBOL, 47_900)
    assert exchange.fetch_order(stop["id"], SYMBOL)["average"] == 47_900


def test_an_order_walks_a_book_with_depth() -> None:
    exchange = made_with(fill_model="depth", balances={"USDT": 100_000})
    exchange.book(SYMBOL, bids=[(49_980, 1), (49_990, 1)], asks=[(50_020, 1), (50_000, "0.5")])
    book = exchange.fetch_order_book(SYMBOL)
    assert [level[:2] for level in book["bids"]] == [[49_990, 1], [49_980, 1]]
    assert [level[:2] for level in book["asks"]] == [[50_000, 0.5], [50_020, 1]]
    order = exchange.create_order(SYMBOL, "market", "buy", 1)
    assert (order["filled"], order["average"]) == (1, 50_010)
    check_books(exchange)


def test_a_book_keeps_the_last_price_where_it_can(exchange: ExchangeInHand) -> None:
    exchange.book(SYMBOL, bids=[(49_990, 1)], asks=[(50_010, 1)])
    assert exchange.fetch_ticker(SYMBOL)["last"] == 50_000
    exchange.book(SYMBOL, bids=[(48_990, 1)], asks=[(49_010, 1)])
    assert exchange.fetch_ticker(SYMBOL)["last"] == 49_010
    exchange.book(SYMBOL, bids=[(48_990, 1)], asks=[(49_010, 1)], last=49_000)
    assert exchange.fetch_ticker(SYMBOL)["last"] == 49_000


@pytest.mark.parametrize(
    ("bids", "asks", "said"),
    [
        ([], [(1, 1)], "one bid and one ask at least"),
        ([(1, 0)], [(2, 1)], "a price and an amount above 0, was 1, 0"),
        ([(1, 1)], [(0, 1)], "a price and an amount above 0, was 0, 1"),
    ],
)
def test_a_book_that_cannot_be(exchange: ExchangeInHand, bids: Any, asks: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        exchange.book(SYMBOL, bids, asks)


def test_others_trade_and_a_queue_gets_shorter() -> None:
    exchange = made_with(fill_model="depth+queue")
    exchange.book(SYMBOL, bids=[(49_990, 2)], asks=[(50_010, 2)])
    order = exchange.create_order(SYMBOL, "limit", "buy", 0.1, 49_990)
    exchange.trade(SYMBOL, 49_990, 1, "sell")
    assert status(exchange, order) == "open"
    exchange.trade(SYMBOL, 49_990, 1, "sell")
    assert status(exchange, order) == "open"
    exchange.trade(SYMBOL, 49_990, 1, "sell")
    assert status(exchange, order) == "closed"
    assert exchange.milliseconds() == 1_704_067_200_003, "one came after the other"
    trade = exchange.fetch_trades(SYMBOL)[-1]
    assert (trade["price"], trade["amount"], trade["side"]) == (49_990, 1, "sell")
    check_books(exchange)


def test_a_trade_moves_the_last_price_and_leaves_the_touch(exchange: ExchangeInHand) -> None:
    exchange.price(SYMBOL, bid=49_990, ask=50_010)
    exchange.trade(SYMBOL, 50_010, 1)
    ticker = exchange.fetch_ticker(SYMBOL)
    assert (ticker["bid"], ticker["ask"], ticker["last"]) == (49_990, 50_010, 50_010)
    exchange.trade("ETH/USDT", 3_000, 1)
    assert exchange.fetch_ticker("ETH/USDT")["ask"] == 3_000


def test_a_trade_that_cannot_be(exchange: ExchangeInHand) -> None:
    with pytest.raises(ValueError, match="side must be 'buy' or 'sell', was 'long'"):
        exchange.trade(SYMBOL, 50_000, 1, "long")  # pyright: ignore[reportArgumentType]  # as somebody may write it
    with pytest.raises(ValueError, match="an amount must be above 0, was 0"):
        exchange.trade(SYMBOL, 50_000, 0)


def test_time_stands_still_until_it_is_moved(exchange: ExchangeInHand) -> None:
    assert exchange.milliseconds() == exchange.milliseconds() == 1_704_067_200_000
    exchange.advance(days=1, hours=1, minutes=1, seconds=1, milliseconds=1)
    assert exchange.milliseconds() == 1_704_067_200_000 + 90_061_001
    exchange.sleep(250)
    exchange.sleep(0)
    assert exchange.iso8601(exchange.milliseconds()) == "2024-01-02T01:01:01.251Z"
    with pytest.raises(ValueError, match="time goes on only; advance\\(\\) was told 0 ms"):
        exchange.advance()
    with pytest.raises(ValueError, match="was told -1000 ms"):
        exchange.advance(seconds=-1)


def test_an_order_with_a_date_expires_by_the_clock(exchange: ExchangeInHand) -> None:
    until = exchange.milliseconds() + 3_600_000
    order = exchange.create_order(SYMBOL, "limit", "buy", 0.1, 49_000, {"expiresAt": until})
    exchange.advance(minutes=59)
    assert status(exchange, order) == "open"
    exchange.advance(minutes=1)
    assert status(exchange, order) == "expired"
    exchange.price(SYMBOL, 48_000)
    assert exchange.fetch_balance()["USDT"]["free"] == 10_000


def test_an_order_that_is_on_its_way_arrives_with_the_time() -> None:
    exchange = made_with(latency=500)
    order = exchange.create_order(SYMBOL, "market", "buy", 0.1)
    assert status(exchange, order) == "open"
    exchange.price(SYMBOL, 50_500)
    exchange.advance(milliseconds=499)
    assert status(exchange, order) == "open"
    exchange.advance(milliseconds=1)
    assert exchange.fetch_order(order["id"], SYMBOL)["average"] == 50_500
    check_books(exchange)


def test_a_price_stands_unless_it_may_grow_old(exchange: ExchangeInHand) -> None:
    exchange.advance(days=30)
    assert exchange.create_order(SYMBOL, "market", "buy", 0.1)["status"] == "closed"
    strict = made_with(stale_after=60)
    strict.advance(seconds=61)
    with pytest.raises(Exception, match="Market is closed") as raised:
        strict.create_order(SYMBOL, "market", "buy", 0.1)
    assert type(raised.value).__name__ == "MarketClosed"


def test_prices_become_candles(exchange: ExchangeInHand) -> None:
    for close in (50_100, 49_900, 50_300):
        exchange.price(SYMBOL, close)
        exchange.advance(hours=1)
    rows = exchange.fetch_ohlcv(SYMBOL, "1h")
    assert [row[4] for row in rows] == [50_100, 49_900, 50_300, 50_300]
    assert rows[0][:4] == [1_704_067_200_000, 50_000, 50_100, 50_000]
    assert exchange.fetch_ohlcv(SYMBOL, "1h", limit=2) == rows[-2:]
    assert exchange.fetch_ohlcv(SYMBOL, "1h", since=int(rows[1][0]), limit=1) == rows[1:2]
    assert exchange.fetch_ohlcv(SYMBOL, "1d")[-1][2:5] == [50_300, 49_900, 50_300]


def test_a_candle_is_gone_through(exchange: ExchangeInHand) -> None:
    low = exchange.create_order(SYMBOL, "limit", "buy", 0.1, 49_000)
    exchange.candle(SYMBOL, 50_000, 50_500, 48_900, 50_200, "1h")
    exchange.candle(SYMBOL, 50_200, 50_300, 50_100, "50100", "1h")
    bought = exchange.fetch_my_trades(SYMBOL)
    assert [(trade["order"], trade["price"], trade["timestamp"]) for trade in bought] == [
        (low["id"], 49_000, 1_704_067_200_000 + 15 * 60_000)
    ]
    rows = exchange.fetch_ohlcv(SYMBOL, "1h")
    assert [row[:5] for row in rows[:2]] == [
        [1_704_067_200_000, 50_000, 50_500, 48_900, 50_200],
        [1_704_070_800_000, 50_200, 50_300, 50_100, 50_100],
    ]
    assert exchange.milliseconds() == 1_704_074_400_000


@pytest.mark.parametrize(
    ("prices", "timeframe", "said"),
    [
        ((1, 2, 3, 1), "1m", "high and low hold all prices of a candle, was 1, 2, 3, 1"),
        ((1, 2, 1, 3), "1m", "high and low hold all prices of a candle, was 1, 2, 1, 3"),
        ((1, 1, 1, 1), "1y", "a timeframe is one of 1m, 3m, "),
    ],
)
def test_a_candle_that_cannot_be(
    exchange: ExchangeInHand, prices: tuple[int, int, int, int], timeframe: str, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        exchange.candle(SYMBOL, *prices, timeframe=timeframe)


def test_money_in_and_out(exchange: ExchangeInHand) -> None:
    exchange.deposit("BTC", 0.1)
    exchange.withdraw("USDT", "9999.5")
    balance = exchange.fetch_balance()
    assert (balance["BTC"]["free"], balance["USDT"]["free"]) == (0.1, 0.5)
    with pytest.raises(InsufficientFunds):
        exchange.withdraw("USDT", 1)


def test_what_the_marker_says_is_so() -> None:
    exchange = made_with(
        balances={"EUR": 100}, symbols=["ETH/EUR"], prices={"ETH/EUR": 20}, commission="0.01", start="2025-06-01"
    )
    order = exchange.create_order("ETH/EUR", "market", "buy", 1)
    assert (order["fee"]["cost"], order["fee"]["currency"]) == (0.01, "ETH")
    assert exchange.iso8601(order["timestamp"]) == "2025-06-01T00:00:00.000Z"
    with pytest.raises(BadSymbol):
        exchange.price(SYMBOL, 50_000)


def test_slippage_follows_from_the_seed() -> None:
    def paid(seed: int) -> float:
        exchange = made_with(fill_model="touch+slippage=50", seed=seed)
        return exchange.create_order(SYMBOL, "market", "buy", 0.1)["average"]

    assert paid(1) == paid(1) != paid(2)


def test_a_preset_brings_its_latency() -> None:
    exchange = made_with(fill_model="brutal")
    order = exchange.create_order(SYMBOL, "market", "buy", 0.01)
    exchange.advance(milliseconds=499)
    assert status(exchange, order) == "open"
    exchange.advance(milliseconds=1)
    assert status(exchange, order) == "closed"


def test_broken_books_are_named(exchange: ExchangeInHand) -> None:
    broken = made_with()
    store: Any = broken._exchange.store  # pyright: ignore[reportPrivateUsage]  # money from nowhere
    [books] = store.state.books.values()
    books.balances["USDT", Bucket.FREE] += 1
    with pytest.raises(BrokenBooks, match="the books of the exchange are broken, says its audit:\n- .*USDT"):
        check_books(broken)


def test_without_ccxt_exceptions_have_its_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ccxt", None)
    exchange = made_with()
    with pytest.raises(unified_errors.InsufficientFunds):
        exchange.create_order(SYMBOL, "market", "buy", 1)
