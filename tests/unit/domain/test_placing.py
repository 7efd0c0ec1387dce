"""What becomes of a new order on the tick it is placed on: scenarios as tables, in the words of words.py.

Alice owns `BTC 2, USDT 1000` and pays 0.1 % to each side, unless a scenario says otherwise.
"""

from __future__ import annotations

import pytest

from mockexchange.domain.amounts import text
from mockexchange.domain.errors import InvalidOrder, MarketClosed, OrderImmediatelyFillable

from .story import ShortError, Story
from .words import STALE_AFTER, account

TOOK_2 = "2 @ 101 TAKER: 202, fee 0.002 BTC"
BOUGHT_2 = "BTC 3.998, USDT 798"
UNCHANGED = "BTC 2, USDT 1000"

# name, quote, order, what becomes of it, its fill, what is owned then
ARRIVALS = [
    # A market order takes the opposite touch at once.
    ("market buy takes the ask", "99 101", "BUY 2", "FILLED 2/2", TOOK_2, BOUGHT_2),
    # 2 x 99 = 198, less 0.198
    ("market sell takes the bid", "99 101", "SELL 2", "FILLED 2/2",
     "2 @ 99 TAKER: 198, fee 0.198 USDT", "USDT 1197.802"),
    # 200 / 101 = 1.980198..., cut to 1.98019; x 101 = 199.99919; fee 0.00198019
    ("market buy for 200 spends at most that", "99 101", "BUY for 200", "FILLED 1.98019/1.98019",
     "1.98019 @ 101 TAKER: 199.99919, fee 0.00198019 BTC", "BTC 3.97820981, USDT 800.00081"),
    ("market buy for what a quantity costs buys it", "99 101", "BUY for 202", "FILLED 2/2", TOOK_2, BOUGHT_2),
    ("market buy for a cent less buys one step less", "99 101", "BUY for 201.99", "FILLED 1.9999/1.9999",
     "1.9999 @ 101 TAKER: 201.9899, fee 0.0019999 BTC", "BTC 3.9979001, USDT 798.0101"),
    ("market buy for all there is", "99 101", "BUY for 1000", "FILLED 9.90099/9.90099",
     "9.90099 @ 101 TAKER: 999.99999, fee 0.00990099 BTC", "BTC 11.89108901, USDT 0.00001"),
    # 100 / 99 = 1.010101..., cut to 1.0101; x 99 = 99.9999; fee 0.0999999
    ("market sell for 100 receives at most that", "99 101", "SELL for 100", "FILLED 1.0101/1.0101",
     "1.0101 @ 99 TAKER: 99.9999, fee 0.0999999 USDT", "BTC 0.9899, USDT 1099.8999001"),
    # A limit order that does not reach the touch rests, at its own price, with its promise locked.
    ("limit buy below the ask rests", "99 101", "BUY 2 @ 100", "NEW 0/2", "", "BTC 2, USDT 800+200"),
    ("limit buy a tick below the ask rests", "99 101", "BUY 2 @ 100.99", "NEW 0/2", "", "BTC 2, USDT 798.02+201.98"),
    ("limit sell above the bid rests", "99 101", "SELL 2 @ 99.01", "NEW 0/2", "", "BTC 0+2, USDT 1000"),
    # One that reaches it takes, at the touch and not at its limit; the improvement is not kept locked.
    ("limit buy at the ask takes", "99 101", "BUY 2 @ 101", "FILLED 2/2", TOOK_2, BOUGHT_2),
    ("limit buy above the ask takes the ask", "99 101", "BUY 2 @ 105", "FILLED 2/2", TOOK_2, BOUGHT_2),
    ("limit sell below the bid takes the bid", "99 101", "SELL 1 @ 90", "FILLED 1/1",
     "1 @ 99 TAKER: 99, fee 0.099 USDT", "BTC 1, USDT 1098.901"),
    # IOC and FOK take or end.
    ("IOC at the ask takes", "99 101", "BUY 2 @ 101 IOC", "FILLED 2/2", TOOK_2, BOUGHT_2),
    ("IOC below the ask expires", "99 101", "BUY 2 @ 100 IOC", "EXPIRED 0/2", "", UNCHANGED),
    ("FOK at the ask takes", "99 101", "BUY 2 @ 101 FOK", "FILLED 2/2", TOOK_2, BOUGHT_2),
    ("FOK below the ask expires", "99 101", "BUY 2 @ 100 FOK", "EXPIRED 0/2", "", UNCHANGED),
    ("FOK sell above the bid expires", "99 101", "SELL 2 @ 100 FOK", "EXPIRED 0/2", "", UNCHANGED),
    # Post-only rests.
    ("post-only buy below the ask rests", "99 101", "BUY 2 @ 100 POST", "NEW 0/2", "", "BTC 2, USDT 800+200"),
    ("post-only sell above the bid rests", "99 101", "SELL 2 @ 100 POST", "NEW 0/2", "", "BTC 0+2, USDT 1000"),
    # The `touch` model does not limit sizes, whether they are known or not.
    ("sizes do not limit by default", "99x1 101x0.5", "BUY 2", "FILLED 2/2", TOOK_2, BOUGHT_2),
]  # fmt: skip


