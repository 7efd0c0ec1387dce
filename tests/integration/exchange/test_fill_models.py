"""What each fill model makes of orders, on every store; the audit and the replay agree with it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mockexchange.domain.balances import Bucket
from mockexchange.domain.errors import OrderImmediatelyFillable
from mockexchange.domain.fill_models import MODELS, LastModel
from mockexchange.domain.models import NO_BOOK, Engine
from mockexchange.domain.rules import Rules
from mockexchange.ports import FeedTick
from mockexchange.replaying import replay
from mockexchange.store.memory import MemoryStore

from .conftest import with_alice
from .venue import LEVELS, D, Overtaken, Venue, order

SLIPPAGE = "touch+slippage=100+seed=7"


def quoted(venue: Venue, bid: str, ask: str, last: str) -> None:
    """A tick with a last price of its own."""
    quote = replace(venue.quote(bid, ask), last=D(last))
    venue.store.append(FeedTick(quote, 0), "test", venue.clock.time, serves=False)


def test_the_last_price_is_what_everybody_gets(venue: Venue) -> None:
    exchange = venue.another(model="last")
    quoted(venue, "95", "105", "100")
    assert [fill.price for fill in exchange.place(order("BUY", "1")).fills] == [100]
    assert [fill.price for fill in exchange.place(order("SELL", "1")).fills] == [100]
    assert [fill.price for fill in exchange.place(order("BUY", "1", "101")).fills] == [100]
    with pytest.raises(OrderImmediatelyFillable, match="a post-only buy at 100 would take the ask at 100"):
        exchange.place(order("BUY", "1", "100", post_only=True))
    low, high = (exchange.place(order(side, "1", price)).order for side, price in (("BUY", "98"), ("SELL", "102")))
    quoted(venue, "90", "97", "98.01")
    assert exchange.match().fills == 0, "the ask is past the limit, the last price is not"
    quoted(venue, "99", "99", "98")
    quoted(venue, "99", "99", "102")
    assert exchange.match().fills == 2
    after = [exchange.order("alice", each.order_id) for each in (low, high)]
    assert [each.average_price for each in after] == [98, 102]
    assert {fill.model for fill in venue.all_fills()} == {"last"}


def test_a_taker_slips_and_a_maker_does_not(venue: Venue) -> None:
    exchange = venue.another(model=SLIPPAGE)
    taken = [exchange.place(order("BUY", "0.5")).fills[0] for _ in range(6)]
    assert all(101 <= fill.price <= D("102.01") for fill in taken)
    assert len({fill.price for fill in taken}) > 3
    assert {fill.model for fill in taken} == {SLIPPAGE}
    assert exchange.place(order("SELL", "0.5", "99")).fills[0].price == 99, "a limit is not passed"
    resting = exchange.place(order("BUY", "1", "98")).order
    venue.tick("97", "98")
    assert exchange.match().fills == 1
    assert exchange.order("alice", resting.order_id).average_price == 98


@pytest.mark.parametrize("model", [*MODELS, SLIPPAGE])
def test_a_quote_quantity_is_spent_to_the_last_step_and_never_overspent(venue: Venue, model: str) -> None:
    exchange = venue.another(model=model)
    exchange.deposit("alice", "BTC", D(10))
    for number in range(1, 9):
        for side in ("BUY", "SELL"):
            spend = D("33.33") + number
            placed = exchange.place(order(side, None, quote_quantity=spend))
            assert 0 <= spend - placed.order.filled_notional < placed.fills[-1].price * D("0.00001")


@pytest.mark.parametrize("model", [*MODELS, SLIPPAGE])
def test_a_journal_holds_the_model_and_replays(venue: Venue, model: str) -> None:
    exchange = venue.another(model=model)
    exchange.deposit("alice", "BTC", D(10))
    for bid, ask in (("99", "101"), ("100", "102"), ("97", "98")):
        venue.tick(bid, ask, sizes="1.5")
        for side, price in (("BUY", None), ("SELL", None), ("BUY", "101"), ("SELL", "103"), ("BUY", "90")):
            exchange.place(order(side, "0.7", price))
        exchange.match()
    venue.check_replay()
    # these ticks have no book
    assert {fill.model for fill in venue.all_fills()} == {model + NO_BOOK if model == "depth" else model}


def test_the_audit_knows_what_each_model_could_have_given() -> None:
    """Fills of one model with the name of another."""

    class Misnamed(LastModel):
        @property
        def name(self) -> str:
            return "touch"

    venue = Venue(MemoryStore(), None)
    venue.exchange.open_account("alice", {"USDT": D(1000)})
    exchange = venue.another(Rules(engine=Engine(Misnamed())))
    quoted(venue, "95", "105", "100")
    exchange.place(order("BUY", "1"))
    exchange.place(order("BUY", "1", "98"))
    quoted(venue, "97", "99", "98")
    exchange.match()
    assert sorted(each.partition(": ")[2] for each in exchange.audit().problems) == [
        "fill 1, a buy at 100, did not take bid 95, ask 105",
        "fill 3 at 98 was not reached by bid 97, ask 99",
    ]


@pytest.mark.parametrize("model", ["touch-size", "depth", "depth+queue"])
def test_what_a_conflict_gives_back_is_for_the_next_one_that_arrives(model: str) -> None:
    """Two buys of one coin arrive at a tick that shows one; the first is canceled while that is decided."""
    store = Overtaken(levels=LEVELS)
    venue = with_alice(Venue(store, None))
    exchange = venue.another(model=model)
    venue.clock.time += 60_001
    first, second = (exchange.place(order("BUY", "1", "101")).order for _ in range(2))
    assert first.unmet
    venue.book("99x1", "101x1")
    store.before = lambda: venue.exchange.cancel("alice", first.order_id)
    exchange.match()
    assert [each.status for each in venue.all_orders()] == ["CANCELED", "FILLED"]
    replay(store.journal(0, 1000).items, MemoryStore())
    assert second.order_id == venue.all_fills()[0].order_id
    venue.close()


def test_what_a_conflict_gives_back_is_for_the_next_one_that_rests() -> None:
    """Two buys of one coin rest, and a tick shows one; the first is canceled while that is decided."""
    store = Overtaken(levels=LEVELS)
    venue = with_alice(Venue(store, None))
    exchange = venue.another(model="touch-size")
    first, second = (exchange.place(order("BUY", "1", "100")).order for _ in range(2))
    venue.tick("99", "100", sizes="1")
    store.before = lambda: venue.exchange.cancel("alice", first.order_id)
    exchange.match()
    assert [each.status for each in venue.all_orders()] == ["CANCELED", "FILLED"]
    assert second.order_id == venue.all_fills()[0].order_id
    venue.close()


def test_what_broken_books_do_not_take_is_for_the_next_in_line() -> None:
    """Somebody took what an order locks, and it is first in line for the one coin there is."""
    store = MemoryStore(levels=LEVELS)
    venue = with_alice(Venue(store, None))
    exchange = venue.another(model="touch-size")
    exchange.place(order("SELL", "1", "110"))
    second = exchange.place(order("SELL", "0.5", "111")).order
    [books] = [each for (owner, _), each in store.state.books.items() if owner == "alice"]
    books.balances["BTC", Bucket.LOCKED] //= 3
    venue.tick("112", "113", sizes="1")
    report = exchange.match()
    assert exchange.order("alice", second.order_id).status == "FILLED"
    assert len(report.unpaid) == 1
