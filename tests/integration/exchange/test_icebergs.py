"""Icebergs on every store: how much shows, what fills at a time, and how many there may be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mockexchange.domain.errors import FilterFailure, IcebergExceedsQuantity, InvalidOrder
from mockexchange.domain.instruments import default_instrument
from mockexchange.domain.orders import OrderType
from mockexchange.replaying import replay
from mockexchange.store.memory import MemoryStore

from .venue import BTC, IOC, D, Venue, order


@pytest.mark.parametrize(
    ("sizes", "filled"),
    [
        # a tick fills what shows at most, and the next part shows with the next tick
        (("5", "5", "5", "5"), ["0.5", "1", "1.5", "1.8"]),
        # what is left of a part is what shows
        (("0.3", "5", "5", "5"), ["0.3", "0.5", "1", "1.5"]),
    ],
)
def test_where_sizes_are_limited_what_shows_fills(sizes: tuple[str, ...], filled: list[str], venue: Venue) -> None:
    exchange = venue.another(model="touch-size")
    placed = exchange.place(order("SELL", "1.8", "110", iceberg_quantity=D("0.5"))).order
    assert (placed.visible_quantity, venue.owned()["BTC"]) == (D("0.5"), (D("0.2"), D("1.8")))
    for size, expected in zip(sizes, filled, strict=True):
        venue.tick("110", "111", sizes=size)
        exchange.match()
        assert exchange.order("alice", placed.order_id).filled_quantity == D(expected)
    replay(venue.store.journal(0, 1000).items, MemoryStore())


def test_where_any_size_fills_all_parts_fill_at_once(venue: Venue) -> None:
    placed = venue.exchange.place(order("SELL", "1.8", "110", iceberg_quantity=D("0.5"))).order
    venue.price("110", "111")
    assert venue.exchange.order("alice", placed.order_id).status == "FILLED"
    assert [fill.quantity for fill in venue.all_fills()] == [D("1.8")]


def test_an_iceberg_that_takes_takes_as_a_whole(venue: Venue) -> None:
    exchange = venue.another(model="touch-size")
    venue.tick("99", "101", sizes="1.2")
    placed = exchange.place(order("BUY", "2", "101", iceberg_quantity=D("0.5"))).order
    assert (placed.filled_quantity, placed.visible_quantity) == (D("1.2"), D("0.3"))


def test_what_shows_becomes_smaller_only_with_the_rest(venue: Venue) -> None:
    placed = venue.exchange.place(order("SELL", "1.8", "110", iceberg_quantity=D("0.5"))).order
    smaller = venue.exchange.amend("alice", placed.order_id, quantity=D(1))
    smallest = venue.exchange.amend("alice", placed.order_id, quantity=D("0.3"))
    assert (smaller.visible_quantity, smallest.visible_quantity) == (D("0.5"), D("0.3"))


def test_a_stop_may_be_one_when_it_rests(venue: Venue) -> None:
    exchange = venue.another(model="touch-size")
    asked = order("SELL", "1", "98", iceberg_quantity=D("0.4"))
    placed = exchange.place(replace(asked, type=OrderType.STOP_LOSS_LIMIT, stop_price=D(95))).order
    for bid, expected in (("95", "0"), ("99", "0.4"), ("99", "0.8"), ("99", "1")):
        venue.tick(bid, "101", sizes="5")
        exchange.match()
        assert exchange.order("alice", placed.order_id).filled_quantity == D(expected)


def test_what_is_no_iceberg_is_refused(venue: Venue) -> None:
    part: dict[str, Any] = {"iceberg_quantity": D("0.5")}
    for quantity in ("0.5", "0.4"):
        with pytest.raises(IcebergExceedsQuantity):
            venue.exchange.place(order("SELL", quantity, "110", **part))
    for command in (order("SELL", "1", **part), order("SELL", "1", "90", time_in_force=IOC, **part)):
        with pytest.raises(InvalidOrder, match=r"only a limit order that rests \(GTC\) can show a part of itself"):
            venue.exchange.place(command)
    for part_size, name in (("0.19", "ICEBERG_PARTS"), ("0.000001", "LOT_SIZE")):
        with pytest.raises(FilterFailure, match=name):
            venue.exchange.place(order("SELL", "2", "110", iceberg_quantity=D(part_size)))
    venue.exchange.place(order("SELL", "2", "110", iceberg_quantity=D("0.2")))


def test_no_more_icebergs_than_may_be(venue: Venue) -> None:
    venue.store.put_instruments([replace(default_instrument(BTC), max_num_iceberg_orders=1)], replace=True)
    iceberg = order("SELL", "0.5", "110", iceberg_quantity=D("0.1"))
    first = venue.exchange.place(iceberg).order
    venue.exchange.place(order("SELL", "0.5", "110"))
    for exchange in (venue.exchange, venue.another()):
        with pytest.raises(FilterFailure, match="1 open orders on BTC/USDT that are icebergs; at most 1") as refused:
            exchange.place(iceberg)
        assert refused.value.filter_name == "MAX_NUM_ICEBERG_ORDERS"
    venue.exchange.replace("alice", first.order_id, iceberg)
    venue.exchange.cancel_all("alice")
    venue.exchange.place(iceberg)


def test_one_that_is_brought_back_shows_as_much(venue: Venue) -> None:
    exchange = venue.another(model="touch-size")
    exchange.place(order("SELL", "1.8", "110", iceberg_quantity=D("0.5"), self_trade_prevention="EXPIRE_BOTH"))
    exchange.accounts.take_snapshot("alice", "kept")
    exchange.accounts.restore("alice", "kept")
    [again] = exchange.open_orders("alice")
    assert (again.iceberg_quantity, again.self_trade_prevention) == (D("0.5"), "EXPIRE_BOTH")
    venue.tick("110", "111", sizes="5")
    exchange.match()
    assert exchange.order("alice", again.order_id).filled_quantity == D("0.5")
    exchange.accounts.sweep(unused_for=0)
