"""MAX_NUM_ORDERS: so many open orders of one account on one market and never one more, on every store."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest

from mockexchange.domain.errors import ExchangeError, FilterFailure
from mockexchange.domain.instruments import default_instrument
from mockexchange.domain.orders import Order
from mockexchange.exchange import Exchange
from mockexchange.replaying import replay
from mockexchange.store.memory import MemoryStore

from .crowd import Crowd
from .venue import BTC, IOC, D, Venue, order

MOST = 3
BUY = order("BUY", "1", "90")


@pytest.fixture
def full(venue: Venue) -> Venue:
    """Alice has three open orders on BTC/USDT, as many as may be."""
    return filled_up(venue)


def filled_up(venue: Venue) -> Venue:
    market = replace(default_instrument(BTC), max_num_orders=MOST)
    venue.store.put_instruments([market, replace(market, symbol="ETH/USDT", base_asset="ETH")], replace=True)
    for price in ("90", "91", "92"):
        venue.exchange.place(order("BUY", "1", price))
    return venue


def refuses(venue: Venue, exchange: Exchange | None = None) -> None:
    """No further order may rest, and nothing is left of the one that tried."""
    before = venue.owned()
    for ask in ((exchange or venue.exchange).place, (exchange or venue.exchange).assess):
        with pytest.raises(FilterFailure, match=f"at most {MOST} may be") as refused:
            ask(BUY)
        assert refused.value.filter_name == "MAX_NUM_ORDERS"
    assert venue.owned() == before
    assert venue.exchange.audit().problems == []


def test_one_order_too_many_is_refused(full: Venue) -> None:
    refuses(full)
    refuses(full, full.another())


def test_orders_that_do_not_rest_are_not_among_them(full: Venue) -> None:
    full.exchange.place(order("BUY", "1"))
    full.exchange.place(order("BUY", "1", "101"))
    full.exchange.place(order("BUY", "1", "100", time_in_force=IOC))
    refuses(full)


def test_another_market_and_another_account_have_orders_of_their_own(full: Venue) -> None:
    full.exchange.open_account("bob", {"USDT": D(1000)})
    full.price("99", "101", "ETH/USDT")
    for _ in range(MOST):
        full.exchange.place(order("BUY", "1", "90", "ETH/USDT"))
        full.exchange.place(order("BUY", "1", "90", account="bob"))
    for more in (order("BUY", "1", "90", "ETH/USDT"), order("BUY", "1", "90", account="bob")):
        with pytest.raises(FilterFailure, match="MAX_NUM_ORDERS"):
            full.exchange.place(more)


def test_one_that_is_canceled_filled_or_expired_makes_room(full: Venue) -> None:
    full.exchange.cancel("alice", full.all_orders()[0].order_id)
    full.exchange.place(BUY)
    refuses(full)
    full.price("91", "92")  # fills the one at 92
    full.clock.time += 60_001
    late = full.exchange.place(order("BUY", "1", "95", post_only=True)).order
    refuses(full)
    full.price("93", "94")  # the post-only one would take
    assert full.exchange.order("alice", late.order_id).status == "EXPIRED"
    full.exchange.place(BUY)
    refuses(full)


def test_what_was_filled_in_part_still_is_open(venue: Venue) -> None:
    filled_up(venue)
    exchange = venue.another(model="touch-size")
    venue.tick("91", "92", sizes="0.5")
    assert exchange.match().fills == 1
    refuses(venue)


def test_a_replaced_one_makes_room_for_its_successor(full: Venue) -> None:
    first, second, _ = full.all_orders()
    full.exchange.replace("alice", first.order_id, order("BUY", "1", "80"))
    refuses(full)
    full.exchange.replace("alice", second.order_id, order("BUY", "1"))  # takes at once
    full.exchange.place(BUY)
    refuses(full)


def test_a_maximum_that_changes_counts_from_then_on(full: Venue) -> None:
    market = full.exchange.instrument(BTC)
    full.store.put_instruments([replace(market, max_num_orders=0)], replace=True)
    full.exchange.place(BUY)
    full.store.put_instruments([market], replace=True)
    with pytest.raises(FilterFailure, match="the account has 4 open orders on BTC/USDT; at most 3 may be"):
        full.exchange.place(BUY)
    with pytest.raises(FilterFailure, match="MAX_NUM_ORDERS"):
        full.exchange.replace("alice", full.all_orders()[0].order_id, BUY)
    replay(full.store.journal(0, 1000).items, MemoryStore())


def test_an_account_that_begins_anew_counts_anew(full: Venue) -> None:
    accounts = full.exchange.accounts
    accounts.take_snapshot("alice", "full")
    elsewhere = full.another()
    elsewhere.cancel_all("alice")  # which knows this generation now
    accounts.reset("alice")
    for _ in range(MOST):
        elsewhere.place(BUY)
    refuses(full)
    accounts.restore("alice", "full")
    refuses(full, elsewhere)
    elsewhere.cancel("alice", full.all_orders()[1].order_id)
    elsewhere.place(BUY)
    refuses(full)
    accounts.clone("alice", "carol")
    with pytest.raises(FilterFailure, match="MAX_NUM_ORDERS"):
        full.exchange.place(order("BUY", "1", "90", account="carol"))
    accounts.sweep(unused_for=0)
    assert full.exchange.audit().problems == []
    counts = [key for key in full.dump() if ":counts:" in key]
    assert len(counts) == 3, "alice's, carol's, and those of the books that the snapshot is of"


def test_many_at_once_open_as_many_as_may_be(valkey_venue: Venue) -> None:
    """Every one of eight clients tries five times; cancellations make room for as many again."""
    filled_up(valkey_venue)
    valkey_venue.exchange.cancel_all("alice")
    crowd = Crowd(valkey_venue)

    def place_five(exchange: Exchange) -> list[Order]:
        placed: list[Order] = []
        for _ in range(5):
            with suppress(FilterFailure):
                placed.append(exchange.place(BUY).order)
        return placed

    def place_and_cancel(exchange: Exchange) -> None:
        for _ in range(10):
            for each in place_five(exchange):
                exchange.cancel("alice", each.order_id)

    results = crowd.run([place_five] * 8)
    assert not any(isinstance(result, ExchangeError) for result in results), results
    assert len(valkey_venue.all_orders()) == 2 * MOST
    refuses(valkey_venue)
    valkey_venue.exchange.cancel_all("alice")
    assert crowd.run([place_and_cancel] * 6) == [None] * 6
    assert list(valkey_venue.exchange.open_orders("alice")) == []
    for _ in range(MOST):
        valkey_venue.exchange.place(BUY)
    refuses(valkey_venue)
