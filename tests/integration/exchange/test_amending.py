"""Amendments: what the domain decides, carried out on every store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mockexchange.domain.errors import (
    DuplicateOrderId,
    ExchangeError,
    FilterFailure,
    NothingAmended,
    OrderNotFound,
    OrderNotOpen,
    QuantityIncreased,
)
from mockexchange.domain.events import account_of, orders_touched, tick_met
from mockexchange.domain.instruments import default_instrument
from mockexchange.domain.journal import Amended
from mockexchange.domain.orders import Order
from mockexchange.exchange import Exchange
from mockexchange.happenings import happenings
from mockexchange.replaying import replay
from mockexchange.store.dump import dump_memory
from mockexchange.store.memory import MemoryStore

from .crowd import Crowd
from .test_replay import results
from .venue import BTC, D, Venue, order


def test_an_order_is_smaller_in_every_way_it_is_read(venue: Venue) -> None:
    old = venue.exchange.place(order("BUY", "2", "90", client_order_id="mine")).order
    venue.clock.time += 5
    amended = venue.exchange.amend("alice", old.order_id, quantity=D("0.5"))
    assert (amended.quantity, amended.status, amended.version) == (D("0.5"), "NEW", 2)
    assert (amended.created_at, amended.updated_at) == (old.created_at, venue.clock.time)
    assert venue.exchange.order("alice", old.order_id) == amended
    assert venue.exchange.order("alice", client_order_id="mine") == amended
    assert list(venue.another().open_orders("alice")) == [amended]
    assert venue.owned()["USDT"] == (D(955), D(45))
    assert venue.exchange.audit().problems == []


def test_it_is_named_by_either_id(venue: Venue) -> None:
    number = venue.exchange.place(order("BUY", "2", "90", client_order_id="mine")).order.order_id
    assert venue.exchange.amend("alice", client_order_id="mine", quantity=D(1)).order_id == number
    for named in ({"order_id": 10**9}, {"client_order_id": "other"}, {"order_id": number, "client_order_id": "other"}):
        with pytest.raises(OrderNotFound):
            venue.exchange.amend("alice", quantity=D("0.5"), **named)  # pyright: ignore[reportArgumentType]
    venue.exchange.open_account("bob", {"USDT": D(1000)})
    with pytest.raises(OrderNotFound):
        venue.exchange.amend("bob", number, quantity=D("0.5"))


def test_it_keeps_its_place_before_younger_orders(venue: Venue) -> None:
    """The oldest of three at one price is amended, and still takes first; a replaced one goes to the end."""
    exchange = venue.another(model="touch-size")
    first, second, third = (exchange.place(order("BUY", "1", "90")).order.order_id for _ in range(3))
    last = exchange.replace("alice", second, order("BUY", "1", "90")).order.order_id
    exchange.amend("alice", first, quantity=D("0.5"))
    venue.tick("89", "90", sizes="2")
    exchange.match()
    assert [fill.order_id for fill in venue.all_fills()] == [first, third, last]
    assert [fill.quantity for fill in venue.all_fills()] == [D("0.5"), D(1), D("0.5")]


def test_a_new_name_is_found_and_the_old_one_is_free(venue: Venue) -> None:
    number = venue.exchange.place(order("BUY", "2", "90", client_order_id="old")).order.order_id
    venue.exchange.amend("alice", number, quantity=D(1), new_client_order_id="new")
    assert venue.exchange.order("alice", client_order_id="new").order_id == number
    with pytest.raises(OrderNotFound):
        venue.exchange.order("alice", client_order_id="old")
    other = venue.exchange.place(order("BUY", "1", "80", client_order_id="old", reuse_client_id=True)).order
    assert venue.exchange.order("alice", client_order_id="old") == other
    with pytest.raises(DuplicateOrderId):
        venue.exchange.amend("alice", number, quantity=D("0.5"), new_client_order_id="old")
    venue.exchange.cancel("alice", other.order_id)
    venue.exchange.amend("alice", number, quantity=D("0.5"), new_client_order_id="old")
    assert venue.exchange.order("alice", client_order_id="old").order_id == number


def test_a_given_name_gives_way(venue: Venue) -> None:
    placed = venue.exchange.place(order("BUY", "2", "90")).order
    amended = venue.exchange.amend("alice", placed.order_id, quantity=D(1), new_client_order_id="new")
    assert amended.amendments[0].client_order_id_before == placed.client_order_id
    assert venue.exchange.order("alice", placed.order_id) == amended
    with pytest.raises(OrderNotFound):
        venue.exchange.order("alice", client_order_id=placed.client_order_id)


def test_what_is_refused_changes_nothing(venue: Venue) -> None:
    number = venue.exchange.place(order("BUY", "2", "90")).order.order_id
    before = venue.dump()
    for quantity, error in (("2", NothingAmended), ("3", QuantityIncreased), ("1.000001", FilterFailure)):
        with pytest.raises(error):
            venue.exchange.amend("alice", number, quantity=D(quantity))
    assert venue.dump() == before
    venue.price("89", "90")
    with pytest.raises(OrderNotOpen, match="is FILLED"):
        venue.exchange.amend("alice", number, quantity=D(1))


def test_an_order_of_a_market_that_is_not_traded_any_more_may_still_be_made_smaller(venue: Venue) -> None:
    number = venue.exchange.place(order("BUY", "2", "90")).order.order_id
    exchange = venue.another(replace(venue.exchange.rules, symbols=("ETH/USDT",)))
    assert exchange.amend("alice", number, quantity=D(1)).quantity == 1


def test_it_is_an_event_of_its_order(venue: Venue) -> None:
    number = venue.exchange.place(order("BUY", "2", "90")).order.order_id
    after = venue.store.revision()
    venue.exchange.amend("alice", number, quantity=D(1))
    (happening,) = happenings(venue.store, after)
    assert happening.entry == Amended(venue.clock.time, "alice", number, D(1), None)
    assert (happening.account_id, account_of(happening.entry, {})) == ("alice", "alice")
    assert (orders_touched(happening.entry), tick_met(happening.entry)) == ((number,), None)


def test_a_replay_decides_by_the_filters_of_the_moment(venue: Venue) -> None:
    """They changed after the order was placed, and again after it was amended."""
    number = venue.exchange.place(order("BUY", "2", "90", client_order_id="a")).order.order_id
    market = default_instrument(BTC)
    for step, quantity in (("0.3", "1.2"), ("0.25", "1"), ("0.0001", "0.9999")):
        venue.store.put_instruments([replace(market, step_size=D(step), min_quantity=D(step))], replace=True)
        venue.exchange.amend("alice", number, quantity=D(quantity), new_client_order_id=f"of-{quantity}")
    venue.check_replay()


def test_amended_orders_are_kept_brought_back_and_cloned(venue: Venue) -> None:
    """With their names: also one that had been that of a younger order, which is closed."""
    accounts = venue.exchange.accounts
    first = venue.exchange.place(order("BUY", "2", "90")).order
    second = venue.exchange.place(order("BUY", "1", "80", client_order_id="name")).order
    venue.exchange.cancel("alice", second.order_id)
    venue.exchange.amend("alice", first.order_id, quantity=D("1.5"))
    venue.exchange.amend("alice", first.order_id, quantity=D(1), new_client_order_id="name")
    accounts.take_snapshot("alice", "kept")
    venue.exchange.amend("alice", first.order_id, quantity=D("0.5"), new_client_order_id="later")
    accounts.restore("alice", "kept")
    accounts.clone("alice", "carol")
    for account in ("alice", "carol"):
        (restored,) = venue.exchange.open_orders(account)
        assert venue.exchange.order(account, client_order_id="name") == restored
        given = f"mx-{restored.order_id}"
        assert [
            (each.quantity_before, each.quantity, each.client_order_id_before, each.client_order_id)
            for each in restored.amendments
        ] == [(D(2), D("1.5"), given, given), (D("1.5"), D(1), given, "name")]
        with pytest.raises(OrderNotFound):
            venue.exchange.order(account, client_order_id="later")
    assert venue.exchange.audit().problems == []
    accounts.delete_snapshot("alice", "kept")
    again = MemoryStore()
    replay(venue.store.journal(0, 1000).items, again)
    Exchange(again, venue.clock, venue.exchange.rules).accounts.sweep(unused_for=0)
    accounts.sweep(unused_for=0)
    assert results(dump_memory(again.state)) == results(venue.dump())


def test_many_at_once_amend_an_order_step_by_step(valkey_venue: Venue) -> None:
    """Whatever comes in between, nothing is lost: each step is smaller than the one before, and funds fit."""
    number = valkey_venue.exchange.place(order("BUY", "10", "90")).order.order_id
    market = replace(default_instrument(BTC), max_num_order_amends=0)
    valkey_venue.store.put_instruments([market], replace=True)

    def shrink(exchange: Exchange) -> int:
        made = 0
        for size in range(9, 0, -1):
            try:
                made += exchange.amend("alice", number, quantity=D(size)).quantity == size
            except (NothingAmended, QuantityIncreased):
                continue
        return made

    results = Crowd(valkey_venue).run([shrink] * 6)
    assert not any(isinstance(result, ExchangeError) for result in results), results
    left: Order = valkey_venue.exchange.order("alice", number)
    assert left.quantity == 1
    sizes = [10, *(each.quantity for each in left.amendments)]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == len(sizes) == left.version
    assert sum(result for result in results if isinstance(result, int)) == len(left.amendments)
    assert valkey_venue.owned()["USDT"] == (D(910), D(90))
