"""Lists read page by page give every item once, in order, also while they grow."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pytest

from mockexchange.domain.journal import JournalEntry
from mockexchange.domain.ledger import LedgerEntry
from mockexchange.ports import Page

from .venue import BTC, D, Venue, order

T = TypeVar("T")
ORDERS = 23


@pytest.fixture
def busy(venue: Venue) -> Venue:
    """23 orders, the odd ones filled at once: 12 market sells at 99 and 11 buys that rest."""
    for number in range(ORDERS):
        venue.exchange.place(order("BUY", "0.1", "60") if number % 2 else order("SELL", "0.1"))
    return venue


def paged(read: Callable[[int | None], Page[T]]) -> tuple[list[T], list[int]]:
    """All items, and how many each page had."""
    items: list[T] = []
    sizes: list[int] = []
    page = read(None)
    while True:
        items += page.items
        sizes.append(len(page.items))
        if page.cursor is None:
            return items, sizes
        page = read(page.cursor)


def test_orders_come_newest_first_and_each_once(busy: Venue) -> None:
    orders, sizes = paged(lambda cursor: busy.exchange.orders("alice", cursor=cursor, limit=10))
    assert sizes == [10, 10, 3]
    ids = [each.order_id for each in orders]
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == ORDERS
    of_symbol, _ = paged(lambda cursor: busy.exchange.orders("alice", BTC, cursor=cursor, limit=7))
    assert of_symbol == orders
    assert busy.exchange.orders("alice", "ETH/USDT").items == []


def test_a_last_page_that_is_full_is_the_last(busy: Venue) -> None:
    for limit in (ORDERS, 1):
        _, sizes = paged(lambda cursor, limit=limit: busy.exchange.orders("alice", cursor=cursor, limit=limit))
        assert sum(sizes) == ORDERS
        assert set(sizes) == {limit}


def test_orders_that_come_between_two_pages_do_not_shift_them(busy: Venue) -> None:
    first = busy.exchange.orders("alice", limit=10)
    for _ in range(5):
        busy.exchange.place(order("BUY", "0.1", "60"))
    second = busy.exchange.orders("alice", cursor=first.cursor, limit=10)
    assert {each.order_id for each in first.items}.isdisjoint(each.order_id for each in second.items)
    assert first.items[-1].order_id > second.items[0].order_id


def test_trades_come_newest_first_and_each_once(busy: Venue) -> None:
    fills, sizes = paged(lambda cursor: busy.exchange.trades("alice", BTC, cursor=cursor, limit=5))
    assert sizes == [5, 5, 2]
    ids = [each.trade_id for each in fills]
    assert ids == sorted(set(ids), reverse=True)


def test_the_ledger_comes_oldest_first_with_all_three_lines_of_a_fill(busy: Venue) -> None:
    lines: list[LedgerEntry] = []
    cursor = 0
    while (page := busy.exchange.ledger("alice", cursor=cursor, limit=5)).items:
        lines += page.items
        assert page.cursor is not None
        cursor = page.cursor
    assert [line.kind for line in lines] == ["deposit"] * 2 + ["trade", "trade", "fee"] * 12
    assert sum(line.amount for line in lines if line.asset == "USDT") == sum(busy.owned()["USDT"])
    # Where it ended is where it goes on.
    busy.exchange.deposit("alice", "USDT", D(1))
    assert [line.amount for line in busy.exchange.ledger("alice", cursor=cursor).items] == [1]


def test_the_journal_is_paged_as_the_ledger_is(busy: Venue) -> None:
    entries: list[JournalEntry] = []
    cursor = 0
    while (page := busy.store.journal(cursor, 7)).items:
        entries += page.items
        cursor = page.cursor or cursor
    assert entries == busy.store.journal(0, 1000).items
    assert len(entries) == busy.store.revision()


def test_open_orders_are_read_page_by_page(busy: Venue) -> None:
    assert len(list(busy.exchange.open_orders("alice"))) == 11
    (account,) = busy.store.accounts(["alice"])
    assert account is not None
    first = busy.store.open_order_ids(account, 0, 4)
    second = busy.store.open_order_ids(account, first[-1], 4)
    third = busy.store.open_order_ids(account, second[-1], 4)
    assert (len(first), len(second), len(third)) == (4, 4, 3)
    assert first + second + third == sorted({*first, *second, *third})


def test_an_empty_account_has_empty_lists(venue: Venue) -> None:
    venue.exchange.open_account("bob")
    assert venue.exchange.orders("bob") == Page([], None)
    assert venue.exchange.trades("bob", BTC) == Page([], None)
    assert venue.exchange.ledger("bob").items == []
    assert venue.exchange.balances("bob") == []
    assert list(venue.exchange.open_orders("bob")) == []
