"""Order lists on every store: what one order of a list does to the others, in one commit, with one lock of funds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mockexchange.domain.amounts import text
from mockexchange.domain.balances import Bucket
from mockexchange.domain.errors import (
    DuplicateOrderId,
    FilterFailure,
    InsufficientFunds,
    InvalidOrder,
    OrderListNotFound,
    OrderNotOpen,
    PricesOutOfOrder,
)
from mockexchange.domain.instruments import default_instrument
from mockexchange.domain.orders import Contingency, Order, OrderType, Side, TimeInForce
from mockexchange.domain.placing import PlaceOrder
from mockexchange.domain.placing_lists import PlaceList, list_name
from mockexchange.domain.quotes import Quote, Tick
from mockexchange.replaying import replay
from mockexchange.store.memory import MemoryStore
from tests.integration.list_scenarios import FIRST_TICK, SCENARIOS, Leg, ListScenario
from tests.integration.stop_scenarios import amounts

from .conftest import with_alice
from .venue import BTC, LEVELS, D, Overtaken, Venue, order


def move(venue: Venue, words: str) -> Tick:
    """A price, matched before this returns: `bid ask last`."""
    bid, ask, last = (D(each) for each in words.split())
    return venue.exchange.set_price(BTC, Quote(BTC, bid, ask, last, venue.clock.time))


def command(leg: Leg, client_id: str | None = None) -> PlaceOrder:
    maker = leg.type == "LIMIT_MAKER"
    return PlaceOrder(
        account_id="alice",
        symbol=BTC,
        side=Side(leg.side),
        type=OrderType.LIMIT if maker else OrderType(leg.type),
        quantity=D(leg.quantity),
        price=D(leg.price) if leg.price else None,
        time_in_force=TimeInForce(leg.time_in_force or "GTC"),
        post_only=maker,
        client_order_id=client_id,
        stop_price=D(leg.stop_price) if leg.stop_price else None,
        reuse_client_id=True,
    )


def a_list(contingency: str, *legs: Leg, name: str | None = None, names: tuple[str, ...] = ()) -> PlaceList:
    orders = tuple(command(leg, names[number] if names else None) for number, leg in enumerate(legs))
    return PlaceList(Contingency(contingency), orders, name)


OCO = (Leg("SELL", "1", "LIMIT_MAKER", "110"), Leg("SELL", "1", "STOP_LOSS_LIMIT", "94", "95", "GTC"))
OTOCO = (Leg("BUY", "1", "LIMIT", "95", None, "GTC"), *OCO)


def states(venue: Venue, orders: tuple[Order, ...]) -> str:
    return " ".join(venue.exchange.order("alice", each.order_id).status for each in orders)


def owned(venue: Venue) -> dict[str, tuple[str, str]]:
    return {asset: (text(free), text(locked)) for asset, (free, locked) in venue.owned().items()}


def check(venue: Venue) -> None:
    """The books are clean, and the journal makes the same ones."""
    report = venue.exchange.audit()
    assert report.clean, report.problems
    venue.check_replay()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.name)
def test_scenario(scenario: ListScenario, venue: Venue) -> None:
    move(venue, FIRST_TICK)
    placed = venue.exchange.place_list(a_list(scenario.contingency, *scenario.legs)).orders
    assert states(venue, placed) == scenario.placed
    assert owned(venue) == amounts(scenario.held)
    check(venue)
    for step in scenario.steps:
        venue.clock.time += 1
        move(venue, step.tick)
        assert states(venue, placed) == step.states, step.tick
        check(venue)
    assert tuple(f"{text(fill.quantity)} @ {text(fill.price)}" for fill in venue.all_fills()) == scenario.fills
    assert owned(venue) == amounts(scenario.owned)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_whichever_order_is_canceled_the_whole_list_is(number: int, venue: Venue) -> None:
    move(venue, FIRST_TICK)
    for legs in (OCO, OTOCO):
        placed = venue.exchange.place_list(a_list("OCO" if legs is OCO else "OTO", *legs)).orders
        before = venue.store.revision()
        venue.exchange.cancel("alice", placed[number % len(placed)].order_id)
        assert venue.store.revision() == before + 1
        assert set(states(venue, placed).split()) == {"CANCELED"}
        with pytest.raises(OrderNotOpen):
            venue.exchange.cancel("alice", placed[0].order_id)
    assert owned(venue) == amounts("BTC 2+0, USDT 1000+0")
    check(venue)


def test_a_part_that_is_filled_ends_the_stop_and_locks_the_rest(venue: Venue) -> None:
    exchange = venue.another(model="touch-size")
    move(venue, FIRST_TICK)
    limit, stop = exchange.place_list(a_list("OCO", *OCO)).orders
    assert [each.leg and each.leg.holds for each in (limit, stop)] == [False, True]
    venue.tick("110", "111", sizes="0.4")
    exchange.match()
    assert states(venue, (limit, stop)) == "PARTIALLY_FILLED EXPIRED"
    assert venue.owned()["BTC"] == (D(1), D("0.6"))
    check(venue)
    exchange.cancel("alice", limit.order_id)
    assert venue.owned()["BTC"] == (D("1.6"), D(0))


def test_a_working_order_in_parts_lets_the_others_wait(venue: Venue) -> None:
    exchange = venue.another(model="touch-size")
    move(venue, FIRST_TICK)
    placed = exchange.place_list(a_list("OTO", *OTOCO)).orders
    venue.tick("94", "95", sizes="0.4")
    exchange.match()
    assert states(venue, placed) == "PARTIALLY_FILLED PENDING_NEW PENDING_NEW"
    check(venue)
    exchange.cancel("alice", placed[2].order_id)
    assert states(venue, placed) == "CANCELED CANCELED CANCELED"
    assert owned(venue)["BTC"] == ("2.3996", "0")
    check(venue)


def test_a_stop_that_costs_more_than_the_pair_holds_buys_what_it_has_money_for(venue: Venue) -> None:
    """Its partner locked for it: that money is its own by then."""
    move(venue, FIRST_TICK)
    legs = (Leg("BUY", "9", "STOP_LOSS", None, "105"), Leg("BUY", "9", "LIMIT_MAKER", "90"))
    stop, limit = venue.exchange.place_list(a_list("OCO", *legs)).orders
    assert owned(venue)["USDT"] == ("55", "945")
    move(venue, "119 120 119")
    ended = venue.exchange.order("alice", stop.order_id)
    assert (ended.status, ended.filled_quantity) == ("EXPIRED", D("7.875"))
    assert states(venue, (limit,)) == "EXPIRED"
    assert owned(venue)["USDT"] == ("55", "0")
    check(venue)


def test_a_smaller_order_leaves_the_lock_to_the_other_one(venue: Venue) -> None:
    move(venue, FIRST_TICK)
    limit, stop = venue.exchange.place_list(a_list("OCO", *OCO)).orders
    venue.exchange.amend("alice", stop.order_id, quantity=D("0.4"))
    assert owned(venue)["BTC"] == ("1", "1")
    assert [venue.exchange.order("alice", each.order_id).held for each in (limit, stop)] == [D(1), D(0)]
    check(venue)
    venue.exchange.amend("alice", limit.order_id, quantity=D("0.3"))
    assert owned(venue)["BTC"] == ("1.6", "0.4")
    check(venue)
    move(venue, "94 95 95")
    assert states(venue, (limit, stop)) == "EXPIRED FILLED"
    assert owned(venue)["BTC"] == ("1.6", "0")
    check(venue)


def test_an_order_that_waits_may_become_smaller(venue: Venue) -> None:
    move(venue, FIRST_TICK)
    placed = venue.exchange.place_list(a_list("OTO", *OTOCO)).orders
    for each in placed[1:]:
        assert venue.exchange.amend("alice", each.order_id, quantity=D("0.5")).status == "PENDING_NEW"
    move(venue, "94 95 96")
    assert owned(venue)["BTC"] == ("2.499", "0.5")
    check(venue)


def test_a_sale_is_whole_although_what_waits_for_it_cannot_be_paid_for(venue: Venue) -> None:
    """Placed without a fresh price, so that the matcher carries it out."""
    move(venue, FIRST_TICK)
    venue.clock.time += 60_001
    legs = (Leg("SELL", "1", "LIMIT", "50", None, "GTC"), Leg("BUY", "50", "LIMIT", "80", None, "GTC"))
    placed = venue.exchange.place_list(a_list("OTO", *legs)).orders
    move(venue, "99 101 99")
    assert states(venue, placed) == "FILLED REJECTED"
    assert [(text(fill.quantity), text(fill.price)) for fill in venue.all_fills()] == [("1", "99")]
    check(venue)


@pytest.mark.parametrize(("kind", "ends"), [("IOC", "EXPIRED"), ("FOK", "EXPIRED"), ("GTC", "NEW")])
def test_what_waits_and_is_not_to_rest_ends_with_its_first_tick(kind: str, ends: str, venue: Venue) -> None:
    move(venue, FIRST_TICK)
    legs = (Leg("BUY", "1", "LIMIT", "95", None, "GTC"), Leg("SELL", "1", "LIMIT", "110", None, kind))
    placed = venue.exchange.place_list(a_list("OTO", *legs)).orders
    move(venue, "94 95 95")
    assert states(venue, placed) == "FILLED NEW"
    check(venue)
    move(venue, "94 95 95")
    assert states(venue, placed) == f"FILLED {ends}"
    check(venue)


def test_a_tick_that_is_met_late_ends_no_order_before_it_was_changed(venue: Venue) -> None:
    move(venue, FIRST_TICK)
    limit, stop = venue.exchange.place_list(a_list("OCO", *OCO)).orders
    filled_at = venue.clock.time = venue.clock.time + 1
    venue.tick("94", "95")
    venue.clock.time += 120_000
    venue.exchange.amend("alice", limit.order_id, quantity=D("0.5"))
    venue.exchange.match()
    limit, stop = (venue.exchange.order("alice", each.order_id) for each in (limit, stop))
    assert (stop.status, stop.updated_at) == ("FILLED", filled_at)
    assert (limit.status, limit.updated_at) == ("EXPIRED", venue.clock.time)
    check(venue)


def test_books_that_are_broken_keep_nobody_else_waiting() -> None:
    """Somebody took what an order locks; every other order of that market fills all the same."""
    store = MemoryStore(levels=LEVELS)
    venue = with_alice(Venue(store, None))
    venue.exchange.open_account("bob", {"BTC": D(1)})
    hers = venue.exchange.place(order("SELL", "1", "110")).order
    his = venue.exchange.place(order("SELL", "1", "111", account="bob")).order
    [books] = [each for (owner, _), each in store.state.books.items() if owner == "alice"]
    books.balances["BTC", Bucket.LOCKED] = 0
    venue.tick("112", "113")
    report = venue.exchange.match()
    assert venue.exchange.order("bob", his.order_id).status == "FILLED"
    assert venue.exchange.order("alice", hers.order_id).status == "NEW"
    [reason] = report.unpaid
    assert "'alice' cannot pay" in reason
    assert f"order {hers.order_id} " in reason
    assert not venue.exchange.audit().clean


def test_a_list_whose_working_order_is_filled_while_it_is_canceled() -> None:
    store = Overtaken(levels=LEVELS)
    venue = with_alice(Venue(store, None))
    move(venue, FIRST_TICK)
    placed = venue.exchange.place_list(a_list("OTO", *OTOCO)).orders
    store.before = lambda: move(venue, "94 95 96")
    gone = venue.exchange.cancel_list("alice", placed[0].order_id)
    assert [each.status for each in gone] == ["FILLED", "CANCELED", "CANCELED"]
    assert list(venue.exchange.open_orders("alice")) == []
    check(venue)
    venue.close()


def test_canceling_all_gives_every_order_that_is_canceled(venue: Venue) -> None:
    move(venue, FIRST_TICK)
    single = venue.exchange.place(order("BUY", "1", "90")).order
    placed = venue.exchange.place_list(a_list("OTO", *OTOCO)).orders
    gone = venue.exchange.cancel_all("alice")
    assert {each.order_id for each in gone} == {single.order_id, *(each.order_id for each in placed)}
    assert {each.status for each in gone} == {"CANCELED"}


def test_replacing_one_order_cancels_its_list(venue: Venue) -> None:
    move(venue, FIRST_TICK)
    placed = venue.exchange.place_list(a_list("OCO", *OCO)).orders
    new = venue.exchange.replace("alice", placed[0].order_id, order("SELL", "2", "120")).order
    assert states(venue, placed) == "CANCELED CANCELED"
    assert (new.status, owned(venue)["BTC"]) == ("NEW", ("0", "2"))
    check(venue)


def test_lists_are_found_by_id_and_name(venue: Venue) -> None:
    move(venue, FIRST_TICK)
    first = venue.exchange.place_list(a_list("OCO", *OCO, name="mine", names=("up", "down"))).orders
    second = venue.exchange.place_list(a_list("OTO", *OTOCO)).orders
    assert venue.exchange.order_list("alice", client_id="mine") == first
    assert venue.exchange.order_list("alice", client_id=list_name(second[0])) == second
    assert venue.exchange.order_list("alice", second[0].order_id) == second
    assert venue.exchange.open_order_lists("alice") == [first, second]
    assert venue.exchange.order("alice", client_order_id="down") == first[1]
    page = venue.exchange.order_lists("alice", limit=1)
    assert page.items == [second]
    assert venue.exchange.order_lists("alice", cursor=page.cursor).items == [first]
    for wrong in (second[1].order_id, 0, 999):
        with pytest.raises(OrderListNotFound):
            venue.exchange.order_list("alice", wrong)
    with pytest.raises(OrderListNotFound):
        venue.exchange.order_list("alice", client_id="yours")
    canceled = venue.exchange.cancel_list("alice", client_id="mine")
    assert [each.status for each in canceled] == ["CANCELED", "CANCELED"]
    assert venue.exchange.open_order_lists("alice") == [second]
    with pytest.raises(OrderNotOpen):
        venue.exchange.cancel_list("alice", client_id="mine")


def test_a_name_is_of_one_open_list(venue: Venue) -> None:
    move(venue, FIRST_TICK)
    first = venue.exchange.place_list(a_list("OCO", *OCO, name="mine", names=("up", "down"))).orders
    for again in (
        a_list("OCO", *OCO, name="mine"),
        a_list("OCO", *OCO, names=("up", "other")),
        a_list("OTO", *OTOCO, names=("a", "b", "down")),
    ):
        with pytest.raises(DuplicateOrderId):
            venue.exchange.place_list(again)
    venue.exchange.cancel_list("alice", first[0].order_id)
    second = venue.exchange.place_list(a_list("OCO", *OCO, name="mine", names=("up", "down"))).orders
    assert venue.exchange.order_list("alice", client_id="mine") == second
    check(venue)


@pytest.mark.parametrize(
    ("legs", "error"),
    [
        ((Leg("SELL", "1", "LIMIT_MAKER", "98"), OCO[1]), PricesOutOfOrder),
        ((OCO[0], Leg("SELL", "1", "STOP_LOSS", None, "99")), PricesOutOfOrder),
        ((Leg("BUY", "1", "LIMIT_MAKER", "100"), Leg("BUY", "1", "STOP_LOSS", None, "105")), PricesOutOfOrder),
        ((Leg("SELL", "2", "LIMIT_MAKER", "110"), OCO[1]), InvalidOrder),
        ((Leg("SELL", "1", "LIMIT", "110", None, "GTC"), OCO[1]), InvalidOrder),
        ((OCO[0], OCO[0]), InvalidOrder),
        ((OCO[1], OCO[1]), InvalidOrder),
        ((OCO[0], Leg("BUY", "1", "STOP_LOSS", None, "105")), InvalidOrder),
        ((OCO[0],), InvalidOrder),
        ((Leg("SELL", "1", "LIMIT_MAKER", "110.001"), OCO[1]), FilterFailure),
        ((Leg("SELL", "3", "LIMIT_MAKER", "110"), Leg("SELL", "3", "STOP_LOSS", None, "95")), InsufficientFunds),
    ],
)
def test_what_does_not_go_together_is_refused(legs: tuple[Leg, ...], error: type[Exception], venue: Venue) -> None:
    move(venue, FIRST_TICK)
    before = venue.dump()
    with pytest.raises(error):
        venue.exchange.place_list(a_list("OCO", *legs))
    after = venue.dump()
    assert {**after, "{main}:sequence": None} == {**before, "{main}:sequence": None}


def test_a_snapshot_brings_lists_back(venue: Venue) -> None:
    move(venue, FIRST_TICK)
    venue.exchange.place_list(a_list("OCO", *OCO, name="pair"))
    venue.exchange.place_list(a_list("OTO", *OTOCO))
    venue.exchange.accounts.take_snapshot("alice", "before")
    move(venue, "94 95 95")
    venue.exchange.accounts.restore("alice", "before")
    check(venue)
    pair, waiting = venue.exchange.open_order_lists("alice")
    assert (states(venue, pair), states(venue, waiting)) == ("NEW NEW", "NEW PENDING_NEW PENDING_NEW")
    assert venue.exchange.order_list("alice", client_id="pair") == pair
    move(venue, "93 94 94.5")
    assert states(venue, pair) == "EXPIRED NEW"
    assert states(venue, waiting) == "FILLED EXPIRED NEW"
    check(venue)


def test_two_matchers_at_once_end_a_list_once(venue: Venue) -> None:
    """A tick that reaches the limit order of one list and the stop of the other, met by two of them in turn."""
    move(venue, FIRST_TICK)
    pairs = [venue.exchange.place_list(a_list("OCO", *OCO)).orders for _ in range(2)]
    venue.tick("110", "111")
    venue.tick("94", "95")
    for _ in range(2):
        venue.another().match()
    for pair in pairs:
        assert states(venue, pair) == "FILLED EXPIRED"
    assert len(venue.all_fills()) == 2
    check(venue)


def test_no_more_lists_than_may_be_open(venue: Venue) -> None:
    """A list counts as one from when it is placed until none of its orders is open, whichever that is."""
    market = replace(default_instrument(BTC), max_num_order_lists=2, max_num_algo_orders=0)
    venue.store.put_instruments([market], replace=True)
    exchange, bracket = venue.exchange, a_list("OTO", *OTOCO)
    half = tuple(replace(leg, quantity="0.5") for leg in OCO)
    pair = exchange.place_list(a_list("OCO", *half)).orders
    waits = exchange.place_list(bracket).orders

    def refuses() -> None:
        with pytest.raises(FilterFailure, match="the account has 2 open order lists on BTC/USDT; at most 2") as refused:
            exchange.place_list(bracket)
        assert refused.value.filter_name == "MAX_NUM_ORDER_LISTS"
        assert exchange.audit().problems == []

    refuses()
    exchange.place(order("BUY", "0.1", "90"))  # one that is of no list
    move(venue, "94.5 95 96")  # the working order is filled, and the others are placed
    assert states(venue, waits) == "FILLED NEW NEW"
    refuses()
    move(venue, "110 111 110")  # both targets
    assert states(venue, pair) == "FILLED EXPIRED"
    assert states(venue, waits) == "FILLED FILLED EXPIRED"
    move(venue, "99 101 100")
    first = exchange.place_list(bracket).orders
    exchange.place_list(bracket)
    refuses()
    exchange.cancel("alice", first[1].order_id)  # takes all of them
    exchange.place_list(bracket)
    refuses()
    venue.exchange.accounts.take_snapshot("alice", "full")
    exchange.cancel_all("alice")
    exchange.accounts.restore("alice", "full")
    refuses()
    replay(venue.store.journal(0, 1000).items, MemoryStore())


def test_a_pair_of_which_one_traded_in_part_is_open_still(venue: Venue) -> None:
    market = replace(default_instrument(BTC), max_num_order_lists=1)
    venue.store.put_instruments([market], replace=True)
    venue.exchange.place_list(a_list("OCO", *OCO))
    venue.tick("110", "111", sizes="0.4")
    assert venue.another(model="touch-size").match().fills == 1
    with pytest.raises(FilterFailure, match="MAX_NUM_ORDER_LISTS"):
        venue.exchange.place_list(
            a_list("OCO", Leg("SELL", "0.5", "LIMIT_MAKER", "120"), replace(OCO[1], quantity="0.5"))
        )
    assert venue.exchange.audit().problems == []
