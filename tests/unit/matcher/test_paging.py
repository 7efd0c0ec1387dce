"""More orders than one page holds, at one price and at many."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mockexchange.domain.instruments import default_instrument
from mockexchange.matcher import ORDERS_PER_PAGE

from .venue import Venue

MANY = 600


def crowded(*, sized: bool = False, accounts: Iterable[str] = ("alice",)) -> Venue:
    """A venue where one account may have any number of open orders."""
    venue = Venue(sized=sized, accounts=accounts)
    venue.store.put_instruments([replace(default_instrument("BTC/USDT"), max_num_orders=0)], replace=True)
    return venue


def test_the_orders_of_these_tests_do_not_fit_two_pages() -> None:
    assert MANY > 2 * ORDERS_PER_PAGE


def test_all_orders_at_one_price_fill_on_one_tick() -> None:
    venue = crowded()
    venue.tick("99 101")
    for _ in range(MANY):
        venue.place("BUY 0.1 @ 90")
    venue.tick("89 90")
    report = venue.match()
    assert (report.fills, report.conflicts, report.ticks) == (MANY, 0, 1)
    assert set(venue.states()) == {"FILLED 0.1/0.1"}
    venue.audit()


def test_orders_at_one_price_that_a_tick_cannot_fill_are_each_offered_it_once() -> None:
    """Alice's orders all stay where they are (hers share one size), bob's come after all of hers at the same price."""
    venue = crowded(sized=True, accounts=("alice", "bob"))
    venue.tick("99 101")
    for _ in range(MANY):
        venue.place("BUY 1 @ 90")
    for _ in range(3):
        venue.place("BUY 1 @ 90", account="bob")
    venue.tick("89 90x2.5")
    report = venue.match()
    assert report.fills == 6
    assert venue.states()[:4] == ["FILLED 1/1", "FILLED 1/1", "PARTIALLY_FILLED 0.5/1", "NEW 0/1"]
    assert set(venue.states()[3:]) == {"NEW 0/1"}
    assert venue.states("bob") == ["FILLED 1/1", "FILLED 1/1", "PARTIALLY_FILLED 0.5/1"]
    assert venue.done() == 2
    venue.audit()


def test_orders_at_many_prices_fill_best_price_first_then_oldest_first() -> None:
    venue = crowded(sized=True)
    venue.tick("99 200")
    for number in range(MANY):
        venue.place(f"SELL 1 @ {100 + number % 50}")
    venue.tick("160x100 200")
    assert venue.match().fills == 100
    filled = [fill.order_id for fill in reversed(venue.exchange.trades("alice", limit=1000).items)]
    # Orders 1, 51, 101, ... ask 100; 2, 52, ... ask 101: twelve at each price, so the first eight prices and four more.
    expected = [first + 50 * age for first in range(1, 51) for age in range(12)]
    assert filled == expected[:100]
    venue.audit()


def test_many_orders_that_wait_for_a_price_arrive_together_oldest_first() -> None:
    venue = crowded(sized=True)
    venue.tick("99 101", age=61_000)
    for number in range(MANY):
        venue.place("BUY 1 @ 101" if number % 2 else "BUY 1 @ 90")
    venue.tick("99 101x10")
    report = venue.match()
    assert report.fills == 10
    assert [fill.order_id for fill in reversed(venue.exchange.trades("alice", limit=1000).items)] == list(
        range(2, 22, 2)
    )
    assert not any(order.unmet for order in venue.exchange.orders("alice", limit=1000).items)
    venue.audit()


def test_resting_orders_come_before_arrivals() -> None:
    venue = Venue(sized=True)
    venue.tick("99 101")
    venue.place("BUY 1 @ 100")
    venue.clock.time += 61_000
    venue.place("BUY 1 @ 105")
    venue.tick("99 100x1.5")
    venue.match()
    assert venue.fills() == [
        "2: 1 @ 100 MAKER: 100, fee 0.001 BTC",
        "2: 0.5 @ 100 TAKER: 50, fee 0.0005 BTC",
    ]
    venue.audit()


def test_two_accounts_do_not_compete_for_what_a_tick_shows() -> None:
    venue = Venue(sized=True, accounts=("alice", "bob"))
    venue.tick("99 101")
    for account in ("alice", "bob"):
        venue.place("BUY 1 @ 100", account=account)
    venue.tick("99 100x1")
    assert venue.match().fills == 2
    venue.audit()


def test_late_post_only_orders_expire_by_the_hundred() -> None:
    venue = crowded()
    venue.tick("99 101", age=61_000)
    for _ in range(MANY):
        venue.place("BUY 1 @ 105 POST")
    venue.tick("99 101")
    report = venue.match()
    assert (report.expired, report.fills) == (MANY, 0)
    assert [balance.locked for balance in venue.exchange.balances("alice")] == [0, 0, 0]
    venue.audit()
