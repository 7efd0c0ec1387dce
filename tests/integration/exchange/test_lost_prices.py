"""The shared prices may be lost, or trimmed to nothing, while the venue remembers how far it had come."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mockexchange.domain.errors import MarketClosed
from mockexchange.domain.instruments import default_instrument
from mockexchange.matcher import continue_log
from mockexchange.ports import FeedTick

from .venue import BTC, D, Venue, order


@pytest.fixture
def advanced(venue: Venue) -> Venue:
    """A resting buy at 90, and 40 ticks matched."""
    venue.exchange.place(order("BUY", "1", "90"))
    for _ in range(39):
        venue.tick("99", "101")
    venue.exchange.match()
    return venue


def test_a_placement_goes_on_above_what_the_venue_remembers(advanced: Venue) -> None:
    advanced.lose_market_data()
    advanced.tick("98", "100")
    assert advanced.store.market(BTC).tick is not None
    (fill,) = advanced.exchange.place(order("BUY", "1")).fills
    assert (fill.price, fill.tick) == (100, 41)
    advanced.price("89", "90")
    assert [each.status for each in advanced.all_orders()] == ["FILLED", "FILLED"]
    assert [each.tick for each in advanced.all_fills()] == [41, 42]


def test_the_matcher_goes_on_above_what_the_venue_remembers(advanced: Venue) -> None:
    advanced.lose_market_data()
    advanced.tick("89", "90")
    report = advanced.exchange.match()
    assert (report.fills, report.ticks) == (1, 1)
    advanced.tick("89", "90")
    assert advanced.exchange.match().ticks == 1
    assert advanced.all_fills()[0].tick == 41


def test_a_price_set_by_hand_is_above_what_the_venue_remembers(advanced: Venue) -> None:
    advanced.lose_market_data()
    assert advanced.price("89", "90").number == 41
    assert advanced.all_orders()[0].status == "FILLED"


def test_an_order_that_waits_for_its_first_price_meets_one_that_is_a_little_older(
    empty_venue: Venue,
) -> None:
    """Prices are on their way, too: one that is fresh when it is logged counts, whatever the moment it is of."""
    empty_venue.exchange.open_account("alice", {"USDT": D(1000)})
    empty_venue.store.put_instruments([default_instrument(BTC)], replace=True)
    waiting = empty_venue.exchange.place(order("BUY", "1", "95")).order
    assert waiting.unmet
    older = replace(empty_venue.quote("93", "94"), timestamp=waiting.created_at - 30_000)
    empty_venue.store.append(FeedTick(older, 0), "test", empty_venue.clock.time, serves=False)
    empty_venue.exchange.match()
    [fill] = empty_venue.all_fills()
    assert (fill.price, fill.timestamp, fill.is_late) == (D(94), waiting.created_at, False)


def test_with_no_price_left_at_all_orders_wait_as_if_there_had_never_been_one(advanced: Venue) -> None:
    advanced.lose_market_data()
    with pytest.raises(MarketClosed):
        advanced.exchange.place(order("BUY", "1"))
    waiting = advanced.exchange.place(order("BUY", "1", "95")).order
    assert waiting.unmet
    advanced.exchange.cancel("alice", 1)
    advanced.price("94", "95")
    assert advanced.exchange.order("alice", waiting.order_id).status == "FILLED"


def test_a_trimmed_log_is_a_gap_and_the_rest_is_matched(advanced: Venue) -> None:
    for ask in ["90", *["95"] * 10]:
        advanced.tick("50", ask)
    advanced.trim_log(5)
    report = advanced.exchange.match()
    assert (report.gaps, report.ticks, report.fills) == ({BTC: 6}, 5, 0)
    advanced.tick("50", "90")
    report = advanced.exchange.match()
    assert (report.gaps, report.fills) == ({}, 1)
    assert advanced.owned()["USDT"] == (D(910), D(0))


def test_a_lost_log_is_continued_once_and_never_above_a_newer_quote(advanced: Venue) -> None:
    advanced.lose_market_data()
    advanced.tick("98", "100")
    seen_by_both = advanced.store.market(BTC)
    assert seen_by_both.tick is not None
    for _ in range(2):
        continue_log(advanced.store, seen_by_both.tick, seen_by_both.seen, advanced.exchange.now())
    assert [tick.number for tick in advanced.store.ticks(BTC, 0, 100)] == [1, 41]
    advanced.tick("97", "99")
    continue_log(advanced.store, seen_by_both.tick, seen_by_both.seen, advanced.exchange.now())
    newest = advanced.store.market(BTC).tick
    assert newest is not None
    assert (newest.number, newest.quote.ask) == (42, 99)
