"""Several fills of one order in one commit, on every store."""

from __future__ import annotations

from mockexchange.domain.events import orders_touched, tick_met
from mockexchange.domain.models import Engine
from mockexchange.domain.rules import Rules
from mockexchange.happenings import happenings
from tests.two_levels import TwoLevels

from .venue import D, Venue, order

RULES = Rules(engine=Engine(TwoLevels(size=D(1))))


def test_they_are_all_there_with_ids_of_their_own(venue: Venue) -> None:
    exchange = venue.another(RULES)
    venue.tick("99", "101")
    first = exchange.place(order("BUY", "1.5"))
    second = exchange.place(order("BUY", "2", "105"))
    resting = exchange.place(order("SELL", "3", "110")).order
    venue.tick("111", "112")
    assert exchange.match().fills == 2
    fills = venue.all_fills()
    assert [(fill.order_id, fill.quantity, fill.price) for fill in fills] == [
        (first.order.order_id, D(1), D(101)),
        (first.order.order_id, D("0.5"), D("101.01")),
        (second.order.order_id, D(1), D(101)),
        (second.order.order_id, D(1), D("101.01")),
        (resting.order_id, D(1), D(110)),
        (resting.order_id, D(1), D(110)),
    ]
    assert (first.fills, second.fills) == (tuple(fills[:2]), tuple(fills[2:4]))
    assert len({fill.trade_id for fill in fills}) == 6
    assert exchange.fills_of(exchange.order("alice", resting.order_id)) == tuple(fills[4:])


def test_trade_ids_of_orders_that_are_placed_and_matched_at_once_never_meet(venue: Venue) -> None:
    one, other = venue.another(RULES), venue.another(RULES)
    one.deposit("alice", "BTC", D(10))
    venue.tick("99", "101")
    for number in range(5):
        one.place(order("BUY", "2", "100"))
        other.place(order("SELL", "1.5" if number % 2 else "1"))
    venue.tick("99", "100")
    assert one.match().fills == 10
    ids = [fill.trade_id for fill in venue.all_fills()]
    assert len(ids) == len(set(ids)) == 5 + 2 + 10


def test_an_entry_tells_the_fills_it_made_by_its_tick(venue: Venue) -> None:
    exchange = venue.another(RULES)
    exchange.deposit("alice", "BTC", D(10))
    placed = exchange.place(order("SELL", "3.5", "98")).order
    venue.tick("100", "101")
    exchange.match()
    after = exchange.order("alice", placed.order_id)
    fills = exchange.fills_of(after)
    assert len(fills) == 4
    own = [each.entry for each in happenings(venue.store, 0) if placed.order_id in orders_touched(each.entry)]
    assert [[fill.trade_id for fill in fills if fill.tick == tick_met(entry)] for entry in own] == [
        list(after.trade_ids[:2]),
        list(after.trade_ids[2:]),
    ]
