"""What trailing stops measure from: short lists of best prices, against every price there was."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockexchange.domain.orders import Side, Trail
from mockexchange.domain.trailing import Extremes, began, moved_on, reached

from .words import D

SELL, BUY = Trail(Side.SELL, 100), Trail(Side.BUY, 100)


@pytest.mark.parametrize(
    ("trail", "extreme", "last", "triggered"),
    [
        (SELL, "100", "99.01", False), (SELL, "100", "99", True), (SELL, "100", "98", True),
        (SELL, "0.07", "0.0693", True), (SELL, "0.07", "0.06930001", False), (BUY, "100", "100.99", False),
        (BUY, "100", "101", True),
        (BUY, "3", "3.03", True), (BUY, "3", "3.0299999999999999999", False),
    ],
)  # fmt: skip
def test_a_delta_is_reached_exactly(trail: Trail, extreme: str, last: str, triggered: bool) -> None:
    assert trail.reaches(D(last), D(extreme)) is triggered


def test_an_extreme_holds_from_a_tick_on() -> None:
    """Sells that began at 100 on tick 1, at 110 on tick 4 and at 109.5 on tick 6."""
    known = began(SELL, Extremes(0), [(1, D(100)), (4, D(110))], anybody_last=False)
    assert known.extremes == ((1, D(110)),), "the first one saw 110 as well"
    known = began(SELL, moved_on(SELL, known, 6, D("109.5")), [], anybody_last=True)
    assert known == Extremes(6, ((1, D(110)), (6, D("109.5"))))
    assert reached(SELL, known, D("108.91")) == []
    assert reached(SELL, known, D("108.9")) == [(0, 6, D(110))]
    assert reached(SELL, known, D("108.4")) == [(0, 6, D(110)), (6, None, D("109.5"))]
    assert moved_on(SELL, known, 7, D("108.9")) == Extremes(7, ((6, D("109.5")), (7, D("108.9"))))
    assert moved_on(SELL, known, 7, D("109.5")) == Extremes(7, ((1, D(110)), (6, D("109.5"))))
    assert moved_on(SELL, known, 7, D(111)) == Extremes(7, ((1, D(111)),)), "better than both"


def test_the_last_tick_is_kept_only_while_somebody_began_there() -> None:
    known = moved_on(BUY, Extremes(3, ((2, D(50)),)), 4, D("50.2"))
    assert known == Extremes(4, ((2, D(50)), (4, D("50.2"))))
    assert began(BUY, known, [], anybody_last=False) == Extremes(4, ((2, D(50)),))
    assert began(BUY, known, [], anybody_last=True) == known


prices = st.integers(90, 110).map(D)


@given(
    side=st.sampled_from(Side),
    delta=st.sampled_from([100, 300, 800]),
    steps=st.lists(st.tuples(prices, st.integers(0, 2)), min_size=2, max_size=30),
)
def test_every_stop_is_triggered_as_if_it_were_alone(side: Side, delta: int, steps: list[tuple[object, int]]) -> None:
    """At each tick some stops begin; the lists say the same of them as a look at every price since."""
    trail, known = Trail(side, delta), Extremes(0)
    alone: dict[int, Fraction] = {}
    by_list: set[int] = set()
    for tick, (price, begin) in enumerate(steps, start=1):
        last = D(str(price))
        known = began(trail, known, [], anybody_last=tick - 1 in alone and tick - 1 not in by_list)
        gone = {
            start
            for first, before, _ in reached(trail, known, last)
            for start in set(alone) - by_list
            if first <= start < (before or tick)
        }
        share = Fraction(delta, 10_000)
        for start in sorted(set(alone) - by_list):
            best = alone[start]
            far = last <= best * (1 - share) if side is Side.SELL else last >= best * (1 + share)
            assert far is (start in gone), (tick, start, best)
            alone[start] = max(best, Fraction(last)) if side is Side.SELL else min(best, Fraction(last))
        by_list |= gone
        known = moved_on(trail, known, tick, last)
        if begin:
            alone[tick] = Fraction(last)
        assert len(known.extremes) <= len(set(alone) - by_list) + 1, "nothing is kept for nobody"
