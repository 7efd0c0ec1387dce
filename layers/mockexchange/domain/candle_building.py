"""Candles from ticks, each counted once, and candles from the source's own records.

Ticks go into the minute that is still open; a tick of a later minute closes it into a block. A minute whose candle was
taken from the source is settled: ticks add nothing to it any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from .amounts import total
from .candle_blocks import (
    ALL_SERIES,
    DAYS,
    HOURS,
    MINUTES,
    BlockName,
    Blocks,
    Series,
    affected,
    block_of,
    enter,
)
from .candles import MINUTE, Candle, opening
from .quotes import Tick

RECENT = 440
"""Candles of each series that a source is asked for first, so that charts soon have what they mostly show. With the
rest of a block they fit into one answer of 500."""


LATEST = 2
"""Minutes that a source may take to give a candle: a market that trades seldom looks the same."""


class Filled(NamedTuple):
    """Which of the source's candles were taken (times in ms): all from `since` to before `until`, and those before
    `past`, which moves on to `since`."""

    since: int = 0
    until: int = 0
    past: int = 0


@dataclass(frozen=True, slots=True)
class CandleRecord:
    """What is known of a symbol's candles beside their blocks.

    `version` counts its changes. `tick` is the last one counted, `lost` how many fell off the log before they were.
    `open` is the minute that goes on. `filled`: what was taken from the source, by timeframe.
    """

    version: int = 0
    tick: int = 0
    lost: int = 0
    open: Candle | None = None
    filled: Mapping[str, Filled] = field(default_factory=dict[str, Filled])

    def filled_with(self, series: Series) -> Filled:
        """What was taken of a series."""
        return self.filled.get(series.timeframe, _NOTHING)

    def whole_since(self, series: Series) -> int:
        """Before which time (ms) a series has a hole that the source has yet to fill; 0: it has none."""
        filled = self.filled_with(series)
        return filled.since if filled.past < filled.since else 0


_NOTHING = Filled()


@dataclass(frozen=True, slots=True)
class Counted:
    """Ticks counted: the record after them, the minutes that they closed, and what they add to minutes that had closed
    before; both oldest first."""

    record: CandleRecord
    closed: tuple[Candle, ...] = ()
    late: tuple[Candle, ...] = ()

    @property
    def affected(self) -> set[BlockName]:
        """The blocks that change."""
        return affected(MINUTES, [candle.time for candle in (*self.closed, *self.late)])


def count_ticks(record: CandleRecord, ticks: Sequence[Tick]) -> Counted:
    """Count ticks (oldest first). Those up to the record's own are left out: they were counted."""
    minute = record.open
    closed: list[Candle] = []
    late: dict[int, Candle] = {}
    settled = record.filled_with(MINUTES).until
    last, lost = record.tick, record.lost
    for tick in ticks:
        if tick.number <= last:
            continue
        if last:
            lost += tick.number - last - 1
        last = tick.number
        if tick.is_of_candle:
            continue  # its candle is the source's, which is asked for it
        candle = candle_of(tick)
        if candle.time < settled:
            continue
        if minute is None or candle.time > minute.time:
            if minute is not None:
                closed.append(minute)
            minute = candle
        elif candle.time == minute.time:
            minute = minute.then(candle)
        else:
            before = late.get(candle.time)
            late[candle.time] = candle if before is None else before.then(candle)
    counted = replace(record, version=record.version + 1, tick=last, lost=lost, open=minute)
    return Counted(counted, tuple(closed), tuple(late[time] for time in sorted(late)))


def candle_of(tick: Tick) -> Candle:
    """The minute of one tick, at its own time, though not in the future of the log: its last price, and the volume of
    its trades."""
    time = opening(min(tick.quote.timestamp, tick.logged_at), "1m")
    price = tick.quote.last
    return Candle(time, price, price, price, price, total(trade.quantity for trade in tick.trades))


def close_minutes(counted: Counted, blocks: Mapping[BlockName, tuple[Candle, ...]]) -> Blocks:
    """The blocks that change; `blocks` holds all that are affected. What came late for an hour of which nothing is kept
    is dropped: it would stand for the whole hour."""
    changed = enter(blocks, MINUTES, counted.closed, Candle.then)
    now = {**blocks, **changed}
    late = [candle for candle in counted.late if now.get(block_of(MINUTES, candle.time))]
    return changed | enter(now, MINUTES, late, with_late)


