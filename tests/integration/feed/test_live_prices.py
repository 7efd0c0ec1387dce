"""Live prices as they come when all is well."""

from __future__ import annotations

import logging
from dataclasses import replace
from decimal import Decimal

import pytest

from mockexchange.domain.candles import Candle
from mockexchange.domain.errors import BadRequest, ExchangeNotAvailable
from mockexchange.domain.quotes import PublicTrade
from mockexchange.feed.ccxt_calls import CcxtCalls
from mockexchange.ports import CandleSource
from tests.stand_in_exchange.server import Failure, StandInExchange

from .live import START, Live

D = Decimal


def test_one_request_brings_bid_ask_and_sizes_of_all_markets(exchange: StandInExchange) -> None:
    """After one for the markets. Every digit is the exchange's."""
    exchange.markets["BTCUSDT"].bid = "60000.123456789012345678"
    exchange.markets["BTCUSDT"].ask = "60000.123456789012345679"
    live = Live(exchange)
    assert live.step().appended == 2
    assert exchange.asked == ["exchangeInfo", "ticker/bookTicker"]
    quote = live.tick().quote
    assert (quote.bid, quote.ask) == (D("60000.123456789012345678"), D("60000.123456789012345679"))
    assert (quote.bid_size, quote.ask_size) == (D("1.5"), D("2.5"))
    assert quote.last == quote.bid  # this request has no last price: the bid stands for it
    assert live.tick().source == "ccxt:binance"
    live.step()
    assert exchange.asked[2:] == ["ticker/bookTicker"]


def test_markets_are_the_exchanges_own(exchange: StandInExchange) -> None:
    """Each increment and bound, exactly."""
    live = Live(exchange)
    live.step()
    instrument = live.data.market("BTC/USDT").instrument
    assert instrument is not None
    assert (instrument.tick_size, instrument.step_size) == (D("0.01"), D("0.00001"))
    assert (instrument.min_notional, instrument.max_notional) == (5, 9_000_000)
    assert (instrument.min_price, instrument.max_price) == (D("0.01"), 1_000_000)
    assert (instrument.min_quantity, instrument.max_quantity) == (D("0.00001"), 9_000)
    assert (instrument.market_step_size, instrument.market_max_quantity) == (D("0.001"), 120)
    assert (instrument.bid_multiplier_up, instrument.bid_multiplier_down) == (4, D("0.1"))
    assert (instrument.ask_multiplier_up, instrument.ask_multiplier_down) == (6, D("0.3"))
    assert instrument.max_num_orders == 300
    assert (instrument.base_asset, instrument.quote_asset, instrument.status) == ("BTC", "USDT", "TRADING")


def test_markets_follow_the_exchange_within_minutes(exchange: StandInExchange) -> None:
    """Also those on record from an earlier run."""
    live = Live(exchange)
    live.step()
    exchange.markets["BTCUSDT"].tick = "0.10000000"
    live.steps(151)
    assert [each.tick_size for each in live.data.instruments()] == [D("0.1"), D("0.01")]
    exchange.markets["ETHUSDT"].step = "0.01000000"
    live.restart()
    live.step()
    assert [each.step_size for each in live.data.instruments()] == [D("0.00001"), D("0.01")]


def test_an_unchanged_quote_is_no_tick_but_stays_fresh(exchange: StandInExchange) -> None:
    """Its confirmation is logged every ten seconds, or thrice in STALE_AFTER_SEC."""
    live = Live(exchange)
    live.step()
    assert [report.appended for report in live.steps(10)] == [0, 0, 0, 0, 2, 0, 0, 0, 0, 2]
    exchange.markets["BTCUSDT"].ask_size = "2.6"
    assert live.step().appended == 1
    quick = Live(exchange, stale_after=6_000)
    quick.step()
    assert [report.appended for report in quick.steps(4)] == [2, 2, 2, 2]


def test_what_may_not_have_been_logged_is_given_again(exchange: StandInExchange) -> None:
    """A poll from an older state, as after a crash, gives the same quotes at the same positions; the log refuses
    them."""
    live = Live(exchange)
    live.step()
    before = live.data.feed_state()
    assert before is not None
    live.step(10)
    live.data.put_feed_state(before)
    report = live.feeder.tick()
    assert (report.appended, report.not_newer) == (0, 2)


