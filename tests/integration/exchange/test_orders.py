"""Placing, canceling, replacing: what the domain decides, carried out on every store."""

from __future__ import annotations

import pytest

from mockexchange.domain.errors import (
    BadRequest,
    BadSymbol,
    DuplicateOrderId,
    FilterFailure,
    InsufficientFunds,
    MarketClosed,
    OrderImmediatelyFillable,
    OrderNotOpen,
)
from mockexchange.domain.fills import Liquidity
from mockexchange.domain.placing import PlaceOrder
from mockexchange.domain.rules import Rules
from mockexchange.replaying import replay
from mockexchange.store.memory import MemoryStore

from .venue import BTC, IOC, D, Venue, order


def test_a_market_buy_takes_the_ask(venue: Venue) -> None:
    placed = venue.exchange.place(order("BUY", "2"))
    (fill,) = placed.fills
    assert (placed.order.status, fill.price, fill.quote_quantity, fill.commission) == ("FILLED", 101, 202, D("0.002"))
    assert venue.owned() == {"BTC": (D("3.998"), D(0)), "USDT": (D(798), D(0))}
    assert venue.exchange.order("alice", placed.order.order_id) == placed.order
    assert venue.exchange.fills_of(placed.order) == placed.fills


def test_a_limit_buy_rests_and_fills_as_maker_at_its_own_price(venue: Venue) -> None:
    resting = venue.exchange.place(order("BUY", "2", "100")).order
    assert (resting.status, venue.owned()["USDT"]) == ("NEW", (D(800), D(200)))
    venue.price("98", "99.5")
    filled = venue.exchange.order("alice", resting.order_id)
    (fill,) = venue.exchange.fills_of(filled)
    assert (filled.status, fill.price, fill.liquidity, fill.tick) == ("FILLED", 100, Liquidity.MAKER, 2)
    assert venue.owned() == {"BTC": (D("3.998"), D(0)), "USDT": (D(800), D(0))}


def test_partial_fills_work_an_order_off(venue: Venue) -> None:
    exchange = venue.another(model="touch-size")
    venue.tick("99", "101", sizes="0.5")
    number = exchange.place(order("BUY", "2", "105")).order.order_id
    assert venue.owned() == {"BTC": (D("2.4995"), D(0)), "USDT": (D(792), D("157.5"))}
    for bid, ask, free, locked in (("104", "105", "792", "105"), ("1", "2", "792", "52.5"), ("1", "2", "792", "0")):
        venue.tick(bid, ask, sizes="0.5")
        assert exchange.match().fills == 1
        assert venue.owned()["USDT"] == (D(free), D(locked))
    filled = exchange.order("alice", number)
    assert (filled.status, filled.filled_notional, len(filled.trade_ids)) == ("FILLED", D(208), 4)


def test_what_a_tick_shows_is_shared_by_an_accounts_orders_and_not_between_accounts(venue: Venue) -> None:
    exchange = venue.another(model="touch-size")
    exchange.open_account("bob", {"USDT": D(1000)})
    venue.tick("99", "101", sizes="0.5")
    filled = [
        exchange.place(order("BUY", "0.3", "101", account=account, time_in_force=IOC)).order.filled_quantity
        for account in ("alice", "alice", "bob", "bob", "alice")
    ]
    assert filled == [D("0.3"), D("0.2"), D("0.3"), D("0.2"), D(0)]


def test_two_symbols_of_one_account_share_its_money_and_nothing_else(venue: Venue) -> None:
    venue.price("9", "10", "ETH/USDT")
    venue.exchange.place(order("BUY", "5", "90"))
    with pytest.raises(InsufficientFunds, match="the order needs more than is free: 550 USDT is free"):
        venue.exchange.place(order("BUY", "70", "8", symbol="ETH/USDT"))
    venue.exchange.place(order("BUY", "60", "8", symbol="ETH/USDT"))
    venue.price("7", "8", "ETH/USDT")
    assert [(each.symbol, each.status) for each in venue.all_orders()] == [(BTC, "NEW"), ("ETH/USDT", "FILLED")]
    assert [each.symbol for each in venue.exchange.open_orders("alice")] == [BTC]
    assert venue.exchange.trades("alice", BTC).items == []
    assert [each.symbol for each in venue.exchange.trades("alice", "ETH/USDT").items] == ["ETH/USDT"]
    assert [each.order_id for each in venue.exchange.orders("alice", "ETH/USDT").items] == [
        venue.all_orders()[1].order_id
    ]
    assert venue.owned()["USDT"] == (D(70), D(450))