def with_late(candle: Candle, late: Candle) -> Candle:
    """A candle with prices and volume that came later than its end; its close stays."""
    return replace(candle.then(late), close=candle.close)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to ask a source for next: candles of a series that open from `since` to before `end` (ms). All of them have
    closed. `past`: they fill the hole before those that were taken."""

    series: Series
    since: int
    end: int
    past: bool = False

    @property
    def closed(self) -> int:
        """How many there are."""
        return (self.end - self.since) // self.series.length


def wanted(record: CandleRecord, now: int, settle: int) -> Wanted | None:
    """What is missing of the source's candles at `now` (ms): the recent ones of each series first, then what is before
    them. A candle counts as closed `settle` ms after its end. None: nothing."""
    recent = [_recent(record, series, now - settle) for series in ALL_SERIES]
    minutes, hours, days = (record.filled_with(series) for series in ALL_SERIES)
    if recent[0]:
        return recent[0]
    # Hours and days that minutes go through are made of them; see _filled.
    if recent[1] and hours.until < opening(minutes.until, "1h"):
        return recent[1]
    if recent[2] and days.until < opening(hours.until, "1d"):
        return recent[2]
    for series in ALL_SERIES:
        filled = record.filled_with(series)
        since = max(filled.past, _whole(series, now - series.kept))
        if since < filled.since:
            return Wanted(series, since, filled.since, past=True)
    return None


def _recent(record: CandleRecord, series: Series, now: int) -> Wanted | None:
    """From where they were taken last, or from a while ago when that is longer ago."""
    end = opening(now, series.timeframe)
    since = max(record.filled_with(series).until, _whole(series, end - RECENT * series.length))
    return Wanted(series, since, end) if since < end else None


def _whole(series: Series, time: int) -> int:
    """When the block that a time falls into begins (ms), so that hours and days are whole; of days, the day."""
    return time - time % (series.length if series is DAYS else series.block)


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken from the source: the record after it, and the candles."""

    record: CandleRecord
    series: Series
    candles: tuple[Candle, ...]

    @property
    def affected(self) -> set[BlockName]:
        """The blocks that change."""
        return affected(self.series, [candle.time for candle in self.candles])


def take(record: CandleRecord, asked: Wanted, given: Iterable[Candle], most: int, *, widen: bool) -> Taken:
    """Take what the source gave for `asked`: the closed candles, on the grid, each once. `most` is how many it was
    asked for. `widen`: the open minute's own prices stay part of it when it closes.

    Where it gave nothing although candles must have closed, the market stood still, or the source keeps no record so
    old: the next question begins later. The newest minutes are given time to appear.
    """
    series, since, end = asked.series, asked.since, asked.end
    usable = {
        candle.time: candle
        for candle in given
        if since <= candle.time < end and candle.time % series.length == 0 and _is_sound(candle)
    }
    if usable:
        until = max(usable) + series.length
    else:
        late = LATEST * MINUTE if series is MINUTES and not asked.past else 0
        until = max(since, min(since + most * series.length, end - late))
    filled = _filled(record, asked, until)
    minute = record.open
    if minute is not None and minute.time < filled[MINUTES.timeframe].until:
        theirs = usable.get(minute.time)
        usable[minute.time] = minute if theirs is None else widened(minute, theirs) if widen else theirs
        minute = None
    made_since = _made_since(record, series)
    candles = tuple(usable[time] for time in sorted(usable) if not made_since or time < made_since)
    after = replace(record, version=record.version + 1, open=minute, filled=filled)
    return Taken(after, series, candles)


def _made_since(record: CandleRecord, series: Series) -> int:
    """From which time on (ms) candles of a series are made of shorter ones, and the source's left out; 0: never."""
    if series is MINUTES:
        return 0
    return record.filled_with(ALL_SERIES[ALL_SERIES.index(series) - 1]).since


def _filled(record: CandleRecord, asked: Wanted, until: int) -> dict[str, Filled]:
    """What is taken after an answer that reaches to `until` (ms)."""
    filled = {series.timeframe: record.filled_with(series) for series in ALL_SERIES}
    before = record.filled_with(asked.series)
    if asked.past:
        filled[asked.series.timeframe] = before._replace(past=until)
        return filled
    if asked.since == before.until:
        filled[asked.series.timeframe] = before._replace(until=until)
    else:
        # A hole before it, which is added to one that was not filled yet.
        past = before.past if before.past < before.since else before.until
        filled[asked.series.timeframe] = Filled(asked.since, until, past)
    for shorter, longer in ((MINUTES, HOURS), (HOURS, DAYS)):
        # What is taken without a break below a longer candle settles it too, for it is made of that.
        began = asked.since if asked.series is shorter else record.filled_with(shorter).until
        above = filled[longer.timeframe]
        if above.until >= opening(began, longer.timeframe):
            reached = opening(filled[shorter.timeframe].until, longer.timeframe)
            filled[longer.timeframe] = above._replace(until=max(above.until, reached))
    return filled


def _is_sound(candle: Candle) -> bool:
    prices = (candle.open, candle.high, candle.low, candle.close)
    return (
        all(price.is_finite() and price > 0 for price in prices)
        and candle.volume.is_finite()
        and candle.volume >= 0
        and candle.low == min(prices)
        and candle.high == max(prices)
    )


def widened(ours: Candle, theirs: Candle) -> Candle:
    """The source's candle, with the prices that we saw in its time as well."""
    return replace(theirs, high=max(ours.high, theirs.high), low=min(ours.low, theirs.low))


def take_into(taken: Taken, blocks: Mapping[BlockName, tuple[Candle, ...]], *, widen: bool) -> Blocks:
    """The blocks that change; `blocks` holds all that are affected."""
    return enter(blocks, taken.series, taken.candles, widened if widen and taken.series is MINUTES else _theirs)


def _theirs(ours: Candle, theirs: Candle) -> Candle:
    del ours
    return theirs
