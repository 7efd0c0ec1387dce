"""The table of failures: what an exchange does to its clients, and what becomes of the prices here."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import format_datetime

import pytest

from mockexchange.feed.backoff import CAP
from mockexchange.ports import Outage
from tests.stand_in_exchange.server import Failure, StandInExchange, closed_port_url

from .live import START, Live

D = Decimal

NO_ANSWERS = [
    pytest.param(Failure(status=429), "asked too often (HTTP 429)", id="429"),
    pytest.param(Failure(status=418), "banned this address for a while (HTTP 418)", id="418"),
    pytest.param(Failure(status=451, body=b'{"code":0,"msg":"restricted location"}'), "HTTP 451", id="451"),
    pytest.param(Failure(status=500), "out of order (HTTP 500)", id="500"),
    pytest.param(Failure(status=502, body=b"<html>Bad Gateway</html>"), "out of order (HTTP 502)", id="502"),
    pytest.param(Failure(status=503), "out of order (HTTP 503)", id="503"),
    pytest.param(Failure(status=504), "out of order (HTTP 504)", id="504"),
    pytest.param(Failure(cut=40), "not whole JSON", id="truncated JSON"),
    pytest.param(Failure(body=b"<html>Log in to the hotel's network</html>"), "not whole JSON", id="HTML"),
    pytest.param(Failure(body=b""), "cannot be read", id="empty"),
    pytest.param(Failure(body=b"[[1]]"), "cannot be read", id="another shape"),
    pytest.param(Failure(lost=True), "cannot be reached", id="connection lost"),
]


@pytest.mark.parametrize(("failure", "reason"), NO_ANSWERS)
def test_an_outage_is_on_record_backs_off_and_ends_by_itself(
    exchange: StandInExchange, caplog: pytest.LogCaptureFixture, failure: Failure, reason: str
) -> None:
    """One line when it begins and one when it ends; the last good price stays, and becomes stale."""
    live = Live(exchange)
    live.step()
    before, began = live.tick(), live.time + 2_000
    exchange.fail(failure)
    exchange.asked.clear()
    with caplog.at_level(logging.INFO):
        reports = live.steps(150)  # five minutes
    assert sum(report.appended for report in reports) == 0
    assert len(exchange.asked) <= 14
    assert live.tick() == before
    assert live.age() == 300_000
    assert live.data.outage() == Outage(began, live.reason())
    assert reason in live.reason()
    assert "binance (127.0.0.1:" in live.reason()
    exchange.fail(None)
    exchange.markets["BTCUSDT"].bid = "60000.01"
    with caplog.at_level(logging.INFO):
        live.steps(1, 120)
    assert live.data.outage() is None
    assert (live.bid(), live.age()) == (D("60000.01"), 0)
    lines = [record.message for record in caplog.records]
    assert len(lines) == 2
    assert lines[0].startswith("ccxt:binance: no prices: binance (127.0.0.1:")
    assert lines[1] == "ccxt:binance: prices again, after 418 s without"


def test_an_exchange_that_does_not_answer_in_time(exchange: StandInExchange) -> None:
    """Is an outage too; the time-out is EXCHANGE_CONFIG's."""
    live = Live(exchange, config=exchange.config(timeout=100))
    live.step()
    exchange.fail(Failure(hangs=True))
    live.step()
    assert "did not answer within 0.1 s" in live.reason()
    assert "EXCHANGE_CONFIG for a proxy" in live.reason()


def test_an_exchange_that_cannot_be_reached_at_all(exchange: StandInExchange) -> None:
    """It says what was tried and what to set; nothing is invented."""
    url = closed_port_url()
    live = Live(exchange, config={"urls": {"api": {"public": f"{url}/api/v3"}}, "enableRateLimit": False})
    live.steps(3)
    reason = live.reason()
    assert f"binance ({url.removeprefix('http://')}) cannot be reached" in reason
    for setting in ("EXCHANGE ", "EXCHANGE_CONFIG", "FEED=synthetic"):
        assert setting in reason
    assert live.data.market("BTC/USDT").tick is None
    assert live.data.instruments() == []


def test_a_name_that_no_server_has(exchange: StandInExchange) -> None:
    """DNS says no."""
    config = {"urls": {"api": {"public": "http://exchange.invalid/api/v3"}}, "enableRateLimit": False}
    live = Live(exchange, config=config)
    live.step()
    assert "binance (exchange.invalid) cannot be reached" in live.reason()


@pytest.mark.parametrize(("status", "pause"), [(429, 37), (418, 200), (503, 90)])
def test_a_retry_after_is_honored(exchange: StandInExchange, status: int, pause: int) -> None:
    """Also where it is longer than any wait of ours."""
    live = Live(exchange)
    live.step()
    exchange.fail(Failure(status=status, headers={"Retry-After": str(pause)}))
    live.step()
    exchange.fail(None)
    exchange.asked.clear()
    live.steps(pause - 1, 1)
    assert exchange.asked == []
    live.step(1)
    assert exchange.asked == ["ticker/bookTicker"]
    assert live.data.outage() is None


