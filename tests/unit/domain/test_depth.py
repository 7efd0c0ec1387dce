"""The model that walks a book, and what it remembers of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from mockexchange.domain.amounts import ZERO, total
from mockexchange.domain.depth import MOST_REMEMBERED, DepthModel, still_consumed
from mockexchange.domain.fills import Liquidity
from mockexchange.domain.models import NONE_TAKEN, Consumed, Consumption, Execution, Meeting
from mockexchange.domain.orders import Side
from mockexchange.domain.quotes import Book, Level

from .words import D, tick

DEPTH = DepthModel()


def meeting(book: Book | None, consumed: Mapping[Decimal, Consumed] | None = None) -> Meeting:
    """An order before a tick with a book, on a market with a step size of 0.01."""
    return Meeting(1, replace(tick(1, "99x5 101x5"), book=book), NONE_TAKEN, D("0.01"), D("0.01"), consumed or {})


def levels(*written: str) -> tuple[Level, ...]:
    """`101x2`: two coins at 101."""
    return tuple((D(price), D(size)) for price, _, size in (each.partition("x") for each in written))


BOOK = Book(bids=levels("99x1", "98x2.005"), asks=levels("101x1", "102x2.005"))


def test_the_touch_is_the_best_level_and_the_quotes_where_there_is_none() -> None:
    other = Book(bids=levels("98.5x1"), asks=())
    assert DEPTH.touch(Side.SELL, meeting(other).tick) == D("98.5")
    assert DEPTH.touch(Side.BUY, meeting(other).tick) == 101
    assert DEPTH.touch(Side.BUY, meeting(None).tick) == 101
    assert DEPTH.take(Side.BUY, None, D(1), meeting(other)) == (), "nobody stands there"


def test_a_level_gives_whole_steps_of_what_is_left_of_it() -> None:
    taken = DEPTH.take(Side.BUY, None, D(9), meeting(BOOK, {D(101): Consumed(D("0.4"), D(1))}))
    assert taken == (
        Execution(D(101), D("0.6"), Liquidity.TAKER, ((D(101), D("0.6")),)),
        Execution(D(102), D("2"), Liquidity.TAKER, ((D(102), D("2")),)),
    )
    assert DEPTH.take(Side.SELL, D("98.5"), D(9), meeting(BOOK)) == (
        Execution(D(99), D(1), Liquidity.TAKER, ((D(99), D(1)),)),
    )


def test_a_maker_gets_its_limit_for_what_stands_up_to_it() -> None:
    assert DEPTH.make(Side.BUY, D("102.5"), D("2.5"), meeting(BOOK)) == (
        Execution(D("102.5"), D("2.5"), Liquidity.MAKER, levels("101x1", "102x1.5")),
    )
    assert DEPTH.make(Side.BUY, D("100.99"), D(1), meeting(BOOK)) == ()


def test_only_so_many_levels_are_looked_at() -> None:
    model = DepthModel(levels=1)
    assert [each.price for each in model.take(Side.BUY, None, D(9), meeting(BOOK))] == [101]
    assert model.most_executions == 1
    assert model.could_give(Side.BUY, D(101), meeting(BOOK).tick)
    assert not model.could_give(Side.BUY, D(102), meeting(BOOK).tick)


def test_only_the_nearest_prices_are_remembered() -> None:
    far = {D(1000 + number): Consumed(D(1), D(1)) for number in range(MOST_REMEMBERED)}
    met = meeting(BOOK, far)
    after = DEPTH.consumed(Side.BUY, DEPTH.take(Side.BUY, None, D(1), met), met)
    assert after is not None
    assert len(after) == MOST_REMEMBERED
    assert min(after) == 101
    assert max(after) == 1000 + MOST_REMEMBERED - 2


# price steps away from 100, quantity in whole coins
sides = st.dictionaries(st.integers(1, 6), st.integers(1, 9), min_size=1, max_size=4)
takings = st.tuples(st.integers(0, 12), st.integers(1, 7))


@settings(max_examples=400, deadline=None)
@given(side=st.sampled_from(Side), history=st.lists(st.tuples(sides, st.lists(takings, max_size=3)), max_size=12))
def test_no_level_gives_more_than_it_showed_at_first_and_every_increase_since(
    side: Side, history: list[tuple[dict[int, int], list[tuple[int, int]]]]
) -> None:
    """Worked out in whole coins beside the model; a level that is gone within view and returns is an increase."""
    sign = 1 if side is Side.BUY else -1
    consumed: Consumption = {}
    offered: dict[int, int] = {}
    shown: dict[int, int] = {}
    given_: dict[int, int] = {}
    for book, orders in history:
        last = max(book)
        for away in [each for each in shown if each <= last and each not in book]:
            del shown[away]
        for away, quantity in book.items():
            offered[away] = offered.get(away, 0) + max(0, quantity - shown.get(away, 0))
            shown[away] = quantity
        there = tuple((D(100 + sign * away), D(book[away])) for away in sorted(book))
        both = Book(bids=there, asks=there)
        for wanted, reach in orders:
            met = meeting(both, consumed)
            found = DEPTH.take(side, D(100 + sign * reach), D(wanted), met)
            assert total(each.quantity for each in found) <= wanted
            for each in found:
                away = int(sign * (each.price - 100))
                assert away <= reach
                given_[away] = given_.get(away, 0) + int(each.quantity)
                assert given_[away] <= offered[away]
            if total(each.quantity for each in found) < wanted:
                left = still_consumed(DEPTH.consumed(side, found, met) or {}, there, side)
                for price, quantity in there:
                    if sign * (price - 100) <= reach:
                        assert quantity == left[price].quantity, "what can be had within the limit is had"
            after = DEPTH.consumed(side, found, met)
            assert after is not None
            assert all(ZERO < each.quantity <= each.shown for each in after.values())
            if found:
                consumed = after
