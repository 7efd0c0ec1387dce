"""Reset, snapshots, restoration and clones, as a user sees them, on every store."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mockexchange.domain.errors import (
    AccountExists,
    AccountNotFound,
    BadRequest,
    OrderNotFound,
    SnapshotExists,
    SnapshotNotFound,
)
from mockexchange.domain.fills import Liquidity
from mockexchange.domain.orders import OrderStatus

from .conftest import with_alice
from .venue import LEVELS, START, D, Overtaken, Venue, order

ALICE = {"BTC": (D(2), D(0)), "USDT": (D(1000), D(0))}


def trade(venue: Venue) -> None:
    """Alice buys 1 BTC at 101, and two orders of hers rest: a buy at 90 and a sell at 120."""
    venue.exchange.place(order("BUY", "1", client_order_id="first"))
    venue.exchange.place(order("BUY", "2", "90", client_order_id="low"))
    venue.exchange.place(order("SELL", "1", "120"))


def test_a_reset_account_has_its_first_balances_and_nothing_else(venue: Venue) -> None:
    trade(venue)
    venue.exchange.deposit("alice", "ETH", D(5))

    account = venue.exchange.accounts.reset("alice")

    assert venue.owned() == ALICE
    assert venue.all_orders() == []
    assert venue.all_fills() == []
    assert [line.amount for line in venue.exchange.ledger("alice").items] == [D(1000), D(2)]
    assert account.generation == venue.exchange.account("alice").generation > 1


def test_a_reset_with_balances_of_its_own_makes_them_the_first_ones(venue: Venue) -> None:
    venue.exchange.accounts.reset("alice", {"USDT": D("12.5")})
    venue.exchange.deposit("alice", "USDT", D(1))

    venue.exchange.accounts.reset("alice")

    assert venue.owned() == {"USDT": (D("12.5"), D(0))}


def test_orders_from_before_a_reset_are_gone_for_good(venue: Venue) -> None:
    trade(venue)
    before = venue.all_orders()
    venue.exchange.accounts.reset("alice")

    venue.price("80", "80")  # would have filled the buy at 90
    venue.price("130", "130")

    for old in before:
        with pytest.raises(OrderNotFound):
            venue.exchange.order("alice", old.order_id)
        with pytest.raises(OrderNotFound):
            venue.exchange.cancel("alice", old.order_id)
    with pytest.raises(OrderNotFound):
        venue.exchange.order("alice", client_order_id="low")
    assert venue.owned() == ALICE


def test_a_client_order_id_is_free_again_after_a_reset(venue: Venue) -> None:
    venue.exchange.place(order("BUY", "2", "90", client_order_id="low"))
    venue.exchange.accounts.reset("alice")

    placed = venue.another().place(order("BUY", "1", "91", client_order_id="low"))

    assert not placed.repeated
    assert venue.exchange.order("alice", client_order_id="low") == placed.order


def test_a_restored_account_is_what_it_was(venue: Venue) -> None:
    trade(venue)
    owned, fills, ledger = venue.owned(), venue.all_fills(), venue.exchange.ledger("alice").items
    statuses = [(each.client_order_id, each.status, each.filled_quantity) for each in venue.all_orders()[:2]]
    venue.exchange.accounts.take_snapshot("alice", "before")
    venue.price("85", "85")
    venue.exchange.cancel_all("alice")
    venue.exchange.withdraw("alice", "USDT", D(100))

    venue.exchange.accounts.restore("alice", "before")

    assert venue.owned() == owned
    assert [(each.client_order_id, each.status, each.filled_quantity) for each in venue.all_orders()[:2]] == statuses
    assert venue.exchange.ledger("alice").items == ledger
    restored = venue.all_fills()
    assert [(each.trade_id, each.price, each.quantity) for each in restored] == [
        (each.trade_id, each.price, each.quantity) for each in fills
    ]
    assert restored[0].order_id == venue.exchange.order("alice", client_order_id="first").order_id
    assert len(list(venue.exchange.open_orders("alice"))) == 2


def test_a_restored_order_meets_no_price_from_before(venue: Venue) -> None:
    venue.exchange.place(order("BUY", "2", "90", client_order_id="low"))
    venue.exchange.accounts.take_snapshot("alice", "before")
    venue.exchange.cancel_all("alice")
    venue.tick("80", "80")  # nothing rests now, and nobody has matched it yet

    venue.exchange.accounts.restore("alice", "before")
    venue.exchange.match()
    assert venue.exchange.order("alice", client_order_id="low").status is OrderStatus.NEW

    venue.price("79", "79")
    fill = venue.all_fills()[0]
    assert (fill.price, fill.liquidity) == (D(90), Liquidity.MAKER)


def test_an_order_that_is_left_while_it_is_matched_is_nobodys() -> None:
    """The matcher read it, and the account is brought back before that is committed: no fill, no debt, no alarm."""
    store = Overtaken(levels=LEVELS)
    venue = with_alice(Venue(store, None))
    exchange = venue.exchange
    exchange.place(order("BUY", "1", "90"))
    exchange.accounts.take_snapshot("alice", "before")
    venue.tick("80", "90")
    store.before = lambda: exchange.accounts.restore("alice", "before")

    report = exchange.match()

    assert (report.conflicts, report.fills, report.unpaid) == (1, 0, [])
    assert [each.status for each in venue.all_orders()] == [OrderStatus.NEW]
    assert venue.owned()["USDT"] == (D(910), D(90))
    assert exchange.audit().problems == []
    venue.close()


def test_an_order_that_was_partly_filled_goes_on_from_there(venue: Venue) -> None:
    exchange = venue.another(model="touch-size")
    exchange.place(order("BUY", "2", "90", client_order_id="low"))
    venue.tick("89", "90", sizes="0.5")
    exchange.match()
    exchange.accounts.take_snapshot("alice", "half-way")
    exchange.cancel_all("alice")
    exchange.accounts.restore("alice", "half-way")
    assert exchange.order("alice", client_order_id="low").filled_quantity == D("0.5")

    venue.tick("89", "90", sizes="9")
    exchange.match()

    done = exchange.order("alice", client_order_id="low")
    assert (done.status, done.filled_quantity) == (OrderStatus.FILLED, D(2))
    assert len(exchange.fills_of(done)) == 2


def test_a_snapshot_can_be_restored_again_and_again(venue: Venue) -> None:
    trade(venue)
    venue.exchange.accounts.take_snapshot("alice", "base")
    owned = venue.owned()

    for _ in range(3):
        venue.exchange.place(order("BUY", "0.5"))
        venue.exchange.accounts.restore("alice", "base")
        assert venue.owned() == owned
        assert len(venue.all_orders()) == 3
    venue.exchange.accounts.reset("alice")
    venue.exchange.accounts.restore("alice", "base")
    assert venue.owned() == owned


def test_a_great_account_comes_back_whole(venue: Venue) -> None:
    venue.exchange.deposit("alice", "USDT", D(9000))
    for number in range(1100):
        venue.exchange.place(order("BUY", "0.05", client_order_id=f"bought-{number}"))
    venue.exchange.place(order("BUY", "1", "50", client_order_id="open"))
    venue.exchange.accounts.take_snapshot("alice", "much")
    owned, ledger = venue.owned(), venue.exchange.ledger("alice", limit=10_000).items
    venue.exchange.accounts.reset("alice")

    venue.exchange.accounts.restore("alice", "much")

    assert venue.owned() == owned
    assert [each.client_order_id for each in venue.all_orders()] == [
        *(f"bought-{number}" for number in range(1100)),
        "open",
    ]
    assert len(venue.all_fills()) == 1100
    assert venue.exchange.ledger("alice", limit=10_000).items == ledger


def test_a_clone_has_everything_and_goes_its_own_way(venue: Venue) -> None:
    trade(venue)
    venue.exchange.accounts.set_fees("alice", maker_rate=D(0), taker_rate=D("0.01"))

    clone = venue.exchange.accounts.clone("alice", "bob")

    assert (clone.maker_rate, clone.taker_rate) == (D(0), D("0.01"))
    assert venue.owned("bob") == venue.owned("alice")
    assert len(list(venue.exchange.open_orders("bob"))) == 2
    venue.price("85", "86")
    assert [len(venue.all_fills(account)) for account in ("alice", "bob")] == [2, 2]
    assert {each.order_id for each in venue.all_orders("alice")}.isdisjoint(
        each.order_id for each in venue.all_orders("bob")
    )
    venue.exchange.accounts.reset("bob")
    assert venue.owned("bob") == ALICE
    assert len(venue.all_orders("alice")) == 3
    assert venue.exchange.accounts.snapshots("alice") == []


def test_a_clone_needs_a_name_of_its_own(venue: Venue) -> None:
    venue.exchange.open_account("bob")

    with pytest.raises(AccountExists, match="bob"):
        venue.exchange.accounts.clone("alice", "bob")
    with pytest.raises(BadRequest):
        venue.exchange.accounts.clone("alice", "b b")
    with pytest.raises(AccountNotFound):
        venue.exchange.accounts.clone("nobody", "carol")


def test_snapshots_have_names_of_their_own(venue: Venue) -> None:
    accounts = venue.exchange.accounts
    first = accounts.take_snapshot("alice", "one")
    venue.clock.time += 1
    second = accounts.take_snapshot("alice", "two")

    assert [each.name for each in accounts.snapshots("alice")] == ["two", "one"]
    assert (first.created_at, second.created_at) == (START, START + 1)
    with pytest.raises(SnapshotExists):
        accounts.take_snapshot("alice", "one")
    with pytest.raises(BadRequest):
        accounts.take_snapshot("alice", "a/b")
    assert accounts.delete_snapshot("alice", "one") == first
    for use in (accounts.snapshot, accounts.restore, accounts.delete_snapshot, accounts.compare):
        with pytest.raises(SnapshotNotFound):
            use("alice", "one")
    accounts.take_snapshot("alice", "one")
    venue.exchange.open_account("bob")
    with pytest.raises(SnapshotNotFound):
        accounts.restore("bob", "one")


def test_a_snapshot_compares_with_now_and_with_another(venue: Venue) -> None:
    accounts = venue.exchange.accounts
    accounts.take_snapshot("alice", "start")
    trade(venue)
    accounts.take_snapshot("alice", "later")
    venue.exchange.cancel("alice", client_order_id="low")

    diff = accounts.compare("alice", "start", "later")
    assert (diff.orders_added, diff.orders_closed, diff.trades_added, diff.ledger_added) == (3, 1, 1, 1)
    assert diff.balances == {"BTC": (D(2), D("2.999")), "USDT": (D(1000), D(899))}
    diff = accounts.compare("alice", "later")
    assert (diff.orders_added, diff.orders_closed, diff.balances) == (0, 1, {})
    accounts.restore("alice", "later")
    diff = accounts.compare("alice", "later")
    assert (diff.orders_added, diff.orders_closed, diff.trades_added, diff.balances) == (0, 0, 0, {})


def test_fees_change_from_now_on(venue: Venue) -> None:
    venue.exchange.place(order("BUY", "1"))
    venue.exchange.accounts.set_fees("alice", taker_rate=D("0.002"))
    venue.exchange.place(order("BUY", "1"))

    assert [fill.commission for fill in venue.all_fills()] == [D("0.001"), D("0.002")]
    assert venue.exchange.account("alice").maker_rate == D("0.001")


def test_books_that_nobody_uses_are_swept_in_time(venue: Venue) -> None:
    trade(venue)
    accounts = venue.exchange.accounts
    accounts.take_snapshot("alice", "kept")
    accounts.reset("alice")
    old = [key for key in venue.dump() if ":order:" in key]
    assert len(old) == 3

    venue.clock.time += 3_600_000
    assert accounts.sweep() == 0  # the snapshot stands on them
    assert accounts.restore("alice", "kept")
    accounts.delete_snapshot("alice", "kept")
    venue.clock.time += 3_600_000
    # What the snapshot stood on went with it; left is what the account was between its reset and its restoration.
    assert accounts.sweep() == 1
    assert not any(key in venue.dump() for key in old)
    assert len(venue.all_orders()) == 3
    assert not any(":alice:1" in key for key in venue.dump())


def test_a_reading_that_began_before_a_reset_ends_in_peace(venue: Venue) -> None:
    trade(venue)
    account = venue.exchange.account("alice")
    venue.exchange.accounts.reset("alice")

    assert [each.total for each in venue.store.balances(account)] == [D("2.999"), D(899)]
    assert Decimal(0) not in [each.total for each in venue.store.balances(venue.exchange.account("alice"))]
