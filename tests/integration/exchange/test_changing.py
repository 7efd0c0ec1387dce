"""An order that its owner wants otherwise: smaller where it stands, or another one in its place, on every store."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from mockexchange.domain.changing import ChangeOrder
from mockexchange.domain.errors import (
    DuplicateOrderId,
    ExchangeError,
    FilterFailure,
    IcebergExceedsQuantity,
    InsufficientFunds,
    InvalidOrder,
    NothingAmended,
    OrderImmediatelyFillable,
    OrderNotFound,
    OrderNotOpen,
    QuantityFilled,
    TriggersImmediately,
)
from mockexchange.domain.orders import Contingency, OrderType
from mockexchange.domain.placing import PlaceOrder
from mockexchange.domain.placing_lists import PlaceList
from mockexchange.exchange import ChangedOrder, Exchange

from .conftest import with_alice
from .crowd import Crowd
from .venue import START, D, Overtaken, Venue, order

SOON = START + 60_000
"""Venue ms."""


def wanted(
    quantity: str | None = None,
    price: str | None = None,
    *,
    stop: str | None = None,
    trails: int | None = None,
    shows: str | None = None,
    until: int | None = None,
    name: str | None = None,
) -> ChangeOrder:
    def amount(said: str | None) -> Decimal | None:
        return None if said is None else D(said)

    return ChangeOrder(amount(quantity), amount(price), amount(stop), trails, amount(shows), until, name)


def open_one(venue: Venue, command: PlaceOrder | None = None) -> int:
    """A buy of 2 at 90, unless told otherwise."""
    return venue.exchange.place(command or order("BUY", "2", "90", client_order_id="mine")).order.order_id


def books(venue: Venue) -> dict[str, object]:
    """The venue as its keys hold it. Numbers that were given out and not used are legal."""
    return {key: value for key, value in venue.dump().items() if not key.endswith(":sequence")}


def test_less_of_it_keeps_its_id_and_its_place(venue: Venue) -> None:
    exchange = venue.another(model="touch-size")
    first, second = (exchange.place(order("BUY", "1", "90")).order.order_id for _ in range(2))
    changed = exchange.change("alice", first, wanted("0.5"))
    assert (changed.order.order_id, changed.order.quantity, changed.canceled) == (first, D("0.5"), None)
    venue.tick("89", "90", sizes="1")
    exchange.match()
    assert [(fill.order_id, fill.quantity) for fill in venue.all_fills()] == [(first, D("0.5")), (second, D("0.5"))]


@pytest.mark.parametrize(
    "change",
    [
        wanted("3"),
        wanted(price="89"),
        wanted("1", "89"),
        wanted("2.5", "91"),
        wanted(shows="0.5"),
        wanted("1", shows="0.5"),
        wanted(until=SOON),
        wanted("1", until=SOON),
    ],
)
def test_anything_else_is_another_order_with_its_name(change: ChangeOrder, venue: Venue) -> None:
    number = open_one(venue)
    venue.clock.time += 5
    changed = venue.exchange.change("alice", number, change)
    new = changed.order
    assert new.order_id > number
    assert (new.quantity, new.price) == (change.quantity or D(2), change.price or D(90))
    assert (new.iceberg_quantity, new.expires_at) == (change.iceberg_quantity, change.expires_at)
    assert (new.client_order_id, new.created_at) == ("mine", venue.clock.time)
    assert changed.canceled is not None
    assert (changed.canceled.order_id, changed.canceled.status) == (number, "CANCELED")
    assert venue.exchange.order("alice", client_order_id="mine") == new
    assert [each.order_id for each in venue.exchange.open_orders("alice")] == [new.order_id]
    assert venue.owned()["USDT"][1] == new.held
    venue.check_replay()


def test_what_takes_its_place_is_of_what_is_left(venue: Venue) -> None:
    """The amount is that of the whole order, what has filled included, whichever of the two is done."""
    exchange = venue.another(model="touch-size")
    number = open_one(venue)
    venue.tick("89", "90", sizes="0.5")
    exchange.match()
    with pytest.raises(QuantityFilled):
        exchange.change("alice", number, wanted("0.5", "80"))
    first = exchange.change("alice", number, wanted(price="80"))
    assert first.order.quantity == D("1.5")
    assert first.canceled is not None
    assert (first.canceled.filled_quantity, first.canceled.status) == (D("0.5"), "CANCELED")
    assert sum(fill.quantity for fill in venue.all_fills()) + first.order.quantity == 2


@pytest.mark.parametrize(
    "change",
    [
        wanted("1"),
        wanted("3"),
        wanted(price="80"),
        wanted("1", "80"),
        wanted("1", name="b"),
        wanted("3", name="b"),
        wanted(shows="0.5", until=SOON),
    ],
)
@pytest.mark.parametrize("named", ["mine", None])
def test_sent_twice_it_is_done_once(change: ChangeOrder, named: str | None, venue: Venue) -> None:
    number = open_one(venue, order("BUY", "2", "90", client_order_id=named))
    first = venue.exchange.change("alice", number, change)
    before = books(venue)
    again = venue.exchange.change("alice", number, change)
    assert (again.order, again.canceled, again.repeated) == (first.order, first.canceled, True)
    assert books(venue) == before
    # also when what came of it has come to its end
    venue.exchange.cancel("alice", first.order.order_id)
    ended = venue.exchange.change("alice", number, change)
    assert (ended.order.order_id, ended.order.status, ended.repeated) == (first.order.order_id, "CANCELED", True)


def test_another_change_of_an_order_that_was_replaced_is_refused(venue: Venue) -> None:
    number = open_one(venue)
    venue.exchange.change("alice", number, wanted(price="80"))
    for change in (wanted(price="81"), wanted("1"), wanted("3", "80")):
        with pytest.raises(OrderNotOpen):
            venue.exchange.change("alice", number, change)
    assert len(list(venue.exchange.open_orders("alice"))) == 1


def test_an_order_like_the_one_that_is_wanted_is_not_taken_for_what_replaced_it(venue: Venue) -> None:
    """It was placed after the old one had been canceled, in the same words and under the same name."""
    number = open_one(venue)
    venue.exchange.cancel("alice", number)
    venue.clock.time += 1
    like_it = order("BUY", "2", "80", client_order_id="mine", reuse_client_id=True)
    venue.exchange.place(like_it)
    with pytest.raises(OrderNotOpen):
        venue.exchange.change("alice", number, wanted(price="80"))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (wanted(), NothingAmended),
        (wanted("2", "90"), NothingAmended),
        (wanted(name="other"), NothingAmended),
        (wanted("0"), InvalidOrder),
        (wanted("0", "80"), InvalidOrder),
        (wanted("20"), InsufficientFunds),
        (wanted(price="90.001"), FilterFailure),
        (wanted("1.000001"), FilterFailure),
        (wanted(stop="80"), InvalidOrder),
        (wanted(trails=100), InvalidOrder),
        (wanted(shows="0"), NothingAmended),
        (wanted(until=0), NothingAmended),
        (wanted(shows="2"), IcebergExceedsQuantity),
        (wanted("1", shows="1"), IcebergExceedsQuantity),
        (wanted(shows="-1"), InvalidOrder),
        (wanted(until=START + 999), InvalidOrder),
        (wanted(until=10**15), InvalidOrder),
        (wanted(price="80", name="taken"), DuplicateOrderId),
        (wanted("1", name="taken"), DuplicateOrderId),
    ],
)
def test_what_is_refused_changes_nothing(change: ChangeOrder, error: type[ExchangeError], venue: Venue) -> None:
    number = open_one(venue)
    open_one(venue, order("BUY", "1", "70", client_order_id="taken"))
    before = books(venue)
    with pytest.raises(error):
        venue.exchange.change("alice", number, change)
    assert books(venue) == before
    with pytest.raises(OrderNotFound):
        venue.exchange.change("alice", 10**9, change)


def test_a_post_only_order_stays_where_it_is_rather_than_take(venue: Venue) -> None:
    number = open_one(venue, order("BUY", "2", "90", post_only=True))
    with pytest.raises(OrderImmediatelyFillable):
        venue.exchange.change("alice", number, wanted(price="101"))
    assert venue.exchange.order("alice", number).status == "NEW"
    assert venue.exchange.change("alice", number, wanted(price="91")).order.post_only


def test_an_order_that_is_filled_cannot_be_changed(venue: Venue) -> None:
    number = open_one(venue)
    venue.price("89", "90")
    for change in (wanted("1"), wanted("3"), wanted(price="80")):
        with pytest.raises(OrderNotOpen, match="is FILLED"):
            venue.exchange.change("alice", number, change)


STOP = order("SELL", "1", "85", type=OrderType.STOP_LOSS_LIMIT, stop_price=D(90))


def test_a_stop_gets_another_trigger_price(venue: Venue) -> None:
    number = open_one(venue, STOP)
    with pytest.raises(TriggersImmediately):
        venue.exchange.change("alice", number, wanted(stop="120"))
    moved = venue.exchange.change("alice", number, wanted(stop="95")).order
    assert (moved.type, moved.stop_price, moved.price) == (OrderType.STOP_LOSS_LIMIT, D(95), D(85))
    assert venue.exchange.change("alice", moved.order_id, wanted("0.5")).order.order_id == moved.order_id


def test_a_stop_that_was_triggered_is_replaced_by_a_limit_order(venue: Venue) -> None:
    number = open_one(venue, order("SELL", "1", "95", type=OrderType.STOP_LOSS_LIMIT, stop_price=D(90)))
    venue.price("89", "90")
    with pytest.raises(InvalidOrder, match="its trigger price was reached"):
        venue.exchange.change("alice", number, wanted(stop="80"))
    new = venue.exchange.change("alice", number, wanted(price="94")).order
    assert (new.type, new.stop_price, new.price, new.status) == (OrderType.LIMIT, None, D(94), "NEW")


def test_a_stop_that_trails_begins_anew(venue: Venue) -> None:
    number = open_one(venue, order("SELL", "1", None, type=OrderType.STOP_LOSS, trailing_delta=100))
    with pytest.raises(InvalidOrder, match="trails the last price"):
        venue.exchange.change("alice", number, wanted(stop="80"))
    with pytest.raises(InvalidOrder, match="no limit price"):
        venue.exchange.change("alice", number, wanted(price="80"))
    new = venue.exchange.change("alice", number, wanted("1.5")).order
    assert (new.quantity, new.trailing is not None and new.trailing.delta) == (D("1.5"), 100)


def test_a_stop_that_trails_gets_another_delta(venue: Venue) -> None:
    number = open_one(venue, order("SELL", "1", None, type=OrderType.STOP_LOSS, trailing_delta=100))
    venue.price("109", "111")
    for delta in (9, 2001):
        with pytest.raises(InvalidOrder, match="basis points"):
            venue.exchange.change("alice", number, wanted(trails=delta))
    with pytest.raises(NothingAmended):
        venue.exchange.change("alice", number, wanted(trails=100))

    change = wanted(trails=500)
    new = venue.exchange.change("alice", number, change).order
    assert new.trailing is not None
    assert (new.trailing.delta, new.trailing.price, new.trailing.started_at) == (500, D(109), venue.clock.time)
    assert venue.exchange.change("alice", number, change).repeated
    venue.price("105", "107")
    assert venue.exchange.order("alice", new.order_id).is_untriggered
    venue.price("103", "105")
    assert venue.exchange.order("alice", new.order_id).status == "FILLED"
    venue.check_replay()


def test_what_does_not_trail_gets_no_delta(venue: Venue) -> None:
    waits = open_one(venue, STOP)
    trailed = open_one(venue, order("SELL", "1", "105", type=OrderType.STOP_LOSS_LIMIT, trailing_delta=100))
    venue.price("95", "97")
    assert not venue.exchange.order("alice", trailed).is_untriggered
    for number in (waits, trailed):
        with pytest.raises(InvalidOrder, match="trails no price"):
            venue.exchange.change("alice", number, wanted(trails=200))


def test_one_that_trails_since_its_price_was_reached_goes_on_from_there(venue: Venue) -> None:
    begins = order("SELL", "1", None, type=OrderType.TAKE_PROFIT, stop_price=D(105), trailing_delta=100)
    waiting = open_one(venue, begins)
    moved = venue.exchange.change("alice", waiting, wanted(trails=200)).order
    assert (moved.stop_price, moved.trail) == (D(105), None)

    venue.price("109", "111")
    assert venue.exchange.order("alice", moved.order_id).trail is not None
    with pytest.raises(TriggersImmediately):
        venue.exchange.change("alice", moved.order_id, wanted(stop="106", trails=300))
    new = venue.exchange.change("alice", moved.order_id, wanted(trails=300)).order
    assert (new.stop_price, new.trailing and new.trailing.price) == (None, D(109))
    venue.check_replay()


def test_what_shows_and_the_date_are_taken_back(venue: Venue) -> None:
    number = open_one(venue, order("BUY", "2", "90", iceberg_quantity=D("0.5"), expires_at=SOON))
    kept = venue.exchange.change("alice", number, wanted(price="89")).order
    assert (kept.iceberg_quantity, kept.expires_at) == (D("0.5"), SOON)
    first = venue.exchange.change("alice", kept.order_id, wanted(shows="0"))
    assert (first.order.iceberg_quantity, first.order.expires_at) == (None, SOON)
    last = venue.exchange.change("alice", first.order.order_id, wanted(until=0)).order
    assert (last.iceberg_quantity, last.expires_at, last.price) == (None, None, D(89))
    assert venue.exchange.change("alice", first.order.order_id, wanted(until=0)).repeated
    venue.check_replay()


def test_of_what_is_left_no_more_shows_than_there_is(venue: Venue) -> None:
    """What is no more than the part that showed shows whole; a part that is named is held against what is left."""
    exchange = venue.another(model="touch-size")
    number = open_one(venue, order("BUY", "2", "90", iceberg_quantity=D("0.5")))
    for _ in range(3):
        venue.tick("89", "90", sizes="1")
        exchange.match()
    with pytest.raises(IcebergExceedsQuantity, match=r"less than the order, 0\.5"):
        exchange.change("alice", number, wanted(price="80", shows="0.5"))
    new = exchange.change("alice", number, wanted(price="80")).order
    assert (new.quantity, new.iceberg_quantity) == (D("0.5"), None)
    venue.check_replay()


@pytest.mark.parametrize("change", [wanted(shows="0.5"), wanted(until=SOON)])
def test_what_does_not_rest_shows_no_part_and_has_no_date(change: ChangeOrder, venue: Venue) -> None:
    number = open_one(venue, order("SELL", "1", None, type=OrderType.STOP_LOSS, stop_price=D(80)))
    with pytest.raises(InvalidOrder, match="only a limit order that rests"):
        venue.exchange.change("alice", number, change)


def test_an_order_of_a_list_can_be_made_smaller_and_nothing_else(venue: Venue) -> None:
    stop = order("SELL", "1", None, type=OrderType.STOP_LOSS, stop_price=D(80))
    pair = PlaceList(Contingency.OCO, (order("SELL", "1", "120", post_only=True), stop))
    first, second = venue.exchange.place_list(pair).orders
    for change in (wanted("1.5"), wanted(price="121"), wanted(shows="0.5"), wanted(until=SOON)):
        with pytest.raises(InvalidOrder, match=f"of order list {first.order_id}"):
            venue.exchange.change("alice", first.order_id, change)
    assert venue.exchange.change("alice", first.order_id, wanted("0.5")).order.quantity == D("0.5")
    assert venue.exchange.order("alice", second.order_id).is_open


def test_what_is_on_its_way_to_be_filled_is_filled_once() -> None:
    """The old order fills between the decision and the commit: then it is too late, and nothing is placed."""
    store = Overtaken()
    venue = with_alice(Venue(store, None))
    number = open_one(venue)

    def fill() -> None:
        venue.price("89", "90")

    store.before = fill
    with pytest.raises(OrderNotOpen, match="is FILLED"):
        venue.exchange.change("alice", number, wanted("3"))
    assert [each.status for each in venue.all_orders()] == ["FILLED"]
    assert venue.exchange.audit().problems == []


@pytest.mark.parametrize(("change", "left"), [(wanted("1.5"), "1.5"), (wanted(price="80"), "1")])
def test_somebody_else_comes_first(change: ChangeOrder, left: str) -> None:
    """Another change makes the order smaller between the decision and the commit."""
    store = Overtaken()
    venue = with_alice(Venue(store, None))
    number = open_one(venue)

    def shrink() -> None:
        venue.exchange.amend("alice", number, quantity=D(1))

    store.before = shrink
    changed = venue.exchange.change("alice", number, change)
    assert (changed.order.quantity, changed.canceled is not None) == (D(left), True)
    assert venue.exchange.audit().problems == []


def test_the_same_change_sent_by_many_at_once_is_done_once(valkey_venue: Venue) -> None:
    number = open_one(valkey_venue)

    def change(exchange: Exchange) -> ChangedOrder:
        return exchange.change("alice", number, wanted("3", "80"))

    calls: list[Callable[[Exchange], ChangedOrder]] = [change] * 6
    results = Crowd(valkey_venue).run(calls)
    assert all(isinstance(each, ChangedOrder) for each in results), results
    assert sorted(each.repeated for each in results if isinstance(each, ChangedOrder)) == [False] + [True] * 5
    assert [each.status for each in valkey_venue.all_orders()] == ["CANCELED", "NEW"]
