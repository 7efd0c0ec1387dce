"""The time of a back-test: ticks come by in order, and each order meets each of them that it could tell from others.

A tick that is out of reach of every open order changes nothing, so the next one that is not is looked for in blocks, in
columns of floats. They are rounded, never past an exact price, so the search may stop at a tick that touches nothing,
and passes none over that does; what happens on a tick is the matcher's business, in exact numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from ..clock import ManualClock
from ..domain.fill_models import fill_model
from ..domain.orders import Side
from ..domain.quotes import Quote, Tick
from ..exchange import Exchange
from ..ports import Resting
from .candle_paths import FIRST, Path
from .history import History
from .history_store import HistoryStore
from .path_choice import enters_within, low_first, may_turn

_FIRST_BLOCK, _LARGEST_BLOCK = 64, 1 << 16
"""Ticks that are searched at once: few at first, as an order may be near, and more the longer nothing is."""
_LOOK_AHEAD = 4096
"""Ticks that are searched beyond the clock, where a strategy is asked at each."""
_NEVER = 1 << 62
_BID, _LAST, _ASK = map(Decimal, (1, 2, 3))
_PROBE = Tick(1, Quote("BASE/QUOTE", _BID, _ASK, _LAST, 0), "", 0)
"""Tells by which of its prices a fill model meets resting orders."""


@dataclass(slots=True)
class Line:
    """One market's ticks. `searched`: no tick up to this one is within reach of what rested at `revision`; `contact` is
    the first one after them that is, 0 while none was found."""

    history: History
    shown: int = 0
    revision: int = -1
    searched: int = 0
    contact: int = 0
    resting: Resting = field(default_factory=lambda: Resting(None, None, 0))
    candle: int = -1
    """The candle (from 0 on) in which an order was reached last."""
    ways: int = 0
    """Whether that was on its way down (1), up (2) or both (3); also 3 where it is a matter of which way was first."""

    @property
    def last(self) -> int:
        """The number of its last tick."""
        return len(self.history.times)

    def time(self, number: int) -> int:
        """A tick's time (ms); later than everything where there is no such tick."""
        return int(self.history.times[number - 1]) if number <= self.last else _NEVER

    def until(self, time: int) -> int:
        """The last tick up to a time (ms)."""
        times = self.history.times
        if self.shown < self.last and times[self.shown] > time:
            return self.shown  # as a rule, where something happens at every tick
        return int(np.searchsorted(times, time, side="right"))