def test_canceling_gives_the_lock_back(venue: Venue) -> None:
    first = venue.exchange.place(order("BUY", "2", "90")).order
    second = venue.exchange.place(order("SELL", "1.5", "120", client_order_id="mine")).order
    assert venue.owned() == {"BTC": (D("0.5"), D("1.5")), "USDT": (D(820), D(180))}
    assert venue.exchange.cancel("alice", first.order_id).status == "CANCELED"
    assert venue.exchange.cancel("alice", client_order_id="mine").order_id == second.order_id
    assert venue.owned() == {"BTC": (D(2), D(0)), "USDT": (D(1000), D(0))}
    with pytest.raises(OrderNotOpen, match=f"order {first.order_id} is CANCELED"):
        venue.exchange.cancel("alice", first.order_id)
    venue.price("50", "51")
    assert venue.all_fills() == []


def test_canceling_all_takes_back_one_symbol_or_every_one(venue: Venue) -> None:
    venue.price("9", "10", "ETH/USDT")
    for price in ("90", "91", "92"):
        venue.exchange.place(order("BUY", "1", price))
        venue.exchange.place(order("BUY", "1", "8", symbol="ETH/USDT"))
    assert [each.price for each in venue.exchange.cancel_all("alice", BTC)] == [90, 91, 92]
    assert venue.owned()["USDT"] == (D(976), D(24))
    assert len(venue.exchange.cancel_all("alice")) == 3
    assert venue.exchange.cancel_all("alice") == []
    assert venue.owned()["USDT"] == (D(1000), D(0))


def test_a_replacement_uses_what_the_old_order_locked(venue: Venue) -> None:
    old = venue.exchange.place(order("BUY", "10", "100", client_order_id="mine")).order
    new = venue.exchange.replace("alice", old.order_id, order("BUY", "20", "50", client_order_id="mine")).order
    assert [each.status for each in venue.all_orders()] == ["CANCELED", "NEW"]
    assert venue.exchange.order("alice", client_order_id="mine") == new
    assert venue.owned()["USDT"] == (D(0), D(1000))
    taking = venue.exchange.replace("alice", new.order_id, order("BUY", "9", "101"))
    assert [fill.price for fill in taking.fills] == [101]
    assert venue.owned()["USDT"] == (D(91), D(0))


@pytest.mark.parametrize(
    ("replacement", "error"),
    [
        (order("BUY", "20.00001", "50"), InsufficientFunds),
        (order("BUY", "1", "50.001"), FilterFailure),
        (order("BUY", "1", "101", post_only=True), OrderImmediatelyFillable),
        (order("BUY", "1", "100", client_order_id="taken"), DuplicateOrderId),
        (order("BUY", "1", "100", "ETH/USDT"), BadRequest),
        (order("BUY", "1", "100", account="bob"), BadRequest),
    ],
    ids=["not covered", "a filter", "post-only", "a client id", "another symbol", "another account"],
)
def test_a_replacement_that_fails_leaves_the_old_order_as_it_was(
    venue: Venue, replacement: PlaceOrder, error: type[Exception]
) -> None:
    venue.price("99", "101", "ETH/USDT")
    venue.exchange.open_account("bob", {"USDT": D(1000)})
    venue.exchange.cancel(
        "alice", venue.exchange.place(order("BUY", "1", "90", client_order_id="taken")).order.order_id
    )
    old = venue.exchange.place(order("BUY", "10", "100")).order
    with pytest.raises(error):
        venue.exchange.replace("alice", old.order_id, replacement)
    assert venue.exchange.order("alice", old.order_id) == old
    assert venue.owned()["USDT"] == (D(0), D(1000))
    assert venue.owned("bob")["USDT"] == (D(1000), D(0))