@pytest.mark.parametrize(
    ("quote", "order", "becomes", "fill", "owned"), [row[1:] for row in ARRIVALS], ids=[row[0] for row in ARRIVALS]
)
def test_an_order_meets_the_tick_it_is_placed_on(quote: str, order: str, becomes: str, fill: str, owned: str) -> None:
    story = Story("BTC 2, USDT 1000")
    story.quote(quote)
    placed = story.place(order)
    assert story.state(1) == becomes
    assert story.filled == ([fill] if fill else [])
    assert story.owned == owned
    assert (placed.met_tick, placed.unmet, placed.version) == (1, False, 1)
    assert placed.trade_ids == ((1,) if fill else ())


SIZED = [
    ("the rest of a limit buy stays at its limit", "99x3 101x0.5", "BUY 2 @ 105", "PARTIALLY_FILLED 0.5/2",
     "0.5 @ 101 TAKER: 50.5, fee 0.0005 BTC", "BTC 2.4995, USDT 792+157.5"),
    ("the rest of a limit sell stays", "99x0.5 101x3", "SELL 2 @ 99", "PARTIALLY_FILLED 0.5/2",
     "0.5 @ 99 TAKER: 49.5, fee 0.0495 USDT", "BTC 0+1.5, USDT 1049.4505"),
    ("the rest of an IOC expires", "99x3 101x0.5", "BUY 2 @ 101 IOC", "EXPIRED 0.5/2",
     "0.5 @ 101 TAKER: 50.5, fee 0.0005 BTC", "BTC 2.4995, USDT 949.5"),
    ("the rest of a market buy expires", "99x3 101x0.5", "BUY 2", "EXPIRED 0.5/2",
     "0.5 @ 101 TAKER: 50.5, fee 0.0005 BTC", "BTC 2.4995, USDT 949.5"),
    ("the rest of a market sell expires", "99x0.5 101x3", "SELL 2", "EXPIRED 0.5/2",
     "0.5 @ 99 TAKER: 49.5, fee 0.0495 USDT", "BTC 1.5, USDT 1049.4505"),
    ("a FOK for more than there is expires", "99x3 101x1.99999", "BUY 2 @ 101 FOK", "EXPIRED 0/2", "", UNCHANGED),
    ("a FOK for just what there is fills", "99x3 101x2", "BUY 2 @ 101 FOK", "FILLED 2/2", TOOK_2, BOUGHT_2),
    ("an unknown size does not limit", "99 101", "BUY 2", "FILLED 2/2", TOOK_2, BOUGHT_2),
    ("the other side's size does not limit", "99x0.1 101", "BUY 2", "FILLED 2/2", TOOK_2, BOUGHT_2),
    ("a size is cut to whole steps", "99x3 101x0.500009", "BUY 2 @ 101 IOC", "EXPIRED 0.5/2",
     "0.5 @ 101 TAKER: 50.5, fee 0.0005 BTC", "BTC 2.4995, USDT 949.5"),
    ("a size below one step is none", "99x3 101x0.000009", "BUY 2 @ 101", "NEW 0/2", "", "BTC 2, USDT 798+202"),
    ("nothing left for an IOC", "99x3 101x0.000009", "BUY 2 @ 101 IOC", "EXPIRED 0/2", "", UNCHANGED),
]  # fmt: skip


@pytest.mark.parametrize(
    ("quote", "order", "becomes", "fill", "owned"), [row[1:] for row in SIZED], ids=[row[0] for row in SIZED]
)
def test_with_sizes_an_order_takes_no_more_than_the_touch_shows(
    quote: str, order: str, becomes: str, fill: str, owned: str
) -> None:
    story = Story("BTC 2, USDT 1000", sized=True)
    story.quote(quote)
    story.place(order)
    assert story.state(1) == becomes
    assert story.filled == ([fill] if fill else [])
    assert story.owned == owned


def test_the_orders_of_an_account_share_what_a_tick_shows_per_side() -> None:
    story = Story("BTC 2, USDT 1000", sized=True)
    story.quote("99x0.3 101x0.5")
    assert [story.place("BUY 0.3 @ 101 IOC").status, story.place("BUY 0.3 @ 101 IOC").status] == ["FILLED", "EXPIRED"]
    assert story.place("BUY 0.3 @ 101 IOC").filled_quantity == 0
    assert story.place("SELL 0.3").status == "FILLED"  # the other side has its own size
    story.quote("99x0.3 101x0.5")
    assert story.place("BUY 0.3 @ 101 IOC").status == "FILLED"  # and so has the next tick
    assert [text(fill.quantity) for fill in story.fills] == ["0.3", "0.2", "0.3", "0.3"]