class Flow:
    """One run. `clock` is the venue's: it stands wherever this has moved it."""

    def __init__(
        self, histories: Sequence[History], store: HistoryStore, exchange: Exchange, clock: ManualClock, path: Path
    ) -> None:
        self.lines = [Line(each) for each in histories]
        self.ambiguous = 0
        """Candles that orders were reached in on both ways: which of them came first is a matter of the path."""
        self._store = store
        self._exchange = exchange
        self._clock = clock
        self._path = path
        self._model = exchange.rules.engine.model
        self.revision = store.revision
        """What changes with everything that orders do."""

    def advance(self, until: int) -> None:
        """Let the clock run to a time (ms): all ticks up to it come by."""
        while True:
            line, number, at = self._next(until)
            if line is None:
                break
            self._clock.time = max(self._clock.time, at)
            self._show_others(line, number, at)
            if number:
                self._meet(line, number)
            else:
                # an order whose time is up, without a tick that says so
                self._store.pass_over(line.history.symbol, line.shown)
                self._exchange.match([line.history.symbol])
        for line in self.lines:
            self._show(line, line.until(until))
        self._clock.time = max(self._clock.time, until)

    def quiet_until(self) -> int:
        """Of one market: the last tick up to which nothing happens to any order that is there now. See slip."""
        [line] = self.lines
        self._search(line, line.time(min(line.shown + _LOOK_AHEAD, line.last)))
        resting = line.resting
        if resting.arrivals or resting.trails:
            return line.shown
        last = line.contact - 1 if line.contact else line.searched if _bounds(resting) else line.last
        return last if resting.next_expiry is None else min(last, line.until(resting.next_expiry - 1))

    def slip(self, number: int, time: int) -> None:
        """Show a tick, and its time, that is no later than `quiet_until` said, and nothing else."""
        line = self.lines[0]
        line.shown = number
        self._store.show(line.history.symbol, number)
        self._clock.time = time

    def next_time(self) -> int | None:
        """When the next tick comes (ms); None after the last one."""
        times = [line.time(line.shown + 1) for line in self.lines if line.shown < line.last]
        return min(times, default=None)

    def _next(self, until: int) -> tuple[Line | None, int, int]:
        """The first thing that happens to an order up to a time: its market, the tick (0: only its time is up) and
        when."""
        found: tuple[Line | None, int, int] = (None, 0, until + 1)
        for line in self.lines:
            self._search(line, until)
            due = line.resting.next_expiry
            if due is not None and due < found[2] and due <= until and due >= self._clock.time:
                found = (line, 0, due)
            if line.contact and line.time(line.contact) < found[2]:
                found = (line, line.contact, line.time(line.contact))
        return found

    def _search(self, line: Line, until: int) -> None:
        """Find the next tick within reach of an order, or that there is none up to a time."""
        revision = self._store.revision()
        if line.revision != revision or line.resting.trails or line.resting.arrivals:
            [resting] = self._store.resting([line.history.symbol])
            if resting != line.resting or line.revision < 0 or resting.trails or resting.arrivals:
                line.searched, line.contact = line.shown, 0
            line.resting, line.revision = resting, revision
        if line.contact:
            return
        resting = line.resting
        if resting.arrivals or resting.trails:
            line.contact = line.shown + 1 if line.shown < line.last else 0
            return
        if not _bounds(resting):
            return
        line.searched = max(line.searched, line.shown)
        size = _FIRST_BLOCK
        while line.searched < line.last and line.time(line.searched + 1) <= until:
            end = min(line.searched + size, line.last)
            first = self._first_reached(line, line.searched, end)
            if first:
                line.contact = first
                return
            line.searched, size = end, min(size * 4, _LARGEST_BLOCK)

    def _first_reached(self, line: Line, start: int, end: int) -> int:
        """The number of the first tick after `start`, up to `end`, that may reach an order; 0 for none."""
        history, resting = line.history, line.resting
        reached: NDArray[np.bool_] | None = None
        for bound, columns, falls in (
            (resting.best_bid, self._columns(line, buys=True), True),
            (resting.best_ask, self._columns(line, buys=False), False),
            (resting.highest_fall, (history.last,), True),
            (resting.lowest_rise, (history.last,), False),
        ):
            if bound is None:
                continue
            for column in columns:
                block = column[start:end]
                mask = block <= bound if falls else block >= bound
                reached = mask if reached is None else reached | mask
        if reached is None:
            return 0
        at = int(reached.argmax())
        return start + at + 1 if reached[at] else 0

    def _columns(self, line: Line, *, buys: bool) -> list[NDArray[np.float64]]:
        """The prices that come to resting orders on one side, under the venue's model or one that an account has."""
        history = line.history
        models = [fill_model(name) for name in line.resting.models]
        found: list[NDArray[np.float64]] = []
        for model in (self._model, *models):
            touch = model.touch(Side.BUY if buys else Side.SELL, _PROBE)
            found.append({_BID: history.bid, _LAST: history.last, _ASK: history.ask}[touch])
            if model.reads_tape:
                found.append(history.low_trade if buys else history.high_trade)
        return found

    def _meet(self, line: Line, number: int) -> None:
        history = line.history
        if history.legs > 1 and self._way_is_chosen(line, number):
            line.revision = -1  # its ticks are in another order now: look again
            return
        line.contact = 0
        self._show(line, number)
        self._store.pass_over(history.symbol, number - 1)
        report = self._exchange.match([history.symbol])
        resting = line.resting
        may_enter = report.fills or resting.lowest_rise is not None or resting.highest_fall is not None
        if may_enter and history.legs > 1:
            candle, leg = divmod(number - 1, history.legs)
            within = FIRST <= leg < history.legs - 1
            if within and line.ways != 3 and enters_within(self._exchange, history, candle, number):
                self._count(line, 3)
        self._store.pass_over(history.symbol, number)
        line.searched = max(line.searched, number)

    def _count(self, line: Line, ways: int) -> None:
        before, line.ways = line.ways, line.ways | ways
        self.ambiguous += line.ways == 3 != before

    def _show_others(self, line: Line, number: int, at: int) -> None:
        """Of what comes at the same time, the market that stands first goes first."""
        before = True
        for other in self.lines:
            if other is line:
                before = False
                if not number:
                    self._show(other, other.until(at - 1))
                continue
            self._show(other, other.until(at if before else at - 1))

    def _show(self, line: Line, number: int) -> None:
        if number > line.shown:
            line.shown = number
            self._store.show(line.history.symbol, number)

    def _way_is_chosen(self, line: Line, number: int) -> bool:
        """Look at a candle before one of its orders is reached: whether both ways lead to some, and which is to be gone
        first. True when its ticks are in another order now."""
        history, resting = line.history, line.resting
        candle, leg = divmod(number - 1, history.legs)
        if candle != line.candle:
            line.candle, line.ways = candle, 0
        low, high = history.candles.low[candle], history.candles.high[candle]
        down = any(bound is not None and low <= bound for bound in (resting.best_bid, resting.highest_fall))
        up = any(bound is not None and high >= bound for bound in (resting.best_ask, resting.lowest_rise))
        turns = bool(resting.trails) and leg == FIRST and may_turn(self._exchange, history, candle)
        self._count(line, 3 if turns else down | up << 1)
        if leg == 0 or line.shown > candle * history.legs + 1:
            return False  # its first price comes before either; and what has begun is not turned round
        chosen = low_first(self._path, self._exchange, history, candle)
        return chosen is not None and history.choose(candle, low_first=chosen)


def _bounds(resting: Resting) -> bool:
    """Whether any order waits for a price."""
    return bool(resting.best_bid or resting.best_ask or resting.lowest_rise or resting.highest_fall)