def test_an_order_that_is_refused_leaves_nothing_behind(venue: Venue) -> None:
    before = venue.dump()
    for refused, error in (
        (order("BUY", "9.91"), InsufficientFunds),
        (order("SELL", "2.00001", "120"), InsufficientFunds),
        (order("BUY", "1", "100.001"), FilterFailure),
        (order("BUY", "1", "101", post_only=True), OrderImmediatelyFillable),
        (order("BUY", "1", "100", "NEW/USDT"), BadSymbol),
        (order("BUY", "1", "100", "btcusdt"), BadSymbol),
        (order("BUY", "1", "100", client_order_id="mx-1"), BadRequest),
    ):
        with pytest.raises(error):
            venue.exchange.place(refused)
        with pytest.raises(error):
            venue.exchange.assess(refused)
    after = venue.dump()
    del before["{main}:sequence"], after["{main}:sequence"]
    assert after == before


def test_a_price_too_far_from_the_last_one_is_refused_as_long_as_there_is_one(venue: Venue) -> None:
    """Stale or not; and a replay refuses and accepts the same."""
    for price in ("19.79", "495.01"):
        for side in ("BUY", "SELL"):
            with pytest.raises(FilterFailure, match="PERCENT_PRICE_BY_SIDE"):
                venue.exchange.place(order(side, "0.5", price))
    for side, price in (("BUY", "19.8"), ("SELL", "495")):
        venue.exchange.place(order(side, "0.5", price))
    venue.clock.time += 60_001
    with pytest.raises(FilterFailure, match="PERCENT_PRICE_BY_SIDE"):
        venue.exchange.place(order("BUY", "0.5", "19.79"))
    venue.lose_market_data()
    venue.exchange.place(order("BUY", "0.5", "10.01"))
    replay(venue.store.journal(0, 1000).items, MemoryStore())


def test_an_assessment_says_what_a_placement_would_do_and_does_nothing(venue: Venue) -> None:
    before = venue.dump()
    assessed = venue.exchange.assess(order("BUY", "1"))
    assert (assessed.order.status, [fill.price for fill in assessed.fills]) == ("FILLED", [101])
    after = venue.dump()
    del before["{main}:sequence"], after["{main}:sequence"]
    assert after == before
    named = order("BUY", "1", "90", client_order_id="x")
    venue.exchange.place(named)
    assert venue.exchange.assess(named).repeated


def test_only_the_configured_symbols_are_traded(venue: Venue) -> None:
    exchange = venue.another(Rules(symbols=("ETH/USDT",)))
    for ask in (exchange.place, exchange.assess):
        with pytest.raises(BadSymbol, match="BTC/USDT is not traded here; SYMBOLS is ETH/USDT"):
            ask(order("BUY", "1", "90"))


def test_without_a_fresh_price_orders_wait_or_end(venue: Venue) -> None:
    venue.clock.time += 60_001
    with pytest.raises(MarketClosed, match="no fresh price for BTC/USDT"):
        venue.exchange.place(order("BUY", "1"))
    assert venue.exchange.place(order("BUY", "1", "200", time_in_force=IOC)).order.status == "EXPIRED"
    taker, maker, late = (
        venue.exchange.place(each).order
        for each in (order("BUY", "1", "105"), order("BUY", "1", "90"), order("BUY", "1", "105", post_only=True))
    )
    assert [each.unmet for each in (taker, maker, late)] == [True, True, True]
    assert venue.owned()["USDT"] == (D(700), D(300))
    venue.price("99", "101")
    assert [each.status for each in venue.all_orders()] == ["EXPIRED", "FILLED", "NEW", "EXPIRED"]
    assert [(fill.price, fill.liquidity) for fill in venue.all_fills()] == [(101, Liquidity.TAKER)]
    venue.price("89", "90")
    assert [each.status for each in venue.all_orders()] == ["EXPIRED", "FILLED", "FILLED", "EXPIRED"]
    assert venue.owned()["USDT"] == (D(809), D(0))


def test_an_order_never_fills_on_the_tick_it_was_placed_on(venue: Venue) -> None:
    venue.tick("89", "90")
    resting = venue.exchange.place(order("BUY", "1", "89.99")).order
    venue.exchange.match()
    venue.exchange.match()
    assert venue.exchange.order("alice", resting.order_id).status == "NEW"
    assert resting.met_tick == 2
