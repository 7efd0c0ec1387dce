"""Orders that walk a book, on every store: level by level, and what was taken stays taken."""

from __future__ import annotations

import pytest

from mockexchange.domain.amounts import text
from mockexchange.domain.fills import Fill
from mockexchange.domain.orders import Order, TimeInForce
from mockexchange.domain.placing import PlaceOrder
from mockexchange.exchange import Exchange, PlacedOrder

from .venue import IOC, D, Venue, order

ASKS = "101x1 102x2 104x3"
BIDS = "99x1 98x2 96x3"


@pytest.fixture
def walking(venue: Venue) -> Exchange:
    """An exchange whose orders walk the book, and a rich alice."""
    exchange = venue.another(model="depth")
    exchange.deposit("alice", "USDT", D(10_000))
    exchange.deposit("alice", "BTC", D(100))
    venue.book(BIDS, ASKS)
    return exchange


def got(placed: PlacedOrder) -> str:
    return f"{placed.order.status} {' '.join(map(_shown, placed.fills))}".strip()


def _shown(fill: Fill) -> str:
    return f"{text(fill.quantity)}@{text(fill.price)}{'' if fill.liquidity == 'TAKER' else ' maker'}"


def fills_of(exchange: Exchange, placed: Order) -> list[str]:
    return [_shown(fill) for fill in exchange.fills_of(exchange.order("alice", placed.order_id))]


# order, and what becomes of it on the book above
ORDERS = [
    (order("BUY", "0.5"), "FILLED 0.5@101"),
    (order("BUY", "2.5"), "FILLED 1@101 1.5@102"),
    (order("BUY", "10"), "EXPIRED 1@101 2@102 3@104"),
    (order("SELL", "4"), "FILLED 1@99 2@98 1@96"),
    (order("BUY", "10", "102"), "PARTIALLY_FILLED 1@101 2@102"),
    (order("BUY", "10", "102", time_in_force=IOC), "EXPIRED 1@101 2@102"),
    (order("BUY", "6", "104", time_in_force=TimeInForce.FOK), "FILLED 1@101 2@102 3@104"),
    (order("BUY", "6", "103", time_in_force=TimeInForce.FOK), "EXPIRED"),
    (order("SELL", "3.5", "98"), "PARTIALLY_FILLED 1@99 2@98"),
    (order("SELL", "1", "100"), "NEW"),
    # 101 and 204 of 400, and 95 at 104, in whole steps
    (order("BUY", None, quote_quantity=D(400)), "FILLED 1@101 2@102 0.91346@104"),
    (order("BUY", None, quote_quantity=D(1000)), "EXPIRED 1@101 2@102 3@104"),
]


@pytest.mark.parametrize(("command", "becomes"), ORDERS, ids=[str(number) for number in range(len(ORDERS))])
def test_an_order_takes_level_by_level(venue: Venue, walking: Exchange, command: PlaceOrder, becomes: str) -> None:
    placed = walking.place(command)
    assert got(placed) == becomes
    assert {fill.model for fill in placed.fills} <= {"depth"}
    assert walking.order("alice", placed.order.order_id) == placed.order
    assert walking.fills_of(placed.order) == placed.fills


def test_what_was_taken_stays_taken_until_the_book_renews_it(venue: Venue, walking: Exchange) -> None:
    assert got(walking.place(order("BUY", "1.5"))) == "FILLED 1@101 0.5@102"
    assert got(walking.place(order("BUY", "1"))) == "FILLED 1@102"
    venue.book(BIDS, ASKS)
    assert got(walking.place(order("BUY", "1"))) == "FILLED 0.5@102 0.5@104", (
        "the same book again is the same liquidity"
    )
    venue.book(BIDS, "101x1.2 102x2 104x3")
    assert got(walking.place(order("BUY", "1"))) == "FILLED 0.2@101 0.8@104", "what was added is new"
    venue.book(BIDS, "101x0.7 102x1 104x3")
    assert got(walking.place(order("BUY", "1"))) == "FILLED 1@104", "what went was what had been taken"
    venue.book(BIDS, "102x1.5 104x3")
    assert got(walking.place(order("BUY", "1"))) == "FILLED 0.5@102 0.5@104"
    venue.book(BIDS, "101x0.3 102x1.5 104x3")
    assert got(walking.place(order("BUY", "1"))) == "EXPIRED 0.3@101 0.2@104", "a level that comes back is new"
    assert got(walking.place(order("SELL", "1"))) == "FILLED 1@99", "the other side is another matter"


def test_levels_out_of_view_are_remembered(venue: Venue, walking: Exchange) -> None:
    assert got(walking.place(order("BUY", "6"))) == "FILLED 1@101 2@102 3@104"
    venue.book("90x1", "91x1 92x1")
    assert got(walking.place(order("BUY", "1"))) == "FILLED 1@91"
    venue.book(BIDS, ASKS)
    assert got(walking.place(order("BUY", "1"))) == "EXPIRED"


def test_two_accounts_never_compete(venue: Venue, walking: Exchange) -> None:
    walking.open_account("bob", {"USDT": D(10_000)})
    for account in ("alice", "bob"):
        assert got(walking.place(order("BUY", "2", account=account))) == "FILLED 1@101 1@102"


def test_a_resting_order_fills_as_maker_for_what_reaches_it(venue: Venue, walking: Exchange) -> None:
    first, second = (walking.place(order("BUY", quantity, "100")).order for quantity in ("2", "3"))
    venue.book("97x1", "99x1 100x2.5 101x9")
    assert walking.match().fills == 2
    assert (fills_of(walking, first), fills_of(walking, second)) == (["2@100 maker"], ["1.5@100 maker"])
    venue.book("97x1", "99x1 100x2.5 101x9")
    assert walking.match().fills == 0, "there is nothing new"
    venue.book("97x1", "99x1.4 100x2.5 101x9")
    assert walking.match().fills == 1
    assert got(walking.place(order("BUY", "1", "100", time_in_force=IOC))) == "EXPIRED"
    venue.book("97x1", "98x9")
    assert walking.match().fills == 1
    assert fills_of(walking, second) == ["1.5@100 maker", "0.4@100 maker", "1.1@100 maker"]


def test_a_tick_without_a_book_gives_what_the_touch_shows_and_says_so(venue: Venue, walking: Exchange) -> None:
    venue.tick("99", "101", sizes="0.4")
    placed = walking.place(order("BUY", "1"))
    assert got(placed) == "EXPIRED 0.4@101"
    assert placed.fills[0].model == "depth+no-book"
    resting = walking.place(order("BUY", "1", "100")).order
    venue.tick("97", "98", sizes="0.3")
    assert walking.match().fills == 1
    assert walking.fills_of(walking.order("alice", resting.order_id))[0].model == "depth+no-book"


def test_a_journal_with_books_replays(venue: Venue, walking: Exchange) -> None:
    for asks in (ASKS, "101x3 102x2", "100x1 101x4", "98x2 99x3"):
        venue.book("95x2 94x2", asks)
        walking.match()
        for quantity, price in (("1.5", None), ("2", "101"), ("3", "99")):
            walking.place(order("BUY", quantity, price))
        walking.place(order("SELL", "1", "97"))
    venue.check_replay()
    assert "{main}:consumed:BTC/USDT" in venue.dump()


def test_a_log_that_a_restart_continues_keeps_its_book(venue: Venue, walking: Exchange) -> None:
    """The newest tick is logged again above the venue's cursor; with its levels."""
    walking.match()
    venue.lose_market_data()
    venue.book(BIDS, ASKS)
    assert got(walking.place(order("BUY", "2"))) == "FILLED 1@101 1@102"
