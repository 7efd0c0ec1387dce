"""Resting orders that wait in a queue, or get a share of what trades, on every store."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from mockexchange.domain.amounts import text
from mockexchange.domain.fill_models import fill_model
from mockexchange.domain.models import Engine
from mockexchange.domain.orders import Contingency, Order, OrderType
from mockexchange.domain.placing import PlaceOrder
from mockexchange.domain.placing_lists import PlaceList
from mockexchange.domain.quotes import Book, PublicTrade, Quote
from mockexchange.domain.rules import Rules
from mockexchange.exchange import Exchange
from mockexchange.ports import FeedTick

from .venue import BTC, IOC, D, Venue, order

FIRST = "99x5 98x3 | 101x4 102x3"
"""The book on which orders are placed."""


def see(venue: Venue, exchange: Exchange, words: str) -> None:
    """A millisecond later, a tick, matched."""
    venue.clock.time += 1
    venue.store.append(tick_of(venue, words), "test", venue.clock.time, serves=False)
    exchange.match()


def tick_of(venue: Venue, words: str) -> FeedTick:
    """`99x5 98x3 | 101x4 | 3@99 +1@101` is bids, asks, and what traded since the tick before; a plus stands before what
    buyers took."""
    bids, asks, *traded = (part.split() for part in words.split("|"))
    sides = (tuple((D(price), D(size)) for price, _, size in (x.partition("x") for x in side)) for side in (bids, asks))
    book = Book(*sides)
    number = venue.store.backlogs([BTC], 1)[0].newest
    trades = tuple(
        PublicTrade(100 * number + place, D(price), D(size), venue.clock.time, buyer_is_maker=sign == "-")
        for place, (sign, size, price) in enumerate(
            ("+" if x.startswith("+") else "-", *x.removeprefix("+").split("@")) for part in traded for x in part
        )
    )
    (bid, bid_size), (ask, ask_size) = book.bids[0], book.asks[0]
    last = trades[-1].price if trades else bid
    return FeedTick(Quote(BTC, bid, ask, last, venue.clock.time, bid_size, ask_size), 0, trades, book)


@dataclass(frozen=True)
class Scenario:
    """An order that comes to rest, what is seen, and how much of it has filled and what stands before it after each of
    that (`filled behind ahead`, `?` for nobody knows)."""

    name: str
    placed: PlaceOrder
    stands: str
    steps: tuple[tuple[str, str], ...]
    model: str = "depth+queue"


BUY = order("BUY", "2", "99")
SELL = order("SELL", "2", "101")
SCENARIOS = [
    Scenario(
        "what stood before it trades first",
        BUY,
        "0 behind 5",
        (
            ("99x2 | 101x4 | 3@99", "0 behind 2"),
            ("99x2 | 101x4", "0 behind 2"),
            ("99x2 | 101x4 | 1@99 1.5@99", "0.5 behind 0"),
            ("99x2 | 101x4 | 1@99", "1.5 behind 0"),
            ("99x2 | 101x4 | 9@99", "2"),
        ),
    ),
    Scenario(
        "a sale waits likewise",
        SELL,
        "0 behind 4",
        (("99x2 | 101x1 | +3@101", "0 behind 1"), ("99x2 | 101x1 | +2.25@101", "1.25 behind 0")),
    ),
    Scenario(
        "no more stands before it than is there",
        BUY,
        "0 behind 5",
        (("99x1 | 101x4 | 1@99", "0 behind 1"), ("99x9 | 101x4 | 2@99", "1 behind 0")),
    ),
    Scenario(
        "who came after it does not stand before it",
        BUY,
        "0 behind 5",
        (("99x50 | 101x4 | 2@99", "0 behind 3"), ("99x50 | 101x4 | 4@99", "1 behind 0")),
    ),
    Scenario(
        "buyers fill no buy, and other prices are other queues",
        BUY,
        "0 behind 5",
        (("99x5 | 101x4 | +9@99 +9@101", "0 behind 5"), ("99.5x1 99x5 | 101x4 | 9@99.5", "0 behind 5")),
    ),
    Scenario(
        "what trades beyond its price would have met it",
        BUY,
        "0 behind 5",
        (("98x1 | 101x4 | 1@99 0.5@98.5", "0.5 behind 0"), ("98x1 | 101x4 | 1@99", "1.5 behind 0")),
    ),
    Scenario(
        "when the other side comes to its price, the queue is gone",
        BUY,
        "0 behind 5",
        (("98x1 | 99x0.7 100x1", "0.7 behind 0"), ("98x1 | 99x0.7 100x1 | 0.3@99", "1 behind 0")),
    ),
    Scenario(
        "where both sides meet at its price, nobody stands before it",
        BUY,
        "0 behind 5",
        (("99x3 | 99x0.7 100x1", "0.7 behind 0"), ("99x3 | 101x1 | 1@99", "1.7 behind 0")),
    ),
    Scenario(
        "between the best prices nobody stands",
        order("BUY", "2", "100"),
        "0 behind 0",
        (("99x5 | 101x4 | 0.5@100 0.25@99.5", "0.75 behind 0"),),
    ),
    Scenario(
        "what the book does not show is not known",
        order("BUY", "2", "90"),
        "0 behind ?",
        (
            ("91x1 | 101x4 | 5@90", "0 behind ?"),
            ("91x1 90x4 | 101x4 | 5@90", "0 behind 4"),
            ("91x1 90x4 | 101x4 | 5@90", "1 behind 0"),
        ),
    ),
    Scenario(
        "what it does not take at once waits behind nobody",
        order("BUY", "6", "101"),
        "4 behind 0",
        (("99x5 | 102x4 | 1.5@101", "5.5 behind 0"),),
    ),
    Scenario(
        "each part of an iceberg waits anew",
        order("BUY", "2", "99", iceberg_quantity=D("0.5")),
        "0 behind 5",
        (
            ("99x3 | 101x4 | 5.25@99", "0.25 behind 0"),
            ("99x3 | 101x4 | 9@99", "0.5 behind 3"),
            ("99x3 | 101x4 | 3.25@99", "0.75 behind 0"),
        ),
    ),
    Scenario(
        "without a book the sizes of the quote count",
        BUY,
        "0 behind 5",
        (("99x2 | 101x4 | 3@99", "0 behind 2"), ("99x2 | 101x4 | 3@99", "1 behind 0")),
        model="touch+queue",
    ),
    Scenario(
        "a share of what traded, and nothing else",
        BUY,
        "0 behind ?",
        (
            ("99x2 | 101x4 | 3@99", "0.75 behind ?"),
            ("97x2 | 98x4", "0.75 behind ?"),
            ("97x2 | 98x4 | 1@98 0.00001@98", "1 behind ?"),
        ),
        model="touch+share=0.25",
    ),
    Scenario(
        "a share of what the queue leaves",
        BUY,
        "0 behind 5",
        (("99x2 | 101x4 | 7@99", "1 behind 0"), ("97x2 | 98x4", "1 behind 0"), ("97x2 | 98x4 | 1@98", "1.5 behind 0")),
        model="depth+queue+share=0.5",
    ),
]


def stands(exchange: Exchange, placed: Order) -> str:
    now = exchange.order("alice", placed.order_id)
    filled = text(now.filled_quantity)
    return f"{filled} behind {'?' if now.ahead is None else text(now.ahead)}" if now.is_open else filled


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.name)
def test_scenario(scenario: Scenario, venue: Venue) -> None:
    exchange = venue.another(model=scenario.model)
    see(venue, exchange, FIRST)
    placed = exchange.place(scenario.placed).order
    assert stands(exchange, placed) == scenario.stands
    for words, expected in scenario.steps:
        venue.clock.time += 1
        see(venue, exchange, words)
        assert stands(exchange, placed) == expected, words
    venue.check_replay()


def test_of_two_orders_of_an_account_none_gets_what_the_other_has(venue: Venue) -> None:
    exchange = venue.another(model="depth+queue")
    see(venue, exchange, FIRST)
    first, second = (exchange.place(order("BUY", "1", "99")).order for _ in range(2))
    venue.clock.time += 1
    see(venue, exchange, "99x2 | 101x4 | 6.5@99")
    assert [stands(exchange, each) for each in (first, second)] == ["1", "0.5 behind 0"]
    venue.check_replay()


def at(venue: Venue, exchange: Exchange, words: str, *, traded_at: int) -> None:
    """The same as `see`, of trades at a moment of their own."""
    now, venue.clock.time = venue.clock.time, traded_at
    tick = tick_of(venue, words)
    venue.clock.time = now
    quote = replace(tick.quote, timestamp=now)
    venue.store.append(replace(tick, quote=quote), "test", now, serves=False)
    exchange.match()


@pytest.mark.parametrize("model", ["depth+queue", "touch+queue", "touch+share=1+queue", "touch+share=0.5"])
def test_nothing_that_traded_before_an_order_was_there_fills_it(model: str, venue: Venue) -> None:
    """A price that was far away between two ticks and came back: whoever saw that on the tape gets nothing of it."""
    exchange = venue.another(model=model)
    see(venue, exchange, FIRST)
    dipped = venue.clock.time = venue.clock.time + 100
    venue.clock.time += 1000
    placed = exchange.place(order("BUY", "1", "98.5")).order
    venue.clock.time += 1000
    at(venue, exchange, "99x5 98x3 | 101x4 | 5@95 2@98.5", traded_at=dipped)
    assert exchange.order("alice", placed.order_id).status == "NEW"
    at(venue, exchange, "99x5 98x3 | 101x4 | 2@98", traded_at=venue.clock.time - 500)
    assert exchange.order("alice", placed.order_id).status == "FILLED"
    venue.check_replay()


@pytest.mark.parametrize("model", ["depth+queue", "touch+share=0.5"])
def test_nothing_that_traded_while_an_order_was_on_its_way_fills_it(model: str, venue: Venue) -> None:
    exchange = venue.another(Rules(engine=Engine(fill_model(model), latency=500)))
    see(venue, exchange, FIRST)
    venue.clock.time += 1000
    placed, sent = exchange.place(order("BUY", "1", "98.5")).order, venue.clock.time
    venue.clock.time += 600
    see(venue, exchange, "99x5 98x3 | 101x4")
    assert not exchange.order("alice", placed.order_id).unmet
    at(venue, exchange, "99x5 98x3 | 101x4 | 5@95", traded_at=sent + 500)
    assert exchange.order("alice", placed.order_id).status == "NEW"
    at(venue, exchange, "99x5 98x3 | 101x4 | 2@98", traded_at=sent + 501)
    assert exchange.order("alice", placed.order_id).status == "FILLED"
    venue.check_replay()


def test_what_traded_before_an_order_was_there_was_for_those_before_it(venue: Venue) -> None:
    exchange = venue.another(model="depth+queue")
    see(venue, exchange, FIRST)
    early = venue.clock.time = venue.clock.time + 100
    venue.clock.time += 1000
    placed = exchange.place(BUY).order
    venue.clock.time += 1000
    at(venue, exchange, "99x9 | 101x4 | 4@99", traded_at=early)
    assert stands(exchange, placed) == "0 behind 1"


def test_trades_and_sizes_are_two_things_to_take(venue: Venue) -> None:
    """What a resting order got of the trades is no size of the best price, and the other way round."""
    exchange = venue.another(model="touch-size+queue")
    see(venue, exchange, FIRST)
    resting = exchange.place(order("BUY", "3", "98.5")).order
    venue.clock.time += 1
    see(venue, exchange, "98x1 | 101x2 | 3@98")
    assert stands(exchange, resting) == "3"
    assert exchange.place(order("BUY", "2")).order.status == "FILLED"
    assert exchange.place(order("BUY", "1")).order.status == "EXPIRED"
    venue.check_replay()


@pytest.mark.parametrize("first", ["matcher", "taker"])
def test_whether_somebody_takes_before_the_matcher_comes_is_no_matter_for_trades(first: str, venue: Venue) -> None:
    exchange = venue.another(model="touch+queue")
    see(venue, exchange, FIRST)
    resting = exchange.place(order("BUY", "1", "98.5")).order
    venue.clock.time += 1
    venue.store.append(tick_of(venue, "98x1 | 101x2 | 2@98"), "test", venue.clock.time, serves=False)
    if first == "matcher":
        exchange.match()
    assert exchange.place(order("BUY", "3")).order.status == "FILLED"
    exchange.match()
    assert stands(exchange, resting) == "1"
    venue.check_replay()


def test_an_order_that_ended_stands_behind_nobody(venue: Venue) -> None:
    exchange = venue.another(model="depth+queue")
    see(venue, exchange, FIRST)
    gone = exchange.cancel("alice", exchange.place(BUY).order.order_id)
    taken = exchange.place(order("BUY", "9", "101", time_in_force=IOC)).order
    assert (gone.ahead, taken.status, taken.ahead) == (None, "EXPIRED", None)


def test_a_better_place_in_the_queue_is_no_news_to_its_owner(venue: Venue) -> None:
    exchange = venue.another(model="depth+queue")
    see(venue, exchange, FIRST)
    placed = exchange.place(BUY).order
    venue.clock.time += 1000
    see(venue, exchange, "99x2 | 101x4 | 3@99")
    moved = exchange.order("alice", placed.order_id)
    assert (moved.updated_at, moved.status, moved.version) == (placed.updated_at, "NEW", placed.version + 1)


def test_a_stop_that_comes_to_rest_joins_the_queue(venue: Venue) -> None:
    exchange = venue.another(model="depth+queue")
    see(venue, exchange, FIRST)
    asked = order("SELL", "1", "104", type=OrderType.TAKE_PROFIT_LIMIT, stop_price=D(103))
    placed = exchange.place(asked).order
    see(venue, exchange, "102x1 | 103x1 104x2 | +1@103")
    assert stands(exchange, placed) == "0 behind 2"
    see(venue, exchange, "102x1 | 103x1 104x2 | +2.5@104")
    assert stands(exchange, placed) == "0.5 behind 0"
    venue.check_replay()


def test_an_order_that_waits_for_another_one_joins_with_its_first_tick(venue: Venue) -> None:
    """Where it stands is not known before: it is placed by a tick, and held against the next one."""
    exchange = venue.another(model="depth+queue")
    see(venue, exchange, FIRST)
    placed = exchange.place_list(
        PlaceList(Contingency.OTO, (order("BUY", "1", "99"), order("SELL", "1", "101")))
    ).orders
    see(venue, exchange, "98x3 | 101x4 | 7@99")
    see(venue, exchange, "98x3 | 101x4 | +3@101")
    assert stands(exchange, placed[1]) == "0 behind 4"
    see(venue, exchange, "98x3 | 101x4 | +4.5@101")
    assert stands(exchange, placed[1]) == "0.5 behind 0"
    venue.check_replay()


def test_nobody_knows_where_a_restored_order_stands(venue: Venue) -> None:
    exchange = venue.another(model="depth+queue")
    see(venue, exchange, FIRST)
    exchange.place(BUY)
    exchange.accounts.take_snapshot("alice", "before")
    see(venue, exchange, "99x2 | 101x4 | 3@99")
    exchange.accounts.restore("alice", "before")
    [back] = exchange.open_orders("alice")
    assert stands(exchange, back) == "0 behind ?"
    see(venue, exchange, "99x2 | 101x4 | 3@99")
    assert stands(exchange, back) == "0 behind 2"
    venue.check_replay()


def test_two_matchers_at_once_move_an_order_up_once(venue: Venue) -> None:
    one, other = venue.another(model="depth+queue"), venue.another(model="depth+queue")
    see(venue, one, FIRST)
    placed = one.place(BUY).order
    see(venue, one, "99x2 | 101x4 | 3@99")
    other.match()
    one.match()
    assert stands(other, placed) == "0 behind 2"
    venue.check_replay()


def test_why_an_order_waits_and_what_filled_it(venue: Venue) -> None:
    exchange = venue.another(model="depth+queue")
    see(venue, exchange, FIRST)
    placed = exchange.place(BUY).order

    def why() -> list[str]:
        return [each.words for each in exchange.why("alice", placed.order_id)[1]]

    assert why()[-1].startswith(
        "Rests behind 5 BTC at its price when that was last looked at, and waits for them to trade or go, or the ask "
        "to fall there; now bid 99 for 5"
    )
    see(venue, exchange, "99x2 | 101x4 | 6@99")
    _, filled, waits = why()
    assert (
        "Fill model depth+queue: a resting order is filled at its own limit by what the book of the tick offers there, "
        "once the ask has come to it; and by what trades at its price, once what stood before it there has traded or "
        "was withdrawn." in filled
    )
    assert waits.startswith("Rests, and waits for the ask to fall to 99; ")
    shared = venue.another(model="touch+queue+share=0.5")
    see(venue, shared, "99x2 | 101x4 | 1@99")
    assert (
        "Fill model touch+queue+share=0.5: a resting order gets at most 0.5 of what trades at its price or beyond, "
        "once what stood before it there has traded or was withdrawn." in why()[2]
    )
