"""Accounts with fill models of their own meet the same ticks, on every store; audit and replay agree with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from mockexchange.domain.errors import BadRequest, OrderImmediatelyFillable
from mockexchange.domain.fill_models import fill_model
from mockexchange.domain.journal import EngineSeen
from mockexchange.domain.models import Engine
from mockexchange.domain.orders import Contingency, OrderType
from mockexchange.domain.placing_lists import PlaceList
from mockexchange.domain.quotes import Book, PublicTrade, Tick
from mockexchange.domain.rules import Rules
from mockexchange.exchange import Exchange
from mockexchange.matcher import TICKS_PER_PASS
from mockexchange.ports import FeedTick
from mockexchange.store.memory import MemoryStore

from .conftest import with_alice
from .venue import BTC, LEVELS, D, Overtaken, Venue, order

RULES = Rules(book_levels=LEVELS)


def exchange_of(venue: Venue, *, model: str = "touch") -> Exchange:
    """A venue that keeps books, with bob beside alice."""
    exchange = venue.another(replace(RULES, engine=Engine(fill_model(model))))
    exchange.open_account("bob", {"USDT": D(1000), "BTC": D(2)})
    return exchange


def quoted(venue: Venue, bid: str, ask: str, last: str) -> None:
    """A tick with a last price of its own."""
    quote = replace(venue.quote(bid, ask), last=D(last))
    venue.store.append(FeedTick(quote, 0), "test", venue.clock.time, serves=False)


def traded(venue: Venue, *sold: tuple[str, str]) -> None:
    """A tick with five coins at 99 and at 101, and what sellers sold since the one before, as (price, quantity)."""
    quote = venue.quote("99", "101", sizes="5")
    at = venue.clock.time
    number = 100 * venue.store.backlogs([BTC], 1)[0].newest
    trades = tuple(
        PublicTrade(number + place, D(price), D(size), at, buyer_is_maker=True)
        for place, (price, size) in enumerate(sold)
    )
    book = Book(((D(99), D(5)),), ((D(101), D(5)),))
    venue.store.append(FeedTick(quote, 0, trades, book), "test", at, serves=False)


def models_of(venue: Venue, account: str) -> list[str]:
    return [fill.model for fill in venue.all_fills(account)]


def test_two_accounts_take_the_same_tick_under_two_models(venue: Venue) -> None:
    exchange = exchange_of(venue)
    exchange.accounts.set_fill_model("bob", "depth")
    venue.book("99x5", "101x1 102x1 103x9")
    prices = {
        account: [(fill.price, fill.quantity) for fill in exchange.place(order("BUY", "3", account=account)).fills]
        for account in ("alice", "bob")
    }
    assert prices == {"alice": [(101, 3)], "bob": [(101, 1), (102, 1), (103, 1)]}
    assert (models_of(venue, "alice"), models_of(venue, "bob")) == (["touch"], ["depth"] * 3)
    engines = [entry for entry in venue.store.journal(0, 1000).items if isinstance(entry, EngineSeen)]
    assert [each.model for each in engines] == ["touch"], "the journal is told of the venue's once"
    venue.check_replay()


@pytest.mark.parametrize(("own", "fills"), [("last", 1), (None, 0)])
def test_a_resting_order_is_looked_up_as_far_as_its_own_model_reaches(
    venue: Venue, own: str | None, fills: int
) -> None:
    exchange = exchange_of(venue)
    exchange.accounts.set_fill_model("bob", own)
    for account in ("alice", "bob"):
        exchange.place(order("BUY", "1", "98", account=account))
        exchange.place(order("SELL", "1", "104", account=account))
    quoted(venue, "99", "101", "98")
    assert exchange.match().fills == fills
    quoted(venue, "99", "101", "104")
    assert exchange.match().fills == fills
    assert (models_of(venue, "alice"), models_of(venue, "bob")) == ([], ["last"] * fills * 2)
    venue.check_replay()


def test_the_venue_s_model_may_reach_further_than_an_account_s(venue: Venue) -> None:
    exchange = exchange_of(venue, model="last")
    exchange.accounts.set_fill_model("bob", "touch")
    for account in ("alice", "bob"):
        exchange.place(order("BUY", "1", "98", account=account))
    quoted(venue, "99", "101", "98")
    assert exchange.match().fills == 1
    assert (models_of(venue, "alice"), models_of(venue, "bob")) == (["last"], [])


def test_a_limit_meets_each_account_s_own_touch(venue: Venue) -> None:
    exchange = exchange_of(venue)
    exchange.accounts.set_fill_model("bob", "last")
    quoted(venue, "99", "101", "100")
    post_only = order("BUY", "1", "100", post_only=True)
    assert exchange.place(post_only).order.status == "NEW"
    with pytest.raises(OrderImmediatelyFillable, match="the ask at 100"):
        exchange.place(replace(post_only, account_id="bob"))


def test_a_model_changes_while_an_order_rests(venue: Venue) -> None:
    """Ticks before the change are met under the one, ticks after it under the other."""
    exchange = exchange_of(venue)
    resting = exchange.place(order("BUY", "2", "98")).order
    quoted(venue, "99", "101", "98")
    assert exchange.match().fills == 0
    assert exchange.accounts.set_fill_model("alice", "last").fill_model == "last"
    assert exchange.match().fills == 0, "that tick is over"
    quoted(venue, "99", "101", "98")
    assert exchange.match().fills == 1
    assert exchange.order("alice", resting.order_id).average_price == 98
    exchange.accounts.set_fill_model("alice", "touch-size")
    exchange.place(order("BUY", "2", "98"))
    venue.tick("97", "98", sizes="0.5")
    exchange.match()
    exchange.accounts.set_fill_model("alice", None)
    venue.tick("97", "98", sizes="0.5")
    exchange.match()
    assert [(fill.model, fill.quantity) for fill in venue.all_fills()] == [
        ("last", 2),
        ("touch-size", D("0.5")),
        ("touch", D("1.5")),
    ]
    venue.check_replay()


def test_a_queue_is_joined_when_its_model_is_chosen(venue: Venue) -> None:
    """What stands before an order is not known until a tick comes to it."""
    exchange = exchange_of(venue)
    resting = exchange.place(order("BUY", "1", "99")).order
    assert exchange.accounts.set_fill_model("alice", "realistic").fill_model == "depth+queue"

    def ahead() -> object:
        exchange.match()
        found = exchange.order("alice", resting.order_id)
        return found.ahead if found.is_open else found.status

    seen: list[object] = []
    for sold in ("1", "3", "3"):
        venue.clock.time += 1  # what traded before it was there fills nobody
        traded(venue, ("99", sold))
        seen.append(ahead())
    assert seen == [5, 2, "FILLED"]
    venue.check_replay()


def test_an_account_fares_the_same_whatever_models_others_have(venue: Venue) -> None:
    """Another model comes further, so that the order is looked at more often; its place in the queue stays its own."""
    exchange = exchange_of(venue, model="depth+queue")
    exchange.accounts.set_fill_model("bob", "last")
    traded(venue)
    resting = exchange.place(order("BUY", "1", "99")).order
    assert resting.ahead == 5
    quote = replace(venue.quote("99", "101", sizes="1"), last=D(98))
    book = Book(((D(99), D(1)),), ((D(101), D(5)),))
    venue.store.append(FeedTick(quote, 0, book=book), "test", venue.clock.time, serves=False)
    exchange.match()
    assert exchange.order("alice", resting.order_id) == resting, "nothing traded, nothing came to it"
    exchange.place(order("BUY", "1", "99", account="bob"))
    assert exchange.order("alice", resting.order_id).ahead == 5


def test_every_kind_of_placement_asks_the_account(venue: Venue) -> None:
    """A replacement, and a list whose working order fills at once, with what it places then."""
    exchange = exchange_of(venue)
    exchange.accounts.set_fill_model("bob", "depth")
    venue.book("99x9", "101x1 102x1 103x9")
    old = exchange.place(order("BUY", "1", "50", account="bob")).order
    replaced = exchange.replace("bob", old.order_id, order("BUY", "2", "102", account="bob"))
    assert [fill.price for fill in replaced.fills] == [101, 102]
    working = order("BUY", "1", "103", account="bob")
    stop = order("SELL", "1", account="bob", type=OrderType.STOP_LOSS, stop_price=D(90))
    placed = exchange.place_list(PlaceList(Contingency.OTO, (working, stop)))
    assert [fill.price for fill in placed.fills] == [103], "what it took before stays taken"
    assert [each.status for each in placed.orders] == ["FILLED", "NEW"]
    venue.book("89x1 88x9", "91x9")
    exchange.match()
    assert [fill.price for fill in exchange.trades("bob").items] == [89, 103, 102, 101]
    assert set(models_of(venue, "bob")) == {"depth"}
    venue.check_replay()


def test_each_order_gets_trade_ids_for_all_its_fills(venue: Venue) -> None:
    """In one page of the matcher, of accounts whose models give one fill or many."""
    exchange = exchange_of(venue)
    exchange.accounts.set_fill_model("bob", "depth")
    venue.clock.time += 60_001
    for _ in range(3):
        for account in ("alice", "bob"):
            exchange.place(order("BUY", "1.5", "103", account=account))
    venue.book("99x9", "101x1 102x1 103x9")
    exchange.match()
    fills = [fill for account in ("alice", "bob") for fill in venue.all_fills(account)]
    assert [(fill.price, fill.quantity) for fill in fills] == [
        *[(101, D("1.5"))] * 3,
        (101, 1),
        (102, D("0.5")),
        (102, D("0.5")),
        (103, 1),
        (103, D("1.5")),
    ]
    assert len({fill.trade_id for fill in fills}) == len(fills)
    venue.check_replay()


def test_a_change_comes_between_a_placement_s_decision_and_its_commit() -> None:
    store = Overtaken(levels=LEVELS)
    venue = with_alice(Venue(store, None))
    exchange = exchange_of(venue)
    quoted(venue, "99", "101", "100")
    store.before = lambda: exchange.accounts.set_fill_model("alice", "last")
    (fill,) = exchange.place(order("BUY", "1")).fills
    assert (fill.model, fill.price) == ("last", 100)
    venue.check_replay()
    assert exchange.audit().problems == []


def test_a_change_comes_between_a_match_s_decision_and_its_commit() -> None:
    store = Overtaken(levels=LEVELS)
    venue = with_alice(Venue(store, None))
    exchange = exchange_of(venue)
    exchange.place(order("BUY", "2", "98"))
    venue.tick("97", "98", sizes="0.5")
    store.before = lambda: exchange.accounts.set_fill_model("alice", "touch-size")
    report = exchange.match()
    assert (report.fills, report.conflicts) == (1, 1)
    assert [(fill.model, fill.quantity) for fill in venue.all_fills()] == [("touch-size", D("0.5"))]
    venue.check_replay()
    assert exchange.audit().problems == []


def test_a_change_in_the_midst_of_a_run_counts_for_the_ticks_that_come_after_it() -> None:
    """The matcher knows the account from the tick before; its old record would turn the order away for good."""

    class Following(MemoryStore):
        """Something happens when the matcher is done with a tick for the first time."""

        happens: Callable[[], object] | None = None

        def mark_done(self, ticks: Mapping[str, Tick]) -> None:
            super().mark_done(ticks)
            happens, self.happens = self.happens, None
            if happens is not None:
                happens()

    store = Following(levels=LEVELS)
    venue = with_alice(Venue(store, None))
    exchange = exchange_of(venue)
    for price in ("98", "97"):
        exchange.place(order("BUY", "0.5", price))
    venue.tick("97", "98")

    for _ in range(TICKS_PER_PASS):  # so that the run goes on after them
        quoted(venue, "99", "101", "99")

    def change() -> None:
        exchange.accounts.set_fill_model("alice", "last")
        quoted(venue, "99", "101", "97")

    store.happens = change
    assert exchange.match().lag == 0
    assert [(fill.model, fill.price) for fill in venue.all_fills()] == [("touch", 98), ("last", 97)]
    venue.check_replay()


def test_clones_have_the_model_and_what_is_brought_back_keeps_its_own(venue: Venue) -> None:
    exchange = exchange_of(venue)
    exchange.accounts.set_fill_model("alice", "last")
    exchange.place(order("BUY", "1", "90"))
    exchange.accounts.take_snapshot("alice", "before")
    exchange.accounts.set_fill_model("alice", "touch-size")
    assert exchange.accounts.clone("alice", "carol").fill_model == "touch-size"
    assert exchange.accounts.restore("alice", "before").fill_model == "touch-size", "as it keeps its fees"
    assert exchange.accounts.reset("alice").fill_model == "touch-size"
    kept = exchange.accounts.snapshot("alice", "before")
    assert kept.fill_model == "last"
    venue.tick("80", "90", sizes="0.25")
    exchange.match()
    assert [(fill.model, fill.quantity) for fill in venue.all_fills("carol")] == [("touch-size", D("0.25"))]
    venue.check_replay()


def test_what_does_not_change_is_not_recorded(venue: Venue) -> None:
    exchange = exchange_of(venue)
    exchange.accounts.set_fill_model("alice", "touch+slippage=5+seed=0")
    before = venue.store.revision()
    again = exchange.accounts.set_fill_model("alice", "touch+slippage=5.0")
    assert (again.fill_model, again.version) == ("touch+slippage=5+seed=0", 2)
    assert venue.store.revision() == before
    assert exchange.accounts.set_fill_model("alice", None).fill_model is None


def test_however_many_models_are_chosen_few_are_looked_at(venue: Venue) -> None:
    exchange = exchange_of(venue)
    for name in ("touch", "touch+slippage=1", "touch+share=0.5", "depth+levels=7", "realistic", "brutal", "last"):
        exchange.accounts.set_fill_model("bob", name)
    exchange.accounts.set_fill_model("bob", None)
    assert venue.store.resting([BTC])[0].models == ("depth", "depth+queue", "last", "touch", "touch+queue")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("best", "unknown fill model 'best'; one of: last, touch"),
        ("", "unknown fill model ''"),
        ("touch+size=3", "the options, each at most once, are queue, share"),
        ("touch+slippage=much", "slippage=S .from 0 to below 10000; both with up to 8 decimal places"),
        ("depth", "'depth' reads books, .* KEEP_BOOKS=true"),
        ("realistic", "KEEP_BOOKS=true"),
        ("touch+share=0.1", "FEED_TRADES=true"),
    ],
)
def test_a_model_that_the_venue_cannot_give_is_refused(venue: Venue, name: str, words: str) -> None:
    exchange = venue.another(Rules(may_bring_trades=False))
    with pytest.raises(BadRequest, match=words):
        exchange.accounts.set_fill_model("alice", name)
    assert exchange.account("alice").fill_model is None


def test_a_venue_whose_own_model_reads_books_keeps_them(venue: Venue) -> None:
    exchange = venue.another(model="depth")
    assert exchange.accounts.set_fill_model("alice", "depth+slippage=3+seed=9").fill_model == "depth+slippage=3+seed=9"


def test_a_preset_takes_options_and_depth_the_venue_s_levels(venue: Venue) -> None:
    exchange = venue.another(replace(RULES, book_levels=50))
    for name, stands in (
        ("realistic+slippage=5", "depth+levels=50+queue+slippage=5+seed=0"),
        ("brutal", "depth+levels=50+slippage=10+seed=0"),
        ("depth+levels=20", "depth"),
        ("frictionless", "last"),
    ):
        assert exchange.accounts.set_fill_model("alice", name).fill_model == stands


def test_why_speaks_of_the_account_s_model(venue: Venue) -> None:
    exchange = exchange_of(venue)
    exchange.accounts.set_fill_model("alice", "last")
    resting = exchange.place(order("BUY", "1", "98")).order
    (*_, last) = exchange.why("alice", resting.order_id)[1]
    assert "waits for the last price to fall to 98" in last.words
