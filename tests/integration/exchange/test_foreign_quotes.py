"""Any process that writes a symbol's hash is a price feed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import pytest

from mockexchange.domain.quotes import Quote
from mockexchange.matcher import adopt
from mockexchange.ports import FeedTick

from .venue import BTC, D, Venue, order

Ticker = Mapping[str, str | float | None]


def feed(venue: Venue, tickers: Sequence[Ticker]) -> None:
    """The feeder of the project's first description: a loop over what ccxt's fetch_tickers gave, and HSET."""
    for ticker in tickers:
        symbol = str(ticker["symbol"])
        venue.hset(
            f"{symbol}",
            {
                "price": ticker["last"] or 0.0,
                "timestamp": venue.clock.time / 1000,
                "bid": ticker["bid"] or 0.0,
                "ask": ticker["ask"] or 0.0,
                "bidVolume": ticker["bidVolume"] or 0.0,
                "askVolume": ticker["askVolume"] or 0.0,
                "symbol": symbol,
            },
        )


def ticker(last: float, bid: float, ask: float, symbol: str = BTC, volume: float | None = 0.0) -> Ticker:
    return {"symbol": symbol, "last": last, "bid": bid, "ask": ask, "bidVolume": volume, "askVolume": volume}


@pytest.fixture
def foreign(empty_venue: Venue) -> Venue:
    """A venue that only a foreign feeder gives prices to: BTC/USDT at 42000.1 / 42000.9, SHIB/USDT in small floats."""
    empty_venue.exchange.open_account("alice", {"USDT": D(1_000_000)})
    feed(empty_venue, [ticker(42000.5, 42000.1, 42000.9), ticker(1.234e-05, 1.233e-05, 1.235e-05, "SHIB/USDT", None)])
    return empty_venue


def test_a_loop_of_tickers_and_hset_is_all_a_feeder_needs(foreign: Venue) -> None:
    (fill,) = foreign.exchange.place(order("BUY", "0.5")).fills
    assert (fill.price, fill.source, fill.tick) == (D("42000.9"), "external", 1)
    resting = foreign.exchange.place(order("BUY", "1", "41900")).order
    (small,) = foreign.exchange.place(order("BUY", "1000000", symbol="SHIB/USDT")).fills
    assert (small.price, small.quote_quantity) == (D("0.00001235"), D("12.35"))
    for last in (41950.0, 41899.99):
        foreign.clock.time += 1_000
        feed(foreign, [ticker(last, last - 1, last)])
        foreign.exchange.match()
    filled = foreign.exchange.order("alice", resting.order_id)
    (fill,) = foreign.exchange.fills_of(filled)
    assert (filled.status, fill.price, fill.tick) == ("FILLED", 41900, 3)


def test_a_quote_is_adopted_by_whoever_looks_first_and_only_once(foreign: Venue) -> None:
    """Both read the same mailbox before either takes it."""
    one, two = foreign.another(), foreign.another()
    views = [each.store.market(BTC) for each in (one, two)]
    assert views[0].mailbox == views[1].mailbox
    adopted = [
        adopt(each.store, view.mailbox, foreign.clock.time)
        for each, view in zip((one, two), views, strict=True)
        if view.mailbox
    ]
    assert adopted == [1, None]
    assert len(foreign.store.ticks(BTC, 0, 10)) == 1
    assert foreign.store.market(BTC).mailbox is None
    assert foreign.exchange.ticks([BTC])[BTC].number == 1


def test_a_quote_that_changed_after_it_was_read_is_not_adopted_as_it_was(foreign: Venue) -> None:
    stale_view = foreign.store.market(BTC)
    assert stale_view.mailbox is not None
    foreign.clock.time += 1_000
    feed(foreign, [ticker(50.0, 50.0, 51.0)])
    assert adopt(foreign.store, stale_view.mailbox, foreign.clock.time) is None
    assert foreign.exchange.ticks([BTC])[BTC].quote.ask == 51


def test_the_matcher_adopts_for_symbols_that_have_orders(foreign: Venue) -> None:
    assert foreign.exchange.match().adopted == 0, "nobody has an order here yet"
    foreign.exchange.place(order("BUY", "1", "41900"))
    foreign.clock.time += 1_000
    feed(foreign, [ticker(41900, 41899, 41900)])
    report = foreign.another().match()
    assert (report.adopted, report.fills) == (1, 1)
    assert foreign.exchange.match().adopted == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"price": "nan"},
        {"price": 0.0},
        {"bid": 43000.0},
        {"ask": -1.0},
        {"timestamp": 1.7e12},
        {"bidVolume": -5.0},
        {"bid": "None"},
    ],
    ids=lambda fields: "=".join(map(str, next(iter(fields.items())))),
)
def test_an_unusable_quote_is_counted_once_remembered_and_the_last_good_one_stays(
    foreign: Venue, fields: dict[str, str | float]
) -> None:
    foreign.exchange.place(order("BUY", "1", "41900"))
    foreign.hset(BTC, fields)
    for exchange in (foreign.exchange, foreign.another()):
        exchange.match()
        assert exchange.ticks([BTC])[BTC].quote.ask == D("42000.9")
        assert exchange.place(order("BUY", "0.1")).fills[0].tick == 1
    assert foreign.store.rejected_quotes(BTC) == 1
    feed(foreign, [ticker(42010.0, 42009.0, 42011.0)])
    assert foreign.exchange.ticks([BTC])[BTC].number == 2


def test_a_write_that_changes_some_fields_is_read_with_the_others_that_stand(foreign: Venue) -> None:
    foreign.exchange.place(order("BUY", "0.1"))
    foreign.hset(BTC, {"ask": "42000.5"})
    quote = foreign.exchange.ticks([BTC])[BTC].quote
    assert (quote.bid, quote.ask, quote.last) == (D("42000.1"), D("42000.5"), D("42000.5"))


def test_fields_of_the_feeders_own_are_no_news(foreign: Venue) -> None:
    foreign.exchange.place(order("BUY", "0.1"))
    foreign.hset(BTC, {"high": 43000.0, "datetime": "2026-01-01T00:00:00Z", "symbol": "BTCUSDT"})
    assert foreign.exchange.ticks([BTC])[BTC].number == 1
    assert foreign.exchange.match().adopted == 0


def test_an_empty_field_is_a_missing_one(foreign: Venue) -> None:
    foreign.hset(BTC, {"price": "100", "bid": "", "ask": ""})
    quote = foreign.exchange.ticks([BTC])[BTC].quote
    assert (quote.bid, quote.ask) == (100, 100)


def test_what_others_write_to_a_symbol_that_our_feed_serves_is_ignored(empty_venue: Venue) -> None:
    venue = empty_venue
    venue.exchange.open_account("alice", {"USDT": D(1_000_000)})
    ours = Quote(BTC, D(99), D(101), D(100), venue.clock.time)
    assert venue.store.append(FeedTick(ours, 7), "synthetic:1", venue.clock.time, serves=True) == 1
    venue.exchange.place(order("BUY", "1", "90"))
    feed(venue, [ticker(50.0, 50.0, 51.0)])
    report = venue.exchange.match()
    assert (report.adopted, report.fills) == (0, 0)
    assert venue.exchange.ticks([BTC])[BTC].quote == ours
    # A feeder that is late or runs twice logs nothing again; a newer position goes on.
    assert venue.store.append(FeedTick(ours, 7), "synthetic:1", venue.clock.time, serves=True) is None
    assert venue.store.append(FeedTick(ours, 6), "synthetic:1", venue.clock.time, serves=True) is None
    assert venue.store.append(FeedTick(ours, 8), "synthetic:1", venue.clock.time, serves=True) == 2


def test_after_a_price_set_by_hand_a_foreign_one_is_news_again(foreign: Venue) -> None:
    foreign.price("99", "101")
    assert foreign.exchange.ticks([BTC])[BTC].source == "manual"
    # The hash holds our own quote now: a feeder that writes one field changes just that.
    foreign.hset(BTC, {"ask": "100.5"})
    tick = foreign.exchange.ticks([BTC])[BTC]
    assert (tick.source, tick.quote.bid, tick.quote.ask) == ("external", Decimal(99), Decimal("100.5"))


def test_a_quote_that_is_written_again_unchanged_after_ours_is_no_news(foreign: Venue) -> None:
    foreign.price("99", "101")
    number = foreign.exchange.ticks([BTC])[BTC].number
    foreign.hset(BTC, {"ask": "101", "bid": "99"})
    assert foreign.exchange.ticks([BTC])[BTC].number == number


def test_a_stale_foreign_quote_is_no_price(foreign: Venue) -> None:
    """The feeder hangs: its last quote is adopted late, and trades nothing."""
    foreign.clock.time += 61_000
    waiting = foreign.exchange.place(order("BUY", "1", "50000")).order
    assert waiting.unmet
    assert foreign.exchange.match().fills == 0
    feed(foreign, [ticker(42000.5, 42000.1, 42000.9)])
    assert foreign.exchange.match().fills == 1