def test_a_retry_after_may_be_a_date(exchange: StandInExchange) -> None:
    """By the exchange's own clock, which may be wrong."""
    dates = {
        "Date": format_datetime(datetime(2020, 1, 1, tzinfo=UTC), usegmt=True),
        "Retry-After": format_datetime(datetime(2020, 1, 1, 0, 2, tzinfo=UTC), usegmt=True),
    }
    live = Live(exchange)
    live.step()
    exchange.fail(Failure(status=429, headers=dates))
    live.step()
    state = live.data.feed_state()
    assert state is not None
    assert state.retry_at - live.time == 120_000


@pytest.mark.parametrize(("status", "pause"), [(429, 10), (418, 120)])
def test_without_one_a_limit_and_a_ban_are_waited_out_all_the_same(
    exchange: StandInExchange, status: int, pause: int
) -> None:
    """Whoever goes on asking is banned for longer."""
    live = Live(exchange)
    live.step()
    exchange.fail(Failure(status=status))
    exchange.asked.clear()
    live.steps(pause, 1)
    assert exchange.asked == ["ticker/bookTicker"]


def test_back_off_outlives_the_process(exchange: StandInExchange) -> None:
    """A scheduled function starts anew each time, and asks no sooner for it."""
    live = Live(exchange)
    live.step()
    exchange.fail(Failure(status=503))
    exchange.asked.clear()
    for _ in range(100):
        live.restart()
        live.step(3)
    assert len(exchange.asked) <= 14
    state = live.data.feed_state()
    assert state is not None
    assert state.failures == len(exchange.asked)
    assert state.retry_at - state.wall in range(CAP * 3 // 4, CAP + 1)


UNUSABLE = [
    pytest.param({"bid": "NaN"}, "bid must be a positive number, was NaN", id="NaN"),
    pytest.param({"ask": "Infinity"}, "ask must be a positive number, was Infinity", id="infinite"),
    pytest.param({"bid": None}, "no bid (null or zero)", id="null"),
    pytest.param({"bid": "0.00000000"}, "no bid (null or zero)", id="zero"),
    pytest.param({"ask": "-1.00"}, "ask must be a positive number, was -1.00", id="negative"),
    pytest.param({"bid": "60001.00"}, "crossed, bid 60001.00 is above ask 60000.01", id="crossed"),
    pytest.param({"ask": "many"}, "ask must be a number, was 'many'", id="a word"),
    pytest.param({"bid_size": "-3"}, "a size must be positive or unknown, was -3", id="negative size"),
]


@pytest.mark.parametrize(("changed", "reason"), UNUSABLE)
def test_an_unusable_quote_is_dropped_and_the_others_go_on(
    exchange: StandInExchange, changed: dict[str, str | None], reason: str
) -> None:
    """The last good one stays. It is counted, with its reason, and it is no outage."""
    live = Live(exchange)
    live.step()
    market = exchange.markets["BTCUSDT"]
    good = {name: getattr(market, name) for name in changed}
    for name, value in changed.items():
        setattr(market, name, value)
    exchange.markets["ETHUSDT"].bid = "2999.99"
    report = live.step()
    assert [str(each) for each in report.rejected] == [f"BTC/USDT: {reason}"]
    assert (live.bid(), live.bid("ETH/USDT")) == (D("60000.00"), D("2999.99"))
    assert live.data.outage() is None
    for name, value in good.items():
        setattr(market, name, value)
    live.steps(5)
    assert live.step().rejected == []
    assert live.age() <= 10_000


def test_when_no_quote_is_usable_that_is_an_outage(exchange: StandInExchange) -> None:
    """It says what was wrong with them."""
    live = Live(exchange)
    live.step()
    for market in exchange.markets.values():
        market.bid = None
    live.step()
    assert "gives no usable price: BTC/USDT: no bid" in live.reason()
    for market in exchange.markets.values():
        market.bid = "1.00"
    live.steps(3)
    assert live.data.outage() is None
    assert live.bid() == 1


def test_a_symbol_that_vanishes_closes_and_the_others_go_on(
    exchange: StandInExchange, caplog: pytest.LogCaptureFixture
) -> None:
    """The exchange refuses all of them for its sake: its list of markets says which. It may come back."""
    live = Live(exchange)
    live.step()
    gone = exchange.markets.pop("BTCUSDT")
    exchange.markets["ETHUSDT"].bid = "2999.99"
    assert live.step().appended == 1
    assert live.bid("ETH/USDT") == D("2999.99")
    instrument = live.data.market("BTC/USDT").instrument
    assert instrument is not None
    assert instrument.status == "BREAK"
    assert live.data.outage() is None
    assert [record.message for record in caplog.records] == ["binance: BTC/USDT is BREAK"]
    exchange.asked.clear()
    live.steps(10)
    assert set(exchange.asked) == {"ticker/bookTicker"}
    exchange.markets["BTCUSDT"] = gone
    live.steps(150)
    instrument = live.data.market("BTC/USDT").instrument
    assert instrument is not None
    assert instrument.status == "TRADING"
    assert live.age() <= 10_000


def test_a_symbol_that_is_missing_from_the_answer_is_no_longer_priced(exchange: StandInExchange) -> None:
    """Though the list of markets still has it."""
    live = Live(exchange)
    live.step()
    exchange.fail(
        Failure(body=b'[{"symbol":"ETHUSDT","bidPrice":"1","bidQty":"1","askPrice":"2","askQty":"1"}]'), path="book"
    )
    assert live.step().rejected == ["BTC/USDT: the exchange gives no price for it"]
    assert (live.bid(), live.bid("ETH/USDT")) == (60_000, 1)


def test_a_symbol_that_halts_is_closed_with_the_exchanges_own_word(exchange: StandInExchange) -> None:
    """And opens again."""
    live = Live(exchange)
    live.step()
    market = exchange.markets["BTCUSDT"]
    market.status, market.bid = "HALT", "0.00000000"
    live.steps(31)
    instrument = live.data.market("BTC/USDT").instrument
    assert instrument is not None
    assert instrument.status == "HALT"
    market.status, market.bid = "TRADING", "60000.00"
    live.steps(151)
    instrument = live.data.market("BTC/USDT").instrument
    assert instrument is not None
    assert instrument.status == "TRADING"
    assert live.age() <= 10_000


@pytest.mark.parametrize("jump", [3_600, -3_600], ids=["forward", "back"])
def test_our_clock_jumps(exchange: StandInExchange, jump: int) -> None:
    """Positions grow all the same, and prices go on with the very next poll."""
    live = Live(exchange)
    live.steps(3)
    live.time += jump * 1000
    for price in ("60000.01", "59999.00"):
        exchange.markets["BTCUSDT"].bid = price
        assert live.step().not_newer == 0
        assert (live.bid(), live.age()) == (D(price), 0)
    live.time -= jump * 1000
    exchange.markets["BTCUSDT"].bid = "59998.00"
    assert live.step().not_newer == 0
    assert (live.bid(), live.age()) == (D("59998.00"), 0)


@pytest.mark.parametrize("jump", [3_600, -3_600], ids=["forward", "back"])
def test_our_clock_jumps_during_an_outage(exchange: StandInExchange, jump: int) -> None:
    """No wait is prolonged by it."""
    live = Live(exchange)
    live.step()
    exchange.fail(Failure(status=503))
    live.steps(30)
    exchange.fail(None)
    live.time += jump * 1000
    live.step()
    assert live.data.outage() is None


@pytest.mark.parametrize("now", [START - 10**9, START + 10**9], ids=["behind", "ahead"])
def test_the_exchanges_clock_is_wrong(exchange: StandInExchange, now: int) -> None:
    """It counts for nothing: a quote is as old as its confirmation."""
    exchange.now = now
    live = Live(exchange)
    live.step()
    assert (live.age(), live.tick().quote.timestamp) == (0, live.time)


def test_markets_that_cannot_be_read_again_do_not_stop_the_prices(exchange: StandInExchange) -> None:
    """They are counted as rejected."""
    live = Live(exchange)
    live.step()
    exchange.fail(Failure(status=500), path="exchangeInfo")
    exchange.markets["BTCUSDT"].bid = "59000.00"
    report = live.step(301)
    assert live.bid() == 59_000
    assert len(report.rejected) == 1
    assert report.rejected[0].startswith("markets: binance (127.0.0.1:")
    assert live.data.outage() is None


def test_depth_that_cannot_be_had_does_not_stop_the_prices(exchange: StandInExchange) -> None:
    """It is left alone for half a minute."""
    live = Live(exchange, depth=5)
    exchange.fail(Failure(status=500), path="depth")
    report = live.step()
    assert report.appended == 2
    assert "no book and trades for 30 s" in report.rejected[0]
    exchange.asked.clear()
    live.steps(10)
    assert "depth" not in exchange.asked
    live.steps(6)
    assert "depth" in exchange.asked


def test_a_list_of_markets_that_is_cut_short_halts_nothing(exchange: StandInExchange) -> None:
    live = Live(exchange)
    live.step()
    exchange.fail(Failure(cut=40), path="exchangeInfo")
    reports = live.steps(200)

    assert "exchangeInfo" in exchange.asked
    for symbol in ("BTC/USDT", "ETH/USDT"):
        instrument = live.data.market(symbol).instrument
        assert instrument is not None
        assert instrument.status == "TRADING"
        assert live.age(symbol) <= 10_000
    told = [reason for report in reports for reason in report.rejected]
    assert told
    assert all("markets: binance" in reason for reason in told)