def test_two_feeders_log_each_quote_once(exchange: StandInExchange) -> None:
    """At the same moment, whoever is first; one at a later moment is newer."""
    live = Live(exchange)
    other = Live(exchange, data=live.data)
    live.step()
    exchange.markets["BTCUSDT"].bid = "59999.00"
    before = live.data.feed_state()
    assert before is not None
    live.step()
    live.data.put_feed_state(before)  # what the other had read
    other.time = live.time - 2_000
    assert "BTC/USDT" not in other.step().newest
    assert live.bid() == 59_999
    other.time = live.time
    exchange.markets["BTCUSDT"].bid = "59998.00"
    other.step()
    assert live.bid() == 59_998


def test_a_market_that_is_no_market_there_is_named_once(
    exchange: StandInExchange, caplog: pytest.LogCaptureFixture
) -> None:
    """The others go on."""
    exchange.add("SOL/USDT", status="BREAK")
    live = Live(exchange, "BTC/USDT", "FOO/BAR", "SOL/USDT")
    with caplog.at_level(logging.WARNING):
        live.steps(3)
    assert [record.message for record in caplog.records] == [
        "binance: FOO/BAR is no spot market there",
        "binance: SOL/USDT does not trade at the moment",
    ]
    assert {each.symbol: each.status for each in live.data.instruments()} == {
        "BTC/USDT": "TRADING",
        "SOL/USDT": "BREAK",
    }


def test_when_none_of_them_is_a_market_there_it_says_so(exchange: StandInExchange) -> None:
    """As an outage: nothing else is wrong."""
    live = Live(exchange, "FOO/BAR")
    live.step()
    assert "has no spot market of SYMBOLS=FOO/BAR: change SYMBOLS" in live.reason()


def busy(exchange: StandInExchange) -> None:
    """More markets, some of them priced in other things than dollars."""
    exchange.markets["BTCUSDT"].quote_volume = "900000"
    exchange.markets["ETHUSDT"].quote_volume = "500000"
    exchange.add("SOL/USDT", quote_volume="700000")
    exchange.add("OLD/USDT", quote_volume="99999999", status="BREAK")
    exchange.add("ETH/BTC", quote_volume="11", bid="0.05", ask="0.06")  # 660,000 dollars
    exchange.add("BTC/IDR", quote_volume="5000000000", last="900000000")
    exchange.add("USDT/IDR", quote_volume="1000000000", last="15000")  # so BTC/IDR is 333,333 dollars
    exchange.add("DULL/USDT", quote_volume="1")


@pytest.mark.parametrize(
    ("patterns", "limit", "found"),
    [
        (("*/USDT",), 50, ["BTC/USDT", "SOL/USDT", "ETH/USDT", "DULL/USDT"]),
        (("*/USDT",), 2, ["BTC/USDT", "SOL/USDT"]),
        (("*",), 5, ["BTC/USDT", "SOL/USDT", "ETH/BTC", "ETH/USDT", "BTC/IDR"]),
        (("BTC/*",), 50, ["BTC/USDT", "BTC/IDR"]),
        (("DULL/USDT", "*/BTC", "ETH/*"), 2, ["DULL/USDT", "ETH/BTC", "ETH/USDT"]),
    ],
)
def test_a_pattern_finds_the_busiest_that_trade(
    exchange: StandInExchange, patterns: tuple[str, ...], limit: int, found: list[str]
) -> None:
    """By what was traded, in dollars. Those named in full come first and do not count."""
    busy(exchange)
    live = Live(exchange, *patterns, limit=limit)
    live.step()
    state = live.data.feed_state()
    assert state is not None
    assert list(state.symbols) == found
    assert sorted(each.symbol for each in live.data.instruments()) == sorted(found)


def test_what_a_pattern_found_stays_after_a_restart(exchange: StandInExchange) -> None:
    """Orders may rest there. A higher limit adds to it; a market that closed for good makes room."""
    busy(exchange)
    live = Live(exchange, "*/USDT", limit=2)
    live.step()
    exchange.markets["DULLUSDT"].quote_volume = "1000000000"
    live.restart()
    live.step()
    state = live.data.feed_state()
    assert state is not None
    assert state.symbols == ("BTC/USDT", "SOL/USDT")
    exchange.markets["SOLUSDT"].status = "BREAK"
    live._options = replace(live._options, limit=3)  # pyright: ignore[reportPrivateUsage]  # SYMBOLS_LIMIT of the next run
    live.restart()
    live.step()
    state = live.data.feed_state()
    assert state is not None
    assert state.symbols == ("BTC/USDT", "DULL/USDT", "ETH/USDT")


