"""When each tick was met, between which commands: what the journal says of it, and what follows from that.

The journal orders commands and what the matcher did. A tick that did nothing is in no entry: it is taken to have been
met before the first command that is later than it, unless the journal shows that the matcher had not come to it then
(an order that it reaches was taken back unharmed).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ..domain.fill_models import fill_model
from ..domain.journal import (
    Amended,
    Canceled,
    EngineSeen,
    Expired,
    FillModelChanged,
    InstrumentSeen,
    JournalEntry,
    Matched,
    Placed,
    Replaced,
)
from ..domain.models import FillModel, reaches
from ..domain.orders import Side, Trail, direction
from ..domain.quotes import Tick
from .recorded import Command, Prices, Recorded, placements, time_of


@dataclass(frozen=True, slots=True)
class Shown:
    """A tick is the newest of its market from here on."""

    tick: Tick


@dataclass(frozen=True, slots=True)
class Met:
    """Ticks up to this one are held against open orders, at `now` (venue ms)."""

    tick: Tick
    now: int


@dataclass(frozen=True, slots=True)
class Said:
    """A command."""

    command: Command


@dataclass(frozen=True, slots=True)
class TimeUp:
    """Orders of a market end at `now` (venue ms) if their time is up, without a tick that says so."""

    symbol: str
    now: int


Step = Shown | Met | Said | TimeUp | EngineSeen | InstrumentSeen | Matched
"""`Matched` only tells at what prices the fees of the next `Met` were reckoned."""


@dataclass(slots=True)
class _Fate:
    """An order, and when commands changed it or one of its list: places in the journal, with their times (venue
    ms)."""

    placed: Placed
    changed: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])


@dataclass(slots=True)
class _Line:
    """The ticks of one market that are not met yet, and those of them that nobody has seen."""

    to_show: deque[Tick]
    to_meet: deque[Tick]
    ceilings: deque[tuple[int, int]]
    """(place in the journal, tick): no later tick is shown before that place."""


def schedule(of: Recorded) -> Iterator[Step]:
    """All steps, in order."""
    return _Schedule(of).steps()


class _Schedule:
    def __init__(self, of: Recorded) -> None:
        self.entries: Sequence[JournalEntry] = of.entries
        self.lines = {each.symbol: self._line(each) for each in of.prices}
        self.ticks = {each.symbol: each.ticks for each in of.prices}
        self.met_at: dict[tuple[str, int], int] = {}
        self.met: set[tuple[int, int]] = set()
        """(order, tick) of what the matcher did."""
        self.fates: dict[int, _Fate] = {}
        self.there: dict[str, list[_Fate]] = {}
        """By market, the orders that commands are yet to change."""
        self.venue: FillModel = fill_model("touch")
        """What the first entry says, before anything is decided."""
        self.own = _model(of.fill_model)
        """The account's, in the place of the venue's."""
        self.stale_after = 60_000
        self._look_ahead()

    def _line(self, prices: Prices) -> _Line:
        lowest: list[tuple[int, int]] = []
        for at in range(len(self.entries) - 1, -1, -1):
            for placed in placements(self.entries[at]):
                if placed.symbol == prices.symbol and (not lowest or placed.tick < lowest[-1][1]):
                    lowest.append((at, placed.tick))
        return _Line(deque(prices.ticks), deque(prices.ticks), deque(reversed(lowest)))

    def _look_ahead(self) -> None:
        fates = self.fates
        mates: dict[int, list[int]] = {}
        for at, entry in enumerate(self.entries):
            if isinstance(entry, Matched):
                self.met_at.setdefault((entry.symbol, entry.tick), at)
                self.met.add((entry.order_id, entry.tick))
            placed = placements(entry)
            ids = [each.order_id for each in placed]
            for each in placed:
                fates[each.order_id], mates[each.order_id] = _Fate(each), ids
            changed, now = _changed(entry)
            for order_id in mates.get(changed, ()):
                fates[order_id].changed.append((at, now))

    def steps(self) -> Iterator[Step]:
        for at, entry in enumerate(self.entries):
            match entry:
                case EngineSeen():
                    self.venue, self.stale_after = fill_model(entry.model), entry.stale_after
                    yield entry
                case InstrumentSeen():
                    yield entry
                case Matched():
                    yield entry
                    yield from self._meet_to(entry)
                case Expired():
                    yield from self._end(entry, at)
                case _ if isinstance(entry, Command):
                    yield from self._say(entry, at)
                case _:
                    continue
        for line in self.lines.values():
            yield from self._pass(line, line.to_meet[-1].number if line.to_meet else 0)

    def _meet_to(self, entry: Matched) -> Iterator[Step]:
        line = self.lines.get(entry.symbol)
        if line is not None:
            yield from self._show(line, entry.tick)
            yield from self._pass(line, entry.tick, entry.now)

    def _say(self, entry: Command, at: int) -> Iterator[Step]:
        yield from self._before(entry, at)
        yield Said(entry)
        if isinstance(entry, FillModelChanged):
            self.own = _model(entry.model)
        for placed in placements(entry):
            fate = self.fates[placed.order_id]
            if fate.changed:
                self.there.setdefault(placed.symbol, []).append(fate)

    def _end(self, entry: Expired, at: int) -> Iterator[Step]:
        yield from self._before(entry, at)
        symbol = self.fates[entry.order_id].placed.symbol
        if symbol in self.lines:
            line = self.lines[symbol]
            # The clock ends no order before every tick that is there is met.
            shown = line.to_show[0].number - 1 if line.to_show else line.to_meet[-1].number if line.to_meet else 0
            yield from self._pass(line, shown)
        yield TimeUp(symbol, entry.now)

    def _before(self, entry: Command | Expired, at: int) -> Iterator[Step]:
        """What is there, and what was met, when a command comes or an order ends."""
        now = time_of(entry)
        for symbol, fates in self.there.items():
            self.there[symbol] = [fate for fate in fates if fate.changed[-1][0] >= at]
        on = {placed.symbol: placed.tick for placed in placements(entry)}
        for symbol, line in self.lines.items():
            while line.ceilings and line.ceilings[0][0] < at:
                line.ceilings.popleft()
            ceiling = line.ceilings[0][1] if line.ceilings else None
            if symbol in on:
                yield from self._show(line, on[symbol])
            last = 0
            for tick in line.to_meet:
                seen = tick.number <= on[symbol] if symbol in on else tick.logged_at <= now
                above = ceiling is not None and tick.number > ceiling
                if not seen or above or self.met_at.get((symbol, tick.number), -1) > at or self._spared(tick, at):
                    break
                last = tick.number
            yield from self._show(line, last)
            yield from self._pass(line, last)

    def _spared(self, tick: Tick, at: int) -> bool:
        """Whether a tick reaches an order that was there before it, and still was at place `at` or after."""
        for fate in self.there.get(tick.quote.symbol, ()):
            placed = fate.placed
            if placed.tick >= tick.number or (placed.order_id, tick.number) in self.met:
                continue
            if _reached(fate, tick, self.ticks[placed.symbol], self.own or self.venue) and any(
                place >= at and 0 <= now - tick.logged_at <= self.stale_after for place, now in fate.changed
            ):
                return True
        return False

    @staticmethod
    def _show(line: _Line, number: int) -> Iterator[Step]:
        while line.to_show and line.to_show[0].number <= number:
            yield Shown(line.to_show.popleft())

    def _pass(self, line: _Line, number: int, now: int | None = None) -> Iterator[Step]:
        yield from self._show(line, number)
        while line.to_meet and line.to_meet[0].number <= number:
            tick = line.to_meet.popleft()
            yield Met(tick, tick.logged_at if now is None or tick.number < number else now)


def _reached(fate: _Fate, tick: Tick, ticks: Sequence[Tick], model: FillModel) -> bool:
    """Whether the tick, one of its market's `ticks`, comes to the order's limit or its stop price, or so far back that
    a stop which trails the price is triggered, or is of the date that ends it; a stop that begins to trail at a price
    is taken to have begun."""
    placed, last = fate.placed, tick.quote.last
    if placed.expires_at is not None and tick.quote.timestamp >= placed.expires_at:
        return True
    stop, limit, delta = placed.stop_price, placed.price, placed.trailing_delta
    if delta is not None:
        first, end = (bisect_left(ticks, number, key=_number) for number in (placed.tick, tick.number))
        prices = [each.quote.last for each in ticks[first:end]]
        extreme = (min if placed.side is Side.BUY else max)(prices, default=last)
        if Trail(placed.side, delta).reaches(last, extreme):
            return True
    elif stop is not None and direction(placed.type, placed.side).reaches(last, stop):
        return True
    return limit is not None and reaches(placed.side, limit, model.reach(placed.side, tick))


def _model(name: str | None) -> FillModel | None:
    return None if name is None else fill_model(name)


def _number(tick: Tick) -> int:
    return tick.number


def _changed(entry: JournalEntry) -> tuple[int, int]:
    """The order that a command changes, and when; 0 for none."""
    match entry:
        case Canceled() | Amended():
            return entry.order_id, entry.now
        case Replaced():
            return entry.canceled_order_id, entry.placed.now
        case _:
            return 0, 0
