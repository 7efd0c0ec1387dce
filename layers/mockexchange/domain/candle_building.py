"""Candles from ticks, each counted once, and candles from the source's own records.

Ticks go into the minute that is still open; a tick of a later minute closes it into a block. A minute whose candle was
taken from the source is settled: ticks add nothing to it any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

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
from .candles import Candle, opening
from .quotes import Tick


@dataclass(frozen=True, slots=True)
class CandleRecord:
    """What is known of a symbol's candles beside their blocks.

    `version` counts its changes. `tick` is the last one counted, `lost` how many fell off the log before they were.
    `open` is the minute that goes on. `settled`: up to which time (ms) the source's candles were taken, by timeframe.
    """

    version: int = 0
    tick: int = 0
    lost: int = 0
    open: Candle | None = None
    settled: Mapping[str, int] = field(default_factory=dict[str, int])

    def settled_until(self, series: Series) -> int:
        """Up to which time (ms) the source's candles of a series were taken; 0: none was."""
        return self.settled.get(series.timeframe, 0)


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
    settled = record.settled_until(MINUTES)
    last, lost = record.tick, record.lost
    for tick in ticks:
        if tick.number <= last:
            continue
        if last:
            lost += tick.number - last - 1
        last = tick.number
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
    return changed | enter(now, MINUTES, late, _with_late)


def _with_late(candle: Candle, late: Candle) -> Candle:
    """A candle with prices and volume that came later than its end; its close stays."""
    return replace(candle.then(late), close=candle.close)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to ask a source for next: candles of a series that open from `since` to before `end` (ms). All of them have
    closed."""

    series: Series
    since: int
    end: int

    @property
    def closed(self) -> int:
        """How many there are."""
        return (self.end - self.since) // self.series.length


def wanted(record: CandleRecord, now: int, settle: int) -> Wanted | None:
    """What is missing of the source's candles at `now` (ms): days first, then hours, then minutes, so that a chart has
    its outline early. A candle counts as closed `settle` ms after its end. None: nothing."""
    reached = {series: max(record.settled_until(series), _begin(series, now)) for series in ALL_SERIES}
    end = {series: opening(now - settle, series.timeframe) for series in ALL_SERIES}
    # Hours and days within reach of the minutes are made of them; see _settled.
    if record.settled_until(DAYS) < opening(reached[HOURS], "1d"):
        return Wanted(DAYS, reached[DAYS], end[DAYS])
    if record.settled_until(HOURS) < opening(reached[MINUTES], "1h"):
        return Wanted(HOURS, reached[HOURS], end[HOURS])
    if reached[MINUTES] < end[MINUTES]:
        return Wanted(MINUTES, reached[MINUTES], end[MINUTES])
    return None


def _begin(series: Series, now: int) -> int:
    """The oldest candle that is asked for: a block begins with it, so that hours and days are whole."""
    oldest = now - series.kept
    return oldest - oldest % (series.length if series is DAYS else series.block)


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
    old: the next question begins later. The last two are given time to appear.
    """
    series, since, end = asked.series, asked.since, asked.end
    usable = {
        candle.time: candle
        for candle in given
        if since <= candle.time < end and candle.time % series.length == 0 and _is_sound(candle)
    }
    candles = [usable[time] for time in sorted(usable)]
    if candles:
        until = candles[-1].time + series.length
    else:
        until = max(since, min(since + most * series.length, end - 2 * series.length))
    settled = _settled(record, series, since, until)
    minute = record.open
    if minute is not None and minute.time < settled[MINUTES.timeframe]:
        replaced = usable.get(minute.time)
        if replaced is None:
            candles = sorted([*candles, minute], key=lambda each: each.time)
        elif widen:
            candles[candles.index(replaced)] = widened(minute, replaced)
        minute = None
    after = replace(record, version=record.version + 1, open=minute, settled=settled)
    return Taken(after, series, tuple(candles))


def _settled(record: CandleRecord, series: Series, since: int, until: int) -> dict[str, int]:
    settled = {each.timeframe: record.settled_until(each) for each in ALL_SERIES}
    settled[series.timeframe] = until
    for shorter, longer in ((MINUTES, HOURS), (HOURS, DAYS)):
        # What is settled without a break below a longer candle settles it too, for it is made of that.
        began = since if series is shorter else record.settled_until(shorter)
        if settled[longer.timeframe] >= opening(began, longer.timeframe):
            reached = opening(settled[shorter.timeframe], longer.timeframe)
            settled[longer.timeframe] = max(settled[longer.timeframe], reached)
    return settled


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