def test_books_and_trades_where_asked_for(exchange: StandInExchange) -> None:
    """Trades since the last tick only; the last of them is the last price."""
    market = exchange.markets["BTCUSDT"]
    market.trades = [(7, "59990.00", "0.10000000", START, False)]
    live = Live(exchange, "BTC/USDT", depth=2, trades=True)
    live.step()
    book = live.data.book("BTC/USDT")
    assert book is not None
    assert book.bids == ((60_000, D("1.5")), (59_999, 3))
    assert book.asks == ((D("60000.01"), D("2.5")), (D("60001.01"), 3))
    assert live.tick().trades == ()
    market.trades += [(8, "60000.01", "0.20000000", START + 1, False), (9, "60000.00", "0.30000000", START + 2, True)]
    live.step()
    assert live.tick().trades == (
        PublicTrade(8, D("60000.01"), D("0.2"), START + 1, buyer_is_maker=False),
        PublicTrade(9, D("60000"), D("0.3"), START + 2, buyer_is_maker=True),
    )
    assert live.tick().quote.last == 60_000
    assert [trade.trade_id for trade in live.data.public_trades("BTC/USDT", 10)] == [8, 9]
    assert live.step().appended == 0
    market.bid_size = "9.0"
    live.step()
    assert live.tick().trades == ()


def test_none_of_them_costs_a_request_unless_asked_for(exchange: StandInExchange) -> None:
    """One request a poll is all."""
    Live(exchange).steps(5)
    assert not {"depth", "aggTrades", "trades"} & set(exchange.asked)


def test_candles_of_the_past(exchange: StandInExchange) -> None:
    """For back-filling: exact, oldest first, with volumes in the base asset."""
    minute = 60_000
    exchange.candles = [
        [START + n * minute, "1.10", "2.20", "1.00", f"1.5{n}", "3.123456780000000001", START, "9", 1, "1", "1", "0"]
        for n in range(5)
    ]
    source: CandleSource = Live(exchange).source
    assert source.candles("BTC/USDT", "1m", START + minute, 2) == [
        Candle(START + n * minute, D("1.10"), D("2.2"), D(1), D(f"1.5{n}"), D("3.123456780000000001")) for n in (1, 2)
    ]
    exchange.fail(Failure(status=503))
    with pytest.raises(ExchangeNotAvailable, match="HTTP 503"):
        source.candles("BTC/USDT", "1m", START, 2)


def test_the_probe_knows_whether_it_answers(exchange: StandInExchange) -> None:
    """By one small request."""
    live = Live(exchange)
    assert live.source.probe() is None
    assert exchange.asked == ["time"]
    exchange.fail(Failure(status=451))
    assert "does not serve this place (HTTP 451)" in str(live.source.probe())


def test_an_exchange_without_bids_and_asks_alone_is_asked_for_tickers(exchange: StandInExchange) -> None:
    """They have a last price as well."""
    exchange.markets["BTCUSDT"].last = "60000.01"
    live = Live(exchange, config=exchange.config(has={"fetchBidsAsks": False}))
    assert live.step().appended == 2
    assert exchange.asked == ["exchangeInfo", "ticker/24hr"]
    assert live.tick().quote.last == D("60000.01")


def test_one_that_has_no_batched_prices_at_all_is_asked_one_by_one(
    exchange: StandInExchange, caplog: pytest.LogCaptureFixture
) -> None:
    """Which is said once."""
    live = Live(exchange, config=exchange.config(has={"fetchBidsAsks": False, "fetchTickers": False}))
    assert [report.appended for report in live.steps(2)] == [2, 0]
    assert exchange.asked == ["exchangeInfo", *["ticker/24hr"] * 4]
    assert [record.message for record in caplog.records] == [
        "binance has no bid and ask for many markets at once: one request for each, every time"
    ]


def test_null_bids_for_a_while_do_not_change_the_way_of_asking(exchange: StandInExchange) -> None:
    """A way that worked is kept."""
    live = Live(exchange)
    live.step()
    for market in exchange.markets.values():
        market.bid = None
    live.steps(20)
    for market in exchange.markets.values():
        market.bid = "10.00"
    live.steps(40)
    assert live.bid() == 10
    assert set(exchange.asked) == {"exchangeInfo", "ticker/bookTicker"}


def test_a_setting_that_does_not_suit_the_class_is_refused() -> None:
    """With the name of the setting."""
    with pytest.raises(BadRequest, match="EXCHANGE_CONFIG does not suit ccxt's binance"):
        _ = CcxtCalls("binance", {"options": 5}).exchange
