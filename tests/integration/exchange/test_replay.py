"""The journal, done again in an empty store, gives the same venue to the byte."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mockexchange.domain.journal import Deposited, Matched, Placed, TickSeen
from mockexchange.replaying import JournalMismatchError, replay
from mockexchange.store.dump import Dump, dump_memory, dump_valkey
from mockexchange.store.memory import MemoryStore
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection

from .venue import IOC, D, Venue, order

BOOKKEEPING = {"sequence", "cursor", "taken", "announced"}
"""What the processes that ran left behind: ids given out, how far they had matched."""


def results(dump: Dump) -> Dump:
    return {key: value for key, value in dump.items() if key.split(":")[1] not in BOOKKEEPING}


def live(venue: Venue) -> None:
    """A bit of everything: both models, two symbols and accounts, all kinds of orders, quotes of all kinds."""
    exchange = venue.exchange
    exchange.open_account("bob", {"BTC": D("0.1"), "ETH": D(5)}, maker_rate=D("0.0002"))
    exchange.deposit("bob", "BTC", D("0.9"))
    exchange.withdraw("bob", "ETH", D(1))
    exchange.place(order("BUY", "1", "90", client_order_id="a"))
    exchange.place(order("BUY", None, quote_quantity=D("33.33"), client_order_id="b"))
    exchange.place(order("BUY", None, quote_quantity=D("33.33"), client_order_id="b"))
    venue.clock.time += 1_000
    sized = venue.another(model="touch-size")
    venue.tick("99", "101", sizes="0.25")
    sized.place(order("BUY", "0.4", "101"))
    # Nothing is left of this tick; of the next, what the order before leaves: 0.25 - 0.15.
    first = sized.place(order("BUY", "1", "101", client_order_id="c")).order
    sized.place(order("SELL", "0.7", time_in_force=IOC, price="98"))
    for bid, ask in (("98", "100"), ("97", "101"), ("102", "103")):
        venue.tick(bid, ask, sizes="0.25")
        venue.clock.time += 500
        sized.match()
    sized.replace("alice", first.order_id, order("BUY", "0.3", "95", client_order_id="c"))
    venue.tick("0.06542", "0.06543", "ETH/BTC", sizes="0.0041")
    sized.place(order("BUY", "0.0123", "0.06543", "ETH/BTC", account="bob", client_order_id="a", reuse_client_id=True))
    venue.tick("0.06541", "0.06542", "ETH/BTC", sizes="0.0041")
    sized.match()
    exchange.amend("alice", client_order_id="a", quantity=D("0.6"), new_client_order_id="b")
    exchange.cancel("alice", client_order_id="b")
    exchange.place(order("BUY", "0.5", "91", client_order_id="a", reuse_client_id=True))
    venue.clock.time += 70_000
    exchange.place(order("BUY", "0.2", "150", post_only=True))
    exchange.place(order("BUY", "0.2", "150"))
    exchange.place(order("BUY", "0.2", "150", time_in_force=IOC))
    exchange.place(order("SELL", "1", "0.07", "ETH/BTC", account="bob"))
    venue.price("100", "102")
    exchange.cancel_all("bob")


def test_a_replayed_journal_gives_the_same_venue_to_the_byte(venue: Venue) -> None:
    live(venue)
    fills = venue.all_fills() + venue.all_fills("bob")
    assert len(fills) >= 8
    assert {order.status for order in venue.all_orders()} == {"NEW", "FILLED", "CANCELED", "EXPIRED"}
    again = MemoryStore()
    replay(venue.store.journal(0, 10_000).items, again)
    assert results(dump_memory(again.state)) == results(venue.dump())


def test_a_journal_written_in_memory_replays_into_valkey(valkey_url: str) -> None:
    venue = Venue(MemoryStore(), None)
    venue.exchange.open_account("alice", {"USDT": D(1000), "BTC": D(2)})
    venue.price("99", "101")
    live(venue)
    connection = Connection(valkey_url)
    replay(venue.store.journal(0, 10_000).items, ValkeyStore(connection))
    assert results(dump_valkey(connection)) == results(venue.dump())
    connection.close()


def test_the_journal_holds_inputs_and_never_results(venue: Venue) -> None:
    live(venue)
    journal = venue.store.journal(0, 10_000).items
    names = {name for entry in journal for name in type(entry).__slots__}
    assert names.isdisjoint({"commission", "status", "filled_quantity", "balance", "postings"})
    ticks = [entry.tick for entry in journal if isinstance(entry, TickSeen)]
    assert len({(tick.quote.symbol, tick.number) for tick in ticks}) == len(ticks), "a tick is journalled once"
    seen: set[tuple[str, int]] = set()
    for entry in journal:
        if isinstance(entry, TickSeen):
            seen.add((entry.tick.quote.symbol, entry.tick.number))
        if isinstance(entry, Matched) or (isinstance(entry, Placed) and entry.tick):
            assert (entry.symbol, entry.tick) in seen, "what a decision read stands before it"


def test_a_journal_that_was_altered_is_noticed(venue: Venue) -> None:
    live(venue)
    journal = venue.store.journal(0, 10_000).items
    placed = next(number for number, entry in enumerate(journal) if isinstance(entry, Placed))
    matched = next(number for number, entry in enumerate(journal) if isinstance(entry, Matched))
    paid = next(number for number, entry in enumerate(journal) if isinstance(entry, Deposited))
    tampered = [
        [*journal[:placed], *journal[placed + 1 :]],
        [*journal[:matched], *journal[matched : matched + 1] * 2, *journal[matched + 1 :]],
        [*journal[:placed], replace(journal[placed], quantity=D(1_000_000)), *journal[placed + 1 :]],
        [*journal[:paid], replace(journal[paid], account_id="carol"), *journal[paid + 1 :]],
    ]
    for entries in tampered:
        with pytest.raises((JournalMismatchError, ValueError)):
            replay(entries, MemoryStore())