@pytest.mark.parametrize("order", ["BUY 2 @ 101 POST", "BUY 2 @ 150 POST", "SELL 2 @ 99 POST", "SELL 2 @ 3 POST"])
def test_a_post_only_order_that_would_take_is_refused(order: str) -> None:
    story = Story("BTC 2, USDT 1000")
    story.quote("99 101")
    with pytest.raises(
        OrderImmediatelyFillable, match="post-only (buy|sell) at .* would take the (ask at 101|bid at 99)"
    ):
        story.place(order)
    assert (story.orders, story.owned) == ({}, UNCHANGED)


# A limit buy is covered at its own price, though the market is cheaper: 2 x 105 = 210.
@pytest.mark.parametrize(
    ("first", "order", "enough"),
    [
        ("USDT 202", "BUY 2", True),
        ("USDT 201.99999999", "BUY 2", False),
        ("USDT 210", "BUY 2 @ 105", True),
        ("USDT 209.99999999", "BUY 2 @ 105", False),
        ("USDT 209.99999999", "BUY 2 @ 105 IOC", False),
        ("USDT 200", "BUY 2 @ 100", True),
        ("USDT 199.99999999", "BUY 2 @ 100", False),
        ("USDT 199.99999999", "BUY 2 @ 100 FOK", False),
        ("BTC 2", "SELL 2", True),
        ("BTC 1.99999999", "SELL 2", False),
        ("BTC 1.99999999+1", "SELL 2 @ 100", False),
        ("", "BUY 0.1", False),
    ],
)
def test_an_order_is_covered_by_what_is_free_to_the_last_unit(first: str, order: str, enough: bool) -> None:
    story = Story(first)
    story.quote("99 101")
    if enough:
        story.place(order)
    else:
        with pytest.raises(ShortError):
            story.place(order)
        assert (story.orders, story.owned) == ({}, first)


def test_without_a_fresh_quote_a_market_order_is_refused_and_one_that_cannot_wait_expires() -> None:
    for age in (None, STALE_AFTER + 1):
        story = Story("BTC 2, USDT 1000")
        if age:
            story.quote("99 101", age=age)
        for order in ("BUY 2", "SELL for 100"):
            with pytest.raises(MarketClosed, match="no fresh price for BTC/USDT"):
                story.place(order)
        for order in ("BUY 2 @ 200 IOC", "SELL 2 @ 50 FOK"):
            assert story.place(order).status == "EXPIRED"
        assert (story.owned, story.filled) == (UNCHANGED, [])


@pytest.mark.parametrize("age", [None, STALE_AFTER + 1])
@pytest.mark.parametrize("order", ["BUY 2 @ 200", "BUY 2 @ 100 POST", "SELL 2 @ 50", "SELL 2 @ 50 POST"])
def test_without_a_fresh_quote_a_limit_order_waits_unmet(age: int | None, order: str) -> None:
    story = Story("BTC 2, USDT 1000")
    if age:
        story.quote("99 101", age=age)
    placed = story.place(order)
    assert (story.state(1), placed.unmet) == ("NEW 0/2", True)
    assert placed.met_tick == (1 if age else 0)
    assert placed.held == (2 if placed.side == "SELL" else 2 * placed.price if placed.price else 0)
    assert sum(story.amounts.values()) == 1002


def test_a_quote_of_the_allowed_age_is_still_fresh() -> None:
    story = Story("USDT 1000")
    story.quote("99 101", age=STALE_AFTER)
    assert story.place("BUY 2").status == "FILLED"


def test_maker_and_taker_pay_their_own_rate_and_a_rate_of_zero_pays_nothing() -> None:
    for taker, fee, owned in (("0.00075", "0.0015 BTC", "BTC 1.9985"), ("0", "0 BTC", "BTC 2"), ("1", "2 BTC", "")):
        story = Story("USDT 202", owner=account(maker="0.5", taker=taker))
        story.quote("99 101")
        story.place("BUY 2")
        assert story.filled == [f"2 @ 101 TAKER: 202, fee {fee}"]
        assert story.owned == owned


def test_an_order_without_a_client_id_gets_one_that_names_it() -> None:
    story = Story("USDT 1000")
    story.quote("99 101")
    assert story.place("BUY 1 @ 90").client_order_id == "mx-1"
    assert story.place("BUY 1 @ 90", client_id="mine").client_order_id == "mine"
    assert story.place("BUY 1 @ 90").client_order_id == "mx-3"
    assert story.clients == {"mine": 2}


def test_a_fill_says_why_it_happened() -> None:
    story = Story("USDT 1000")
    story.quote("99 101")
    story.quote("99 101")
    story.place("BUY 2")
    (fill,) = story.fills
    assert (fill.trade_id, fill.order_id, fill.tick, fill.source, fill.model) == (1, 1, 2, "test", "touch")
    assert (str(fill.rate), fill.timestamp, fill.symbol, fill.side) == ("0.001", story.now, "BTC/USDT", "BUY")


def test_money_that_a_market_cannot_keep_is_refused_before_it_trades() -> None:
    story = Story("USDT 1000", scales={"BTC": 4, "USDT": 8})
    story.quote("99 101")
    with pytest.raises(InvalidOrder, match="BTC is kept with 4 decimal places but BTC/USDT needs 5"):
        story.place("BUY 2")
