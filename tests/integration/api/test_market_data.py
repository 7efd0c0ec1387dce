"""Candles, books, public trades, and 24 hours in a ticker."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mockexchange.domain.candles import DAY, HOUR, MINUTE, opening
from mockexchange.domain.quotes import Book, PublicTrade, Quote
from mockexchange.feed.candling import CandleBuilder
from mockexchange.ports import FeedTick
from mockexchange.store.memory import MemoryStore

from .door import START, Door

D = Decimal
BTC = "BTC/USDT"
BEGIN = opening(START, "1m")


def feed(
    door: Door,
    price: str,
    *,
    volume: str | None = None,
    book: Book | None = None,
    source: str = "test",
    number: int = 1,
) -> None:
    """A tick of now, from a source that gives trades and books."""
    now = door.clock.time
    trades = (PublicTrade(number, D(price), D(volume), now, buyer_is_maker=True),) if volume else ()
    quote = Quote(BTC, D(price), D(price) + 1, D(price), now)
    assert door.store.append(FeedTick(quote, 0, trades, book), source, now, serves=False)


def build(door: Door) -> None:
    CandleBuilder(door.store, door.clock).run()


@pytest.fixture
def market(quiet_door: Door) -> Door:
    """A price by hand, then two ticks with volume, each a minute later."""
    quiet_door.price("60000")
    for number, price in enumerate(("60010.5", "59990"), 1):
        quiet_door.clock.time += MINUTE
        feed(quiet_door, price, volume=f"{number}.00000001", number=number)
    build(quiet_door)
    return quiet_door


@pytest.mark.parametrize("path", ["BTC/USDT", "BTC%2FUSDT"])
def test_candles_are_lists_in_order_of_time_the_open_one_last(market: Door, path: str) -> None:
    assert market.get(f"/ohlcv/{path}") == [
        [BEGIN, 60000, 60000, 60000, 60000, 0],
        [BEGIN + MINUTE, D("60010.5"), D("60010.5"), D("60010.5"), D("60010.5"), D("1.00000001")],
        [BEGIN + 2 * MINUTE, 59990, 59990, 59990, 59990, D("2.00000001")],
    ]


def test_longer_candles_are_made_of_them(market: Door) -> None:
    day = [opening(BEGIN, "1d"), 60000, D("60010.5"), 59990, 59990, D("3.00000002")]

    assert market.get("/ohlcv/BTC/USDT?timeframe=1d") == [day]
    assert market.get("/ohlcv/BTC/USDT?timeframe=1w") == [[opening(BEGIN, "1w"), *day[1:]]]
    assert market.get("/ohlcv/BTC/USDT?timeframe=1M") == [[opening(BEGIN, "1M"), *day[1:]]]


def test_a_part_is_named_by_its_openings(market: Door) -> None:
    def times(query: str) -> list[int]:
        return [(line[0] - BEGIN) // MINUTE for line in market.get(f"/ohlcv/BTC/USDT?{query}")]

    assert times("limit=2") == [1, 2]
    assert times(f"since={BEGIN}&limit=2") == [0, 1]
    assert times(f"since={BEGIN + 1}") == [1, 2]
    assert times(f"until={BEGIN + MINUTE}") == [0, 1]
    assert times(f"since={BEGIN + DAY}") == []


@pytest.mark.parametrize(
    "query", ["timeframe=1y", "timeframe=1H", "limit=0", "limit=1001", "since=-1", "until=x", "since=1.5", "from=1"]
)
def test_a_question_that_means_nothing_is_refused(market: Door, query: str) -> None:
    reply = market.send("GET", f"/ohlcv/BTC/USDT?{query}")

    assert (reply.status, reply.problem["code"]) == (400, "BadRequest")


@pytest.mark.parametrize("path", ["ohlcv", "orderbook", "public_trades"])
@pytest.mark.parametrize("symbol", ["FOO/BAR", "btc/usdt", "BTCUSDT", "BTC/USDT,ETH/USDT"])
def test_an_unknown_symbol_is_404(market: Door, path: str, symbol: str) -> None:
    reply = market.send("GET", f"/{path}/{symbol}")

    assert (reply.status, reply.problem["code"]) == (404, "BadSymbol")


def test_a_market_without_a_price_has_no_candles_and_no_book() -> None:
    door = Door(MemoryStore(), symbols=(BTC,))
    with door.loop:
        assert door.get("/ohlcv/BTC/USDT") == []
        for path in ("orderbook", "public_trades"):
            reply = door.send("GET", f"/{path}/BTC/USDT")
            assert (reply.status, reply.problem["code"]) == (404, "MarketClosed")
            assert "PUT /admin/tickers" in reply.problem["detail"]


def test_all_of_it_needs_a_key(market: Door) -> None:
    for path in ("ohlcv", "orderbook", "public_trades"):
        assert market.send("GET", f"/{path}/BTC/USDT", key=None).status == 401


def test_a_book_of_the_source_is_shown_with_every_digit(quiet_door: Door) -> None:
    quiet_door.price("1")
    book = Book(((D(100), D("0.00000001")), (D("99.5"), D(2))), ((D(101), D(3)), (D(102), D("1E+2"))))
    feed(quiet_door, "100", book=book)

    reply = quiet_door.send("GET", "/orderbook/BTC/USDT")

    assert reply.json == {
        "symbol": BTC,
        "bids": [[100, D("0.00000001")], [D("99.5"), 2]],
        "asks": [[101, 3], [102, 100]],
        "timestamp": START,
        "datetime": "2023-11-14T22:13:20.000Z",
        "nonce": 2,
        "synthetic": False,
    }
    assert quiet_door.get("/orderbook/BTC/USDT?limit=1")["bids"] == [[100, D("0.00000001")]]


def test_a_book_is_never_older_than_the_quote(quiet_door: Door) -> None:
    quiet_door.price("1")
    feed(quiet_door, "100", book=Book(((D(100), D(1)),), ((D(101), D(3)),)))
    feed(quiet_door, "100.5")  # of a source that gave no book this time

    shown = quiet_door.get("/orderbook/BTC/USDT")

    ticker = quiet_door.get("/tickers/BTC/USDT")[BTC]
    assert (shown["bids"][0][0], shown["asks"][0][0]) == (ticker["bid"], ticker["ask"])
    assert shown["nonce"] == ticker["tick"]
    assert shown["bids"][1:] == [[100, 1]]


def test_without_a_book_there_is_a_ladder_that_says_so(door: Door) -> None:
    shown = door.get("/orderbook/BTC/USDT?limit=5")

    assert shown["synthetic"] is True
    assert (shown["bids"][0][0], shown["asks"][0][0]) == (59999, 60001)
    assert (len(shown["bids"]), len(shown["asks"])) == (5, 5)
    assert all(size > 0 for _, size in (*shown["bids"], *shown["asks"]))
    assert door.get("/orderbook/BTC/USDT?limit=5") == shown


def test_the_book_of_an_invented_market_says_so(quiet_door: Door) -> None:
    quiet_door.price("1")
    feed(quiet_door, "100", book=Book(((D(100), D(1)),), ((D(101), D(3)),)), source="synthetic:7", volume="1")

    assert quiet_door.get("/orderbook/BTC/USDT")["synthetic"] is True
    assert quiet_door.get("/public_trades/BTC/USDT")[0]["synthetic"] is True


def test_public_trades_are_the_source_s(market: Door) -> None:
    [first, second] = market.get("/public_trades/BTC/USDT")

    assert first == {
        "id": "1",
        "timestamp": START + MINUTE,
        "datetime": "2023-11-14T22:14:20.000Z",
        "symbol": BTC,
        "side": "sell",
        "price": D("60010.5"),
        "amount": D("1.00000001"),
        "cost": D("60010.500600105"),
        "synthetic": False,
    }
    assert market.get("/public_trades/BTC/USDT?limit=1") == [second]


def test_without_trades_there_is_one_for_each_price_that_says_so(door: Door) -> None:
    door.price("59000")
    door.price("59500")

    trades = door.get("/public_trades/BTC/USDT")

    assert [(each["id"], each["side"], each["price"]) for each in trades] == [
        ("tick-2", "sell", 59000),
        ("tick-3", "buy", 59500),
    ]
    assert all(each["synthetic"] and each["amount"] > 0 for each in trades)
    assert door.get("/public_trades/BTC/USDT?limit=1") == trades[1:]


def test_one_price_is_enough_for_a_tape(door: Door) -> None:
    assert len(door.get("/public_trades/BTC/USDT")) == 1


def test_a_ticker_tells_of_the_last_24_hours(market: Door) -> None:
    market.clock.time += HOUR
    market.price("63000")  # no candle has it yet, and it counts all the same

    ticker = market.get("/tickers/BTC/USDT")[BTC]

    volume = D("3.00000002")
    value = volume * (60000 + D("60010.5") + 59990 + 59990) / 4  # of the one hour there is
    assert {name: ticker[name] for name in ("open", "high", "low", "close", "change", "percentage")} == {
        "open": 60000,
        "high": 63000,
        "low": 59990,
        "close": 63000,
        "change": 3000,
        "percentage": 5,
    }
    assert (ticker["baseVolume"], ticker["quoteVolume"]) == (volume, value)
    assert abs(ticker["vwap"] - value / volume) < D("0.00000002")


def test_what_is_older_than_24_hours_is_forgotten(market: Door) -> None:
    market.clock.time += 2 * DAY
    market.price("50000")
    build(market)

    ticker = market.get("/tickers/BTC/USDT")[BTC]
    assert (ticker["open"], ticker["high"], ticker["baseVolume"], ticker["change"]) == (50000, 50000, None, 0)
