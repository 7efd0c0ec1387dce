"""Faults on purpose that befall quotes on their way into the log: prices that stand still, are old, or are missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from ..domain.chaos import ChaosPlan, disturbed
from ..domain.quotes import Quote
from ..ports import FeedTick

Logged = tuple[FeedTick, int]
"""A tick, and the venue time (ms) that it is logged at."""


def disturb(
    plan: ChaosPlan, ticks: Sequence[Logged], newest: Callable[[Sequence[str]], Mapping[str, Quote]]
) -> list[Logged]:
    """What becomes of ticks, in their order. `newest` gives the last quote of each symbol that has one. A price that
    stands still has no trades and no new book."""
    symbols = list(dict.fromkeys(tick.quote.symbol for tick, _ in ticks))
    last = dict(newest(symbols)) if plan.frozen and symbols else {}
    left: list[Logged] = []
    for tick, logged_at in ticks:
        quote = disturbed(plan, tick.quote, last.get(tick.quote.symbol))
        if quote is None:
            continue
        left.append((FeedTick(quote, tick.position) if plan.frozen else replace(tick, quote=quote), logged_at))
        last.setdefault(quote.symbol, quote)
    return left
