"""How the history behind an account's profits is read: in pages, in the order of time, each account on its own."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from mockexchange.domain.balances import Account
from mockexchange.domain.ledger import LedgerEntry
from mockexchange.overview import Overview
from mockexchange.profits import Profits
from mockexchange.store.memory import MemoryStore

from .conftest import with_alice
from .venue import D, Venue, order


@pytest.mark.parametrize("asked_before", [False, True])
@pytest.mark.parametrize("page", [1, 2, 3, 1_000])
def test_what_is_dated_back_counts_where_it_happened(page: int, asked_before: bool, venue: Venue) -> None:
    """The order that rests met its price while no matcher ran, before the one that was placed then."""
    resting = venue.exchange.place(order("SELL", "1", "110")).order.order_id
    profits = Profits(Overview(venue.exchange), page)
    venue.clock.time += 1_000
    venue.tick("110", "111")
    venue.clock.time += 600_000
    venue.tick("119", "120")
    venue.exchange.place(order("BUY", "0.5"))
    placed = venue.exchange.place(order("SELL", "1.25")).order.order_id
    if asked_before:
        assert [trip.exit_order for trip in profits.round_trips("alice")] == [placed]
    venue.another().match()
    assert [fill.is_late for fill in venue.all_fills()] == [False, False, True]

    trips = profits.round_trips("alice")

    sold = [(trip.exit_order, trip.quantity) for trip in trips]
    assert sold == [(resting, D(1)), (placed, D(1)), (placed, D("0.25"))]
    assert [trip.entry_order is None for trip in trips] == [True, True, False]


class Held(MemoryStore):
    """A store that takes its time with one account's ledger."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go_on = threading.Event(), threading.Event()

    def ledger_lines(self, account: Account, start: int, limit: int) -> list[int | LedgerEntry]:
        if account.account_id == "alice":
            self.begun.set()
            assert self.go_on.wait(30)
        return super().ledger_lines(account, start, limit)


def test_a_long_history_that_is_being_read_holds_up_no_other_account() -> None:
    store = Held()
    venue = with_alice(Venue(store, None))
    venue.exchange.open_account("bob", {"BTC": D(1)})
    profits = Profits(Overview(venue.exchange))
    with ThreadPoolExecutor() as threads:
        long = threads.submit(profits.profit, "alice")
        try:
            assert store.begun.wait(30)
            assert threads.submit(profits.profit, "bob").result(timeout=10).by_asset.keys() == {"BTC"}
            assert not long.done()
        finally:
            store.go_on.set()
        assert long.result().by_asset.keys() == {"BTC"}
