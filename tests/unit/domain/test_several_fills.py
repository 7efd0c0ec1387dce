"""One order, one tick, several fills: they add up to one change of the order and of the account."""

from __future__ import annotations

import pytest

from tests.two_levels import TwoLevels

from .story import Story
from .words import ETH_BTC, D

# name, order at 99 / 101 with one coin at each of two levels, its state, its fills, what is owned then
PLACED: list[tuple[str, str, str, list[str], str]] = [
    ("one level is enough", "BUY 1", "FILLED 1/1", ["1 @ 101 TAKER: 101, fee 0.001 BTC"], "BTC 4.999, USDT 899"),
    ("a market order takes both", "BUY 1.5", "FILLED 1.5/1.5",
     ["1 @ 101 TAKER: 101, fee 0.001 BTC", "0.5 @ 101.01 TAKER: 50.505, fee 0.0005 BTC"], "BTC 5.4985, USDT 848.495"),
    ("the rest of a market order expires", "SELL 3", "EXPIRED 2/3",
     ["1 @ 99 TAKER: 99, fee 0.099 USDT", "1 @ 98.99 TAKER: 98.99, fee 0.09899 USDT"], "BTC 2, USDT 1197.79201"),
    ("the rest of an IOC order expires", "BUY 3 @ 110 IOC", "EXPIRED 2/3",
     ["1 @ 101 TAKER: 101, fee 0.001 BTC", "1 @ 101.01 TAKER: 101.01, fee 0.001 BTC"], "BTC 5.998, USDT 797.99"),
    ("a level beyond the limit is left", "BUY 3 @ 101 IOC", "EXPIRED 1/3", ["1 @ 101 TAKER: 101, fee 0.001 BTC"],
     "BTC 4.999, USDT 899"),
    ("all or none counts both levels", "BUY 2 @ 110 FOK", "FILLED 2/2",
     ["1 @ 101 TAKER: 101, fee 0.001 BTC", "1 @ 101.01 TAKER: 101.01, fee 0.001 BTC"], "BTC 5.998, USDT 797.99"),
    ("all or none, and too little", "BUY 2.1 @ 110 FOK", "EXPIRED 0/2.1", [], "BTC 4, USDT 1000"),
    ("the rest of a limit order rests", "BUY 3 @ 110", "PARTIALLY_FILLED 2/3",
     ["1 @ 101 TAKER: 101, fee 0.001 BTC", "1 @ 101.01 TAKER: 101.01, fee 0.001 BTC"], "BTC 5.998, USDT 687.99+110"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("order", "becomes", "fills", "owned"), [row[1:] for row in PLACED], ids=[row[0] for row in PLACED]
)
def test_an_order_walks_two_levels(order: str, becomes: str, fills: list[str], owned: str) -> None:
    story = Story("BTC 4, USDT 1000", model=TwoLevels(size=D(1)))
    story.quote("99 101")
    placed = story.place(order)
    assert (story.state(1), story.filled, story.owned) == (becomes, fills, owned)
    assert placed.trade_ids == tuple(range(1, len(fills) + 1))
    assert placed.version == 1, "however many the fills, a placement is one write"


def test_a_resting_order_gets_several_fills_in_one_write() -> None:
    story = Story("USDT 1000", model=TwoLevels(size=D(1)))
    story.quote("99 101")
    story.place("BUY 5 @ 100")
    fill = "1 @ 100 MAKER: 100, fee 0.001 BTC"
    assert story.meet("98 100") == [fill, fill]
    assert (story.state(1), story.owned) == ("PARTIALLY_FILLED 2/5", "BTC 1.998, USDT 500+300")
    assert story.meet("98 100") == [fill, fill]
    assert (story.orders[1].version, story.orders[1].trade_ids) == (3, (1, 2, 3, 4))


@pytest.mark.parametrize(("side", "first", "second"), [("BUY", "11004", "11004"), ("SELL", "11003", "11002")])
def test_the_cost_of_several_fills_is_rounded_over_the_order_as_a_whole(side: str, first: str, second: str) -> None:
    """Each is of about 11003.3e-8: two buys, rounded up one by one, would cost 22008, and two sells bring 22004."""
    story = Story("BTC 1, ETH 1", ETH_BTC, model=TwoLevels(size=D("0.0011")))
    story.quote("0.10003 0.10003")
    story.place(f"{side} 0.0022")
    assert [fill.quote_quantity.scaleb(8) for fill in story.fills] == [D(first), D(second)]
