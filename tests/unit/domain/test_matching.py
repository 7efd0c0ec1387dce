"""What later ticks do to an open order: rested, unmet, partly filled."""

from __future__ import annotations

import pytest

from mockexchange.domain.matching import Circumstances, match

from .story import Story
from .words import BTC_USDT, STALE_AFTER, D, account, tick

BOUGHT_AS_MAKER = "2 @ 100 MAKER: 200, fee 0.002 BTC"
SOLD_AS_MAKER = "2 @ 102 MAKER: 204, fee 0.204 USDT"

# name, order placed at 99 / 101, a later tick, what becomes of it, its fill, what is owned then
RESTING = [
    ("an ask at the limit fills a buy", "BUY 2 @ 100", "98 100", "FILLED 2/2", BOUGHT_AS_MAKER, "BTC 3.998, USDT 800"),
    ("an ask through the limit fills it at the limit", "BUY 2 @ 100", "50 60", "FILLED 2/2", BOUGHT_AS_MAKER,
     "BTC 3.998, USDT 800"),
    ("an ask a tick above the limit does not", "BUY 2 @ 100", "99 100.01", "NEW 0/2", "", "BTC 2, USDT 800+200"),
    ("a bid at the limit does not fill a buy", "BUY 2 @ 100", "100 101", "NEW 0/2", "", "BTC 2, USDT 800+200"),
    ("a bid at the limit fills a sell", "SELL 2 @ 102", "102 103", "FILLED 2/2", SOLD_AS_MAKER, "USDT 1203.796"),
    ("a bid through the limit fills it at the limit", "SELL 2 @ 102", "150 151", "FILLED 2/2", SOLD_AS_MAKER,
     "USDT 1203.796"),
    ("a bid a tick below the limit does not", "SELL 2 @ 102", "101.99 103", "NEW 0/2", "", "BTC 0+2, USDT 1000"),
    ("a post-only order fills like any that rests", "BUY 2 @ 100 POST", "98 100", "FILLED 2/2", BOUGHT_AS_MAKER,
     "BTC 3.998, USDT 800"),
    ("sizes do not limit by default", "BUY 2 @ 100", "98x0.1 100x0.1", "FILLED 2/2", BOUGHT_AS_MAKER,
     "BTC 3.998, USDT 800"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("order", "later", "becomes", "fill", "owned"), [row[1:] for row in RESTING], ids=[row[0] for row in RESTING]
)
def test_a_resting_order_fills_at_its_own_limit(order: str, later: str, becomes: str, fill: str, owned: str) -> None:
    story = Story("BTC 2, USDT 1000")
    story.quote("99 101")
    story.place(order)
    assert story.meet(later) == ([fill] if fill else [])
    assert (story.state(1), story.owned) == (becomes, owned)


# name, order placed without a fresh quote, its first fresh tick, what becomes of it, its fill, what is owned then
LATE = [
    ("a marketable buy takes the ask", "BUY 2 @ 105", "99 101", "FILLED 2/2",
     "2 @ 101 TAKER: 202, fee 0.002 BTC", "BTC 3.998, USDT 798"),
    ("a marketable sell takes the bid", "SELL 2 @ 90", "99 101", "FILLED 2/2",
     "2 @ 99 TAKER: 198, fee 0.198 USDT", "USDT 1197.802"),
    ("one that is not marketable rests", "BUY 2 @ 100", "99 101", "NEW 0/2", "", "BTC 2, USDT 800+200"),
    ("a post-only order that would take expires", "BUY 2 @ 105 POST", "99 101", "EXPIRED 0/2", "", "BTC 2, USDT 1000"),
    ("a post-only sell that would take expires", "SELL 2 @ 99 POST", "99 101", "EXPIRED 0/2", "", "BTC 2, USDT 1000"),
    ("a post-only order that would not rests", "SELL 2 @ 100 POST", "99 101", "NEW 0/2", "", "BTC 0+2, USDT 1000"),
]  # fmt: skip


@pytest.mark.parametrize("age", [None, STALE_AFTER + 1], ids=["there was no quote", "the quote was stale"])
@pytest.mark.parametrize(
    ("order", "first", "becomes", "fill", "owned"), [row[1:] for row in LATE], ids=[row[0] for row in LATE]
)
def test_an_unmet_order_arrives_on_its_first_fresh_tick(
    age: int | None, order: str, first: str, becomes: str, fill: str, owned: str
) -> None:
    story = Story("BTC 2, USDT 1000")
    if age:
        story.quote("99 101", age=age)
    story.place(order)
    assert story.meet("1 2000", age=STALE_AFTER + 1) == []
    assert story.orders[1].unmet, "a tick that was stale when it was logged is nobody's arrival"
    assert story.meet(first) == ([fill] if fill else [])
    assert (story.state(1), story.owned) == (becomes, owned)
    assert not story.orders[1].unmet
    assert story.orders[1].met_tick == (story.tick.number if story.tick else 0)


def test_an_unmet_order_that_came_to_rest_fills_as_maker_on_a_later_tick() -> None:
    story = Story("USDT 1000")
    story.place("BUY 2 @ 100")
    assert story.meet("99 101") == []
    assert story.meet("98 100") == [BOUGHT_AS_MAKER]


def test_an_order_never_fills_on_the_tick_it_was_placed_on_nor_on_an_older_one() -> None:
    story = Story("USDT 1000")
    story.quote("99 101")
    story.quote("98 100.5")
    story.place("BUY 2 @ 100")
    around = Circumstances(account(), BTC_USDT, 8, 8, story.engine, 1, story.now)
    for number in (1, 2):
        assert match(story.orders[1], tick(number, "50 51"), around) is None
    assert match(story.orders[1], tick(3, "50 51"), around) is not None


def test_no_tick_is_met_twice_even_with_something_left_to_fill() -> None:
    story = Story("USDT 1000", sized=True)
    story.quote("99 101")
    story.place("BUY 2 @ 100")
    assert story.meet("98x9 100x0.5") == ["0.5 @ 100 MAKER: 50, fee 0.0005 BTC"]
    story.taken.clear()  # as if nothing had been taken from it
    assert story.meet() == []
    assert story.meet("98x9 100x0.5") == ["0.5 @ 100 MAKER: 50, fee 0.0005 BTC"]


def test_a_tick_that_was_stale_when_it_was_logged_fills_nothing() -> None:
    story = Story("USDT 1000")
    story.quote("99 101")
    story.place("BUY 2 @ 100")
    assert story.meet("98 100", age=STALE_AFTER + 1) == []
    assert story.meet("98 100", age=STALE_AFTER) == [BOUGHT_AS_MAKER]


def test_a_closed_order_meets_nothing() -> None:
    story = Story("USDT 1000")
    story.quote("99 101")
    story.place("BUY 2 @ 100")
    story.cancel(1)
    assert story.meet("50 51") == []
    assert story.owned == "USDT 1000"


def test_partial_fills_work_an_order_off_tick_by_tick() -> None:
    """2 @ 105 at an ask of 101 for 0.5: 50.5 paid, 1.5 x 105 = 157.5 stay locked; then at its own limit."""
    story = Story("USDT 1000", sized=True)
    story.quote("99x9 101x0.5")
    story.place("BUY 2 @ 105")
    assert (story.state(1), story.owned) == ("PARTIALLY_FILLED 0.5/2", "BTC 0.4995, USDT 792+157.5")
    assert story.meet("104x9 106x9") == []
    assert story.meet("104x9 105x1") == ["1 @ 105 MAKER: 105, fee 0.001 BTC"]
    assert (story.state(1), story.owned) == ("PARTIALLY_FILLED 1.5/2", "BTC 1.4985, USDT 792+52.5")
    assert story.meet("104x9 105x9") == ["0.5 @ 105 MAKER: 52.5, fee 0.0005 BTC"]
    assert (story.state(1), story.owned) == ("FILLED 2/2", "BTC 1.998, USDT 792")
    assert story.orders[1].average_price == D(104)
    assert story.orders[1].trade_ids == (1, 2, 3)


def test_resting_and_arriving_orders_share_what_a_tick_shows() -> None:
    story = Story("BTC 5, USDT 1000", sized=True)
    story.quote("99 101")
    story.place("BUY 2 @ 100")
    story.place("BUY 1 @ 100")
    story.place("SELL 1 @ 102")
    assert story.meet("98x1 100x2.5") == [
        "2 @ 100 MAKER: 200, fee 0.002 BTC",
        "0.5 @ 100 MAKER: 50, fee 0.0005 BTC",
    ]
    assert story.place("BUY 1 @ 100 IOC").filled_quantity == 0, "the tick has nothing left for this account"
    assert story.meet("103x0.4 110") == ["0.4 @ 102 MAKER: 40.8, fee 0.0408 USDT"]


def test_canceling_gives_back_what_is_left_of_the_promise() -> None:
    story = Story("USDT 1000", sized=True)
    story.quote("99x9 101x0.5")
    story.place("BUY 2 @ 105")
    story.cancel(1)
    assert (story.state(1), story.owned) == ("CANCELED 0.5/2", "BTC 0.4995, USDT 949.5")


def test_a_maker_pays_the_makers_rate_and_a_taker_the_takers() -> None:
    story = Story("USDT 1000", sized=True, owner=account(maker="0.0002", taker="0.0005"))
    story.quote("99x9 101x1")
    story.place("BUY 2 @ 101")
    story.meet("99x9 101x1")
    assert story.filled == ["1 @ 101 TAKER: 101, fee 0.0005 BTC", "1 @ 101 MAKER: 101, fee 0.0002 BTC"]
    assert [str(fill.rate) for fill in story.fills] == ["0.0005", "0.0002"]
