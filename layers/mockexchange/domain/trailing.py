"""The best prices that trailing stops measure from, kept for all of them at once. Pure.

Whoever began later saw less, so of two stops of one trail the older one has the better extreme, or the same. The
extremes of a trail are therefore a short list, by the tick from which on they hold, each worse than the one before; a
new best price takes the place of all that it is better than, and no order is written for it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .orders import Trail

Extreme = tuple[int, Decimal]
"""A tick number, and the best last price of all that began there or later, up to the next extreme's tick."""


@dataclass(frozen=True, slots=True)
class Extremes:
    """A trail's extremes as they are after tick number `tick`, oldest first."""

    tick: int
    extremes: tuple[Extreme, ...] = ()


def began(trail: Trail, known: Extremes, newcomers: Sequence[Extreme], *, anybody_last: bool) -> Extremes:
    """The extremes with those of stops that began after `known.tick`, (tick, last price) by tick. `anybody_last`:
    whether any stop began at the last tick of `known`; what nobody measures from is left out."""
    extremes = list(known.extremes)
    if extremes and extremes[-1][0] == known.tick and not anybody_last:
        extremes.pop()
    for tick, price in newcomers:
        _add(trail, extremes, tick, price)
    return Extremes(known.tick, tuple(extremes))


def reached(trail: Trail, known: Extremes, last: Decimal) -> list[tuple[int, int | None, Decimal]]:
    """The extremes from which the last price has come back far enough: (first tick, tick before which, extreme)."""
    found: list[tuple[int, int | None, Decimal]] = []
    for place, (first, extreme) in enumerate(known.extremes):
        if not trail.reaches(last, extreme):
            break  # those that began later measure from no better price
        later = known.extremes[place + 1 :]
        found.append((first if place else 0, later[0][0] if later else None, extreme))
    return found


def moved_on(trail: Trail, known: Extremes, tick: int, last: Decimal, *, left: Collection[Decimal] = ()) -> Extremes:
    """The extremes after one more tick, without those whose stops it triggered; but `left` are still measured from, by
    stops that do not meet this tick. The last one is the tick's own, for whoever begins there."""
    triggered = len(reached(trail, known, last))
    extremes = [each for place, each in enumerate(known.extremes) if place >= triggered or each[1] in left]
    _add(trail, extremes, tick, last)
    return Extremes(tick, tuple(extremes))


def _add(trail: Trail, extremes: list[Extreme], tick: int, price: Decimal) -> None:
    while extremes and trail.better(price, extremes[-1][1]):
        tick = extremes.pop()[0]
    extremes.append((tick, price))
